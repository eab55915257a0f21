"""The text that the record proposes, and the document it becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import AppointmentKind
from app.documents.canonical import canonical_json, content_hash, from_json
from app.documents.chain import numbered
from app.documents.content import Heading, Numbered, Paragraph, Table
from app.findings.models import Classification
from app.form_library.values import Result
from app.notices import texts
from app.notices.compose import comparable, compose
from app.notices.figures import figures
from app.notices.models import Notice
from app.notices.record import gather
from tests import cast
from tests.factories import notices


def content(notice: Notice):
    return compose(notice, gather(notice))


def headings(notice: Notice) -> list[str]:
    return [block.text for block in content(notice).blocks if isinstance(block, Heading)]


def opening(notice: Notice) -> str:
    first = content(notice).blocks[0]
    assert isinstance(first, Paragraph)
    return first.runs[0].text


def test_the_opening_cites_plan_decision_days_and_report(session: Session) -> None:
    text = opening(notices.drafted())
    assert text.startswith("Thực hiện Kế hoạch số 12/KH-SNV ngày 05/01/2026 và Quyết định số ")
    assert "ngày 08/9/2026, Đoàn kiểm tra đã kiểm tra tại UBND xã Long Phước" in text
    assert (
        "thời kỳ kiểm tra 01/01/2026–30/6/2026" in text and "/BC-ĐKT ngày 18/9/2026 của Đoàn kiểm tra" in text
    )
    assert text.endswith("Sở Nội vụ thông báo kết luận như sau:")


def test_what_is_missing_in_the_chain_is_not_invented(session: Session) -> None:
    assert "Báo cáo số" not in opening(notices.drafted(notices.reported(report=False)))


def test_sections_follow_each_other_and_are_counted(session: Session) -> None:
    assert headings(notices.drafted()) == ["Ưu điểm", "Tồn tại, hạn chế", "Đề nghị", "Tổ chức thực hiện"]


def test_figures_stand_behind_the_words_as_the_record_has_them(session: Session) -> None:
    notice = notices.drafted()
    items = next(block for block in content(notice).blocks if isinstance(block, Numbered))
    assert items.items[0].runs[0].text.endswith("phiếu xin lỗi và hẹn lại (45/3.468 hồ sơ, chiếm 1,30%).")
    assert items.items[0].ref == f"finding:{notice.items[0].finding_id}"


def test_figures_of_a_sample_say_how_many_there_were(session: Session) -> None:
    finding = notices.finding(notices.reported().units[0], criterion="MC-11")
    finding.sample, finding.application_codes = 60, []
    assert figures(finding, "") == "45/60 trường hợp đã kiểm tra, chiếm 75,00%; tổng số 3.468"
    finding.sample = finding.total = None
    assert figures(finding, "Còn thiếu") == "45 trường hợp"
    assert figures(finding, "Còn 045 hồ sơ thiếu") == ""
    finding.failing = None
    assert figures(finding, "") == ""


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("06/30 thủ tục chưa niêm yết", "chiếm 20,00%; tổng số 120"),
        ("6 / 30 thủ tục, chiếm 20%, chưa niêm yết", "tổng số 120"),
        ("06/30 thủ tục (20,0%) trong 120 thủ tục chưa niêm yết", ""),
        ("Ngày 06/3/2026 còn 16/30 thủ tục", "6/30 trường hợp đã kiểm tra, chiếm 20,00%; tổng số 120"),
    ],
)
def test_figures_that_the_words_have_are_not_repeated(session: Session, said: str, printed: str) -> None:
    finding = notices.finding(notices.reported().units[0], criterion="MC-11")
    finding.total, finding.sample, finding.failing, finding.application_codes = 120, 30, 6, []
    assert figures(finding, said) == printed


def test_the_opening_says_from_when_contents_hold(session: Session) -> None:
    notice = notices.drafted()
    assert "(thời kỳ kiểm tra 01/01/2026–30/6/2026)" in opening(notice)
    record = gather(notice)
    late = [replace(item, starts_on=date(2026, 4, 1)) for item in record.covered[1:]]
    some = replace(record, covered=(record.covered[0], *late))
    assert texts.periods(some) == "01/01/2026–30/6/2026; một số nội dung từ ngày 01/4/2026"
    until = replace(record.covered[1], ends_on=date(2026, 4, 1))
    assert texts.periods(replace(record, covered=(record.covered[0], until))).endswith(
        "; một số nội dung đến ngày 31/3/2026"
    )
    rest = replace(until, starts_on=date(2026, 4, 1), ends_on=record.covered[1].ends_on)
    assert texts.periods(replace(record, covered=(until, rest))) == "01/01/2026–30/6/2026"
    many = [
        replace(item, starts_on=date(2026, month, 1), criterion_key=f"MC-{month}")
        for month, item in zip(range(2, 6), [record.covered[0]] * 4, strict=True)
    ]
    assert texts.periods(replace(record, covered=(record.covered[0], *many))).endswith(
        "; một số nội dung theo thời kỳ ghi tại biên bản kiểm tra"
    )
    assert texts.periods(replace(record, covered=())) == "01/01/2026–30/6/2026"


def test_the_head_who_signs_is_not_reported_to(session: Session) -> None:
    notice = notices.drafted()
    assert "Giám đốc Sở (để báo cáo)" in texts.recipients(notice, gather(notice))
    for appointment in cast.person(cast.LEADER).appointments:
        appointment.kind = AppointmentKind.HEAD
    assert "Giám đốc Sở" not in texts.recipients(notice, gather(notice))


def test_recurrence_and_what_was_mended_at_once_are_said(session: Session) -> None:
    finding = notices.finding(notices.reported().units[0], "Sổ theo dõi ghi thiếu")
    finding.classification, finding.earlier_notice = Classification.RECURRENCE, "Thông báo số 18/TB-PNV"
    finding.fixed_on_spot, finding.fixed_note = True, "Đã ghi bổ sung."
    text = texts.item_text(finding)
    assert text == (
        "Sổ theo dõi ghi thiếu (tái diễn, đã nêu tại Thông báo số 18/TB-PNV). "
        "Đã khắc phục ngay trong thời gian kiểm tra: Đã ghi bổ sung"
    )


def test_several_units_have_their_findings_under_their_own_heading(session: Session) -> None:
    notice = notices.drafted(notices.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC)))
    assert "Đối với UBND xã Long Phước" in headings(notice) and "Đối với UBND xã An Phước" in headings(notice)


def test_the_annex_holds_the_eleven_columns(session: Session) -> None:
    notice = notices.drafted()
    annex = content(notice).annexes[0]
    table = annex.blocks[0]
    assert isinstance(table, Table) and annex.landscape
    assert [column.heading for column in table.columns] == [
        "STT",
        "Nội dung tồn tại, hạn chế",
        "Căn cứ",
        "Nguyên nhân",
        "Trách nhiệm",
        "Yêu cầu (đề nghị) khắc phục",
        "Sản phẩm, kết quả",
        "Đơn vị, cá nhân chủ trì",
        "Đơn vị phối hợp",
        "Thời hạn hoàn thành",
        "Thời hạn báo cáo",
    ]
    cells = table.rows[0].cells
    assert cells[2] == "Nghị định số 118/2025/NĐ-CP" and "phần mềm" in cells[3]
    assert cells[4] == "Trung tâm Phục vụ hành chính công; Công chức tiếp nhận hồ sơ"
    assert cells[7] == "UBND xã Long Phước" and cells[9] == "28/9/2026"


def test_a_basis_begins_its_cell_with_a_capital(session: Session) -> None:
    notice = notices.drafted()
    finding = notice.items[0].finding
    finding.basis = "khoản 5 Điều 18 Nghị định số 63/2010/NĐ-CP"
    session.flush()
    table = content(notice).annexes[0].blocks[0]
    assert isinstance(table, Table)
    assert table.rows[0].cells[2] == "Khoản 5 Điều 18 Nghị định số 63/2010/NĐ-CP"


def test_contents_not_examined_are_listed(session: Session) -> None:
    annex = content(notices.drafted()).annexes[1]
    table = annex.blocks[0]
    assert annex.label == "Phụ lục II" and isinstance(table, Table)
    assert table.rows[0].cells[1] == "CĐ-01" and table.rows[0].cells[4] == "Chưa kiểm tra"


def test_contents_another_notice_has_decided_are_listed_with_its_number(session: Session) -> None:
    earlier = notices.issued()
    later = notices.drafted(notices.reported(criteria=("MC-01",), results={"MC-01": Result.NOT_MET}))
    table = content(later).annexes[-1].blocks[0]
    assert isinstance(table, Table)
    told = f"Đã kết luận tại Thông báo số {earlier.document.number_and_symbol} ngày 23/9/2026 của Sở Nội vụ"
    assert {row.cells[1] for row in table.rows if told in row.cells[4]} == {"MC-05", "MC-11"}


def test_contents_of_groups_that_were_not_asked_are_not_listed(session: Session) -> None:
    notices.issued()
    later = notices.drafted(notices.reported(criteria=("TC-01",), results={"TC-01": Result.NOT_MET}))
    assert gather(later).before == () and len(content(later).annexes) == 1


def test_a_group_without_shortcoming_says_why_and_on_what_sample(session: Session) -> None:
    inspection = notices.reported(
        results={"MC-05": Result.MET, "MC-11": Result.MET, "CĐ-01": Result.MET}, tasks=False
    )
    for finding in notices.gather_findings(inspection):
        session.delete(finding)
    note = notices.note_strengths(inspection.units[0], "CĐ-01", "")
    note.clean_reason, note.clean_sample = "Kế hoạch đầy đủ", "12 văn bản"
    session.commit()
    text = canonical_json(content(notices.drafted(inspection)))
    assert "Kế hoạch đầy đủ (mẫu đã xem: 12 văn bản)." in text and "chưa phát hiện tồn tại" in text


def test_number_and_date_are_not_part_of_what_is_approved(session: Session) -> None:
    notice = notices.drafted()
    plain = content(notice)
    assert plain.number is None and plain.issued_on is None
    signed = numbered(plain, 45, "TB-SNV", notices.NOTICE_DAY)
    assert content_hash(signed) != content_hash(plain)
    assert content_hash(replace(signed, number=None, issued_on=None)) == content_hash(plain)
    assert from_json(canonical_json(plain)) == plain


def test_what_others_conclude_meanwhile_does_not_change_this_notice(session: Session) -> None:
    notice = notices.drafted()
    plain = content(notice)
    annex = plain.annexes[1]
    table = annex.blocks[0]
    assert isinstance(table, Table)
    more = replace(
        table, rows=(*table.rows, replace(table.rows[0], cells=("9", "X", "Y", "Z", "W"), ref="before"))
    )
    grown = replace(plain, annexes=(plain.annexes[0], replace(annex, blocks=(more,))))
    assert content_hash(grown) != content_hash(plain)
    assert content_hash(comparable(grown)) == content_hash(comparable(plain))
    assert content_hash(comparable(replace(plain, subject="khác"))) != content_hash(comparable(plain))
