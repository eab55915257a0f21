"""One chain for every paper: document_step takes over notice_step; the words at each act are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def create_steps(table: str, owner: str) -> None:
    """Acts on `owner` (document, notice)."""
    op.create_table(
        table,
        sa.Column("id", KEY, nullable=False),
        sa.Column(f"{owner}_id", KEY, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint([f"{owner}_id"], [f"{owner}.id"], name=f"fk_{table}_{owner}_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{table}_person_id"),
    )
    op.create_index(f"ix_{table}_{owner}_id", table, [f"{owner}_id"], unique=False)


def number_on(table: str) -> None:
    """PostgreSQL counts on from the last row that was copied with its key."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE(MAX(id), 1),"
            f" MAX(id) IS NOT NULL) FROM {table}"
        )


def upgrade() -> None:
    create_steps("document_step", "document")
    op.execute(
        "INSERT INTO document_step (id, document_id, verb, person_id, at, opinion, content_hash) "
        "SELECT s.id, n.document_id, s.verb, s.person_id, s.at, s.opinion, s.content_hash "
        "FROM notice_step s JOIN notice n ON n.id = s.notice_id ORDER BY s.id"
    )
    number_on("document_step")
    op.drop_table("notice_step")
    op.create_table(
        "document_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("step_id", KEY, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document_version"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_document_version_document_id"),
        sa.ForeignKeyConstraint(["step_id"], ["document_step.id"], name="fk_document_version_step_id"),
        sa.UniqueConstraint("step_id", name="uq_document_version_step_id"),
        sa.UniqueConstraint(
            "document_id", "content_hash", name="uq_document_version_document_id_content_hash"
        ),
    )
    op.create_table(
        "signing_delegation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("giver_id", KEY, nullable=False),
        sa.Column("taker_id", KEY, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("basis_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signing_delegation"),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name="fk_signing_delegation_giver_id"),
        sa.ForeignKeyConstraint(["taker_id"], ["person.id"], name="fk_signing_delegation_taker_id"),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_signing_delegation_recorded_by"),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_signing_delegation_giver_not_taker")),
        sa.CheckConstraint("basis <> ''", name=op.f("ck_signing_delegation_basis_is_written")),
        sa.CheckConstraint(
            "basis_on <= starts_on AND starts_on <= ends_on",
            name=op.f("ck_signing_delegation_time_in_order"),
        ),
    )
    op.create_index("ix_signing_delegation_taker_id", "signing_delegation", ["taker_id"])


def downgrade() -> None:
    op.drop_table("signing_delegation")
    op.drop_table("document_version")
    create_steps("notice_step", "notice")
    op.execute(
        "INSERT INTO notice_step (id, notice_id, verb, person_id, at, opinion, content_hash) "
        "SELECT s.id, n.id, s.verb, s.person_id, s.at, s.opinion, s.content_hash "
        "FROM document_step s JOIN notice n ON n.document_id = s.document_id ORDER BY s.id"
    )
    number_on("notice_step")
    op.drop_table("document_step")
