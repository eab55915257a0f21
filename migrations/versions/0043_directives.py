"""Four acts of a leader on a task, each with a day of answer, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("urge", "extend", "reassign", "evidence")


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    unanswered = sa.text("answered_at IS NULL")
    op.create_table(
        "directive",
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("to_person_id", KEY, nullable=True),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_reference", sa.Text(), nullable=False),
        sa.Column("answer_document_on", sa.Date(), nullable=True),
        sa.Column("answered_by", KEY, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=postgresql), nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directive"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_directive_task_id"),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name="fk_directive_to_person_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name="fk_directive_asked_by"),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name="fk_directive_answered_by"),
        sa.UniqueConstraint("task_id", "kind", "asked_on", name="uq_directive_task_id_kind_asked_on"),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_directive_kind_known")),
        sa.CheckConstraint("answer_due_on >= asked_on", name=op.f("ck_directive_answer_after_question")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer = '')",
            name=op.f("ck_directive_answer_whole"),
        ),
        sa.CheckConstraint(
            "answer_reference = '' OR answer_document_on IS NOT NULL",
            name=op.f("ck_directive_document_has_date"),
        ),
    )
    op.create_index("ix_directive_to_person_id", "directive", ["to_person_id"])
    op.create_index("ix_directive_asked_by", "directive", ["asked_by"])
    op.create_index(
        "ix_directive_open", "directive", ["task_id", "answer_due_on"],
        sqlite_where=unanswered, postgresql_where=unanswered,
    )  # fmt: skip
    op.create_table(
        "directive_file",
        sa.Column("directive_id", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("directive_id", "file_id", name="pk_directive_file"),
        sa.ForeignKeyConstraint(["directive_id"], ["directive.id"], name="fk_directive_file_directive_id"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_directive_file_file_id"),
    )


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM directive")).first():
        raise RuntimeError("acts of leaders have no place in the schema before")
    op.drop_table("directive_file")
    op.drop_table("directive")
