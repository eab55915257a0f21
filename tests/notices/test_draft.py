"""Beginning a notice from the record."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.documents.models import DocumentState, IssueWay
from app.errors import Conflict, DomainError, Forbidden, NotFound, WrongState
from app.findings.models import FindingState
from app.notices import services
from app.notices.models import Notice
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as cases
from tests.factories import notices


def test_the_draft_holds_every_agreed_finding_and_names_its_drafter(session: Session) -> None:
    inspection = notices.reported()
    notices.finding(inspection.units[0], "Chưa thống nhất", criterion="MC-11", state=FindingState.DRAFT)
    notice = services.draft(inspection, inspection.units, actor=cast.actor(cast.PLANNER))
    assert [item.finding.description for item in notice.items] == [notice.items[0].text]
    document = notice.document
    assert document.state is DocumentState.DRAFT and document.drafter_id == cast.person(cast.PLANNER).id
    assert document.way is IssueWay.RECORDED and document.symbol == "TB-SNV"
    assert document.subject.endswith("năm 2026 đối với UBND xã Long Phước")
    assert notice.signature_prefix == "KT. Giám đốc\nPhó Giám đốc" and document.signer_name == "Trần Văn Thử"
    assert notice.follower_id == cast.person(cast.FOLLOWER).id


def test_a_unit_is_in_one_notice_only(session: Session) -> None:
    inspection = notices.reported()
    services.draft(inspection, inspection.units, actor=cast.actor(cast.PLANNER))
    with pytest.raises(Conflict, match="UBND xã Long Phước đã có trong thông báo"):
        services.draft(inspection, inspection.units, actor=cast.actor(cast.PLANNER))


def test_a_unit_in_fieldwork_has_no_notice_yet(session: Session) -> None:
    inspection = cases.decided()
    with pytest.raises(WrongState, match="chưa kết thúc kiểm tra"):
        services.draft(inspection, inspection.units, actor=cast.actor(cast.PLANNER))


def test_a_notice_needs_units_of_its_own_case(session: Session) -> None:
    inspection, other = notices.reported(), notices.reported(units=(cast.AN_PHUOC,))
    with pytest.raises(DomainError) as refused:
        services.draft(inspection, [], actor=cast.actor(cast.PLANNER))
    assert refused.value.field == "units"
    with pytest.raises(NotFound):
        services.draft(inspection, other.units, actor=cast.actor(cast.PLANNER))


@pytest.mark.parametrize("part", [cast.MEMBER, cast.CLERK, cast.LEADER, cast.HEAD])
def test_only_planner_and_team_draft(session: Session, part: str) -> None:
    inspection = notices.reported()
    with pytest.raises(Forbidden):
        services.draft(inspection, inspection.units, actor=cast.actor(part))


def test_the_page_offers_the_open_units_and_makes_the_draft(client: Browser, session: Session) -> None:
    inspection = notices.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    client.sign_in(cast.PLANNER).get(f"/inspections/{inspection.id}/notices/new")
    client.submit(data={"units": None}, expect=422)
    assert "Chọn ít nhất một đơn vị" in client.text
    client.submit(data={"units": [str(inspection.units[0].id)]})
    client.follow()
    assert "UBND xã Long Phước" in client.text
    assert session.query(Notice).count() == 1
    client.get(f"/inspections/{inspection.id}/notices/new")
    assert "UBND xã An Phước" in client.text and "UBND xã Long Phước" not in client.text


def test_others_have_no_page_for_it(client: Browser, session: Session) -> None:
    inspection = notices.reported()
    client.sign_in(cast.CLERK).get(f"/inspections/{inspection.id}/notices/new", expect=403)
    client.sign_in(cast.HEAD).get(f"/inspections/{inspection.id}/notices/new", expect=404)
