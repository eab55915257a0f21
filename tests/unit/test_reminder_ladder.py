"""The rungs of a deadline: which one has been reached by a day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.deadlines.working_days import Calendar, working_days_between
from app.followup.ladder import LONGEST, Ladder, last_rung

CALENDAR = Calendar(
    1, off=frozenset({date(2026, 9, 1), date(2026, 9, 2)}), worked=frozenset({date(2026, 8, 22)})
)
LADDER = Ladder((7, 3), 5)
DUE = date(2026, 9, 30)


def reached(today: date, due_on: date = DUE, ladder: Ladder = LADDER) -> str:
    rung = last_rung(due_on, ladder, CALENDAR, today)
    return rung.key if rung is not None else ""


def test_the_rungs_of_a_date_come_one_after_the_other() -> None:
    days = [
        date(2026, 9, 22),
        date(2026, 9, 23),
        date(2026, 9, 24),
        date(2026, 9, 25),
        DUE,
        date(2026, 10, 1),
    ]
    assert [reached(day) for day in days] == ["", "before-7", "before-7", "before-3", "due", "due"]
    assert reached(date(2026, 10, 6)) == "due" and reached(date(2026, 10, 7)) == "over-5"
    assert reached(date(2026, 10, 14)) == "over-10"


def test_a_warning_that_falls_on_a_day_off_comes_before_it() -> None:
    rung = last_rung(DUE, LADDER, CALENDAR, date(2026, 9, 29))
    assert rung is not None and rung.on == date(2026, 9, 25), "the 27th is a Sunday"


def test_without_warnings_the_day_itself_is_the_first_rung() -> None:
    assert reached(date(2026, 9, 29), ladder=Ladder((), 5)) == ""
    assert reached(DUE, ladder=Ladder((), 5)) == "due"


def test_after_a_year_nobody_is_reminded_any_more() -> None:
    assert reached(date(2029, 1, 1)) == f"over-{LONGEST}"


@given(st.dates(date(2026, 1, 1), date(2027, 6, 30)), st.integers(-20, 300))
def test_a_later_day_never_stands_on_an_earlier_rung(due_on: date, after: int) -> None:
    today = due_on + timedelta(days=after)
    now, tomorrow = (last_rung(due_on, LADDER, CALENDAR, day) for day in (today, today + timedelta(days=1)))
    if now is not None:
        assert (now.on <= today and CALENDAR.is_working(now.on)) or now.key == "due"
        assert tomorrow is not None and tomorrow.on >= now.on
    if now is not None and now.key.startswith("over-"):
        assert working_days_between(due_on, now.on, CALENDAR) == int(now.key.removeprefix("over-"))
