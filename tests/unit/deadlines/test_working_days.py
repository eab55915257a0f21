"""Working days over the calendar that ships; vectors of the year 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deadlines.models import DayKind
from app.deadlines.seeds import shipped_days
from app.deadlines.working_days import (
    Calendar,
    Mode,
    Rule,
    add_calendar_days,
    add_working_days,
    before,
    explain,
    next_working_day,
    phrase_before,
    phrase_by,
    previous_working_day,
    roll_forward,
    working_days_between,
)

SHIPPED = Calendar(
    version=1,
    off=frozenset(entry.day for entry in shipped_days() if entry.kind is DayKind.OFF),
    worked=frozenset(entry.day for entry in shipped_days() if entry.kind is DayKind.WORKED),
)
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2027, 12, 31))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 2, 12), 5, date(2026, 2, 26)),
        (date(2026, 4, 22), 10, date(2026, 5, 11)),
        (date(2026, 8, 20), 10, date(2026, 9, 7)),
        (date(2026, 8, 21), 1, date(2026, 8, 22)),
        (date(2026, 11, 20), 5, date(2026, 11, 30)),
        (date(2026, 12, 28), 5, date(2027, 1, 5)),
        (date(2026, 8, 12), 20, date(2026, 9, 11)),
    ],
)
def test_a_term_in_working_days_ends_where_the_calendar_says(start: date, days: int, due: date) -> None:
    assert add_working_days(start, days, SHIPPED) == due
    assert Rule(days, Mode.WORKING).due_on(start, SHIPPED) == due


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 2, 5), 10, date(2026, 2, 23)),
        (date(2026, 4, 20), 7, date(2026, 4, 28)),
        (date(2026, 9, 1), 10, date(2026, 9, 11)),
    ],
)
def test_a_term_in_calendar_days_rolls_over_days_off(start: date, days: int, due: date) -> None:
    assert add_calendar_days(start, days, SHIPPED) == due
    assert Rule(days, Mode.CALENDAR).due_on(start, SHIPPED) == due


def test_each_month_of_2026_has_the_published_number_of_working_days() -> None:
    counted = [0] * 12
    day = date(2026, 1, 1)
    while day.year == 2026:
        counted[day.month - 1] += SHIPPED.is_working(day)
        day += timedelta(days=1)
    assert counted == [21, 15, 22, 20, 20, 22, 23, 21, 20, 22, 20, 23]


@given(DAYS, st.integers(min_value=1, max_value=80))
def test_counting_on_and_counting_between_agree(start: date, days: int) -> None:
    due = add_working_days(start, days, SHIPPED)
    assert SHIPPED.is_working(due)
    assert working_days_between(start, due, SHIPPED) == days


@given(DAYS, st.integers(min_value=0, max_value=80))
def test_a_longer_term_never_ends_earlier(start: date, days: int) -> None:
    assert add_working_days(start, days, SHIPPED) <= add_working_days(start, days + 1, SHIPPED)
    assert add_calendar_days(start, days, SHIPPED) <= add_calendar_days(start, days + 1, SHIPPED)


def test_no_working_day_lies_between_a_day_and_an_earlier_one() -> None:
    assert working_days_between(date(2026, 9, 23), date(2026, 9, 23), SHIPPED) == 0
    assert working_days_between(date(2026, 9, 23), date(2026, 9, 1), SHIPPED) == 0
    assert working_days_between(date(2026, 9, 23), date(2026, 9, 30), SHIPPED) == 5


def test_neighbouring_working_days_jump_over_tet() -> None:
    assert next_working_day(date(2026, 2, 13), SHIPPED) == date(2026, 2, 23)
    assert previous_working_day(date(2026, 2, 23), SHIPPED) == date(2026, 2, 13)
    assert roll_forward(date(2026, 2, 14), SHIPPED) == date(2026, 2, 23)
    assert roll_forward(date(2026, 2, 13), SHIPPED) == date(2026, 2, 13)


def test_a_swapped_saturday_is_worked_and_its_monday_is_not() -> None:
    assert SHIPPED.is_working(date(2026, 8, 22))
    assert not SHIPPED.is_working(date(2026, 8, 31))
    assert not SHIPPED.is_working(date(2026, 8, 29))


def test_a_day_named_both_off_and_worked_is_off() -> None:
    day = date(2026, 10, 10)
    assert not Calendar(9, off=frozenset({day}), worked=frozenset({day})).is_working(day)


def test_nought_days_end_on_the_day_itself_or_the_next_working_day() -> None:
    assert add_working_days(date(2026, 9, 23), 0, SHIPPED) == date(2026, 9, 23)
    assert add_working_days(date(2026, 9, 26), 0, SHIPPED) == date(2026, 9, 28)


@pytest.mark.parametrize("add", [add_working_days, add_calendar_days])
def test_a_negative_term_is_refused(add: object) -> None:
    assert callable(add)
    with pytest.raises(ValueError, match="never negative"):
        add(date(2026, 9, 23), -1, SHIPPED)


def test_a_negative_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        Rule(-1, Mode.WORKING)


def test_before_a_day_means_the_day_before_inclusive() -> None:
    assert before(date(2026, 9, 30)) == date(2026, 9, 29)
    assert phrase_before(date(2026, 9, 29)) == "trước ngày 30/9/2026"
    assert phrase_by(date(2026, 9, 11)) == "chậm nhất hết ngày 11/9/2026 (thứ Sáu)"


def test_a_deadline_in_working_days_is_explained_in_words() -> None:
    assert explain(date(2026, 8, 12), Rule(20, Mode.WORKING), date(2026, 9, 11)) == (
        "Chậm nhất hết ngày 11/9/2026 (thứ Sáu) – 20 ngày làm việc kể từ ngày 12/8/2026, "
        "không tính ngày nghỉ hằng tuần và ngày lễ"
    )


def test_a_deadline_in_calendar_days_says_when_it_was_rolled() -> None:
    assert explain(date(2026, 2, 5), Rule(10, Mode.CALENDAR), date(2026, 2, 23)) == (
        "Chậm nhất hết ngày 23/02/2026 (thứ Hai) – 10 ngày kể từ ngày 05/02/2026; "
        "ngày 15/02/2026 là ngày nghỉ nên tính đến ngày làm việc tiếp theo"
    )
    assert explain(date(2026, 9, 1), Rule(7, Mode.CALENDAR), date(2026, 9, 8)) == (
        "Chậm nhất hết ngày 08/9/2026 (thứ Ba) – 07 ngày kể từ ngày 01/9/2026"
    )
