"""Texts of any length: where pages break and what must stay together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.documents.content import Annex, Column, Numbered, Row, Table, paragraph
from app.documents.kinds import DocumentKind
from app.documents.rendering import load_sample
from tests.documents.paper import Page, draw, findings, notice, task_annex
from tests.processes import DEEP

pytestmark = pytest.mark.no_cover

LAST = paragraph(
    "Trên đây là Thông báo kết luận kiểm tra để các đơn vị biết, nghiêm túc triển khai thực hiện."
)
SENTENCE = "Các đơn vị đã ban hành kế hoạch đúng thời gian, phân công rõ người, rõ việc, rõ thời hạn. "


def text_above_signature(page: Page) -> list[str]:
    """Lines of the body on this page, above the signature block, the page number left out."""
    top = page.line("KT. GIÁM ĐỐC").top
    return [line.text for line in page.lines if line.bottom < top and line.top > 56]


@pytest.mark.parametrize("count", [0, 1, 200])
def test_any_number_of_findings_is_set_whole_and_in_order(count: int) -> None:
    rendered, sheets = draw(notice(blocks=(findings(count), LAST), annexes=()))
    numbers = [
        line.text.split(".")[0]
        for page in sheets
        for line in page.lines
        if line.text.endswith("công khai thủ tục")
    ]
    starts = [
        line.text.split(" ")[0]
        for page in sheets
        for line in page.lines
        if " Niêm yết, công khai" in line.text
    ]
    assert starts == [f"{n}." for n in range(1, count + 1)] and len(numbers) <= count
    assert rendered.body_pages == rendered.pages == len(sheets)
    assert (rendered.pages == 1) == (count <= 1)
    assert text_above_signature(sheets[-1])


@pytest.mark.slow
def test_the_signature_block_is_never_alone_on_a_page_nor_torn() -> None:
    endings = set()
    for words in range(60, 400, 20 if DEEP else 40):
        blocks = (paragraph(SENTENCE * (words // 4)), LAST)
        rendered, sheets = draw(notice(blocks=blocks, annexes=()))
        last = sheets[-1]
        assert len(text_above_signature(last)) >= 2, f"{words} words leave the signature alone"
        assert {"Trần Văn Thử", "- Lưu: VT, CCHC."} <= {line.text.strip() for line in last.lines}
        assert rendered.signature_box is not None and rendered.signature_box.page == len(sheets)
        endings.add(len(sheets))
    assert len(endings) >= 2  # the sweep did cross a page


@pytest.mark.parametrize("rows", range(14, 40, 3 if DEEP else 6))
def test_the_signature_block_keeps_with_the_last_rows_of_a_table(rows: int) -> None:
    table = Table(
        (Column("STT", 10), Column("Nội dung", 90)), tuple(Row((str(n), "Mục")) for n in range(1, rows))
    )
    sheets = draw(notice(blocks=(table,), annexes=()))[1]
    above = text_above_signature(sheets[-1])
    assert "Mục" in above and str(rows - 1) in above
    if len(sheets) > 1:
        assert {"(1)", "(2)"} <= set(above)


@pytest.mark.slow
def test_a_heading_never_ends_a_page() -> None:
    sample = notice()
    for filler in range(14, 25):
        blocks = (findings(0), *(paragraph("Nội dung.") for _ in range(filler)), *sample.blocks)
        for page in draw(replace(sample, blocks=blocks, annexes=()))[1][:-1]:
            assert page.lines[-1].fonts != {"Liberation-Serif-Bold"}, page.lines[-1].text


def test_the_number_of_a_document_is_never_torn_at_a_line_end() -> None:
    blocks = tuple(
        paragraph("x" * n + " theo Quyết định số 98/QĐ-SNV và Kế hoạch số 15/KH-SNV") for n in range(20, 50)
    )
    page = "\n".join(page.text for page in draw(notice(blocks=blocks, annexes=()))[1])
    assert page.count("98/QĐ-SNV") == page.count("15/KH-SNV") == 30


def test_a_table_over_several_pages_repeats_its_heading_and_the_row_of_numbers() -> None:
    rendered, sheets = draw(notice(annexes=(task_annex(120),)))
    annex = sheets[rendered.body_pages :]
    assert len(annex) >= 4
    seen = []
    for page in annex:
        assert page.line("Nội dung tồn tại, hạn chế").fonts == {"Liberation-Serif-Bold"}
        assert page.line("(1)").top > page.line("STT").top
        assert {"(1)", "(2)", "(3)"} <= {line.text.strip() for line in page.lines}
        seen += [line.text.strip() for line in page.lines if line.text.startswith("Nội dung khắc phục thứ")]
    assert seen == [f"Nội dung khắc phục thứ {n}" for n in range(1, 121)]


def test_the_columns_of_a_table_keep_their_share_whatever_stands_in_them() -> None:
    columns = (Column("STT", 1), Column("Nội dung", 3))
    rows = (Row(("1", "x" * 400)), Row(("2", "ngắn")))
    page = draw(notice(blocks=(), annexes=(Annex("Bảng", (Table(columns, rows),)),)))[1][1]
    width = page.width - 45 * 72 / 25.4
    assert all(line.right <= page.width - 15 * 72 / 25.4 + 0.5 for line in page.lines)
    assert page.line("ngắn").left == pytest.approx(30 * 72 / 25.4 + width / 4 + 3, abs=1.5)


def test_a_row_taller_than_a_page_loses_nothing() -> None:
    words = [f"từ{n}" for n in range(1500)]
    table = Table(
        (Column("STT", 10), Column("Nội dung", 60), Column("Ghi chú", 90)), (Row(("1", " ".join(words), "")),)
    )
    sheets = draw(notice(blocks=(), annexes=(Annex("Bảng", (table,)),)))[1]
    found = " ".join(line.text for page in sheets for line in page.lines).split()
    assert [word for word in found if word.startswith("từ")] == words


def test_an_empty_table_says_so() -> None:
    assert "Không có" in draw(notice(annexes=(task_annex(0),)))[1][-1].text


@pytest.mark.slow
def test_a_group_row_stays_with_the_row_it_heads() -> None:
    for before in range(20, 30):
        rows = [Row((str(n), "Nội dung", "30/10/2026")) for n in range(before)]
        rows += [Row(("UBND xã Long Phước",), group=True), *rows[:5]]
        table = replace(task_annex(1).blocks[0], rows=tuple(rows))
        for page in draw(notice(annexes=(Annex("Bảng", (table,), landscape=True),)))[1]:
            assert page.lines[-1].text.strip() != "UBND xã Long Phước"


def test_the_page_count_written_in_minutes_is_that_of_the_minutes() -> None:
    sample = load_sample(DocumentKind.MINUTES)
    longer = replace(
        sample, blocks=(sample.blocks[0], findings(40), *sample.blocks[1:]), annexes=(task_annex(5),)
    )
    rendered, sheets = draw(longer)
    assert rendered.body_pages == rendered.pages - 1 >= 3
    assert f"gồm {rendered.body_pages:02d} trang" in "\n".join(page.text for page in sheets)


def test_a_list_that_ends_the_text_carries_the_closing_mark() -> None:
    sheets = draw(notice(blocks=(Numbered(findings(2).items),), annexes=()))[1]
    assert sum(page.text.count("./.") for page in sheets) == 1
    assert text_above_signature(sheets[-1])[-1].endswith("2./.")
