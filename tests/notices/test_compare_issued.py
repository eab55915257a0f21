"""Way A: the whole of what eOffice issued is held against the whole of what was prepared, both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.documents import chain, matching, numbering
from app.documents.chain import Issued, TextChange
from app.documents.content import Item, Numbered, OfficialDocument, Table, plain
from app.documents.models import DocumentState, IssueWay, NumberState
from app.errors import DomainError
from app.notices import services, texts
from app.notices.compose import compose
from app.notices.course import NoticeCourse
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.services import bringing, recording
from tests import cast
from tests.conftest import Browser
from tests.factories import documents, notices

Change = Callable[[OfficialDocument], OfficialDocument]


def prepared() -> Notice:
    return notices.drafted(way=IssueWay.RECORDED)


def issued_as(notice: Notice, change: Change = lambda content: content) -> bytes:
    """What eOffice issued after a leader changed the paper there."""
    content = chain.numbered(compose(notice, gather(notice)), 45, "TB-SNV", date(2026, 9, 22))
    return documents.pdf(change(content))


def found_in(notice: Notice, data: bytes) -> list[matching.Difference]:
    back = chain.read_file(documents.stored(data))
    return list(recording.compare(notice, gather(notice), back))


def record(notice: Notice, data: bytes, issued: Issued = notices.ISSUED, confirmed: bool = False) -> None:
    chain.record_issued(
        notice.document, documents.stored(data), issued, confirmed=confirmed, actor=cast.actor(cast.CLERK)
    )


def cell(column: int, text: str) -> Change:
    def change(content: OfficialDocument) -> OfficialDocument:
        annex = content.annexes[0]
        table = annex.blocks[0]
        assert isinstance(table, Table)
        row = table.rows[0]
        cells = (*row.cells[:column], text, *row.cells[column + 1 :])
        changed = replace(table, rows=(replace(row, cells=cells), *table.rows[1:]))
        return replace(content, annexes=(replace(annex, blocks=(changed,)), *content.annexes[1:]))

    return change


def another_row(content: OfficialDocument) -> OfficialDocument:
    annex = content.annexes[0]
    table = annex.blocks[0]
    assert isinstance(table, Table)
    cells = ("2", "Thu phí ngoài quy định", *[""] * 3, "Hoàn trả số đã thu", *[""] * 3, "30/11/2026", "")
    rows = (*table.rows, replace(table.rows[0], cells=cells))
    return replace(
        content, annexes=(replace(annex, blocks=(replace(table, rows=rows),)), *content.annexes[1:])
    )


def another_shortcoming(content: OfficialDocument) -> OfficialDocument:
    def more(block: object) -> object:
        if isinstance(block, Numbered) and block.items[0].ref.startswith("finding:"):
            return replace(block, items=(*block.items, Item(plain("Thu phí ngoài quy định tại 02 hồ sơ."))))
        return block

    return replace(content, blocks=tuple(more(b) for b in content.blocks))


def signed_by(name: str) -> Change:
    def change(content: OfficialDocument) -> OfficialDocument:
        assert content.signature is not None
        return replace(content, signature=replace(content.signature, name=name))

    return change


def test_what_was_issued_as_prepared_leaves_nothing(session: Session) -> None:
    notice = prepared()
    assert found_in(notice, issued_as(notice)) == []


@pytest.mark.parametrize(
    ("change", "where", "found"),
    [
        (cell(9, "31/12/2026"), "cột “Thời hạn hoàn thành”", "31/12/2026"),
        (cell(10, "31/12/2026"), "cột “Thời hạn báo cáo”", "31/12/2026"),
        (cell(7, "UBND xã An Phước"), "cột “Đơn vị, cá nhân chủ trì”", "An Phước"),
        (cell(6, "Kế hoạch khắc phục"), "cột “Sản phẩm, kết quả”", "Kế hoạch khắc phục"),
        (cell(8, "Sở Tài chính"), "Sau Phụ lục I, dòng 1", "Sở Tài chính"),
        (another_row, "Sau Phụ lục I, dòng 1", "Thu phí ngoài quy định"),
        (another_shortcoming, "Sau Mục II.1", "Thu phí ngoài quy định tại 02 hồ sơ"),
        (lambda c: replace(c, subject="Kết luận kiểm tra công tác một cửa"), "Trích yếu", "một cửa"),
        (lambda c: replace(c, recipients=(*c.recipients, "Báo Đồng Nai")), "Nơi nhận", "Báo Đồng Nai"),
        (signed_by("Lê Thị Khác"), "Chỗ ký", "Lê Thị Khác"),
        (lambda c: replace(c, governing_body="UBND tỉnh Đồng Nai"), "Đầu văn bản", ""),
    ],
)
def test_whatever_the_leader_changed_must_be_looked_at(
    session: Session, change: Change, where: str, found: str
) -> None:
    notice = prepared()
    data = issued_as(notice, change)
    differences = found_in(notice, data)
    assert any(where in d.where and found in d.found for d in differences), differences
    with pytest.raises(DomainError) as refused:
        record(notice, data)
    assert refused.value.field == "confirmed" and notice.document.state is DocumentState.DRAFT


def test_dates_of_the_annex_become_those_that_were_issued(session: Session) -> None:
    notice = prepared()
    task = gather(notice).tasks[0]
    data = issued_as(notice, lambda c: cell(10, "08/01/2027")(cell(9, "31/12/2026")(c)))
    assert [(d.key, d.found) for d in found_in(notice, data)] == [
        (f"due-{task.id}", "31/12/2026"), (f"report-{task.id}", "08/01/2027")
    ]  # fmt: skip

    def bring(due: str, report: str) -> int:
        changes = [TextChange(f"due-{task.id}", due), TextChange(f"report-{task.id}", report)]
        return services.bring_in_line(notice, changes, version=None, actor=cast.actor(cast.CLERK))

    for due, report in (("31/12/2026", "30/12/2026"), ("cuối năm", "30/12/2026")):
        with pytest.raises(DomainError) as refused:
            bring(due, report)
        assert refused.value.field == f"due-{task.id}"
    assert bring("31/12/2026", "08/01/2027") == 1 and bring("31/12/2026", "08/01/2027") == 0
    assert (task.due_on, task.report_due_on) == (date(2026, 12, 31), date(2027, 1, 8))
    assert {d.where for d in found_in(notice, data)} == {"Mục III"}  # the dates in the words of the requests


def test_a_point_that_was_added_is_brought_into_its_text(session: Session) -> None:
    notice = prepared()
    before = next(p for p in texts.pieces_of(notice, gather(notice)) if p.key == "requests").lines
    more = "\n".join([before[0], "Công khai kết quả khắc phục", *before[1:]])
    services.edit_texts(notice, [TextChange("requests", more)], version=None, actor=cast.actor(cast.PLANNER))
    data = issued_as(notice)
    session.rollback()
    (difference,) = found_in(notice, data)
    assert (difference.key, difference.found) == ("requests", "Công khai kết quả khắc phục")
    (place,) = chain.places_of(NoticeCourse(notice), chain.read_file(documents.stored(data)))
    assert (place.ref, place.issued) == ("requests", more)


def test_the_facts_that_were_typed_are_held_against_the_file(session: Session) -> None:
    notice = prepared()
    data = issued_as(notice)
    typed = Issued(54, "TB-XYZ", date(2026, 9, 21), "Lê Thị Khác")
    back = chain.read_file(documents.stored(data))
    assert chain.fact_differences(typed, back) == {
        "number": "Trong tệp đọc được số 45.",
        "symbol": "Trong tệp đọc được ký hiệu TB-SNV.",
        "issued_on": "Trong tệp đọc được ngày 22/9/2026.",
        "signer_name": "Trong tệp đọc được Trần Văn Thử.",
    }
    for field, value in (("number", 54), ("symbol", "TB-XYZ"), ("issued_on", date(2026, 9, 21))):
        with pytest.raises(DomainError, match="khác với tệp"):
            record(notice, data, replace(notices.ISSUED, **{field: value}))
    record(notice, data, replace(notices.ISSUED, number=54), confirmed=True)
    assert notice.document.number == 54


def test_a_paper_is_recorded_days_after_it_was_issued(session: Session) -> None:
    notice = prepared()
    data = issued_as(notice)
    with clock.frozen(clock.at(date(2026, 9, 28))):
        record(notice, data)
    assert notice.document.state is DocumentState.ISSUED
    assert gather(notice).tasks[0].due_on == date(2026, 9, 28)


def test_a_number_that_was_reserved_here_is_void_when_eoffice_gave_one(session: Session) -> None:
    notice = notices.approved()
    chain.begin_signing(notice.document, actor=cast.actor(cast.LEADER))
    session.commit()
    record(notice, issued_as(notice))
    assert numbering.live_number(notice.document) is None
    series = numbering.find_series("TB-SNV")
    assert series is not None
    voids = [(n.state, n.reason) for n in numbering.list_numbers(series, 2026)]
    assert voids == [(NumberState.VOID, chain.recording.SIGNED_ELSEWHERE)]


def test_keys_of_the_record_are_those_that_can_be_brought_in_line(session: Session) -> None:
    notice = prepared()
    keys = bringing.editable_keys(notice, gather(notice))
    task = gather(notice).tasks[0]
    assert {"closing", f"task-{task.id}", f"due-{task.id}", f"report-{task.id}"} <= keys


def test_the_page_shows_at_the_field_what_the_file_says(client: Browser, session: Session) -> None:
    notice = prepared()
    stored = documents.stored(issued_as(notice, another_shortcoming))
    session.commit()
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}/record/{stored.id}")
    assert "bản đã ban hành có thêm: Thu phí ngoài quy định" in client.text
    client.submit(data={"number": "54"}, expect=422)
    assert "Trong tệp đọc được số 45" in client.text
    client.submit(data={"number": "45", "confirmed": "y"})
    session.expire_all()
    assert session.get_one(Notice, notice.id).document.state is DocumentState.ISSUED
