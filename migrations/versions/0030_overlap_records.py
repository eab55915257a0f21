"""Records of the overlap review, kept whenever a planner takes the remainder; they never change."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RULE = "overlap_record_fixed"
SAME = "EXISTS (SELECT 1 FROM overlap_record AS old WHERE old.id = NEW.id)"
SQLITE = tuple(
    f"CREATE TRIGGER {RULE}_{name} BEFORE {event} ON overlap_record WHEN {condition} "
    f"BEGIN SELECT RAISE(ABORT, '{RULE}'); END"
    for name, event, condition in (
        ("update", "UPDATE", "1 = 1"),
        ("delete", "DELETE", "1 = 1"),
        ("not_replaced", "INSERT", SAME),
    )
)
POSTGRESQL = (
    "CREATE FUNCTION guard_overlap_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"PERFORM refuse('{RULE}'); RETURN NEW; END $$",
    "CREATE TRIGGER guard_overlap_record BEFORE UPDATE OR DELETE ON overlap_record "
    "FOR EACH ROW EXECUTE FUNCTION guard_overlap_record()",
    "CREATE TRIGGER guard_overlap_record_truncate BEFORE TRUNCATE ON overlap_record "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
)


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "overlap_record",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.Column("left_out", KEY, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_overlap_record"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_overlap_record_inspection_id"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_overlap_record_made_by"),
        sa.CheckConstraint(
            "left_out > 0 AND content <> ''", name=op.f("ck_overlap_record_something_left_out")
        ),
    )
    op.create_index("ix_overlap_record_inspection_id", "overlap_record", ["inspection_id"])
    for statement in POSTGRESQL if postgresql else SQLITE:
        op.execute(sa.text(statement))


def downgrade() -> None:
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT 1 FROM overlap_record")).first():
        raise RuntimeError("records of overlap reviews have no place in the schema before")
    op.drop_table("overlap_record")
    if bind.dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_overlap_record()")
