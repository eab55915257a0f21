"""Units: tables unit, unit_version, succession."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "unit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.CheckConstraint("length(code) >= 2", name=op.f("ck_unit_code_length")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_life_in_order")),
        sa.UniqueConstraint("code", name="uq_unit_code"),
    )
    op.create_index("ix_unit_search", "unit", ["search"], unique=False)
    op.create_table(
        "unit_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("relation", sa.String(40), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit_version"),
        sa.CheckConstraint("length(name) >= 2", name=op.f("ck_unit_version_has_name")),
        sa.CheckConstraint(
            "parent_id IS NULL OR parent_id <> unit_id", name=op.f("ck_unit_version_not_own_parent")
        ),
        sa.CheckConstraint("relation IN ('part_of', 'under')", name=op.f("ck_unit_version_relation_known")),
        sa.CheckConstraint(
            "type IN ('province', 'district', 'department', 'division', 'commune', 'ward', 'township', 'service_unit', 'other')",
            name=op.f("ck_unit_version_type_known"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name="fk_unit_version_parent_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_version_unit_id"),
        sa.UniqueConstraint("unit_id", "from_on", name="uq_unit_version_unit_id_from_on"),
    )
    op.create_index("ix_unit_version_parent_id", "unit_version", ["parent_id"], unique=False)
    op.create_table(
        "succession",
        sa.Column("id", KEY, nullable=False),
        sa.Column("predecessor_id", KEY, nullable=False),
        sa.Column("successor_id", KEY, nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_succession"),
        sa.CheckConstraint("kind IN ('merge', 'split', 'transfer')", name=op.f("ck_succession_kind_known")),
        sa.CheckConstraint("predecessor_id <> successor_id", name=op.f("ck_succession_two_units")),
        sa.ForeignKeyConstraint(["predecessor_id"], ["unit.id"], name="fk_succession_predecessor_id"),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name="fk_succession_successor_id"),
        sa.UniqueConstraint(
            "predecessor_id",
            "successor_id",
            "on_date",
            name="uq_succession_predecessor_id_successor_id_on_date",
        ),
    )
    op.create_index("ix_succession_successor_id", "succession", ["successor_id"], unique=False)


def downgrade() -> None:
    op.drop_table("succession")
    op.drop_table("unit_version")
    op.drop_table("unit")
