"""Findings: tables finding, finding_file, dissent, unit_proposal."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("id", KEY, nullable=False),
        sa.Column("scope_item_id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("classification", sa.String(40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("total", KEY, nullable=True),
        sa.Column("sample", KEY, nullable=True),
        sa.Column("failing", KEY, nullable=True),
        sa.Column("sample_method", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("subjective_causes", sa.JSON(), nullable=False),
        sa.Column("objective_causes", sa.JSON(), nullable=False),
        sa.Column("severity", sa.String(40), nullable=False),
        sa.Column("responsible_collective", sa.Text(), nullable=False),
        sa.Column("responsible_post", sa.Text(), nullable=False),
        sa.Column("head_responsible", sa.Boolean(), nullable=False),
        sa.Column("other_body", sa.Text(), nullable=False),
        sa.Column("application_codes", sa.JSON(), nullable=False),
        sa.Column("earlier_notice", sa.Text(), nullable=False),
        sa.Column("fixed_on_spot", sa.Boolean(), nullable=False),
        sa.Column("fixed_note", sa.Text(), nullable=False),
        sa.Column("in_minutes", sa.Boolean(), nullable=False),
        sa.Column("opinion_way", sa.String(40), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("opinion_on", sa.Date(), nullable=True),
        sa.Column("opinion_reference", sa.Text(), nullable=False),
        sa.Column("left_out_reason", sa.Text(), nullable=False),
        sa.Column("merged_into_id", KEY, nullable=True),
        sa.Column("passed_to", sa.Text(), nullable=False),
        sa.Column("no_task_reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.CheckConstraint(
            "classification IN ('shortcoming', 'violation', 'recurrence', 'unremedied')",
            name=op.f("ck_finding_classification_known"),
        ),
        sa.CheckConstraint(
            "(total IS NULL OR total >= 0) AND (sample IS NULL OR sample >= 0) AND (failing IS NULL OR failing >= 0) AND (total IS NULL OR sample IS NULL OR sample <= total) AND (sample IS NULL OR failing IS NULL OR failing <= sample)",
            name=op.f("ck_finding_figures_fit"),
        ),
        sa.CheckConstraint("NOT fixed_on_spot OR fixed_note <> ''", name=op.f("ck_finding_fixed_has_note")),
        sa.CheckConstraint("length(description) >= 3", name=op.f("ck_finding_has_description")),
        sa.CheckConstraint(
            "state <> 'left_out' OR left_out_reason <> '' OR merged_into_id IS NOT NULL",
            name=op.f("ck_finding_left_out_has_reason"),
        ),
        sa.CheckConstraint(
            "opinion_way IN ('in_minutes', 'by_document', 'none_by_date')",
            name=op.f("ck_finding_opinion_way_known"),
        ),
        sa.CheckConstraint(
            "state <> 'passed_on' OR passed_to <> ''", name=op.f("ck_finding_passed_on_names_body")
        ),
        sa.CheckConstraint(
            "severity IN ('minor', 'moderate', 'serious')", name=op.f("ck_finding_severity_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'opinion_taken', 'agreed', 'left_out', 'passed_on', 'concluded')",
            name=op.f("ck_finding_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('agreed','concluded') OR in_minutes OR opinion_way IS NOT NULL",
            name=op.f("ck_finding_unit_was_asked"),
        ),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_finding_inspected_unit_id"
        ),
        sa.ForeignKeyConstraint(["merged_into_id"], ["finding.id"], name="fk_finding_merged_into_id"),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_finding_recorded_by"),
        sa.ForeignKeyConstraint(["scope_item_id"], ["scope_item.id"], name="fk_finding_scope_item_id"),
        sa.UniqueConstraint("inspected_unit_id", "ordinal", name="uq_finding_inspected_unit_id_ordinal"),
    )
    op.create_index("ix_finding_inspected_unit_id", "finding", ["inspected_unit_id"], unique=False)
    op.create_index("ix_finding_scope_item_id", "finding", ["scope_item_id"], unique=False)
    op.create_index("ix_finding_search", "finding", ["search"], unique=False)
    op.create_table(
        "finding_file",
        sa.Column("finding_id", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("finding_id", "file_id", name="pk_finding_file"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_finding_file_file_id"),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_finding_file_finding_id"),
    )
    op.create_table(
        "dissent",
        sa.Column("id", KEY, nullable=False),
        sa.Column("finding_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dissent"),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_dissent_finding_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_dissent_person_id"),
        sa.UniqueConstraint("finding_id", "person_id", name="uq_dissent_finding_id_person_id"),
    )
    op.create_index("ix_dissent_finding_id", "dissent", ["finding_id"], unique=False)
    op.create_table(
        "unit_proposal",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answering_body", sa.Text(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_reference", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit_proposal"),
        sa.CheckConstraint("length(text) >= 3", name=op.f("ck_unit_proposal_has_text")),
        sa.CheckConstraint("kind IN ('difficulty', 'proposal')", name=op.f("ck_unit_proposal_kind_known")),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_unit_proposal_inspected_unit_id"
        ),
    )
    op.create_index(
        "ix_unit_proposal_inspected_unit_id", "unit_proposal", ["inspected_unit_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("unit_proposal")
    op.drop_table("dissent")
    op.drop_table("finding_file")
    op.drop_table("finding")
