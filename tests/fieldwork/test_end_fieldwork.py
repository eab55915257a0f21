"""The end at a unit: every content has an answer, a provisional end becomes real; the team's report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.documents.kinds import DocumentKind
from app.documents.models import Document
from app.errors import WrongState
from app.fieldwork import services
from app.fieldwork.models import Answer
from app.findings import services as finding_services
from app.form_library.values import Result
from app.inspections import services as cases
from app.inspections.models import InspectedUnit, InspectedUnitState, InspectionState, ScopeItem
from app.register.models import Claim
from app.vietnamese import format_date
from tests import cast
from tests.conftest import NOON, Browser
from tests.factories import fieldwork, findings
from tests.fieldwork.sheets import address


def test_what_has_no_answer_becomes_not_examined_after_a_question(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    fieldwork.answer(fieldwork.item(unit, "MC-05"))
    fieldwork.signed(unit.visits[0])
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/inspected-units/{unit.id}/end")
    assert "Còn 03 nội dung chưa ghi kết quả." in client.text and "MC-07, MC-11" in client.text
    client.submit(data={"reason": "Hết thời gian"})
    session.expire_all()
    missing = session.scalars(sa.select(Answer).where(Answer.result == Result.NOT_EXAMINED)).all()
    assert len(missing) == 3 and {answer.reason for answer in missing} == {"Hết thời gian"}
    assert unit.state is InspectedUnitState.ENDED and unit.ended_on == date(2026, 9, 23)
    assert unit.inspection.state is InspectionState.FIELDWORK_ENDED


def test_an_answer_given_meanwhile_asks_for_another_look(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    fieldwork.signed(unit.visits[0])
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/inspected-units/{unit.id}/end")
    fieldwork.answer(fieldwork.item(unit, "MC-05"))
    session.commit()
    client.submit(expect=409)
    assert "hiện còn 03 nội dung" in client.text
    session.expire_all()
    assert unit.state is InspectedUnitState.FIELDWORK
    client.submit()
    session.expire_all()
    assert unit.state is InspectedUnitState.ENDED


def test_a_visit_without_signed_minutes_stands_in_the_way(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    client.sign_in(cast.TEAM_LEADER).get(f"/inspected-units/{unit.id}/end")
    client.submit(expect=409)
    assert "Còn 01 buổi làm việc chưa ký biên bản." in client.text
    session.expire_all()
    assert unit.state is InspectedUnitState.FIELDWORK
    assert session.scalar(sa.select(sa.func.count()).select_from(Answer)) == 0


def test_the_provisional_end_becomes_the_day_of_the_end_for_scope_and_claims(session: Session) -> None:
    unit = fieldwork.opened(provisional=True).units[0]
    before = set(session.scalars(sa.select(Claim.ends_on)))
    fieldwork.ended(unit)
    session.commit()
    session.expire_all()
    assert before != {date(2026, 9, 24)}
    assert set(session.scalars(sa.select(ScopeItem.ends_on))) == {date(2026, 9, 24)}
    assert set(session.scalars(sa.select(Claim.ends_on))) == {date(2026, 9, 24)}
    assert unit.inspection.review_to == date(2026, 9, 24) and not unit.inspection.review_to_provisional


def test_a_late_end_reviews_no_more_days_than_were_claimed(client: Browser, session: Session) -> None:
    unit = fieldwork.opened(provisional=True).units[0]
    planned = session.scalars(sa.select(ScopeItem.ends_on)).first()
    assert planned is not None
    fieldwork.answer_all(unit)
    fieldwork.signed(unit.visits[0])
    session.commit()
    with clock.frozen(NOON + timedelta(days=90)):
        client.sign_in(cast.TEAM_LEADER).get(f"/inspected-units/{unit.id}/end")
        assert f"đến hết ngày {format_date(planned - timedelta(days=1))}" in client.text
        client.submit()
    session.expire_all()
    assert unit.inspection.review_to == planned and not unit.inspection.review_to_provisional
    assert set(session.scalars(sa.select(Claim.ends_on))) == {planned}


def test_a_shortcoming_that_nobody_named_stands_in_the_way(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    fieldwork.answer(item, fieldwork.not_met())
    fieldwork.answer_all(unit)
    fieldwork.signed(unit.visits[0])
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/inspected-units/{unit.id}/end")
    client.submit(expect=409)
    assert "Chưa nêu tồn tại, hạn chế tại: MC-07." in client.text
    session.expire_all()
    assert unit.state is InspectedUnitState.FIELDWORK
    findings.finding(item)
    session.commit()
    client.submit()


def test_a_suspended_case_rests(client: Browser, session: Session, unit: InspectedUnit) -> None:
    item = fieldwork.item(unit, "MC-07")
    fieldwork.answer(item, fieldwork.not_met())
    finding = findings.heard(findings.finding(item))
    group = item.criterion.group
    minutes = fieldwork.printed(unit.visits[0])
    paper, planner = "Quyết định số 141/QĐ-SNV", cast.actor(cast.PLANNER)
    cases.suspend(unit.inspection, "Mưa lũ", paper, version=None, actor=planner)
    session.commit()
    leader, secretary = cast.actor(cast.TEAM_LEADER), cast.actor(cast.SECRETARY)
    signing = {"signatory": "Ông Mẫu", "signed_on": clock.today(), "actor": secretary}
    acts: list[Callable[[], object]] = [
        lambda: fieldwork.answer(fieldwork.item(unit, "MC-11")),
        lambda: services.set_group_note(unit, group, "Đủ sổ.", seen=None, actor=secretary),
        lambda: services.set_clean(unit, group, reason="Đủ", sample="Sổ", seen=None, actor=leader),
        lambda: services.report_part(unit, group, actor=cast.actor(cast.MEMBER)),
        lambda: findings.finding(item, "Sổ chưa ghi giờ."),
        lambda: findings.proposal(unit),
        lambda: finding_services.agree(finding, actor=leader),
        lambda: services.compose_minutes(unit.visits[0], actor=secretary),
        lambda: services.sign_minutes(minutes, **signing),
        lambda: services.end_fieldwork(unit, confirmed_missing=3, actor=leader),
        lambda: services.record_team_report(
            unit.inspection, number=1, symbol="BC-ĐKT", issued_on=clock.today(), actor=leader
        ),
    ]
    for act in acts:
        with pytest.raises(WrongState, match="đang tạm dừng"):
            act()
    client.sign_in(cast.MEMBER).get(address(unit))
    assert not client.page.select("form[data-row]") and "Cuộc kiểm tra đang tạm dừng." in client.text


def test_a_case_resumed_after_its_last_unit_has_ended_its_fieldwork(session: Session) -> None:
    inspection = fieldwork.opened()
    fieldwork.ended(inspection.units[0])
    inspection.state = InspectionState.SUSPENDED
    session.commit()
    paper = "Quyết định số 142/QĐ-SNV"
    cases.resume(inspection, "Hết mưa lũ", paper, version=None, actor=cast.actor(cast.PLANNER))
    assert inspection.state is InspectionState.FIELDWORK_ENDED


def test_the_case_goes_on_while_another_unit_is_inspected(session: Session) -> None:
    inspection = fieldwork.opened(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first, second = inspection.units
    fieldwork.ended(first)
    assert inspection.state is InspectionState.IN_PROGRESS
    fieldwork.ended(second)
    assert inspection.state is InspectionState.FIELDWORK_ENDED


def test_the_form_is_shut_after_the_end(client: Browser, session: Session, unit: InspectedUnit) -> None:
    item = fieldwork.item(unit, "MC-07")
    fieldwork.ended(unit)
    session.commit()
    client.sign_in(cast.MEMBER).get("/khong-co-trang-nay", expect=404)
    data = {f"a{item.id}-result": "not_examined", "version": "a1"}
    client.post(f"/scope-items/{item.id}/answer", data, expect=409)
    assert "Đã kết thúc kiểm tra tại đơn vị nên phiếu kiểm tra không sửa được nữa." in client.text
    client.sign_in(cast.TEAM_LEADER).get(f"/inspected-units/{unit.id}/end")
    client.submit(expect=409)


@pytest.mark.parametrize(
    ("part", "status"), [(cast.MEMBER, 403), (cast.PLANNER, 403), (cast.HEAD, 404), (cast.GUEST, 404)]
)
def test_only_leader_and_secretary_end(
    client: Browser, session: Session, unit: InspectedUnit, part: str, status: int
) -> None:
    client.sign_in(part).get(f"/inspected-units/{unit.id}/end", expect=status)
    client.get("/khong-co-trang-nay", expect=404)
    client.post(f"/inspected-units/{unit.id}/end", {"missing": "4"}, expect=status)
    session.expire_all()
    assert unit.state is InspectedUnitState.FIELDWORK


REPORT = {"number": "12", "symbol": "BC-ĐKT", "issued_on": "23/9/2026"}


def test_the_teams_report_is_recorded_with_number_and_date(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    fieldwork.ended(unit)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/inspections/{unit.inspection_id}/team-report")
    client.submit(data=REPORT)
    session.expire_all()
    report = session.scalars(sa.select(Document).where(Document.kind == DocumentKind.TEAM_REPORT)).one()
    assert report.number_and_symbol == "12/BC-ĐKT"
    assert unit.state is InspectedUnitState.REPORTED and unit.inspection.state is InspectionState.REPORTED
    client.follow()
    paper = client.page.select_one(f"[aria-labelledby=vb] a[href$='/documents/{report.id}']")
    assert paper.get_text() == "Báo cáo kết quả kiểm tra số 12/BC-ĐKT"


def test_a_report_before_the_end_is_refused(client: Browser, session: Session, unit: InspectedUnit) -> None:
    client.sign_in(cast.SECRETARY).get(f"/inspections/{unit.inspection_id}/team-report")
    client.submit(data=REPORT, expect=409)
    assert "Còn 01 đơn vị chưa kết thúc kiểm tra" in client.text
    assert session.scalars(sa.select(Document).where(Document.kind == DocumentKind.TEAM_REPORT)).all() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": ""}, "Nhập số báo cáo."),
        ({"issued_on": "22/9/2026"}, "không trước ngày kết thúc"),
        ({"issued_on": "24/9/2026"}, "sau ngày hôm nay"),
        ({"symbol": "BC ĐKT !"}, "Nhập ký hiệu"),
    ],
)
def test_a_wrong_report_is_refused_at_its_field(
    client: Browser, session: Session, unit: InspectedUnit, change: dict[str, str], message: str
) -> None:
    fieldwork.ended(unit)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/inspections/{unit.inspection_id}/team-report")
    client.submit(data={**REPORT, **change}, expect=422)
    assert message in client.text
    session.expire_all()
    assert unit.state is InspectedUnitState.ENDED
