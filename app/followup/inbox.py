"""What reaches a person on screen: acts on their tasks out of the event chain, and the ladder's reminders.

Nothing is typed for it. Events become messages once, whatever is killed or run twice: the chain has an order,
and how far it was read is written together with the messages. Sentences name no person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload, lazyload

from app import clock
from app.accounts.models import Account, Appointment, AppointmentKind
from app.accounts.queries import works_at
from app.audit.models import Event, EventSubject
from app.audit.sentences import text_of
from app.errors import NotFound
from app.extensions import db
from app.findings import queries as findings
from app.findings.models import UnitProposal
from app.followup import proposed
from app.followup.models import Message, MessageCursor, Reminder
from app.followup.reminding import told
from app.policy import Actor
from app.remediation.models import Task, TaskAssignment
from app.remediation.queries import visible_to
from app.vietnamese import format_date
from app.web.paging import UNREADABLE, BadCursor, Cursor, Page, slice_page

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
SHOWN = 50
"""Entries of one page."""


def deliver_events() -> int:
    """Turn what happened since the last run into messages; the caller commits. How many were new.

    The first run only marks where the chain stands: what was before is no news.
    """
    last = db.session.scalar(sa.select(sa.func.max(Event.seq))) or 0
    cursor = db.session.get(MessageCursor, 1, with_for_update=True, populate_existing=True)
    if cursor is None:
        db.session.add(MessageCursor(id=1, seq=last))
        db.session.flush()
        return 0
    names = TO_UNIT | TO_FOLLOWER | proposed.TOLD
    told_events = sa.and_(Event.seq > cursor.seq, Event.name.in_(sorted(names)))
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
        made = _insert(_messages(rows)) + _insert(proposed.messages(cursor.seq, seqs[-1]))
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
    officers = (
        sa.select(TaskAssignment.task_id, TaskAssignment.person_id)
        .join(Task, Task.id == TaskAssignment.task_id)
        .where(
            TaskAssignment.task_id.in_(tasks),
            TaskAssignment.ended_at.is_(None),
            works_at(TaskAssignment.person_id, Task.lead_unit_id, today),
            _has_way_in(TaskAssignment.person_id),
        )
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
    return db.session.scalar(_unread(), {"person": person_id}) or 0


@cache
def _unread() -> sa.Select[int]:
    """Of :person; built once, every page asks."""
    messages, reminders = (
        sa.select(sa.func.count())
        .select_from(kind)
        .where(kind.person_id == sa.bindparam("person"), kind.read_at.is_(None))
        .scalar_subquery()
        for kind in (Message, Reminder)
    )
    return sa.select(messages + reminders)


@dataclass(frozen=True)
class Entry:
    """One line of the list, of a task or a proposal. `key` names it when it is marked; without `task_id` and
    `proposal_id` it is no longer one's matter."""

    key: str
    text: str
    at: datetime
    unread: bool
    task_id: int | None
    task: str
    unit: str
    proposal_id: int | None = None


def list_messages(actor: Actor, *, cursor: Cursor | None = None, size: int = SHOWN) -> Page[Entry]:
    """The newest of both kinds first; cursor (instant as ISO text, kind, id). Three reads of one page,
    four when it tells of proposals.

    What may not be seen now is not told. Raises BadCursor for an instant that cannot be read.
    """
    place = _place(cursor)
    acts: Any = sa.select(Message, Event).join(Event).options(lazyload(Event.subjects))
    rows: list[tuple[tuple[datetime, str, int], str, Any]] = [
        ((m.made_at, "m", m.id), text_of(e.name, e.data), m)
        for m, e in db.session.execute(_near(acts, Message, "m", actor, place, size))
    ]
    rows += [
        ((r.made_at, "r", r.id), _reminded(r.rung, r.due_on), r)
        for r in db.session.scalars(_near(sa.select(Reminder), Reminder, "r", actor, place, size))
    ]
    rows.sort(key=lambda row: row[0], reverse=not (place and place.backwards))
    rows = rows[: size + 1]
    seen = {
        task.id: task
        for task in db.session.scalars(
            sa.select(Task)
            .where(Task.id.in_({one.task_id for _, _, one in rows}), visible_to(actor))
            .options(lazyload(Task.results), joinedload(Task.lead_unit))
        )
    }
    asked = {one.proposal_id for _, _, one in rows if one.task_id is None}
    said = findings.list_visible(actor, asked) if asked else {}
    return slice_page(
        [
            _entry(f"{kind}{key}", text, at, one.read_at is None, seen.get(one.task_id))
            if one.task_id is not None
            else _of_proposal(f"{kind}{key}", text, at, one.read_at is None, said.get(one.proposal_id))
            for (at, kind, key), text, one in rows
        ],
        size=size,
        cursor=cursor,
        key=lambda entry: (entry.at.isoformat(), entry.key[0], int(entry.key[1:])),
    )


@dataclass(frozen=True)
class _Place:
    """The entry next to which a page begins."""

    at: datetime
    kind: str
    id: int
    backwards: bool


def _place(cursor: Cursor | None) -> _Place | None:
    if cursor is None:
        return None
    at, kind, key = cursor.values
    try:
        instant = datetime.fromisoformat(str(at))
    except ValueError:
        raise BadCursor(UNREADABLE) from None
    if instant.tzinfo is None:
        raise BadCursor(UNREADABLE)
    return _Place(instant, str(kind), int(key or 0), cursor.backwards)


def _near(
    query: sa.Select[Any],
    table: type[Message] | type[Reminder],
    kind: str,
    actor: Actor,
    place: _Place | None,
    size: int,
) -> sa.Select[Any]:
    """One kind of a page: of the actor's, beyond the place, in the order of the list of both kinds."""
    query = query.where(table.person_id == actor.person_id).limit(size + 1)
    if place is None:
        return query.order_by(table.made_at.desc(), table.id.desc())
    if place.backwards:
        same = table.id > place.id if kind == place.kind else sa.literal(kind > place.kind)
        beyond = sa.or_(table.made_at > place.at, sa.and_(table.made_at == place.at, same))
        return query.where(beyond).order_by(table.made_at, table.id)
    same = table.id < place.id if kind == place.kind else sa.literal(kind < place.kind)
    beyond = sa.or_(table.made_at < place.at, sa.and_(table.made_at == place.at, same))
    return query.where(beyond).order_by(table.made_at.desc(), table.id.desc())


def _entry(key: str, text: str, at: datetime, unread: bool, task: Task | None) -> Entry:
    if task is None:
        return Entry(key, "Nội dung khắc phục không còn thuộc phạm vi công việc", at, unread, None, "", "")
    return Entry(key, text, at, unread, task.id, task.text, task.lead_unit.name)


def _of_proposal(key: str, text: str, at: datetime, unread: bool, proposal: UnitProposal | None) -> Entry:
    if proposal is None:
        return Entry(key, "Kiến nghị không còn thuộc phạm vi công việc", at, unread, None, "", "")
    return Entry(key, text, at, unread, None, proposal.text, proposal.unit.name, proposal.id)


def _reminded(rung: str, due_on: date) -> str:
    return f"Nhắc việc: {told(rung)}, thời hạn {format_date(due_on)}"


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
