"""Who signs by what, papers given out to be signed, what was found in what came back, tickets for a tool."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIXED = ("prepared_paper", "signature_check")
USED = "signing_ticket_used"


def _sqlite() -> list[str]:
    made = []
    for table in FIXED:
        same = f"EXISTS (SELECT 1 FROM {table} AS old WHERE old.id = NEW.id)"
        for name, event, condition in (
            ("update", "UPDATE", "1 = 1"),
            ("delete", "DELETE", "1 = 1"),
            ("not_replaced", "INSERT", same),
        ):
            made.append(
                f"CREATE TRIGGER {table}_fixed_{name} BEFORE {event} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{table}_fixed'); END"
            )
    made.append(
        f"CREATE TRIGGER {USED} BEFORE UPDATE ON signing_ticket WHEN OLD.used_at IS NOT NULL "
        f"BEGIN SELECT RAISE(ABORT, '{USED}'); END"
    )
    return made


def _postgresql() -> list[str]:
    made = []
    for table in FIXED:
        made += [
            f"CREATE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"PERFORM refuse('{table}_fixed'); RETURN NEW; END $$",
            f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION guard_{table}()",
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
        ]
    made += [
        "CREATE FUNCTION guard_signing_ticket() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF OLD.used_at IS NOT NULL THEN PERFORM refuse('{USED}'); END IF; RETURN NEW; END $$",
        "CREATE TRIGGER guard_signing_ticket BEFORE UPDATE ON signing_ticket "
        "FOR EACH ROW EXECUTE FUNCTION guard_signing_ticket()",
    ]
    return made


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    moment = sa.DateTime(timezone=postgresql)
    op.create_table(
        "signer",
        sa.Column("is_office", sa.Boolean(), nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("key_name", sa.Text(), nullable=False),
        sa.Column("picture_id", KEY, nullable=True),
        sa.Column("picture_mm", KEY, nullable=True),
        sa.Column("version", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signer"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_signer_person_id"),
        sa.ForeignKeyConstraint(["picture_id"], ["stored_file.id"], name="fk_signer_picture_id"),
        sa.UniqueConstraint("person_id", name="uq_signer_person_id"),
        sa.CheckConstraint("is_office = (person_id IS NULL)", name=op.f("ck_signer_office_or_person")),
        sa.CheckConstraint(
            "picture_mm IS NULL OR (picture_mm >= 10 AND picture_mm <= 60)", name=op.f("ck_signer_real_size")
        ),
    )
    op.create_index(
        "uq_signer_office",
        "signer",
        ["is_office"],
        unique=True,
        sqlite_where=sa.text("is_office"),
        postgresql_where=sa.text("is_office"),
    )
    op.create_table(
        "signer_certificate",
        sa.Column("signer_id", KEY, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("begins_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("withdrawn_at", moment, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signer_certificate"),
        sa.ForeignKeyConstraint(["signer_id"], ["signer.id"], name="fk_signer_certificate_signer_id"),
        sa.UniqueConstraint("signer_id", "fingerprint", name="uq_signer_certificate_signer_id_fingerprint"),
        sa.CheckConstraint("length(fingerprint) = 64", name=op.f("ck_signer_certificate_fingerprint_length")),
    )
    op.create_table(
        "prepared_paper",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("approved_hash", sa.Text(), nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prepared_paper"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_prepared_paper_document_id"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_prepared_paper_file_id"),
        sa.UniqueConstraint(
            "document_id", "number", "dated_on", "approved_hash",
            name="uq_prepared_paper_document_id_number_dated_on_approved_hash",
        ),
    )  # fmt: skip
    op.create_table(
        "signature_check",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("checked_at", moment, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signature_check"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_signature_check_document_id"),
        sa.CheckConstraint(
            "source IN ('key', 'outside', 'recorded')", name=op.f("ck_signature_check_source_known")
        ),
    )
    op.create_index("ix_signature_check_document_id", "signature_check", ["document_id"])
    op.create_table(
        "signing_ticket",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signing_ticket"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_signing_ticket_document_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_signing_ticket_person_id"),
        sa.UniqueConstraint("token_sha256", name="uq_signing_ticket_token_sha256"),
        sa.CheckConstraint("act IN ('sign', 'seal')", name=op.f("ck_signing_ticket_act_known")),
        sa.CheckConstraint("length(token_sha256) = 64", name=op.f("ck_signing_ticket_token_length")),
    )
    for statement in _postgresql() if postgresql else _sqlite():
        op.execute(sa.text(statement))


def downgrade() -> None:
    bind = op.get_bind()
    for table in FIXED:
        if bind.execute(sa.text(f"SELECT 1 FROM {table}")).first():
            raise RuntimeError("what was signed has no place in the schema before")
    for table in ("signing_ticket", *reversed(FIXED), "signer_certificate", "signer"):
        op.drop_table(table)
    if bind.dialect.name == "postgresql":
        for table in (*FIXED, "signing_ticket"):
            op.execute(f"DROP FUNCTION guard_{table}()")
