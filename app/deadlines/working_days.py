"""Counting days: working days and calendar days over one version of the calendar. Pure.

The day of the event is not counted (BLDS 2015 Đ147.2); a term in calendar days that ends on a day off ends
on the next working day (Đ148.5). Saturday and Sunday are days of rest; `off` adds holidays, make-up days and
swapped days, `worked` takes a Saturday or Sunday back. All dates are inclusive days in Việt Nam: "trước ngày
D" is kept as the day before D.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
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


class Until(StrEnum):
    """What the last day of a term means: it still counts, or the work is done before it."""

    END = "end"
    BEFORE = "before"


UNTIL_LABELS: dict[Until, str] = {
    Until.END: "Đến hết ngày cuối của thời hạn",
    Until.BEFORE: "Trước ngày cuối của thời hạn",
}


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
    """A term: so many days, counted in this mode, up to its last day or before it.

    `rolls`: a last day that is a day off moves to the next working day (BLDS 2015 Đ148.5); a term in working
    days never ends on a day off. "Trước ngày D" looks at D itself, so the day before it may be a day off.
    """

    days: int
    mode: Mode
    until: Until = Until.END
    rolls: bool = True

    def __post_init__(self) -> None:
        if self.days < 0:
            raise ValueError("a term is never negative")

    def of(self, days: int) -> Rule:
        """The same way of counting for another number of days; one "trước ngày" has at least two."""
        return replace(self, days=max(days, self.least))

    @property
    def least(self) -> int:
        """The fewest days that leave a day after the event."""
        return 2 if self.until is Until.BEFORE else 1

    def due_on(self, start: date, calendar: Calendar) -> date:
        """The last day (inclusive) of the term that runs from the event on `start`."""
        end = self.ends_on(start, calendar)
        return before(end) if self.until is Until.BEFORE else end

    def ends_on(self, start: date, calendar: Calendar) -> date:
        """The last day of the term, whether it still counts or not."""
        if self.mode is Mode.WORKING:
            return add_working_days(start, self.days, calendar)
        if self.rolls:
            return add_calendar_days(start, self.days, calendar)
        return start + self.days * _DAY

    @property
    def text(self) -> str:
        """ "10 ngày làm việc", "05 ngày"."""
        return f"{count(self.days)} ngày{' làm việc' if self.mode is Mode.WORKING else ''}"

    def since(self, event: str) -> str:
        """The rule as a sentence about an event: "10 ngày làm việc kể từ ngày ký thông báo"."""
        text = f"{self.text} kể từ {event}"
        if self.until is Until.BEFORE:
            text = f"trước ngày cuối của {text}"
        if self.mode is Mode.CALENDAR and self.rolls:
            text += "; trùng ngày nghỉ thì tính đến ngày làm việc tiếp theo"
        return text


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


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of a month that lacks it (BLDS 2015 Đ148.3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


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
    is_before = rule.until is Until.BEFORE
    phrase = phrase_before(due) if is_before else phrase_by(due)
    text = f"{phrase[0].upper()}{phrase[1:]} – {rule.text} kể từ ngày {format_date(start)}"
    if rule.mode is Mode.WORKING:
        return f"{text}, không tính ngày nghỉ hằng tuần và ngày lễ"
    ends = start + rule.days * _DAY
    if (due + _DAY if is_before else due) > ends:
        return f"{text}; ngày {format_date(ends)} là ngày nghỉ nên tính đến ngày làm việc tiếp theo"
    return text


@dataclass(frozen=True)
class Deadline:
    """A counted deadline with everything that must be stored beside it.

    `profile` and `step` are codes, `rule_number` the version of the profile's rule; `rule_text` is the
    explanation for people.
    """

    due_on: date
    rule_text: str
    profile: str
    calendar_version: int
    step: str
    rule: Rule
    start: date
    rule_number: int
