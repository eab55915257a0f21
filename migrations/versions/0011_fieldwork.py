"""Fieldwork: tables answer, answer_file, group_note, sampled_application, minutes, journal_entry."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("scope_item_id", KEY, nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("looked_at", sa.JSON(), nullable=False),
        sa.Column("total", KEY, nullable=True),
        sa.Column("sample", KEY, nullable=True),
        sa.Column("failing", KEY, nullable=True),
        sa.Column("sample_method", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
        sa.CheckConstraint(
            "(total IS NULL OR total >= 0) AND (sample IS NULL OR sample >= 0) AND (failing IS NULL OR failing >= 0) AND (total IS NULL OR sample IS NULL OR sample <= total) AND (sample IS NULL OR failing IS NULL OR failing <= sample)",
            name=op.f("ck_answer_figures_fit"),
        ),
        sa.CheckConstraint(
            "result <> 'not_applicable' OR reason <> ''", name=op.f("ck_answer_not_applicable_has_reason")
        ),
        sa.CheckConstraint(
            "result IN ('met', 'partly', 'not_met', 'not_applicable', 'not_examined')",
            name=op.f("ck_answer_result_known"),
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_answer_recorded_by"),
        sa.ForeignKeyConstraint(["scope_item_id"], ["scope_item.id"], name="fk_answer_scope_item_id"),
        sa.UniqueConstraint("scope_item_id", name="uq_answer_scope_item_id"),
    )
    op.create_table(
        "answer_file",
        sa.Column("answer_id", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("answer_id", "file_id", name="pk_answer_file"),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name="fk_answer_file_answer_id"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_answer_file_file_id"),
    )
    op.create_table(
        "group_note",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("clean_reason", sa.Text(), nullable=False),
        sa.Column("clean_sample", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_group_note"),
        sa.ForeignKeyConstraint(["group_id"], ["criterion_group.id"], name="fk_group_note_group_id"),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_group_note_inspected_unit_id"
        ),
        sa.UniqueConstraint("inspected_unit_id", "group_id", name="uq_group_note_inspected_unit_id_group_id"),
    )
    op.create_table(
        "sampled_application",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("result_signed_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("days_late", KEY, nullable=True),
        sa.Column("supplements", KEY, nullable=True),
        sa.Column("apology", sa.Boolean(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sampled_application"),
        sa.ForeignKeyConstraint(["group_id"], ["criterion_group.id"], name="fk_sampled_application_group_id"),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_sampled_application_inspected_unit_id"
        ),
        sa.UniqueConstraint(
            "inspected_unit_id",
            "group_id",
            "code",
            name="uq_sampled_application_inspected_unit_id_group_id_code",
        ),
    )
    op.create_index(
        "ix_sampled_application_inspected_unit_id", "sampled_application", ["inspected_unit_id"], unique=False
    )
    op.create_table(
        "minutes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("visit_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("team_present", sa.JSON(), nullable=False),
        sa.Column("unit_present", sa.JSON(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("unit_opinion", sa.Text(), nullable=False),
        sa.Column("unit_agrees", sa.Boolean(), nullable=False),
        sa.Column("requests", sa.Text(), nullable=False),
        sa.Column("copies", KEY, nullable=False),
        sa.Column("pages", KEY, nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("unit_signatory", sa.Text(), nullable=False),
        sa.Column("refusal_reason", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("scan_id", KEY, nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("finding_ids", sa.JSON(), nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_minutes"),
        sa.CheckConstraint("copies BETWEEN 1 AND 20", name=op.f("ck_minutes_copies_range")),
        sa.CheckConstraint(
            "state <> 'refused' OR witness <> ''", name=op.f("ck_minutes_refused_has_witness")
        ),
        sa.CheckConstraint(
            "state <> 'signed' OR (signed_on IS NOT NULL AND unit_signatory <> '')",
            name=op.f("ck_minutes_signed_names_signatory"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'printed', 'signed', 'refused')", name=op.f("ck_minutes_state_known")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_minutes_document_id"),
        sa.ForeignKeyConstraint(["scan_id"], ["stored_file.id"], name="fk_minutes_scan_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_minutes_visit_id"),
        sa.UniqueConstraint("visit_id", name="uq_minutes_visit_id"),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", KEY, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entry"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_journal_entry_inspection_id"),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name="fk_journal_entry_written_by"),
    )
    op.create_index("ix_journal_entry_inspection_id", "journal_entry", ["inspection_id"], unique=False)


def downgrade() -> None:
    op.drop_table("journal_entry")
    op.drop_table("minutes")
    op.drop_table("sampled_application")
    op.drop_table("group_note")
    op.drop_table("answer_file")
    op.drop_table("answer")
