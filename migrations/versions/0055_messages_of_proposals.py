"""What becomes of a unit's proposal is told to the unit: a message may speak of one, and joins a mail."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ALONE = {"resolve_fks": False}
"""The table is copied on SQLite without reading those it points to, which have indexes of expressions."""
UNTOLD = sa.text("proposal_id IS NOT NULL AND mail_id IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("message", reflect_kwargs=ALONE) as table:
        table.alter_column("task_id", existing_type=KEY, nullable=True)
        table.add_column(sa.Column("proposal_id", KEY, nullable=True))
        table.add_column(sa.Column("mail_id", KEY, nullable=True))
        table.create_foreign_key(
            "fk_message_proposal_id", "unit_proposal", ["proposal_id"], ["id"], ondelete="CASCADE"
        )
        table.create_foreign_key("fk_message_mail_id", "reminder_mail", ["mail_id"], ["id"])
        table.create_unique_constraint(
            "uq_message_event_seq_person_id_proposal_id", ["event_seq", "person_id", "proposal_id"]
        )
        table.create_check_constraint(
            op.f("ck_message_of_one_thing"), "(task_id IS NULL) <> (proposal_id IS NULL)"
        )
    op.create_index("ix_message_proposal_id", "message", ["proposal_id"])
    op.create_index("ix_message_mail_id", "message", ["mail_id"])
    op.create_index(
        "ix_message_untold", "message", ["person_id"], sqlite_where=UNTOLD, postgresql_where=UNTOLD
    )


def downgrade() -> None:
    op.execute("DELETE FROM message WHERE proposal_id IS NOT NULL")
    for index in ("untold", "mail_id", "proposal_id"):
        op.drop_index(f"ix_message_{index}", "message")
    with op.batch_alter_table("message", reflect_kwargs=ALONE) as table:
        table.drop_constraint(op.f("ck_message_of_one_thing"), type_="check")
        table.drop_constraint("uq_message_event_seq_person_id_proposal_id", type_="unique")
        table.drop_constraint("fk_message_mail_id", type_="foreignkey")
        table.drop_constraint("fk_message_proposal_id", type_="foreignkey")
        table.drop_column("mail_id")
        table.drop_column("proposal_id")
        table.alter_column("task_id", existing_type=KEY, nullable=False)
