"""Việc của tôi and the list of notices tell the next step as soon as one unit is ready for it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.documents.models import DocumentState
from app.fieldwork import services as fieldwork
from app.findings.models import FindingState
from app.inspections.models import InspectedUnitState, InspectionState
from app.notices import queries
from app.notices import services as notices
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork as visited
from tests.factories import findings as faults
from tests.factories import notices as papers
from tests.queries import count_queries


def verbs(client: Browser) -> list[str]:
    return [b.get_text(strip=True) for b in client.page.select(".kl-task h3 b")]


def test_once_the_minutes_are_signed_leader_and_secretary_end_the_inspection_of_the_unit(
    client: Browser, session: Session
) -> None:
    inspection = visited.opened(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    unit, other = inspection.units
    visited.answer(visited.item(unit, "MC-05"), visited.not_met())
    shortcoming = faults.finding(visited.item(unit, "MC-05"))
    visited.answer_all(unit)
    for visit in unit.visits:
        visited.signed(visit)
    session.commit()
    for part, told in (
        ("team-leader", {"Kết thúc kiểm tra", "Thống nhất"}),
        ("secretary", {"Kết thúc kiểm tra"}),
    ):
        client.sign_in(part).get("/")
        assert told <= set(verbs(client))
        assert client.page.select_one(f"a[href='/inspected-units/{unit.id}/end']")
        assert client.page.select_one(f"a[href='/inspected-units/{other.id}/end']") is None
    client.sign_in("member").get("/")
    assert "Kết thúc kiểm tra" not in verbs(client)
    faults.agreed(shortcoming)
    fieldwork.end_fieldwork(unit, confirmed_missing=0, actor=cast.actor(cast.TEAM_LEADER))
    session.commit()
    client.sign_in("team-leader").get("/")
    assert not {"Kết thúc kiểm tra", "Thống nhất"} & set(verbs(client))
    assert "Dự kiến nội dung khắc phục" in verbs(client)
    shortcoming.no_task_reason = "Rút kinh nghiệm"
    session.commit()
    for part in ("planner", "secretary"):
        client.sign_in(part).get("/")
        assert "Soạn thông báo kết luận" in verbs(client)
    shortcoming.state = FindingState.OPINION_TAKEN
    session.commit()
    client.get("/")
    assert "Soạn thông báo kết luận" not in verbs(client)


def test_the_notice_waits_for_the_units_reported_while_the_case_goes_on_elsewhere(
    client: Browser, session: Session
) -> None:
    inspection = papers.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    inspection.units[1].state = InspectedUnitState.FIELDWORK
    inspection.state = InspectionState.IN_PROGRESS
    session.commit()
    for part in ("planner", "secretary"):
        client.sign_in(part).get("/")
        assert "Soạn thông báo kết luận" in verbs(client)
        assert "01/02 đơn vị" in client.text
    notice = notices.draft(inspection, inspection.units[:1], actor=cast.actor(cast.PLANNER))
    session.commit()
    client.get("/")
    assert "Soạn thông báo kết luận" not in verbs(client)
    notice.document.state = DocumentState.ABANDONED
    session.commit()
    client.get("/")
    assert "Soạn thông báo kết luận" in verbs(client)


def test_the_list_of_notices_offers_to_draft_what_has_ended(client: Browser, session: Session) -> None:
    inspection = papers.reported()
    address = f"main a[href='/inspections/{inspection.id}/notices/new']"
    for part in ("planner", "secretary"):
        client.sign_in(part).get("/notices")
        assert client.page.select_one(address)
    for part in ("clerk", "observer", "follower"):
        client.sign_in(part).get("/notices")
        assert client.page.select_one(address) is None
    papers.drafted(inspection)
    session.commit()
    client.sign_in("planner").get("/notices")
    assert client.page.select_one(address) is None


def test_the_cases_to_draft_from_are_read_at_once(session: Session) -> None:
    planner, many = cast.actor(cast.PLANNER), []
    for how_many in (1, 2):
        papers.reported(units=(cast.LONG_PHUOC,) if how_many == 1 else (cast.AN_PHUOC, cast.LONG_THANH))
        session.expire_all()
        with count_queries(session) as sent:
            assert len(queries.list_to_draft(planner)) == how_many
        many.append(len(sent))
    assert many[0] == many[1] <= 6
