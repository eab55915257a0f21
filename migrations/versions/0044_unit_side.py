"""The unit's side: its đầu mối, what it asks for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE = "focal_point_one_at_a_time"
SAME_DAYS = """
    EXISTS (SELECT 1 FROM focal_point AS other WHERE other.unit_id = NEW.unit_id AND other.id <> NEW.id
            AND (other.to_on IS NULL OR other.to_on >= NEW.from_on)
            AND (NEW.to_on IS NULL OR other.from_on <= NEW.to_on))
"""
EXCLUSION = f"""
ALTER TABLE focal_point ADD CONSTRAINT {ONE} EXCLUDE USING gist (
    int8range(unit_id, unit_id, '[]') WITH =, daterange(from_on, to_on, '[]') WITH &&)
"""


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    moment = sa.DateTime(timezone=postgresql)
    _focal_points(moment)
    _extension_requests(moment)
    if postgresql:
        op.execute(EXCLUSION)
        return
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER {ONE}_{event.lower()} AFTER {event} ON focal_point WHEN {SAME_DAYS} "
            f"BEGIN SELECT RAISE(ABORT, '{ONE}'); END"
        )


def _focal_points(moment: sa.DateTime) -> None:
    op.create_table(
        "focal_point",
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("appointed_by", KEY, nullable=False),
        sa.Column("appointed_at", moment, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_focal_point"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_focal_point_unit_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_focal_point_person_id"),
        sa.ForeignKeyConstraint(["appointed_by"], ["person.id"], name="fk_focal_point_appointed_by"),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_focal_point_dates_in_order")),
        sa.CheckConstraint("length(name) >= 2", name=op.f("ck_focal_point_has_name")),
        sa.CheckConstraint(
            "NOT on_behalf OR reference <> ''", name=op.f("ck_focal_point_on_behalf_has_paper")
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR person_id <> appointed_by", name=op.f("ck_focal_point_appointed_by_another")
        ),
    )
    op.create_index("ix_focal_point_unit_id", "focal_point", ["unit_id"])
    op.create_index("ix_focal_point_person_id", "focal_point", ["person_id"])


def _extension_requests(moment: sa.DateTime) -> None:
    still_open = sa.text("state = 'open'")
    op.create_table(
        "extension_request",
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_reference", sa.Text(), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("requested_by", KEY, nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("requested_at", moment, nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_extension_request"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_extension_request_task_id"),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name="fk_extension_request_requested_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_extension_request_decided_by"),
        sa.CheckConstraint(
            "state IN ('open', 'granted', 'refused')", name=op.f("ck_extension_request_state_known")
        ),
        sa.CheckConstraint("new_due_on > old_due_on", name=op.f("ck_extension_request_later_date")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_extension_request_has_reason")),
        sa.CheckConstraint(
            "document_reference = '' OR document_on IS NOT NULL",
            name=op.f("ck_extension_request_document_has_date"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR requested_by <> decided_by",
            name=op.f("ck_extension_request_asker_not_decider"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_on IS NULL) "
            "AND (state <> 'refused' OR answer <> '')",
            name=op.f("ck_extension_request_decision_whole"),
        ),
    )
    op.create_index("ix_extension_request_task_id", "extension_request", ["task_id"])
    op.create_index(
        "uq_extension_request_open", "extension_request", ["task_id"], unique=True,
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip
    op.create_table(
        "extension_request_file",
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("request_id", "file_id", name="pk_extension_request_file"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["extension_request.id"], name="fk_extension_request_file_request_id"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_extension_request_file_file_id"),
    )


def downgrade() -> None:
    for table in ("focal_point", "extension_request"):
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table}")).first():
            raise RuntimeError("what the units' people said of themselves has no place in the schema before")
    op.drop_table("extension_request_file")
    op.drop_table("extension_request")
    op.drop_table("focal_point")
