"""What was reopened and is not decided anew stands under its old notice again, whoever else is there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.errors import Conflict, WrongState
from app.register import queries, reopening, reserved, services
from app.register.models import Conclusion, Level, Mandate, ReopeningState
from app.register.review import Wanted
from app.register.services import ClaimWanted
from tests import cast
from tests.factories import register as factory
from tests.register.reopenings import ANSWER, FIRST, LAST, ask, box, leader, live, opened, planner

REASON = "Có phản ánh mới"
TODAY = date(2026, 9, 23)


@pytest.fixture
def notice(session: Session) -> Conclusion:
    return factory.concluded([(box(), "MC-05")])


def taken(level: int, *, item: int | None = None, lapses_on: date | None = None) -> Mandate:
    """A team of that level goes over whatever is below it."""
    team = factory.mandate(f"{level}/QĐ", level=level)
    services.claim(team, [ClaimWanted(item, box(), REASON)], actor=None, lapses_on=lapses_on)
    return team


def item() -> int:
    return factory.scope(cast.AN_PHUOC, ["MC-05"], FIRST, LAST)[0].id


def test_it_comes_back_beside_what_a_lower_body_concluded_before(session: Session) -> None:
    commune = factory.concluded([(box(), "MC-05")], "12/TB-UBND", level=Level.COMMUNE)
    team, scope = factory.mandate(), item()
    services.claim(team, [ClaimWanted(scope, box(), REASON)], actor=None)
    made = factory.conclusion(under=team)
    services.conclude([services.Concluded(scope, "met", "MC-05")], made, actor=None)
    before = live(session)
    assert before == {(box(), commune.id), (box(), made.id)}
    again = opened(made)
    assert (box(), made.id) not in live(session)
    reopening.end_reserved(again, "Đơn đã được rút", actor=planner())
    assert live(session) == before and again.state is ReopeningState.ENDED


def test_what_a_higher_body_stood_on_comes_back_when_it_has_gone(
    session: Session, notice: Conclusion
) -> None:
    again = opened(notice)
    scope = item()
    above = taken(Level.PROVINCE, item=scope)
    reopening.end_reserved(again, "Đơn đã được rút", actor=planner())
    assert live(session, level=Level.DEPARTMENT) == set()
    services.fix_end([scope], date(2026, 4, 1), actor=None, mandate=above)
    assert live(session, level=Level.DEPARTMENT) == {(box(date(2026, 4, 1)), notice.id)}
    services.release([scope], "Không kiểm tra", actor=None, mandate=above)
    there = live(session, level=Level.DEPARTMENT)
    assert there == {(box(date(2026, 4, 1)), notice.id), (box(FIRST, date(2026, 3, 31)), notice.id)}


def test_a_reservation_that_lapses_gives_back_what_was_reopened_for_it(
    session: Session, notice: Conclusion
) -> None:
    again, holder = opened(notice), factory.mandate("150/QĐ-SNV")
    wanted = [ClaimWanted(None, box())]
    services.claim(holder, wanted, actor=None, lapses_on=TODAY, reopenings=[again])
    assert live(session) == {(box(), None)}
    reserved.end_lapsed(TODAY + timedelta(days=1))
    assert live(session) == {(box(), notice.id)}
    assert (again.state, again.ended_reason) == (ReopeningState.ENDED, "Hết thời hạn giữ chỗ")


def test_a_reservation_that_has_lapsed_is_in_nobodys_way(session: Session, notice: Conclusion) -> None:
    with clock.frozen(clock.at(TODAY - timedelta(days=1))):
        taken(Level.PROVINCE, lapses_on=TODAY - timedelta(days=1))
    made = ask(notice)
    assert made.state is ReopeningState.REQUESTED
    with clock.frozen(clock.at(TODAY - timedelta(days=1))):
        reserved = factory.mandate("150/QĐ-SNV")
        services.claim(
            reserved, [ClaimWanted(None, box(key="MC-06"))], actor=None, lapses_on=date(2026, 9, 22)
        )
    other = factory.concluded([(box(key="MC-06"), "MC-06")], "46/TB-SNV")
    assert (box(key="MC-06"), other.id) in live(session)


def test_a_refusal_names_the_days_on_which_a_higher_body_stands(session: Session, notice: Conclusion) -> None:
    above = factory.mandate("9/QĐ-TTr", level=Level.PROVINCE)
    days = (date(2026, 5, 1), date(2026, 5, 31))
    services.claim(above, [ClaimWanted(None, box(*days), REASON)], actor=None)
    with pytest.raises(Conflict, match="thời kỳ 01/5/2026–31/5/2026"):
        ask(notice, box(FIRST, date(2026, 1, 31)))


def test_what_a_decided_case_claims_is_not_given_back_with_the_reopening(
    session: Session, notice: Conclusion
) -> None:
    again, team = opened(notice), factory.mandate("150/QĐ-SNV")
    services.claim(team, [ClaimWanted(item(), box())], actor=None, reopenings=[again])
    with pytest.raises(WrongState, match="thuộc quyết định kiểm tra"):
        reopening.end_reserved(again, "Đơn đã được rút", actor=planner())
    assert live(session) == {(box(), None)}


def test_what_was_decided_anew_never_goes_back_to_the_oldest_notice(
    session: Session, notice: Conclusion
) -> None:
    """The first half is decided anew and reopened once more; the second half is given back meanwhile."""
    half = box(FIRST, date(2026, 3, 31))
    again, team = opened(notice), factory.mandate("150/QĐ-SNV")
    rest = box(date(2026, 4, 1))
    first, second = factory.scope(cast.AN_PHUOC, ["MC-05", "MC-06"], FIRST, LAST)
    wanted = [ClaimWanted(first.id, half), ClaimWanted(second.id, rest)]
    services.claim(team, wanted, actor=None, reopenings=[again])
    newer = factory.conclusion("60/TB-SNV", under=team)
    services.conclude([services.Concluded(first.id, "met", "MC-05")], newer, actor=None)
    other = factory.scope(cast.AN_PHUOC, ["MC-05"], date(2026, 2, 1), LAST)[0].inspected_unit
    once_more = ask(newer, half, inspection=other.inspection_id)
    reopening.grant(once_more, ANSWER, actor=leader())
    services.release([second.id], "Chưa kiểm tra", actor=None, mandate=team)
    assert again.state is ReopeningState.USED
    reopening.end_reserved(once_more, "Đơn đã được rút", actor=planner())
    assert live(session) == {(half, newer.id), (rest, notice.id)}
    assert not queries.review([Wanted(0, box())], level=Level.DEPARTMENT).is_free
