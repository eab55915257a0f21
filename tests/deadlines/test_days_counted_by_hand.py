"""Every start day of 2024–2028, terms of 0 to 60 days, three calendars: the product beside a plain count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from app.deadlines.models import DayKind
from app.deadlines.seeds import shipped_days
from app.deadlines.working_days import (
    Calendar,
    add_calendar_days,
    add_working_days,
    working_days_between,
)

FIRST, LAST, LONGEST = date(2024, 1, 1), date(2028, 12, 31), 60
SHIPPED = {kind: frozenset(e.day for e in shipped_days() if e.kind is kind) for kind in DayKind}
CALENDARS = {
    "shipped": (SHIPPED[DayKind.OFF], SHIPPED[DayKind.WORKED]),
    "weekends only": (frozenset[date](), frozenset[date]()),
    "odd": (
        # a fortnight off in a row, a single Wednesday, and Saturdays that are worked, one beside a day off
        frozenset({date(2026, 2, 9) + timedelta(days=n) for n in range(14)} | {date(2027, 6, 16)}),
        frozenset(date(year, 1, 1) + timedelta(days=n) for year in (2025, 2026) for n in range(365)
                  if (date(year, 1, 1) + timedelta(days=n)).weekday() == 5 and n % 3 == 0),
    ),
}  # fmt: skip


def days_from(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = date.fromordinal(first.toordinal() + 1)


@pytest.mark.parametrize("named", CALENDARS)
def test_every_term_ends_where_a_plain_count_ends(named: str) -> None:
    off, worked = CALENDARS[named]
    calendar = Calendar(1, off=off, worked=worked)
    end = LAST + timedelta(days=LONGEST * 3)
    open_days = [d for d in days_from(FIRST, end) if d not in off and (d.isoweekday() < 6 or d in worked)]
    place = 0
    for start in days_from(FIRST, LAST):
        while open_days[place] < start:
            place += 1
        # `place`: the first open day that is not before the start
        after = place + (open_days[place] == start)
        later = place
        for term in range(LONGEST + 1):
            counted = open_days[place] if term == 0 else open_days[after + term - 1]
            assert add_working_days(start, term, calendar) == counted, (start, term)
            if term:
                assert working_days_between(start, counted, calendar) == term, (start, term)
            target = start.toordinal() + term
            while open_days[later].toordinal() < target:
                later += 1
            assert add_calendar_days(start, term, calendar) == open_days[later], (start, term)
