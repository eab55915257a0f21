"""Nơi nhận of an issued paper, each with the sending that was recorded; which annex of it is a unit's own."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column("delivery", sa.Column("annex", sa.Text(), nullable=True))
    op.create_table(
        "recipient",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("way", sa.String(40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=postgresql), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipient"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_recipient_document_id"),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_recipient_recorded_by"),
        sa.UniqueConstraint("document_id", "ordinal", name="uq_recipient_document_id_ordinal"),
        sa.CheckConstraint(
            "way IN ('eoffice', 'post', 'by_hand', 'mail')", name=op.f("ck_recipient_way_known")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_recipient_has_name")),
        sa.CheckConstraint(
            "(sent_on IS NULL AND way IS NULL AND recorded_by IS NULL AND recorded_at IS NULL AND note = '')"
            " OR (sent_on IS NOT NULL AND way IS NOT NULL AND recorded_by IS NOT NULL"
            " AND recorded_at IS NOT NULL)",
            name=op.f("ck_recipient_sending_is_whole"),
        ),
    )
    waiting = sa.text("sent_on IS NULL")
    op.create_index(
        "ix_recipient_waiting", "recipient", ["document_id"], sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM recipient WHERE sent_on IS NOT NULL")).first():
        raise RuntimeError("what was recorded of sending has no place in the schema before")
    op.drop_table("recipient")
    op.drop_column("delivery", "annex")
