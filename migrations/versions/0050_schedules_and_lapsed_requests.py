"""Why a task can't be mended at once and by which steps; the unit's plan; requests that need no answer."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = ("open", "granted", "refused", "lapsed")
DECISION = (
    "(state = 'open') = (decided_on IS NULL) AND (state IN ('granted', 'refused')) = (decided_by IS NOT NULL) "
    "AND (state IN ('open', 'granted') OR answer <> '')"
)
STATES_BEFORE = STATES[:3]
DECISION_BEFORE = (
    "(state = 'open') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_on IS NULL) "
    "AND (state <> 'refused' OR answer <> '')"
)
KEPT = {
    "task_schedule": (
        "NEW.id IS DISTINCT FROM OLD.id OR NEW.task_id IS DISTINCT FROM OLD.task_id OR NEW.reason IS DISTINCT "
        "FROM OLD.reason OR NEW.document_reference IS DISTINCT FROM OLD.document_reference OR NEW.document_on "
        "IS DISTINCT FROM OLD.document_on OR NEW.on_behalf IS DISTINCT FROM OLD.on_behalf OR NEW.written_by "
        "IS DISTINCT FROM OLD.written_by OR NEW.written_at IS DISTINCT FROM OLD.written_at "
        "OR OLD.replaced_at IS NOT NULL"
    ),
    "schedule_step": (
        "NEW.id IS DISTINCT FROM OLD.id OR NEW.schedule_id IS DISTINCT FROM OLD.schedule_id OR NEW.text IS "
        "DISTINCT FROM OLD.text OR NEW.product IS DISTINCT FROM OLD.product OR NEW.answerable IS DISTINCT FROM "
        "OLD.answerable OR NEW.due_on IS DISTINCT FROM OLD.due_on OR OLD.done_on IS NOT NULL"
    ),
    "unit_plan": "1 = 1",
}
"""Table → what of an UPDATE is refused. Nothing of them is deleted."""


def _known(states: tuple[str, ...]) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    _requests((STATES_BEFORE, DECISION_BEFORE), (STATES, DECISION))
    op.create_table(
        "task_schedule",
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_reference", sa.Text(), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("written_by", KEY, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=postgresql), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_schedule"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_schedule_task_id"),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name="fk_task_schedule_written_by"),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_task_schedule_has_reason")),
        sa.CheckConstraint(
            "document_reference = '' OR document_on IS NOT NULL",
            name=op.f("ck_task_schedule_document_has_date"),
        ),
    )
    op.create_index("ix_task_schedule_task_id", "task_schedule", ["task_id"])
    current = sa.text("replaced_at IS NULL")
    op.create_index(
        "uq_task_schedule_current", "task_schedule", ["task_id"], unique=True,
        sqlite_where=current, postgresql_where=current,
    )  # fmt: skip
    op.create_table(
        "schedule_step",
        sa.Column("schedule_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("answerable", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_step"),
        sa.ForeignKeyConstraint(["schedule_id"], ["task_schedule.id"], name="fk_schedule_step_schedule_id"),
        sa.CheckConstraint(
            "text <> '' AND product <> '' AND answerable <> ''",
            name=op.f("ck_schedule_step_says_what_and_who"),
        ),
    )
    op.create_index("ix_schedule_step_schedule_id", "schedule_step", ["schedule_id"])
    undone = sa.text("done_on IS NULL")
    op.create_index(
        "ix_schedule_step_open", "schedule_step", ["due_on"], sqlite_where=undone, postgresql_where=undone
    )
    op.create_table(
        "unit_plan",
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("written_by", KEY, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit_plan"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_plan_unit_id"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_unit_plan_document_id"),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name="fk_unit_plan_written_by"),
        sa.UniqueConstraint(
            "document_id", "unit_id", "reference", "issued_on",
            name="uq_unit_plan_document_id_unit_id_reference_issued_on",
        ),
        sa.CheckConstraint("reference <> ''", name=op.f("ck_unit_plan_has_reference")),
    )  # fmt: skip
    for table, condition in KEPT.items():
        for statement in _postgresql(table, condition) if postgresql else _sqlite(table, condition):
            op.execute(statement)


def _requests(before: tuple[tuple[str, ...], str], after: tuple[tuple[str, ...], str]) -> None:
    """The rules of a request. SQLite changes none: the table is copied (lang_altertable.html, section 7)."""
    bind = op.get_bind()
    old, new = ([_known(states), decision] for states, decision in (before, after))
    if bind.dialect.name == "postgresql":
        for name, rule in zip(("state_known", "decision_whole"), new, strict=True):
            op.drop_constraint(op.f(f"ck_extension_request_{name}"), "extension_request")
            op.create_check_constraint(op.f(f"ck_extension_request_{name}"), "extension_request", rule)
        return
    triggers = _made("type = 'trigger'")  # those that an earlier step of this very run made
    for name in triggers:
        op.execute(f"DROP TRIGGER {name}")
    indexes = _made("type = 'index' AND tbl_name = 'extension_request'")
    (text,) = _made("name = 'extension_request'").values()
    for rule, instead in zip(old, new, strict=True):
        assert text.count(f"CHECK ({rule})") == 1, rule
        text = text.replace(f"CHECK ({rule})", f"CHECK ({instead})")
    made = re.sub(r'^CREATE TABLE "?extension_request"?', "CREATE TABLE extension_request_new", text)
    op.execute(sa.text(made.replace(":", "\\:")))
    op.execute("INSERT INTO extension_request_new SELECT * FROM extension_request")
    op.execute("DROP TABLE extension_request")
    op.execute("ALTER TABLE extension_request_new RENAME TO extension_request")
    for statement in (*indexes.values(), *triggers.values()):
        op.execute(sa.text(statement.replace(":", "\\:")))


def _made(which: str) -> dict[str, str]:
    """name -> statement of what there is."""
    rows = op.get_bind().execute(
        sa.text(f"SELECT name, sql FROM sqlite_master WHERE {which} AND sql IS NOT NULL")
    )
    return {row[0]: row[1] for row in rows}


def _sqlite(table: str, condition: str) -> list[str]:
    same = f"EXISTS (SELECT 1 FROM {table} AS old WHERE old.id = NEW.id)"
    condition = condition.replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"CREATE TRIGGER {table}_fixed_{name} BEFORE {event} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table}_fixed'); END"
        for name, event, when in (
            ("update", "UPDATE", condition), ("delete", "DELETE", "1 = 1"), ("not_replaced", "INSERT", same),
        )
    ]  # fmt: skip


def _postgresql(table: str, condition: str) -> list[str]:
    return [
        f"CREATE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' OR {condition} THEN PERFORM refuse('{table}_fixed'); END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION guard_{table}()",
        f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
    ]


def downgrade() -> None:
    bind = op.get_bind()
    kept = (
        "SELECT 1 FROM task_schedule",
        "SELECT 1 FROM unit_plan",
        "SELECT 1 FROM extension_request WHERE state = 'lapsed'",
    )
    if any(bind.execute(sa.text(question)).first() for question in kept):
        raise RuntimeError("schedules and lapsed requests have no place in the schema before")
    if bind.dialect.name == "postgresql":
        for table in KEPT:
            op.execute(f"DROP TRIGGER guard_{table} ON {table}")
            op.execute(f"DROP TRIGGER guard_{table}_truncate ON {table}")
            op.execute(f"DROP FUNCTION guard_{table}()")
    else:
        bind.info["dropped_triggers"].update(
            f"{table}_fixed_{name}" for table in KEPT for name in ("update", "delete", "not_replaced")
        )
    op.drop_table("unit_plan")
    op.drop_table("schedule_step")
    op.drop_table("task_schedule")
    _requests((STATES, DECISION), (STATES_BEFORE, DECISION_BEFORE))
