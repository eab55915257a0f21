"""A draft may be given up; a number that was signed but not issued may be taken back with its reason."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

STATES = (
    "draft", "content_check", "form_check", "approval", "approved", "signed", "sealed", "issued", "corrected",
    "replaced", "recalled",
)  # fmt: skip
KNOWN = "ck_document_state_known"
FIXED = "(NEW.series_id {distinct} OLD.series_id OR NEW.year {distinct} OLD.year OR NEW.n {distinct} OLD.n)"
OTHERWISE = (
    "(NEW.state {distinct} OLD.state OR NEW.document_id {distinct} OLD.document_id "
    "OR NEW.reason {distinct} OLD.reason)"
)
TAKEN_BACK = (
    "(OLD.state = 'used' AND NEW.state = 'void' AND NOT (NEW.document_id {distinct} OLD.document_id) AND EXISTS "
    "(SELECT 1 FROM document WHERE document.id = OLD.document_id AND document.state IN ('signed', 'sealed')))"
)
BEFORE = f"{FIXED} OR (OLD.state <> 'reserved' AND {OTHERWISE})"
AFTER = f"{FIXED} OR (OLD.state <> 'reserved' AND {OTHERWISE} AND NOT {TAKEN_BACK})"


def known(states: tuple[str, ...]) -> str:
    return "state IN (" + ", ".join(f"'{state}'" for state in states) + ")"


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
    table = re.sub(
        r'^CREATE TABLE "?document"?', "CREATE TABLE document_new", table.replace(known(old), known(new))
    )
    op.execute(sa.text(table.replace(":", "\\:")))
    op.execute("INSERT INTO document_new SELECT * FROM document")
    op.execute("DROP TABLE document")
    op.execute("ALTER TABLE document_new RENAME TO document")
    for sql in kept:
        op.execute(sa.text(sql.replace(":", "\\:")))


def change(old: tuple[str, ...], new: tuple[str, ...], condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER IF EXISTS number_fixed_number_update")
        rebuild_document(old, new)
        op.execute(
            "CREATE TRIGGER number_fixed_number_update BEFORE UPDATE ON number "
            f"WHEN {condition.replace('{distinct}', 'IS NOT')} "
            "BEGIN SELECT RAISE(ABORT, 'number_fixed'); END"
        )
        return
    op.drop_constraint(op.f(KNOWN), "document", type_="check")
    op.create_check_constraint(op.f(KNOWN), "document", known(new))
    op.execute(
        "CREATE OR REPLACE FUNCTION guard_number_record() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF TG_OP = 'DELETE' THEN IF 1 = 1 THEN PERFORM refuse('number_fixed'); END IF; RETURN OLD; END IF;"
        f"IF {condition.replace('{distinct}', 'IS DISTINCT FROM')} THEN PERFORM refuse('number_fixed'); END IF; "
        "RETURN NEW; END $$"
    )


def upgrade() -> None:
    change(STATES, (*STATES, "abandoned"), AFTER)


def downgrade() -> None:
    change((*STATES, "abandoned"), STATES, BEFORE)
