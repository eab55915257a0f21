"""What lists and figures ask of every task stands at the task, where an index finds it.

`recurs`: one of its findings came back after an earlier notice; `has_evidence`: a report that something is
done names a document or a file. Both follow other tables, by triggers. `judged_on`: the day after which what
is still owed is late; `falls_on`: its day in a calendar. Both are generated from the row itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

DUE = "coalesce(due_on, proof_due_on)"
TERM = f"CASE WHEN supplement_on > {DUE} THEN supplement_on ELSE {DUE} END"
HAS_TERM = "(deadline_kind IN ('fixed', 'at_once') OR proof_due_on IS NOT NULL)"
OWED = "state IN ('issued', 'in_progress', 'returned', 'watching')"
DAYS = {
    "judged_on": f"CASE WHEN {OWED} AND NOT converted AND {HAS_TERM} THEN {TERM} END",
    "falls_on": f"CASE WHEN state IN ('draft', 'withdrawn') THEN NULL WHEN {HAS_TERM} AND {DUE} IS NOT NULL "
    f"THEN {TERM} ELSE review_on END",
}
RECURS = (
    "EXISTS (SELECT 1 FROM task_finding JOIN finding ON finding.id = task_finding.finding_id "
    "WHERE task_finding.task_id = task.id AND finding.classification IN ('recurrence', 'unremedied'))"
)
HAS_EVIDENCE = (
    "EXISTS (SELECT 1 FROM progress_report WHERE progress_report.task_id = task.id "
    "AND progress_report.status = 'done' AND (progress_report.document_reference <> '' "
    "OR EXISTS (SELECT 1 FROM progress_file WHERE progress_file.progress_id = progress_report.id)))"
)
TOLD = {
    "task_recurs_link": ("task_finding", "", "recurs", RECURS, "id = {}.task_id"),
    "task_recurs_finding": (
        "finding", "classification", "recurs", RECURS,
        "id IN (SELECT task_id FROM task_finding WHERE finding_id = {}.id)",
    ),
    "task_evidence_report": (
        "progress_report", "task_id, status, document_reference", "has_evidence", HAS_EVIDENCE,
        "id = {}.task_id",
    ),
    "task_evidence_file": (
        "progress_file", "", "has_evidence", HAS_EVIDENCE,
        "id IN (SELECT task_id FROM progress_report WHERE id = {}.progress_id)",
    ),
}  # fmt: skip
"""Trigger → (table, its columns that matter or all, flag, what it says, which tasks)."""
EVENTS = {
    "insert": ("INSERT", ("NEW",)),
    "update": ("UPDATE", ("OLD", "NEW")),
    "delete": ("DELETE", ("OLD",)),
}


def flagged(flag: str, is_so: str, which: str, row: str) -> str:
    """The flag made true to what it follows, of those tasks where it is not."""
    return f"UPDATE task SET {flag} = NOT {flag} WHERE {which.format(row)} AND {flag} <> {is_so}"


def _sqlite() -> None:
    for name in ("recurs", "has_evidence"):
        op.execute(f"ALTER TABLE task ADD COLUMN {name} BOOLEAN DEFAULT 0 NOT NULL")
    for name, said in DAYS.items():
        op.execute(f"ALTER TABLE task ADD COLUMN {name} DATE GENERATED ALWAYS AS ({said})")
    for name, (table, columns, flag, is_so, which) in TOLD.items():
        for suffix, (event, rows) in EVENTS.items():
            of = f" OF {columns}" if columns and event == "UPDATE" else ""
            acts = "; ".join(flagged(flag, is_so, which, row) for row in rows)
            op.execute(f"CREATE TRIGGER {name}_{suffix} AFTER {event}{of} ON {table} BEGIN {acts}; END")


def _postgresql() -> None:
    for name in ("recurs", "has_evidence"):
        op.add_column("task", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    for name, said in DAYS.items():
        op.execute(f"ALTER TABLE task ADD COLUMN {name} DATE GENERATED ALWAYS AS ({said}) STORED")
    for name, (table, columns, flag, is_so, which) in TOLD.items():
        old, new = (flagged(flag, is_so, which, row) for row in ("OLD", "NEW"))
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP <> 'INSERT' THEN {old}; END IF; IF TG_OP <> 'DELETE' THEN {new}; END IF; "
            "RETURN NULL; END $$"
        )
        of = f" OF {columns}" if columns else ""
        op.execute(
            f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE{of} OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def upgrade() -> None:
    (_postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite)()
    op.execute(f"UPDATE task SET recurs = {RECURS}, has_evidence = {HAS_EVIDENCE}")
    day = sa.text("coalesce(due_on, '9999-12-31')")
    some = {
        "sqlite_where": sa.text("judged_on IS NOT NULL"),
        "postgresql_where": sa.text("judged_on IS NOT NULL"),
    }
    op.create_index("ix_task_judged", "task", ["lead_unit_id", "judged_on"], **some)
    op.create_index("ix_task_falls", "task", ["falls_on", "id", "state", "judged_on"])
    some = {"sqlite_where": sa.text("recurs IS 1"), "postgresql_where": sa.text("recurs IS true")}
    op.create_index("ix_task_recurs", "task", [day, "id", "state"], **some)
    some = {
        "sqlite_where": sa.text("has_evidence IS 0"),
        "postgresql_where": sa.text("has_evidence IS false"),
    }
    op.create_index("ix_task_no_evidence", "task", ["state", day, "id"], **some)


def downgrade() -> None:
    bind = op.get_bind()
    for name in ("judged", "falls", "recurs", "no_evidence"):
        op.drop_index(f"ix_task_{name}", "task")
    if bind.dialect.name == "sqlite":
        bind.info["dropped_triggers"].update(f"{name}_{suffix}" for name in TOLD for suffix in EVENTS)
    else:
        for name, (table, *_rest) in TOLD.items():
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    for name in (*DAYS, "recurs", "has_evidence"):
        op.execute(f"ALTER TABLE task DROP COLUMN {name}")
