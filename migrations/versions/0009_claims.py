"""Claims: tables claim."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("id", KEY, nullable=False),
        sa.Column("scope_item_id", KEY, nullable=True),
        sa.Column("mandate_id", KEY, nullable=False),
        sa.Column("conclusion_id", KEY, nullable=True),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("content_id", KEY, nullable=False),
        sa.Column("part_from", KEY, nullable=False),
        sa.Column("part_to", KEY, nullable=False),
        sa.Column("level", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("reopening_id", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_claim_days_in_order")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_reason IS NULL OR ended_reason = '')",
            name=op.f("ck_claim_ended_has_reason"),
        ),
        sa.CheckConstraint("level IN (10, 20, 30, 40)", name=op.f("ck_claim_level_known")),
        sa.CheckConstraint(
            "part_from >= 0 AND part_to <= 1073741824 AND part_from < part_to",
            name=op.f("ck_claim_part_range"),
        ),
        sa.ForeignKeyConstraint(["conclusion_id"], ["conclusion.id"], name="fk_claim_conclusion_id"),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name="fk_claim_content_id"),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name="fk_claim_mandate_id"),
        sa.ForeignKeyConstraint(["reopening_id"], ["reopening.id"], name="fk_claim_reopening_id"),
        sa.ForeignKeyConstraint(["scope_item_id"], ["scope_item.id"], name="fk_claim_scope_item_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_claim_unit_id"),
    )
    op.create_index(
        "ix_claim_box", "claim", ["unit_id", "content_id", "level", "starts_on", "ends_on"], unique=False
    )
    op.create_index("ix_claim_conclusion_id", "claim", ["conclusion_id"], unique=False)
    op.create_index("ix_claim_mandate_id", "claim", ["mandate_id"], unique=False)
    op.create_index("ix_claim_scope_item_id", "claim", ["scope_item_id"], unique=False)


def downgrade() -> None:
    op.drop_table("claim")
