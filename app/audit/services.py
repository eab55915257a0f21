"""Writing events. `record` collects in the session; a before-commit hook chains them last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as sa_event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction

from app import clock
from app.audit import chain
from app.audit.models import ChainHead, Event, EventSubject
from app.db import Base
from app.extensions import db
from app.policy import Actor

_KEY = "pending_events"
FOCAL = "focal_point"
"""In the data of an event: who acted did so as the đầu mối of the unit."""


@dataclass
class _Pending:
    name: str
    objects: tuple[Base, ...]
    actor: Actor | None
    on_behalf_of: str | None
    data: dict[str, Any]
    within: tuple[SessionTransaction, ...]
    """The savepoints it was recorded in, innermost first: rolling one of them back takes it along."""
    at: datetime = field(default_factory=clock.now)


def record(
    name: str,
    *objects: Base,
    actor: Actor | None,
    data: Mapping[str, object] | None = None,
    on_behalf_of: str | None = None,
) -> None:
    """Say that `name` (past tense) happened to `objects[0]`, seen also on the timelines of the others.

    `actor` None = the product itself (set-up, worker). Written at commit, in the same transaction.
    """
    session = db.session()
    told = dict(data or {})
    if actor is not None and actor.focal_unit_ids:  # their acts are the unit's, by its đầu mối
        told[FOCAL] = True
    session.info.setdefault(_KEY, []).append(
        _Pending(name, objects, actor, on_behalf_of, chain.primitive(told), _savepoints(session))
    )


def _savepoints(session: Session) -> tuple[SessionTransaction, ...]:
    found: list[SessionTransaction] = []
    current = session.get_nested_transaction()
    while current is not None and current.nested:
        found.append(current)
        current = current.parent
    return tuple(found)


def _key_of(obj: Base) -> int:
    identity = sa.inspect(obj, raiseerr=True).identity
    assert identity is not None, "an event speaks of a row that was flushed"
    return int(identity[0])


def _take_head(session: Session) -> ChainHead:
    """The locked end of the chain; the first event of all makes its row, whoever else does so too."""
    head = session.get(ChainHead, 1, with_for_update=True, populate_existing=True)
    if head is None:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(ChainHead).values(id=1, seq=0, hash=chain.GENESIS).on_conflict_do_nothing())
        head = session.get_one(ChainHead, 1, with_for_update=True, populate_existing=True)
    return head


def chain_pending(session: Session) -> None:
    """Give every collected event its place in the chain (the last lock taken)."""
    pending: list[_Pending] = session.info.get(_KEY, [])
    if not pending or session.in_nested_transaction():
        return
    session.flush()
    head = _take_head(session)
    for item in pending:
        subjects = tuple((obj.__tablename__, _key_of(obj)) for obj in item.objects)
        actor = item.actor
        link = chain.Link(
            seq=head.seq + 1,
            at=item.at.isoformat(),
            name=item.name,
            actor_id=actor.person_id if actor else None,
            actor_name=actor.name if actor else "Hệ thống",
            on_behalf_of=item.on_behalf_of,
            subjects=subjects,
            data=item.data,
        )
        digest = chain.digest(link, head.hash)
        session.add(
            Event(
                seq=link.seq,
                at=item.at,
                name=link.name,
                actor_id=link.actor_id,
                actor_name=link.actor_name,
                on_behalf_of=link.on_behalf_of,
                data=item.data,
                prev_hash=head.hash,
                hash=digest,
                subjects=[
                    EventSubject(position=position, kind=kind, object_id=object_id)
                    for position, (kind, object_id) in enumerate(subjects)
                ],
            )
        )
        head.seq, head.hash = link.seq, digest
    session.flush()
    session.info[_KEY] = []


def drop_pending(session: Session, ended: SessionTransaction) -> None:
    """Forget what was collected in `ended`: the change it spoke of was rolled back."""
    if not ended.nested and ended.parent is None:
        session.info.pop(_KEY, None)
        return
    pending: list[_Pending] = session.info.get(_KEY, [])
    session.info[_KEY] = [item for item in pending if ended not in item.within]


def watch_session() -> None:
    """Attach the hooks to the application's session (once)."""
    maker = db.session.session_factory
    sa_event.listen(maker, "before_commit", chain_pending)
    sa_event.listen(maker, "after_soft_rollback", drop_pending)
