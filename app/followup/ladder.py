"""The ladder of reminders of one deadline: before it, on the day, and again while it is overdue. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.deadlines.working_days import Calendar, add_working_days, previous_working_day

LONGEST = 250
"""Working days after which an overdue date is no longer reminded of: by then it is a leader's matter."""


@dataclass(frozen=True)
class Ladder:
    """`before`: calendar days before the date; `every`: working days between reminders once it is overdue."""

    before: tuple[int, ...]
    every: int


@dataclass(frozen=True)
class Rung:
    """One step: its name, the working day from which it holds, which one it is while overdue (0 = none)."""

    key: str
    on: date
    overdue_step: int = 0


def last_rung(due_on: date, ladder: Ladder, calendar: Calendar, today: date) -> Rung | None:
    """The rung that has been reached by `today`; None before the first.

    A day before the date that is a day off counts on the working day before it, so that it warns in time.
    """
    if today < due_on:
        reached = [
            Rung(f"before-{days}", on)
            for days in ladder.before
            if (on := _worked(due_on - timedelta(days=days), calendar)) <= today
        ]
        return max(reached, key=lambda rung: rung.on, default=None)
    found = Rung("due", due_on)
    day = due_on
    for passed in range(ladder.every, LONGEST + 1, ladder.every):
        day = add_working_days(day, ladder.every, calendar)
        if day > today:
            break
        found = Rung(f"over-{passed}", day, passed // ladder.every)
    return found


def _worked(day: date, calendar: Calendar) -> date:
    return day if calendar.is_working(day) else previous_working_day(day, calendar)
