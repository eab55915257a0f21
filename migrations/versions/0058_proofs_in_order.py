"""Lists by date take up what a watched task owes: a proof by a day stands at that day, not behind all others."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"

BEFORE = "coalesce(due_on, '9999-12-31')"
AFTER = "coalesce(due_on, proof_due_on, '9999-12-31')"
INDEXES = {
    "ix_task_in_order": ((), ("id",), None),
    "ix_task_recurs": ((), ("id", "state"), ("recurs IS 1", "recurs IS true")),
    "ix_task_no_evidence": (("state",), ("id",), ("has_evidence IS 0", "has_evidence IS false")),
}
"""Name → columns before the day, columns after it, of which rows (SQLite, PostgreSQL)."""


def _by(day: str) -> None:
    for name, (before, after, some) in INDEXES.items():
        op.drop_index(name, "task")
        which = (
            {"sqlite_where": sa.text(some[0]), "postgresql_where": sa.text(some[1])}
            if some is not None
            else {}
        )
        op.create_index(name, "task", [*before, sa.text(day), *after], **which)


def upgrade() -> None:
    _by(AFTER)


def downgrade() -> None:
    _by(BEFORE)
