"""Nobody inspects the unit where they work now, nor one of which they work in a part."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.inspections.models import Inspection
from app.policy import Action, Standing, can
from app.units.models import Relation, UnitType
from tests import cast
from tests.factories import accounts, units
from tests.factories import inspections as make


def moves_to(part: str, unit: str) -> None:
    """Somebody of the cast begins to work at a unit after the decision, and keeps the old post."""
    accounts.post(cast.person(part), cast.unit(unit), from_on=date(2026, 9, 1))


@pytest.fixture
def case(session: Session) -> Inspection:
    return make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC))


@pytest.mark.parametrize("where", [cast.LONG_PHUOC, cast.CULTURE])
def test_who_came_to_work_at_the_unit_or_a_part_of_it_records_nothing_about_it(
    case: Inspection, where: str
) -> None:
    moves_to(cast.MEMBER, where)
    member = cast.actor(cast.MEMBER)
    theirs, other = case.units
    assert not can(member, Action.RECORD_ANSWER, theirs)
    assert can(member, Action.RECORD_ANSWER, other)


@pytest.mark.parametrize("where", [cast.LONG_PHUOC, cast.CULTURE])
def test_a_leader_who_came_to_work_there_neither_agrees_nor_requires_nor_drafts(
    case: Inspection, where: str
) -> None:
    moves_to(cast.TEAM_LEADER, where)
    leader = cast.actor(cast.TEAM_LEADER)
    theirs, other = case.units
    for action in (Action.RUN_VISIT, Action.AGREE_FINDING, Action.PLAN_REMEDIATION):
        assert not can(leader, action, theirs)
        assert can(leader, action, other)
    for action in (Action.PLAN_REMEDIATION, Action.DRAFT_NOTICE):
        assert not can(leader, action, case)


def test_a_part_gives_no_right_of_the_side_of_the_whole(case: Inspection) -> None:
    moves_to(cast.GUEST, cast.CULTURE)
    guest = cast.actor(cast.GUEST)
    assert cast.unit(cast.LONG_PHUOC).standing_of(guest) == {Standing.WORKS_THERE}
    assert cast.unit(cast.CULTURE).standing_of(guest) == {Standing.WORKS_THERE, Standing.UNIT_OFFICER}


def test_a_unit_merely_under_another_is_no_part_of_it(session: Session) -> None:
    units.unit("TTPV", "Trung tâm Phục vụ", type_=UnitType.SERVICE_UNIT, parent=cast.LONG_PHUOC,
               relation=Relation.UNDER, valid_from=date(2025, 7, 1))  # fmt: skip
    moves_to(cast.GUEST, "TTPV")
    assert cast.unit(cast.LONG_PHUOC).standing_of(cast.actor(cast.GUEST)) == frozenset()
