"""Rungs that a letter to the superior answers, and the day a task was put into a letter begun before."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0038"

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


def downgrade() -> None:
    op.drop_table("calendar_feed")
    op.drop_table("escalation")
    op.drop_column("paper_task", "added_on")
