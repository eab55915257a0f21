"""Rungs that a letter to the superior answers, and the day a task was put into a letter begun before; secret
addresses of calendar feeds; messages on screen, and whether they and reminders were read.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    moment = sa.DateTime(timezone=op.get_bind().dialect.name == "postgresql")
    op.add_column("paper_task", sa.Column("added_on", sa.Date(), nullable=True))
    op.create_table(
        "escalation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("rung_on", sa.Date(), nullable=False),
        sa.Column("paper_id", KEY, nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_escalation"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_escalation_task_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_escalation_paper_id"),
        sa.UniqueConstraint("task_id", "due_on", "rung", name="uq_escalation_task_id_due_on_rung"),
    )
    op.create_index("ix_escalation_paper_id", "escalation", ["paper_id"])
    op.create_table(
        "calendar_feed",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feed"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_calendar_feed_person_id"),
        sa.UniqueConstraint("person_id", name="uq_calendar_feed_person_id"),
        sa.UniqueConstraint("token_sha256", name="uq_calendar_feed_token_sha256"),
        sa.CheckConstraint("length(token_sha256) = 64", name=op.f("ck_calendar_feed_token_length")),
    )
    # reminders of before are no news to anybody
    op.add_column("reminder", sa.Column("read_at", moment, nullable=True))
    op.execute("UPDATE reminder SET read_at = made_at")
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_reminder_unread", "reminder", ["person_id"], sqlite_where=unread, postgresql_where=unread
    )
    op.create_table(
        "message",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("event_seq", KEY, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("read_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_message_person_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_message_task_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name="fk_message_event_seq"),
        sa.UniqueConstraint(
            "event_seq", "person_id", "task_id", name="uq_message_event_seq_person_id_task_id"
        ),
    )
    op.create_index("ix_message_task_id", "message", ["task_id"])
    op.create_index("ix_message_person", "message", ["person_id", "id"])
    op.create_index(
        "ix_message_unread", "message", ["person_id"], sqlite_where=unread, postgresql_where=unread
    )
    op.create_table(
        "outside_reminder",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("told_by", KEY, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outside_reminder"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_outside_reminder_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["told_by"], ["person.id"], name="fk_outside_reminder_told_by"),
        sa.UniqueConstraint("task_id", "told_on", name="uq_outside_reminder_task_id_told_on"),
    )
    op.create_table(
        "message_cursor",
        sa.Column("id", KEY, nullable=False),
        sa.Column("seq", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_cursor"),
        sa.CheckConstraint("id = 1", name=op.f("ck_message_cursor_one_row")),
    )


def downgrade() -> None:
    op.drop_table("outside_reminder")
    op.drop_table("message_cursor")
    op.drop_table("message")
    op.drop_index("ix_reminder_unread", "reminder")
    op.drop_column("reminder", "read_at")
    op.drop_table("calendar_feed")
    op.drop_table("escalation")
    op.drop_column("paper_task", "added_on")
