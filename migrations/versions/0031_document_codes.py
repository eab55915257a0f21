"""The code by which anybody asks after a paper: drawn once, never changed, never taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RULE = "document_code_fixed"
SAME = "EXISTS (SELECT 1 FROM document_code AS old WHERE old.document_id = NEW.document_id)"

SQLITE = tuple(
    f"CREATE TRIGGER {RULE}_{name} BEFORE {event} ON document_code WHEN {condition} "
    f"BEGIN SELECT RAISE(ABORT, '{RULE}'); END"
    for name, event, condition in (
        ("update", "UPDATE", "1 = 1"),
        ("delete", "DELETE", "1 = 1"),
        ("not_replaced", "INSERT", SAME),
    )
)
POSTGRESQL = (
    "CREATE FUNCTION guard_document_code() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"PERFORM refuse('{RULE}'); RETURN NEW; END $$",
    "CREATE TRIGGER guard_document_code BEFORE UPDATE OR DELETE ON document_code "
    "FOR EACH ROW EXECUTE FUNCTION guard_document_code()",
    "CREATE TRIGGER guard_document_code_truncate BEFORE TRUNCATE ON document_code "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
)


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "document_code",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_document_code"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_document_code_document_id"),
        sa.UniqueConstraint("code", name="uq_document_code_code"),
    )
    for statement in POSTGRESQL if postgresql else SQLITE:
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("document_code")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_document_code()")
