"""Indexes by which 100,000 tasks are counted, listed by date and found by the day of their report."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

FIGURES = [
    "state", "deadline_kind", "due_on", "proof_due_on", "supplement_on", "review_on", "submitted_on",
    "completed_on", "converted",
]  # fmt: skip


def upgrade() -> None:
    op.create_index("ix_task_in_order", "task", [sa.text("coalesce(due_on, '9999-12-31')"), "id"])
    op.create_index("ix_task_report_day", "task", ["state", sa.text("coalesce(report_due_on, due_on)")])
    op.create_index("ix_task_updated", "task", ["state", "updated_at"])
    op.create_index("ix_task_figures", "task", [*FIGURES, "lead_unit_id"])
    op.create_index("ix_task_followed", "task", ["follower_id", *FIGURES, "report_due_on", "id"])
    op.drop_index("ix_task_follower_id", "task")
    op.create_index(
        "ix_task_converted", "task", ["state"],
        sqlite_where=sa.text("converted IS 1"), postgresql_where=sa.text("converted IS true"),
    )  # fmt: skip
    op.create_index("ix_task_assignment_person_id", "task_assignment", ["person_id"])
    op.create_index("ix_finding_classification", "finding", ["classification"])


def downgrade() -> None:
    op.drop_index("ix_finding_classification", "finding")
    op.drop_index("ix_task_assignment_person_id", "task_assignment")
    op.drop_index("ix_task_converted", "task")
    op.create_index("ix_task_follower_id", "task", ["follower_id"])
    for name in ("followed", "figures", "updated", "report_day", "in_order"):
        op.drop_index(f"ix_task_{name}", "task")
