"""The plan of a case sent to the inspectorate to handle overlaps, and its answer."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "overlap_referral",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_by", KEY, nullable=False),
        sa.Column("answer_reference", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_overlap_referral"),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name="fk_overlap_referral_inspection_id"
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name="fk_overlap_referral_sent_by"),
        sa.CheckConstraint(
            "reference <> '' AND recipient <> ''", name=op.f("ck_overlap_referral_names_paper")
        ),
        sa.CheckConstraint(
            "(answered_on IS NULL AND answer = '' AND answer_reference = '') OR "
            "(answered_on IS NOT NULL AND answered_on >= sent_on AND answer <> '')",
            name=op.f("ck_overlap_referral_answer_after_sending"),
        ),
    )
    op.create_index("ix_overlap_referral_inspection_id", "overlap_referral", ["inspection_id"], unique=False)


def downgrade() -> None:
    op.drop_table("overlap_referral")
