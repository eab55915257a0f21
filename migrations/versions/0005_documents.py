"""Documents: tables document, series, series_counter, number, delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("issuer_unit_id", KEY, nullable=True),
        sa.Column("issuer_name", sa.Text(), nullable=False),
        sa.Column("number", KEY, nullable=True),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issue_year", KEY, nullable=True),
        sa.Column("signer_id", KEY, nullable=True),
        sa.Column("signer_name", sa.Text(), nullable=False),
        sa.Column("signer_title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("approved_hash", sa.Text(), nullable=True),
        sa.Column("drafter_id", KEY, nullable=True),
        sa.Column("content_checked_by", KEY, nullable=True),
        sa.Column("form_checked_by", KEY, nullable=True),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("signed_by", KEY, nullable=True),
        sa.Column("sealed_by", KEY, nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("file_id", KEY, nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.CheckConstraint(
            "drafter_id IS NULL OR signed_by IS NULL OR drafter_id <> signed_by",
            name=op.f("ck_document_drafter_not_signer"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('issued','corrected','replaced','recalled') OR (number IS NOT NULL AND symbol <> '' AND issued_on IS NOT NULL AND issue_year IS NOT NULL)",
            name=op.f("ck_document_issued_has_number"),
        ),
        sa.CheckConstraint(
            "kind <> 'conclusion_notice' OR state NOT IN ('issued','corrected','replaced','recalled') OR (file_id IS NOT NULL AND sha256 IS NOT NULL)",
            name=op.f("ck_document_issued_notice_has_bytes"),
        ),
        sa.CheckConstraint(
            "kind IN ('annual_plan', 'decision', 'work_plan', 'announcement', 'unit_report', 'minutes', 'team_report', 'conclusion_notice', 'remediation_report', 'concluded_extract', 'other')",
            name=op.f("ck_document_kind_known"),
        ),
        sa.CheckConstraint("number IS NULL OR number >= 1", name=op.f("ck_document_number_positive")),
        sa.CheckConstraint(
            "sealed_by IS NULL OR signed_by IS NULL OR sealed_by <> signed_by",
            name=op.f("ck_document_signer_not_sealer"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'content_check', 'form_check', 'approval', 'approved', 'signed', 'sealed', 'issued', 'corrected', 'replaced', 'recalled')",
            name=op.f("ck_document_state_known"),
        ),
        sa.CheckConstraint("way IN ('recorded', 'here', 'paper')", name=op.f("ck_document_way_known")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name="fk_document_approved_by"),
        sa.ForeignKeyConstraint(["content_checked_by"], ["person.id"], name="fk_document_content_checked_by"),
        sa.ForeignKeyConstraint(["drafter_id"], ["person.id"], name="fk_document_drafter_id"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_document_file_id"),
        sa.ForeignKeyConstraint(["form_checked_by"], ["person.id"], name="fk_document_form_checked_by"),
        sa.ForeignKeyConstraint(["issuer_unit_id"], ["unit.id"], name="fk_document_issuer_unit_id"),
        sa.ForeignKeyConstraint(["sealed_by"], ["person.id"], name="fk_document_sealed_by"),
        sa.ForeignKeyConstraint(["signed_by"], ["person.id"], name="fk_document_signed_by"),
        sa.ForeignKeyConstraint(["signer_id"], ["person.id"], name="fk_document_signer_id"),
    )
    op.create_index("ix_document_kind", "document", ["kind"], unique=False)
    op.create_index("ix_document_search", "document", ["search"], unique=False)
    op.create_index("ix_document_sha256", "document", ["sha256"], unique=False)
    op.create_index(
        "uq_document_number",
        "document",
        ["issuer_name", "symbol", "issue_year", "number"],
        unique=True,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_table(
        "series",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("code", name="uq_series_code"),
    )
    op.create_table(
        "series_counter",
        sa.Column("series_id", KEY, nullable=False),
        sa.Column("year", KEY, nullable=False),
        sa.Column("last", KEY, nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("series_id", "year", name="pk_series_counter"),
        sa.CheckConstraint("last >= 0", name=op.f("ck_series_counter_last_not_negative")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_series_counter_series_id"),
    )
    op.create_table(
        "number",
        sa.Column("id", KEY, nullable=False),
        sa.Column("series_id", KEY, nullable=False),
        sa.Column("year", KEY, nullable=False),
        sa.Column("n", KEY, nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_number"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_number_n_positive")),
        sa.CheckConstraint("state IN ('reserved', 'used', 'void')", name=op.f("ck_number_state_known")),
        sa.CheckConstraint(
            "state <> 'void' OR (reason IS NOT NULL AND reason <> '')", name=op.f("ck_number_void_has_reason")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_number_document_id"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_number_series_id"),
        sa.UniqueConstraint("series_id", "year", "n", name="uq_number_series_id_year_n"),
    )
    op.create_index("ix_number_document_id", "number", ["document_id"], unique=False)
    op.create_index(
        "uq_number_live_per_document",
        "number",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'void' AND document_id IS NOT NULL"),
        postgresql_where=sa.text("state <> 'void' AND document_id IS NOT NULL"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("acknowledge_by", sa.Date(), nullable=True),
        sa.Column("receipt", sa.String(40), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("document_sha256", sa.Text(), nullable=True),
        sa.Column("acknowledged_by", KEY, nullable=True),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.CheckConstraint(
            "receipt IS NULL OR receipt NOT IN ('head_here','authorised_here') OR (acknowledged_by IS NOT NULL AND document_sha256 IS NOT NULL AND statement IS NOT NULL)",
            name=op.f("ck_delivery_acknowledgement_is_bound"),
        ),
        sa.CheckConstraint(
            "(receipt IS NULL) = (received_on IS NULL)", name=op.f("ck_delivery_receipt_has_date")
        ),
        sa.CheckConstraint(
            "receipt IN ('head_here', 'authorised_here', 'eoffice', 'reply')",
            name=op.f("ck_delivery_receipt_known"),
        ),
        sa.CheckConstraint(
            "receipt IS NULL OR receipt NOT IN ('eoffice','reply') OR recorded_by IS NOT NULL",
            name=op.f("ck_delivery_recorded_receipt_names_recorder"),
        ),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["person.id"], name="fk_delivery_acknowledged_by"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_delivery_document_id"),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_delivery_recorded_by"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_delivery_unit_id"),
        sa.UniqueConstraint("document_id", "unit_id", name="uq_delivery_document_id_unit_id"),
    )
    op.create_index("ix_delivery_unit_id", "delivery", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("number")
    op.drop_table("series_counter")
    op.drop_table("series")
    op.drop_table("document")
