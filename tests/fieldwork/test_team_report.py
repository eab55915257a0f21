"""The team's report says what the record holds, of the case or of a unit alone, and moves the case on."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import services as deadlines
from app.deadlines.settings import SYMBOLS, TEAM_REPORT_SECTIONS
from app.documents import pages
from app.documents import services as documents
from app.documents.canonical import canonical_json, from_json
from app.documents.composers import Composer, find_composer
from app.documents.content import Block, Bulleted, Heading, Numbered, OfficialDocument, Paragraph, Row, Table
from app.documents.kinds import DocumentKind
from app.documents.models import Document
from app.errors import Conflict
from app.extensions import db
from app.fieldwork import queries
from app.fieldwork.models import GroupNote, Minutes, MinutesState
from app.findings.models import Dissent, Finding, FindingState, OpinionWay, ProposalKind, UnitProposal
from app.inspections.models import InspectedUnit, InspectedUnitState, Inspection, InspectionState
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork as make
from tests.factories import inspections as cases
from tests.factories import notices, register
from tests.factories.blank_papers import blank, draw
from tests.queries import count_queries

TWO = (cast.LONG_PHUOC, cast.AN_PHUOC)


@pytest.fixture
def composer() -> Composer:
    found = find_composer(DocumentKind.TEAM_REPORT)
    assert found is not None
    return found


def report(composer: Composer, inspection: Inspection, *units: InspectedUnit) -> OfficialDocument:
    db.session.expire_all()
    return composer.compose(blank(inspection, [iu.unit for iu in units]))


def said(blocks: Sequence[Block]) -> str:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append("".join(run.text for run in block.runs))
        elif isinstance(block, (Numbered, Bulleted)):
            lines += ["".join(run.text for run in item.runs) for item in block.items]
        elif isinstance(block, Heading):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines += [" | ".join(row.cells) for row in block.rows]
    return "\n".join(lines)


def whole(document: OfficialDocument) -> str:
    return "\n".join((said(document.blocks), *(said(annex.blocks) for annex in document.annexes)))


def refs(document: OfficialDocument) -> set[str]:
    found: set[str] = set()
    for block in document.blocks:
        if isinstance(block, Paragraph):
            found.add(block.ref)
        elif isinstance(block, (Numbered, Bulleted)):
            found |= {item.ref for item in block.items}
    return found - {""}


def heard(
    unit: InspectedUnit, finding: Finding, *, agrees: bool = True, opinion: str = "", witness: str = ""
) -> Minutes:
    """Minutes of the unit's visit that name the finding; with a witness the unit did not sign them."""
    made = Minutes(
        visit_id=unit.visits[0].id,
        state=MinutesState.REFUSED if witness else MinutesState.SIGNED,
        signed_on=date(2026, 9, 8),
        unit_agrees=agrees,
        unit_opinion=opinion,
        unit_signatory="Nguyễn Văn Giả Thiết",
        witness=witness,
        refusal_reason="Chưa thống nhất số liệu" if witness else "",
        finding_ids=[finding.id],
    )
    db.session.add(made)
    db.session.flush()
    return made


def finding_of(unit: InspectedUnit) -> Finding:
    return db.session.scalars(sa.select(Finding).where(Finding.inspected_unit_id == unit.id)).one()


def test_the_report_of_a_case_has_results_shortcomings_and_recommendations_unit_by_unit(
    session: Session, composer: Composer
) -> None:
    inspection = notices.reported(units=TWO, report=False)
    first, second = inspection.units
    heard(first, finding_of(first))
    heard(second, finding_of(second), agrees=False, opinion="Đề nghị xem lại số liệu tháng 5")
    document = report(composer, inspection)
    assert from_json(canonical_json(document)) == document
    assert document.addressees == ("Giám đốc Sở Nội vụ",) and document.symbol == "ĐKT-SNV"
    assert document.subject == "Kết quả kiểm tra công tác cải cách hành chính, công vụ năm 2026"
    assert document.signature is not None
    assert document.signature.posts == ("Trưởng đoàn", "Phó Giám đốc Sở Nội vụ")
    assert document.signature.name == "Nguyễn Văn Mẫu"
    sections = [b.text for b in document.blocks if isinstance(b, Heading) and b.level.value == "section"]
    assert sections == ["Kết quả kiểm tra", "Tồn tại, hạn chế", "Kiến nghị của Đoàn kiểm tra"]
    text = whole(document)
    assert unicodedata.is_normalized("NFC", text) and "None" not in text
    for fact in (
        "ngày 08/9/2026, Đoàn kiểm tra đã kiểm tra tại 02 đơn vị",
        "1 | UBND xã Long Phước | 02/03 | 01 | 00 | 01 | 01",
        "đã kiểm tra 02/03 nội dung: đạt 01, chưa đạt 01; chưa kiểm tra 01 nội dung",
        "Bố trí quầy hỗ trợ người cao tuổi, người khuyết tật; niêm yết rõ ràng.",
        "(45/3.468, chiếm 1,30%)",
        "Nguyên nhân chủ quan: thiếu kiểm tra, đôn đốc. Khách quan: phần mềm, kết nối dữ liệu.",
        "Trách nhiệm: Trung tâm Phục vụ hành chính công; Công chức tiếp nhận hồ sơ.",
        "Đã nêu tại biên bản làm việc ngày 08/9/2026; đơn vị thống nhất.",
        "ý kiến của đơn vị: Đề nghị xem lại số liệu tháng 5.",
        "Đã nêu tại biên bản làm việc ngày 08/9/2026; ý kiến của đơn vị nêu tại mục I.",
        "Giám đốc Sở Nội vụ ban hành thông báo kết luận kiểm tra đối với 02 đơn vị.",
        "Chưa kiểm tra",
        "kính trình Giám đốc Sở Nội vụ",
    ):
        assert fact in text, fact
    asked = next(
        b for b in document.blocks if isinstance(b, Table) and b.columns[1].heading.startswith("Nội dung")
    )
    assert [row.cells[0] for row in asked.rows if row.group] == ["UBND xã Long Phước", "UBND xã An Phước"]
    due = [row for row in asked.rows if not row.group]
    assert due and all(row.cells[4].endswith("/2026") and row.ref.startswith("task:") for row in due)
    assert {"opening", "recommendations", "closing", f"finding:{finding_of(first).id}"} <= refs(document)
    assert composer.missing(blank(inspection)) == ()


def test_the_report_cites_what_the_unit_sent_and_says_when_it_was_asked_in_vain(
    session: Session, composer: Composer
) -> None:
    inspection = notices.reported(report=False)
    unit = inspection.units[0]
    assert "báo cáo của đơn vị" not in said(report(composer, inspection).blocks)
    unit.report_due_on = date(2026, 9, 4)
    session.flush()
    assert "đơn vị chưa gửi báo cáo." in said(report(composer, inspection).blocks)
    unit.report_citation = "Báo cáo số 71/BC-UBND ngày 03/9/2026"
    session.flush()
    text = said(report(composer, inspection).blocks)
    assert "báo cáo của đơn vị: Báo cáo số 71/BC-UBND ngày 03/9/2026." in text and "chưa gửi" not in text


def test_a_report_of_one_unit_names_no_other(session: Session, composer: Composer) -> None:
    inspection = notices.reported(units=TWO, report=False)
    document = report(composer, inspection, inspection.units[1])
    assert document.subject.endswith("tại UBND xã An Phước")
    assert "Long Phước" not in whole(document) and "UBND xã An Phước" in whole(document)
    assert not any(isinstance(b, Heading) and b.level.value == "clause" for b in document.blocks)


def test_nothing_that_the_team_noted_is_lost(session: Session, composer: Composer) -> None:
    inspection = notices.reported(report=False)
    unit = inspection.units[0]
    old = finding_of(unit)
    member = cast.person(cast.MEMBER).id
    passed = notices.finding(unit, "Dấu hiệu thu phí ngoài quy định")
    passed.state, passed.passed_to = FindingState.PASSED_ON, "Thanh tra thành phố"
    apart = notices.finding(
        unit, "Chưa công khai lịch tiếp công dân", state=FindingState.DRAFT, in_minutes=False
    )
    apart.opinion_way, apart.opinion_reference = OpinionWay.BY_DOCUMENT, "Công văn số 12/UBND"
    silent = notices.finding(unit, "Chưa đeo thẻ", state=FindingState.DRAFT, in_minutes=False)
    silent.opinion_way = OpinionWay.NONE_BY_DATE
    left = notices.finding(unit, "Không đưa vào")
    left.state, left.left_out_reason = FindingState.LEFT_OUT, "Trùng nội dung khác"
    fixed = notices.finding(unit, "Thiếu bảng niêm yết số điện thoại")
    fixed.fixed_on_spot, fixed.fixed_note = True, "đã niêm yết trong buổi làm việc"
    db.session.add_all(
        [
            Dissent(finding_id=old.id, person_id=member, text="Mẫu kiểm tra chưa đại diện"),
            UnitProposal(
                inspected_unit_id=unit.id, kind=ProposalKind.PROPOSAL, text="Nâng cấp phần mềm một cửa",
                answering_body="Sở Khoa học và Công nghệ",
            ),
        ]
    )  # fmt: skip
    heard(unit, old, witness="Trần Thị Làm Chứng")
    db.session.flush()
    text = whole(report(composer, inspection))
    for fact in (
        "Dấu hiệu thu phí ngoài quy định (45/3.468, chiếm 1,30%). Chuyển: Thanh tra thành phố.",
        "Chưa nêu trong biên bản; ý kiến của đơn vị tại Công văn số 12/UBND: thống nhất.",
        "hết thời hạn lấy ý kiến, đơn vị không có ý kiến.",
        "(45/3.468, chiếm 1,30%). Đã khắc phục ngay trong thời gian kiểm tra: đã niêm yết trong buổi",
        "Bùi Văn Thí Dụ, Thành viên, về nội dung",
        "Mẫu kiểm tra chưa đại diện.",
        "UBND xã Long Phước: Nâng cấp phần mềm một cửa (cơ quan trả lời: Sở Khoa học và Công nghệ).",
        "trả lời kiến nghị của đơn vị",
        "đơn vị không ký biên bản (Chưa thống nhất số liệu)",
        "Đã nêu tại biên bản làm việc ngày 08/9/2026; đơn vị không ký biên bản.",
        "Ý kiến bảo lưu của thành viên Đoàn",
    ):
        assert fact in text, fact
    assert "Không đưa vào" not in text


def test_a_group_without_a_shortcoming_says_why_and_on_what_sample(
    session: Session, composer: Composer
) -> None:
    inspection = notices.reported(report=False, tasks=False)
    unit = inspection.units[0]
    db.session.delete(finding_of(unit))
    db.session.flush()
    lacking = composer.missing(blank(inspection))
    assert any("chưa ghi lý do, mẫu đã xem" in sentence for sentence in lacking)
    note = db.session.scalars(sa.select(GroupNote).where(GroupNote.inspected_unit_id == unit.id)).one()
    note.clean_reason, note.clean_sample = "Hồ sơ giải quyết đúng hạn", "60 hồ sơ tháng 5"
    db.session.flush()
    text = whole(report(composer, inspection))
    assert "Chưa phát hiện tồn tại, hạn chế đối với các nội dung đã kiểm tra." in text
    assert "Hồ sơ giải quyết đúng hạn (mẫu đã xem: 60 hồ sơ tháng 5)." in text
    assert not any("mẫu đã xem" in sentence for sentence in composer.missing(blank(inspection)))


def test_what_keeps_the_report_from_going_up_is_named(session: Session, composer: Composer) -> None:
    running = cases.decided(units=TWO)
    annex = report(composer, running).annexes[0].blocks[0]
    assert isinstance(annex, Table)
    assert [row.cells[2] for row in annex.rows if not row.group] == ["Toàn bộ 03 nội dung trong phạm vi"] * 2
    assert all(all(row.cells) for row in annex.rows), "no cell is left empty: the code, the period"
    assert composer.missing(blank(running))[:2] == (
        "Chưa kết thúc kiểm tra tại UBND xã Long Phước.",
        "Chưa kết thúc kiểm tra tại UBND xã An Phước.",
    )
    inspection = notices.reported(units=(cast.LONG_THANH,), report=False, tasks=False)
    notices.finding(inspection.units[0], "Chưa thống nhất", state=FindingState.DRAFT)
    found = composer.missing(blank(inspection))
    assert "Còn 01 tồn tại, hạn chế Trưởng đoàn chưa kết luận." in found
    assert "Chưa lập nội dung khắc phục của UBND phường Long Thành." in found


def test_what_another_notice_concluded_stands_in_the_annex(session: Session, composer: Composer) -> None:
    first, last = cases.FIRST_HALF
    register.concluded([(register.box(cast.LONG_PHUOC, "MC-07", first, last), "MC-07")])
    document = report(composer, notices.reported(report=False))
    rows = [
        row.cells
        for annex in document.annexes
        for b in annex.blocks
        if isinstance(b, Table)
        for row in b.rows
    ]
    assert any(cells[1] == "MC-07" and cells[4].startswith("Đã kết luận: Thông báo số") for cells in rows)
    assert any(cells[1] == "CĐ-01" and cells[4].startswith("Chưa kiểm tra") for cells in rows)


def test_the_reads_of_a_report_do_not_grow_with_its_findings(session: Session, composer: Composer) -> None:
    inspection = notices.reported(report=False)

    def reads() -> int:
        db.session.expire_all()
        paper = blank(inspection)
        with count_queries(session) as sent:
            composer.compose(paper)
        return len(sent)

    before = reads()
    for place in range(12):
        notices.finding(inspection.units[0], f"Tồn tại thứ {place}")
    assert reads() <= before + 1


def test_an_office_names_sections_and_symbol_its_own_way(session: Session, composer: Composer) -> None:
    today = clock.today()
    deadlines.set_setting(SYMBOLS["team_report"].key, "BC-ĐKT", today, None)
    deadlines.set_setting(
        TEAM_REPORT_SECTIONS.key, "Kết quả; Hạn chế; Vướng mắc; Đề xuất; Bảo lưu", today, None
    )
    document = report(composer, notices.reported(report=False))
    assert document.symbol == "BC-ĐKT" and "Đề xuất" in said(document.blocks)


def test_an_empty_case_can_still_be_looked_at(session: Session) -> None:
    assert (
        pages.count_pages(
            draw(DocumentKind.TEAM_REPORT, blank(cases.draft(units=(), criteria=(), team=False)))
        )
        == 1
    )


def issued_paper(inspection: Inspection) -> Document:
    return documents.record_elsewhere(
        kind=DocumentKind.TEAM_REPORT, number=cases.next_number(), symbol="ĐKT-SNV", issued_on=clock.today(),
        issuer_name="Đoàn kiểm tra", subject="Kết quả kiểm tra", actor=cast.actor(cast.TEAM_LEADER),
    )  # fmt: skip


def ended_case(*, last_too: bool) -> Inspection:
    inspection = cases.decided(units=TWO, criteria=("MC-05",))
    for place, unit in enumerate(inspection.units):
        make.open_visit(cases.announced(unit))
        if place == 0 or last_too:
            make.ended(unit)
    return inspection


def test_when_it_is_issued_its_units_and_with_the_last_one_the_case_are_reported(
    session: Session, composer: Composer
) -> None:
    inspection = ended_case(last_too=True)
    first, second = inspection.units
    leader = cast.actor(cast.TEAM_LEADER)
    paper = blank(inspection, [first.unit])
    paper.document = issued_paper(inspection)
    composer.take_effect(paper, leader)
    assert (first.state, second.state) == (InspectedUnitState.REPORTED, InspectedUnitState.ENDED)
    assert inspection.state is InspectionState.FIELDWORK_ENDED
    with pytest.raises(Conflict, match="đều đã có báo cáo"):
        composer.take_effect(paper, leader)
    assert any("đều đã có báo cáo" in one for one in composer.missing(paper)), "told before it goes up"
    rest = blank(inspection)
    rest.document = issued_paper(inspection)
    composer.take_effect(rest, leader)
    assert second.state is InspectedUnitState.REPORTED and inspection.state is InspectionState.REPORTED
    session.commit()
    found = queries.find_team_report(inspection, [second.id])
    assert found is not None and found.citation == rest.document.number_and_symbol


def test_while_a_unit_is_at_work_its_report_is_not_issued(session: Session, composer: Composer) -> None:
    inspection = ended_case(last_too=False)
    paper = blank(inspection)
    paper.document = issued_paper(inspection)
    with pytest.raises(Conflict, match="Chưa kết thúc kiểm tra tại UBND xã An Phước"):
        composer.take_effect(paper, cast.actor(cast.TEAM_LEADER))


def test_the_page_of_agreement_leads_leader_and_secretary_to_the_draft(
    client: Browser, session: Session
) -> None:
    inspection = notices.reported(units=TWO, report=False)
    for part in (cast.TEAM_LEADER, cast.SECRETARY):
        client.sign_in(part).get(f"/inspections/{inspection.id}/agreement")
        client.get(str(client.page.select_one("#bao-cao ~ p a")["href"]))
        assert client.page.select_one("[name=kind][value=team_report]").has_attr("checked")
        assert "UBND xã An Phước" in client.text, "it may be for one of the units alone"
    client.sign_in(cast.PLANNER).get(f"/inspections/{inspection.id}/agreement")
    assert not client.page.select("#bao-cao")


def test_recording_a_report_offers_the_symbol_of_the_settings(client: Browser, session: Session) -> None:
    inspection = notices.reported(report=False)
    client.sign_in(cast.TEAM_LEADER).get(f"/inspections/{inspection.id}/team-report")
    assert client.page.select_one("#symbol")["value"] == "ĐKT-SNV"


def test_rows_of_the_report_are_rows(session: Session, composer: Composer) -> None:
    document = report(composer, notices.reported(units=TWO, report=False))
    for block in document.blocks:
        if isinstance(block, Table):
            assert all(isinstance(row, Row) and all(row.cells[:2]) for row in block.rows if not row.group)
