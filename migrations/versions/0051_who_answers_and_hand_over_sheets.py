"""What the database refuses of who answers and of cases passed on; sheets of hand-overs as they were acknowledged.

Answerable: only of a concluded finding; what was decided about stays. Referral: only of a finding passed on,
which stays passed on from then; what was answered stays. A sheet is written once; an acknowledged hand-over
between units stays. What was acknowledged before this has no sheet: its words of then are not known.
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

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


KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = (
    "draft", "issued", "in_progress", "submitted", "returned", "accepted", "watching", "withdrawn",
)  # fmt: skip
SHEETS = ("handing_sheet", "handing_sheet_line")
SHEET, HANDOVER = "handing_sheet_fixed", "task_handover_fixed"
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
    f"{HANDOVER}_update": ("UPDATE ON task_handover", "OLD.acknowledged_on IS NOT NULL", HANDOVER),
    f"{HANDOVER}_delete": ("DELETE ON task_handover", "OLD.acknowledged_on IS NOT NULL", HANDOVER),
    f"{HANDOVER}_not_replaced": (
        "INSERT ON task_handover",
        "EXISTS (SELECT 1 FROM task_handover WHERE id = NEW.id AND acknowledged_on IS NOT NULL)", HANDOVER,
    ),
    **{
        f"{table}_fixed_{name}": (f"{event} ON {table}", condition, SHEET)
        for table in SHEETS
        for name, event, condition in (
            ("update", "UPDATE", "1 = 1"), ("delete", "DELETE", "1 = 1"),
            ("not_replaced", "INSERT", f"EXISTS (SELECT 1 FROM {table} AS old WHERE old.id = NEW.id)"),
        )
    },
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
    FOR EACH ROW WHEN ({LEAVES}) EXECUTE FUNCTION guard_finding_referred();
CREATE FUNCTION guard_task_handover() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM refuse('{HANDOVER}'); RETURN NEW;
END $$;
CREATE TRIGGER guard_task_handover BEFORE UPDATE OR DELETE ON task_handover
    FOR EACH ROW WHEN (OLD.acknowledged_on IS NOT NULL) EXECUTE FUNCTION guard_task_handover();
CREATE FUNCTION guard_handing_sheet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM refuse('{SHEET}'); RETURN NEW;
END $$
"""
MADE = (
    ("guard_answerable", "answerable"),
    ("guard_referral", "referral"),
    ("guard_finding_referred", "finding"),
    ("guard_task_handover", "task_handover"),
)


def _sheets(moment: sa.DateTime) -> None:
    op.create_table(
        "handing_sheet",
        sa.Column("list_id", KEY, nullable=True),
        sa.Column("to_unit_id", KEY, nullable=True),
        sa.Column("giver", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("unreceived", sa.JSON(), nullable=False),
        sa.Column("proposals", sa.JSON(), nullable=False),
        sa.Column("drawn_at", moment, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handing_sheet"),
        sa.ForeignKeyConstraint(["list_id"], ["handing_list.id"], name="fk_handing_sheet_list_id"),
        sa.ForeignKeyConstraint(["to_unit_id"], ["unit.id"], name="fk_handing_sheet_to_unit_id"),
        sa.UniqueConstraint("list_id", name="uq_handing_sheet_list_id"),
        sa.CheckConstraint(
            "(list_id IS NULL) <> (to_unit_id IS NULL)", name=op.f("ck_handing_sheet_of_list_or_unit")
        ),
    )
    op.create_index("ix_handing_sheet_to_unit_id", "handing_sheet", ["to_unit_id"])
    words = ("moved", "evidence", "asked", "asked_of_office")
    op.create_table(
        "handing_sheet_line",
        sa.Column("sheet_id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("handover_id", KEY, nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("code", "text", "unit_name", "notice")),
        sa.Column("term_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("days_overdue", KEY, nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in words),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handing_sheet_line"),
        sa.ForeignKeyConstraint(["sheet_id"], ["handing_sheet.id"], name="fk_handing_sheet_line_sheet_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_handing_sheet_line_task_id"),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["task_handover.id"], name="fk_handing_sheet_line_handover_id"
        ),
        sa.UniqueConstraint("handover_id", name="uq_handing_sheet_line_handover_id"),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_handing_sheet_line_state_known")),
        sa.CheckConstraint("days_overdue >= 0", name=op.f("ck_handing_sheet_line_days_not_negative")),
    )
    op.create_index("ix_handing_sheet_line_sheet_id", "handing_sheet_line", ["sheet_id"])
    op.create_index("ix_handing_sheet_line_task_id", "handing_sheet_line", ["task_id"])


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    _sheets(sa.DateTime(timezone=postgresql))
    if postgresql:
        op.execute(POSTGRESQL)
        for table in SHEETS:
            op.execute(
                f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION guard_handing_sheet()"
            )
            op.execute(
                f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
            )
        return
    for name, (event, condition, rule) in SQLITE.items():
        safe = condition.replace("IS DISTINCT FROM", "IS NOT")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} WHEN {safe} BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )


def downgrade() -> None:
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT 1 FROM handing_sheet")).first():
        raise RuntimeError("what was acknowledged has no place in the schema before")
    if bind.dialect.name == "sqlite":
        bind.info["dropped_triggers"].update(SQLITE)
    op.drop_table("handing_sheet_line")
    op.drop_table("handing_sheet")
    if bind.dialect.name == "sqlite":
        return
    op.execute("DROP FUNCTION guard_handing_sheet()")
    for name, table in MADE:
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
