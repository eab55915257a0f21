"""What was cut of a scope because a reorganisation was entered after the decision."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "scope_recut",
        sa.Column("id", KEY, nullable=False),
        sa.Column("scope_item_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scope_recut"),
        sa.ForeignKeyConstraint(["scope_item_id"], ["scope_item.id"], name="fk_scope_recut_scope_item_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_scope_recut_unit_id"),
        sa.UniqueConstraint("scope_item_id", "unit_id", name="uq_scope_recut_scope_item_id_unit_id"),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_scope_recut_days_in_order")),
    )
    op.create_index("ix_scope_recut_unit_id", "scope_recut", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("scope_recut")
