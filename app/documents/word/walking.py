"""Going through the body of a .docx once: marked texts, tables, and what stands outside of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.documents.content import clean_text
from app.documents.word.parts import NAMED_STYLES, MarkStyle, W
from app.documents.word.sides import RECIPIENTS
from app.documents.word.writing import FIGURE_TAG, TABLE_TAG
from app.errors import DomainError
from app.vietnamese import nfc

MOST_PARAGRAPHS = 5_000
"""Outside of tables of ours; the longest report has some hundreds."""
MOST_LETTERS = 50_000
"""Of one text; the record keeps some thousands."""
FIGURE = "\ue000"
"""Stands in a line for a figure of the record; a character that no cleaned text has."""
_MARKS = {
    MarkStyle.CLAUSE: re.compile(r"\d{1,5}[.)/]\s?"),
    MarkStyle.POINT: re.compile(r"[a-zđ]{1,3}[).]\s?"),
    MarkStyle.BULLET: re.compile(r"[-–—•+]\s?"),
    MarkStyle.ARTICLE: re.compile(r"Điều \d{1,5}[.:]\s?", re.I),
}
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_NOT_TEXT = frozenset({"del", "moveFrom", "delText", "instrText", "rPr", "pPr", "sdtPr", "txbxContent"})
_UNREADABLE = "Không đọc được tệp Word. Mở tệp, lưu lại dạng .docx rồi tải lên."


class WordRefused(DomainError):
    """The file can't be read as a .docx that one may open safely."""

    def __init__(self, message: str = _UNREADABLE) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True, slots=True)
class Control:
    """One marked text as it stands in the file: its lines, figures replaced by `FIGURE`."""

    ref: str
    lines: tuple[str, ...]
    figures: tuple[str, ...] = ()
    style: str = ""


@dataclass(frozen=True, slots=True)
class Loose:
    """A paragraph outside every marked text; `after` is the ref of the text before it ("" at the start)."""

    text: str
    after: str


def shown(lines: tuple[str, ...], figures: tuple[str, ...]) -> tuple[str, ...]:
    """Lines with their figures written out."""
    waiting = iter(figures)
    return tuple(re.sub(FIGURE, lambda _: next(waiting, ""), line) for line in lines)


def tag_of(name: str) -> str:
    return f"{{{W}}}{name}"


def _local(element: Any) -> str:
    """Name of an element of WordprocessingML; "" for anything else."""
    tag = element.tag
    return tag.removeprefix(f"{{{W}}}") if isinstance(tag, str) and tag.startswith(f"{{{W}}}") else ""


def _value(parent: Any, path: str) -> str:
    found = parent.find("/".join(tag_of(step) for step in path.split("/"))) if parent is not None else None
    return str(found.get(tag_of("val"), "")) if found is not None else ""


@dataclass
class _Paragraph:
    """One paragraph: text with `FIGURE`, the figures, its style, whether a list of Word numbers it."""

    text: str = ""
    figures: list[str] = field(default_factory=list)
    style: str = ""
    numbered: bool = False


class Reader:
    """Walks the body once."""

    def __init__(self, comments: dict[str, str]) -> None:
        self.comments = comments
        self.commented: dict[str, str] = {}
        self.controls: list[Control] = []
        self.loose: list[Loose] = []
        self.tables: dict[str, tuple[tuple[str, ...], ...]] = {}
        self.tracked = 0
        self.remarks: list[str] = []
        self._inside: str = ""
        self._seen = 0

    def walk(self, parent: Any) -> None:
        """Block content that belongs to no marked text."""
        for paragraph in self._paragraphs(parent):
            if paragraph.text.strip():
                last = self.controls[-1].ref if self.controls else ""
                self.loose.append(Loose(nfc(_plain(paragraph)), last))

    def _blocks(self, parent: Any) -> Iterator[Any]:
        """Paragraphs, and controls and tables of ours; through everything that only wraps them."""
        for element in parent:
            name = _local(element)
            if name in ("del", "moveFrom"):
                self.tracked += 1
            elif name in ("p", "sdt"):
                yield element
            elif name in ("tbl", "tr", "tc", "ins", "moveTo", "customXml", "smartTag", "sdtContent", "body"):
                if name in ("ins", "moveTo"):
                    self.tracked += 1
                yield from self._blocks(element)
            elif element.tag == f"{{{_MC}}}AlternateContent":
                chosen = element.find(f"{{{_MC}}}Choice")
                yield from self._blocks(chosen if chosen is not None else ())
            elif name == "altChunk":
                self.remarks.append("tệp khác được chèn vào")

    def _paragraphs(self, parent: Any) -> Iterator[_Paragraph]:
        """Paragraphs of block content; marked texts and tables on the way are kept apart."""
        waiting: _Paragraph | None = None
        for element in self._blocks(parent):
            if _local(element) == "sdt":
                if waiting is not None:
                    yield waiting
                    waiting = None
                yield from self._control(element)
                continue
            paragraph = self._paragraph(element)
            if waiting is not None:
                paragraph.text = waiting.text + paragraph.text
                paragraph.figures = waiting.figures + paragraph.figures
                waiting = None
            if self._joins_next(element):
                waiting = paragraph
            else:
                yield paragraph
        if waiting is not None:
            yield waiting

    def _joins_next(self, element: Any) -> bool:
        """Whether its end was deleted with tracking: accepted, the next paragraph goes on in it."""
        marks = element.find(f"{tag_of('pPr')}/{tag_of('rPr')}")
        if marks is None:
            return False
        gone = any(marks.find(tag_of(name)) is not None for name in ("del", "moveFrom"))
        self.tracked += gone or marks.find(tag_of("ins")) is not None
        return gone

    def _control(self, element: Any) -> Iterator[_Paragraph]:
        properties, content = element.find(tag_of("sdtPr")), element.find(tag_of("sdtContent"))
        tag = _value(properties, "tag")
        if content is None:
            return
        if tag.startswith(f"{TABLE_TAG}:") and not self._inside:
            self._keep_table(tag, content)
        elif not tag or tag == FIGURE_TAG or self._inside or len(tag) > 200:
            yield from self._paragraphs(content)  # a control that is none of ours only wraps
        else:
            empty = properties.find(tag_of("showingPlcHdr")) is not None
            self._keep_text(clean_text(tag), () if empty else content)

    def _keep_text(self, ref: str, content: Any) -> None:
        self._inside = ref
        tables = sum(1 for child in content if _local(child) == "tbl")
        if tables:
            self.remarks.append("bảng được chèn vào phần chữ")
        found = [p for p in self._paragraphs(_without_tables(content)) if p.text.strip()]
        self._inside = ""
        styles = [p.style for p in found if p.style in NAMED_STYLES]
        style = styles[0] if styles else ""
        lines = tuple(nfc(_unmarked(p, style, ref)) for p in found)
        figures = tuple(nfc(figure) for p in found for figure in p.figures)
        self.controls.append(Control(ref, lines, figures, style))

    def _keep_table(self, tag: str, content: Any) -> None:
        """A locked table is held against its own paper only: what its cells say, cell by cell."""
        self.tables[tag] = tuple(
            tuple(nfc(_cell_text(cell)) for cell in row.iterchildren(tag_of("tc")))
            for row in content.iter(tag_of("tr"))
        )

    def _paragraph(self, element: Any) -> _Paragraph:
        self._seen += 1
        if self._seen > MOST_PARAGRAPHS:
            raise WordRefused("Tệp Word có quá nhiều đoạn nên không được tiếp nhận.")
        properties = element.find(tag_of("pPr"))
        made = _Paragraph(style=_value(properties, "pStyle"))
        number = _value(properties, "numPr/numId")
        made.numbered = bool(number) and number != "0"
        self._inline(element, made)
        if len(made.text) > MOST_LETTERS:
            raise WordRefused("Tệp Word có đoạn quá dài nên không được tiếp nhận.")
        return made

    def _inline(self, parent: Any, into: _Paragraph) -> None:
        for element in parent:
            name = _local(element)
            match name:
                case "t":
                    into.text += clean_text((element.text or "").replace("\n", " "))
                case "br" | "cr":
                    kind = element.get(tag_of("type"), "textWrapping")
                    into.text += "\n" if kind == "textWrapping" else ""
                case "tab" | "ptab":
                    into.text += " "
                case "noBreakHyphen":
                    into.text += "-"
                case "commentRangeStart" | "commentReference":
                    self.commented.setdefault(element.get(tag_of("id"), ""), self._inside)
                case "drawing" | "pict" | "object":
                    self.remarks.append("hình, hộp văn bản")
                case "ins" | "moveTo":
                    self.tracked += 1
                    self._inline(element, into)
                case "sdt":
                    self._inline_control(element, into)
                case "del" | "moveFrom":
                    self.tracked += 1
                case "":
                    self._foreign(element, into)
                case _ if name not in _NOT_TEXT:
                    self._inline(element, into)

    def _inline_control(self, element: Any, into: _Paragraph) -> None:
        content = element.find(tag_of("sdtContent"))
        if content is None:
            return
        if _value(element.find(tag_of("sdtPr")), "tag") != FIGURE_TAG:
            self._inline(content, into)
            return
        figure = _Paragraph()
        self._inline(content, figure)
        into.text += FIGURE
        into.figures.append(figure.text)

    def _foreign(self, element: Any, into: _Paragraph) -> None:
        if element.tag == f"{{{_MC}}}AlternateContent":
            chosen = element.find(f"{{{_MC}}}Choice")
            self._inline(chosen if chosen is not None else (), into)
        elif isinstance(element.tag, str) and "/math" in element.tag:
            self.remarks.append("công thức")


def _cell_text(cell: Any) -> str:
    lines = (
        "".join("\n" if _local(part) == "br" else part.text or "" for part in line.iter(*_CELL_TEXT))
        for line in cell.iter(tag_of("p"))
    )
    return "\n".join(line.strip() for line in lines if line.strip())


_CELL_TEXT = (tag_of("t"), tag_of("br"))


def _without_tables(content: Any) -> list[Any]:
    return [child for child in content if _local(child) != "tbl"]


def _plain(paragraph: _Paragraph) -> str:
    return shown((paragraph.text,), tuple(paragraph.figures))[0]


def _unmarked(paragraph: _Paragraph, style: str, ref: str) -> str:
    """The line without the mark of its list; a list that Word numbers by itself has none in its text."""
    own = paragraph.style if paragraph.style in NAMED_STYLES else style
    mark = _MARKS.get(MarkStyle.BULLET if ref == RECIPIENTS else own)
    if mark is None or paragraph.numbered:
        return paragraph.text
    begun = mark.match(paragraph.text)
    return paragraph.text[begun.end() :] if begun else paragraph.text
