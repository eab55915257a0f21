"""A unit sends a proposal of its own accord: no case behind it, a day and a sender instead.

What reached a person on screen is read by pages, the newest first, out of two tables in one order.
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RULES = {
    "told_or_sent": "(inspected_unit_id IS NULL) <> (sender_id IS NULL)",
    "sending_is_whole": "(sender_id IS NULL) = (sent_on IS NULL) AND (sender_id IS NULL) = (sent_by IS NULL)",
    "on_behalf_has_paper": "NOT on_behalf OR reference <> ''",
}
LINKS = (("sender_id", "unit"), ("sent_by", "person"))


def upgrade() -> None:
    with op.batch_alter_table("unit_proposal") as table:
        table.alter_column("inspected_unit_id", existing_type=KEY, nullable=True)
        table.add_column(sa.Column("sender_id", KEY, nullable=True))
        table.add_column(sa.Column("sent_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("sent_by", KEY, nullable=True))
        table.add_column(sa.Column("reference", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("on_behalf", sa.Boolean(), server_default=sa.false(), nullable=False))
        for column, other in LINKS:
            table.create_foreign_key(f"fk_unit_proposal_{column}", other, [column], ["id"])
        for rule, holds in RULES.items():
            table.create_check_constraint(op.f(f"ck_unit_proposal_{rule}"), holds)
    with op.batch_alter_table("unit_proposal") as table:
        table.alter_column("reference", existing_type=sa.Text(), server_default=None)
        table.alter_column("on_behalf", existing_type=sa.Boolean(), server_default=None)
    unanswered = sa.text("answered_on IS NULL")
    op.create_index("ix_unit_proposal_sender_id", "unit_proposal", ["sender_id"])
    op.create_index(
        "ix_unit_proposal_unanswered", "unit_proposal", ["answer_due_on"],
        sqlite_where=unanswered, postgresql_where=unanswered,
    )  # fmt: skip
    op.drop_index("ix_message_person", "message")
    for table in ("message", "reminder"):
        op.create_index(f"ix_{table}_person", table, ["person_id", "made_at", "id"])


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM unit_proposal WHERE sender_id IS NOT NULL")).first():
        raise RuntimeError("proposals that units sent themselves have no place in the schema before")
    for table in ("message", "reminder"):
        op.drop_index(f"ix_{table}_person", table)
    op.create_index("ix_message_person", "message", ["person_id", "id"])
    op.drop_index("ix_unit_proposal_unanswered", "unit_proposal")
    op.drop_index("ix_unit_proposal_sender_id", "unit_proposal")
    with op.batch_alter_table("unit_proposal") as table:
        for rule in RULES:
            table.drop_constraint(op.f(f"ck_unit_proposal_{rule}"), type_="check")
        for column, _other in LINKS:
            table.drop_constraint(f"fk_unit_proposal_{column}", type_="foreignkey")
        for column in ("on_behalf", "reference", "sent_by", "sent_on", "sender_id"):
            table.drop_column(column)
        table.alter_column("inspected_unit_id", existing_type=KEY, nullable=False)
