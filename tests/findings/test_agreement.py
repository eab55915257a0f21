"""Screen 6: the leader agrees, merges, leaves out or passes on; members may dissent."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.audit.queries import list_events
from app.errors import WrongState
from app.fieldwork.models import GroupNote
from app.findings import services
from app.findings.models import Dissent, Finding, FindingState, OpinionWay
from app.inspections.models import InspectedUnit, InspectedUnitState
from tests import cast
from tests.conftest import NOON, Browser
from tests.factories import fieldwork
from tests.factories import findings as made


@pytest.fixture
def unit(session: Session) -> InspectedUnit:
    """A unit in fieldwork with four contents, two of them not met."""
    found = fieldwork.opened().units[0]
    for key in ("MC-05", "MC-07"):
        fieldwork.answer(fieldwork.item(found, key), fieldwork.not_met())
    session.commit()
    return found


@pytest.fixture
def finding(session: Session, unit: InspectedUnit) -> Finding:
    """A draft of which the unit was not asked yet."""
    found = made.finding(fieldwork.item(unit, "MC-07"))
    session.commit()
    return found


def state_of(session: Session, finding: Finding) -> FindingState:
    session.expire_all()
    return finding.state


def test_the_leader_agrees_once_the_unit_was_heard(
    client: Browser, session: Session, finding: Finding
) -> None:
    made.heard(finding)
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/inspections/{finding.inspected_unit.inspection_id}/agreement")
    client.submit(f"#tt-{finding.id} form[action$='/agree']")
    assert client.response.headers["Location"].endswith(f"/agreement#tt-{finding.id}")
    assert state_of(session, finding) is FindingState.AGREED


def test_nothing_enters_the_conclusion_before_the_unit_was_asked(
    client: Browser, session: Session, finding: Finding
) -> None:
    client.sign_in(cast.TEAM_LEADER).get(f"/findings/{finding.id}")
    assert not client.page.select("form[action$='/agree']")
    client.post(f"/findings/{finding.id}/agree", expect=409)
    assert "Cần lấy ý kiến đơn vị trước khi đưa vào thông báo." in client.text
    assert state_of(session, finding) is FindingState.DRAFT


def test_several_are_agreed_at_once_or_none(client: Browser, session: Session, unit: InspectedUnit) -> None:
    item = fieldwork.item(unit, "MC-07")
    heard = [made.heard(made.finding(item, f"Tồn tại {n} đã hỏi.")) for n in (1, 2)]
    unheard = made.finding(item, "Tồn tại chưa hỏi.")
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/inspections/{unit.inspection_id}/agreement")
    ids = [str(found.id) for found in (*heard, unheard)]
    address = f"/inspections/{unit.inspection_id}/findings/agree"
    client.post(address, {"pick": ids}, expect=409)
    assert "“Tồn tại chưa hỏi.”" in client.text
    assert {state_of(session, found) for found in heard} == {FindingState.OPINION_TAKEN}
    client.get(f"/inspections/{unit.inspection_id}/agreement")
    client.post(address, {"pick": ids[:2]})
    assert {state_of(session, found) for found in heard} == {FindingState.AGREED}


def test_leaving_out_needs_a_reason_and_keeps_it(client: Browser, session: Session, finding: Finding) -> None:
    client.sign_in(cast.TEAM_LEADER).get(f"/findings/{finding.id}")
    client.submit("form[action$='/leave-out']", expect=422)
    client.submit("form[action$='/leave-out']", {"out-reason": "Đơn vị đã chứng minh bằng sổ gốc."})
    assert state_of(session, finding) is FindingState.LEFT_OUT
    client.follow()
    assert "Đơn vị đã chứng minh bằng sổ gốc." in client.text
    client.submit("form[action$='/reconsider']")
    assert state_of(session, finding) is FindingState.DRAFT and finding.left_out_reason == ""


def test_a_finding_is_merged_into_another_of_the_same_unit(
    client: Browser, session: Session, finding: Finding, unit: InspectedUnit
) -> None:
    other = made.finding(fieldwork.item(unit, "MC-05"), "Phiếu xin lỗi chưa đúng mẫu.")
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/findings/{finding.id}")
    client.submit("form[action$='/merge']", {"merge-into": str(other.id)})
    assert state_of(session, finding) is FindingState.LEFT_OUT and finding.merged_into_id == other.id
    client.get(f"/findings/{other.id}")
    client.post(f"/findings/{other.id}/merge", {"merge-into": str(finding.id)}, expect=422)
    assert state_of(session, other) is FindingState.DRAFT


def test_a_finding_is_passed_to_the_competent_body(
    client: Browser, session: Session, finding: Finding
) -> None:
    client.sign_in(cast.TEAM_LEADER).get(f"/findings/{finding.id}")
    client.submit("form[action$='/pass-on']", {"pass-to": "Thanh tra thành phố Đồng Nai"})
    assert state_of(session, finding) is FindingState.PASSED_ON
    client.follow()
    assert "Thanh tra thành phố Đồng Nai" in client.text


def test_a_members_dissent_stands_beside_the_decision(
    client: Browser, session: Session, finding: Finding
) -> None:
    client.sign_in(cast.MEMBER).get(f"/findings/{finding.id}")
    client.submit("form[action$='/dissent']", {"dis-text": "Mẫu chưa đủ lớn."})
    client.follow()
    client.submit("form[action$='/dissent']", {"dis-text": "Mẫu mới có 20 hồ sơ."})
    session.expire_all()
    assert [one.text for one in session.scalars(sa.select(Dissent))] == ["Mẫu mới có 20 hồ sơ."]
    client.sign_in(cast.TEAM_LEADER).get(f"/inspections/{finding.inspected_unit.inspection_id}/agreement")
    assert "Bảo lưu ý kiến – Bùi Văn Thí Dụ: Mẫu mới có 20 hồ sơ." in client.text


OPINION = {
    "op-way": "by_document",
    "op-on": "22/9/2026",
    "op-reference": "31/UBND-VP",
    "op-opinion": "Thống nhất.",
}


def test_the_units_opinion_by_document_is_recorded(
    client: Browser, session: Session, finding: Finding
) -> None:
    client.sign_in(cast.SECRETARY).get(f"/findings/{finding.id}")
    client.submit("form[action$='/take-opinion']", OPINION)
    assert state_of(session, finding) is FindingState.OPINION_TAKEN
    assert finding.opinion_way is OpinionWay.BY_DOCUMENT and finding.opinion_reference == "31/UBND-VP"


SILENT = {
    "op-way": "none_by_date",
    "op-on": "28/9/2026",
    "op-asked_on": "23/9/2026",
    "op-reference": "45/SNV-CCHC",
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"op-reference": ""}, "Ghi số, ký hiệu văn bản của đơn vị."),
        ({"op-on": "24/9/2026"}, "không sau hôm nay"),
        ({**SILENT, "op-on": "24/9/2026"}, "Thời hạn lấy ý kiến chưa hết."),
        ({**SILENT, "op-reference": ""}, "Ghi số, ký hiệu văn bản lấy ý kiến đơn vị."),
        ({**SILENT, "op-asked_on": ""}, "Nhập ngày của văn bản lấy ý kiến."),
        (
            {**SILENT, "op-asked_on": "01/01/1990", "op-on": "02/01/1990"},
            "không trước ngày công bố quyết định",
        ),
        ({**SILENT, "op-on": "23/9/2026"}, "Thời hạn trả lời phải sau ngày của văn bản"),
        ({"op-on": "31/02/2026"}, "Không có ngày 31/02/2026"),
        ({"op-way": None}, "Chọn cách có ý kiến"),
    ],
)
def test_an_opinion_that_cannot_be_is_refused_and_kept(
    client: Browser, session: Session, finding: Finding, change: dict[str, str | None], message: str
) -> None:
    client.sign_in(cast.SECRETARY).get(f"/findings/{finding.id}")
    client.submit("form[action$='/take-opinion']", {**OPINION, **change}, expect=422)
    assert message in client.text and "Thống nhất." in client.text
    assert state_of(session, finding) is FindingState.DRAFT


def test_silence_counts_once_the_letter_that_asked_and_its_time_are_known(
    client: Browser, session: Session, finding: Finding
) -> None:
    with clock.frozen(NOON + timedelta(days=6)):
        client.sign_in(cast.SECRETARY).get(f"/findings/{finding.id}")
        client.submit("form[action$='/take-opinion']", SILENT)
        client.follow()
    assert "Hết thời hạn, không có ý kiến (45/SNV-CCHC ngày 23/9/2026), ngày 28/9/2026" in client.text
    assert state_of(session, finding) is FindingState.OPINION_TAKEN


def test_silence_never_stands_in_for_words_that_were_given(
    client: Browser, session: Session, finding: Finding
) -> None:
    made.heard(finding)
    session.commit()
    with clock.frozen(NOON + timedelta(days=6)):
        client.sign_in(cast.SECRETARY).get(f"/findings/{finding.id}")
        client.submit("form[action$='/take-opinion']", SILENT, expect=409)
        assert "Đơn vị đã có ý kiến" in client.text
        later = {**OPINION, "op-reference": "35/UBND-VP", "op-opinion": "Đã rà soát lại."}
        client.submit("form[action$='/take-opinion']", {**later, "op-asked_on": ""})
    assert state_of(session, finding) is FindingState.OPINION_TAKEN and finding.opinion == "Đã rà soát lại."
    last = list_events(finding, limit=1)[0]
    assert last.data["previous_way"] == "by_document"
    assert last.data["previous_opinion"] == "Đơn vị thống nhất."


def test_a_finding_that_was_heard_is_reconsidered_as_heard(session: Session, finding: Finding) -> None:
    leader = cast.actor(cast.TEAM_LEADER)
    services.leave_out(made.heard(finding), "Trùng nội dung.", actor=leader)
    services.reconsider(finding, actor=leader)
    assert finding.state is FindingState.OPINION_TAKEN


@pytest.mark.parametrize("verb", ["leave_out", "pass_on", "merge", "remove"])
def test_what_others_were_merged_into_stays_until_they_are_freed(
    session: Session, finding: Finding, unit: InspectedUnit, verb: str
) -> None:
    leader = cast.actor(cast.TEAM_LEADER)
    carrier = made.finding(fieldwork.item(unit, "MC-05"), "Phiếu xin lỗi chưa đúng mẫu.")
    third = made.finding(fieldwork.item(unit, "MC-05"), "Sổ chưa ghi giờ.")
    services.merge(finding, carrier, actor=leader)
    act = {
        "leave_out": lambda: services.leave_out(carrier, "Không đủ căn cứ.", actor=leader),
        "pass_on": lambda: services.pass_on(carrier, "Thanh tra thành phố", actor=leader),
        "merge": lambda: services.merge(carrier, third, actor=leader),
        "remove": lambda: services.remove(carrier, actor=leader),
    }[verb]
    with pytest.raises(WrongState, match="Đang có 01 tồn tại, hạn chế gộp vào"):
        act()
    services.reconsider(finding, actor=leader)
    act()


def test_a_finding_with_a_dissent_is_not_taken_away(
    client: Browser, session: Session, finding: Finding
) -> None:
    services.dissent(finding, "Mẫu chưa đủ lớn.", actor=cast.actor(cast.SECRETARY))
    session.commit()
    client.sign_in(cast.MEMBER).get(f"/findings/{finding.id}/remove")
    client.submit(expect=409)
    assert "đang có ý kiến bảo lưu" in client.text


def test_ids_that_cannot_be_are_left_out(client: Browser, unit: InspectedUnit) -> None:
    where = f"/inspections/{unit.inspection_id}"
    client.sign_in(cast.TEAM_LEADER).get(f"{where}/agreement?unit={'9' * 5000}&skip={'9' * 5000}")
    client.post(f"{where}/findings/agree", {"pick": ["9" * 5000, "²"]})


def test_the_table_is_filtered_by_unit_group_level_and_minutes(client: Browser, session: Session) -> None:
    inspection = fieldwork.opened(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    for unit in inspection.units:
        made.finding(fieldwork.item(unit, "MC-07"), f"Tồn tại của {unit.unit.name}.")
    session.commit()
    first, second = inspection.units
    address = f"/inspections/{inspection.id}/agreement"
    client.sign_in(cast.TEAM_LEADER).get(f"{address}?unit={first.id}")
    assert (
        "Tồn tại của UBND xã Long Phước." in client.text
        and "Tồn tại của UBND xã An Phước." not in client.text
    )
    client.get(f"{address}?level=serious")
    assert "Không có tồn tại, hạn chế nào theo bộ lọc." in client.text
    client.get(f"{address}?minutes=no&group={fieldwork.item(second, 'MC-07').criterion.group_id}")
    assert len(client.page.select("tr[id^=tt-]")) == 2
    client.get(f"{address}?unit=khong-phai-so&level=la&group=-1")
    assert len(client.page.select("tr[id^=tt-]")) == 2


def test_a_group_without_shortcoming_needs_reason_and_sample(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    fieldwork.answer(fieldwork.item(unit, "CĐ-01"))
    session.commit()
    agreement = f"/inspections/{unit.inspection_id}/agreement"
    client.sign_in(cast.TEAM_LEADER).get(agreement)
    (link,) = client.page.select("a[href$='/clean']")[:1]
    client.get(str(link["href"]))
    client.submit(data={"reason": "Ban hành đủ, đúng hạn"}, expect=422)
    assert "Ghi mẫu đã xem." in client.text and "Ban hành đủ, đúng hạn" in client.text
    client.submit(data={"sample": "Kế hoạch và 03 báo cáo quý"})
    client.follow()
    assert "Kế hoạch và 03 báo cáo quý" in client.text
    assert session.scalars(sa.select(GroupNote)).one().clean_reason == "Ban hành đủ, đúng hạn"


@pytest.mark.parametrize("verb", ["agree", "reconsider", "leave-out", "pass-on", "merge"])
@pytest.mark.parametrize(
    ("part", "status"),
    [(cast.SECRETARY, 403), (cast.MEMBER, 403), (cast.PLANNER, 403), (cast.HEAD, 404), (cast.GUEST, 404)],
)
def test_only_the_leader_decides(
    client: Browser, session: Session, finding: Finding, part: str, status: int, verb: str
) -> None:
    client.sign_in(part).get("/khong-co-trang-nay", expect=404)
    client.post(f"/findings/{finding.id}/{verb}", {"out-reason": "x", "pass-to": "y"}, expect=status)
    assert state_of(session, finding) is FindingState.DRAFT


def test_evidence_passes_the_gate(client: Browser, session: Session, finding: Finding) -> None:
    client.sign_in(cast.MEMBER).get(f"/findings/{finding.id}")
    address = f"/findings/{finding.id}/files"
    client.post(address, {"file-files": [(BytesIO(b"MZ"), "chuong-trinh.exe")]}, expect=422)
    assert "không thuộc loại được tiếp nhận" in client.text
    client.post(address, {}, expect=422)
    client.post(address, {"file-files": [(BytesIO(b"%PDF-1.7 x"), "minh-chung.pdf")]})
    session.expire_all()
    assert [stored.name for stored in finding.files] == ["minh-chung.pdf"]


def test_after_the_conclusion_nothing_is_offered_or_taken(
    client: Browser, session: Session, finding: Finding
) -> None:
    made.heard(finding)
    unit = finding.inspected_unit
    fieldwork.answer(fieldwork.item(unit, "CĐ-01"))
    session.commit()
    address = f"/inspections/{unit.inspection_id}/agreement"
    client.sign_in(cast.TEAM_LEADER).get(address)
    assert client.page.select("#chon") and client.page.select("a[href$='/clean']")
    unit.state = InspectedUnitState.TERMINATED
    session.commit()
    client.get(address)
    assert not client.page.select("#chon") and not client.page.select("a[href$='/clean']")
    client.post(f"/findings/{finding.id}/agree", expect=409)
    assert state_of(session, finding) is FindingState.OPINION_TAKEN


def test_the_page_of_the_case_leads_a_member_to_the_form(client: Browser, unit: InspectedUnit) -> None:
    client.sign_in(cast.MEMBER).get(f"/inspections/{unit.inspection_id}")
    button = client.page.select_one(".kl-object .btn-primary")
    assert button.get_text().strip() == "Mở phiếu kiểm tra"
    assert button["href"] == f"/inspected-units/{unit.id}/fieldwork"
    client.sign_in(cast.PLANNER).get(f"/inspections/{unit.inspection_id}")
    assert "Mở phiếu kiểm tra" not in client.text
