"""Plan, letters and outline of a case say what its record says, to those who may read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from bs4 import Tag
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import services as deadlines
from app.deadlines.settings import (
    ANNOUNCEMENT_SECTIONS,
    OUTLINE_TYPE_NAME,
    SYMBOLS,
    WORK_PLAN_SECTIONS,
    Setting,
)
from app.documents import pages
from app.documents.canonical import canonical_json, from_json
from app.documents.composers import find_composer
from app.documents.content import Annex, OfficialDocument, Row, SignatureBlock, Table
from app.documents.kinds import DocumentKind
from app.documents.models import Document, Paper
from app.errors import DomainError, WrongState
from app.extensions import db
from app.inspections import services
from app.inspections.composing import outline
from app.inspections.models import InspectedUnit, Inspection, InspectionKind, TeamRole
from app.inspections.queries import list_scope
from app.inspections.services import MemberData
from app.vietnamese import format_date
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.factories.blank_papers import blank, draw

UNITS = (cast.LONG_PHUOC, cast.AN_PHUOC, cast.LONG_THANH)
OF_CASE = (
    DocumentKind.WORK_PLAN,
    DocumentKind.ANNOUNCEMENT,
    DocumentKind.REPORT_OUTLINE,
    DocumentKind.MEMBER_REQUEST,
)
AGENCY = "Sở Khoa học và Công nghệ"


def a_case(units: Sequence[str] = UNITS, *, kind: InspectionKind = InspectionKind.PLANNED) -> Inspection:
    """Decided, with a guest, visits at every unit and days for the reports."""
    inspection = make.draft(units=units, criteria=("MC-05", "MC-11", "CĐ-01"), kind=kind, provisional=True)
    planner = cast.actor(cast.PLANNER)
    guest = services.add_member(
        inspection,
        MemberData(TeamRole.MEMBER, name="Đinh Thị Mẫu Số", agency=AGENCY, post="Chuyên viên"),
        version=None,
        actor=planner,
    )
    member = inspection.member_of(cast.person(cast.MEMBER).id)
    assert member is not None
    heads = {g.criteria[0].key.partition("-")[0]: g.id for g in inspection.form_version.groups}
    pairs = {}
    for iu in inspection.units:
        pairs[(iu.id, heads["MC"])] = guest.id
        pairs[(iu.id, heads["CĐ"])] = member.id
    services.assign(inspection, pairs, version=None, actor=planner)
    services.decide(inspection, make.decision_data(98), version=None, actor=planner)
    for place, iu in enumerate(inspection.units):
        make.scheduled(iu, make.TODAY + timedelta(days=1 + place))
        iu.report_due_on = date(2026, 9, 24)
    db.session.flush()
    return inspection


def composed(kind: DocumentKind, inspection: Inspection, *units: InspectedUnit) -> OfficialDocument:
    composer = find_composer(kind)
    assert composer is not None
    return composer.compose(blank(inspection, [iu.unit for iu in units]))


def missing(kind: DocumentKind, inspection: Inspection) -> tuple[str, ...]:
    composer = find_composer(kind)
    assert composer is not None
    return composer.missing(blank(inspection))


def said(part: OfficialDocument | Annex | Table) -> str:
    """Everything a paper says, as its canonical text."""
    return " ".join(_strings(part))


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for part in value for text in _strings(part)]
    fields = getattr(value, "__dataclass_fields__", {})
    return [text for name in fields for text in _strings(getattr(value, name))]


def table(document: OfficialDocument, heading: str) -> Table:
    return next(
        block
        for block in (*document.blocks, *(b for annex in document.annexes for b in annex.blocks))
        if isinstance(block, Table) and any(column.heading == heading for column in block.columns)
    )


def set_setting(setting: Setting[str], value: str) -> None:
    deadlines.set_setting(setting.key, value, clock.today(), None)


def cells(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    return [row.cells for row in rows]


@pytest.mark.parametrize("kind", OF_CASE)
def test_every_paper_of_a_case_is_whole_in_nfc_and_comes_back_from_its_canonical_text(
    kind: DocumentKind, session: Session
) -> None:
    document = composed(kind, a_case())
    assert from_json(canonical_json(document)) == document
    assert document.kind is kind and document.number is None and document.issued_on is None
    assert unicodedata.is_normalized("NFC", said(document))
    assert document.signature is not None and document.recipients[-1].startswith("Lưu: VT")
    assert "98/QĐ-SNV" in said(document) or kind is DocumentKind.REPORT_OUTLINE
    assert "None" not in said(document)


def test_the_plan_has_a_line_for_every_visit_and_says_who_looks_at_what(session: Session) -> None:
    inspection = a_case()
    again = make.scheduled(inspection.units[0], date(2026, 9, 28))
    document = composed(DocumentKind.WORK_PLAN, inspection)
    days = cells(table(document, "Ngày, buổi").rows)
    assert days[0] == (
        "1", "UBND xã Long Phước", "Buổi sáng ngày 24/9/2026", "Trụ sở UBND xã Long Phước",
        "Tổ 1, Nguyễn Văn Mẫu",
    )  # fmt: skip
    assert days[1][:3] == ("", "", "Buổi sáng ngày 28/9/2026") and again.place in days[1]
    assert [row[1] for row in days] == [
        "UBND xã Long Phước",
        "",
        "UBND xã An Phước",
        "UBND phường Long Thành",
    ]
    who = cells(table(document, "Nhóm nội dung").rows)
    assert [row[1] for row in who] == [
        "Nguyễn Văn Mẫu, Trưởng đoàn", "Hoàng Thị Minh Họa, Thư ký", "Bùi Văn Thí Dụ, Thành viên",
        "Đinh Thị Mẫu Số, Thành viên",
    ]  # fmt: skip
    assert who[0][2:] == ("Tất cả các đơn vị", "Chỉ đạo chung")
    assert who[1][2:] == ("", "Theo phân công của Trưởng đoàn")
    assert who[3][2:] == ("Tất cả các đơn vị", "Một cửa")
    assert document.issuing_body == "Đoàn kiểm tra theo Quyết định số 98/QĐ-SNV"
    assert document.governing_body == "Sở Nội vụ" and document.symbol == "KH-ĐKT"
    assert document.signature == SignatureBlock(
        posts=("Trưởng đoàn", "Phó Giám đốc Sở Nội vụ"), name="Nguyễn Văn Mẫu"
    )
    assert "Giám đốc Sở Nội vụ (để phê duyệt)" in document.recipients
    assert "gửi báo cáo theo đề cương chậm nhất hết ngày 24/9/2026" in said(document)
    assert "10 ngày làm việc" in said(document) and "thời điểm kiểm tra" in said(document)
    assert missing(DocumentKind.WORK_PLAN, inspection) == ()


def test_units_with_other_groups_and_other_contents_have_lines_of_their_own(session: Session) -> None:
    inspection = a_case()
    guest = next(m for m in inspection.members if m.agency)
    guest.assignments.remove(guest.assignments[0])
    item = next(i for i in list_scope(inspection.units[0].id) if i.criterion.key == "MC-11")
    item.starts_on = date(2026, 3, 1)
    db.session.flush()
    document = composed(DocumentKind.WORK_PLAN, inspection)
    who = [row for row in cells(table(document, "Nhóm nội dung").rows) if row[3] == "Một cửa"]
    assert [row[2] for row in who] == ["UBND xã An Phước; UBND phường Long Thành"]
    told = table(document, "Nội dung kiểm tra")
    assert told.rows[0].cells[1] == "UBND xã Long Phước"
    assert any("01/3/2026" in row.cells[3] for row in told.rows)
    assert missing(DocumentKind.WORK_PLAN, inspection) == (
        "Chưa phân công 01 nhóm nội dung tại UBND xã Long Phước.",
    )


def test_the_letter_to_the_units_says_when_who_what_and_attaches_outline_figures_and_papers(
    session: Session,
) -> None:
    inspection = a_case()
    document = composed(DocumentKind.ANNOUNCEMENT, inspection)
    assert document.is_letter and document.symbol == "SNV-CCHC" and document.governing_body is not None
    assert document.subject.startswith("Thông báo lịch kiểm tra công tác")
    assert document.addressees == ("UBND xã Long Phước", "UBND xã An Phước", "UBND phường Long Thành")
    assert [annex.label for annex in document.annexes] == ["Phụ lục I", "Phụ lục II", "Phụ lục III"]
    assert "chậm nhất hết ngày 24/9/2026 (thứ Năm)" in said(document)
    assert "Hoàng Thị Minh Họa, Chuyên viên Phòng Cải cách hành chính" in said(document)
    assert "Danh sách quá hạn × phiếu xin lỗi" in said(document.annexes[2])
    figures = table(document, "Số chưa đạt, quá hạn")
    assert ("1", "MC-05", "Phiếu xin lỗi và hẹn lại", "hồ sơ quá hạn", "", "", "", "") in cells(figures.rows)
    assert document.annexes[1].landscape
    assert missing(DocumentKind.ANNOUNCEMENT, inspection) == ()


def test_units_asked_by_other_days_are_told_so_line_by_line(session: Session) -> None:
    inspection = a_case()
    inspection.units[1].report_due_on = date(2026, 9, 25)
    inspection.units[2].report_due_on = None
    for visit in list(inspection.units[2].visits):
        db.session.delete(visit)
    db.session.flush()
    db.session.expire_all()
    document = composed(DocumentKind.ANNOUNCEMENT, inspection)
    notes = [row.cells[-1] for row in table(document, "Ngày, buổi").rows]
    assert notes == [
        "Gửi báo cáo đến hết ngày 24/9/2026", "Gửi báo cáo đến hết ngày 25/9/2026", "",
    ]  # fmt: skip
    assert "theo thời hạn ghi tại mục 1" in said(document) and "Chưa xếp lịch" in said(document)
    assert missing(DocumentKind.ANNOUNCEMENT, inspection) == (
        "Chưa xếp lịch làm việc với UBND phường Long Thành.",
        "Chưa ghi thời hạn gửi báo cáo của UBND phường Long Thành.",
    )


def test_a_letter_about_one_unit_names_no_other(session: Session) -> None:
    inspection = a_case()
    document = composed(DocumentKind.ANNOUNCEMENT, inspection, inspection.units[1])
    assert document.addressees == ("UBND xã An Phước",)
    assert "Long Phước" not in said(document) and "Long Thành" not in said(document)


def test_the_outline_asks_for_every_content_in_scope_and_the_figures_of_each(session: Session) -> None:
    document = composed(DocumentKind.REPORT_OUTLINE, a_case())
    text = said(document)
    assert document.type_name == "Đề cương báo cáo" and document.annexes[0].landscape
    for asked in ("có phiếu xin lỗi và hẹn lại", "Ban hành kế hoạch CCHC năm", "Khó khăn, vướng mắc"):
        assert asked in text
    assert "Kế hoạch CCHC năm: " not in text, "the short title says what the sentence says"
    assert "Một cửa" not in [column.heading for column in table(document, "Tỷ lệ (%)").columns]


def test_the_letter_to_agencies_names_each_with_its_people_contents_and_the_day_to_answer(
    session: Session,
) -> None:
    inspection = a_case()
    document = composed(DocumentKind.MEMBER_REQUEST, inspection)
    assert document.addressees == (AGENCY,)
    assert cells(table(document, "Cơ quan").rows) == [
        ("1", AGENCY, "01", "Đinh Thị Mẫu Số, Chuyên viên", "Một cửa")
    ]
    assert inspection.starts_on == date(2026, 9, 23)
    assert "chậm nhất hết ngày 16/9/2026 (thứ Tư)" in said(document)
    assert missing(DocumentKind.MEMBER_REQUEST, inspection) == ()


def test_without_a_guest_there_is_nobody_to_write_to(session: Session) -> None:
    inspection = make.decided()
    assert missing(DocumentKind.MEMBER_REQUEST, inspection) == ("Đoàn chưa có thành viên của cơ quan khác.",)
    assert "Chưa có thành viên của cơ quan khác" in said(composed(DocumentKind.MEMBER_REQUEST, inspection))


def test_a_draft_says_what_it_lacks(session: Session) -> None:
    inspection = make.draft(units=(), criteria=(), team=False)
    assert missing(DocumentKind.WORK_PLAN, inspection) == (
        "Chưa ghi nhận quyết định kiểm tra.",
        "Đoàn chưa có Trưởng đoàn.",
    )
    assert missing(DocumentKind.ANNOUNCEMENT, inspection) == ("Chưa ghi nhận quyết định kiểm tra.",)
    assert missing(DocumentKind.REPORT_OUTLINE, inspection) == ("Chưa chọn nội dung kiểm tra.",)
    for kind in OF_CASE:
        assert pages.count_pages(draw(kind, blank(inspection))) >= 1


def test_a_surprise_inspection_has_no_letter_and_no_outline_and_tells_agencies_nothing_of_whom(
    session: Session,
) -> None:
    inspection = a_case(kind=InspectionKind.SURPRISE)
    for kind in (DocumentKind.ANNOUNCEMENT, DocumentKind.REPORT_OUTLINE):
        with pytest.raises(WrongState, match="đột xuất"):
            composed(kind, inspection)
        assert "đột xuất" in missing(kind, inspection)[0]
    request = said(composed(DocumentKind.MEMBER_REQUEST, inspection))
    for secret in ("Long Phước", "An Phước", "Long Thành", inspection.title.lower(), "98/QĐ-SNV", "/9/2026"):
        assert secret not in request
    plan = composed(DocumentKind.WORK_PLAN, inspection)
    assert "Các đơn vị được kiểm tra (để phối hợp)" not in plan.recipients
    assert "gửi báo cáo theo đề cương" not in said(plan)


def test_offices_word_titles_sections_and_symbols_their_own_way(session: Session) -> None:
    inspection = a_case()
    set_setting(WORK_PLAN_SECTIONS, "Mục tiêu; Đối tượng; Nội dung; Lịch; Nhân sự; Thực hiện")
    set_setting(SYMBOLS["team_plan"], "KH-{office}")
    set_setting(SYMBOLS["letter"], "{office}-{unit}-TH")
    set_setting(OUTLINE_TYPE_NAME, "Đề cương")
    plan = composed(DocumentKind.WORK_PLAN, inspection)
    assert plan.symbol == "KH-SNV" and {"Mục tiêu", "Nhân sự", "Thực hiện"} <= set(_strings(plan))
    assert composed(DocumentKind.ANNOUNCEMENT, inspection).symbol == "SNV-CCHC-TH"
    assert composed(DocumentKind.REPORT_OUTLINE, inspection).type_name == "Đề cương"


@pytest.mark.parametrize(
    "typed", ["", "Một; Hai", "Một; ; Ba; Bốn", "x" * 101 + "; b; c; " + "d" * 300, None]
)
def test_names_of_sections_are_given_all_of_them(typed: object) -> None:
    with pytest.raises(DomainError, match="Tên các mục của công văn thông báo kiểm tra"):
        ANNOUNCEMENT_SECTIONS.read(typed)


def test_a_kept_paper_has_the_symbol_the_type_and_the_signer_that_were_chosen(session: Session) -> None:
    inspection = a_case()
    kept = Paper(
        inspection_id=inspection.id, type_name="Phương án",
        signature_prefix="KT. Trưởng đoàn\nPhó Trưởng đoàn",
        document=Document(kind=DocumentKind.WORK_PLAN, symbol="PA-ĐKT", signer_name="Lê Thị Mẫu"),
    )  # fmt: skip
    composer = find_composer(DocumentKind.WORK_PLAN)
    assert composer is not None
    document = composer.compose(kept)
    assert (document.symbol, document.type_name) == ("PA-ĐKT", "Phương án")
    assert document.signature == SignatureBlock(
        name="Lê Thị Mẫu", authority=("KT. Trưởng đoàn",), posts=("Phó Trưởng đoàn",)
    )


def links(client: Browser, address: str) -> Sequence[Tag]:
    return client.page.select(f"a[href='{address}']")


def kinds_offered(client: Browser, inspection: Inspection) -> set[str]:
    client.get(f"/inspections/{inspection.id}/papers/new")
    return {str(choice["value"]) for choice in client.page.select("[name=kind]")}


def test_papers_are_begun_from_the_page_of_the_case(client: Browser, session: Session) -> None:
    inspection = a_case(units=(cast.LONG_PHUOC,))
    client.sign_in(cast.SECRETARY).get(f"/inspections/{inspection.id}")
    assert links(client, f"/inspections/{inspection.id}/papers/new")
    assert {"work_plan", "announcement", "report_outline", "member_request"} <= kinds_offered(
        client, inspection
    )


def test_papers_are_begun_by_planner_and_team_alone(client: Browser, session: Session) -> None:
    inspection = a_case(units=(cast.LONG_PHUOC,))
    address = f"/inspections/{inspection.id}/papers/new"
    for part, offered in (
        (cast.PLANNER, True), (cast.TEAM_LEADER, True), (cast.MEMBER, False), (cast.CLERK, False),
    ):  # fmt: skip
        client.sign_in(part)
        assert bool(kinds_offered(client, inspection)) is offered, part
    for part in (cast.HEAD, cast.OTHER_HEAD, cast.GUEST, cast.OBSERVER):
        client.sign_in(part).get(address, expect=404)
    client.sign_in(cast.CLERK).get(f"/inspections/{inspection.id}")
    assert "Tạo dự thảo" not in client.text


def test_a_surprise_inspection_is_announced_by_no_letter_to_the_unit(
    client: Browser, session: Session
) -> None:
    inspection = a_case(units=(cast.LONG_PHUOC,), kind=InspectionKind.SURPRISE)
    offered = kinds_offered(client.sign_in(cast.PLANNER), inspection)
    assert "work_plan" in offered and not {"announcement", "report_outline"} & offered
    for kind in (DocumentKind.ANNOUNCEMENT, DocumentKind.REPORT_OUTLINE):
        with pytest.raises(WrongState, match="không báo trước"):
            draw(kind, blank(inspection))


def test_the_unit_is_not_asked_to_prepare_what_the_team_does_itself(session: Session) -> None:
    assert outline._to_prepare(("Phiếu dừng/rút", "Gọi xác minh mẫu")) == "Phiếu dừng/rút"
    assert outline._to_prepare(("Mẫu ≥ 20 văn bản", "Phiếu chấm")) == "Hồ sơ, tài liệu của nội dung này"


def test_who_signs_himself_is_not_reported_to(session: Session) -> None:
    document = composed(DocumentKind.ANNOUNCEMENT, a_case())
    assert document.signature.authority == ()
    assert not [line for line in document.recipients if line.endswith("(để báo cáo)")]


def test_a_letter_that_asks_for_days_gone_by_does_not_go_up(session: Session) -> None:
    inspection = a_case()
    inspection.units[0].report_due_on = clock.today() - timedelta(days=1)
    found = missing(DocumentKind.ANNOUNCEMENT, inspection)
    day = format_date(inspection.units[0].report_due_on)
    assert found == (f"Thời hạn gửi báo cáo của {inspection.units[0].unit.name} ({day}) đã qua.",)
