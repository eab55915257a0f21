"""Counting days: working days and calendar days over one version of the calendar. Pure.

The day of the event is not counted (BLDS 2015 Đ147.2); a term in calendar days that ends on a day off ends
on the next working day (Đ148.5). Saturday and Sunday are days of rest; `off` adds holidays, make-up days and
swapped days, `worked` takes a Saturday or Sunday back. All dates are inclusive days in Việt Nam.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.vietnamese import count, format_date, weekday

_DAY = timedelta(days=1)
_SATURDAY = 5


class Mode(StrEnum):
    """How the days of a term are counted."""

    WORKING = "working"
    CALENDAR = "calendar"


MODE_LABELS: dict[Mode, str] = {Mode.WORKING: "Ngày làm việc", Mode.CALENDAR: "Ngày"}


@dataclass(frozen=True)
class Calendar:
    """One published version: days off besides the weekly rest, and days of rest that are worked."""

    version: int
    off: frozenset[date]
    worked: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`. A day named in both sets is a day off."""
        if day in self.off:
            return False
        return day.weekday() < _SATURDAY or day in self.worked


@dataclass(frozen=True)
class Rule:
    """A term: so many days, counted in this mode."""

    days: int
    mode: Mode

    def __post_init__(self) -> None:
        if self.days < 0:
            raise ValueError("a term is never negative")

    def due_on(self, start: date, calendar: Calendar) -> date:
        """The last day (inclusive) of the term that runs from the event on `start`."""
        count_on = add_working_days if self.mode is Mode.WORKING else add_calendar_days
        return count_on(start, self.days, calendar)

    @property
    def text(self) -> str:
        """ "10 ngày làm việc", "05 ngày"."""
        return f"{count(self.days)} ngày{' làm việc' if self.mode is Mode.WORKING else ''}"


def roll_forward(day: date, calendar: Calendar) -> date:
    """`day` itself when it is worked, else the first working day after it."""
    while not calendar.is_working(day):
        day += _DAY
    return day


def next_working_day(day: date, calendar: Calendar) -> date:
    """The first working day strictly after `day`."""
    return roll_forward(day + _DAY, calendar)


def previous_working_day(day: date, calendar: Calendar) -> date:
    """The last working day strictly before `day`."""
    day -= _DAY
    while not calendar.is_working(day):
        day -= _DAY
    return day


def add_working_days(start: date, n: int, cal: Calendar) -> date:
    """The n-th working day after `start`, which is not counted.

    Nought days give `start`, or the next working day when nobody works then. ValueError when `n` < 0.
    """
    if n < 0:
        raise ValueError("a term is never negative")
    day = start
    for _ in range(n):
        day = next_working_day(day, cal)
    return roll_forward(day, cal)


def add_calendar_days(start: date, n: int, cal: Calendar) -> date:
    """`n` days after `start` (not counted); on a day off, the next working day. ValueError when `n` < 0."""
    if n < 0:
        raise ValueError("a term is never negative")
    return roll_forward(start + n * _DAY, cal)


def working_days_between(start: date, end: date, cal: Calendar) -> int:
    """How many working days lie after `start` up to and including `end`; 0 when `end` is not after `start`.

    So `working_days_between(s, add_working_days(s, n, cal), cal) == n` for n ≥ 1.
    """
    return sum(cal.is_working(start + i * _DAY) for i in range(1, (end - start).days + 1))


def before(day: date) -> date:
    """The inclusive deadline that a paper means by "trước ngày `day`": the day before."""
    return day - _DAY


def phrase_before(due: date) -> str:
    """An inclusive deadline in the other manner of papers: "trước ngày 12/9/2026" for 11/9/2026."""
    return f"trước ngày {format_date(due + _DAY)}"


def phrase_by(due: date) -> str:
    """An inclusive deadline in words: "chậm nhất hết ngày 11/9/2026 (thứ Sáu)"."""
    return f"chậm nhất hết ngày {format_date(due)} ({weekday(due)})"


def explain(start: date, rule: Rule, due: date) -> str:
    """The deadline in words and how it was counted.

    "Chậm nhất hết ngày 11/9/2026 (thứ Sáu) – 20 ngày làm việc kể từ ngày 12/8/2026, không tính ngày nghỉ hằng
    tuần và ngày lễ". Takes the stored date, so that a later calendar never changes what is read.
    """
    phrase = phrase_by(due)
    text = f"{phrase[0].upper()}{phrase[1:]} – {rule.text} kể từ ngày {format_date(start)}"
    if rule.mode is Mode.WORKING:
        return f"{text}, không tính ngày nghỉ hằng tuần và ngày lễ"
    ends = start + rule.days * _DAY
    if due > ends:
        return f"{text}; ngày {format_date(ends)} là ngày nghỉ nên tính đến ngày làm việc tiếp theo"
    return text


@dataclass(frozen=True)
class Deadline:
    """A counted deadline with everything that must be stored beside it.

    `profile` and `step` are codes; `rule_text` is the explanation for people.
    """

    due_on: date
    rule_text: str
    profile: str
    calendar_version: int
    step: str
    rule: Rule
    start: date
