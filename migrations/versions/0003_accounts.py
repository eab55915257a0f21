"""Accounts: tables person, appointment, account, security_role, account_security_role, sign_in_failure."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.CheckConstraint("length(name) >= 2", name=op.f("ck_person_has_name")),
    )
    op.create_index("ix_person_search", "person", ["search"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appointment"),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_appointment_dates_in_order")),
        sa.CheckConstraint("kind IN ('head', 'deputy', 'staff')", name=op.f("ck_appointment_kind_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_appointment_person_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_appointment_unit_id"),
    )
    op.create_index("ix_appointment_person_id", "appointment", ["person_id"], unique=False)
    op.create_index("ix_appointment_unit_id", "appointment", ["unit_id"], unique=False)
    op.create_index(
        "uq_appointment_one_head",
        "appointment",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'head' AND to_on IS NULL"),
        postgresql_where=sa.text("kind = 'head' AND to_on IS NULL"),
    )
    op.create_table(
        "account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_account_person_id"),
        sa.UniqueConstraint("email", name="uq_account_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_account_fs_uniquifier"),
        sa.UniqueConstraint("person_id", name="uq_account_person_id"),
    )
    op.create_table(
        "security_role",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_security_role"),
        sa.UniqueConstraint("name", name="uq_security_role_name"),
    )
    op.create_table(
        "account_security_role",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("security_role_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "security_role_id", name="pk_account_security_role"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_security_role_account_id"),
        sa.ForeignKeyConstraint(
            ["security_role_id"], ["security_role.id"], name="fk_account_security_role_security_role_id"
        ),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sign_in", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failure"),
    )
    op.create_index("ix_sign_in_failure_address", "sign_in_failure", ["address", "at"], unique=False)
    op.create_index("ix_sign_in_failure_sign_in", "sign_in_failure", ["sign_in", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("sign_in_failure")
    op.drop_table("account_security_role")
    op.drop_table("security_role")
    op.drop_table("account")
    op.drop_table("appointment")
    op.drop_table("person")
