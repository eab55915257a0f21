"""Hand-over of what a dissolved unit still owed: table task_handover; a delivery says to which delivery of the
successor it was handed on. Predecessors whose days a planner leaves out of a scope: inspection_dropped_unit.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEYS = (
    ("task_id", "task"), ("from_unit_id", "unit"), ("to_unit_id", "unit"), ("assigned_by", "person"),
    ("acknowledged_by", "person"),
)  # fmt: skip
HANDED_ON = "handed_to_id IS NULL OR (receipt IS NULL AND handed_to_id <> id)"


def upgrade() -> None:
    op.create_table(
        "task_handover",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("from_unit_id", KEY, nullable=False),
        sa.Column("to_unit_id", KEY, nullable=False),
        sa.Column("assigned_by", KEY, nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_by", KEY, nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_handover"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_task_handover_{column}")
            for column, table in KEYS
        ),
        sa.UniqueConstraint("task_id", "from_unit_id", name="uq_task_handover_task_id_from_unit_id"),
        sa.CheckConstraint("from_unit_id <> to_unit_id", name=op.f("ck_task_handover_two_units")),
        sa.CheckConstraint(
            "(acknowledged_on IS NULL) = (acknowledged_by IS NULL)",
            name=op.f("ck_task_handover_acknowledged_names_who"),
        ),
        sa.CheckConstraint(
            "NOT on_behalf OR (acknowledged_on IS NOT NULL AND reference <> '')",
            name=op.f("ck_task_handover_on_behalf_has_paper"),
        ),
    )
    op.create_index("ix_task_handover_to_unit", "task_handover", ["to_unit_id", "acknowledged_on"])
    op.create_index("ix_task_handover_from_unit_id", "task_handover", ["from_unit_id"])
    op.create_table(
        "inspection_dropped_unit",
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("inspection_id", "unit_id", name="pk_inspection_dropped_unit"),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name="fk_inspection_dropped_unit_inspection_id"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_inspection_dropped_unit_unit_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _delivery_sqlite(handed=True)
    else:
        op.add_column("delivery", sa.Column("handed_to_id", KEY, nullable=True))
        op.create_foreign_key("fk_delivery_handed_to_id", "delivery", "delivery", ["handed_to_id"], ["id"])
        op.create_check_constraint(op.f("ck_delivery_handed_on_or_received"), "delivery", HANDED_ON)


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM task_handover")).first():
        raise RuntimeError("a hand-over has no place in the schema before")
    if op.get_bind().dialect.name == "sqlite":
        _delivery_sqlite(handed=False)
    else:
        op.drop_column("delivery", "handed_to_id")
    op.drop_table("inspection_dropped_unit")
    op.drop_table("task_handover")


def _delivery_sqlite(*, handed: bool) -> None:
    """SQLite adds no rule to a table: it is copied (https://www.sqlite.org/lang_altertable.html, section 7)."""
    bind = op.get_bind()
    triggers = _made("type = 'trigger'")  # those that an earlier step of this very run made
    for name in triggers:
        op.execute(f"DROP TRIGGER {name}")
    indexes = _made("type = 'index' AND tbl_name = 'delivery'")
    (text,) = _made("name = 'delivery'").values()
    columns = ", ".join(
        row[1] for row in bind.execute(sa.text("PRAGMA table_info(delivery)")) if row[1] != "handed_to_id"
    )
    first, column = "CONSTRAINT pk_delivery", "handed_to_id INTEGER, "
    rules = (
        "CONSTRAINT fk_delivery_handed_to_id FOREIGN KEY(handed_to_id) REFERENCES delivery (id), "
        f"CONSTRAINT ck_delivery_handed_on_or_received CHECK ({HANDED_ON}), "
    )
    last = "CONSTRAINT uq_delivery_document_id_unit_id"
    if handed:
        assert first in text and last in text
        text = text.replace(first, column + first).replace(last, rules + last)
    else:
        assert column in text and rules in text
        text = text.replace(column, "").replace(rules, "")
    op.execute(sa.text(re.sub(r'^CREATE TABLE "?delivery"?', "CREATE TABLE delivery_new", text)))
    op.execute(f"INSERT INTO delivery_new ({columns}) SELECT {columns} FROM delivery")
    op.execute("DROP TABLE delivery")
    op.execute("ALTER TABLE delivery_new RENAME TO delivery")
    for statement in (*indexes.values(), *triggers.values()):
        op.execute(sa.text(statement.replace(":", "\\:")))


def _made(which: str) -> dict[str, str]:
    """name -> statement of what there is."""
    rows = op.get_bind().execute(
        sa.text(f"SELECT name, sql FROM sqlite_master WHERE {which} AND sql IS NOT NULL")
    )
    return {row[0]: row[1] for row in rows}
