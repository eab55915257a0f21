"""A task remembers when it was last sent back, and until when a punctual report may be supplemented."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("task", sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("task", sa.Column("supplement_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("task", "supplement_on")
    op.drop_column("task", "returned_at")
