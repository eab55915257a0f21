"""An official document as .docx: the same content in the same legal layout (NĐ 30/2020/NĐ-CP Phụ lục I).

What the drafter may reword stands in content controls, everything else as it is composed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.documents import wording
from app.documents.content import (
    Align,
    Annex,
    Article,
    Block,
    Bulleted,
    Heading,
    HeadingLevel,
    KeyValue,
    Numbered,
    Numbering,
    OfficialDocument,
    Paragraph,
    Run,
    RunField,
    Table,
    WritingSpace,
)
from app.documents.kinds import DocumentKind
from app.documents.layout import LayoutRules
from app.documents.rendering import STANDARD_LAYOUT
from app.documents.word import parts, sides
from app.documents.word.origin import Figures
from app.documents.word.package import Package
from app.documents.word.parts import Look, MarkStyle

RECIPIENTS = sides.RECIPIENTS
TABLE_TAG, FIGURE_TAG = "table", "figure"
JUSTIFIED = "both"
_ALIGN = {Align.JUSTIFY: JUSTIFIED, Align.LEFT: "left", Align.CENTER: "center", Align.RIGHT: "right"}
FOOT_OF_MINUTES = "Ký nháy từng trang: Đơn vị …………………  Thư ký …………………  Trưởng đoàn …………………"
INITIALLED = frozenset({DocumentKind.MINUTES, DocumentKind.FOLLOWUP_MINUTES})
"""Papers of which everybody who signs initials each page."""
SMALLER_TEXT: dict[DocumentKind, float] = {DocumentKind.CONCLUDED_EXTRACT: 13}
"""Type (points) of papers whose text is set smaller, as their own theme says."""


def write_docx(
    document: OfficialDocument,
    *,
    created_at: datetime,
    about: str = "",
    figures: Figures | None = None,
    places: Mapping[str, str] | None = None,
    layout: LayoutRules = STANDARD_LAYOUT,
) -> bytes:
    """The paper as .docx, its texts marked. The same arguments give the same bytes.

    `about` is the key of the record it belongs to, e.g. "notice:12"; `figures` (by ref) stand in a text and
    may not be reworded; `places` (by ref) name a text to people, else its place is told from the headings.
    Raises ValueError for a naive instant and for a ref longer than Word takes (64 characters).
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at must be aware")
    package = Package()
    size = layout.page_number_size
    number = parts.paragraph(parts.field("PAGE", "2", size=size), Look(align="center"), size=size)
    header_id = package.add_header(number)
    footer_id = ""
    if document.kind in INITIALLED:
        signed = parts.run(FOOT_OF_MINUTES, size=11, italic=True)
        footer_id = package.add_header(parts.paragraph(signed, Look(align="center"), size=11), foot=True)
    sheet = parts.Sheet(
        layout.margin_top, layout.margin_right, layout.margin_bottom, layout.margin_left,
        document.landscape, header_id, footer_id,
    )  # fmt: skip
    closed = wording.with_closing_mark(document)
    writer = Writer(closed, layout, figures or {}, {**places_of(document), **(places or {})})
    body = [writer.main()]
    for annex in document.annexes:
        body.append(parts.paragraph("", Look(exact=1), size=1, section=sheet.xml()))
        sheet = parts.Sheet(
            layout.margin_top, layout.margin_right, layout.margin_bottom, layout.margin_left,
            annex.landscape, header_id, footer_id,
        )  # fmt: skip
        body.append(writer.annex(annex))
    body += [parts.paragraph("", Look(exact=1), size=1), sheet.xml()]
    return package.finish(
        "".join(body), document, created_at=created_at, about=about, figures=figures or {}, layout=layout
    )


def places_of(document: OfficialDocument) -> dict[str, str]:
    """Where each text stands, as people say it: "Mở đầu", "Mục II.3", "Điều 2", "Nơi nhận"."""
    found = {RECIPIENTS: "Nơi nhận"}
    for start, blocks in (("Mở đầu", document.blocks), *((a.label, a.blocks) for a in document.annexes)):
        section = where = start
        for block in blocks:
            match block:
                case Heading(level=HeadingLevel.PART | HeadingLevel.SECTION):
                    section = where = f"Mục {block.number}"
                case Heading(level=HeadingLevel.CLAUSE):
                    where = f"{section}.{block.number}"
                case Article():
                    section = where = f"Điều {block.number}"
                    found.setdefault(block.ref, where)
                case Paragraph():
                    found.setdefault(block.ref, where)
                case Numbered() | Bulleted():
                    refs = [item.ref for item in block.items]
                    for place, ref in enumerate(refs, 1):
                        alone = refs.count(ref) == 1 and len(refs) > 1
                        found.setdefault(ref, f"{where}, mục {place}" if alone else where)
                case _:
                    pass
    found.pop("", None)
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph or table; those of one text have its `ref`."""

    xml: str
    ref: str = ""


@dataclass(slots=True)
class Writer:
    """Writes one document; counts its controls and tables."""

    document: OfficialDocument
    layout: LayoutRules
    figures: Figures
    places: Mapping[str, str]
    _controls: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    _tables: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def main(self) -> str:
        """Everything before the first annex."""
        document, layout = self.document, self.layout
        width = layout.text_width(landscape=document.landscape)
        made = [sides.header(document, layout, width), *sides.title(document, layout, width)]
        made += [self._opening(), self._grouped(self._lines(document.blocks, width, closing=True))]
        made += [sides.closing(document, layout, width, self._marked), sides.opinions(document, width)]
        return "".join(made)

    def annex(self, annex: Annex) -> str:
        """An annex: label, title, what it is attached to, its blocks."""
        width = self.layout.text_width(landscape=annex.landscape)
        return sides.annex_head(self.document, annex, self.layout, width) + self._grouped(
            self._lines(annex.blocks, width)
        )

    def _opening(self) -> str:
        look = self._body_look()
        made = [
            parts.paragraph(parts.run(line, italic=True), look)
            for line in wording.citation_lines(self.document.legal_bases)
        ]
        if self.document.kind is DocumentKind.DECISION:
            made.append(sides.decides())
        return "".join(made)

    def _marked(self, ref: str, xml: str) -> str:
        """A text as a control."""
        alias = self.places.get(ref, ref)
        return parts.control(xml, tag=ref, alias=alias, number=next(self._controls))

    def _grouped(self, lines: Iterable[Line]) -> str:
        """Neighbours with the same ref are one text and one control."""
        made = []
        for ref, group in itertools.groupby(lines, key=lambda line: line.ref):
            xml = "".join(line.xml for line in group)
            made.append(self._marked(ref, xml) if ref else xml)
        return "".join(made)

    @property
    def _size(self) -> float:
        """Type of the text where it is not that of the whole paper."""
        return SMALLER_TEXT.get(self.document.kind, 0)

    def _body_look(self, **otherwise: object) -> Look:
        layout = self.layout
        look = Look(
            style=parts.BODY, align=JUSTIFIED, before=layout.paragraph_gap, first=layout.first_line_indent,
            line=layout.line_height / parts.LINE_HEIGHT_SINGLE,
        )  # fmt: skip
        return look.but(**otherwise) if otherwise else look

    def _lines(self, blocks: Sequence[Block], width: float, *, closing: bool = False) -> Iterator[Line]:
        """`closing`: the signature follows, so the last paragraph stays with it."""
        for place, block in enumerate(blocks, 1):
            last = closing and place == len(blocks)
            match block:
                case Paragraph():
                    yield self._paragraph(block, last)
                case Heading():
                    yield Line(self._heading(block))
                case Article():
                    yield from self._article(block, last)
                case Numbered() | Bulleted():
                    yield from self._items(block, last)
                case Table():
                    yield Line(self._table(block, width))
                case KeyValue():
                    for pair in block.pairs:
                        yield Line(
                            parts.paragraph(self._run(Run(f"{pair.label}: {pair.value}")), self._body_look())
                        )
                case WritingSpace():
                    look = Look(exact=24, rule=0.75, dotted=True)
                    yield from (Line(parts.paragraph("", look)) for _ in range(block.lines))

    def _paragraph(self, block: Paragraph, last: bool) -> Line:
        flat = block.align in (Align.CENTER, Align.RIGHT) or not block.indent
        look = self._body_look(
            align=_ALIGN[block.align],
            first=0 if flat else self.layout.first_line_indent,
            keep_next=last or wording.leads_on(block),
        )
        return Line(parts.paragraph(self._runs(block.runs, block.ref), look), block.ref)

    def _heading(self, block: Heading) -> str:
        bold = block.level is not HeadingLevel.POINT
        look = self._body_look(keep_next=True)
        match block.level:
            case HeadingLevel.PART:
                text = f"{block.number}\n{block.text.upper()}"
                look = look.but(align="center", first=0, before=12, outline=1)
            case HeadingLevel.SECTION:
                text = f"{block.number.upper()}. {block.text.upper()}"
                look = look.but(outline=1)
            case HeadingLevel.CLAUSE:
                text = f"{block.number}. {block.text}"
                look = look.but(outline=2)
            case HeadingLevel.POINT:
                text = f"{block.number}) {block.text}"
        return parts.paragraph(self._run(Run(text, bold=bold)), look)

    def _article(self, block: Article, last: bool) -> Iterator[Line]:
        mark = f"Điều {block.number}."
        look = self._body_look(keep_next=last)
        if block.title:
            title = self._run(Run(f"{mark} {block.title}", bold=True))
            yield Line(parts.paragraph(title, self._body_look(keep_next=True)))
            if block.runs:
                yield Line(parts.paragraph(self._runs(block.runs, block.ref), look), block.ref)
        else:
            text = self._run(Run(mark, bold=True)) + self._run(Run(" ")) + self._runs(block.runs, block.ref)
            yield Line(parts.paragraph(text, look.but(style=MarkStyle.ARTICLE)), block.ref)

    def _items(self, block: Numbered | Bulleted, last: bool) -> Iterator[Line]:
        for place, item in enumerate(block.items):
            if isinstance(block, Bulleted):
                mark, style = "-", MarkStyle.BULLET
            else:
                mark = wording.mark_of(block.style, block.start + place)
                style = MarkStyle.CLAUSE if block.style is Numbering.CLAUSE else MarkStyle.POINT
            look = self._body_look(style=style, keep_next=last and place + 1 == len(block.items))
            text = self._run(Run(f"{mark} ")) + self._runs(item.runs, item.ref)
            yield Line(parts.paragraph(text, look), item.ref)

    def _runs(self, runs: Sequence[Run], ref: str) -> str:
        waiting = [figure for figure in self.figures.get(ref, ()) if figure]
        made = []
        for run in runs:
            if run.field is RunField.BODY_PAGES:
                shown = parts.field('SECTIONPAGES \\# "00"', "00", bold=run.bold, italic=run.italic)
                made.append(self._figure(shown))
                continue
            rest = run.text
            for figure in [one for one in waiting if one in rest]:
                before, _, rest = rest.partition(figure)
                made += [self._run(run, before), self._figure(self._run(run, figure))]
                waiting.remove(figure)
            made.append(self._run(run, rest))
        return "".join(made)

    def _figure(self, xml: str) -> str:
        number = next(self._controls)
        return parts.control(
            xml, tag=FIGURE_TAG, alias="Số liệu của hồ sơ", number=number, lock="sdtContentLocked"
        )

    def _run(self, run: Run, text: str | None = None) -> str:
        shown = run.text if text is None else text
        if not shown:
            return ""
        return parts.run(shown, size=self._size, bold=run.bold, italic=run.italic)

    def _table(self, block: Table, width: float) -> str:
        place = next(self._tables)
        return parts.paragraph("", Look(exact=self.layout.paragraph_gap)) + parts.control(
            sides.ruled(block, self.layout, width), tag=f"{TABLE_TAG}:{place}", alias=f"Bảng {place}",
            number=next(self._controls), lock="sdtContentLocked",
        )  # fmt: skip
