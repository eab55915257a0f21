"""Every kind over several pages: numbers of pages, and a closing that is never alone and never torn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.documents.content import Annex, OfficialDocument, Row, SignatureBlock, paragraph
from app.documents.kinds import DocumentKind
from app.documents.rendering import list_drawn, load_sample
from app.vietnamese import roman
from tests.documents.paper import MM, Page, draw, findings, notice, task_annex
from tests.processes import DEEP

pytestmark = pytest.mark.no_cover

LINE = "Nội dung một dòng."
LAST = "Trên đây là nội dung để các đơn vị biết, thực hiện."
LONG_LAST = f"{LAST} {LAST} {LAST}"
KINDS = pytest.mark.parametrize("kind", list_drawn())


def signs_of(document: OfficialDocument) -> tuple[str, ...]:
    """What may not be torn apart: posts and names of those who sign, the last recipient."""
    blocks = document.signature_columns or ((document.signature,) if document.signature else ())
    told = [
        text for block in blocks for text in (*map(str.upper, (*block.authority, *block.posts)), block.name)
    ]
    if document.recipients and not document.signature_columns:
        told.append(document.recipients[-1].strip("-;. "))
    return tuple(text for text in told if text)


def flat(page: Page) -> str:
    return "".join("".join(line.text.split()) for line in page.lines)


def check_closing(document: OfficialDocument, sheets: tuple[Page, ...]) -> int:
    """The page (from 0) on which the closing stands whole, with the end of the text above it."""
    wanted = ["".join(text.split()) for text in signs_of(document)]
    whole = [n for n, page in enumerate(sheets) if all(text in joined(page) for text in wanted)]
    assert len(whole) == 1, [page.text for page in sheets]
    assert "".join(LAST.split())[-20:-1] in flat(sheets[whole[0]])
    return whole[0]


def joined(page: Page) -> str:
    """The page's text line by line and, for texts side by side, column by column."""
    by_column = sorted(page.lines, key=lambda line: (round(line.left / 40), line.top))
    centred = sorted(page.lines, key=lambda line: (round(line.middle / 25), line.top))
    return "|".join(
        "".join("".join(line.text.split()) for line in lines) for lines in (page.lines, by_column, centred)
    )


def filled(document: OfficialDocument, lines: int) -> OfficialDocument:
    """The document with a text of so many lines of one line each, and the last."""
    return replace(document, blocks=(*(paragraph(LINE) for _ in range(lines)), paragraph(LAST)), annexes=())


@KINDS
def test_pages_are_numbered_from_the_second_in_the_top_margin_and_each_annex_anew(kind: DocumentKind) -> None:
    sample = load_sample(kind)
    long = replace(
        sample,
        blocks=(findings(14), *sample.blocks),
        annexes=(task_annex(28), replace(task_annex(1), label="Phụ lục II", landscape=False)),
    )
    rendered, sheets = draw(long)
    assert rendered.body_pages >= 2 and len(sheets) - rendered.body_pages >= 3
    starts = {0, rendered.body_pages, len(sheets) - 1}
    counted = 0
    for place, page in enumerate(sheets):
        counted = 1 if place in starts else counted + 1
        above = [line for line in page.lines if line.bottom < 20 * MM]
        assert [line.text for line in above] == ([] if counted == 1 else [str(counted)])
        for line in above:
            assert line.fonts == {"Liberation-Serif"} and all(13 <= size <= 14 for size in line.sizes)
            assert abs(line.middle - (30 * MM + page.width - 15 * MM) / 2) < 1
            assert line.top > 0 and line.bottom < 20 * MM
    assert sheets[rendered.body_pages].width > sheets[rendered.body_pages].height
    assert sheets[-1].width < sheets[-1].height


@KINDS
def test_the_closing_of_every_kind_takes_the_end_of_the_text_with_it(kind: DocumentKind) -> None:
    """Some lengths where the block just fits and just does not."""
    sample = load_sample(kind)
    if not sample.signature_columns and sample.signature is None:
        sample = replace(
            sample, signature=SignatureBlock("Nguyễn Văn Mẫu", ("KT. Giám đốc",), ("Phó Giám đốc",))
        )
    if sample.signature is not None and not sample.signature.name:  # whoever will sign is not chosen yet
        sample = replace(sample, signature=replace(sample.signature, name="Trần Văn Thử"))
    bare = draw(filled(sample, 0))[1]
    assert len(bare) == 1
    end = max(line.bottom for line in bare[0].lines if line.bottom < bare[0].height - 20 * MM)
    room = int((bare[0].height - 20 * MM - end) // (14 * 1.2 + 6))
    pages = []
    for lines in (room - 1, room + 1, room + 4):
        rendered, sheets = draw(filled(sample, lines))
        place = check_closing(sample, sheets)
        assert place == len(sheets) - 1 or sample.opinions  # whose boxes may follow on a page of their own
        assert {box.page for box in rendered.signature_boxes} == {place + 1}
        pages.append(len(sheets))
    assert pages[0] == 1 and pages[-1] == 2


@pytest.mark.slow
@pytest.mark.parametrize("recipients", [1, 5, 14] if DEEP else [5])
def test_the_closing_is_never_alone_wherever_it_falls(recipients: int) -> None:
    """Line by line over the foot of a page: every place where the block can begin."""
    document = notice(recipients=(*(f"UBND xã Thí Dụ {n}" for n in range(1, recipients)), "Lưu: VT, CCHC"))
    alone, begins, foot = [], set(), 0.0
    for lines in range(8, 30):
        for last in (LAST, LONG_LAST) if DEEP else ((LAST, LONG_LAST)[lines % 2],):
            made = filled(document, lines)
            made = replace(made, blocks=(*made.blocks[:-1], paragraph(last)))
            sheets = draw(made)[1]
            page = sheets[check_closing(document, sheets)]
            top = page.line("KT. GIÁM ĐỐC").top
            above = [line for line in page.lines if 20 * MM < line.bottom < top]
            begins.add(round(top))
            foot = max(foot, *(line.bottom for line in page.lines))
            if len(above) < (1 if last == LAST else 2):
                alone.append((lines, len(above)))
    assert len(begins) > 12 and foot > page.height - 30 * MM, "it stood at the very foot of a page too"
    assert alone == []


@pytest.mark.parametrize(("count", "most"), [(20, 1), (21, 1), (130, 3)])
def test_many_recipients_go_on_over_the_pages_and_leave_none_empty(count: int, most: int) -> None:
    """The signature stays with the end of the text; the list fills the pages and ends in more than a line."""
    names = [f"UBND xã Thí Dụ {n:03d}" for n in range(1, count)]
    rendered, sheets = draw(filled(notice(recipients=(*names, "Lưu: VT, CCHC")), 12))
    assert len(sheets) == most and {box.page for box in rendered.signature_boxes} == {1}
    assert LAST[-20:-1] in sheets[0].text and "KT. GIÁM ĐỐC" in sheets[0].text
    listed = [line for page in sheets for line in page.lines if "Thí Dụ" in line.text]
    assert [line.text for line in listed] == [f"- {name};" for name in names]
    assert {round(line.left) for line in listed} == {85}
    for page in sheets[:-1]:
        assert max(line.bottom for line in page.lines) > page.height - 40 * MM
    assert sheets[-1].line("- Lưu: VT, CCHC.") and sheets[-1].text.count("Thí Dụ") >= 2


def test_an_annex_begins_with_its_whole_head_and_the_beginning_of_its_text() -> None:
    """Also before a row that is longer than a page: the head never stands alone."""
    tall = replace(task_annex(1), landscape=False)
    table = tall.blocks[0]
    for words in (5, 900):
        row = replace(table.rows[0], cells=("1", "từ " * words, "30/10/2026"))
        rendered, sheets = draw(notice(annexes=(Annex("Bảng", (replace(table, rows=(row,)),)),)))
        first = sheets[rendered.body_pages]
        assert first.line("(Kèm theo").top < first.line("(1)").top < first.line("từ từ").top


@pytest.mark.parametrize("units", [1, 2, 30])
def test_the_annex_of_each_unit_begins_a_page_with_its_own_heads_and_numbers(units: int) -> None:
    """A general notice: every annex stands by itself, its heads come again, its pages are counted anew."""
    sizes = [(n * 7) % 33 for n in range(1, units + 1)]  # some fill a page, some two, some have nothing
    made = [
        replace(
            task_annex(size), label=f"Phụ lục {roman(n)}", title=f"Nội dung khắc phục đối với UBND xã {n}"
        )
        for n, size in enumerate(sizes, 1)
    ]
    rendered, sheets = draw(notice(annexes=tuple(made)))
    place, numbers = rendered.body_pages, []
    for annex, size in zip(made, sizes, strict=True):
        first = sheets[place]
        lines = [line.text for line in first.lines]
        assert lines[0] == annex.label and annex.title.upper() in " ".join(lines)
        assert ("Không có" in first.text) is (size == 0)
        rows = counted = 0
        while rows < max(size, 1) and place < len(sheets):
            page, counted = sheets[place], counted + 1
            assert page.line("Nội dung tồn tại").top < page.line("(1)").top and page.width > page.height
            above = [line.text for line in page.lines if line.bottom < 20 * MM]
            assert above == ([] if counted == 1 else [str(counted)])
            rows += page.text.count("Nội dung khắc phục thứ") or max(size, 1)
            place += 1
        assert rows == max(size, 1)
        numbers.append(counted)
    assert place == len(sheets) == rendered.pages
    assert units < 30 or {1, 2} <= set(numbers)


def test_a_row_is_torn_only_when_it_is_long() -> None:
    table = task_annex(1).blocks[0]
    rows = [
        replace(table.rows[0], cells=(str(n), "một hai ba bốn năm " * 12, "đầu\ncuối")) for n in range(40)
    ]
    rendered, sheets = draw(notice(annexes=(Annex("Bảng", (replace(table, rows=tuple(rows)),)),)))
    for page in sheets[rendered.body_pages :]:
        assert page.text.count("đầu") == page.text.count("cuối") > 0


def test_a_row_of_a_narrow_column_counts_its_lines_in_the_type_of_the_table() -> None:
    table = task_annex(1).blocks[0]
    narrow = tuple(
        replace(column, width=width) for column, width in zip(table.columns, (1, 9, 1), strict=False)
    )
    said = "phường Long Thành; Trưởng phòng Kinh tế, Hạ tầng và Đô thị; Chi nhánh Văn phòng đăng ký đất đai"
    rows = [Row((str(n), "Xác định nguyên nhân", f"đầu {said} cuối")) for n in range(8)]
    fine = replace(table, columns=narrow, rows=tuple(rows), font_size=10)
    rendered, sheets = draw(notice(annexes=(Annex("Bảng", (fine,)),)))
    for page in sheets[rendered.body_pages :]:
        assert page.text.count("đầu") == page.text.count("cuối") > 0
