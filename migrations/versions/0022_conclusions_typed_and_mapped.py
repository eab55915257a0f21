"""What was typed of a conclusion stays with it line by line, mapped to criteria or not yet. One that was only
recorded may come to apply, once, and a paper may be joined to one that came without; neither is taken back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ENTERED = (
    "OLD.state = 'in_force' AND NEW.state = 'in_force' AND EXISTS "
    "(SELECT 1 FROM mandate WHERE mandate.id = OLD.mandate_id AND mandate.kind <> 'own')"
)
PAPER = (
    "(NEW.document_id {distinct} OLD.document_id AND NOT (OLD.document_id IS NULL AND EXISTS "
    "(SELECT 1 FROM document WHERE document.id = NEW.document_id AND document.state = 'issued') AND "
    f"{ENTERED}))"
)
APPLIED = (
    "(NEW.record_only {distinct} OLD.record_only AND NOT (OLD.record_only AND NOT NEW.record_only AND "
    f"{ENTERED}))"
)
CHANGES = (
    ("conclusion_fixed_conclusion_update", "guard_conclusion_record",
     "NEW.document_id {distinct} OLD.document_id", PAPER),
    ("conclusion_fixed_conclusion_stands", "guard_conclusion_stands",
     "NEW.record_only {distinct} OLD.record_only", APPLIED),
)  # fmt: skip
"""(SQLite's trigger, PostgreSQL's function, what it refused, what it refuses now)."""
RULE = "conclusion_line_fixed"


def upgrade() -> None:
    op.create_table(
        "conclusion_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conclusion_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_conclusion_line_days_in_order")),
        sa.ForeignKeyConstraint(
            ["conclusion_id"], ["conclusion.id"], name=op.f("fk_conclusion_line_conclusion_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_conclusion_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conclusion_line")),
    )
    op.create_index(op.f("ix_conclusion_line_conclusion_id"), "conclusion_line", ["conclusion_id"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger, function, before, after in CHANGES:
        _sqlite(trigger, before, after) if sqlite else _postgresql(function, before, after)
    if sqlite:
        for name, event, when in (
            ("update", "UPDATE", "1 = 1"), ("delete", "DELETE", "1 = 1"),
            ("not_replaced", "INSERT", "EXISTS (SELECT 1 FROM conclusion_line AS old WHERE old.id = NEW.id)"),
        ):  # fmt: skip
            op.execute(
                f"CREATE TRIGGER {RULE}_conclusion_line_{name} BEFORE {event} ON conclusion_line "
                f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{RULE}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION guard_conclusion_line_record() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN PERFORM refuse('{RULE}'); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER guard_conclusion_line_record BEFORE UPDATE OR DELETE ON conclusion_line "
        "FOR EACH ROW EXECUTE FUNCTION guard_conclusion_line_record()"
    )
    op.execute(
        "CREATE TRIGGER guard_conclusion_line_truncate BEFORE TRUNCATE ON conclusion_line "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
    )


def downgrade() -> None:
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT 1 FROM conclusion_line WHERE criteria = ''")).first():
        raise RuntimeError("a line that is not mapped to criteria has no place in the schema before")
    sqlite = bind.dialect.name == "sqlite"
    for trigger, function, before, after in CHANGES:
        _sqlite(trigger, after, before) if sqlite else _postgresql(function, after, before)
    op.drop_table("conclusion_line")
    if not sqlite:
        op.execute("DROP FUNCTION guard_conclusion_line_record()")


def _changed(text: str, old: str, new: str, distinct: str) -> str:
    old, new = (piece.replace("{distinct}", distinct) for piece in (old, new))
    assert text.count(old) == 1, (old, text)
    return text.replace(old, new)


def _sqlite(name: str, old: str, new: str) -> None:
    """The trigger with a piece of it replaced: made by an earlier step of this run, or put back at its end."""
    bind = op.get_bind()
    made = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name"), {"name": name}
    ).scalar()
    if made is None:
        saved = bind.info["saved_triggers"]
        saved[name] = _changed(saved[name], old, new, "IS NOT")
        return
    op.execute(f"DROP TRIGGER {name}")
    op.execute(sa.text(_changed(made, old, new, "IS NOT").replace(":", "\\:")))


def _postgresql(function: str, old: str, new: str) -> None:
    bind = op.get_bind()
    text = bind.execute(sa.text(f"SELECT pg_get_functiondef('{function}'::regproc)")).scalar_one()
    op.execute(sa.text(_changed(text, old, new, "IS DISTINCT FROM").replace(":", "\\:")))
