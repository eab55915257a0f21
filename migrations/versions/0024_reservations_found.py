"""Reservations that may lapse are found without reading every claim."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

LAPSING = sa.text("ended_at IS NULL AND conclusion_id IS NULL AND lapses_on IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_claim_lapsing",
        "claim",
        ["lapses_on"],
        unique=False,
        sqlite_where=LAPSING,
        postgresql_where=LAPSING,
    )


def downgrade() -> None:
    op.drop_index("ix_claim_lapsing", "claim")
