"""What people were reminded of, once for each rung, and the one mail of a day."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    moment = sa.DateTime(timezone=op.get_bind().dialect.name == "postgresql")
    op.create_table(
        "reminder_mail",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", KEY, nullable=False),
        sa.Column("tried_at", moment, nullable=True),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reminder_mail"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_reminder_mail_person_id"),
        sa.UniqueConstraint("person_id", "told_on", name="uq_reminder_mail_person_id_told_on"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed')", name=op.f("ck_reminder_mail_state_known")
        ),
        sa.CheckConstraint(
            "state <> 'sent' OR sent_at IS NOT NULL", name=op.f("ck_reminder_mail_sent_says_when")
        ),
    )
    open_only = sa.text("state <> 'sent'")
    op.create_index(
        "ix_reminder_mail_open", "reminder_mail", ["state", "id"],
        sqlite_where=open_only, postgresql_where=open_only,
    )  # fmt: skip
    op.create_table(
        "reminder",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("rung_on", sa.Date(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("mail_id", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reminder"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_reminder_task_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_reminder_person_id"),
        sa.ForeignKeyConstraint(["mail_id"], ["reminder_mail.id"], name="fk_reminder_mail_id"),
        sa.UniqueConstraint(
            "task_id", "person_id", "due_on", "rung", name="uq_reminder_task_id_person_id_due_on_rung"
        ),
    )
    op.create_index("ix_reminder_mail_id", "reminder", ["mail_id"])
    untold = sa.text("mail_id IS NULL")
    op.create_index(
        "ix_reminder_untold", "reminder", ["person_id"], sqlite_where=untold, postgresql_where=untold
    )


def downgrade() -> None:
    op.drop_table("reminder")
    op.drop_table("reminder_mail")
