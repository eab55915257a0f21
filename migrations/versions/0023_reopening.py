"""Reopening: a request with its boxes, a leader's answer, and what a granted one may take out of a conclusion.

A concluded claim ends before its conclusion does only under a granted reopening of that conclusion, with a
box that covers what ends: the row shrinks to that piece and ends in one statement, and the database writes
what was around it again under the same conclusion, so that nothing else is lost whatever wrote it.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHOLE = 1073741824
STATES = "state IN ('requested', 'refused', 'granted', 'used', 'ended')"
GROUNDS = "ground IN ('procedure', 'wrong_law', 'against_evidence', 'falsified', 'missed', 'new_information')"
TOLD = "reason <> '' AND evidence <> '' AND responsibility <> ''"
ANSWERED = (
    "(state = 'requested' AND decided_by IS NULL) OR "
    "(state = 'refused' AND decided_by IS NOT NULL AND refusal <> '') OR "
    "(state IN ('granted', 'used', 'ended') AND decided_by IS NOT NULL AND decision <> '' "
    "AND decided_on IS NOT NULL AND mandate_id IS NOT NULL)"
)
BOX_CHANGED = re.compile(
    r"NEW\.starts_on <> OLD\.starts_on OR NEW\.ends_on <> OLD\.ends_on\s+"
    r"OR NEW\.part_from <> OLD\.part_from OR NEW\.part_to <> OLD\.part_to(?=\s+OR \(NEW\.ended_at)"
)
"""The first thing that `claim_concluded_fixed` refuses (0014); `claim_only_shrinks` asks otherwise."""
UNDER_ANY = "NEW.ended_at IS NOT NULL AND NEW.reopening_id IS NULL"
REOPENED = """EXISTS (
        SELECT 1 FROM reopening JOIN reopening_box AS asked ON asked.reopening_id = reopening.id
        WHERE reopening.id = NEW.reopening_id AND reopening.state = 'granted'
          AND reopening.conclusion_id = OLD.conclusion_id
          AND asked.unit_id = NEW.unit_id AND asked.content_id = NEW.content_id
          AND asked.part_from <= NEW.part_from AND NEW.part_to <= asked.part_to
          AND asked.starts_on <= NEW.starts_on AND NEW.ends_on <= asked.ends_on)"""
CUT = (
    f"(NEW.starts_on <> OLD.starts_on OR NEW.ends_on <> OLD.ends_on OR NEW.part_from <> OLD.part_from "
    f"OR NEW.part_to <> OLD.part_to) AND NOT (NEW.ended_at IS NOT NULL AND {REOPENED})"
)
UNDER_A_GRANT = f"NEW.ended_at IS NOT NULL AND NOT {REOPENED}"
REST = """
    INSERT INTO claim (scope_item_id, mandate_id, conclusion_id, unit_id, content_id, part_from, part_to, level,
                       starts_on, ends_on, lapses_on, override_reason, created_at)
    SELECT OLD.scope_item_id, OLD.mandate_id, OLD.conclusion_id, OLD.unit_id, OLD.content_id, rest.part_from,
           rest.part_to, OLD.level, rest.starts_on, rest.ends_on, OLD.lapses_on, OLD.override_reason, NEW.ended_at
    FROM (
        SELECT OLD.starts_on AS starts_on, NEW.starts_on AS ends_on, OLD.part_from AS part_from, OLD.part_to AS part_to
        UNION ALL SELECT NEW.ends_on, OLD.ends_on, OLD.part_from, OLD.part_to
        UNION ALL SELECT NEW.starts_on, NEW.ends_on, OLD.part_from, NEW.part_from
        UNION ALL SELECT NEW.starts_on, NEW.ends_on, NEW.part_to, OLD.part_to) AS rest
    WHERE rest.starts_on < rest.ends_on AND rest.part_from < rest.part_to;
"""
SPLIT = "OLD.conclusion_id IS NOT NULL AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL"
REQUEST = ("conclusion_id", "inspection_id", "ground", "reason", "evidence", "responsibility", "requested_by",
           "requested_at", "id")  # fmt: skip
ANSWER = ("decided_by", "decision", "decided_on", "refusal")
GOES_ON = (
    "(OLD.state = 'requested' AND NEW.state IN ('granted', 'refused')) "
    "OR (OLD.state = 'granted' AND NEW.state IN ('used', 'ended')) "
    "OR (OLD.state = 'used' AND NEW.state = 'ended')"
)


def changed(columns: tuple[str, ...], distinct: str) -> str:
    return "(" + " OR ".join(f"NEW.{column} {distinct} OLD.{column}" for column in columns) + ")"


def request_changed(distinct: str) -> str:
    return (
        f"{changed(REQUEST, distinct)} OR (OLD.state <> 'requested' AND {changed(ANSWER, distinct)}) "
        f"OR (NEW.state <> OLD.state AND NOT ({GOES_ON}))"
    )


ASKED_ALREADY = (
    "EXISTS (SELECT 1 FROM reopening WHERE reopening.id = NEW.reopening_id AND state <> 'requested')"
)


def sqlite_triggers() -> dict[str, str]:
    """name -> statement."""
    found = {
        name: (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
            "BEGIN SELECT RAISE(ABORT, 'reopening_fixed'); END"
        )
        for name, event, table, condition in (
            ("reopening_fixed_update", "UPDATE", "reopening", request_changed("IS NOT")),
            ("reopening_fixed_delete", "DELETE", "reopening", "1 = 1"),
            ("reopening_fixed_not_replaced", "INSERT", "reopening",
             "EXISTS (SELECT 1 FROM reopening AS old WHERE old.id = NEW.id)"),
            ("reopening_fixed_box_update", "UPDATE", "reopening_box", "1 = 1"),
            ("reopening_fixed_box_delete", "DELETE", "reopening_box", "1 = 1"),
            ("reopening_fixed_box_insert", "INSERT", "reopening_box", ASKED_ALREADY),
            ("reopening_fixed_box_not_replaced", "INSERT", "reopening_box",
             "EXISTS (SELECT 1 FROM reopening_box AS old WHERE old.id = NEW.id)"),
        )
    }  # fmt: skip
    found["claim_split_by_reopening"] = (
        f"CREATE TRIGGER claim_split_by_reopening AFTER UPDATE ON claim WHEN {SPLIT} BEGIN {REST} END"
    )
    return found


POSTGRESQL = (
    f"""CREATE FUNCTION guard_reopening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN PERFORM refuse('reopening_fixed'); END IF;
    IF {request_changed("IS DISTINCT FROM")} THEN PERFORM refuse('reopening_fixed'); END IF;
    RETURN NEW; END $$""",
    "CREATE TRIGGER guard_reopening BEFORE UPDATE OR DELETE ON reopening "
    "FOR EACH ROW EXECUTE FUNCTION guard_reopening()",
    f"""CREATE FUNCTION guard_reopening_box() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' OR {ASKED_ALREADY} THEN PERFORM refuse('reopening_fixed'); END IF;
    RETURN NEW; END $$""",
    "CREATE TRIGGER guard_reopening_box BEFORE INSERT OR UPDATE OR DELETE ON reopening_box "
    "FOR EACH ROW EXECUTE FUNCTION guard_reopening_box()",
    f"""CREATE FUNCTION claim_split_by_reopening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    {REST} RETURN NULL; END $$""",
    "CREATE TRIGGER claim_split_by_reopening AFTER UPDATE ON claim "
    f"FOR EACH ROW WHEN ({SPLIT}) EXECUTE FUNCTION claim_split_by_reopening()",
    "CREATE TRIGGER guard_reopening_truncate BEFORE TRUNCATE ON reopening "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
    "CREATE TRIGGER guard_reopening_box_truncate BEFORE TRUNCATE ON reopening_box "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
)


def _nothing_reopened() -> None:
    """No request could be written before this step, so there is none to carry over."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM reopening")).first():
        raise RuntimeError("reopenings that are on record have no place in the other schema")


def upgrade() -> None:
    _nothing_reopened()
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.drop_constraint("fk_claim_reopening_id", "claim", type_="foreignkey")
    op.drop_table("reopening")
    op.create_table(
        "reopening",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conclusion_id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("mandate_id", KEY, nullable=True),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("requested_by", KEY, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reopening"),
        sa.CheckConstraint("requested_by <> decided_by", name=op.f("ck_reopening_asker_not_decider")),
        sa.CheckConstraint(STATES, name=op.f("ck_reopening_state_known")),
        sa.CheckConstraint(GROUNDS, name=op.f("ck_reopening_ground_known")),
        sa.CheckConstraint(TOLD, name=op.f("ck_reopening_request_is_told")),
        sa.CheckConstraint(ANSWERED, name=op.f("ck_reopening_answer_is_told")),
        sa.ForeignKeyConstraint(["conclusion_id"], ["conclusion.id"], name="fk_reopening_conclusion_id"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_reopening_inspection_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_reopening_decided_by"),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name="fk_reopening_mandate_id"),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name="fk_reopening_requested_by"),
    )
    op.create_index("ix_reopening_conclusion_id", "reopening", ["conclusion_id"])
    op.create_index("ix_reopening_inspection_id", "reopening", ["inspection_id"])
    waiting = sa.text("state = 'requested'")
    op.create_index(
        "ix_reopening_waiting", "reopening", ["id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "reopening_box",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reopening_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("content_id", KEY, nullable=False),
        sa.Column("part_from", KEY, nullable=False),
        sa.Column("part_to", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reopening_box"),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_reopening_box_days_in_order")),
        sa.CheckConstraint(
            f"part_from >= 0 AND part_to <= {WHOLE} AND part_from < part_to",
            name=op.f("ck_reopening_box_part_range"),
        ),
        sa.ForeignKeyConstraint(["reopening_id"], ["reopening.id"], name="fk_reopening_box_reopening_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_reopening_box_unit_id"),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name="fk_reopening_box_content_id"),
    )
    op.create_index("ix_reopening_box_reopening_id", "reopening_box", ["reopening_id"])
    where = sa.text("reopening_id IS NOT NULL")
    op.create_index(
        "ix_claim_reopened", "claim", ["reopening_id"], sqlite_where=where, postgresql_where=where
    )
    if postgresql:
        op.create_foreign_key("fk_claim_reopening_id", "claim", "reopening", ["reopening_id"], ["id"])
        op.execute(sa.text(_guarded(_function()).replace(":", "\\:")))
        for statement in POSTGRESQL:
            op.execute(statement)
        return
    text = _guarded(_trigger())
    op.execute("DROP TRIGGER IF EXISTS claim_concluded_fixed")
    op.execute(text)
    for statement in sqlite_triggers().values():
        op.execute(statement)


def downgrade() -> None:
    _nothing_reopened()
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    if postgresql:
        op.execute("DROP TRIGGER claim_split_by_reopening ON claim")
        op.execute("DROP FUNCTION claim_split_by_reopening()")
        op.execute(sa.text(_unguarded(_function()).replace(":", "\\:")))
        op.drop_constraint("fk_claim_reopening_id", "claim", type_="foreignkey")
    op.drop_index("ix_claim_reopened", "claim")
    op.drop_table("reopening_box")
    op.drop_table("reopening")
    op.create_table(
        "reopening",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mandate_id", KEY, nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", KEY, nullable=False),
        sa.Column("decided_by", KEY, nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reopening"),
        sa.CheckConstraint("requested_by <> decided_by", name=op.f("ck_reopening_asker_not_decider")),
        sa.CheckConstraint("state IN ('granted', 'ended')", name=op.f("ck_reopening_state_known")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_reopening_decided_by"),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name="fk_reopening_mandate_id"),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name="fk_reopening_requested_by"),
    )
    if postgresql:
        op.create_foreign_key("fk_claim_reopening_id", "claim", "reopening", ["reopening_id"], ["id"])
        op.execute("DROP FUNCTION guard_reopening()")
        op.execute("DROP FUNCTION guard_reopening_box()")
        return
    text = _unguarded(_trigger())
    op.execute("DROP TRIGGER IF EXISTS claim_concluded_fixed")
    bind.info["saved_triggers"]["claim_concluded_fixed"] = text
    bind.info["dropped_triggers"].update(sqlite_triggers())


def _guarded(text: str) -> str:
    """The guard of claims as it stands, with its two doors for a reopening; both must be found."""
    text, found = BOX_CHANGED.subn(lambda _: f"({CUT})", text)
    assert found == 1 and text.count(UNDER_ANY) == 1, text
    return text.replace(UNDER_ANY, UNDER_A_GRANT)


def _unguarded(text: str) -> str:
    before = (
        "NEW.starts_on <> OLD.starts_on OR NEW.ends_on <> OLD.ends_on "
        "OR NEW.part_from <> OLD.part_from OR NEW.part_to <> OLD.part_to"
    )
    assert text.count(f"({CUT})") == 1 and text.count(UNDER_A_GRANT) == 1
    return text.replace(f"({CUT})", before).replace(UNDER_A_GRANT, UNDER_ANY)


def _function() -> str:
    query = sa.text("SELECT pg_get_functiondef('guard_claim'::regproc)")
    return str(op.get_bind().execute(query).scalar_one())


def _trigger() -> str:
    """As an earlier step of this very run made it, else as it was before the run."""
    bind = op.get_bind()
    made = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'claim_concluded_fixed'")
    ).scalar()
    return str(made or bind.info["saved_triggers"]["claim_concluded_fixed"])
