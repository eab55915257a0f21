"""Who is to be reminded of what on a day: once for each rung, date and person, however often it runs.

Dates of tasks here; answers and steps of schedules beside them in `besides`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload, lazyload

from app import clock
from app.accounts.models import Account, Appointment, AppointmentKind
from app.accounts.queries import works_at
from app.deadlines import queries as deadlines
from app.deadlines.settings import REMIND_BEFORE, REMIND_EVERY
from app.deadlines.working_days import Calendar
from app.extensions import db
from app.followup import besides
from app.followup.ladder import Ladder, Rung, last_rung
from app.followup.models import Reminder, was_reached
from app.policy import Actor
from app.remediation.models import Extension, Task, TaskAssignment
from app.remediation.queries import HAS_TERM, URGED_STATES, visible_to
from app.vietnamese import count
from app.web.paging import Cursor, Page, slice_page

DEFAULT_PROFILE = "noi_bo_cchc"
_AT_ONCE = 100
"""Dates in one statement, and reminders of so many dates in one transaction: others write in between."""
_LONGEST_WARNING = timedelta(days=75)
"""More than the largest number of days before a date that the settings take, with days off before it."""
_OWED = sa.and_(Task.state.in_(URGED_STATES), HAS_TERM)


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
    return sum(remind_in_parts(today))


def remind_in_parts(today: date) -> Iterator[int]:
    """The same, how many of some dates at a time; the caller may commit after each."""
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    columns = ["task_id", "person_id", "due_on", "rung", "rung_on", "made_at"]
    now = sa.literal(clock.now(), Reminder.made_at.type)
    for chosen in _chosen(today):
        last = db.session.scalar(sa.select(sa.func.max(Reminder.id))) or 0
        new = insert(Reminder.__table__).from_select(columns, chosen.add_columns(now))
        db.session.execute(new.on_conflict_do_nothing())
        yield db.session.scalar(sa.select(sa.func.count(Reminder.id)).where(Reminder.id > last)) or 0


def list_due(today: date) -> list[Due]:
    """What `remind` would write on that day, in a fixed order; writes nothing."""
    found = [Due(*row) for chosen in _chosen(today) for row in db.session.execute(chosen)]
    return sorted(found, key=lambda due: (due.person_id, due.due_on, due.task_id, due.rung))


@dataclass(frozen=True)
class Reached:
    """The rung that a date has reached on a day under the ladder of a profile."""

    term: date
    profile: str
    rung: Rung


def reached_on(today: date, calendar: Calendar) -> list[Reached]:
    """Every date that open tasks have, as far as it reached a rung; none on a day off. Oldest date first."""
    if not calendar.is_working(today):
        return []
    ladders: dict[str, Ladder] = {}
    found = []
    for term, profile in db.session.execute(
        sa.select(Task.term, Task.profile)
        .where(_OWED, Task.term <= today + _LONGEST_WARNING)
        .group_by(Task.term, Task.profile)
        .order_by(Task.term, Task.profile)
    ).all():
        assert term is not None, "a date is at most some day"
        if profile not in ladders:
            ladders[profile] = ladder_of(profile, today)
        rung = last_rung(term, ladders[profile], calendar, today)
        if rung is not None:
            found.append(Reached(term, profile, rung))
    return found


def in_parts(reached: Sequence[Reached]) -> Iterator[sa.CTE]:
    """The same as rows (term, profile, rung, rung_on) for statements, as many at once as a database takes."""
    for begin in range(0, len(reached), _AT_ONCE):
        rows = [(r.term, r.profile, r.rung.key, r.rung.on) for r in reached[begin : begin + _AT_ONCE]]
        yield (
            sa.values(
                sa.column("term", sa.Date()),
                sa.column("profile", sa.Text()),
                sa.column("rung", sa.Text()),
                sa.column("rung_on", sa.Date()),
            )
            .data(rows)
            .cte("reached")
        )


def not_told_before(rung: sa.CTE) -> sa.ColumnElement[bool]:
    """The rung came after the date was given: what was past by then the notice, or the extension, told."""
    moved = sa.exists().where(
        Extension.task_id == Task.id,
        Extension.new_due_on == Task.due_on,
        Extension.decided_on >= rung.c.rung_on,
    )
    return sa.and_(sa.or_(Task.issued_on.is_(None), Task.issued_on < rung.c.rung_on), ~moved)


def _chosen(today: date) -> Iterator[sa.Select[Any]]:
    """Tasks on a rung × who answers for them, as far as they were not told of this rung or a later one.

    Nobody is told that something from an old table is late; its date is reminded of until it has come.
    """
    calendar = deadlines.current_calendar(today)
    for rung in in_parts(reached_on(today, calendar)):
        yield _of(today, rung)
    yield from besides.chosen(today, calendar, ladder_of, people_of)


def _of(today: date, rung: sa.CTE) -> sa.Select[Any]:
    on_rung = (
        sa.select(Task.id.label("task_id"))
        .join(rung, sa.and_(rung.c.term == Task.term, rung.c.profile == Task.profile))
        .where(_OWED)
    )
    people = people_of(today, on_rung)
    told = sa.exists().where(
        Reminder.task_id == Task.id,
        Reminder.person_id == people.c.person_id,
        Reminder.due_on == rung.c.term,
        was_reached(Reminder, rung, today),
        sa.not_(besides.is_beside()),
    )
    passed = sa.and_(Task.converted.is_(True), rung.c.term < today)
    return (
        sa.select(Task.id, people.c.person_id, rung.c.term, rung.c.rung, rung.c.rung_on)
        .join(rung, sa.and_(rung.c.term == Task.term, rung.c.profile == Task.profile))
        .join(people, people.c.task_id == Task.id)
        .where(_OWED, ~passed, not_told_before(rung), ~told)
        .order_by(Task.id, people.c.person_id)
    )


def people_of(today: date, tasks: sa.Select[Any]) -> sa.Subquery[Any]:
    """(task_id, person_id) of these tasks (SELECT task_id): the head of the leading unit and whoever was
    given the task, with a way in."""

    def active(person: Any) -> sa.ColumnElement[bool]:
        return sa.exists().where(Account.person_id == person, Account.active)

    heads = (
        tasks.add_columns(Appointment.person_id.label("person_id"))
        .join(Appointment, Appointment.unit_id == Task.lead_unit_id)
        .where(
            Appointment.kind == AppointmentKind.HEAD,
            Appointment.from_on <= today,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
            active(Appointment.person_id),
        )
    )
    officers = (
        sa.select(TaskAssignment.task_id, TaskAssignment.person_id)
        .join(Task, Task.id == TaskAssignment.task_id)
        .where(
            TaskAssignment.ended_at.is_(None),
            works_at(TaskAssignment.person_id, Task.lead_unit_id, today),
            active(TaskAssignment.person_id),
        )
    )
    return heads.union(officers).subquery("people")


def list_reminders(
    actor: Actor, *, task_id: int | None = None, cursor: Cursor | None = None, size: int = 50
) -> Page[Reminder]:
    """The latest first: of the tasks that the office may see, or one's own. Cursor: (id)."""
    mine = Reminder.person_id == actor.person_id
    seen = sa.exists().where(Task.id == Reminder.task_id, visible_to(actor))
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
    """“trước 07 ngày”, “đến hạn”, “quá hạn 05 ngày làm việc”, “trả lời yêu cầu, đến hạn”."""
    kind, own = besides.split(rung)
    name, _, days = own.partition("-")
    if name == "before":
        when = f"trước {count(int(days))} ngày"
    else:
        when = f"quá hạn {count(int(days))} ngày làm việc" if days else "đến hạn"
    return besides.TOLD.get(kind, "") + when


def reminded_of(task: Task) -> str | None:
    """Why an entered task stands: people were reminded of it."""
    told = db.session.scalar(sa.select(Reminder.id).where(Reminder.task_id == task.id).limit(1))
    return (
        "Nội dung này đã được nhắc việc nên không bỏ được. Rút nội dung và nêu lý do."
        if told is not None
        else None
    )
