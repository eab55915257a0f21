"""Who is to be reminded of what on a day: once for each rung, date and person, however often it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload, lazyload

from app import clock
from app.accounts.models import Account, Appointment, AppointmentKind
from app.deadlines import queries as deadlines
from app.deadlines.settings import REMIND_BEFORE, REMIND_EVERY
from app.deadlines.working_days import Calendar
from app.extensions import db
from app.followup.ladder import Ladder, Rung, last_rung
from app.followup.models import Reminder
from app.policy import Actor
from app.remediation.models import Extension, Task, TaskAssignment, TaskState
from app.remediation.queries import DATED_KINDS, OWED_STATES, visible_to
from app.vietnamese import count
from app.web.paging import Cursor, Page, slice_page

DEFAULT_PROFILE = "noi_bo_cchc"
_LONGEST_WARNING = timedelta(days=75)
"""More than the largest number of days before a date that the settings take, with days off before it."""
_OWED = sa.and_(Task.state.in_((*OWED_STATES, TaskState.WATCHING)), Task.deadline_kind.in_(DATED_KINDS))


@dataclass(frozen=True)
class Due:
    """A reminder that somebody is to get: the task, the person, the date and the rung it has reached."""

    task_id: int
    person_id: int
    due_on: date
    rung: str
    rung_on: date


def ladder_of(profile: str, on: date) -> Ladder:
    """The ladder of a profile as the office has set it; tasks of the past have none of their own."""
    code = profile if profile in REMIND_BEFORE else DEFAULT_PROFILE
    before = deadlines.setting(REMIND_BEFORE[code], on)
    return Ladder(
        tuple(int(days) for days in before.split(", ") if days), deadlines.setting(REMIND_EVERY[code], on)
    )


def remind(today: date) -> int:
    """Write every reminder that is due and was not written; how many. Nobody is reminded on a day off."""
    calendar = deadlines.current_calendar(today)
    if not calendar.is_working(today):
        return 0
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    columns = ["task_id", "person_id", "due_on", "rung", "rung_on", "made_at"]
    now = sa.literal(clock.now(), Reminder.made_at.type)
    before = _written()
    for term, profile, rung in _reached(today, calendar):
        chosen = _chosen(today, term, profile, rung).add_columns(now)
        db.session.execute(insert(Reminder).from_select(columns, chosen).on_conflict_do_nothing())
    return _written() - before


def _written() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Reminder)) or 0


def list_due(today: date) -> list[Due]:
    """What `remind` would write on that day, in a fixed order; writes nothing."""
    calendar = deadlines.current_calendar(today)
    if not calendar.is_working(today):
        return []
    found = [
        Due(*row)
        for term, profile, rung in _reached(today, calendar)
        for row in db.session.execute(_chosen(today, term, profile, rung))
    ]
    return sorted(found, key=lambda due: (due.person_id, due.due_on, due.task_id, due.rung))


def _reached(today: date, calendar: Calendar) -> list[tuple[date, str, Rung]]:
    """Every date that open tasks have, by profile, with the rung it has reached by today."""
    ladders: dict[str, Ladder] = {}
    found = []
    for term, profile in db.session.execute(
        sa.select(Task.term, Task.profile)
        .where(_OWED, Task.term <= today + _LONGEST_WARNING)
        .group_by(Task.term, Task.profile)
        .order_by(Task.term, Task.profile)
    ).all():
        if term is None:
            continue
        if profile not in ladders:
            ladders[profile] = ladder_of(profile, today)
        rung = last_rung(term, ladders[profile], calendar, today)
        if rung is not None:
            found.append((term, profile, rung))
    return found


def _chosen(today: date, term: date, profile: str, rung: Rung) -> sa.Select[Any]:
    """Tasks of this date × who answers for them, as far as they were not reminded of this rung or a later.

    What was already past when the date was given is no reminder: the notice, or the extension, told it.
    """
    people = _people(today)
    told = sa.exists().where(
        Reminder.task_id == Task.id,
        Reminder.person_id == people.c.person_id,
        Reminder.due_on == term,
        Reminder.rung_on >= rung.on,
    )
    moved = sa.exists().where(
        Extension.task_id == Task.id, Extension.new_due_on == Task.due_on, Extension.decided_on >= rung.on
    )
    day = sa.Date()
    return (
        sa.select(
            Task.id,
            people.c.person_id,
            sa.literal(term, day),
            sa.literal(rung.key),
            sa.literal(rung.on, day),
        )
        .join(people, people.c.task_id == Task.id)
        .where(
            _OWED,
            Task.term == term,
            Task.profile == profile,
            sa.or_(Task.issued_on.is_(None), Task.issued_on < rung.on),
            ~told,
            ~moved,
        )
        .order_by(Task.id, people.c.person_id)
    )


def _people(today: date) -> sa.Subquery[Any]:
    """(task_id, person_id): the head of the leading unit and whoever was given the task, with a way in."""
    active = sa.exists().where(Account.person_id == Appointment.person_id, Account.active)
    heads = (
        sa.select(Task.id.label("task_id"), Appointment.person_id.label("person_id"))
        .join(Appointment, Appointment.unit_id == Task.lead_unit_id)
        .where(
            Appointment.kind == AppointmentKind.HEAD,
            Appointment.from_on <= today,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
            active,
        )
    )
    officers = sa.select(TaskAssignment.task_id, TaskAssignment.person_id).where(
        TaskAssignment.ended_at.is_(None),
        sa.exists().where(Account.person_id == TaskAssignment.person_id, Account.active),
    )
    return heads.union(officers).subquery("people")


def list_reminders(
    actor: Actor, *, task_id: int | None = None, cursor: Cursor | None = None, size: int = 50
) -> Page[Reminder]:
    """The latest first: of the tasks that the office may see, or one's own. Cursor: (id)."""
    mine = Reminder.person_id == actor.person_id
    seen = Reminder.task_id.in_(sa.select(Task.id).where(visible_to(actor)))
    query = (
        sa.select(Reminder)
        .where(seen if actor.in_office else mine)
        .options(
            joinedload(Reminder.task).options(lazyload(Task.results), joinedload(Task.lead_unit)),
            joinedload(Reminder.person),
            joinedload(Reminder.mail),
        )
    )
    if task_id is not None:
        query = query.where(Reminder.task_id == task_id)
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        key = int(cursor.values[0] or 0)
        query = query.where(Reminder.id > key if backwards else Reminder.id < key)
    rows = db.session.scalars(
        query.order_by(Reminder.id if backwards else Reminder.id.desc()).limit(size + 1)
    ).all()
    return slice_page(rows, size=size, cursor=cursor, key=lambda row: (row.id,))


def told(rung: str) -> str:
    """“trước 07 ngày”, “đến hạn”, “quá hạn 05 ngày làm việc”."""
    name, _, days = rung.partition("-")
    if name == "before":
        return f"trước {count(int(days))} ngày"
    return f"quá hạn {count(int(days))} ngày làm việc" if days else "đến hạn"
