"""Rungs that a letter to the superior answers, and the day a task was put into a letter begun before."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0038"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("escalation",)


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


def downgrade() -> None:
    op.drop_table("escalation")
    op.drop_column("paper_task", "added_on")
