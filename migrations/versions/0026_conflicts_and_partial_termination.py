"""Partial termination, suspension, and a claim that a higher body has gone over.

A held claim below a higher body's live one may be given back, cut or returned to by a recall at any time; it
is refused only when it is taken or concluded there. Contents that a written paper took out of a case keep
their row, which names the paper; neither changes any more. A mandate says since when its team stands still.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TRIGGER = "claim_below_higher_update"
SQLITE_ASKED = "WHEN NEW.ended_at IS NULL AND EXISTS"
SQLITE_CONCLUDING = (
    "WHEN NEW.ended_at IS NULL AND OLD.conclusion_id IS NULL AND NEW.conclusion_id IS NOT NULL AND EXISTS"
)
POSTGRESQL_ASKED = "IF EXISTS (SELECT 1 FROM claim AS other WHERE"
POSTGRESQL_CONCLUDING = (
    "IF (TG_OP = 'INSERT' OR (OLD.conclusion_id IS NULL AND NEW.conclusion_id IS NOT NULL)) "
    "AND EXISTS (SELECT 1 FROM claim AS other WHERE"
)
RULE = "PERFORM refuse('claim_below_higher')"
FIXED = "partial_termination_fixed"
STANDS = {"partial_termination": "1 = 1", "scope_item": "{row}.dropped_by_id IS NOT NULL"}
"""table -> which of its rows neither change nor go."""


def sqlite_triggers() -> dict[str, str]:
    """name -> statement."""
    found = {}
    for table, stands in STANDS.items():
        old = stands.replace("{row}", "OLD")
        again = f"SELECT 1 FROM {table} AS old WHERE old.id = NEW.id AND {stands.replace('{row}', 'old')}"
        for name, event, when in (
            ("update", "UPDATE", old), ("delete", "DELETE", old),
            ("not_replaced", "INSERT", f"EXISTS ({again})"),
        ):  # fmt: skip
            found[f"{FIXED}_{table}_{name}"] = (
                f"CREATE TRIGGER {FIXED}_{table}_{name} BEFORE {event} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{FIXED}'); END"
            )
    return found


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "partial_termination",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_partial_termination"),
        sa.CheckConstraint(
            "citation <> '' AND reason <> ''", name=op.f("ck_partial_termination_paper_is_told")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name="fk_partial_termination_inspection_id"
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_partial_termination_recorded_by"),
    )
    op.create_index("ix_partial_termination_inspection_id", "partial_termination", ["inspection_id"])
    op.add_column("mandate", sa.Column("suspended_on", sa.Date(), nullable=True))
    if postgresql:
        op.add_column("scope_item", sa.Column("dropped_by_id", KEY, nullable=True))
        op.create_foreign_key(
            "fk_scope_item_dropped_by_id", "scope_item", "partial_termination", ["dropped_by_id"], ["id"]
        )
        _redefine(_function(), POSTGRESQL_ASKED, POSTGRESQL_CONCLUDING)
        op.execute(
            f"CREATE FUNCTION {FIXED}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN PERFORM refuse('{FIXED}'); RETURN NULL; END $$"
        )
        for table, stands in STANDS.items():
            op.execute(
                f"CREATE TRIGGER {FIXED}_{table} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
                f"WHEN ({stands.replace('{row}', 'OLD')}) EXECUTE FUNCTION {FIXED}()"
            )
        op.execute(
            "CREATE TRIGGER guard_partial_termination_truncate BEFORE TRUNCATE ON partial_termination "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
        )
    else:
        op.execute(
            "ALTER TABLE scope_item ADD COLUMN dropped_by_id INTEGER "
            "CONSTRAINT fk_scope_item_dropped_by_id REFERENCES partial_termination (id)"
        )
        text = _once(_trigger(), SQLITE_ASKED, SQLITE_CONCLUDING)
        op.execute(f"DROP TRIGGER IF EXISTS {TRIGGER}")
        op.execute(text)
        for statement in sqlite_triggers().values():
            op.execute(statement)
    where = sa.text("dropped_by_id IS NOT NULL")
    op.create_index(
        "ix_scope_item_dropped", "scope_item", ["dropped_by_id"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT 1 FROM partial_termination")).first():
        raise RuntimeError("partial terminations that are on record have no place in the other schema")
    op.drop_index("ix_scope_item_dropped", "scope_item")
    if bind.dialect.name == "postgresql":
        _redefine(_function(), POSTGRESQL_CONCLUDING, POSTGRESQL_ASKED)
        for table in STANDS:
            op.execute(f"DROP TRIGGER {FIXED}_{table} ON {table}")
        op.execute(f"DROP FUNCTION {FIXED}()")
        op.drop_constraint("fk_scope_item_dropped_by_id", "scope_item", type_="foreignkey")
        op.drop_column("scope_item", "dropped_by_id")
        op.drop_column("mandate", "suspended_on")
    else:
        text = _once(_trigger(), SQLITE_CONCLUDING, SQLITE_ASKED)
        op.execute(f"DROP TRIGGER IF EXISTS {TRIGGER}")
        bind.info["saved_triggers"][TRIGGER] = text
        bind.info["dropped_triggers"].update(sqlite_triggers())
        for name in sqlite_triggers():
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute("ALTER TABLE scope_item DROP COLUMN dropped_by_id")
        op.execute("ALTER TABLE mandate DROP COLUMN suspended_on")
    op.drop_table("partial_termination")


def _once(text: str, before: str, after: str) -> str:
    """The guard as it stands with one condition changed; it must be found."""
    assert text.count(before) == 1, text
    return text.replace(before, after)


def _redefine(text: str, before: str, after: str) -> None:
    """Change the condition that leads to `claim_below_higher`: the last one before its refusal."""
    head, rule, tail = text.partition(RULE)
    place = head.rfind(before)
    assert rule and place >= 0, text
    changed = head[:place] + after + head[place + len(before) :] + rule + tail
    op.execute(sa.text(changed.replace(":", "\\:")))


def _function() -> str:
    query = sa.text("SELECT pg_get_functiondef('guard_claim'::regproc)")
    return str(op.get_bind().execute(query).scalar_one())


def _trigger() -> str:
    """As an earlier step of this very run made it, else as it was before the run."""
    bind = op.get_bind()
    made = bind.execute(
        sa.text(f"SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = '{TRIGGER}'")
    ).scalar()
    return str(made or bind.info["saved_triggers"][TRIGGER])
