"""Papers after a notice: the tasks they list, the answer to a request for time, what a corrigendum corrects."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "paper_task",
        sa.Column("paper_id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("paper_id", "task_id", name="pk_paper_task"),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name="fk_paper_task_paper_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_paper_task_task_id", ondelete="CASCADE"),
    )
    op.create_index("ix_paper_task_task_id", "paper_task", ["task_id"])
    op.create_table(
        "extension_answer",
        sa.Column("paper_id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("requested_by", KEY, nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("request_reference", sa.Text(), nullable=False),
        sa.Column("asked_due_on", sa.Date(), nullable=True),
        sa.Column("granted_due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_extension_answer"),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_extension_answer_paper_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_extension_answer_task_id"),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name="fk_extension_answer_requested_by"),
        sa.UniqueConstraint("paper_id", name="uq_extension_answer_paper_id"),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_extension_answer_has_reason")),
    )
    op.create_index("ix_extension_answer_task_id", "extension_answer", ["task_id"])
    op.create_table(
        "correction_line",
        sa.Column("paper_id", KEY, nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("printed", sa.Text(), nullable=False),
        sa.Column("corrected", sa.Text(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_correction_line"),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_correction_line_paper_id"),
        sa.UniqueConstraint("paper_id", "ordinal", name="uq_correction_line_paper_id_ordinal"),
        sa.CheckConstraint(
            "place <> '' AND printed <> corrected", name=op.f("ck_correction_line_changes_something")
        ),
    )


def downgrade() -> None:
    op.drop_table("correction_line")
    op.drop_table("extension_answer")
    op.drop_table("paper_task")
