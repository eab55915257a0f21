"""Filters of the follow-up table that people keep; tasks found by the day of their date, for the month view."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    opens, supplemented = sa.text("opens"), sa.text("supplement_on IS NOT NULL")
    op.create_table(
        "saved_filter",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=op.get_bind().dialect.name == "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filter"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_saved_filter_person_id"),
        sa.UniqueConstraint("person_id", "name", name="uq_saved_filter_person_id_name"),
        sa.CheckConstraint("length(name) BETWEEN 2 AND 60", name=op.f("ck_saved_filter_has_name")),
        sa.CheckConstraint("length(address) BETWEEN 1 AND 1000", name=op.f("ck_saved_filter_narrows")),
    )
    op.create_index(
        "uq_saved_filter_opens", "saved_filter", ["person_id"], unique=True,
        sqlite_where=opens, postgresql_where=opens,
    )  # fmt: skip
    op.create_index("ix_task_due_day", "task", ["due_on"])
    op.create_index(
        "ix_task_supplement_day", "task", ["supplement_on"],
        sqlite_where=supplemented, postgresql_where=supplemented,
    )  # fmt: skip
    op.create_index("ix_task_review_day", "task", ["review_on"])


def downgrade() -> None:
    op.drop_index("ix_task_review_day", "task")
    op.drop_index("ix_task_supplement_day", "task")
    op.drop_index("ix_task_due_day", "task")
    op.drop_table("saved_filter")
