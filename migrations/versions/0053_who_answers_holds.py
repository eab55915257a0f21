"""What the database refuses of who answers and of cases passed on: rules until now kept by the services alone.

Answerable: only of a concluded finding; what was decided about stays. Referral: only of a finding passed on,
which stays passed on from then; what was answered stays.
"""

from alembic import op

revision = "0053"
down_revision = "0048"

ASKED = (
    "finding_id", "kind", "collective", "post", "recommended", "competent_body", "asked_reference", "asked_on",
    "due_on",
)  # fmt: skip
SENT = ("finding_id", "track", "body", "reference", "sent_on", "due_on")
CONCLUDED, PASSED_ON = "answerable_of_concluded", "referral_of_passed_on"
DECIDED, ANSWERED = "answerable_decided", "referral_answered"


def changed(columns: tuple[str, ...]) -> str:
    """True when one of the columns differs, nulls included."""
    return "(" + " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns) + ")"


def _not_in(state: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM finding WHERE id = NEW.finding_id AND state = '{state}')"


LEAVES = "OLD.state = 'passed_on' AND NEW.state <> 'passed_on'"
LEFT = f"{LEAVES} AND EXISTS (SELECT 1 FROM referral WHERE finding_id = OLD.id)"
SQLITE = {
    f"{CONCLUDED}_insert": ("INSERT ON answerable", _not_in("concluded"), CONCLUDED),
    f"{CONCLUDED}_update": (
        "UPDATE ON answerable", f"{changed(ASKED)} AND {_not_in('concluded')}", CONCLUDED,
    ),
    f"{DECIDED}_update": ("UPDATE ON answerable", f"OLD.decided IS NOT NULL AND {changed(ASKED)}", DECIDED),
    f"{DECIDED}_back": ("UPDATE ON answerable", "OLD.decided IS NOT NULL AND NEW.decided IS NULL", DECIDED),
    f"{DECIDED}_delete": ("DELETE ON answerable", "OLD.decided IS NOT NULL", DECIDED),
    f"{DECIDED}_not_replaced": (
        "INSERT ON answerable", "EXISTS (SELECT 1 FROM answerable WHERE id = NEW.id AND decided IS NOT NULL)",
        DECIDED,
    ),
    f"{PASSED_ON}_insert": ("INSERT ON referral", _not_in("passed_on"), PASSED_ON),
    f"{PASSED_ON}_update": ("UPDATE ON referral", f"{changed(SENT)} AND {_not_in('passed_on')}", PASSED_ON),
    f"{PASSED_ON}_stays": ("UPDATE ON finding", LEFT, PASSED_ON),
    f"{ANSWERED}_update": ("UPDATE ON referral", f"OLD.answered_on IS NOT NULL AND {changed(SENT)}", ANSWERED),
    f"{ANSWERED}_back": (
        "UPDATE ON referral", "OLD.answered_on IS NOT NULL AND NEW.answered_on IS NULL", ANSWERED,
    ),
    f"{ANSWERED}_delete": ("DELETE ON referral", "OLD.answered_on IS NOT NULL", ANSWERED),
    f"{ANSWERED}_not_replaced": (
        "INSERT ON referral", "EXISTS (SELECT 1 FROM referral WHERE id = NEW.id AND answered_on IS NOT NULL)",
        ANSWERED,
    ),
}  # fmt: skip
"""Trigger → (event and table, when it is refused, rule)."""

# FOR SHARE: a recall, a reconsideration in another transaction is waited for and seen.
POSTGRESQL = f"""
CREATE FUNCTION guard_answerable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.decided IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.decided IS NULL OR {changed(ASKED)})
            THEN PERFORM refuse('{DECIDED}'); END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        IF NOT {changed(ASKED)} THEN RETURN NEW; END IF;
    END IF;
    PERFORM 1 FROM finding WHERE id = NEW.finding_id AND state = 'concluded' FOR SHARE;
    IF NOT FOUND THEN PERFORM refuse('{CONCLUDED}'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_answerable BEFORE INSERT OR UPDATE OR DELETE ON answerable
    FOR EACH ROW EXECUTE FUNCTION guard_answerable();
CREATE FUNCTION guard_referral() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.answered_on IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.answered_on IS NULL OR {changed(SENT)})
            THEN PERFORM refuse('{ANSWERED}'); END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        IF NOT {changed(SENT)} THEN RETURN NEW; END IF;
    END IF;
    PERFORM 1 FROM finding WHERE id = NEW.finding_id AND state = 'passed_on' FOR SHARE;
    IF NOT FOUND THEN PERFORM refuse('{PASSED_ON}'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_referral BEFORE INSERT OR UPDATE OR DELETE ON referral
    FOR EACH ROW EXECUTE FUNCTION guard_referral();
CREATE FUNCTION guard_finding_referred() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM referral WHERE finding_id = OLD.id) THEN PERFORM refuse('{PASSED_ON}'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_finding_referred BEFORE UPDATE ON finding
    FOR EACH ROW WHEN ({LEAVES}) EXECUTE FUNCTION guard_finding_referred()
"""
MADE = (
    ("guard_answerable", "answerable"),
    ("guard_referral", "referral"),
    ("guard_finding_referred", "finding"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL)
        return
    for name, (event, condition, rule) in SQLITE.items():
        safe = condition.replace("IS DISTINCT FROM", "IS NOT")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} WHEN {safe} BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.info["dropped_triggers"].update(SQLITE)
        return
    for name, table in MADE:
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
