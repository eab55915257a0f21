"""The team's report is recorded as units end, one after the other."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.documents.kinds import DocumentKind
from app.documents.models import Document
from app.errors import Conflict
from app.fieldwork import queries, services
from app.inspections import services as cases
from app.inspections.models import InspectedUnitState, Inspection, InspectionState
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork

REPORT = {"number": "12", "symbol": "BC-ĐKT", "issued_on": "23/9/2026"}


@pytest.fixture
def inspection(session: Session) -> Inspection:
    """Two units: the first has ended, the second is being inspected."""
    found = fieldwork.opened(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    fieldwork.ended(found.units[0])
    session.commit()
    return found


def test_it_is_offered_and_recorded_for_the_unit_that_has_ended(
    client: Browser, session: Session, inspection: Inspection
) -> None:
    first, second = inspection.units
    client.sign_in(cast.SECRETARY).get(f"/inspections/{inspection.id}")
    assert client.page.select(f"a[href='/inspections/{inspection.id}/team-report']")
    client.get(f"/inspections/{inspection.id}/team-report")
    client.submit(data=REPORT)
    session.expire_all()
    assert (first.state, second.state) == (InspectedUnitState.REPORTED, InspectedUnitState.FIELDWORK)
    assert inspection.state is InspectionState.IN_PROGRESS
    told = queries.find_team_report(inspection, [first.id])
    assert told is not None and told.citation == "12/BC-ĐKT"
    assert queries.find_team_report(inspection, [first.id, second.id]) is None
    client.get(f"/inspections/{inspection.id}")
    assert not client.page.select(f"a[href='/inspections/{inspection.id}/team-report']")


def test_the_report_about_the_last_unit_reports_the_case(
    client: Browser, session: Session, inspection: Inspection
) -> None:
    first, second = inspection.units
    given = {"symbol": "BC-ĐKT", "issued_on": clock.today(), "actor": cast.actor(cast.TEAM_LEADER)}
    services.record_team_report(inspection, number=12, **given)
    fieldwork.ended(second)
    services.record_team_report(inspection, number=15, **given)
    session.commit()
    assert inspection.state is InspectionState.REPORTED and second.state is InspectedUnitState.REPORTED
    one, other = (queries.find_team_report(inspection, [unit.id]) for unit in (first, second))
    assert one and other and (one.citation, other.citation) == ("12/BC-ĐKT", "15/BC-ĐKT")
    client.sign_in(cast.SECRETARY).get(f"/inspections/{inspection.id}")
    papers = client.page.select_one("[aria-labelledby=vb]").get_text()
    assert "số 12/BC-ĐKT" in papers and "số 15/BC-ĐKT" in papers


def test_a_unit_that_was_not_chosen_waits_for_its_own(
    client: Browser, session: Session, inspection: Inspection
) -> None:
    first, second = inspection.units
    client.sign_in(cast.SECRETARY).get(f"/inspections/{inspection.id}/team-report")
    fieldwork.ended(second)  # while the page is open
    session.commit()
    client.submit(data=REPORT)
    session.expire_all()
    assert (first.state, second.state) == (InspectedUnitState.REPORTED, InspectedUnitState.ENDED)
    assert inspection.state is InspectionState.FIELDWORK_ENDED
    client.get(f"/inspections/{inspection.id}/team-report")
    client.submit(data={**REPORT, "number": "13", "units": []}, expect=422)
    assert "Chọn ít nhất một đơn vị." in client.text
    leader = cast.actor(cast.TEAM_LEADER)
    with pytest.raises(Conflict, match="vừa thay đổi"):
        services.record_team_report(
            inspection,
            number=13,
            symbol="BC-ĐKT",
            issued_on=clock.today(),
            unit_ids=[first.id],
            actor=leader,
        )


def test_a_case_that_is_stopped_stops_at_reported_units_too(session: Session, inspection: Inspection) -> None:
    leader, planner = cast.actor(cast.TEAM_LEADER), cast.actor(cast.PLANNER)
    services.record_team_report(inspection, number=12, symbol="BC-ĐKT", issued_on=clock.today(), actor=leader)
    paper = "Quyết định số 141/QĐ-SNV"
    cases.terminate(inspection, "Thanh tra tỉnh tiếp nhận", paper, version=None, actor=planner)
    assert {unit.state for unit in inspection.units} == {InspectedUnitState.TERMINATED}
    assert session.scalars(sa.select(Document).where(Document.kind == DocumentKind.TEAM_REPORT)).one()
