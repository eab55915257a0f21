"""What reaches a person on screen: acts on their tasks out of the event chain, and the ladder's reminders.

Nothing is typed for it. Events become messages once, whatever is killed or run twice: the chain has an order,
and how far it was read is written together with the messages. Sentences name no person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload, lazyload

from app import clock
from app.accounts.models import Account, Appointment, AppointmentKind
from app.audit.models import Event, EventSubject
from app.audit.sentences import text_of
from app.errors import NotFound
from app.extensions import db
from app.followup.models import Message, MessageCursor, Reminder
from app.followup.reminding import told
from app.policy import Actor
from app.remediation.models import Task, TaskAssignment
from app.remediation.queries import visible_to
from app.vietnamese import format_date

TO_UNIT = frozenset(
    {
        "task_returned", "task_result_returned", "task_accepted", "task_watch_started", "task_recurred",
        "task_extended", "task_extension_refused", "task_urged", "task_reviewed", "task_withdrawn",
        "task_directed", "task_assigned",
    }
)  # fmt: skip
"""Acts of the office (and of the head) on a task, told to the unit's head and to whom the task was given."""
TO_FOLLOWER = frozenset(
    {
        "task_submitted",
        "task_directed",
        "task_directive_answered",
        "task_follower_changed",
        "task_recurred",
        "task_extension_requested",
        "task_extension_requested_late",
    }
)
"""Acts on a task that its follower learns."""
TO_ASKER = frozenset({"task_directive_answered"})
"""An answer, which whoever gave the direction learns as well."""
AT_ONCE = 500
"""Events of one run; the next one goes on from there."""
SHOWN = 100


def deliver_events() -> int:
    """Turn what happened to tasks since the last run into messages; the caller commits. How many were new.

    The first run only marks where the chain stands: what was before is no news.
    """
    last = db.session.scalar(sa.select(sa.func.max(Event.seq))) or 0
    cursor = db.session.get(MessageCursor, 1, with_for_update=True, populate_existing=True)
    if cursor is None:
        db.session.add(MessageCursor(id=1, seq=last))
        db.session.flush()
        return 0
    told_events = sa.and_(Event.seq > cursor.seq, Event.name.in_(sorted(TO_UNIT | TO_FOLLOWER)))
    seqs = db.session.scalars(
        sa.select(Event.seq).where(told_events, Event.seq <= last).order_by(Event.seq).limit(AT_ONCE)
    ).all()
    made = 0
    if seqs:
        rows = db.session.execute(
            sa.select(Event.seq, Event.name, Event.actor_id, Event.at, EventSubject.object_id)
            .join(EventSubject, sa.and_(EventSubject.event_seq == Event.seq, EventSubject.kind == "task"))
            .join(Task, Task.id == EventSubject.object_id)
            .where(told_events, Event.seq <= seqs[-1])
            .order_by(Event.seq)
        ).all()
        made = _insert(_messages(rows))
    cursor.seq = seqs[-1] if len(seqs) == AT_ONCE else last
    db.session.flush()
    return made


def _messages(rows: Sequence[Any]) -> list[dict[str, object]]:
    tasks = {row.object_id for row in rows}
    units, followers, askers = _unit_people(tasks), _followers(tasks), _askers(tasks)
    found: list[dict[str, object]] = []
    for row in rows:
        people: set[int] = set()
        if row.name in TO_UNIT:
            people |= units.get(row.object_id, set())
        if row.name in TO_FOLLOWER:
            people |= followers.get(row.object_id, set())
        if row.name in TO_ASKER:
            people |= askers.get(row.object_id, set())
        found += [
            {"person_id": person, "task_id": row.object_id, "event_seq": row.seq, "made_at": row.at}
            for person in sorted(people - {row.actor_id})
        ]
    return found


def _insert(rows: Sequence[dict[str, object]]) -> int:
    if not rows:
        return 0
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    before = _written()
    for begin in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(Message).values(rows[begin : begin + AT_ONCE]).on_conflict_do_nothing())
    return _written() - before


def _written() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Message)) or 0


def _by_task(pairs: Iterable[Any]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for task_id, person_id in pairs:
        found.setdefault(task_id, set()).add(person_id)
    return found


def _has_way_in(person: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(Account.person_id == person, Account.active)


def _unit_people(tasks: set[int]) -> dict[int, set[int]]:
    today = clock.today()
    heads = (
        sa.select(Task.id, Appointment.person_id)
        .join(Appointment, Appointment.unit_id == Task.lead_unit_id)
        .where(
            Task.id.in_(tasks),
            Appointment.kind == AppointmentKind.HEAD,
            Appointment.from_on <= today,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
            _has_way_in(Appointment.person_id),
        )
    )
    officers = sa.select(TaskAssignment.task_id, TaskAssignment.person_id).where(
        TaskAssignment.task_id.in_(tasks),
        TaskAssignment.ended_at.is_(None),
        _has_way_in(TaskAssignment.person_id),
    )
    return _by_task(db.session.execute(heads.union(officers)))


def _followers(tasks: set[int]) -> dict[int, set[int]]:
    return _by_task(
        db.session.execute(
            sa.select(Task.id, Task.follower_id).where(Task.id.in_(tasks), _has_way_in(Task.follower_id))
        )
    )


def _askers(tasks: set[int]) -> dict[int, set[int]]:
    return _by_task(
        db.session.execute(
            sa.select(EventSubject.object_id, Event.actor_id)
            .join(Event, Event.seq == EventSubject.event_seq)
            .where(
                EventSubject.kind == "task",
                EventSubject.object_id.in_(tasks),
                Event.name == "task_directed",
                _has_way_in(Event.actor_id),
            )
        )
    )


def count_unread(person_id: int) -> int:
    """Messages and reminders that this person has not marked as read: one statement, two small indexes."""
    messages, reminders = (
        sa.select(sa.func.count())
        .select_from(kind)
        .where(kind.person_id == person_id, kind.read_at.is_(None))
        .scalar_subquery()
        for kind in (Message, Reminder)
    )
    return db.session.scalar(sa.select(messages + reminders)) or 0


@dataclass(frozen=True)
class Entry:
    """One line of the list. `key` names it when it is marked; `task_id` None = no longer one's matter."""

    key: str
    text: str
    at: datetime
    unread: bool
    task_id: int | None
    task: str
    unit: str


def list_messages(actor: Actor) -> list[Entry]:
    """The newest of both kinds, at most `SHOWN`. A task that may not be seen now is not told."""
    rows = [(f"m{m.id}", text_of(e.name, e.data), m, m.made_at) for m, e in _latest_messages(actor.person_id)]
    rows += [
        (f"r{r.id}", _reminded(r.rung, r.due_on), r, r.made_at) for r in _latest_reminders(actor.person_id)
    ]
    newest = sorted(rows, key=lambda row: (row[3], row[0]), reverse=True)[:SHOWN]
    seen = {
        task.id: task
        for task in db.session.scalars(
            sa.select(Task)
            .where(Task.id.in_({one.task_id for _, _, one, _ in newest}), visible_to(actor))
            .options(lazyload(Task.results), joinedload(Task.lead_unit))
        )
    }
    return [
        _entry(key, text, at, one.read_at is None, seen.get(one.task_id)) for key, text, one, at in newest
    ]


def _entry(key: str, text: str, at: datetime, unread: bool, task: Task | None) -> Entry:
    if task is None:
        return Entry(key, "Nội dung khắc phục không còn thuộc phạm vi công việc", at, unread, None, "", "")
    return Entry(key, text, at, unread, task.id, task.text, task.lead_unit.name)


def _reminded(rung: str, due_on: date) -> str:
    return f"Nhắc việc: {told(rung)} {format_date(due_on)}"


def _latest_messages(person_id: int) -> Sequence[Any]:
    return db.session.execute(
        sa.select(Message, Event)
        .join(Event, Event.seq == Message.event_seq)
        .where(Message.person_id == person_id)
        .options(lazyload(Event.subjects))
        .order_by(Message.id.desc())
        .limit(SHOWN)
    ).all()


def _latest_reminders(person_id: int) -> Sequence[Reminder]:
    return db.session.scalars(
        sa.select(Reminder).where(Reminder.person_id == person_id).order_by(Reminder.id.desc()).limit(SHOWN)
    ).all()


def mark_read(key: str, *, actor: Actor) -> None:
    """One of the actor's own by its key, or "all". Raises NotFound for what is not the actor's."""
    kinds: dict[str, Any] = {"m": Message, "r": Reminder}
    now = clock.now()
    if key == "all":
        for kind in kinds.values():
            db.session.execute(
                sa.update(kind)
                .where(kind.person_id == actor.person_id, kind.read_at.is_(None))
                .values(read_at=now)
            )
        return
    kind = kinds.get(key[:1])
    if kind is None or not key[1:].isascii() or not key[1:].isdigit() or len(key) > 19:
        raise NotFound
    own = sa.and_(kind.id == int(key[1:]), kind.person_id == actor.person_id)
    if db.session.scalar(sa.select(kind.id).where(own)) is None:
        raise NotFound
    db.session.execute(sa.update(kind).where(own, kind.read_at.is_(None)).values(read_at=now))
