"""Every kind against the table of components (NĐ 30/2020 Phụ lục I mục II, III, V), row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import pytest

from app.documents.content import (
    Align,
    Article,
    Block,
    Bulleted,
    Heading,
    HeadingLevel,
    Item,
    KeyValue,
    Numbered,
    Numbering,
    OfficialDocument,
    Paragraph,
    SignatureBlock,
    Table,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.rendering import list_drawn, load_sample
from tests.documents.paper import MM, WHEN, notice
from tests.documents.spans import Paper, Row, read
from tests.drawing import draw_once

pytestmark = pytest.mark.no_cover

REGULAR, BOLD = "Liberation-Serif", "Liberation-Serif-Bold"
ITALIC, BOLD_ITALIC = "Liberation-Serif-Italic", "Liberation-Serif-Bold-Italic"
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
STYLES = {(False, False): REGULAR, (True, False): BOLD, (False, True): ITALIC, (True, True): BOLD_ITALIC}
LETTERS = [f"{letter})" for letter in "abcdđeghiklmnopqrstuvxy"]
KINDS = pytest.mark.parametrize("kind", list_drawn())


def is_letter(document: OfficialDocument) -> bool:
    """A công văn has "V/v" under its number and no name of its type."""
    return bool(getattr(document, "is_letter", False))


def paper_of(document: OfficialDocument) -> Paper:
    return read(draw_once(document, created_at=WHEN).data)


@dataclass(frozen=True)
class Component:
    """A row of the table: what stands there, from which to which size, in which style."""

    row: str
    text: str
    sizes: tuple[float, float]
    font: str


def components(document: OfficialDocument) -> Iterator[Component]:
    """What a document has of the table, in reading order."""
    if document.governing_body:
        yield Component("2 chủ quản", document.governing_body.upper(), (12, 13), REGULAR)
    yield Component("2 ban hành", document.issuing_body.upper(), (12, 13), BOLD)
    yield Component("1 quốc hiệu", NATION, (12, 13), BOLD)
    yield Component("1 tiêu ngữ", MOTTO, (13, 14), BOLD)
    if document.symbol:
        number = "" if document.number is None else f"{document.number:02d}"
        yield Component("3 số", f"Số: {number}/{document.symbol.upper()}", (13, 13), REGULAR)
    if is_letter(document):
        yield Component("5b V/v", "V/v", (12, 13), REGULAR)
    if document.place and document.kind is not DocumentKind.MINUTES:
        yield Component("4 địa danh, ngày", f"{document.place}, ngày", (13, 14), ITALIC)
    if not is_letter(document):
        yield Component("5a tên loại", document.type_name.upper(), (13, 14), BOLD)
        yield Component("5a trích yếu", document.subject, (13, 14), BOLD)
    for line in document.addressees:
        yield Component("9a kính gửi", line, (13, 14), REGULAR)
    if document.authority_line:
        yield Component("thẩm quyền", document.authority_line.upper(), (13, 14), BOLD)
    for line in document.legal_bases:
        yield Component("6 căn cứ", line.rstrip(";."), (13, 14), ITALIC)
    yield from texts(document.blocks)
    if document.recipients:
        yield Component("9b nơi nhận", "Nơi nhận:", (12, 12), BOLD_ITALIC)
        for line in document.recipients:
            yield Component("9b", f"- {line.strip('-;. ')}", (11, 11), REGULAR)
    if document.signature and not document.signature_columns:
        for line in (*document.signature.authority, *document.signature.posts):
            yield Component("7a quyền hạn, chức vụ", line.upper(), (13, 14), BOLD)
        yield Component("7b họ tên", document.signature.name, (13, 14), BOLD)
    for annex in document.annexes:
        yield Component("phụ lục", annex.label, (14, 14), BOLD)
        yield Component("phụ lục: tên", annex.title.upper(), (13, 14), BOLD)
        yield Component("phụ lục: kèm theo", annex.attached_to or "(Kèm theo", (13, 14), ITALIC)
        yield from texts(annex.blocks)


def texts(blocks: tuple[Block, ...]) -> Iterator[Component]:
    """Row 6: titles in their style, running text in that of its runs, tables at 11 to 14."""
    for block in blocks:
        match block:
            case Heading(level=HeadingLevel.PART | HeadingLevel.SECTION):
                yield Component("6 phần, mục", block.text.upper(), (13, 14), BOLD)
            case Heading(level=HeadingLevel.CLAUSE):
                yield Component("6 khoản", f"{block.number}. {block.text}", (13, 14), BOLD)
            case Heading():
                yield Component("6 điểm", f"{block.number}) {block.text}", (13, 14), REGULAR)
            case Article():
                yield Component("6 điều", f"Điều {block.number}. {block.title}".strip(), (13, 14), BOLD)
            case Paragraph():
                yield from running(block.runs)
            case Numbered() | Bulleted():
                for item in block.items:
                    yield from running(item.runs)
            case KeyValue():
                for pair in block.pairs:
                    yield Component("6", f"{pair.label}: {pair.value.rstrip('.;/ ')}", (13, 14), REGULAR)
            case Table():
                for column in block.columns:
                    yield Component("bảng: tiêu đề", column.heading, (11, 14), BOLD)
                if block.number_row:
                    for place in range(len(block.columns)):
                        yield Component("bảng: (1)", f"({place + 1})", (11, 14), ITALIC)
                for row in block.rows:
                    for cell in row.cells:
                        yield Component("bảng", cell, (11, 14), BOLD if row.group else REGULAR)


def running(runs: tuple) -> Iterator[Component]:
    for run in runs:
        if not run.field:
            yield Component("6", run.text.rstrip(".;/ "), (13, 14), STYLES[run.bold, run.italic])


@KINDS
def test_every_component_has_the_case_size_and_style_of_its_row_and_stands_in_order(
    kind: DocumentKind,
) -> None:
    document = load_sample(kind)
    paper, place, seen = paper_of(document), 0, set()
    for part in components(document):
        if not part.text:
            continue
        found, place = paper.find(part.text, after=place)
        seen.add(part.row.split()[0])
        low, high = part.sizes
        assert found.fonts == {part.font}, (part, found.fonts)
        assert all(low <= size <= high for size in found.sizes), (part, found.sizes)
    assert seen >= {"1", "2", "6"} or kind is DocumentKind.OVERLAP_MINUTES


@KINDS
def test_all_ink_is_black_but_a_stamp(kind: DocumentKind) -> None:
    paper = paper_of(load_sample(kind))
    colours = {tuple(char["non_stroking_color"]) for char in (*paper.chars, *paper.margins)}
    assert colours <= {(0.0, 0.0, 0.0), (0.0,)}


@KINDS
def test_the_header_has_its_two_columns_and_its_rules(kind: DocumentKind) -> None:
    """Ô 2-3 left, 1-4 right; the nation on one line; a whole rule under the motto, a part under the body."""
    document = load_sample(kind)
    paper = paper_of(document)
    nation, motto = paper.find(NATION)[0], paper.find(MOTTO)[0]
    assert len(nation.rows) == len(motto.rows) == 1 and nation.rows[0].page == 0
    body = paper.find(document.issuing_body.upper())[0]
    left = [*body.rows]
    if document.governing_body:
        above = paper.find(document.governing_body.upper())[0]
        assert max(row.bottom for row in above.rows) < body.rows[0].bottom
        assert abs(above.rows[0].bottom - nation.rows[0].bottom) < 2
        left += above.rows
    number = None
    if document.symbol:
        number = paper.find(f"/{document.symbol.upper()}")[0].rows[0]
        assert number.bottom > body.rows[-1].bottom
    assert max(row.right for row in left) < nation.rows[0].left
    assert all(abs(row.middle - left[0].middle) < 1 for row in left)
    assert abs(motto.rows[0].middle - nation.rows[0].middle) < 1
    if document.place and kind is not DocumentKind.MINUTES:
        day = paper.find(f"{document.place}, ngày")[0].rows[0]
        assert number is None or abs(day.bottom - number.bottom) < 0.5
        assert day.left > left[0].right
    assert rule_share(paper, motto.rows) == pytest.approx(1, abs=0.01)
    assert 1 / 3 <= rule_share(paper, body.rows) <= 1 / 2
    if not is_letter(document):
        subject = paper.find(document.subject, after=paper.find(document.type_name.upper())[1])[0]
        assert 1 / 3 <= rule_share(paper, subject.rows) <= 1 / 2
        width = paper.sizes[0][0]
        assert all(abs(row.middle - (30 * MM + width - 15 * MM) / 2) < 1 for row in subject.rows)


def rule_share(paper: Paper, rows: tuple[Row, ...]) -> float:
    """Length of the one line drawn at most 6 points under the last row, centred on it, by the longest row."""
    last = rows[-1]
    under = [
        (left, right)
        for left, right, top, weight in paper.rules(last.page)
        if -1 < top - last.bottom < 6 and abs((left + right) / 2 - last.middle) < 1 and 0.4 < weight < 1.1
    ]
    assert len(under) == 1, under
    return (under[0][1] - under[0][0]) / max(row.right - row.left for row in rows)


def body_paragraphs(document: OfficialDocument) -> Iterator[tuple[str, bool]]:
    """The running texts of the body with their marks, and whether each follows another such text."""
    follows = False
    for block in document.blocks:
        before, follows = follows, True
        match block:
            case Paragraph(align=Align.JUSTIFY, indent=True):
                found = ["".join(run.text for run in block.runs)]
            case Numbered():
                marks = LETTERS if block.style is Numbering.POINT else [f"{n}." for n in range(1, 100)]
                found = [
                    f"{mark} {''.join(run.text for run in item.runs)}"
                    for mark, item in zip(marks[block.start - 1 :], block.items, strict=False)
                ]
            case Bulleted():
                found = ["- " + "".join(run.text for run in item.runs) for item in block.items]
            case _:
                found, follows = [], False
        if isinstance(block, Paragraph) and any(run.field for run in block.runs):
            found, follows = [], False
        for place, text in enumerate(found):
            yield text.rstrip(".;/ "), before or place > 0


@KINDS
def test_running_text_is_indented_justified_and_spaced_as_the_decree_asks(kind: DocumentKind) -> None:
    """First line 1–1.27 cm in, lines from margin to margin, single to 1.5 apart, paragraphs at least 6 pt."""
    document = load_sample(kind)
    paper, place, last = paper_of(document), 0, None
    pitches = [1.2]
    found_any = False
    for text, follows in body_paragraphs(document):
        found, place = paper.find(text, after=place)
        size, width, first = max(found.sizes), paper.sizes[found.rows[0].page][0], found.rows[0]
        found_any = True
        assert 10 * MM - 0.6 <= first.left - 30 * MM <= 12.7 * MM + 0.6, (text, first.left / MM)
        for former, later in pairwise(found.rows):
            assert later.left == pytest.approx(30 * MM, abs=0.6)
            assert former.right == pytest.approx(width - 15 * MM, abs=1)  # kerning is told a little late
            if former.page == later.page:
                pitches.append((later.bottom - former.bottom) / size)
        if follows and last is not None and last.page == first.page:
            assert first.bottom - last.bottom - min(pitches) * size >= 5.5, text
        last = found.rows[-1]
    assert found_any
    assert min(pitches) >= 1.149 - 0.01 and max(pitches) <= 1.5 * 1.149 + 0.01


def test_points_are_lettered_by_the_vietnamese_alphabet_on_the_page() -> None:
    items = tuple(Item(plain(f"nội dung thứ {n}")) for n in range(len(LETTERS)))
    paper = paper_of(notice(blocks=(Numbered(items, Numbering.POINT),), annexes=()))
    assert [mark[0] for mark in LETTERS[:8]] == list("abcdđegh")
    place = 0
    for n, mark in enumerate(LETTERS):
        _, place = paper.find(f"{mark} nội dung thứ {n}", after=place)


@KINDS
def test_a_number_a_day_and_a_month_get_their_zero_in_every_kind(kind: DocumentKind) -> None:
    sample = replace(
        load_sample(kind), number=5, issued_on=date(2026, 1, 9), blocks=(paragraph("Nội dung."),), annexes=()
    )
    paper = paper_of(sample)
    assert not sample.symbol or paper.count(f"Số: 05/{sample.symbol.upper()}") == 1
    if sample.place and kind is not DocumentKind.MINUTES:
        assert paper.count(f"{sample.place}, ngày 09 tháng 01 năm 2026") == 1


@pytest.mark.parametrize(
    ("number", "on", "said", "day"),
    [
        (9, date(2026, 2, 28), "Số: 09/", "ngày 28 tháng 02 năm 2026"),
        (10, date(2026, 3, 9), "Số: 10/", "ngày 09 tháng 3 năm 2026"),
        (123, date(2026, 12, 31), "Số: 123/", "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_no_other_number_or_month_gets_a_zero(number: int, on: date, said: str, day: str) -> None:
    paper = paper_of(notice(number=number, issued_on=on, blocks=(paragraph("Nội dung."),), annexes=()))
    assert paper.count(f"{said}TB-SNV Đồng Nai, {day}") == 1


@KINDS
def test_citations_recipients_and_the_end_of_the_text_have_their_signs(kind: DocumentKind) -> None:
    sample = load_sample(kind)
    paper = paper_of(sample)
    for place, line in enumerate(sample.legal_bases, 1):
        assert paper.count(line.rstrip(";. ") + (";" if place < len(sample.legal_bases) else ".")) >= 1
    for place, line in enumerate(sample.recipients, 1):
        assert paper.count(f"- {line.strip('-;. ')}" + (";" if place < len(sample.recipients) else ".")) == 1
    if sample.recipients:
        assert "Lưu:" in sample.recipients[-1]
        if is_letter(sample):
            assert sample.recipients[0].strip("-;. ") == "Như trên"
    closed = kind not in {DocumentKind.SUBMISSION_SLIP, DocumentKind.CONCLUDED_EXTRACT}
    ends_in_text = sample.blocks and not isinstance(sample.blocks[-1], Table)
    assert paper.count("./.") == (1 if closed and ends_in_text else 0)


@KINDS
def test_posts_stand_over_the_name_right_and_recipients_left(kind: DocumentKind) -> None:
    """Ô 7a-7c bottom right in their order, room for the signature between post and name; ô 9b bottom left."""
    sample = load_sample(kind)
    if sample.signature_columns or sample.signature is None:
        signed = replace(
            sample, signature=SignatureBlock("Trần Văn Thử", ("KT. Giám đốc",), ("Phó Giám đốc",))
        )
        sample = signed if kind not in (DocumentKind.MINUTES, DocumentKind.FOLLOWUP_MINUTES) else notice()
    if sample.signature is not None and not sample.signature.name:  # whoever will sign is not chosen yet
        sample = replace(sample, signature=replace(sample.signature, name="Trần Văn Thử"))
    paper, block = paper_of(sample), sample.signature
    assert block is not None
    lines = [line.upper() for line in (*block.authority, *block.posts)]
    place, rows = paper.find("Nơi nhận:")[1] if sample.recipients else 0, []
    for line in (*lines, block.name):
        found, place = paper.find(line, after=place)
        rows += found.rows
    middles = [row.middle for row in rows]
    assert max(middles) - min(middles) < 1 and min(middles) > paper.sizes[0][0] / 2
    assert [row.bottom for row in rows] == sorted(row.bottom for row in rows)
    assert rows[-1].bottom - rows[-2].bottom >= 22 * MM and rows[-1].page == rows[0].page
    if sample.recipients:
        heading = paper.find("Nơi nhận:")[0].rows[0]
        assert heading.left == pytest.approx(30 * MM, abs=0.6) and abs(heading.bottom - rows[0].bottom) < 4
        assert heading.page == rows[0].page


@pytest.mark.parametrize(
    ("authority", "posts"),
    [
        (("TM. Ủy ban nhân dân",), ("Chủ tịch",)),
        (("TM. Ủy ban nhân dân", "KT. Chủ tịch"), ("Phó Chủ tịch",)),
        (("TL. Giám đốc",), ("Trưởng phòng Cải cách hành chính",)),
        (("TUQ. Giám đốc",), ("Chánh Văn phòng",)),
        ((), ("Q. Giám đốc",)),
        (
            ("TL. Chủ tịch Ủy ban nhân dân thành phố",),
            ("Giám đốc Trung tâm Phục vụ hành chính công thành phố Đồng Nai", "Trưởng đoàn kiểm tra"),
        ),
    ],
)
def test_every_right_to_sign_is_written_in_capitals_one_over_the_other(
    authority: tuple[str, ...], posts: tuple[str, ...]
) -> None:
    paper = paper_of(notice(signature=SignatureBlock("Nguyễn Văn Mẫu", authority, posts), annexes=()))
    place, bottoms = 0, []
    for line in (*authority, *posts):
        found, place = paper.find(line.upper(), after=place)
        assert found.fonts == {BOLD} and found.sizes == {14.0}
        bottoms += [row.bottom for row in found.rows]
        assert found.rows[0].left > paper.sizes[0][0] / 2 - 5 * MM
        assert max(row.right for row in found.rows) <= paper.sizes[0][0] - 15 * MM + 0.5
    assert bottoms == sorted(bottoms) and len(set(bottoms)) == len(bottoms)
