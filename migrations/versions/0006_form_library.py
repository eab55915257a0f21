"""Form library: tables content, procedure_field, form, form_version, criterion_group, criterion, criterion_part."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "content",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("by_field", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_content"),
        sa.UniqueConstraint("key", name="uq_content_key"),
    )
    op.create_table(
        "procedure_field",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_procedure_field"),
        sa.CheckConstraint("ordinal BETWEEN 0 AND 1023", name=op.f("ck_procedure_field_ordinal_range")),
        sa.UniqueConstraint("code", name="uq_procedure_field_code"),
        sa.UniqueConstraint("ordinal", name="uq_procedure_field_ordinal"),
    )
    op.create_table(
        "form",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_form"),
        sa.UniqueConstraint("code", name="uq_form_code"),
    )
    op.create_table(
        "form_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("form_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_form_version"),
        sa.CheckConstraint("length(source_sha256) = 64", name=op.f("ck_form_version_hash_length")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name="fk_form_version_form_id"),
        sa.UniqueConstraint("form_id", "number", name="uq_form_version_form_id_number"),
    )
    op.create_table(
        "criterion_group",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("short_title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_criterion_group"),
        sa.ForeignKeyConstraint(["version_id"], ["form_version.id"], name="fk_criterion_group_version_id"),
        sa.UniqueConstraint("version_id", "code", name="uq_criterion_group_version_id_code"),
    )
    op.create_table(
        "criterion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_field", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_criterion"),
        sa.ForeignKeyConstraint(["group_id"], ["criterion_group.id"], name="fk_criterion_group_id"),
        sa.ForeignKeyConstraint(["version_id"], ["form_version.id"], name="fk_criterion_version_id"),
        sa.UniqueConstraint("version_id", "key", name="uq_criterion_version_id_key"),
    )
    op.create_index("ix_criterion_key", "criterion", ["key"], unique=False)
    op.create_table(
        "criterion_part",
        sa.Column("id", KEY, nullable=False),
        sa.Column("criterion_id", KEY, nullable=False),
        sa.Column("content_id", KEY, nullable=False),
        sa.Column("part_from", KEY, nullable=False),
        sa.Column("part_to", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_criterion_part"),
        sa.CheckConstraint(
            "part_from >= 0 AND part_to <= 1073741824 AND part_from < part_to",
            name=op.f("ck_criterion_part_part_range"),
        ),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name="fk_criterion_part_content_id"),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name="fk_criterion_part_criterion_id"),
        sa.UniqueConstraint(
            "criterion_id",
            "content_id",
            "part_from",
            name="uq_criterion_part_criterion_id_content_id_part_from",
        ),
    )


def downgrade() -> None:
    op.drop_table("criterion_part")
    op.drop_table("criterion")
    op.drop_table("criterion_group")
    op.drop_table("form_version")
    op.drop_table("form")
    op.drop_table("procedure_field")
    op.drop_table("content")
