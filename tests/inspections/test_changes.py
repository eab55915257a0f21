"""What changes after the decision, each by its paper."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import DomainError, Forbidden, WrongState
from app.inspections import services
from app.inspections.models import InspectedUnit, InspectedUnitState, Inspection, InspectionState, VisitState
from app.register.models import Claim
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make

PAPER = "Quyết định số 140/QĐ-SNV ngày 23/9/2026"


def test_the_term_is_extended_in_working_days(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/changes?verb=extend")
    client.submit("form[action$='/extend']", {"days": "5", "citation": ""}, expect=422)
    assert client.page.select_one("#days")["value"] == "5"
    client.submit("form[action$='/extend']", {"citation": PAPER})
    session.expire_all()
    case = session.get_one(Inspection, made.id)
    assert (case.ends_on, case.term_days) == (date(2026, 10, 13), 15)
    assert case.mandate is not None and case.mandate.until_on == date(2026, 10, 13)
    with pytest.raises(DomainError):
        services.extend_term(case, 90, PAPER, version=None, actor=cast.actor(cast.PLANNER))


def test_a_suspended_case_keeps_its_contents_and_goes_on(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/changes?verb=suspend")
    client.submit("form[action$='/suspend']", {"reason": "Đơn vị ứng phó mưa lũ", "citation": PAPER})
    session.expire_all()
    assert session.get_one(Inspection, made.id).state is InspectionState.SUSPENDED
    assert session.scalar(sa.select(sa.func.count(Claim.id)).where(Claim.ended_at.is_(None))) == 3
    client.get(f"/inspections/{made.id}/changes?verb=resume")
    client.submit("form[action$='/resume']", {"reason": "Hết mưa lũ", "citation": PAPER})
    session.expire_all()
    assert session.get_one(Inspection, made.id).state is InspectionState.DECIDED


def test_a_terminated_case_gives_its_contents_back_and_others_may_take_them(
    client: Browser, session: Session
) -> None:
    made = make.decided()
    visit = make.announced(made.units[0], date(2026, 9, 24))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/changes?verb=terminate")
    client.submit("form[action$='/terminate']", {"reason": "", "citation": PAPER}, expect=422)
    client.submit("form[action$='/terminate']", {"reason": "Cấp trên đã kiểm tra", "citation": PAPER})
    session.expire_all()
    case = session.get_one(Inspection, made.id)
    assert case.state is InspectionState.TERMINATED
    assert case.units[0].state is InspectedUnitState.TERMINATED
    assert visit.state is VisitState.NOT_HELD
    reasons = set(session.scalars(sa.select(Claim.ended_reason)))
    assert reasons == {"Đình chỉ kiểm tra: Cấp trên đã kiểm tra"}
    assert make.decided("Cuộc khác").state is InspectionState.DECIDED
    client.get(f"/inspections/{made.id}/changes")
    assert "không còn thay đổi nào" in client.text


def test_a_draft_is_neither_suspended_nor_extended(client: Browser, session: Session) -> None:
    made = make.draft()
    session.commit()
    planner = cast.actor(cast.PLANNER)
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/changes")
    client.post(f"/inspections/{made.id}/suspend", {"reason": "Thử", "citation": PAPER}, expect=409)
    with pytest.raises(WrongState):
        services.extend_term(made, 5, PAPER, version=None, actor=planner)


def test_sent_twice_a_change_happens_once(session: Session) -> None:
    made, planner = make.decided(), cast.actor(cast.PLANNER)
    services.suspend(made, "Mưa lũ", PAPER, version=None, actor=planner)
    with pytest.raises(WrongState):
        services.suspend(made, "Mưa lũ", PAPER, version=None, actor=planner)


def test_the_team_leader_does_not_suspend(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/inspections/{made.id}/changes", expect=403)
    with pytest.raises(Forbidden):
        services.suspend(made, "Thử", PAPER, version=None, actor=cast.actor(cast.TEAM_LEADER))


def test_what_was_concluded_while_the_termination_waited_stays_concluded(session: Session) -> None:
    """Another transaction wrote it after this one had read the units."""
    made = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first, second = made.units
    concluded = sa.update(InspectedUnit).where(InspectedUnit.id == first.id)
    session.execute(
        concluded.values(state=InspectedUnitState.CONCLUDED).execution_options(synchronize_session=False)
    )
    assert first.state is InspectedUnitState.PENDING, "as it was read"
    services.terminate(made, "Theo chỉ đạo", PAPER, version=None, actor=cast.actor(cast.PLANNER))
    assert (first.state, second.state) == (InspectedUnitState.CONCLUDED, InspectedUnitState.TERMINATED)
