"""Limits beside each extension; what a continuing task owes by a day; dates of steps as they were counted."""

import re
from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STEPS = (
    "onsite_department", "onsite_department_extension", "onsite_commune", "onsite_commune_extension",
    "team_report", "explanation", "notice", "acknowledgement", "remediation_plan", "remediation_report",
    "follow_up_check_earliest", "follow_up_check_latest", "publication", "remediation", "completion_report",
    "extension_answer",
)  # fmt: skip
EVENTS = (
    "decision_read", "term_ended", "visit_ended", "draft_sent", "report_sent", "draft_received", "notice_signed",
    "notice_received", "notice_published", "completion_due", "completion_reported", "request_received",
)  # fmt: skip
PROOFS = ("recurrence", "period")
COUNTS = ("number", "working_days", "days_in_sum", "most_times", "most_days", "most_in_sum")
ANSWERED = (
    "document_id IS NOT NULL OR (number <= most_times AND working_days <= most_days "
    "AND days_in_sum <= most_in_sum)"
)
PERIOD = "proof_every IS NULL OR (deadline_kind = 'continuing' AND proof_every IN (1, 3, 6, 12))"
PROOF = "proof_due_on IS NULL OR (deadline_kind = 'continuing' AND due_on IS NULL AND state <> 'accepted')"
ONE = "(inspected_unit_id IS NULL) <> (document_id IS NULL) AND (unit_id IS NULL OR document_id IS NOT NULL)"
OWNERS = ("inspected_unit_id", "document_id", "unit_id")
LIMITS = ("extensions_most", "extension_days_most")
PROFILES = ("noi_bo_cchc", "chuyen_nganh_217", "thanh_tra_84")
KEPT = {
    "extension": "",
    "step_date": "",
    "task_proof": (
        "NEW.id IS DISTINCT FROM OLD.id OR NEW.task_id IS DISTINCT FROM OLD.task_id OR NEW.kind IS DISTINCT FROM "
        "OLD.kind OR NEW.asked_on IS DISTINCT FROM OLD.asked_on OR NEW.due_on IS DISTINCT FROM OLD.due_on "
        "OR NEW.told IS DISTINCT FROM OLD.told OR OLD.settled_on IS NOT NULL"
    ),
}
"""Table → what of an UPDATE is refused; "" = all of it. Nothing of them is deleted."""


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def upgrade() -> None:
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    _extension(bind, postgresql)
    _task(postgresql)
    _new_tables(postgresql)
    _settings(bind)
    for table, condition in KEPT.items():
        for statement in _postgresql(table, condition) if postgresql else _sqlite(table, condition):
            op.execute(statement)


def _extension(bind: sa.Connection, postgresql: bool) -> None:
    for name in COUNTS:
        op.add_column("extension", sa.Column(name, KEY, nullable=False, server_default=sa.text(_start(name))))
    _count_old(bind)
    if postgresql:
        op.add_column("extension", sa.Column("document_id", KEY, nullable=True))
        op.create_foreign_key("fk_extension_document_id", "extension", "document", ["document_id"], ["id"])
        op.create_check_constraint(op.f("ck_extension_within_limits_or_answered"), "extension", ANSWERED)
    else:
        _copy_with("extension", *EXTENSION_PARTS)
    op.create_index("uq_extension_number", "extension", ["task_id", "number"], unique=True)


def _start(name: str) -> str:
    return "1" if name in ("number", "most_times") else "0"


EXTENSION_PARTS = (
    "document_id INTEGER, ",
    "CONSTRAINT fk_extension_document_id FOREIGN KEY(document_id) REFERENCES document (id), "
    f"CONSTRAINT ck_extension_within_limits_or_answered CHECK ({ANSWERED}), ",
)
TASK_PARTS = (
    "proof_every INTEGER, proof_due_on DATE, ",
    f"CONSTRAINT ck_task_period_only_of_continuing CHECK ({PERIOD}), "
    f"CONSTRAINT ck_task_proof_only_of_continuing CHECK ({PROOF}), ",
)


def _copy_with(table: str, columns: str, rules: str, *, add: bool = True) -> None:
    """SQLite adds no rule to a table: it is copied (https://www.sqlite.org/lang_altertable.html, section 7)."""
    bind = op.get_bind()
    triggers = _made("type = 'trigger'")  # those that an earlier step of this very run made
    for name in triggers:
        op.execute(f"DROP TRIGGER {name}")
    indexes = _made(f"type = 'index' AND tbl_name = '{table}'")
    (text,) = _made(f"name = '{table}'").values()
    first, new = f"CONSTRAINT pk_{table}", {part.split()[0] for part in columns.split(", ") if part}
    kept = ", ".join(
        row[1] for row in bind.execute(sa.text(f"PRAGMA table_info({table})")) if row[1] not in new
    )
    if add:
        assert first in text
        text = text.replace(first, columns + rules + first, 1)
    else:
        assert columns + rules in text
        text = text.replace(columns + rules, "")
    op.execute(sa.text(re.sub(rf'^CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_new", text)))
    op.execute(f"INSERT INTO {table}_new ({kept}) SELECT {kept} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
    for statement in (*indexes.values(), *triggers.values()):
        op.execute(sa.text(statement.replace(":", "\\:")))


def _made(which: str) -> dict[str, str]:
    """name -> statement of what there is."""
    rows = op.get_bind().execute(
        sa.text(f"SELECT name, sql FROM sqlite_master WHERE {which} AND sql IS NOT NULL")
    )
    return {row[0]: row[1] for row in rows}


def _count_old(bind: sa.Connection) -> None:
    """What was decided before keeps its figures as its own limits: nothing was refused by others then."""
    days = bind.execute(
        sa.text(
            "SELECT d.day, d.kind FROM calendar_day d WHERE d.calendar_version_id = "
            "(SELECT id FROM calendar_version ORDER BY number DESC LIMIT 1)"
        )
    ).all()
    marks = {_day(row[0]): row[1] for row in days}
    rows = bind.execute(
        sa.text("SELECT id, task_id, old_due_on, new_due_on FROM extension ORDER BY task_id, id")
    ).all()
    task, number, total = None, 0, 0
    for key, of, old, new in rows:
        if of != task:
            task, number, total = of, 0, 0
        worked = _working_days(_day(old), _day(new), marks)
        number, total = number + 1, total + worked
        bind.execute(
            sa.text(
                "UPDATE extension SET number = :n, most_times = :n, working_days = :d, most_days = :d, "
                "days_in_sum = :s, most_in_sum = :s WHERE id = :key"
            ),
            {"n": number, "d": worked, "s": total, "key": key},
        )


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _working_days(old: date, new: date, marks: dict[date, str]) -> int:
    days = (old + timedelta(n) for n in range(1, (new - old).days + 1))
    return sum(marks.get(d) == "worked" or (d.weekday() < 5 and marks.get(d) != "off") for d in days)


def _task(postgresql: bool) -> None:
    if postgresql:
        op.add_column("task", sa.Column("proof_every", KEY, nullable=True))
        op.add_column("task", sa.Column("proof_due_on", sa.Date(), nullable=True))
        op.create_check_constraint(op.f("ck_task_period_only_of_continuing"), "task", PERIOD)
        op.create_check_constraint(op.f("ck_task_proof_only_of_continuing"), "task", PROOF)
        return
    _copy_with("task", *TASK_PARTS)


def _new_tables(postgresql: bool) -> None:
    op.create_table(
        "task_proof",
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("counted_to_on", sa.Date(), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_proof"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_proof_task_id"),
        sa.CheckConstraint(f"kind IN ({_listed(PROOFS)})", name=op.f("ck_task_proof_kind_known")),
        sa.CheckConstraint("due_on >= asked_on", name=op.f("ck_task_proof_due_after_asked")),
        sa.CheckConstraint(
            "kind <> 'recurrence' OR told <> ''", name=op.f("ck_task_proof_recurrence_has_words")
        ),
        sa.CheckConstraint(
            "(settled_on IS NULL) = (counted_to_on IS NULL)", name=op.f("ck_task_proof_settled_whole")
        ),
    )
    op.create_index("ix_task_proof_task_id", "task_proof", ["task_id"])
    unsettled = sa.text("settled_on IS NULL")
    op.create_index(
        "uq_task_proof_open", "task_proof", ["task_id"], unique=True,
        sqlite_where=unsettled, postgresql_where=unsettled,
    )  # fmt: skip
    op.create_table(
        "step_date",
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rule_text", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("rule_number", KEY, nullable=False),
        sa.Column("calendar_version", KEY, nullable=False),
        *(sa.Column(owner, KEY, nullable=True) for owner in OWNERS),
        sa.Column("counted_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_step_date"),
        *(
            sa.ForeignKeyConstraint(
                [owner], [f"{owner.removesuffix('_id')}.id"], name=f"fk_step_date_{owner}"
            )
            for owner in OWNERS
        ),
        sa.UniqueConstraint(
            "inspected_unit_id", "step", "event_on", name="uq_step_date_inspected_unit_id_step_event_on"
        ),
        sa.UniqueConstraint(
            "document_id",
            "unit_id",
            "step",
            "event_on",
            name="uq_step_date_document_id_unit_id_step_event_on",
        ),
        sa.CheckConstraint(f"step IN ({_listed(STEPS)})", name=op.f("ck_step_date_step_known")),
        sa.CheckConstraint(f"event IN ({_listed(EVENTS)})", name=op.f("ck_step_date_event_known")),
        sa.CheckConstraint(ONE, name=op.f("ck_step_date_of_one_thing")),
        sa.CheckConstraint("due_on > event_on", name=op.f("ck_step_date_after_its_event")),
    )
    whole = sa.text("unit_id IS NULL")
    op.create_index(
        "uq_step_date_of_document", "step_date", ["document_id", "step", "event_on"], unique=True,
        sqlite_where=whole, postgresql_where=whole,
    )  # fmt: skip
    op.create_index("ix_step_date_unit", "step_date", ["unit_id", "step"])


def _settings(bind: sa.Connection) -> None:
    """The limit of the office goes on as that of each profile; the old rows stay, as every value does."""
    for key in LIMITS:
        for profile in PROFILES:
            bind.execute(
                sa.text(
                    "INSERT INTO office_setting (key, value, effective_from, who, set_at) "
                    "SELECT :new, value, effective_from, who, set_at FROM office_setting WHERE key = :old"
                ),
                {"old": key, "new": f"{key}_{profile}"},
            )


def _sqlite(table: str, condition: str) -> list[str]:
    same = f"EXISTS (SELECT 1 FROM {table} AS old WHERE old.id = NEW.id)"
    condition = condition.replace("IS DISTINCT FROM", "IS NOT") or "1 = 1"
    return [
        f"CREATE TRIGGER {table}_fixed_{name} BEFORE {event} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table}_fixed'); END"
        for name, event, when in (
            ("update", "UPDATE", condition), ("delete", "DELETE", "1 = 1"), ("not_replaced", "INSERT", same),
        )
    ]  # fmt: skip


def _postgresql(table: str, condition: str) -> list[str]:
    refuse = f"PERFORM refuse('{table}_fixed');"
    if condition:
        refuse = f"IF TG_OP = 'DELETE' OR {condition} THEN {refuse} END IF;"
    return [
        f"CREATE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{refuse} RETURN NEW; END $$",
        f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION guard_{table}()",
        f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
    ]


def downgrade() -> None:
    bind = op.get_bind()
    for table in ("task_proof", "step_date"):
        if bind.execute(sa.text(f"SELECT 1 FROM {table}")).first():
            raise RuntimeError(f"what {table} keeps has no place in the schema before")
    if bind.dialect.name == "postgresql":
        for table in KEPT:
            op.execute(f"DROP TRIGGER guard_{table} ON {table}")
            op.execute(f"DROP TRIGGER guard_{table}_truncate ON {table}")
            op.execute(f"DROP FUNCTION guard_{table}()")
        op.drop_constraint(op.f("ck_task_period_only_of_continuing"), "task")
        op.drop_constraint(op.f("ck_task_proof_only_of_continuing"), "task")
        op.drop_constraint(op.f("ck_extension_within_limits_or_answered"), "extension")
    else:
        bind.info["dropped_triggers"].update(
            f"{table}_fixed_{name}" for table in KEPT for name in ("update", "delete", "not_replaced")
        )
    op.drop_table("step_date")
    op.drop_table("task_proof")
    op.drop_index("uq_extension_number", "extension")
    if bind.dialect.name == "postgresql":
        for table, column in (
            ("task", "proof_every"),
            ("task", "proof_due_on"),
            ("extension", "document_id"),
        ):
            op.drop_column(table, column)
    else:
        _copy_with("task", *TASK_PARTS, add=False)
        _copy_with("extension", *EXTENSION_PARTS, add=False)
    for column in COUNTS:
        op.execute(f"ALTER TABLE extension DROP COLUMN {column}")
