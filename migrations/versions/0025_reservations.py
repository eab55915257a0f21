"""Reservations of drafts: which case reserves under which mandate until the end of which day, one at a time.

What was reserved stays on record: the case, its mandate and who made it; an ended one does not change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HELD = sa.text("state = 'held'")
MADE = ("inspection_id", "mandate_id", "made_by", "made_at", "id")


def changed(distinct: str) -> str:
    """Condition over OLD and NEW under which a reservation is changed unlawfully."""
    return "OLD.state <> 'held' OR " + " OR ".join(f"NEW.{name} {distinct} OLD.{name}" for name in MADE)


def sqlite_triggers() -> dict[str, str]:
    """name -> statement."""
    return {
        name: (
            f"CREATE TRIGGER {name} BEFORE {event} ON reservation WHEN {condition} "
            "BEGIN SELECT RAISE(ABORT, 'reservation_fixed'); END"
        )
        for name, event, condition in (
            ("reservation_fixed_update", "UPDATE", changed("IS NOT")),
            ("reservation_fixed_delete", "DELETE", "1 = 1"),
            (
                "reservation_fixed_not_replaced",
                "INSERT",
                "EXISTS (SELECT 1 FROM reservation AS old WHERE old.id = NEW.id)",
            ),
        )
    }


POSTGRESQL = (
    f"""CREATE FUNCTION guard_reservation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN PERFORM refuse('reservation_fixed'); END IF;
    IF {changed("IS DISTINCT FROM")} THEN PERFORM refuse('reservation_fixed'); END IF;
    RETURN NEW; END $$""",
    "CREATE TRIGGER guard_reservation BEFORE UPDATE OR DELETE ON reservation "
    "FOR EACH ROW EXECUTE FUNCTION guard_reservation()",
    "CREATE TRIGGER guard_reservation_truncate BEFORE TRUNCATE ON reservation "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
)


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "reservation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("mandate_id", KEY, nullable=False),
        sa.Column("planned", sa.Text(), nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reservation"),
        sa.CheckConstraint(
            "state IN ('held', 'lapsed', 'released', 'used')", name=op.f("ck_reservation_state_known")
        ),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_reservation_inspection_id"),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name="fk_reservation_mandate_id"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_reservation_made_by"),
        sa.UniqueConstraint("mandate_id", name="uq_reservation_mandate_id"),
    )
    op.create_index("ix_reservation_inspection_id", "reservation", ["inspection_id"])
    op.create_index(
        "uq_reservation_one_held", "reservation", ["inspection_id"], unique=True,
        sqlite_where=HELD, postgresql_where=HELD,
    )  # fmt: skip
    for statement in POSTGRESQL if postgresql else sqlite_triggers().values():
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM reservation")).first():
        raise RuntimeError("a reservation has no place in the schema before")
    op.drop_table("reservation")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_reservation()")
