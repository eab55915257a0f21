"""Công bố quyết định: a visit is opened, and with the first one the case begins."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.inspections.models import InspectedUnitState, InspectionState, Visit, VisitState
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork, inspections


@pytest.fixture
def visit(session: Session) -> Visit:
    """A visit of this morning that the unit was told of."""
    made = inspections.announced(inspections.decided(criteria=fieldwork.CRITERIA).units[0])
    session.commit()
    return made


def test_the_hour_is_recorded_and_unit_and_case_begin(
    client: Browser, session: Session, visit: Visit
) -> None:
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}")
    client.submit("form[action$='/open']", {"opened_at": "8h05", "note": "Trưởng đoàn công bố"})
    session.expire_all()
    assert visit.state is VisitState.UNDER_WAY
    assert visit.opened_at == clock.at(visit.on_date, 8, 5)
    assert visit.inspected_unit.state is InspectedUnitState.FIELDWORK
    assert visit.inspected_unit.inspection.state is InspectionState.IN_PROGRESS
    client.follow()
    assert "Công bố quyết định kiểm tra – 08:05 ngày 23/9/2026" in client.text


def test_an_hour_still_to_come_is_refused_and_kept(client: Browser, session: Session, visit: Visit) -> None:
    client.sign_in(cast.TEAM_LEADER).get(f"/visits/{visit.id}")
    client.submit("form[action$='/open']", {"opened_at": "15:00"}, expect=422)
    field = client.page.select_one("#opened_at")
    assert field is not None and field["value"] == "15:00" and "is-invalid" in field["class"]
    session.expire_all()
    assert visit.state is VisitState.SCHEDULED


@pytest.mark.parametrize("typed", ["25:00", "tám giờ", "", "   "])
def test_an_hour_that_cannot_be_read_is_refused(
    client: Browser, session: Session, visit: Visit, typed: str
) -> None:
    client.sign_in(cast.TEAM_LEADER).get(f"/visits/{visit.id}")
    client.submit("form[action$='/open']", {"opened_at": typed}, expect=422)
    session.expire_all()
    assert visit.state is VisitState.SCHEDULED


def test_another_day_than_the_schedule_is_refused(client: Browser, visit: Visit) -> None:
    client.sign_in(cast.TEAM_LEADER).get(f"/visits/{visit.id}")
    client.submit("form[action$='/open']", {"opened_on": "22/9/2026", "opened_at": "8:00"}, expect=422)
    assert "Ngày công bố khác ngày đã báo lịch." in client.text


def test_a_visit_is_opened_once(client: Browser, session: Session, visit: Visit) -> None:
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}")
    data = {"opened_on": "23/9/2026", "opened_at": "8:05"}
    client.post(f"/visits/{visit.id}/open", data)
    client.get(f"/visits/{visit.id}")
    client.post(f"/visits/{visit.id}/open", {**data, "opened_at": "9:00"}, expect=409)
    session.expire_all()
    assert visit.opened_at == clock.at(visit.on_date, 8, 5)


@pytest.mark.parametrize(
    ("part", "status"),
    [
        (cast.MEMBER, 403),
        (cast.PLANNER, 403),
        (cast.CLERK, 403),
        (cast.HEAD, 404),
        (cast.GUEST, 404),
        (cast.OBSERVER, 404),
    ],
)
def test_only_leader_and_secretary_open(
    client: Browser, session: Session, visit: Visit, part: str, status: int
) -> None:
    client.sign_in(part).get("/khong-co-trang-nay", expect=404)
    data = {"opened_on": "23/9/2026", "opened_at": "8:05"}
    client.post(f"/visits/{visit.id}/open", data, expect=status)
    session.expire_all()
    assert visit.state is VisitState.SCHEDULED
