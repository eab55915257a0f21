"""Gathering proposed terms into at most three milestones."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deadlines.badge import DeadlineKind
from app.deadlines.proposals import (
    Item,
    Milestone,
    MilestoneKind,
    Terms,
    move,
    propose,
    restart,
    undated,
)
from app.deadlines.working_days import Calendar, Mode, Rule, add_working_days

CALENDAR = Calendar(
    1,
    off=frozenset({date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2)}),
    worked=frozenset({date(2026, 8, 22)}),
)
ISSUED = date(2026, 8, 12)
NINE = [Item(f"F{number}", days) for number, days in enumerate((10, 3, 5, 15, 30, 20, 3, 45, None), start=1)]


def test_nine_terms_become_three_milestones_with_report_dates() -> None:
    assert propose(NINE, ISSUED, CALENDAR) == (
        Milestone(MilestoneKind.NOW, 5, date(2026, 8, 19), date(2026, 8, 22), ("F2", "F3", "F7")),
        Milestone(MilestoneKind.COMMON, 20, date(2026, 9, 11), date(2026, 9, 16), ("F1", "F4", "F6", "F9")),
        Milestone(MilestoneKind.LONG, 45, date(2026, 10, 16), date(2026, 10, 21), ("F5", "F8")),
    )


def test_one_milestone_holds_everything_by_the_longest_term() -> None:
    (only,) = propose(NINE, ISSUED, CALENDAR, 1)
    assert only.kind is MilestoneKind.COMMON
    assert only.days == 45
    assert only.keys == tuple(f"F{number}" for number in range(1, 10))


def test_two_milestones_join_the_pair_that_waits_least() -> None:
    now_and_common = [Item("A", 5), Item("B", 10), Item("C", 90)]
    kinds = [(m.kind, m.keys) for m in propose(now_and_common, ISSUED, CALENDAR, 2)]
    assert kinds == [(MilestoneKind.COMMON, ("A", "B")), (MilestoneKind.LONG, ("C",))]
    common_and_long = [Item("A", 3), Item("B", 20), Item("C", 25)]
    kinds = [(m.kind, m.keys) for m in propose(common_and_long, ISSUED, CALENDAR, 2)]
    assert kinds == [(MilestoneKind.NOW, ("A",)), (MilestoneKind.COMMON, ("B", "C"))]


def test_at_once_goes_before_what_the_criterion_proposes() -> None:
    (only,) = propose([Item("A", 30, DeadlineKind.AT_ONCE)], ISSUED, CALENDAR)
    assert (only.kind, only.days) == (MilestoneKind.NOW, 5)


def test_continuing_and_conditional_items_have_no_milestone() -> None:
    watched = Item("A", 10, DeadlineKind.CONTINUING)
    waiting = Item("B", None, DeadlineKind.CONDITIONAL)
    assert propose([watched, waiting], ISSUED, CALENDAR) == ()
    assert undated([watched, Item("C", 5), waiting]) == (watched, waiting)


@given(
    st.lists(st.one_of(st.none(), st.integers(1, 120)), max_size=25),
    st.integers(1, 3),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_nobody_gets_less_time_and_every_item_is_in_one_milestone(
    days: list[int | None], most: int, start: date
) -> None:
    items = [Item(str(number), each) for number, each in enumerate(days)]
    milestones = propose(items, start, CALENDAR, most)
    assert len(milestones) <= most
    assert sorted(key for m in milestones for key in m.keys) == sorted(item.key for item in items)
    by_key = {key: m for m in milestones for key in m.keys}
    for item in items:
        own = Terms().remediation.days if item.remediation_days is None else item.remediation_days
        assert by_key[item.key].complete_on >= add_working_days(start, own, CALENDAR)
    assert [m.complete_on for m in milestones] == sorted({m.complete_on for m in milestones})
    assert all(m.report_on > m.complete_on for m in milestones)


def test_moving_an_item_changes_two_milestones_and_drops_an_empty_one() -> None:
    before = propose([Item("A", 5), Item("B", 10), Item("C", 15)], ISSUED, CALENDAR)
    after = move(before, "B", MilestoneKind.NOW)
    assert [(m.kind, m.keys) for m in after] == [
        (MilestoneKind.NOW, ("A", "B")),
        (MilestoneKind.COMMON, ("C",)),
    ]
    assert [(m.kind, m.keys) for m in move(before, "A", MilestoneKind.COMMON)] == [
        (MilestoneKind.COMMON, ("B", "C", "A"))
    ]
    assert move(before, "A", MilestoneKind.NOW) == before


def test_moving_what_is_not_there_is_refused() -> None:
    milestones = propose([Item("A", 5)], ISSUED, CALENDAR)
    with pytest.raises(KeyError, match="Z"):
        move(milestones, "Z", MilestoneKind.NOW)
    with pytest.raises(KeyError, match="long"):
        move(milestones, "A", MilestoneKind.LONG)


def test_a_signature_two_weeks_late_keeps_the_intended_days() -> None:
    planned = propose([Item("A", 5), Item("B", 20)], ISSUED, CALENDAR)
    signed = date(2026, 8, 26)
    moved = restart(planned, signed, CALENDAR)
    assert [m.complete_on for m in moved] == [
        add_working_days(signed, 5, CALENDAR),
        add_working_days(signed, 20, CALENDAR),
    ]
    assert [m.keys for m in moved] == [m.keys for m in planned]


def test_the_report_date_follows_the_office_setting() -> None:
    (only,) = propose([Item("A", 10)], ISSUED, CALENDAR, terms=Terms(report=Rule(0, Mode.WORKING)))
    assert only.report_on == only.complete_on


@pytest.mark.parametrize("most", [0, 4])
def test_other_numbers_of_milestones_are_refused(most: int) -> None:
    with pytest.raises(ValueError, match="one to 3"):
        propose([Item("A", 10)], ISSUED, CALENDAR, most)


def test_a_key_given_twice_and_a_term_without_days_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        propose([Item("A", 10), Item("A", 20)], ISSUED, CALENDAR)
    with pytest.raises(ValueError, match="at least one day"):
        propose([Item("A", 0)], ISSUED, CALENDAR)


def test_terms_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        Terms(now=20, common=20)
