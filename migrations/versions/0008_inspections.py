"""Inspections: tables inspection, team_member, inspected_unit, assignment, scope_item, visit."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("office_unit_id", KEY, nullable=False),
        sa.Column("form_version_id", KEY, nullable=False),
        sa.Column("mandate_id", KEY, nullable=True),
        sa.Column("decision_id", KEY, nullable=True),
        sa.Column("plan_citation", sa.Text(), nullable=False),
        sa.Column("legal_bases", sa.JSON(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("review_from", sa.Date(), nullable=False),
        sa.Column("review_to", sa.Date(), nullable=False),
        sa.Column("review_to_provisional", sa.Boolean(), nullable=False),
        sa.Column("term_days", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("includes_parts", sa.Boolean(), nullable=False),
        sa.Column("follow_unit_id", KEY, nullable=True),
        sa.Column("follower_id", KEY, nullable=True),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inspection"),
        sa.CheckConstraint(
            "state IN ('draft') OR (mandate_id IS NOT NULL AND decision_id IS NOT NULL)",
            name=op.f("ck_inspection_decided_has_decision"),
        ),
        sa.CheckConstraint(
            "kind IN ('planned', 'surprise', 'thematic', 'self', 'follow_up')",
            name=op.f("ck_inspection_kind_known"),
        ),
        sa.CheckConstraint(
            "method IN ('on_site', 'by_report', 'online')", name=op.f("ck_inspection_method_known")
        ),
        sa.CheckConstraint("review_from < review_to", name=op.f("ck_inspection_review_in_order")),
        sa.CheckConstraint(
            "state IN ('draft', 'decided', 'in_progress', 'fieldwork_ended', 'reported', 'concluded', 'closed', 'suspended', 'terminated')",
            name=op.f("ck_inspection_state_known"),
        ),
        sa.CheckConstraint("term_days BETWEEN 1 AND 90", name=op.f("ck_inspection_term_range")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_inspection_created_by"),
        sa.ForeignKeyConstraint(["decision_id"], ["document.id"], name="fk_inspection_decision_id"),
        sa.ForeignKeyConstraint(["follow_unit_id"], ["unit.id"], name="fk_inspection_follow_unit_id"),
        sa.ForeignKeyConstraint(["follower_id"], ["person.id"], name="fk_inspection_follower_id"),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_version.id"], name="fk_inspection_form_version_id"
        ),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name="fk_inspection_mandate_id"),
        sa.ForeignKeyConstraint(["office_unit_id"], ["unit.id"], name="fk_inspection_office_unit_id"),
        sa.UniqueConstraint("code", name="uq_inspection_code"),
    )
    op.create_index("ix_inspection_search", "inspection", ["search"], unique=False)
    op.create_index("ix_inspection_state", "inspection", ["state"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("declared_tie", sa.Text(), nullable=False),
        sa.Column("tie_decision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_team_member"),
        sa.CheckConstraint(
            "role IN ('leader', 'deputy', 'secretary', 'member')", name=op.f("ck_team_member_role_known")
        ),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_team_member_inspection_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_team_member_person_id"),
        sa.UniqueConstraint("inspection_id", "person_id", name="uq_team_member_inspection_id_person_id"),
    )
    op.create_index("ix_team_member_person_id", "team_member", ["person_id"], unique=False)
    op.create_index(
        "uq_team_member_one_leader",
        "team_member",
        ["inspection_id"],
        unique=True,
        sqlite_where=sa.text("role = 'leader'"),
        postgresql_where=sa.text("role = 'leader'"),
    )
    op.create_table(
        "inspected_unit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("report_citation", sa.Text(), nullable=False),
        sa.Column("report_due_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inspected_unit"),
        sa.CheckConstraint(
            "state IN ('pending', 'fieldwork', 'ended', 'reported', 'concluded', 'terminated')",
            name=op.f("ck_inspected_unit_state_known"),
        ),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_inspected_unit_inspection_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_inspected_unit_unit_id"),
        sa.UniqueConstraint("inspection_id", "unit_id", name="uq_inspected_unit_inspection_id_unit_id"),
    )
    op.create_index("ix_inspected_unit_unit_id", "inspected_unit", ["unit_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
        sa.ForeignKeyConstraint(["group_id"], ["criterion_group.id"], name="fk_assignment_group_id"),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_assignment_inspected_unit_id"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["team_member.id"], name="fk_assignment_member_id"),
        sa.UniqueConstraint(
            "member_id",
            "inspected_unit_id",
            "group_id",
            name="uq_assignment_member_id_inspected_unit_id_group_id",
        ),
    )
    op.create_table(
        "scope_item",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("criterion_id", KEY, nullable=False),
        sa.Column("part_from", KEY, nullable=False),
        sa.Column("part_to", KEY, nullable=False),
        sa.Column("field_label", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("higher_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_scope_item"),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_scope_item_days_in_order")),
        sa.CheckConstraint(
            "part_from >= 0 AND part_to <= 1073741824 AND part_from < part_to",
            name=op.f("ck_scope_item_part_range"),
        ),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name="fk_scope_item_criterion_id"),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_scope_item_inspected_unit_id"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_scope_item_unit_id"),
        sa.UniqueConstraint(
            "inspected_unit_id",
            "unit_id",
            "criterion_id",
            "part_from",
            "starts_on",
            name="uq_scope_item_once",
        ),
    )
    op.create_table(
        "visit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("half_day", sa.String(40), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("subteam", sa.Text(), nullable=False),
        sa.Column("chair_id", KEY, nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announcement", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_held_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
        sa.CheckConstraint(
            "half_day IN ('morning', 'afternoon', 'whole')", name=op.f("ck_visit_half_day_known")
        ),
        sa.CheckConstraint(
            "state <> 'not_held' OR not_held_reason <> ''", name=op.f("ck_visit_not_held_has_reason")
        ),
        sa.CheckConstraint(
            "state IN ('unscheduled','not_held') OR on_date IS NOT NULL",
            name=op.f("ck_visit_scheduled_has_date"),
        ),
        sa.CheckConstraint(
            "state IN ('unscheduled', 'scheduled', 'under_way', 'signed', 'not_held')",
            name=op.f("ck_visit_state_known"),
        ),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name="fk_visit_chair_id"),
        sa.ForeignKeyConstraint(
            ["inspected_unit_id"], ["inspected_unit.id"], name="fk_visit_inspected_unit_id"
        ),
    )
    op.create_index("ix_visit_inspected_unit_id", "visit", ["inspected_unit_id"], unique=False)
    op.create_index("ix_visit_on_date", "visit", ["on_date"], unique=False)


def downgrade() -> None:
    op.drop_table("visit")
    op.drop_table("scope_item")
    op.drop_table("assignment")
    op.drop_table("inspected_unit")
    op.drop_table("team_member")
    op.drop_table("inspection")
