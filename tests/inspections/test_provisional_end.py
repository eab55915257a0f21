"""“Đến thời điểm kiểm tra”: claims, scope and record have the same last day, as far as the days are free."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import Event
from app.inspections import services
from app.inspections.models import InspectedUnitState, Inspection, InspectionKind, ScopeItem
from app.register.models import Claim, Level
from tests import cast
from tests.factories import inspections as make
from tests.factories import register

JANUARY = date(2026, 1, 1)
PAPER = "Quyết định số 140/QĐ-SNV ngày 23/9/2026"
END = date(2026, 10, 6)
"""The last day of ten working days from 23/9/2026."""
DAY = timedelta(days=1)


def drafted_in_january(**more: object) -> Inspection:
    with clock.frozen(datetime(2026, 1, 5, 3, tzinfo=UTC)):
        return make.draft(criteria=("MC-05", "MC-11"), review=(JANUARY, None), provisional=True, **more)


def decide(made: Inspection) -> None:
    services.decide(made, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))


def last_days(session: Session, made: Inspection) -> tuple[set[date], set[date]]:
    """Last days of scope items and of held claims."""
    session.flush()
    session.expire_all()
    items = session.scalars(
        sa.select(ScopeItem.ends_on).where(ScopeItem.inspected_unit_id.in_([iu.id for iu in made.units]))
    )
    claims = session.scalars(sa.select(Claim.ends_on).where(Claim.mandate_id == made.mandate_id))
    return {day - DAY for day in items}, {day - DAY for day in claims}


def test_a_draft_of_january_decided_in_september_reaches_the_end_of_the_term(session: Session) -> None:
    made = drafted_in_january()
    decide(made)
    assert made.ends_on == END and made.review_to == END + DAY
    assert last_days(session, made) == ({END}, {END})


def test_an_extension_of_the_term_takes_the_added_days(session: Session) -> None:
    made = drafted_in_january()
    decide(made)
    new = services.extend_term(made, 10, PAPER, version=None, actor=cast.actor(cast.PLANNER))
    assert new == date(2026, 10, 20)
    items, claims = last_days(session, made)
    assert items == {new} and claims == {END, new}
    rows = session.execute(sa.select(Claim.starts_on, Claim.ends_on).order_by(Claim.id)).all()
    assert [(END + DAY, new + DAY)] * 2 == [tuple(row) for row in rows[2:]]


def test_an_end_that_is_fixed_stays(session: Session) -> None:
    made = make.decided(review=(JANUARY, date(2026, 6, 30)))
    services.extend_term(made, 10, PAPER, version=None, actor=cast.actor(cast.PLANNER))
    assert last_days(session, made) == ({date(2026, 6, 30)}, {date(2026, 6, 30)})


@pytest.mark.parametrize("level", [Level.DEPARTMENT, Level.COMMUNE])
def test_days_on_which_somebody_stands_are_left_out_and_told(session: Session, level: Level) -> None:
    """A lower body's conclusion too, as nobody gave a reason for those days."""
    box = register.box(cast.LONG_PHUOC, "MC-05", date(2026, 9, 1), date(2026, 9, 10))
    register.concluded([(box, "MC-05")], level=level, body="UBND xã Long Phước")
    made = drafted_in_january()
    decide(made)
    ends = {item.criterion.key: item.ends_on - DAY for item in session.scalars(sa.select(ScopeItem))}
    assert ends == {"MC-05": date(2026, 8, 31), "MC-11": END}
    session.commit()
    told = session.scalars(sa.select(Event).where(Event.name == "inspection_period_stopped")).all()
    assert [event.data for event in told] == [{"count": "01"}]


def test_what_stands_from_the_first_added_day_stops_it_there(session: Session) -> None:
    made = drafted_in_january()
    first = made.review_to
    register.held([register.box(cast.LONG_PHUOC, "MC-05", first, date(2026, 9, 30))])
    decide(made)
    ends = {item.criterion.key: item.ends_on for item in session.scalars(sa.select(ScopeItem))}
    assert ends == {"MC-05": first, "MC-11": END + DAY}


def test_an_included_part_stops_only_itself_and_a_unit_that_is_done_stays(session: Session) -> None:
    box = register.box(cast.CULTURE, "MC-05", date(2026, 10, 12), date(2026, 10, 14))
    register.concluded([(box, "MC-05")])
    lower = register.box(cast.CULTURE, "MC-11", date(2026, 10, 12), date(2026, 10, 14))
    register.concluded([(lower, "MC-11")], "1/TB-X", level=Level.COMMUNE, body="UBND xã Long Phước")
    made = drafted_in_january(includes_parts=True, units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    decide(made)
    made.units[1].state = InspectedUnitState.ENDED
    new = services.extend_term(made, 10, PAPER, version=None, actor=cast.actor(cast.PLANNER))
    items = session.execute(sa.select(ScopeItem.unit_id, ScopeItem.ends_on)).all()
    ends = {cast.LONG_PHUOC: new + DAY, cast.AN_PHUOC: END + DAY}
    assert {(cast.unit(code).id, day) for code, day in ends.items()} == {tuple(row) for row in items}
    part = session.scalars(
        sa.select(Claim.starts_on)
        .where(Claim.unit_id == cast.unit(cast.CULTURE).id, Claim.mandate_id == made.mandate_id)
        .where(Claim.starts_on > END)
        .order_by(Claim.starts_on)
    ).all()
    assert part == [END + DAY, date(2026, 10, 15)]


def test_a_check_of_old_tasks_reaches_the_end_too_and_claims_nothing(session: Session) -> None:
    made = drafted_in_january(kind=InspectionKind.FOLLOW_UP)
    decide(made)
    assert last_days(session, made) == ({END}, set())


def test_a_unit_that_ends_within_the_added_days_ends_there(session: Session) -> None:
    made = drafted_in_january(units=(cast.AN_PHUOC,))
    cast.unit(cast.AN_PHUOC).valid_to = date(2026, 9, 1)
    decide(made)
    assert last_days(session, made) == ({date(2026, 8, 31)}, {date(2026, 8, 31)})
