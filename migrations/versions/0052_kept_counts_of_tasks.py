"""Kept counts of tasks: what a task adds to the figures is written beside every change of it.

Rows are only added, so that two writers never wait for each other; the worker folds those of equal days
into one, and an index finds what a follower has to do first. What is told apart is what the figures tell
apart (app/followup/models.py, TaskCount): of a task that is handed in or accepted only whether that was late.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = (
    "follower_id", "state", "deadline_kind", "converted", "due_on", "proof_due_on", "review_on", "submitted_on",
    "report_due_on",
)  # fmt: skip
LOOKED_AT = (*KEPT, "supplement_on", "completed_on")
DATED = "('fixed', 'at_once')"
OWED = "('issued', 'in_progress', 'returned')"
OVER = "('submitted', 'accepted')"
NEVER = "('draft', 'withdrawn')"


def told(row: str, day: str) -> str:
    """The values of `KEPT` of a row; `day` = how the engine writes a date ("'{}'", "DATE '{}'")."""
    on_time, late = day.format("2000-01-01"), day.format("2000-01-02")
    due = f"coalesce({row}.due_on, {row}.proof_due_on)"
    term = f"CASE WHEN {row}.supplement_on > {due} THEN {row}.supplement_on ELSE {due} END"
    stopped = f"coalesce({row}.submitted_on, {row}.completed_on)"

    def judged(column: str) -> str:
        return (
            f"CASE WHEN {row}.{column} IS NULL OR {row}.state IN {NEVER} THEN NULL "
            f"WHEN {row}.state IN {OVER} THEN {on_time} ELSE {term} END"
        )

    return ", ".join(
        (
            f"{row}.follower_id", f"{row}.state", f"{row}.deadline_kind", f"{row}.converted",
            judged("due_on"), judged("proof_due_on"),
            f"CASE WHEN {row}.deadline_kind NOT IN {DATED} AND ({row}.state IN {OWED} "
            f"OR {row}.state = 'watching') THEN {row}.review_on END",
            f"CASE WHEN {row}.state IN {OVER} AND {stopped} IS NOT NULL "
            f"THEN CASE WHEN {stopped} > {term} THEN {late} ELSE {on_time} END END",
            f"CASE WHEN {row}.state IN {OWED} THEN coalesce({row}.report_due_on, {row}.due_on) END",
        )
    )  # fmt: skip


def added(row: str, day: str, many: int) -> str:
    """The row that tells of one task more, or of one less."""
    return f"INSERT INTO task_count ({', '.join(KEPT)}, many) VALUES ({told(row, day)}, {many})"


FIRST_DAY = "coalesce(due_on, proof_due_on, review_on, '9999-12-31')"
STATES = (
    "draft", "issued", "in_progress", "submitted", "returned", "accepted", "watching", "withdrawn",
)  # fmt: skip
KINDS = ("fixed", "at_once", "continuing", "conditional")
CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in LOOKED_AT)
SQLITE = {
    "task_counted_insert": "INSERT", "task_counted_delete": "DELETE",
    "task_counted_update": f"UPDATE OF {', '.join(LOOKED_AT)}",
}  # fmt: skip
DATE = "DATE '{}'"
POSTGRESQL = f"""
CREATE FUNCTION count_task() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN {added("OLD", DATE, -1)}; END IF;
    IF TG_OP <> 'DELETE' THEN {added("NEW", DATE, 1)}; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_task AFTER INSERT OR DELETE ON task FOR EACH ROW EXECUTE FUNCTION count_task();
CREATE TRIGGER count_task_changed AFTER UPDATE OF {", ".join(LOOKED_AT)} ON task
    FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION count_task()
"""


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "task_count",
        sa.Column("follower_id", KEY, nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("deadline_kind", sa.String(40), nullable=False),
        sa.Column("converted", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in KEPT[4:]),
        sa.Column("many", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_count"),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_task_count_state_known")),
        sa.CheckConstraint(f"deadline_kind IN {KINDS}", name=op.f("ck_task_count_deadline_kind_known")),
    )
    day = DATE if postgresql else "'{}'"
    numbers = ", ".join(str(n + 1) for n in range(len(KEPT)))
    op.create_index("ix_task_to_do", "task", ["follower_id", "state", sa.text(FIRST_DAY), "id"])
    op.execute(
        f"INSERT INTO task_count ({', '.join(KEPT)}, many) "
        f"SELECT {told('task', day)}, count(*) FROM task GROUP BY {numbers}"
    )
    if postgresql:
        op.execute(POSTGRESQL)
        return
    for name, event in SQLITE.items():
        when = f"WHEN {CHANGED.replace('IS DISTINCT FROM', 'IS NOT')} " if "UPDATE" in event else ""
        acts = ([] if event == "INSERT" else [added("OLD", day, -1)]) + (
            [] if event == "DELETE" else [added("NEW", day, 1)]
        )
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON task {when}BEGIN {'; '.join(acts)}; END")


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("DROP TRIGGER count_task_changed ON task")
        op.execute("DROP TRIGGER count_task ON task")
        op.execute("DROP FUNCTION count_task()")
    else:
        bind.info["dropped_triggers"].update(SQLITE)
    op.drop_index("ix_task_to_do", "task")
    op.drop_table("task_count")
