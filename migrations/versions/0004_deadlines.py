"""Deadlines: tables calendar_version, calendar_day, rule_profile, deadline_rule, office_setting."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_version"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_calendar_version_number_from_one")),
        sa.UniqueConstraint("number", name="uq_calendar_version_number"),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", KEY, nullable=False),
        sa.Column("calendar_version_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_day"),
        sa.CheckConstraint("kind IN ('off', 'worked')", name=op.f("ck_calendar_day_kind_known")),
        sa.ForeignKeyConstraint(
            ["calendar_version_id"], ["calendar_version.id"], name="fk_calendar_day_calendar_version_id"
        ),
        sa.UniqueConstraint("calendar_version_id", "day", name="uq_calendar_day_calendar_version_id_day"),
    )
    op.create_table(
        "rule_profile",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_profile"),
        sa.CheckConstraint(
            "code IN ('noi_bo_cchc', 'chuyen_nganh_217', 'thanh_tra_84')",
            name=op.f("ck_rule_profile_code_known"),
        ),
        sa.UniqueConstraint("code", name="uq_rule_profile_code"),
    )
    op.create_table(
        "deadline_rule",
        sa.Column("id", KEY, nullable=False),
        sa.Column("profile_id", KEY, nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("days", KEY, nullable=False),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("row_version", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deadline_rule"),
        sa.CheckConstraint("days BETWEEN 1 AND 366", name=op.f("ck_deadline_rule_days_in_range")),
        sa.CheckConstraint("mode IN ('working', 'calendar')", name=op.f("ck_deadline_rule_mode_known")),
        sa.CheckConstraint(
            "step IN ('onsite_department', 'onsite_department_extension', 'onsite_commune', 'onsite_commune_extension', 'team_report', 'explanation', 'notice', 'acknowledgement', 'remediation_plan', 'remediation_report', 'follow_up_check_earliest', 'follow_up_check_latest', 'publication')",
            name=op.f("ck_deadline_rule_step_known"),
        ),
        sa.ForeignKeyConstraint(["profile_id"], ["rule_profile.id"], name="fk_deadline_rule_profile_id"),
        sa.UniqueConstraint("profile_id", "step", name="uq_deadline_rule_profile_id_step"),
    )
    op.create_table(
        "office_setting",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_office_setting"),
        sa.UniqueConstraint("key", "effective_from", name="uq_office_setting_key_effective_from"),
    )


def downgrade() -> None:
    op.drop_table("office_setting")
    op.drop_table("deadline_rule")
    op.drop_table("rule_profile")
    op.drop_table("calendar_day")
    op.drop_table("calendar_version")
