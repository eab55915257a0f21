"""Remediation: tables task, task_finding, task_coordinating_unit, expected_result, progress_report, progress_file, task_assignment, extension."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lead_unit_id", KEY, nullable=False),
        sa.Column("lead_person", sa.Text(), nullable=False),
        sa.Column("follower_id", KEY, nullable=True),
        sa.Column("deadline_kind", sa.String(40), nullable=False),
        sa.Column("milestone", sa.String(40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("report_due_on", sa.Date(), nullable=True),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("no_date_reason", sa.Text(), nullable=False),
        sa.Column("term_days", KEY, nullable=True),
        sa.Column("counted_from", sa.Date(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("calendar_version", KEY, nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("reported_by", KEY, nullable=True),
        sa.Column("accepted_by", KEY, nullable=True),
        sa.Column("urged_count", KEY, nullable=False),
        sa.Column("last_urged_on", sa.Date(), nullable=True),
        sa.Column("last_urged_reference", sa.Text(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("return_due_on", sa.Date(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
        sa.CheckConstraint(
            "state <> 'accepted' OR (accepted_on IS NOT NULL AND accepted_by IS NOT NULL)",
            name=op.f("ck_task_accepted_names_who"),
        ),
        sa.CheckConstraint(
            "due_on IS NOT NULL OR (no_date_reason <> '' AND review_on IS NOT NULL)",
            name=op.f("ck_task_date_or_reason"),
        ),
        sa.CheckConstraint(
            "deadline_kind IN ('fixed', 'at_once', 'continuing', 'conditional')",
            name=op.f("ck_task_deadline_kind_known"),
        ),
        sa.CheckConstraint("length(text) >= 3", name=op.f("ck_task_has_text")),
        sa.CheckConstraint(
            "state = 'draft' OR (document_id IS NOT NULL AND follower_id IS NOT NULL)",
            name=op.f("ck_task_issued_has_notice_and_follower"),
        ),
        sa.CheckConstraint("milestone IN ('now', 'common', 'long')", name=op.f("ck_task_milestone_known")),
        sa.CheckConstraint(
            "report_due_on IS NULL OR due_on IS NULL OR report_due_on >= due_on",
            name=op.f("ck_task_report_after_completion"),
        ),
        sa.CheckConstraint(
            "accepted_by IS NULL OR reported_by IS NULL OR accepted_by <> reported_by",
            name=op.f("ck_task_reporter_not_accepter"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'issued', 'in_progress', 'submitted', 'returned', 'accepted', 'watching', 'withdrawn')",
            name=op.f("ck_task_state_known"),
        ),
        sa.ForeignKeyConstraint(["accepted_by"], ["person.id"], name="fk_task_accepted_by"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_task_document_id"),
        sa.ForeignKeyConstraint(["follower_id"], ["person.id"], name="fk_task_follower_id"),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_task_inspected_unit_id"
        ),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_task_inspection_id"),
        sa.ForeignKeyConstraint(["lead_unit_id"], ["unit.id"], name="fk_task_lead_unit_id"),
        sa.ForeignKeyConstraint(["reported_by"], ["person.id"], name="fk_task_reported_by"),
        sa.UniqueConstraint("code", name="uq_task_code"),
    )
    op.create_index("ix_task_document_id", "task", ["document_id"], unique=False)
    op.create_index("ix_task_follow_up", "task", ["state", "due_on", "id"], unique=False)
    op.create_index("ix_task_follower_id", "task", ["follower_id"], unique=False)
    op.create_index("ix_task_inspected_unit_id", "task", ["inspected_unit_id"], unique=False)
    op.create_index("ix_task_inspection_id", "task", ["inspection_id"], unique=False)
    op.create_index("ix_task_search", "task", ["search"], unique=False)
    op.create_index("ix_task_unit_due", "task", ["lead_unit_id", "state", "due_on"], unique=False)
    op.create_table(
        "task_finding",
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("finding_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("task_id", "finding_id", name="pk_task_finding"),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_task_finding_finding_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_finding_task_id"),
    )
    op.create_index("ix_task_finding_finding_id", "task_finding", ["finding_id"], unique=False)
    op.create_table(
        "task_coordinating_unit",
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("task_id", "unit_id", name="pk_task_coordinating_unit"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_coordinating_unit_task_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_task_coordinating_unit_unit_id"),
    )
    op.create_table(
        "expected_result",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("product", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_expected_result"),
        sa.CheckConstraint(
            "product IN ('decision', 'plan', 'regulation', 'report', 'notice', 'letter', 'minutes', 'photo', 'figures', 'other')",
            name=op.f("ck_expected_result_product_known"),
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR comment <> ''", name=op.f("ck_expected_result_returned_has_comment")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'returned')", name=op.f("ck_expected_result_state_known")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_expected_result_decided_by"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_expected_result_task_id"),
    )
    op.create_index("ix_expected_result_task_id", "expected_result", ["task_id"], unique=False)
    op.create_table(
        "progress_report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("result_id", KEY, nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("document_reference", sa.Text(), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("submits", sa.Boolean(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("written_by", KEY, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_progress_report"),
        sa.CheckConstraint(
            "document_reference = '' OR document_on IS NOT NULL",
            name=op.f("ck_progress_report_document_has_date"),
        ),
        sa.CheckConstraint(
            "status IN ('done', 'doing', 'not_yet')", name=op.f("ck_progress_report_status_known")
        ),
        sa.ForeignKeyConstraint(["result_id"], ["expected_result.id"], name="fk_progress_report_result_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_progress_report_task_id"),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name="fk_progress_report_written_by"),
    )
    op.create_index("ix_progress_report_task_id", "progress_report", ["task_id"], unique=False)
    op.create_table(
        "progress_file",
        sa.Column("progress_id", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("progress_id", "file_id", name="pk_progress_file"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_progress_file_file_id"),
        sa.ForeignKeyConstraint(["progress_id"], ["progress_report.id"], name="fk_progress_file_progress_id"),
    )
    op.create_table(
        "task_assignment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("officer_name", sa.Text(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("internal_due_on", sa.Date(), nullable=True),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("assigned_by", KEY, nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_task_assignment"),
        sa.ForeignKeyConstraint(["assigned_by"], ["person.id"], name="fk_task_assignment_assigned_by"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_task_assignment_person_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_assignment_task_id"),
    )
    op.create_index("ix_task_assignment_task_id", "task_assignment", ["task_id"], unique=False)
    op.create_table(
        "extension",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", KEY, nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("decided_by", KEY, nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_extension"),
        sa.CheckConstraint("requested_by <> decided_by", name=op.f("ck_extension_asker_not_decider")),
        sa.CheckConstraint("new_due_on > old_due_on", name=op.f("ck_extension_later_date")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_extension_decided_by"),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name="fk_extension_requested_by"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_extension_task_id"),
    )
    op.create_index("ix_extension_task_id", "extension", ["task_id"], unique=False)


def downgrade() -> None:
    op.drop_table("extension")
    op.drop_table("task_assignment")
    op.drop_table("progress_file")
    op.drop_table("progress_report")
    op.drop_table("expected_result")
    op.drop_table("task_coordinating_unit")
    op.drop_table("task_finding")
    op.drop_table("task")
