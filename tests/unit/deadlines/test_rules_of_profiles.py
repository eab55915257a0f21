"""Rules of a profile beside a plain count of days: inclusive, before a day, moved over days off, or not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deadlines.models import DayKind
from app.deadlines.proposals import Terms
from app.deadlines.seeds import shipped_days
from app.deadlines.working_days import Calendar, Mode, Rule, Until, explain

OFF = {entry.day for entry in shipped_days() if entry.kind is DayKind.OFF}
WORKED = {entry.day for entry in shipped_days() if entry.kind is DayKind.WORKED}
CALENDAR = Calendar(1, off=frozenset(OFF), worked=frozenset(WORKED))
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2027, 9, 30))
RULES = st.builds(
    Rule, st.integers(min_value=2, max_value=60), st.sampled_from(Mode), st.sampled_from(Until), st.booleans()
)


def plain(start: date, rule: Rule) -> date:
    """Days written down one after the other, and the last of them taken."""
    written = [start + timedelta(days=n) for n in range(1, 200)]
    open_days = [d for d in written if d not in OFF and (d.isoweekday() <= 5 or d in WORKED)]
    if rule.mode is Mode.WORKING:
        last = open_days[rule.days - 1]
    else:
        last = written[rule.days - 1]
        if rule.rolls:
            last = min(d for d in open_days if d >= last)
    return last if rule.until is Until.END else date.fromordinal(last.toordinal() - 1)


@given(DAYS, RULES)
def test_a_rule_ends_where_a_plain_count_ends(start: date, rule: Rule) -> None:
    due = rule.due_on(start, CALENDAR)
    assert due == plain(start, rule)
    assert due > start
    if rule.until is Until.END and (rule.rolls or rule.mode is Mode.WORKING):
        assert CALENDAR.is_working(due)


@given(DAYS, RULES)
def test_the_words_of_a_deadline_name_its_day(start: date, rule: Rule) -> None:
    due = rule.due_on(start, CALENDAR)
    named = due + timedelta(days=rule.until is Until.BEFORE)
    text = explain(start, rule, due)
    day, month = f"{named.day:02d}", f"{named.month:02d}" if named.month < 3 else f"{named.month}"
    assert f"ngày {day}/{month}/{named.year}" in text
    assert text.startswith("Trước ngày" if rule.until is Until.BEFORE else "Chậm nhất hết ngày")
    moved = rule.mode is Mode.CALENDAR and rule.ends_on(start, CALENDAR) > start + timedelta(days=rule.days)
    assert ("là ngày nghỉ" in text) is moved


@given(DAYS, st.integers(min_value=1, max_value=60), RULES)
def test_a_report_is_never_due_before_its_work(start: date, days: int, rule: Rule) -> None:
    terms = Terms(remediation=rule, report=Rule(0, Mode.CALENDAR, rolls=False))
    due = terms.due_on(start, days, CALENDAR)
    assert start < due <= terms.report_on(due, CALENDAR)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule(10, Mode.WORKING), "10 ngày làm việc kể từ ngày ký thông báo"),
        (
            Rule(5, Mode.CALENDAR),
            "05 ngày kể từ ngày ký thông báo; trùng ngày nghỉ thì tính đến ngày làm việc tiếp theo",
        ),
        (Rule(30, Mode.CALENDAR, rolls=False), "30 ngày kể từ ngày ký thông báo"),
        (
            Rule(10, Mode.WORKING, Until.BEFORE),
            "trước ngày cuối của 10 ngày làm việc kể từ ngày ký thông báo",
        ),
    ],
)
def test_a_profile_says_its_rule_in_one_sentence(rule: Rule, said: str) -> None:
    assert rule.since("ngày ký thông báo") == said


def test_a_term_before_a_day_leaves_at_least_one_day() -> None:
    assert Rule(20, Mode.WORKING, Until.BEFORE).of(1).days == 2
    assert Rule(20, Mode.WORKING).of(1).days == 1
