"""What the database refuses about claims, whatever wrote them.

Overlap of two live claims of one level; a lower level over a higher one's; a higher over a lower one's
without a reason; days outside the unit's life (asked from both sides); widening, moving, reviving,
deleting; any change of a concluded claim except ending it under a reopening, moving it to the conclusion
that replaces its own, or giving it back when its own was recalled.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

OVERLAPS = """
    other.unit_id = NEW.unit_id AND other.content_id = NEW.content_id AND other.ended_at IS NULL
    AND other.id <> NEW.id AND other.part_from < NEW.part_to AND NEW.part_from < other.part_to
    AND other.starts_on < NEW.ends_on AND NEW.starts_on < other.ends_on
"""
NO_REASON = "(NEW.override_reason IS NULL OR trim(NEW.override_reason) = '')"
OUTSIDE_LIFE = """
    EXISTS (SELECT 1 FROM unit WHERE unit.id = NEW.unit_id
            AND (NEW.starts_on < unit.valid_from OR (unit.valid_to IS NOT NULL AND NEW.ends_on > unit.valid_to)))
"""
LIFE_CUTS_CLAIMS = """
    EXISTS (SELECT 1 FROM claim WHERE claim.unit_id = NEW.id AND claim.ended_at IS NULL
            AND (claim.starts_on < NEW.valid_from OR (NEW.valid_to IS NOT NULL AND claim.ends_on > NEW.valid_to)))
"""
WIDER = """
    NEW.unit_id <> OLD.unit_id OR NEW.content_id <> OLD.content_id OR NEW.level <> OLD.level
    OR NEW.mandate_id <> OLD.mandate_id
    OR NEW.starts_on < OLD.starts_on OR NEW.ends_on > OLD.ends_on
    OR NEW.part_from < OLD.part_from OR NEW.part_to > OLD.part_to
"""
BOX_CHANGED = """
    NEW.starts_on <> OLD.starts_on OR NEW.ends_on <> OLD.ends_on
    OR NEW.part_from <> OLD.part_from OR NEW.part_to <> OLD.part_to
"""


def concluded_broken(distinct: str) -> str:
    """Condition over OLD and NEW under which a concluded claim is changed unlawfully."""
    return f"""
    OLD.conclusion_id IS NOT NULL AND (
        {BOX_CHANGED}
        OR (NEW.ended_at IS NOT NULL AND NEW.reopening_id IS NULL)
        OR (NEW.conclusion_id {distinct} OLD.conclusion_id AND NOT EXISTS (
            SELECT 1 FROM conclusion WHERE conclusion.id = OLD.conclusion_id AND (
                (conclusion.state = 'replaced' AND NEW.conclusion_id IS NOT NULL)
                OR (conclusion.state = 'recalled' AND NEW.conclusion_id IS NULL)))))
    """


def checks(same: str, lower: str, higher: str) -> list[tuple[str, str]]:
    """(name, condition) asked of every new or changed live claim."""
    return [
        ("claim_overlap", same),
        ("claim_below_higher", higher),
        ("claim_above_needs_reason", f"{lower} AND {NO_REASON}"),
        ("claim_outside_unit_life", OUTSIDE_LIFE),
    ]


SAME = f"EXISTS (SELECT 1 FROM claim AS other WHERE {OVERLAPS} AND other.level = NEW.level)"
LOWER = f"EXISTS (SELECT 1 FROM claim AS other WHERE {OVERLAPS} AND other.level < NEW.level)"
HIGHER = f"EXISTS (SELECT 1 FROM claim AS other WHERE {OVERLAPS} AND other.level > NEW.level)"

SQLITE_TRIGGERS: dict[str, str] = {}
for _event in ("INSERT", "UPDATE"):
    for _name, _condition in checks(SAME, LOWER, HIGHER):
        _trigger = f"{_name}_{_event.lower()}"
        SQLITE_TRIGGERS[_trigger] = (
            f"CREATE TRIGGER {_trigger} BEFORE {_event} ON claim WHEN NEW.ended_at IS NULL AND {_condition} "
            f"BEGIN SELECT RAISE(ABORT, '{_name}'); END"
        )
SQLITE_TRIGGERS["claim_not_revived"] = (
    "CREATE TRIGGER claim_not_revived BEFORE UPDATE ON claim WHEN OLD.ended_at IS NOT NULL "
    "BEGIN SELECT RAISE(ABORT, 'claim_not_revived'); END"
)
SQLITE_TRIGGERS["claim_only_shrinks"] = (
    f"CREATE TRIGGER claim_only_shrinks BEFORE UPDATE ON claim WHEN {WIDER} "
    "BEGIN SELECT RAISE(ABORT, 'claim_only_shrinks'); END"
)
SQLITE_TRIGGERS["claim_concluded_fixed"] = (
    f"CREATE TRIGGER claim_concluded_fixed BEFORE UPDATE ON claim WHEN {concluded_broken('IS NOT')} "
    "BEGIN SELECT RAISE(ABORT, 'claim_concluded_fixed'); END"
)
SQLITE_TRIGGERS["claim_not_deleted"] = (
    "CREATE TRIGGER claim_not_deleted BEFORE DELETE ON claim BEGIN SELECT RAISE(ABORT, 'claim_not_deleted'); END"
)
SQLITE_TRIGGERS["unit_life_covers_claims"] = (
    f"CREATE TRIGGER unit_life_covers_claims BEFORE UPDATE ON unit WHEN {LIFE_CUTS_CLAIMS} "
    "BEGIN SELECT RAISE(ABORT, 'unit_life_covers_claims'); END"
)

REFUSE = """
CREATE FUNCTION refuse(rule text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = rule, MESSAGE = rule;
END $$
"""
# `claim_overlap` is an exclusion constraint on PostgreSQL; the triggers hold the rest.
POSTGRESQL_CLAIM = f"""
CREATE FUNCTION guard_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN PERFORM refuse('claim_not_deleted'); END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.ended_at IS NOT NULL THEN PERFORM refuse('claim_not_revived'); END IF;
        IF {WIDER} THEN PERFORM refuse('claim_only_shrinks'); END IF;
        IF {concluded_broken("IS DISTINCT FROM")} THEN PERFORM refuse('claim_concluded_fixed'); END IF;
    END IF;
    IF NEW.ended_at IS NULL THEN
        IF {HIGHER} THEN PERFORM refuse('claim_below_higher'); END IF;
        IF {LOWER} AND {NO_REASON} THEN PERFORM refuse('claim_above_needs_reason'); END IF;
        IF {OUTSIDE_LIFE} THEN PERFORM refuse('claim_outside_unit_life'); END IF;
    END IF;
    RETURN NEW;
END $$
"""
POSTGRESQL_UNIT = f"""
CREATE FUNCTION guard_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {LIFE_CUTS_CLAIMS} THEN PERFORM refuse('unit_life_covers_claims'); END IF;
    RETURN NEW;
END $$
"""
EXCLUSION = """
ALTER TABLE claim ADD CONSTRAINT claim_overlap EXCLUDE USING gist (
    int8range(unit_id, unit_id, '[]') WITH =, int8range(content_id, content_id, '[]') WITH =,
    int8range(level, level, '[]') WITH =, int8range(part_from, part_to) WITH &&,
    daterange(starts_on, ends_on) WITH &&) WHERE (ended_at IS NULL)
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_TRIGGERS.values():
            op.execute(statement)
        return
    op.execute(EXCLUSION)
    op.execute(REFUSE)
    op.execute(POSTGRESQL_CLAIM)
    op.execute(POSTGRESQL_UNIT)
    op.execute(
        "CREATE TRIGGER guard_claim BEFORE INSERT OR UPDATE OR DELETE ON claim "
        "FOR EACH ROW EXECUTE FUNCTION guard_claim()"
    )
    op.execute("CREATE TRIGGER guard_unit BEFORE UPDATE ON unit FOR EACH ROW EXECUTE FUNCTION guard_unit()")


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.info["dropped_triggers"].update(SQLITE_TRIGGERS)
        return
    op.execute("DROP TRIGGER guard_unit ON unit")
    op.execute("DROP TRIGGER guard_claim ON claim")
    op.execute("DROP FUNCTION guard_unit()")
    op.execute("DROP FUNCTION guard_claim()")
    op.execute("DROP FUNCTION refuse(text)")
    op.execute("ALTER TABLE claim DROP CONSTRAINT claim_overlap")
