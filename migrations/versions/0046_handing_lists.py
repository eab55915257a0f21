"""Lists by which a new follower, a new head takes over: tables handing_list, handing_line.

Changes of followers before this one have no list: who followed then stays in the record of events.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = (
    "draft", "issued", "in_progress", "submitted", "returned", "accepted", "watching", "withdrawn",
)  # fmt: skip
KEYS = (
    ("appointment_id", "appointment"), ("unit_id", "unit"), ("from_person_id", "person"),
    ("to_person_id", "person"), ("given_by", "person"), ("acknowledged_by", "person"),
)  # fmt: skip
CHECKS = {
    "kind_known": "kind IN ('follower', 'head')",
    "two_people": "from_person_id <> to_person_id",
    "head_has_post": "(kind = 'head') = (appointment_id IS NOT NULL)"
    " AND (kind = 'head') = (unit_id IS NOT NULL)",
    "acknowledged_names_who": "(acknowledged_on IS NULL) = (acknowledged_by IS NULL)",
    "head_is_acknowledged": "kind <> 'head' OR acknowledged_on IS NOT NULL",
    "acknowledged_after_change": "acknowledged_on >= from_on",
    "receiver_or_paper": "(on_behalf AND reference <> '' AND acknowledged_on IS NOT NULL)"
    " OR (NOT on_behalf AND (acknowledged_by IS NULL OR acknowledged_by = to_person_id))",
}


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "handing_list",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("appointment_id", KEY, nullable=True),
        sa.Column("unit_id", KEY, nullable=True),
        sa.Column("from_person_id", KEY, nullable=False),
        sa.Column("to_person_id", KEY, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", KEY, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_by", KEY, nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handing_list"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_handing_list_{column}")
            for column, table in KEYS
        ),
        sa.UniqueConstraint("appointment_id", name="uq_handing_list_appointment_id"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_handing_list_{name}")) for name, rule in CHECKS.items()),
    )
    op.create_index("ix_handing_list_unit_id", "handing_list", ["unit_id"])
    op.create_index("ix_handing_list_receiver", "handing_list", ["to_person_id", "acknowledged_on"])
    op.create_table(
        "handing_line",
        sa.Column("list_id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("term_on", sa.Date(), nullable=True),
        sa.Column("days_overdue", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handing_line"),
        sa.ForeignKeyConstraint(["list_id"], ["handing_list.id"], name="fk_handing_line_list_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_handing_line_task_id"),
        sa.UniqueConstraint("list_id", "task_id", name="uq_handing_line_list_id_task_id"),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_handing_line_state_known")),
        sa.CheckConstraint("days_overdue >= 0", name=op.f("ck_handing_line_days_not_negative")),
    )
    op.create_index("ix_handing_line_task_id", "handing_line", ["task_id"])
    for statement in _postgresql() if postgresql else _sqlite():
        op.execute(statement)


def _sqlite() -> list[str]:
    """A line stays as it was written, a list once it was acknowledged; neither goes away."""
    return [
        f"CREATE TRIGGER handing_fixed_{table}_{name} BEFORE {event} ON {table} WHEN {condition} "
        "BEGIN SELECT RAISE(ABORT, 'handing_fixed'); END"
        for table, changed in (
            ("handing_line", "1 = 1"), ("handing_list", "OLD.acknowledged_on IS NOT NULL"),
        )
        for name, event, condition in (
            ("update", "UPDATE", changed),
            ("delete", "DELETE", "1 = 1"),
            ("not_replaced", "INSERT", f"EXISTS (SELECT 1 FROM {table} AS old WHERE old.id = NEW.id)"),
        )
    ]  # fmt: skip


def _postgresql() -> list[str]:
    made = [
        "CREATE FUNCTION guard_handing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM refuse('handing_fixed'); RETURN NEW; END $$",
        "CREATE TRIGGER guard_handing_line BEFORE UPDATE OR DELETE ON handing_line "
        "FOR EACH ROW EXECUTE FUNCTION guard_handing()",
        "CREATE TRIGGER guard_handing_list_update BEFORE UPDATE ON handing_list "
        "FOR EACH ROW WHEN (OLD.acknowledged_on IS NOT NULL) EXECUTE FUNCTION guard_handing()",
        "CREATE TRIGGER guard_handing_list_delete BEFORE DELETE ON handing_list "
        "FOR EACH ROW EXECUTE FUNCTION guard_handing()",
    ]
    return made + [
        f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
        for table in ("handing_line", "handing_list")
    ]


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM handing_list")).first():
        raise RuntimeError("a list of a hand-over has no place in the schema before")
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.info["dropped_triggers"].update(
            f"handing_fixed_{table}_{name}"
            for table in ("handing_line", "handing_list")
            for name in ("update", "delete", "not_replaced")
        )
    op.drop_table("handing_line")
    op.drop_table("handing_list")
    if bind.dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_handing()")
