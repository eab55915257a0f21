"""Rules of deadlines by version: from which event, up to or before the last day, over days off; never changed."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD_STEPS = (
    "onsite_department", "onsite_department_extension", "onsite_commune", "onsite_commune_extension",
    "team_report", "explanation", "notice", "acknowledgement", "remediation_plan", "remediation_report",
    "follow_up_check_earliest", "follow_up_check_latest", "publication",
)  # fmt: skip
NEW_STEPS = ("remediation", "completion_report", "extension_answer")
EVENTS = (
    "decision_read", "term_ended", "visit_ended", "draft_sent", "report_sent", "draft_received", "notice_signed",
    "notice_received", "notice_published", "completion_due", "completion_reported", "request_received",
)  # fmt: skip
EVENT_OF = {
    "onsite_department": "decision_read", "onsite_department_extension": "term_ended",
    "onsite_commune": "decision_read", "onsite_commune_extension": "term_ended", "team_report": "visit_ended",
    "explanation": "draft_sent", "notice": "report_sent", "acknowledgement": "notice_received",
    "remediation_plan": "notice_published", "remediation_report": "notice_signed",
    "follow_up_check_earliest": "completion_reported", "follow_up_check_latest": "completion_reported",
    "publication": "notice_signed", "remediation": "notice_signed", "completion_report": "completion_due",
    "extension_answer": "request_received",
}  # fmt: skip
SETTINGS = {"remediation": ("remediation_default_days", 20), "completion_report": ("report_after_days", 3)}
"""What used to be a setting of the office for every profile: the value that held last goes on in each."""
OWN = "Mặc định của sản phẩm, cơ quan điều chỉnh theo quy chế"
PRODUCT = "Hệ thống"
SINCE_EVER = "1900-01-01"
RANGE = (
    "(days BETWEEN 1 AND 366 OR (days = 0 AND step = 'completion_report')) AND (until = 'end' OR days >= 2)"
)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _new_table(moment: sa.DateTime) -> None:
    op.create_table(
        "deadline_rule",
        sa.Column("profile_id", KEY, nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("days", KEY, nullable=False),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("until", sa.String(40), nullable=False),
        sa.Column("rolls", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deadline_rule"),
        sa.ForeignKeyConstraint(["profile_id"], ["rule_profile.id"], name="fk_deadline_rule_profile_id"),
        sa.UniqueConstraint("profile_id", "step", "number", name="uq_deadline_rule_profile_id_step_number"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_deadline_rule_number_from_one")),
        sa.CheckConstraint(RANGE, name=op.f("ck_deadline_rule_days_in_range")),
        sa.CheckConstraint("mode IN ('working', 'calendar')", name=op.f("ck_deadline_rule_mode_known")),
        sa.CheckConstraint("until IN ('end', 'before')", name=op.f("ck_deadline_rule_until_known")),
        sa.CheckConstraint(
            f"step IN ({_listed(OLD_STEPS + NEW_STEPS)})", name=op.f("ck_deadline_rule_step_known")
        ),
        sa.CheckConstraint(f"event IN ({_listed(EVENTS)})", name=op.f("ck_deadline_rule_event_known")),
    )


def _old_table(moment: sa.DateTime) -> None:
    op.create_table(
        "deadline_rule",
        sa.Column("id", KEY, nullable=False),
        sa.Column("profile_id", KEY, nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("days", KEY, nullable=False),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("row_version", KEY, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deadline_rule"),
        sa.CheckConstraint("days BETWEEN 1 AND 366", name=op.f("ck_deadline_rule_days_in_range")),
        sa.CheckConstraint("mode IN ('working', 'calendar')", name=op.f("ck_deadline_rule_mode_known")),
        sa.CheckConstraint(f"step IN ({_listed(OLD_STEPS)})", name=op.f("ck_deadline_rule_step_known")),
        sa.ForeignKeyConstraint(["profile_id"], ["rule_profile.id"], name="fk_deadline_rule_profile_id"),
        sa.UniqueConstraint("profile_id", "step", name="uq_deadline_rule_profile_id_step"),
    )


def _set_aside() -> None:
    """The table under another name; its key's name is wanted again (PostgreSQL keeps it as an index)."""
    op.rename_table("deadline_rule", "deadline_rule_before")
    if op.get_bind().dialect.name == "postgresql":
        for name in ("pk_deadline_rule", "uq_deadline_rule_profile_id_step"):
            op.execute(f"ALTER TABLE deadline_rule_before RENAME CONSTRAINT {name} TO {name}_before")
        op.execute("ALTER SEQUENCE deadline_rule_id_seq RENAME TO deadline_rule_before_id_seq")


def _after_copy() -> None:
    op.drop_table("deadline_rule_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('deadline_rule', 'id'), "
            "COALESCE((SELECT max(id) FROM deadline_rule), 0) + 1, false)"
        )


def upgrade() -> None:
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    _set_aside()
    _new_table(sa.DateTime(timezone=postgresql))
    whens = " ".join(f"WHEN '{step}' THEN '{EVENT_OF[step]}'" for step in OLD_STEPS)
    true = "true" if postgresql else "1"
    op.execute(
        "INSERT INTO deadline_rule (id, profile_id, step, number, effective_from, event, days, mode, until, rolls, "
        "basis, verified, made_by, made_at) "
        f"SELECT r.id, r.profile_id, r.step, 1, '{SINCE_EVER}', CASE WHEN p.code = 'thanh_tra_84' "
        f"AND r.step = 'notice' THEN 'draft_received' ELSE CASE r.step {whens} END END, r.days, r.mode, 'end', "
        f"{true}, r.basis, r.verified, '{PRODUCT}', r.updated_at "
        "FROM deadline_rule_before r JOIN rule_profile p ON p.id = r.profile_id ORDER BY r.id"
    )
    _after_copy()
    _from_settings(bind, true)
    op.add_column("task", sa.Column("rule_number", KEY, nullable=True))
    for statement in _postgresql() if postgresql else _sqlite():
        op.execute(statement)


def _from_settings(bind: sa.Connection, true: str) -> None:
    for step, (key, default) in SETTINGS.items():
        stored = bind.execute(
            sa.text("SELECT value FROM office_setting WHERE key = :key ORDER BY effective_from DESC LIMIT 1"),
            {"key": key},
        ).scalar()
        days = default if stored is None else int(json.loads(stored) if isinstance(stored, str) else stored)
        bind.execute(
            sa.text(
                "INSERT INTO deadline_rule (profile_id, step, number, effective_from, event, days, mode, until, "
                "rolls, basis, verified, made_by, made_at) "
                f"SELECT id, '{step}', 1, '{SINCE_EVER}', '{EVENT_OF[step]}', :days, 'working', 'end', {true}, "
                f"'{OWN}', NOT {true}, '{PRODUCT}', created_at FROM rule_profile ORDER BY id"
            ),
            {"days": days},
        )


def _sqlite() -> list[str]:
    same = "EXISTS (SELECT 1 FROM deadline_rule AS old WHERE old.id = NEW.id)"
    return [
        f"CREATE TRIGGER deadline_rule_fixed_{name} BEFORE {event} ON deadline_rule WHEN {condition} "
        "BEGIN SELECT RAISE(ABORT, 'deadline_rule_fixed'); END"
        for name, event, condition in (
            ("update", "UPDATE", "1 = 1"), ("delete", "DELETE", "1 = 1"), ("not_replaced", "INSERT", same),
        )
    ]  # fmt: skip


def _postgresql() -> list[str]:
    return [
        "CREATE FUNCTION guard_deadline_rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM refuse('deadline_rule_fixed'); RETURN NEW; END $$",
        "CREATE TRIGGER guard_deadline_rule BEFORE UPDATE OR DELETE ON deadline_rule "
        "FOR EACH ROW EXECUTE FUNCTION guard_deadline_rule()",
        "CREATE TRIGGER guard_deadline_rule_truncate BEFORE TRUNCATE ON deadline_rule "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
    ]


def downgrade() -> None:
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    if bind.execute(sa.text("SELECT 1 FROM deadline_rule WHERE number > 1")).first():
        raise RuntimeError("versions of rules that are on record have no place in the schema before")
    if postgresql:
        op.execute("DROP TRIGGER guard_deadline_rule ON deadline_rule")
        op.execute("DROP TRIGGER guard_deadline_rule_truncate ON deadline_rule")
        op.execute("DROP FUNCTION guard_deadline_rule()")
    else:
        bind.info["dropped_triggers"].update(
            f"deadline_rule_fixed_{name}" for name in ("update", "delete", "not_replaced")
        )
    op.drop_column("task", "rule_number")
    op.rename_table("deadline_rule", "deadline_rule_before")
    if postgresql:
        op.execute(
            "ALTER TABLE deadline_rule_before RENAME CONSTRAINT pk_deadline_rule TO pk_deadline_rule_before"
        )
        op.execute("ALTER SEQUENCE deadline_rule_id_seq RENAME TO deadline_rule_before_id_seq")
    _old_table(sa.DateTime(timezone=postgresql))
    op.execute(
        "INSERT INTO deadline_rule (id, profile_id, step, days, mode, basis, verified, row_version, created_at, "
        "updated_at) SELECT id, profile_id, step, days, mode, basis, verified, 1, made_at, made_at "
        f"FROM deadline_rule_before WHERE step IN ({_listed(OLD_STEPS)}) ORDER BY id"
    )
    _after_copy()
