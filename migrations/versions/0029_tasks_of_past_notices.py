"""A task comes from a case, or from a past notice of the office that was entered without one. What a team saw of
an old task on the spot: tables task_sighting, task_sighting_file. A check of remediation assesses nothing.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_A_CASE = (("inspection_id", "inspection"), ("inspected_unit_id", "inspected_unit"))
OF_THE_PAST = (("conclusion_id", "conclusion"), ("concluded_unit_id", "unit"), ("entered_by", "person"))
BEFORE = "state = 'draft' OR (document_id IS NOT NULL AND follower_id IS NOT NULL)"
AFTER = (
    "state = 'draft' OR (follower_id IS NOT NULL AND (document_id IS NOT NULL OR conclusion_id IS NOT NULL))"
)
HAS_NOTICE = "ck_task_issued_has_notice_and_follower"
ONE_SOURCE = (
    "(inspection_id IS NOT NULL AND inspected_unit_id IS NOT NULL AND conclusion_id IS NULL "
    "AND concluded_unit_id IS NULL AND entered_by IS NULL) OR (inspection_id IS NULL "
    "AND inspected_unit_id IS NULL AND conclusion_id IS NOT NULL AND concluded_unit_id IS NOT NULL "
    "AND entered_by IS NOT NULL)"
)
RULES = {
    "task_of_past_notice": (
        "task",
        "NEW.conclusion_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM conclusion JOIN mandate "
        "ON mandate.id = conclusion.mandate_id WHERE conclusion.id = NEW.conclusion_id "
        "AND mandate.kind = 'historic')",
    ),
    "follow_up_assesses_nothing": (
        "answer",
        "NEW.result IN ('met', 'partly', 'not_met') AND EXISTS (SELECT 1 FROM scope_item "
        "JOIN inspected_unit ON inspected_unit.id = scope_item.inspected_unit_id "
        "JOIN inspection ON inspection.id = inspected_unit.inspection_id "
        "WHERE scope_item.id = NEW.scope_item_id AND inspection.kind = 'follow_up')",
    ),
}
"""rule → (table, when a row is refused)."""


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        _task_sqlite(past=True)
    else:
        for column, table in OF_THE_PAST:
            op.add_column("task", sa.Column(column, KEY, nullable=True))
            op.create_foreign_key(f"fk_task_{column}", "task", table, [column], ["id"])
        for column, _table in OF_A_CASE:
            op.alter_column("task", column, nullable=True)
        op.drop_constraint(op.f(HAS_NOTICE), "task")
        op.create_check_constraint(op.f(HAS_NOTICE), "task", AFTER)
        op.create_check_constraint(op.f("ck_task_one_source"), "task", ONE_SOURCE)
    op.create_index("ix_task_conclusion_id", "task", ["conclusion_id"], unique=False)
    _create_sightings()
    for rule, (table, when) in RULES.items():
        if sqlite:
            for event in ("INSERT", "UPDATE"):
                op.execute(
                    f"CREATE TRIGGER {rule}_{event.lower()} BEFORE {event} ON {table} "
                    f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{rule}'); END"
                )
            continue
        op.execute(
            f"CREATE FUNCTION guard_{rule}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN PERFORM refuse('{rule}'); END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER guard_{rule} BEFORE INSERT OR UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION guard_{rule}()"
        )


def _create_sightings() -> None:
    op.create_table(
        "task_sighting",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("written_by", KEY, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_sighting"),
        sa.CheckConstraint(
            "status IN ('done', 'doing', 'not_yet')", name=op.f("ck_task_sighting_status_known")
        ),
        sa.CheckConstraint("status = 'done' OR text <> ''", name=op.f("ck_task_sighting_undone_has_words")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_sighting_task_id"),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_task_sighting_inspected_unit_id"
        ),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name="fk_task_sighting_written_by"),
    )
    op.create_index("ix_task_sighting_task_id", "task_sighting", ["task_id"], unique=False)
    op.create_index(
        "ix_task_sighting_inspected_unit_id", "task_sighting", ["inspected_unit_id"], unique=False
    )
    op.create_table(
        "task_sighting_file",
        sa.Column("sighting_id", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("sighting_id", "file_id", name="pk_task_sighting_file"),
        sa.ForeignKeyConstraint(
            ["sighting_id"], ["task_sighting.id"], name="fk_task_sighting_file_sighting_id"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_task_sighting_file_file_id"),
    )


def downgrade() -> None:
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT 1 FROM task WHERE conclusion_id IS NOT NULL")).first():
        raise RuntimeError("a task of a past notice has no place in the schema before")
    if bind.execute(sa.text("SELECT 1 FROM task_sighting")).first():
        raise RuntimeError("what a team saw of an old task has no place in the schema before")
    sqlite = bind.dialect.name == "sqlite"
    for rule, (table, _when) in RULES.items():
        if sqlite:
            bind.info["dropped_triggers"].update({f"{rule}_insert", f"{rule}_update"})
            continue
        op.execute(f"DROP TRIGGER guard_{rule} ON {table}")
        op.execute(f"DROP FUNCTION guard_{rule}()")
    op.drop_table("task_sighting_file")
    op.drop_table("task_sighting")
    op.drop_index("ix_task_conclusion_id", "task")
    if sqlite:
        _task_sqlite(past=False)
        return
    op.drop_constraint(op.f("ck_task_one_source"), "task")
    op.drop_constraint(op.f(HAS_NOTICE), "task")
    for column, _table in OF_THE_PAST:
        op.drop_column("task", column)
    for column, _table in OF_A_CASE:
        op.alter_column("task", column, nullable=False)
    op.create_check_constraint(op.f(HAS_NOTICE), "task", BEFORE)


def _task_sqlite(*, past: bool) -> None:
    """SQLite changes no rule of a table: it is copied (https://www.sqlite.org/lang_altertable.html, section 7)."""
    bind = op.get_bind()
    triggers = _made("type = 'trigger'")  # those that an earlier step of this very run made
    for name in triggers:
        op.execute(f"DROP TRIGGER {name}")
    indexes = _made("type = 'index' AND tbl_name = 'task'")
    (text,) = _made("type = 'table' AND name = 'task'").values()
    new = {column for column, _table in OF_THE_PAST}
    columns = ", ".join(
        row[1] for row in bind.execute(sa.text("PRAGMA table_info(task)")) if row[1] not in new
    )
    first, last = "CONSTRAINT pk_task PRIMARY KEY", "CONSTRAINT uq_task_code"
    added = "".join(f"{column} INTEGER, " for column, _table in OF_THE_PAST)
    rules = "".join(
        f"CONSTRAINT fk_task_{column} FOREIGN KEY({column}) REFERENCES {table} (id), "
        for column, table in OF_THE_PAST
    )
    rules += f"CONSTRAINT ck_task_one_source CHECK ({ONE_SOURCE}), "
    changes = [(first, added + first), (last, rules + last), (BEFORE, AFTER)]
    changes += [(f"{column} INTEGER NOT NULL", f"{column} INTEGER") for column, _table in OF_A_CASE]
    for old, fresh in changes if past else [(fresh, old) for old, fresh in changes]:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, fresh)
    op.execute(sa.text(re.sub(r'^CREATE TABLE "?task"?', "CREATE TABLE task_new", text).replace(":", "\\:")))
    op.execute(f"INSERT INTO task_new ({columns}) SELECT {columns} FROM task")
    op.execute("DROP TABLE task")
    op.execute("ALTER TABLE task_new RENAME TO task")
    for statement in (*indexes.values(), *triggers.values()):
        op.execute(sa.text(statement.replace(":", "\\:")))


def _made(which: str) -> dict[str, str]:
    """name -> statement of what there is."""
    rows = op.get_bind().execute(
        sa.text(f"SELECT name, sql FROM sqlite_master WHERE {which} AND sql IS NOT NULL")
    )
    return {row[0]: row[1] for row in rows}
