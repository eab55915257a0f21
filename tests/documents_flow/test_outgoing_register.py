"""Sổ đăng ký văn bản đi: on the screen, as PDF, as a workbook; voids with reasons, nothing left out."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pypdfium2
import pytest
from sqlalchemy.orm import Session

from app import clock
from app.documents import books, numbering, outgoing, outgoing_print
from app.documents.models import Series
from app.documents.outgoing import Filters, Line
from app.errors import DomainError
from app.vietnamese import nfc
from tests import cast
from tests.conftest import NOON, Browser
from tests.documents_flow import letters
from tests.factories import documents
from tests.queries import count_queries

BOOK = "/documents/books/{0}"
FORM = "form[action*='/{0}?']"


def series() -> Series:
    found = numbering.find_series("TB-SNV")
    assert found is not None
    return found


def lines(filters: Filters = Filters(), most: int = 100) -> list[Line]:  # noqa: B008  # frozen
    return outgoing.list_lines(series(), 2026, cast.unit(cast.OFFICE), filters, most=most)


def filled(session: Session) -> Series:
    """01 issued, 02 void, 03 held, 05 recorded from eOffice, a paper of another office beside."""
    letters.issued("Thực hiện chế độ báo cáo")
    void = numbering.reserve(numbering.series_of("TB-SNV"), clock.today(), documents.draft(), actor=None)
    numbering.void(void, "Trả lại để hoàn thiện: sửa số liệu", actor=None)
    numbering.reserve(series(), clock.today(), letters.approved("Chờ ký"), actor=None)
    documents.recorded(5, issued_on=date(2026, 9, 23))
    documents.services.record_elsewhere(
        kind=letters.DocumentKind.OTHER, number=9, symbol="TB-SNV", issued_on=date(2026, 9, 1),
        issuer_name="Sở Nội vụ tỉnh Mẫu", subject="Của nơi khác", actor=None,
    )  # fmt: skip
    session.commit()
    return series()


def test_every_number_has_its_line_in_order_and_says_what_became_of_it(session: Session) -> None:
    filled(session)
    found = lines()
    assert [(line.number_and_symbol, line.issued) for line in found] == [
        ("01/TB-SNV", True), ("02/TB-SNV", False), ("03/TB-SNV", False), ("05/TB-SNV", True),
    ]  # fmt: skip
    issued, void, held, recorded = found
    assert (issued.signer_name, issued.recipients, issued.kept_by) == (
        "Trần Văn Thử", ("UBND xã Long Phước",), "VT, CCHC",
    )  # fmt: skip
    assert void.note == "Số không dùng: Trả lại để hoàn thiện: sửa số liệu" and void.document_id is None
    assert held.note == outgoing.RESERVED_NOTE and held.held_by == "Trần Văn Thử"
    assert recorded.note == "Ban hành trên hệ thống quản lý văn bản"
    assert [gap.told for gap in outgoing.list_gaps(series(), 2026, cast.unit(cast.OFFICE))] == [
        f"Số 04: {outgoing.NOT_RECORDED}"
    ]


def test_a_signed_paper_that_waits_for_its_issue_says_so(session: Session) -> None:
    paper = letters.approved()
    signing = letters.chain.begin_signing(paper, actor=cast.actor(cast.LEADER))
    drawn = letters.chain.Drawn(letters.stand_in("x"))
    letters.chain.finish_signing(paper, signing, drawn, actor=cast.actor(cast.LEADER))
    session.commit()
    assert [line.note for line in lines()] == [outgoing.SIGNED_NOTE]


def test_a_book_that_goes_on_from_paper_says_where_the_first_numbers_are(session: Session) -> None:
    books.begin_at(
        numbering.series_of("TB-SNV"), 2026, 413, "Tiếp theo sổ giấy", actor=cast.actor(cast.CLERK)
    )
    assert outgoing.list_gaps(series(), 2026, cast.unit(cast.OFFICE)) == []
    letters.issued()
    (gap,) = outgoing.list_gaps(series(), 2026, cast.unit(cast.OFFICE))
    assert gap.told == f"Số 01–412: {outgoing.ON_PAPER}"


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(text="che do bao cao"), [1]),
        (Filters(text="sua so lieu"), [2]),
        (Filters(month=9), [1, 2, 3, 5]),
        (Filters(month=12), []),
        (Filters(first=2, last=3), [2, 3]),
        (Filters(first=5), [5]),
    ],
)
def test_filters_choose_papers_and_voids_alike(
    session: Session, filters: Filters, numbers: list[int]
) -> None:
    filled(session)
    assert [line.n for line in lines(filters)] == numbers
    assert filters.told


def test_a_book_that_is_too_long_for_one_file_is_refused_with_a_way_out(session: Session) -> None:
    filled(session)
    with pytest.raises(DomainError, match=r"Sổ có 4 dòng, một tệp chứa tối đa 3 dòng. Chọn tháng"):
        lines(most=3)


def test_pages_of_the_book_go_forth_and_back(session: Session) -> None:
    filled(session)
    held = numbering.reserve(series(), clock.today(), letters.approved("Bị vượt"), actor=None)
    documents.recorded(held.n + 1, issued_on=date(2026, 9, 23))
    numbering.void(held, numbering.PASSED_ELSEWHERE, actor=None)
    documents.recorded(held.n, issued_on=date(2026, 9, 23))
    everything = [line.key for line in lines()]
    assert len(everything) == 7 and len({key[0] for key in everything}) == 6, "one number has two lines"
    office, seen, cursor = cast.unit(cast.OFFICE), [], None
    while True:
        page = outgoing.list_page(series(), 2026, office, Filters(), cursor=cursor, size=2)
        seen += [line.key for line in page]
        assert page.total == 7
        if page.next_cursor is None:
            break
        cursor = outgoing_cursor(page.next_cursor)
    assert seen == everything
    back = [line.key for line in page]
    while page.previous_cursor is not None:
        page = outgoing.list_page(
            series(), 2026, office, Filters(), cursor=outgoing_cursor(page.previous_cursor), size=2
        )
        back = [line.key for line in page] + back
    assert back == everything


def outgoing_cursor(text: str) -> Any:
    from app.web.paging import parse_cursor

    return parse_cursor(text, int, int, int)


def test_the_page_asks_little_however_long_the_book_is(client: Browser, session: Session) -> None:
    filled(session)
    client.sign_in(cast.CLERK)
    asked = []
    for _ in range(2):
        session.expire_all()
        with count_queries(session) as sent:
            client.get(BOOK.format(series().id))
        asked.append(len(sent))
        for n in range(20, 40) if len(asked) == 1 else ():
            documents.recorded(n, issued_on=date(2026, 9, 23))
        session.commit()
    assert asked[1] <= asked[0] + 1 and asked[0] <= 30


def test_the_screen_and_its_prints_show_the_same(client: Browser, session: Session) -> None:
    key = filled(session).id
    client.sign_in(cast.CLERK).get("/documents")
    client.get("/documents/books")
    assert "TB-SNV" in client.text and "đang mở" in client.text
    client.get(BOOK.format(key))
    assert (
        "Số không dùng: Trả lại để hoàn thiện: sửa số liệu" in client.text
        and "Của nơi khác" not in client.text
    )
    assert "04 dòng" in client.text and "do hệ thống quản lý văn bản cấp" in client.text
    client.get(BOOK.format(key) + "/register.pdf")
    pages, words = read(client.response.data)
    assert pages == 1 and "SỔ ĐĂNG KÝ VĂN BẢN ĐI" in words
    for told in (
        "01/TB-SNV",
        "Thực hiện chế độ báo cáo",
        "VT, CCHC",
        "Số không dùng: Trả lại",
        "05/TB-SNV",
        "(8)",
    ):
        assert told in words, told
    client.get(BOOK.format(key) + "/register.xlsx?first=1&last=2")
    sheet = openpyxl.load_workbook(io.BytesIO(client.response.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7, max_row=8)]
    assert [row[:2] for row in rows] == [["01", "TB-SNV"], ["02", "TB-SNV"]]
    assert rows[0][2].date() == date(2026, 9, 23) and rows[0][3] == "Sở Nội vụ"
    heads = [cell.value for cell in sheet[5]]
    for field in ("CodeNumber (11)", "CodeNotation (30)", "Subject (500)", "Priority (1)", "DueDate (10)"):
        assert any(field in str(head) for head in heads), field


def read(pdf: bytes) -> tuple[int, str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [page.get_textpage().get_text_bounded() for page in document]
        width, height = document[0].get_size()
        assert round(width) == 842 and round(height) == 595, "A4 landscape"
        return len(document), nfc(" ".join(" ".join(texts).split()))
    finally:
        document.close()


def test_a_long_print_repeats_its_heading_and_counts_its_pages(session: Session) -> None:
    filled(session)
    (first, *_) = lines()
    many = [Line(**{**vars(first), "n": n}) for n in range(1, 71)]
    content = outgoing_print.compose(series(), 2026, many, (), Filters(), cast.unit(cast.OFFICE))
    document = pypdfium2.PdfDocument(outgoing_print.draw(content, at=NOON))
    try:
        texts = [nfc(" ".join(page.get_textpage().get_text_bounded().split())) for page in document]
    finally:
        document.close()
    assert len(texts) > 2
    for place, text in enumerate(texts, 1):
        assert "(1)" in text and "Nơi nhận văn bản" in text, place
        assert place == 1 or text.startswith(f"{place} ") or text.endswith(f" {place}"), text[:40]
    assert "Từ số 01 đến số 70" in texts[0]


def test_texts_longer_than_their_field_end_in_a_mark_and_formulas_stay_text(session: Session) -> None:
    filled(session)
    (first, *_) = lines()
    line = Line(**{**vars(first), "subject": "=1+1 " + "a" * 600, "signer_name": "b" * 50})
    data = outgoing_print.workbook(series(), 2026, [line], Filters(), cast.unit(cast.OFFICE), at=NOON)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    row = [cell.value for cell in sheet[7]]
    assert len(row[5]) == 500 and row[5].startswith("=1+1") and row[5].endswith("…") and row[10] == "b" * 50
    assert sheet.cell(7, 6).data_type == "s"


def test_a_lost_file_does_not_stop_the_workbook(session: Session) -> None:
    paper = letters.issued("Tệp bị mất")
    session.commit()
    (line,) = lines()
    assert outgoing_print.page_amount(line.file) is None, "a stand-in has no pages"
    from app.files.store import store

    path = store.path(paper.sha256 or "")
    data = path.read_bytes()
    path.unlink()
    try:
        assert outgoing_print.page_amount(line.file) is None
    finally:
        path.write_bytes(data)


def test_only_the_office_reads_the_books_and_only_the_clerk_keeps_them(
    client: Browser, session: Session
) -> None:
    key = filled(session).id
    for part, page, status in (
        (cast.LEADER, BOOK, 200), (cast.PLANNER, BOOK, 200), (cast.OBSERVER, BOOK, 403),
        (cast.HEAD, BOOK, 403), (cast.MEMBER, BOOK, 403), (cast.HEAD, "/documents/books", 403),
        (cast.PLANNER, BOOK + "/settings", 403),
        (cast.CLERK, BOOK + "/settings", 200), (cast.CLERK, "/documents/books/999999", 404),
    ):  # fmt: skip
        client.sign_in(part).get(page.format(key), expect=status)


def test_the_clerk_sets_up_a_book_and_voids_what_nobody_signs(client: Browser, session: Session) -> None:
    filled(session)
    other = numbering.open_series("{LOẠI}-ĐKT", "Sổ của Đoàn", actor=cast.actor(cast.CLERK))
    session.commit()
    page = BOOK.format(other.id)
    client.sign_in(cast.CLERK).get(page)
    assert "Chưa có văn bản nào trong sổ năm 2026" in client.text
    client.get(page + "/settings")
    client.submit(FORM.format("kinds"), data={"kinds": ["team_report", "minutes"]})
    client.follow()
    assert "Đã ghi loại văn bản của sổ" in client.text and "Báo cáo kết quả kiểm tra" in client.text
    client.submit(FORM.format("begin"), data={"first": "413", "reason": ""}, expect=422)
    client.submit(FORM.format("begin"), data={"first": "413", "reason": "Tiếp theo sổ giấy"})
    client.follow()
    assert "Bắt đầu từ số 413: Tiếp theo sổ giấy" in client.text
    client.submit(FORM.format("close"))
    client.follow()
    assert "Đã khóa ngày 23/9/2026" in client.text
    client.get(BOOK.format(series().id) + "/settings")
    client.submit(FORM.format("void"), data={"reason": ""}, expect=422)
    client.submit(FORM.format("void"), data={"reason": "Không ký nữa"})
    client.follow()
    assert "Không có số nào đang giữ" in client.text
    client.submit(FORM.format("kinds"), data={"kinds": ["team_report"]}, expect=409)


def test_a_print_that_is_too_long_comes_back_with_the_reason(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = filled(session).id
    monkeypatch.setattr(outgoing_print, "MOST_PRINTED", 2)
    monkeypatch.setattr(outgoing_print, "MOST_EXPORTED", 2)
    client.sign_in(cast.CLERK)
    for name in ("register.pdf", "register.xlsx"):
        client.get(f"{BOOK.format(key)}/{name}", expect=422)
        assert "một tệp chứa tối đa 2 dòng" in client.text
    client.get(BOOK.format(key) + "/register.pdf?first=1&last=2")


def test_another_year_and_a_year_that_cannot_be(client: Browser, session: Session) -> None:
    key = filled(session).id
    with clock.frozen(datetime(2027, 1, 5, 3, tzinfo=UTC)):
        client.sign_in(cast.CLERK).get(BOOK.format(key))
        assert "năm 2027" in client.text
        client.get(BOOK.format(key) + "?year=2026&month=9&q=chế+độ")
        assert "01/TB-SNV" in client.text and "05/TB-SNV" not in client.text
        client.get(BOOK.format(key) + "?year=0001&month=13&first=x")
        assert "năm 2027" in client.text
        client.get(BOOK.format(key) + "?year=2026&q=khong+co+dau", expect=200)
        assert "Không có dòng nào khớp" in client.text
