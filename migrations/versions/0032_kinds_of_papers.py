"""The whole paper set of a case, and what a composed paper is about."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KNOWN = "ck_document_kind_known"
BEFORE = (
    "annual_plan", "decision", "work_plan", "announcement", "unit_report", "minutes", "team_report",
    "conclusion_notice", "remediation_report", "concluded_extract", "other",
)  # fmt: skip
AFTER = (
    "annual_plan", "decision", "work_plan", "announcement", "member_request", "report_outline", "unit_report",
    "minutes", "overlap_minutes", "team_report", "submission_slip", "conclusion_notice", "remediation_plan",
    "remediation_report", "extension_answer", "reminder_letter", "followup_minutes", "followup_notice",
    "followup_end", "corrigendum", "recall", "concluded_extract", "other",
)  # fmt: skip


def known(kinds: tuple[str, ...]) -> str:
    return "kind IN (" + ", ".join(f"'{kind}'" for kind in kinds) + ")"


def rebuild_document(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """SQLite changes no CHECK: the table is copied (https://www.sqlite.org/lang_altertable.html, section 7)."""
    bind = op.get_bind()
    table, kept = "", []
    for kind, sql in bind.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = 'document' AND sql IS NOT NULL")
    ).all():
        if kind == "table":
            table = sql
        else:  # its indexes, and the triggers that an earlier step of this very run made
            kept.append(sql)
    assert known(old) in table
    others = bind.execute(  # of other tables, made in this very run, that read this one
        sa.text(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> 'document' "
            "AND sql LIKE '%document%'"
        )
    ).all()
    for name, _ in others:
        op.execute(sa.text(f"DROP TRIGGER {name}"))
    table = re.sub(
        r'^CREATE TABLE "?document"?', "CREATE TABLE document_new", table.replace(known(old), known(new))
    )
    op.execute(sa.text(table.replace(":", "\\:")))
    op.execute("INSERT INTO document_new SELECT * FROM document")
    op.execute("DROP TABLE document")
    op.execute("ALTER TABLE document_new RENAME TO document")
    for sql in [*kept, *(sql for _, sql in others)]:
        op.execute(sa.text(sql.replace(":", "\\:")))


def change(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        rebuild_document(old, new)
        return
    op.drop_constraint(op.f(KNOWN), "document", type_="check")
    op.create_check_constraint(op.f(KNOWN), "document", known(new))


def upgrade() -> None:
    change(BEFORE, AFTER)
    moment = sa.DateTime(timezone=op.get_bind().dialect.name == "postgresql")
    op.create_table(
        "paper",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=True),
        sa.Column("about_document_id", KEY, nullable=True),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("signature_prefix", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_paper_document_id"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_paper_inspection_id"),
        sa.ForeignKeyConstraint(["about_document_id"], ["document.id"], name="fk_paper_about_document_id"),
        sa.UniqueConstraint("document_id", name="uq_paper_document_id"),
    )
    for column in ("inspection_id", "about_document_id"):
        op.create_index(f"ix_paper_{column}", "paper", [column])
    op.create_table(
        "paper_unit",
        sa.Column("paper_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("paper_id", "unit_id", name="pk_paper_unit"),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_paper_unit_paper_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_paper_unit_unit_id"),
    )
    op.create_index("ix_paper_unit_unit_id", "paper_unit", ["unit_id"])


def downgrade() -> None:
    op.drop_table("paper_unit")
    op.drop_table("paper")
    change(AFTER, BEFORE)
