"""What becomes of a unit's proposal, told to its head and đầu mối: on screen, and in the mail of the day.

Who takes over from a dissolved unit is told in its place. An event is told once, in one mail at most; mails
opened after weeks of silence tell what is no older than a failed mail is tried.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.audit.models import Event, EventSubject
from app.extensions import db
from app.findings import answers
from app.findings.models import UnitProposal
from app.followup.models import Message
from app.vietnamese import count

TOLD = frozenset({"proposal_routed", "proposal_answered"})
"""Acts on a proposal that its unit learns."""
HEADING = "Kiến nghị của đơn vị:"
NO_NEWS = timedelta(days=14)


def messages(after: int, last: int) -> list[dict[str, object]]:
    """Rows of `Message` out of events after one number to another: of each proposal the latest alone, since
    a form that names who answers and the answer writes two."""
    rows = db.session.execute(
        sa.select(Event.seq, Event.actor_id, Event.at, EventSubject.object_id)
        .join(
            EventSubject,
            sa.and_(
                EventSubject.event_seq == Event.seq, EventSubject.kind == UnitProposal.__tablename__
            ),
        )
        .where(Event.name.in_(sorted(TOLD)), Event.seq > after, Event.seq <= last)
        .order_by(Event.seq)
    ).all()  # fmt: skip
    latest = {row.object_id: row for row in rows}
    if not latest:
        return []
    return [
        {
            "person_id": person_id, "proposal_id": told.proposal.id, "event_seq": row.seq, "made_at": row.at
        }
        for told in answers.list_told(latest)
        for row in (latest[told.proposal.id],)
        for person_id in sorted(told.people - {row.actor_id})
    ]  # fmt: skip


def untold(person_id: int | None = None) -> sa.ColumnElement[bool]:
    """Messages that no mail has told yet, of one person or of all."""
    waits = sa.and_(
        Message.proposal_id.is_not(None), Message.mail_id.is_(None), Message.made_at > clock.now() - NO_NEWS
    )
    return waits if person_id is None else sa.and_(waits, Message.person_id == person_id)


@dataclass(frozen=True)
class News:
    """One proposal in a mail: for which unit, whether it has its answer, its words."""

    unit: str
    answered: bool
    words: str


def waiting(person_id: int) -> dict[int, int]:
    """Messages of this person that no mail has told yet → the proposal of each."""
    rows = db.session.execute(sa.select(Message.id, Message.proposal_id).where(untold(person_id)))
    return {message_id: proposal_id for message_id, proposal_id in rows if proposal_id is not None}


def news_for(person_id: int, proposal_ids: Collection[int]) -> list[News]:
    """What a mail tells this person of these proposals, as they stand now."""
    found = []
    for told in answers.list_told(set(proposal_ids)) if proposal_ids else []:
        unit = told.unit_of(person_id)
        if unit is not None:
            whose = told.proposal.unit
            before = f" (kế thừa từ {whose.name})" if whose.id != unit.id else ""
            answered = told.proposal.answered_on is not None
            found.append(News(unit.name, answered, answers.words(told.proposal) + before))
    return found


def counted(news: Collection[News]) -> list[str]:
    """“01 kiến nghị đã được trả lời”, “02 kiến nghị có cơ quan, hạn trả lời”."""
    answered = sum(one.answered for one in news)
    parts = [f"{count(answered)} kiến nghị đã được trả lời"] if answered else []
    routed = len(news) - answered
    return parts + ([f"{count(routed)} kiến nghị có cơ quan, hạn trả lời"] if routed else [])


def lines(news: Sequence[News]) -> list[str]:
    """The part of a mail; nothing without news."""
    return [HEADING, *(f"{n}. {one.words}" for n, one in enumerate(news, 1)), ""] if news else []
