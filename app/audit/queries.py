"""Reading events: timelines, and the whole chain for verification."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing

import sqlalchemy as sa

from app.audit import chain
from app.audit.models import ChainHead, Event, EventSubject
from app.db import Base
from app.extensions import db


def list_events(obj: Base, *, limit: int = 30) -> Sequence[Event]:
    """The newest events about `obj`, newest first."""
    identity = sa.inspect(obj).identity
    if identity is None:
        return []
    seqs = (
        sa.select(EventSubject.event_seq)
        .where(EventSubject.kind == obj.__tablename__, EventSubject.object_id == identity[0])
        .order_by(EventSubject.event_seq.desc())
        .limit(limit)
    )
    return db.session.scalars(sa.select(Event).where(Event.seq.in_(seqs)).order_by(Event.seq.desc())).all()


def _links() -> Generator[tuple[chain.Link, str, str]]:
    query = sa.select(Event).order_by(Event.seq).execution_options(yield_per=2000)
    with db.session.scalars(query) as events:
        for event in events:
            yield (
                chain.Link(
                    seq=event.seq, at=event.at.isoformat(), name=event.name, actor_id=event.actor_id,
                    actor_name=event.actor_name, on_behalf_of=event.on_behalf_of,
                    subjects=tuple((s.kind, s.object_id) for s in event.subjects), data=event.data,
                ),
                event.prev_hash,
                event.hash,
            )  # fmt: skip


def verify_chain() -> tuple[int, chain.Fault | None]:
    """(number of events, first fault or None)."""
    head = db.session.get(ChainHead, 1)
    end = (head.seq, head.hash) if head else (0, chain.GENESIS)
    with closing(_links()) as links:  # the walk ends at the first fault, with rows still to be fetched
        return end[0], chain.verify(links, end)
