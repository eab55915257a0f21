"""The event chain and what each event is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base


class Event(Base):
    """One link of the chain. `data` holds primitives only; `hash` = SHA-256 over the canonical link."""

    __tablename__ = "event"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    name: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor_name: Mapped[str]
    on_behalf_of: Mapped[str | None]
    data: Mapped[dict[str, Any]]
    prev_hash: Mapped[str]
    hash: Mapped[str]
    subjects: Mapped[list[EventSubject]] = relationship(order_by="EventSubject.position", lazy="selectin")

    __table_args__ = (
        sa.UniqueConstraint("prev_hash"),
        sa.UniqueConstraint("hash"),
        sa.CheckConstraint("seq >= 1", name="seq_from_one"),
    )


class EventSubject(Base):
    """An object an event is about; the first (position 0) is the one acted on."""

    __tablename__ = "event_subject"
    event_seq: Mapped[int] = mapped_column(sa.ForeignKey("event.seq"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    object_id: Mapped[int]
    __table_args__ = (sa.Index("ix_event_subject_kind_object", "kind", "object_id", "event_seq"),)


class ChainHead(Base):
    """One row: the last link. Taken FOR UPDATE last of all locks."""

    __tablename__ = "chain_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]
    __table_args__ = (sa.CheckConstraint("id = 1", name="single_row"),)
