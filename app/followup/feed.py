"""Each person's dates as an iCalendar feed (RFC 5545), read by Outlook or Google from a secret address.

The address is all the right that a reader brings: its token is drawn at random and only its hash is kept.
What the feed tells is asked anew each time, as the person may see it that day: a head the tasks of the unit,
an officer what they were given, a follower what they follow. No person is named in it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from icalendar import Calendar, Event
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Account, Appointment, Person
from app.audit import services as audit
from app.errors import NotFound
from app.extensions import db
from app.followup.models import CalendarFeed
from app.policy import Actor
from app.remediation.models import Task, TaskAssignment, TaskState
from app.remediation.queries import DATED_KINDS, HAS_TERM, OWED_STATES, visible_to
from app.units.models import Unit

TOKEN_BYTES = 32
MOST = 1_000
"""Events of one feed, the nearest dates first: programs on phones take no more."""
PRODUCT = "-//Ket Luan//Thoi han khac phuc//VI"
_SHOWN = (*OWED_STATES, TaskState.WATCHING)


@dataclass(frozen=True)
class Due:
    """One day of the feed: a task that is still owed, or one that is to be looked at again that day."""

    key: str
    on: date
    summary: str
    told: str
    task_id: int
    version: int
    changed_at: datetime


def token_hash(token: str) -> str:
    """What is kept of a secret address."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_feed(person_id: int) -> CalendarFeed | None:
    """The feed that this person has opened."""
    return db.session.scalar(sa.select(CalendarFeed).where(CalendarFeed.person_id == person_id))


def open_feed(*, actor: Actor) -> str:
    """A new secret token for the actor's own feed, told once; one that was given out before ends."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = find_feed(actor.person_id)
    event = "calendar_feed_opened" if feed is None else "calendar_feed_renewed"
    if feed is None:
        feed = CalendarFeed(person_id=actor.person_id, token_sha256="")
        db.session.add(feed)
    feed.token_sha256, feed.made_at = token_hash(token), clock.now()
    db.session.flush()
    audit.record(event, db.session.get_one(Person, actor.person_id), actor=actor)
    return token


def close_feed(*, actor: Actor) -> None:
    """The actor's address ends at once. Raises NotFound when there is none."""
    feed = find_feed(actor.person_id)
    if feed is None:
        raise NotFound
    db.session.delete(feed)
    db.session.flush()
    audit.record("calendar_feed_closed", db.session.get_one(Person, actor.person_id), actor=actor)


def reader_of(token: str) -> Actor:
    """Whose feed it is, as they are at work today. Raises NotFound (no such address, account closed)."""
    posts = selectinload(Person.appointments).joinedload(Appointment.unit).selectinload(Unit.versions)
    person = db.session.scalar(
        sa.select(Person)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(CalendarFeed.token_sha256 == token_hash(token), Account.active)
        .options(posts)
    )
    if person is None:
        raise NotFound
    return accounts.actor_for(person)


def list_dates(actor: Actor) -> list[Due]:
    """What is still owed or to be looked at again, by date; finished, handed-in and withdrawn tasks leave."""
    mine = [
        Task.follower_id == actor.person_id,
        Task.lead_unit_id.in_(sorted(actor.headed_unit_ids)),
        sa.exists().where(
            TaskAssignment.task_id == Task.id,
            TaskAssignment.person_id == actor.person_id,
            TaskAssignment.ended_at.is_(None),
        ),
    ]
    dated = HAS_TERM
    day = sa.case((dated, Task.term), else_=Task.review_on)
    tasks = db.session.scalars(
        sa.select(Task)
        .where(visible_to(actor), sa.or_(*mine), Task.state.in_(_SHOWN), day.is_not(None))
        .options(
            lazyload(Task.results), joinedload(Task.document), joinedload(Task.conclusion),
            joinedload(Task.lead_unit),
        )
        .order_by(day, Task.id)
        .limit(MOST)
    )  # fmt: skip
    return [_due(task) for task in tasks]


def _due(task: Task) -> Due:
    review = task.deadline_kind not in DATED_KINDS and task.proof_due_on is None
    on = task.review_on if review else task.term
    assert on is not None, "only days are listed"
    source = task.source
    what = "Rà soát" if review else "Thời hạn khắc phục"
    return Due(
        key=task.code.lower(),
        on=on,
        summary=f"{what}: {task.text.rstrip('.;')} – {task.lead_unit.name}",
        told=f"{task.code}. Theo {source.citation}." if source is not None else f"{task.code}.",
        task_id=task.id,
        version=task.version,
        changed_at=task.updated_at,
    )


def calendar_of(dates: Sequence[Due], *, name: str, host: str, link: Callable[[int], str]) -> bytes:
    """The feed as it is sent: all-day events whose end is exclusive, the same bytes for the same dates.

    `host` names this installation, `link` the page of a task. A task keeps its UID; each change raises
    SEQUENCE, so that a date that was moved moves where it was read before.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    calendar.add("x-published-ttl", "PT1H")
    for due in dates:
        event, changed = Event(), due.changed_at.astimezone(UTC).replace(microsecond=0)
        event.add("uid", f"{due.key}@{host}")
        event.add("dtstamp", changed)
        event.add("last-modified", changed)
        event.add("sequence", due.version)
        event.add("dtstart", due.on)
        event.add("dtend", due.on + timedelta(days=1))
        event.add("summary", due.summary)
        event.add("description", f"{due.told}\nXem và cập nhật (cần đăng nhập): {link(due.task_id)}")
        event.add("url", link(due.task_id))
        event.add("status", "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        event.add("x-microsoft-cdo-busystatus", "FREE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
