"""Biên bản: composed, edited, printed to be signed, signed or refused, scanned."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
from pypdfium2 import PdfDocument
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError
from app.fieldwork import services
from app.fieldwork.models import Minutes, MinutesState
from app.files import services as files
from app.findings import services as findings
from app.findings.models import Finding, FindingState, OpinionWay, UnitProposal
from app.inspections.models import InspectedUnit, Visit, VisitState
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork
from tests.factories import findings as made
from tests.strict_client import form_values


@pytest.fixture
def visit(session: Session, unit: InspectedUnit) -> Visit:
    """The visit under way, with one content met and one not met."""
    fieldwork.answer(fieldwork.item(unit, "MC-05"))
    item = fieldwork.item(unit, "MC-07")
    fieldwork.answer(item, fieldwork.not_met())
    made.finding(item, "12 hồ sơ kết thúc trước ngày ký kết quả.")
    made.finding(item, "Sổ theo dõi chưa ghi giờ.", fixed_on_spot=True, fixed_note="Đã ghi bổ sung.")
    made.proposal(unit)
    session.commit()
    return unit.visits[0]


def text_of(pdf: bytes) -> str:
    with PdfDocument(io.BytesIO(pdf)) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def the_minutes(session: Session) -> Minutes:
    session.expire_all()
    return session.scalars(sa.select(Minutes)).one()


TYPED = {"opened_time": "8:05", "closed_time": "11h40", "unit_signatory": "Nguyễn Văn Giả Thiết"}


def open_page(client: Browser, visit: Visit) -> None:
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}")
    client.submit("form[action$='/compose']")
    client.follow()


def test_they_are_composed_from_the_answers(client: Browser, session: Session, visit: Visit) -> None:
    open_page(client, visit)
    texts = the_minutes(session).sections["texts"]
    assert texts["supplied"] == "- Một cửa: sổ theo dõi hồ sơ năm 2026; kết xuất hệ thống"
    assert "MC-11 Tỷ lệ giải quyết đúng hạn" in texts["not_examined"]
    assert texts["fixed"] == "- Kết thúc hồ sơ đúng: Đã ghi bổ sung."
    assert texts["difficulties"] == "- Đề nghị tập huấn sử dụng hệ thống thông tin."
    assert the_minutes(session).unit_present == ["Nguyễn Văn Giả Thiết, Chủ tịch UBND xã"]
    assert "Nguyễn Văn Mẫu, Phó Giám đốc Sở Nội vụ, Trưởng đoàn" in the_minutes(session).team_present


def test_composing_again_keeps_what_was_edited_and_renews_the_rest(session: Session, visit: Visit) -> None:
    minutes = fieldwork.composed(visit)
    texts = fieldwork.Texts(**{**minutes.sections["texts"], "supplied": "- Theo danh mục kèm theo"})
    services.edit_minutes(
        minutes, fieldwork.values(minutes, texts=texts), actor=cast.actor(cast.SECRETARY), version=None
    )
    fieldwork.answer(fieldwork.item(visit.inspected_unit, "MC-11"))
    fieldwork.composed(visit)
    assert minutes.sections["texts"]["supplied"] == "- Theo danh mục kèm theo"
    assert "MC-11" not in minutes.sections["texts"]["not_examined"]


def test_findings_are_put_in_another_order_and_their_words_changed_in_the_record(
    client: Browser, session: Session, visit: Visit
) -> None:
    open_page(client, visit)
    first, second = the_minutes(session).finding_ids
    words = "Sổ theo dõi hồ sơ chưa ghi giờ giao, nhận."
    client.submit(
        "#bien-ban", {**TYPED, f"order-{first}": "2", f"order-{second}": "1", f"words-{second}": words}
    )
    assert the_minutes(session).finding_ids == [second, first]
    assert session.get_one(Finding, second).description == words


def test_the_print_says_everything_in_reading_order(client: Browser, session: Session, visit: Visit) -> None:
    open_page(client, visit)
    client.submit("#bien-ban", {**TYPED, "unit_agrees": "y"})
    client.follow()
    text = text_of(client.get(f"/visits/{visit.id}/minutes.pdf").data)
    for earlier, later in (
        ("BIÊN BẢN", "hồi 08 giờ 05 phút, ngày 23/9/2026"),
        ("Nguyễn Văn Mẫu, Phó Giám đốc", "Chủ tịch UBND xã"),
        ("12 hồ sơ kết thúc trước ngày ký kết quả", "Đã ghi bổ sung"),
        ("Đã ghi bổ sung", "MC-11"),
        ("Đơn vị thống nhất với nội dung biên bản", "Đề nghị tập huấn"),
        ("Đề nghị tập huấn", "hồi 11 giờ 40 phút cùng ngày"),
    ):
        assert 0 <= text.find(earlier) < text.find(later), (earlier, later)


def test_printing_needs_the_closing_hour_and_says_so(client: Browser, session: Session, visit: Visit) -> None:
    open_page(client, visit)
    address = f"/visits/{visit.id}/minutes"
    form = client.page.select_one("#bien-ban")
    assert form is not None
    values = form_values(form)
    values["print"] = "1"
    client.post(f"{address}/edit", values, expect=422)
    assert "Biên bản còn thiếu: giờ kết thúc." in client.text
    assert the_minutes(session).state is MinutesState.DRAFT


def test_signing_keeps_the_very_bytes_that_were_printed(
    client: Browser, session: Session, visit: Visit
) -> None:
    minutes = fieldwork.printed(visit)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}/minutes.pdf")
    printed = client.response.data
    client.get(f"/visits/{visit.id}/minutes")
    client.submit("form[action$='/sign']", {"ky-signatory": "Nguyễn Văn Giả Thiết, Chủ tịch UBND xã"})
    minutes = the_minutes(session)
    assert minutes.state is MinutesState.SIGNED and minutes.document is not None
    assert minutes.document.file is not None
    assert files.read(minutes.document.file) == printed
    assert minutes.document.sha256 == hashlib.sha256(printed).hexdigest()
    assert visit.state is VisitState.SIGNED and visit.closed_at == minutes.closed_at
    for finding in session.scalars(sa.select(Finding)):
        assert finding.in_minutes and finding.opinion_way is OpinionWay.IN_MINUTES
        assert finding.opinion == "Đơn vị thống nhất." and finding.state is FindingState.OPINION_TAKEN


def test_a_finding_recorded_after_signing_is_flagged(client: Browser, session: Session, visit: Visit) -> None:
    fieldwork.signed(visit)
    late = made.finding(fieldwork.item(visit.inspected_unit, "MC-11"), "Tỷ lệ đúng hạn chưa đạt.")
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/inspections/{visit.inspected_unit.inspection_id}/agreement")
    assert "Có 01 tồn tại, hạn chế chưa nêu trong biên bản đã ký." in client.text
    client.get(f"/findings/{late.id}")
    assert "Cần lấy ý kiến đơn vị trước khi đưa vào thông báo." in client.text


def test_what_changed_after_printing_must_be_printed_again(session: Session, visit: Visit) -> None:
    minutes = fieldwork.printed(visit)
    finding = session.get_one(Finding, minutes.finding_ids[0])
    findings.reword(finding, "Câu chữ đổi sau khi in.", actor=cast.actor(cast.SECRETARY))
    with pytest.raises(Conflict, match="In lại biên bản"):
        services.sign_minutes(
            minutes,
            signatory="Nguyễn Văn Giả Thiết",
            signed_on=fieldwork.clock.today(),
            actor=cast.actor(cast.SECRETARY),
        )


def test_an_edit_after_printing_makes_it_a_draft_again(
    client: Browser, session: Session, visit: Visit
) -> None:
    fieldwork.printed(visit)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}/minutes")
    client.submit("#bien-ban", {"requests": "Gửi bổ sung sổ theo dõi trước ngày 28/9/2026."})
    assert the_minutes(session).state is MinutesState.DRAFT
    client.follow()
    client.post(
        f"/visits/{visit.id}/minutes/sign", {"ky-signatory": "Ai đó", "ky-signed_on": "23/9/2026"}, expect=409
    )


def test_a_members_newer_words_survive_a_page_that_did_not_touch_them(
    client: Browser, session: Session, visit: Visit
) -> None:
    open_page(client, visit)
    first, second = the_minutes(session).finding_ids
    member = cast.actor(cast.MEMBER)
    findings.reword(session.get_one(Finding, first), "14 hồ sơ kết thúc sớm.", actor=member)
    session.commit()
    client.submit("#bien-ban", {**TYPED, f"words-{second}": "Sổ chưa ghi giờ giao, nhận."})
    assert session.get_one(Finding, first).description == "14 hồ sơ kết thúc sớm."
    assert session.get_one(Finding, second).description == "Sổ chưa ghi giờ giao, nhận."


def test_words_changed_on_both_sides_are_laid_side_by_side(
    client: Browser, session: Session, visit: Visit
) -> None:
    open_page(client, visit)
    first, second = the_minutes(session).finding_ids
    member = cast.actor(cast.MEMBER)
    for finding_id in (first, second):
        findings.reword(
            session.get_one(Finding, finding_id), f"Bản {finding_id} của thành viên.", actor=member
        )
    session.commit()
    client.submit("#bien-ban", {**TYPED, f"words-{first}": "Bản của thư ký."}, expect=409)
    assert f"Bản đang lưu: Bản {first} của thành viên." in client.text
    assert client.page.select_one(f"#words-{first}").get_text().strip() == "Bản của thư ký."
    assert session.get_one(Finding, first).description == f"Bản {first} của thành viên."
    client.submit("#bien-ban")  # now knowingly
    session.expire_all()
    assert session.get_one(Finding, first).description == "Bản của thư ký."
    assert session.get_one(Finding, second).description == f"Bản {second} của thành viên."


@pytest.mark.parametrize("verb", ["sign", "refuse"])
def test_what_was_printed_anew_meanwhile_is_not_recorded_as_signed(
    client: Browser, session: Session, visit: Visit, verb: str
) -> None:
    minutes = fieldwork.printed(visit)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}/minutes")
    leader = cast.actor(cast.TEAM_LEADER)
    changed = fieldwork.values(minutes, requests="Gửi bổ sung sổ theo dõi.")
    services.edit_minutes(minutes, changed, actor=leader, version=None)
    services.print_minutes(minutes, actor=leader)
    session.commit()
    typed = {
        "sign": {"ky-signatory": "Nguyễn Văn Giả Thiết"},
        "refuse": {"tc-reason": "Không thống nhất", "tc-witness": "Lê Văn Giả Định"},
    }[verb]
    client.submit(f"form[action$='/{verb}']", typed, expect=409)
    assert "Nguyễn Văn Mẫu" in client.text and the_minutes(session).state is MinutesState.PRINTED
    client.submit(f"form[action$='/{verb}']", typed)  # having seen the new print
    assert the_minutes(session).state in (MinutesState.SIGNED, MinutesState.REFUSED)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"opened_on": "01/01/1900"}, "là ngày công bố quyết định tại đơn vị, 23/9/2026"),
        ({"closed_on": "31/12/2199"}, "chậm nhất 02 ngày sau"),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    client: Browser, session: Session, visit: Visit, typed: dict[str, str], message: str
) -> None:
    open_page(client, visit)
    client.submit("#bien-ban", {**TYPED, **typed}, expect=422)
    assert message in client.text


def test_they_are_not_signed_before_the_day_they_were_closed(session: Session, visit: Visit) -> None:
    minutes = fieldwork.composed(visit)
    secretary = cast.actor(cast.SECRETARY)
    values = fieldwork.values(minutes, closed_at=fieldwork.clock.at(date(2026, 9, 24), 11))
    services.edit_minutes(minutes, values, actor=secretary, version=None)
    services.print_minutes(minutes, actor=secretary)
    with pytest.raises(DomainError, match="không trước ngày kết thúc buổi làm việc"):
        services.sign_minutes(minutes, signatory="Ông Mẫu", signed_on=date(2026, 9, 23), actor=secretary)


def test_a_line_of_a_lone_hyphen_prints_as_nothing(client: Browser, session: Session, visit: Visit) -> None:
    open_page(client, visit)
    client.submit("#bien-ban", {**TYPED, "supplied": "-", "strengths": "- Đủ sổ.\n-\n–"})
    text = text_of(client.get(f"/visits/{visit.id}/minutes.pdf").data)
    assert "1. Hồ sơ, tài liệu đơn vị cung cấp Không có." in text


def test_the_unit_may_refuse_with_a_witness(client: Browser, session: Session, visit: Visit) -> None:
    fieldwork.printed(visit)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}/minutes")
    client.submit("form[action$='/refuse']", {"tc-reason": "Không thống nhất số liệu"}, expect=422)
    data = {"tc-reason": "Không thống nhất số liệu", "tc-witness": "Lê Văn Giả Định, Trưởng ấp 1"}
    client.submit("form[action$='/refuse']", data)
    minutes = the_minutes(session)
    assert minutes.state is MinutesState.REFUSED and minutes.witness == "Lê Văn Giả Định, Trưởng ấp 1"
    assert minutes.document is not None and visit.state is VisitState.SIGNED
    said = "Đơn vị không ký biên bản. Lý do: Không thống nhất số liệu"
    assert minutes.unit_opinion == said and not minutes.unit_agrees
    assert {finding.opinion for finding in session.scalars(sa.select(Finding))} == {said}
    for page in (f"/visits/{visit.id}", f"/inspected-units/{visit.inspected_unit_id}/fieldwork"):
        client.get(page)
        assert "Đơn vị không ký biên bản" in client.text and "Đã ký biên bản" not in client.text


def test_minutes_are_signed_once(client: Browser, session: Session, visit: Visit) -> None:
    fieldwork.signed(visit)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}/minutes")
    data = {"ky-signatory": "Người khác", "ky-signed_on": "23/9/2026"}
    client.post(f"/visits/{visit.id}/minutes/sign", data, expect=409)
    assert the_minutes(session).unit_signatory == "Nguyễn Văn Giả Thiết, Chủ tịch UBND xã"


def test_a_stale_edit_keeps_what_was_typed_and_shows_what_is_stored(
    client: Browser, session: Session, visit: Visit
) -> None:
    open_page(client, visit)
    minutes = the_minutes(session)
    services.edit_minutes(
        minutes,
        fieldwork.values(minutes, requests="Yêu cầu của Trưởng đoàn"),
        actor=cast.actor(cast.TEAM_LEADER),
        version=None,
    )
    session.commit()
    client.submit("#bien-ban", {**TYPED, "requests": "Yêu cầu của thư ký"}, expect=409)
    assert "Yêu cầu của Trưởng đoàn" in client.text and "Yêu cầu của thư ký" in client.text
    client.submit("#bien-ban")
    assert the_minutes(session).requests == "Yêu cầu của thư ký"


def test_the_scan_of_the_signed_paper_is_kept(client: Browser, session: Session, visit: Visit) -> None:
    fieldwork.signed(visit)
    session.commit()
    address = f"/visits/{visit.id}/minutes"
    client.sign_in(cast.SECRETARY).get(address)
    client.post(f"{address}/scan", {"scan-file": [(BytesIO(b"khong phai pdf"), "ban-ky.pdf")]}, expect=422)
    client.get(address)
    data = b"%PDF-1.7\n%scan\n%%EOF"
    client.post(f"{address}/scan", {"scan-file": [(BytesIO(data), "ban-ky.pdf")]})
    assert the_minutes(session).scan is not None
    assert client.get(f"{address}/scan").data == data


@pytest.mark.parametrize(
    ("part", "status"), [(cast.MEMBER, 403), (cast.LEADER, 403), (cast.HEAD, 404), (cast.GUEST, 404)]
)
def test_only_leader_and_secretary_write_minutes(
    client: Browser, session: Session, visit: Visit, part: str, status: int
) -> None:
    fieldwork.printed(visit)
    session.commit()
    client.sign_in(part).get("/khong-co-trang-nay", expect=404)
    for verb in ("compose", "edit", "sign", "refuse", "scan"):
        client.post(f"/visits/{visit.id}/minutes/{verb}", {}, expect=status)
        client.get("/khong-co-trang-nay", expect=404)
    assert the_minutes(session).state is MinutesState.PRINTED


def test_difficulties_told_in_signed_minutes_are_followed_as_proposals(
    session: Session, visit: Visit
) -> None:
    minutes = fieldwork.composed(visit)
    told = (
        "- đề nghị tập huấn sử dụng hệ thống thông tin\n- Thiếu công chức chuyên trách.\n"
        "Kiến nghị bổ sung biên chế.\n- Không có."
    )
    texts = fieldwork.Texts(**{**minutes.sections["texts"], "difficulties": told})
    secretary = cast.actor(cast.SECRETARY)
    services.edit_minutes(minutes, fieldwork.values(minutes, texts=texts), actor=secretary, version=None)
    services.print_minutes(minutes, actor=secretary)
    before = session.scalars(sa.select(UnitProposal.text)).all()
    assert before == ["Đề nghị tập huấn sử dụng hệ thống thông tin."]
    services.sign_minutes(minutes, signatory="Ông Giả Thiết", signed_on=date(2026, 9, 23), actor=secretary)
    rows = session.scalars(sa.select(UnitProposal).order_by(UnitProposal.id)).all()
    assert [(row.text, str(row.kind)) for row in rows[1:]] == [
        ("Thiếu công chức chuyên trách.", "difficulty"),
        ("Kiến nghị bổ sung biên chế.", "proposal"),
    ]


def test_boxes_are_as_tall_as_their_text(client: Browser, session: Session, visit: Visit) -> None:
    minutes = fieldwork.composed(visit)
    told = "\n".join(f"- Nội dung {number}" for number in range(1, 10))
    texts = fieldwork.Texts(**{**minutes.sections["texts"], "concluded": told})
    services.edit_minutes(
        minutes, fieldwork.values(minutes, texts=texts), actor=cast.actor(cast.SECRETARY), version=None
    )
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}/minutes")
    rows = {box["name"]: int(box["rows"]) for box in client.page.select("#bien-ban textarea")}
    assert rows["concluded"] >= 9 and rows["team_present"] >= len(minutes.team_present)
    assert rows["requests"] == 3


def test_steps_of_a_signed_visit_tell_what_was_recorded_and_what_was_not(
    client: Browser, session: Session, visit: Visit
) -> None:
    def steps() -> dict[str, str]:
        client.get(f"/visits/{visit.id}")
        lines = client.page.select("[aria-labelledby=trinh-tu] li")
        return {line.get_text(" ", strip=True): line.i["class"][-1] for line in lines}

    def sign_of(label: str) -> str:
        return next(sign for text, sign in steps().items() if label in text)

    client.sign_in(cast.SECRETARY)
    assert sign_of("Đơn vị báo cáo") == sign_of("Kiểm tra theo phân công") == "bi-circle"
    fieldwork.signed(visit)
    session.commit()
    assert sign_of("Đơn vị báo cáo") == sign_of("Hội ý Đoàn") == "bi-dash"
    assert sign_of("Kiểm tra theo phân công") == "bi-check-circle-fill"
    visit.inspected_unit.report_citation = "Báo cáo số 45/BC-UBND"
    session.commit()
    assert sign_of("Đơn vị báo cáo") == "bi-check-circle-fill"
