"""Claims and mandates stand: a unit cannot end under a claim that is being made; a claim stays with its scope
item; a mandate that claims hold keeps its authority; a conclusion keeps its title and moves with its paper;
a row that stands is not replaced by inserting over it. And: the days of a unit when its scope was written.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

CLAIM_MOVED = "NEW.scope_item_id {distinct} OLD.scope_item_id OR NEW.id <> OLD.id"
CONCLUSION_CHANGED = """
    NEW.title {distinct} OLD.title OR NEW.record_only {distinct} OLD.record_only OR NEW.id <> OLD.id
    OR (NEW.state <> OLD.state AND NOT (
        OLD.state = 'in_force' AND NEW.state IN ('replaced', 'recalled')
        AND (NEW.document_id IS NULL OR EXISTS (
            SELECT 1 FROM document WHERE document.id = NEW.document_id AND document.state = NEW.state))))
"""
MANDATE_CHANGED = """
    (NEW.kind <> OLD.kind OR NEW.body_name <> OLD.body_name OR NEW.level <> OLD.level
     OR NEW.decision <> OLD.decision OR NEW.decided_on {distinct} OLD.decided_on OR NEW.id <> OLD.id)
    AND EXISTS (SELECT 1 FROM claim WHERE claim.mandate_id = OLD.id)
"""
SAME = {
    "event": "old.seq = NEW.seq",
    "event_subject": "old.event_seq = NEW.event_seq AND old.position = NEW.position",
}
"""When an inserted row would take the place of a standing one, where that is not by `id`."""
UPDATES = (
    ("claim_only_shrinks", "claim", CLAIM_MOVED),
    ("conclusion_fixed", "conclusion", CONCLUSION_CHANGED),
    ("mandate_fixed", "mandate", MANDATE_CHANGED),
)
"""(rule, table, what no UPDATE may do)."""
STANDING = {
    "event": "event_append_only",
    "event_subject": "event_append_only",
    "stored_file": "stored_file_fixed",
    "calendar_version": "calendar_fixed",
    "calendar_day": "calendar_fixed",
    "office_setting": "setting_fixed",
    "form_version": "form_version_fixed",
    "criterion_group": "form_version_fixed",
    "criterion": "form_version_fixed",
    "criterion_part": "form_version_fixed",
    "document": "document_frozen",
    "number": "number_fixed",
    "delivery": "delivery_receipt_fixed",
    "conclusion": "conclusion_fixed",
    "coverage": "coverage_fixed",
    "claim": "claim_not_deleted",
    "finding": "finding_frozen",
    "answer": "answer_concluded_fixed",
    "minutes": "minutes_frozen",
    "journal_entry": "journal_append_only",
}
"""Tables whose rows SQLite would let an INSERT OR REPLACE take the place of, past the triggers on DELETE."""


def sqlite_triggers() -> dict[str, str]:
    """name -> statement."""
    found = {
        f"{rule}_{table}_stands": (
            f"CREATE TRIGGER {rule}_{table}_stands BEFORE UPDATE ON {table} "
            f"WHEN {condition.replace('{distinct}', 'IS NOT')} BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
        for rule, table, condition in UPDATES
    }
    for table, rule in STANDING.items():
        name = f"{rule}_{table}_not_replaced"
        found[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} AS old WHERE {SAME.get(table, 'old.id = NEW.id')}) "
            f"BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
    return found


def postgresql_functions() -> dict[str, str]:
    """table -> function."""
    return {
        table: (
            f"CREATE FUNCTION guard_{table}_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition.replace('{distinct}', 'IS DISTINCT FROM')} THEN PERFORM refuse('{rule}'); END IF; "
            "RETURN NEW; END $$"
        )
        for rule, table, condition in UPDATES
    }


UNIT_HELD = """
CREATE FUNCTION guard_claim_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM unit WHERE unit.id = NEW.unit_id FOR SHARE;
    RETURN NEW;
END $$
"""
"""Fires before `guard_claim` asks whether the unit lived (triggers go by name): the unit stays as it is until
the claim is committed, and a unit that is being ended is waited for."""


def upgrade() -> None:
    op.add_column("inspected_unit", sa.Column("planned_days", sa.JSON(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for statement in sqlite_triggers().values():
            op.execute(sa.text(statement))
        return
    for table, function in postgresql_functions().items():
        op.execute(function)
        op.execute(
            f"CREATE TRIGGER guard_{table}_stands BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION guard_{table}_stands()"
        )
    op.execute(UNIT_HELD)
    op.execute(
        "CREATE TRIGGER guard_a_claim_unit BEFORE INSERT ON claim "
        "FOR EACH ROW EXECUTE FUNCTION guard_claim_unit()"
    )


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.info["dropped_triggers"].update(sqlite_triggers())
        op.execute("ALTER TABLE inspected_unit DROP COLUMN planned_days")
        return
    op.execute("DROP TRIGGER guard_a_claim_unit ON claim")
    op.execute("DROP FUNCTION guard_claim_unit()")
    for table in postgresql_functions():
        op.execute(f"DROP TRIGGER guard_{table}_stands ON {table}")
        op.execute(f"DROP FUNCTION guard_{table}_stands()")
    op.drop_column("inspected_unit", "planned_days")
