"""Events files jobs: tables event, event_subject, chain_head, stored_file, job."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("seq", KEY, nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_event_seq_from_one")),
        sa.UniqueConstraint("hash", name="uq_event_hash"),
        sa.UniqueConstraint("prev_hash", name="uq_event_prev_hash"),
    )
    op.create_index("ix_event_actor_id", "event", ["actor_id"], unique=False)
    op.create_table(
        "event_subject",
        sa.Column("event_seq", KEY, nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("event_seq", "position", name="pk_event_subject"),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name="fk_event_subject_event_seq"),
    )
    op.create_index(
        "ix_event_subject_kind_object", "event_subject", ["kind", "object_id", "event_seq"], unique=False
    )
    op.create_table(
        "chain_head",
        sa.Column("id", KEY, nullable=False, autoincrement=False),
        sa.Column("seq", KEY, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chain_head"),
        sa.CheckConstraint("id = 1", name=op.f("ck_chain_head_single_row")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("uploaded_by", KEY, nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stored_file"),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_sha256_length")),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size_positive")),
    )
    op.create_index("ix_stored_file_sha256", "stored_file", ["sha256"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("unique_key", sa.Text(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", KEY, nullable=False),
        sa.Column("progress", KEY, nullable=False),
        sa.Column("total", KEY, nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("requested_by", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state_known")
        ),
        sa.UniqueConstraint("unique_key", name="uq_job_unique_key"),
    )
    op.create_index("ix_job_due", "job", ["state", "run_at"], unique=False)


def downgrade() -> None:
    op.drop_table("job")
    op.drop_table("stored_file")
    op.drop_table("chain_head")
    op.drop_table("event_subject")
    op.drop_table("event")
