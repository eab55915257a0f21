"""How NĐ 30/2020/NĐ-CP Phụ lục I writes numbers, dates, lists and the end of a text: pure functions."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.documents.content import (
    Annex,
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
    Run,
    RunField,
)
from app.documents.kinds import DocumentKind
from app.vietnamese import format_date_long, letter

CLOSING_MARK = "./."
BLANK_NUMBER = " " * 6
BLANK_DAY = " " * 5
KINDS_WITHOUT_CLOSING_MARK = frozenset({DocumentKind.CONCLUDED_EXTRACT, DocumentKind.SUBMISSION_SLIP})
_MAY_BEGIN_A_LINE = re.compile("đối|về|và|tại|của|trên|theo|trong|năm|giai|thuộc|khi|sau|từ|cho|để", re.I)
_COMPOUNDS = re.compile(
    "cải (cách|thiện)|chỉ (đạo|số)|chuyên môn|chuyển đổi|công (chức|dân|khai|tác|vụ)|dịch vụ|đạo đức|đầu tư|"
    "đất đai|địa phương|điện tử|điều hành|đô thị|đơn vị|giải quyết|giáo dục|hành chính|hạ tầng|hội đồng|"
    "kế hoạch|kết (luận|quả)|khắc phục|khiếu nại|kiểm (soát|tra)|kinh (doanh|tế)|kỷ (cương|luật)|môi trường|"
    "ngân sách|nhân dân|nội vụ|phục vụ|quản lý|quyết định|tài (chính|nguyên)|thanh tra|thành phố|thị trấn|"
    "thông (báo|tin)|thủ tục|thực hiện|tiếp nhận|tổ chức|tồn tại|trách nhiệm|trung tâm|tuyên truyền|ủy ban|"
    "UBND (đặc khu|phường|thành|tỉnh|xã)|văn (hóa|phòng)|viên chức|việc làm|xã hội|y tế",
    re.I,
)
_ABOUT = re.compile(r"(?:về việc|v/v)\s+", re.I)
_STICKS_TO_NEXT = re.compile("số|ngày|tháng|năm|quý|khoản|điểm|điều|-|–", re.I)


def number_line(number: int | None, symbol: str) -> str:
    """`Số: 05/TB-SNV`; a number below ten gets a zero, a missing one leaves room to write."""
    return f"Số: {_number(number)}/{symbol.upper()}"


def _number(number: int | None) -> str:
    return BLANK_NUMBER if number is None else f"{number:02d}"


def letter_subject(subject: str) -> str:
    """`V/v thông báo lịch kiểm tra`, of a subject held with "Về việc", with "V/v" or bare ("Thông báo …")."""
    bare = _ABOUT.sub("", " ".join(subject.split()), count=1)
    return f"V/v {bare if bare[:2].isupper() else bare[:1].lower() + bare[1:]}"


def date_words(issued_on: date | None, expected_on: date | None = None) -> str:
    """`ngày 04 tháng 9 năm 2026`: a zero before days below ten and months 1 and 2, no other month."""
    if issued_on is not None:
        return format_date_long(issued_on)
    if expected_on is not None:
        return format_date_long(expected_on).replace(f"ngày {expected_on.day:02d}", f"ngày {BLANK_DAY}", 1)
    return f"ngày {BLANK_DAY} tháng {BLANK_DAY} năm {BLANK_DAY}"


def place_date(document: OfficialDocument) -> str:
    """`Đồng Nai, ngày 04 tháng 9 năm 2026`."""
    return f"{document.place}, {date_words(document.issued_on, document.expected_on)}"


def attached_line(document: OfficialDocument, annex: Annex) -> str:
    """`(Kèm theo Thông báo số 05/TB-SNV ngày 04 tháng 9 năm 2026 của Sở Nội vụ)`, or the annex's own."""
    if annex.attached_to:
        return annex.attached_to
    number = f" số {_number(document.number)}/{document.symbol.upper()}" if document.symbol else ""
    day = date_words(document.issued_on, document.expected_on)
    author = document.authority_line or document.issuing_body
    return f"(Kèm theo {document.type_name}{number} {day} của {' '.join(author.split())})"


def title_of(document: OfficialDocument) -> str:
    """One line that names the document: title of the PDF."""
    number = f" số {document.number:02d}/{document.symbol.upper()}" if document.number is not None else ""
    subject = " ".join(document.subject.split())
    return f"{document.type_name}{number}: {subject}" if subject else f"{document.type_name}{number}"


def citation_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Căn cứ: every line ends with `;`, the last with `.`."""
    return _punctuated(lines)


def recipient_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Nơi nhận: `- …;`, the last (`- Lưu: VT, CCHC.`) with a full stop."""
    return tuple(f"- {line}" for line in _punctuated([line.lstrip("-– ") for line in lines]))


def _punctuated(lines: Sequence[str]) -> tuple[str, ...]:
    bare = [line.strip().rstrip(";.,").rstrip() for line in lines]
    return tuple(line + (";" if place < len(bare) else ".") for place, line in enumerate(bare, 1))


def mark_of(style: Numbering, place: int) -> str:
    """The mark of the `place`th entry (from 1): `7.`, `đ)`."""
    return f"{place}." if style is Numbering.CLAUSE else f"{letter(place)})"


def with_closing_mark(document: OfficialDocument) -> OfficialDocument:
    """The document whose text ends with `./.`, unless it ends in a table or in room to write."""
    if document.kind in KINDS_WITHOUT_CLOSING_MARK or not document.blocks:
        return document
    *before, last = document.blocks
    return dataclasses.replace(document, blocks=(*before, _closed(last)))


def filled(value: Any, known: dict[RunField, str]) -> Any:
    """The same content with every run field replaced by what is known of it."""
    if isinstance(value, Run):
        return dataclasses.replace(value, text=known[value.field]) if value.field else value
    if isinstance(value, tuple):
        return tuple(filled(part, known) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {item.name: filled(getattr(value, item.name), known) for item in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


def has_field(value: object, wanted: RunField) -> bool:
    """Whether a run anywhere in the content waits for this field."""
    if isinstance(value, Run):
        return value.field is wanted
    if isinstance(value, tuple):
        return any(has_field(part, wanted) for part in value)
    if dataclasses.is_dataclass(value):
        return any(has_field(getattr(value, item.name), wanted) for item in dataclasses.fields(value))
    return False


def leads_on(paragraph: Paragraph) -> bool:
    """Whether the next block belongs to it (“Đề nghị Thủ trưởng …:”) and may not begin another page."""
    return bool(paragraph.runs) and paragraph.runs[-1].text.rstrip().endswith(":")


def _closed(block: Block) -> Block:
    match block:
        case Paragraph() | Article() if block.runs:
            return dataclasses.replace(block, runs=_closed_runs(block.runs))
        case Numbered() | Bulleted() if block.items:
            *before, last = block.items
            closed = Item(_closed_runs(last.runs), ref=last.ref)
            return dataclasses.replace(block, items=(*before, closed))
        case KeyValue() if block.pairs:
            *first, pair = block.pairs
            value = _closed_text(pair.value)
            return KeyValue((*first, dataclasses.replace(pair, value=value)))
        case _:
            return block


def _closed_runs(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    if not runs:
        return runs
    *before, last = runs
    if last.field:
        return (*runs, Run(CLOSING_MARK))
    return (*before, dataclasses.replace(last, text=_closed_text(last.text)))


def _closed_text(text: str) -> str:
    bare = text.rstrip()
    return bare if bare.endswith(CLOSING_MARK) else bare.rstrip(".;,/ ") + CLOSING_MARK


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and, for a heading, the depth of its tag (2 for h2)."""

    block: Block
    depth: int


def placed(blocks: Sequence[Block]) -> Iterator[Placed]:
    """Give every heading a depth that never skips a step, as PDF/UA asks, whatever levels the text uses."""
    levels = list(HeadingLevel)
    open_levels: list[int] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level is not HeadingLevel.POINT:
            own = levels.index(block.level)
            open_levels = [level for level in open_levels if level < own] + [own]
            yield Placed(block, len(open_levels) + 1)
        else:
            yield Placed(block, 0)


def balanced(text: str, *, width_mm: float, size_pt: float) -> tuple[str, ...]:
    """Break a centred title into the fewest lines that fit, of much the same length, as clerks set them.

    Line ends typed in the text win. Widths are estimated for bold Times; a line that is still too long wraps.
    """
    if "\n" in text:
        return tuple(line.strip() for line in text.split("\n") if line.strip())
    words = text.split()
    room = width_mm / (size_pt * 25.4 / 72)
    lengths = [_ems(word) for word in words]
    if not words or max(lengths) > room:
        return (" ".join(words),) if words else ()
    fewest = _fewest_lines(lengths, room)
    for count in range(fewest, min(fewest + 4, len(words)) + 1):
        lines = _best_lines(words, lengths, count, 2 * room)
        if max(_ems(line) for line in lines) <= room:
            return lines
    return _best_lines(words, lengths, fewest, room)


def _fewest_lines(lengths: list[float], room: float) -> int:
    """How many lines there are when each takes all that it holds."""
    count, used = 1, -0.25
    for length in lengths:
        used += 0.25 + length
        if used > room:
            count, used = count + 1, length
    return count


def _best_lines(words: list[str], lengths: list[float], count: int, longest: float) -> tuple[str, ...]:
    """Least sum of squared line lengths and of what the line ends cost; no line over `longest`."""
    total = len(words)
    scale = (sum(lengths) / count) ** 2  # a line end is weighed against the square of a middling line
    penalties = [scale * _break_cost(last, after) for last, after in itertools.pairwise(words)] + [0.0]
    best: list[list[tuple[float, int]]] = [[(math.inf, 0)] * (total + 1) for _ in range(count + 1)]
    best[0][0] = (0.0, 0)
    for line in range(1, count + 1):
        for end in range(line, total + 1):
            width = -0.25
            for start in range(end - 1, line - 2, -1):
                width += 0.25 + lengths[start]
                if width > longest:
                    break
                cost = best[line - 1][start][0] + width**2 + penalties[end - 1]
                if cost <= best[line][end][0]:
                    best[line][end] = (cost, start)
    lines, end = [], total
    for line in range(count, 0, -1):
        start = best[line][end][1]
        lines.append(" ".join(words[start:end]))
        end = start
    return tuple(reversed(lines))


def _break_cost(last: str, following: str) -> float:
    """Vietnamese writes compounds and names as separate words: a line best ends at a comma or before a
    preposition, hardly ever inside what is known to belong together, never after "số" or a figure."""
    if _STICKS_TO_NEXT.fullmatch(last) or last[-1].isdigit():
        return 1.0
    if last[-1] in ",;:" or _MAY_BEGIN_A_LINE.fullmatch(following):
        return 0.0
    name = last.istitle() and following.istitle()
    return 0.6 if name or _COMPOUNDS.fullmatch(f"{last} {following.rstrip(',;:.')}") else 0.15


def _ems(text: str) -> float:
    """Width in ems of bold Times: capitals 0.72, digits and small letters about half an em, marks a third."""
    return sum(_em(char) for char in text)


def _em(char: str) -> float:
    if char.isspace():
        return 0.25
    if char.isupper():
        return 0.39 if char in "IÍÌỈĨỊ" else 0.72
    if char.isalnum():
        return 0.83 if char == "m" else 0.3 if char in "ijltfríìỉĩị" else 0.52
    return 0.33


def width_mm(text: str, size_pt: float) -> float:
    """Estimated length of a line in bold Times."""
    return _ems(text) * size_pt * 25.4 / 72
