"""The follow-up table as a month: what falls on each day, by the query and the filters of the table."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app import clock
from app.deadlines import queries as deadlines
from app.extensions import db
from app.followup import conditions
from app.followup.filters import Filters, conditions_of
from app.followup.queries import name_of
from app.policy import Actor
from app.remediation.models import Task

SHOWN = 4
"""Lines of a day; the table shows the others."""
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True)
class Entry:
    """One task on its day. `review`: it has no date, it is looked at again then; `late`: owed, past it."""

    id: int
    code: str
    unit: str
    text: str
    review: bool
    late: bool


@dataclass(frozen=True)
class Day:
    """A day of the month: how many fall on it, how many of them are overdue, and the first `SHOWN`."""

    on: date
    working: bool
    many: int = 0
    late: int = 0
    entries: tuple[Entry, ...] = ()

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.many - len(self.entries)


@dataclass(frozen=True)
class Month:
    """Weeks from Monday; None where a week reaches into the next month."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]
    total: int
    late: int

    @property
    def before(self) -> str | None:
        """The month before, as an address names it; None at the first one there is."""
        day = self.first - timedelta(days=1)
        return name_of_month(day) if day.year >= FIRST_YEAR else None

    @property
    def after(self) -> str | None:
        """The next month; None at the last one."""
        day = self.first + timedelta(days=31)
        return name_of_month(day) if day.year <= LAST_YEAR else None


def name_of_month(day: date) -> str:
    """“2026-09”."""
    return f"{day.year}-{day.month:02d}"


def read_month(text: str) -> date:
    """The first day of the month an address names; of this month where it names none."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return clock.today().replace(day=1)
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else clock.today().replace(day=1)


def month(actor: Actor, filters: Filters, first: date) -> Month:
    """The month that begins on `first`: every day counted and its first lines, by one SELECT."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    rows = db.session.execute(_month(actor, filters, first, last, clock.today())).all()
    working = deadlines.current_calendar()
    found: dict[date, Day] = {}
    for row in rows:
        entry = Entry(row.id, row.code, row.unit or "", row.text, not row.dated, bool(row.is_late))
        before = found[row.day].entries if row.day in found else ()
        found[row.day] = Day(row.day, working.is_working(row.day), row.many, row.late, (*before, entry))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    whole = [found.get(on) or Day(on, working.is_working(on)) for on in days]
    cells: list[Day | None] = [*[None] * first.weekday(), *whole, *[None] * (6 - last.weekday())]
    return Month(
        first,
        tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7)),
        total=sum(of.many for of in whole),
        late=sum(of.late for of in whole),
    )


@lru_cache(maxsize=64)
def _month(actor: Actor, filters: Filters, first: date, last: date, today: date) -> sa.Select[Any]:
    """The first lines of every day beside its counts; each day's lines are found in the index by themselves.

    Built once a day for each person, filter and month.
    """
    met, late = conditions_of(actor, filters), Task.judged_on < today
    counted = (
        sa.select(
            Task.falls_on.label("day"),
            sa.func.count().label("many"),
            sa.func.sum(sa.case((late, 1), else_=0)).label("late"),
        )
        .where(*met, Task.falls_on.between(first, last))
        .group_by(Task.falls_on)
        .subquery("counted")
    )
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    shown = [
        sa.select(
            sa.select(Task.id)
            .where(*met, Task.falls_on == day)
            .order_by(Task.id)
            .limit(SHOWN)
            .subquery()
            .c.id
        )
        for day in days
    ]
    return (
        sa.select(
            counted, Task.id, Task.code, Task.text, conditions.HAS_DATE.label("dated"), late.label("is_late"),
            name_of(Task.lead_unit_id, today).label("unit"),
        )
        .join(counted, counted.c.day == Task.falls_on)
        .where(Task.id.in_(sa.union_all(*shown)))
        .order_by(counted.c.day, Task.id)
    )  # fmt: skip
