"""A conclusion that was entered by mistake is voided by a second person: it and its paper stay to be read, its
claims end, and its number may be entered again. Who recorded a conclusion is kept with it, for past ones from
their events.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CONCLUSION_STATES = ("in_force", "replaced", "recalled")
DOCUMENT_STATES = (
    "draft", "content_check", "form_check", "approval", "approved", "signed", "sealed", "issued", "corrected",
    "replaced", "recalled", "abandoned",
)  # fmt: skip
ISSUED = "('issued', 'corrected', 'replaced', 'recalled')"
OUT = "('issued', 'corrected', 'replaced', 'recalled', 'voided')"
OLD_UNIQUE = "uq_conclusion_body_name_number_and_symbol_concluded_on"
COLUMNS = (
    "id, mandate_id, document_id, title, number_and_symbol, concluded_on, body_name, level, state, record_only, "
    "note, search"
)
VOIDED = (
    "(state = 'voided' AND voided_by IS NOT NULL AND voided_at IS NOT NULL AND void_reason <> '') OR "
    "(state <> 'voided' AND voided_by IS NULL AND voided_at IS NULL AND void_reason = '')"
)
TWO_PEOPLE = "recorded_by IS NULL OR voided_by IS NULL OR recorded_by <> voided_by"
RECORDED_BY = """
    UPDATE conclusion SET recorded_by = (
        SELECT event.actor_id FROM event
        JOIN event_subject ON event_subject.event_seq = event.seq
        WHERE event.name = 'conclusion_recorded' AND event_subject.kind = 'conclusion'
          AND event_subject.position = 0 AND event_subject.object_id = conclusion.id
          AND EXISTS (SELECT 1 FROM person WHERE person.id = event.actor_id)
        ORDER BY event.seq LIMIT 1)
"""

MOVES = """
    OLD.state = 'in_force' AND (
        (NEW.state IN ('replaced', 'recalled') AND (NEW.document_id IS NULL OR EXISTS (
            SELECT 1 FROM document WHERE document.id = NEW.document_id AND document.state = NEW.state)))
        OR (NEW.state = 'voided'
            AND NOT EXISTS (SELECT 1 FROM mandate WHERE mandate.id = NEW.mandate_id AND mandate.kind = 'own')
            AND (NEW.document_id IS NULL OR EXISTS (
                SELECT 1 FROM document WHERE document.id = NEW.document_id AND document.state = 'voided'))))
"""
MOVES_BEFORE = """
    OLD.state = 'in_force' AND NEW.state IN ('replaced', 'recalled')
    AND (NEW.document_id IS NULL OR EXISTS (
        SELECT 1 FROM document WHERE document.id = NEW.document_id AND document.state = NEW.state))"""
VOID_TOLD = """
    NEW.recorded_by {distinct} OLD.recorded_by
    OR (OLD.state = 'voided' AND (NEW.voided_by {distinct} OLD.voided_by OR NEW.voided_at {distinct} OLD.voided_at
        OR NEW.void_reason {distinct} OLD.void_reason)) OR
"""


def stands(moves: str, more: str) -> str:
    """What no UPDATE of a conclusion may do, beside those columns that never change."""
    return (
        f"{more} NEW.title {{distinct}} OLD.title OR NEW.record_only {{distinct}} OLD.record_only "
        f"OR NEW.id <> OLD.id OR (NEW.state <> OLD.state AND NOT ({moves}))"
    )


BOX_CHANGED = (
    "NEW.starts_on <> OLD.starts_on OR NEW.ends_on <> OLD.ends_on "
    "OR NEW.part_from <> OLD.part_from OR NEW.part_to <> OLD.part_to"
)
ENDED_BEFORE = "(NEW.ended_at IS NOT NULL AND NEW.reopening_id IS NULL)"
ENDED = (
    "(NEW.ended_at IS NOT NULL AND NEW.reopening_id IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM conclusion WHERE conclusion.id = OLD.conclusion_id AND conclusion.state = 'voided'))"
)
MOVED = """(NEW.conclusion_id IS NOT OLD.conclusion_id AND NOT EXISTS (
        SELECT 1 FROM conclusion WHERE conclusion.id = OLD.conclusion_id AND (
            (conclusion.state = 'replaced' AND NEW.conclusion_id IS NOT NULL)
            OR (conclusion.state = 'recalled' AND NEW.conclusion_id IS NULL))))"""
FROZEN = (
    "kind", "way", "number", "symbol", "issued_on", "issue_year", "file_id", "sha256", "content", "content_hash",
    "subject", "issuer_name", "signer_id", "signer_name", "signer_title", "signed_by", "sealed_by", "drafter_id",
)  # fmt: skip
GOES_ON_BEFORE = f"NEW.state NOT IN {ISSUED}"
GOES_ON = (
    f"(NEW.state NOT IN {ISSUED} AND NOT (NEW.state = 'voided' AND OLD.state IN ('issued', 'voided') "
    "AND OLD.way = 'recorded')) OR (OLD.state = 'voided' AND NEW.state <> 'voided')"
)


def known(states: tuple[str, ...]) -> str:
    return "state IN (" + ", ".join(f"'{state}'" for state in states) + ")"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        triggers = _take_triggers()
        _document_sqlite((*DOCUMENT_STATES, "voided"), " AND state <> 'voided'")
        _conclusion_sqlite(voidable=True)
        _put_triggers(triggers)
        for name, statement in _sqlite_triggers(OUT, GOES_ON, ENDED, stands(MOVES, VOID_TOLD)).items():
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
            op.execute(statement)
        return
    _known("document", (*DOCUMENT_STATES, "voided"))
    _known("conclusion", (*CONCLUSION_STATES, "voided"))
    _number_index(" AND state <> 'voided'")
    op.drop_constraint(OLD_UNIQUE, "conclusion", type_="unique")
    op.add_column("conclusion", sa.Column("recorded_by", KEY, nullable=True))
    op.add_column("conclusion", sa.Column("voided_by", KEY, nullable=True))
    op.add_column("conclusion", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conclusion", sa.Column("void_reason", sa.Text(), nullable=False, server_default=""))
    op.alter_column("conclusion", "void_reason", server_default=None)
    for column in ("recorded_by", "voided_by"):
        op.create_foreign_key(f"fk_conclusion_{column}", "conclusion", "person", [column], ["id"])
    op.create_check_constraint(op.f("ck_conclusion_voided_is_told"), "conclusion", VOIDED)
    op.create_check_constraint(op.f("ck_conclusion_two_people_void"), "conclusion", TWO_PEOPLE)
    _paper_index()
    op.execute(RECORDED_BY)
    _postgresql(
        "guard_document_record",
        (f"OLD.state IN {ISSUED}", f"OLD.state IN {OUT}"), (f"OR {GOES_ON_BEFORE})", f"OR {GOES_ON})"),
    )  # fmt: skip
    _postgresql("guard_claim", (ENDED_BEFORE, ENDED))
    _stands_function(stands(MOVES, VOID_TOLD))


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM conclusion WHERE state = 'voided'")).first():
        raise RuntimeError("a voided conclusion has no place in the schema before")
    if op.get_bind().dialect.name == "sqlite":
        _document_sqlite(DOCUMENT_STATES, "")
        _conclusion_sqlite(voidable=False)
        before = _sqlite_triggers(ISSUED, GOES_ON_BEFORE, ENDED_BEFORE, stands(MOVES_BEFORE, ""))
        op.get_bind().info["saved_triggers"].update(before)
        return
    _stands_function(stands(MOVES_BEFORE, ""))
    _postgresql("guard_claim", (ENDED, ENDED_BEFORE))
    _postgresql(
        "guard_document_record",
        (f"OLD.state IN {OUT}", f"OLD.state IN {ISSUED}"), (f"OR {GOES_ON})", f"OR {GOES_ON_BEFORE})"),
    )  # fmt: skip
    op.drop_index("uq_conclusion_paper", "conclusion")
    for column in ("recorded_by", "voided_by", "voided_at", "void_reason"):
        op.drop_column("conclusion", column)
    op.create_unique_constraint(OLD_UNIQUE, "conclusion", ["body_name", "number_and_symbol", "concluded_on"])
    _number_index("")
    _known("conclusion", CONCLUSION_STATES)
    _known("document", DOCUMENT_STATES)


def _known(table: str, states: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_state_known"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_state_known"), table, known(states))


def _number_index(but: str) -> None:
    op.drop_index("uq_document_number", "document")
    _create_number_index(but)


def _create_number_index(but: str) -> None:
    where = sa.text(f"number IS NOT NULL{but}")
    op.create_index(
        "uq_document_number", "document", ["issuer_name", "symbol", "issue_year", "number"], unique=True,
        sqlite_where=where, postgresql_where=where,
    )  # fmt: skip


def _paper_index() -> None:
    where = sa.text("state <> 'voided'")
    op.create_index(
        "uq_conclusion_paper", "conclusion", ["body_name", "number_and_symbol", "concluded_on"], unique=True,
        sqlite_where=where, postgresql_where=where,
    )  # fmt: skip


def _postgresql(function: str, *changes: tuple[str, str]) -> None:
    """The function as it stands with pieces of it replaced; each must be found."""
    bind = op.get_bind()
    text = bind.execute(sa.text(f"SELECT pg_get_functiondef('{function}'::regproc)")).scalar_one()
    for old, new in changes:
        assert old in text, (function, old)
        text = text.replace(old, new)
    op.execute(sa.text(text.replace(":", "\\:")))


def _stands_function(condition: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION guard_conclusion_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition.replace('{distinct}', 'IS DISTINCT FROM')} THEN PERFORM refuse('conclusion_fixed'); END IF; "
        "RETURN NEW; END $$"
    )


def _sqlite_triggers(out: str, goes_on: str, ended: str, conclusion: str) -> dict[str, str]:
    """name -> statement."""
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in FROZEN)
    return {
        name: (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
        for rule, name, event, table, condition in (
            ("document_frozen", "document_frozen_document_update", "UPDATE", "document",
             f"OLD.state IN {out} AND (({changed}) OR {goes_on})"),
            ("document_frozen", "document_frozen_document_delete", "DELETE", "document", f"OLD.state IN {out}"),
            ("claim_concluded_fixed", "claim_concluded_fixed", "UPDATE", "claim",
             f"OLD.conclusion_id IS NOT NULL AND ( {BOX_CHANGED} OR {ended} OR {MOVED})"),
            ("conclusion_fixed", "conclusion_fixed_conclusion_stands", "UPDATE", "conclusion",
             conclusion.replace("{distinct}", "IS NOT")),
        )
    }  # fmt: skip


def _made(kind: str, table: str = "%") -> dict[str, str]:
    """name -> statement of the indexes or triggers there are."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT name, sql FROM sqlite_master WHERE type = :kind AND tbl_name LIKE :table AND sql IS NOT NULL"
        ),
        {"kind": kind, "table": table},
    )
    return {row[0]: row[1] for row in rows}


def _take_triggers() -> dict[str, str]:
    """Those that an earlier step of this very run made, out of the way: a table cannot be renamed under them."""
    found = _made("trigger")
    for name in found:
        op.execute(f"DROP TRIGGER {name}")
    return found


def _put_triggers(taken: dict[str, str]) -> None:
    for statement in taken.values():
        op.execute(sa.text(statement.replace(":", "\\:")))


def _rebuild(table: str, statement: str, columns: str, *, more: str = "") -> None:
    """SQLite changes no CHECK: the table is copied (https://www.sqlite.org/lang_altertable.html, section 7)."""
    indexes = _made("index", table)
    op.execute(sa.text(statement.replace(":", "\\:")))
    into, values = (f"{columns}, {more}", f"{columns}, ''") if more else (columns, columns)
    op.execute(f"INSERT INTO {table}_new ({into}) SELECT {values} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
    for name, made in indexes.items():
        if name not in ("uq_document_number", "uq_conclusion_paper"):
            op.execute(sa.text(made.replace(":", "\\:")))


def _document_sqlite(states: tuple[str, ...], but: str) -> None:
    bind = op.get_bind()
    text = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE name = 'document' AND type = 'table'")
    ).scalar_one()
    text, found = re.subn(r"state IN \('draft'[^)]*\)", known(states), text)
    assert found == 1
    text = re.sub(r'^CREATE TABLE "?document"?', "CREATE TABLE document_new", text)
    columns = ", ".join(row[1] for row in bind.execute(sa.text("PRAGMA table_info(document)")))
    _rebuild("document", text, columns)
    _create_number_index(but)


def _conclusion_sqlite(*, voidable: bool) -> None:
    bind = op.get_bind()
    text = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE name = 'conclusion' AND type = 'table'")
    ).scalar_one()
    text = re.sub(r'^CREATE TABLE "?conclusion"?', "CREATE TABLE conclusion_new", text)
    states = (*CONCLUSION_STATES, "voided") if voidable else CONCLUSION_STATES
    text, found = re.subn(r"state IN \('in_force'[^)]*\)", known(states), text)
    assert found == 1
    old_unique = f"CONSTRAINT {OLD_UNIQUE} UNIQUE (body_name, number_and_symbol, concluded_on)"
    columns = "recorded_by INTEGER, voided_by INTEGER, voided_at DATETIME, void_reason TEXT NOT NULL, "
    checks = (
        "CONSTRAINT fk_conclusion_recorded_by FOREIGN KEY(recorded_by) REFERENCES person (id), "
        "CONSTRAINT fk_conclusion_voided_by FOREIGN KEY(voided_by) REFERENCES person (id), "
        f"CONSTRAINT ck_conclusion_voided_is_told CHECK ({VOIDED}), "
        f"CONSTRAINT ck_conclusion_two_people_void CHECK ({TWO_PEOPLE})"
    )
    first = "CONSTRAINT pk_conclusion"
    if voidable:
        assert old_unique in text and first in text
        text = text.replace(old_unique, checks).replace(first, columns + first)
    else:
        assert checks in text and columns in text
        text = text.replace(checks, old_unique).replace(columns, "")
    _rebuild("conclusion", text, COLUMNS, more="void_reason" if voidable else "")
    if voidable:
        _paper_index()
        op.execute(RECORDED_BY)
