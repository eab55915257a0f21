"""The unit's side: its đầu mối, what it asks for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE = "focal_point_one_at_a_time"
SAME_DAYS = """
    EXISTS (SELECT 1 FROM focal_point AS other WHERE other.unit_id = NEW.unit_id AND other.id <> NEW.id
            AND (other.to_on IS NULL OR other.to_on >= NEW.from_on)
            AND (NEW.to_on IS NULL OR other.from_on <= NEW.to_on))
"""
EXCLUSION = f"""
ALTER TABLE focal_point ADD CONSTRAINT {ONE} EXCLUDE USING gist (
    int8range(unit_id, unit_id, '[]') WITH =, daterange(from_on, to_on, '[]') WITH &&)
"""


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    moment = sa.DateTime(timezone=postgresql)
    _focal_points(moment)
    if postgresql:
        op.execute(EXCLUSION)
        return
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER {ONE}_{event.lower()} AFTER {event} ON focal_point WHEN {SAME_DAYS} "
            f"BEGIN SELECT RAISE(ABORT, '{ONE}'); END"
        )


def _focal_points(moment: sa.DateTime) -> None:
    op.create_table(
        "focal_point",
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("appointed_by", KEY, nullable=False),
        sa.Column("appointed_at", moment, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_focal_point"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_focal_point_unit_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_focal_point_person_id"),
        sa.ForeignKeyConstraint(["appointed_by"], ["person.id"], name="fk_focal_point_appointed_by"),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_focal_point_dates_in_order")),
        sa.CheckConstraint("length(name) >= 2", name=op.f("ck_focal_point_has_name")),
        sa.CheckConstraint(
            "NOT on_behalf OR reference <> ''", name=op.f("ck_focal_point_on_behalf_has_paper")
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR person_id <> appointed_by", name=op.f("ck_focal_point_appointed_by_another")
        ),
    )
    op.create_index("ix_focal_point_unit_id", "focal_point", ["unit_id"])
    op.create_index("ix_focal_point_person_id", "focal_point", ["person_id"])


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM focal_point")).first():
        raise RuntimeError("what the units' people said of themselves has no place in the schema before")
    op.drop_table("focal_point")
