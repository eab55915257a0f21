"""Notices: tables notice, notice_unit, notice_finding, notice_step."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("conclusion_id", KEY, nullable=True),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("signature_prefix", sa.Text(), nullable=False),
        sa.Column("follow_unit_id", KEY, nullable=True),
        sa.Column("follower_id", KEY, nullable=True),
        sa.Column("version", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.ForeignKeyConstraint(["conclusion_id"], ["conclusion.id"], name="fk_notice_conclusion_id"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_notice_document_id"),
        sa.ForeignKeyConstraint(["follow_unit_id"], ["unit.id"], name="fk_notice_follow_unit_id"),
        sa.ForeignKeyConstraint(["follower_id"], ["person.id"], name="fk_notice_follower_id"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_notice_inspection_id"),
        sa.UniqueConstraint("document_id", name="uq_notice_document_id"),
    )
    op.create_index("ix_notice_inspection_id", "notice", ["inspection_id"], unique=False)
    op.create_table(
        "notice_unit",
        sa.Column("notice_id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("notice_id", "inspected_unit_id", name="pk_notice_unit"),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_notice_unit_inspected_unit_id"
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_unit_notice_id"),
    )
    op.create_index("ix_notice_unit_inspected_unit_id", "notice_unit", ["inspected_unit_id"], unique=False)
    op.create_table(
        "notice_finding",
        sa.Column("id", KEY, nullable=False),
        sa.Column("notice_id", KEY, nullable=False),
        sa.Column("finding_id", KEY, nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice_finding"),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_notice_finding_finding_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_finding_notice_id"),
        sa.UniqueConstraint("notice_id", "finding_id", name="uq_notice_finding_notice_id_finding_id"),
    )
    op.create_index("ix_notice_finding_finding_id", "notice_finding", ["finding_id"], unique=False)
    op.create_table(
        "notice_step",
        sa.Column("id", KEY, nullable=False),
        sa.Column("notice_id", KEY, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notice_step"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_step_notice_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_notice_step_person_id"),
    )
    op.create_index("ix_notice_step_notice_id", "notice_step", ["notice_id"], unique=False)


def downgrade() -> None:
    op.drop_table("notice_step")
    op.drop_table("notice_finding")
    op.drop_table("notice_unit")
    op.drop_table("notice")
