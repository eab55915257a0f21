"""A stored file. Owners link to it by a table of their own."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, Keyed


class StoredFile(Keyed, Base):
    """Bytes under `sha256`; `media_type` was told from the content, not from the name."""

    __tablename__ = "stored_file"
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    uploaded_by: Mapped[int | None]
    uploaded_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        sa.CheckConstraint("length(sha256) = 64", name="sha256_length"),
        sa.CheckConstraint("size > 0", name="size_positive"),
    )
