"""Register: tables mandate, conclusion, coverage, reopening."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mandate",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body_name", sa.Text(), nullable=False),
        sa.Column("level", KEY, nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("leader_name", sa.Text(), nullable=False),
        sa.Column("leader_title", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mandate"),
        sa.CheckConstraint("kind IN ('own', 'other_body', 'historic')", name=op.f("ck_mandate_kind_known")),
        sa.CheckConstraint("level IN (10, 20, 30, 40)", name=op.f("ck_mandate_level_known")),
    )
    op.create_table(
        "conclusion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mandate_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number_and_symbol", sa.Text(), nullable=False),
        sa.Column("concluded_on", sa.Date(), nullable=False),
        sa.Column("body_name", sa.Text(), nullable=False),
        sa.Column("level", KEY, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("record_only", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conclusion"),
        sa.CheckConstraint("level IN (10, 20, 30, 40)", name=op.f("ck_conclusion_level_known")),
        sa.CheckConstraint(
            "state IN ('in_force', 'replaced', 'recalled')", name=op.f("ck_conclusion_state_known")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_conclusion_document_id"),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name="fk_conclusion_mandate_id"),
        sa.UniqueConstraint(
            "body_name",
            "number_and_symbol",
            "concluded_on",
            name="uq_conclusion_body_name_number_and_symbol_concluded_on",
        ),
    )
    op.create_index("ix_conclusion_mandate_id", "conclusion", ["mandate_id"], unique=False)
    op.create_index("ix_conclusion_newest", "conclusion", ["concluded_on", "id"], unique=False)
    op.create_index("ix_conclusion_search", "conclusion", ["search"], unique=False)
    op.create_table(
        "coverage",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conclusion_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("content_id", KEY, nullable=False),
        sa.Column("part_from", KEY, nullable=False),
        sa.Column("part_to", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("criterion_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coverage"),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_coverage_days_in_order")),
        sa.CheckConstraint(
            "part_from >= 0 AND part_to <= 1073741824 AND part_from < part_to",
            name=op.f("ck_coverage_part_range"),
        ),
        sa.ForeignKeyConstraint(["conclusion_id"], ["conclusion.id"], name="fk_coverage_conclusion_id"),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name="fk_coverage_content_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_coverage_unit_id"),
    )
    op.create_index(
        "ix_coverage_box", "coverage", ["unit_id", "content_id", "starts_on", "ends_on"], unique=False
    )
    op.create_index("ix_coverage_conclusion_id", "coverage", ["conclusion_id"], unique=False)
    op.create_table(
        "reopening",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mandate_id", KEY, nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", KEY, nullable=False),
        sa.Column("decided_by", KEY, nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reopening"),
        sa.CheckConstraint("requested_by <> decided_by", name=op.f("ck_reopening_asker_not_decider")),
        sa.CheckConstraint("state IN ('granted', 'ended')", name=op.f("ck_reopening_state_known")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_reopening_decided_by"),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name="fk_reopening_mandate_id"),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name="fk_reopening_requested_by"),
    )


def downgrade() -> None:
    op.drop_table("reopening")
    op.drop_table("coverage")
    op.drop_table("conclusion")
    op.drop_table("mandate")
