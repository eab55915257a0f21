"""A day by which what a unit asks is answered is kept as every counted date is: with its rule and calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE = op.f("ck_step_date_of_one_thing")
ALONE = {"resolve_fks": False}
"""The table is copied on SQLite without reading those it points to, which have indexes of expressions."""
BEFORE = (
    "(inspected_unit_id IS NULL) <> (document_id IS NULL) AND (unit_id IS NULL OR document_id IS NOT NULL)"
)
AFTER = (
    "CASE WHEN inspected_unit_id IS NULL THEN 0 ELSE 1 END + CASE WHEN document_id IS NULL THEN 0 ELSE 1 END + "
    "CASE WHEN request_id IS NULL THEN 0 ELSE 1 END = 1 AND (unit_id IS NULL OR document_id IS NOT NULL)"
)


def _triggers() -> list[str]:
    """SQLite copies the table and with it loses what an earlier step of this very run made."""
    if op.get_bind().dialect.name == "postgresql":
        return []
    made = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'step_date'")
    return list(op.get_bind().scalars(made))


def upgrade() -> None:
    triggers = _triggers()
    with op.batch_alter_table("step_date", reflect_kwargs=ALONE) as table:
        table.add_column(sa.Column("request_id", KEY, nullable=True))
        table.drop_constraint(ONE, type_="check")
        table.create_check_constraint(ONE, AFTER)
        table.create_foreign_key("fk_step_date_request_id", "extension_request", ["request_id"], ["id"])
        table.create_unique_constraint(
            "uq_step_date_request_id_step_event_on", ["request_id", "step", "event_on"]
        )
    for statement in triggers:
        op.execute(statement)


def downgrade() -> None:
    triggers = _triggers()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE step_date DISABLE TRIGGER USER")
    op.execute("DELETE FROM step_date WHERE request_id IS NOT NULL")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE step_date ENABLE TRIGGER USER")
    with op.batch_alter_table("step_date", reflect_kwargs=ALONE) as table:
        table.drop_constraint("uq_step_date_request_id_step_event_on", type_="unique")
        table.drop_constraint("fk_step_date_request_id", type_="foreignkey")
        table.drop_constraint(ONE, type_="check")
        table.create_check_constraint(ONE, BEFORE)
        table.drop_column("request_id")
    for statement in triggers:
        op.execute(statement)
