"""WordprocessingML in small pieces; children in the order of ISO/IEC 29500, or Word calls a file damaged.

Lengths come in millimetres or points and go out in twentieths of a point; everything is a string of XML.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, replace

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}"'
LONGEST_TAG = 64
"""Characters of a tag or name of a control that Word accepts."""
LINE_HEIGHT_SINGLE = 1.15
"""Ems of Times set single."""


class MarkStyle:
    """Paragraph styles of lines that begin with a mark; by these it is known again in a returned file."""

    CLAUSE = "KLKhoan"
    POINT = "KLDiem"
    BULLET = "KLGach"
    ARTICLE = "KLDieu"


BODY = "KLVanBan"
RECIPIENT = "KLNoiNhan"
NAMED_STYLES = {
    BODY: "KL Van ban", MarkStyle.CLAUSE: "KL Khoan", MarkStyle.POINT: "KL Diem",
    MarkStyle.BULLET: "KL Gach dau dong", MarkStyle.ARTICLE: "KL Dieu",
    RECIPIENT: "KL Noi nhan",
}  # fmt: skip


def twips(*, mm: float = 0, pt: float = 0) -> int:
    """Twentieths of a point."""
    return round(mm * 1440 / 25.4 + pt * 20)


def escaped(text: str) -> str:
    """Text or attribute value."""
    return html.escape(text, quote=True)


@dataclass(frozen=True, slots=True)
class Look:
    """A paragraph: style, alignment, distances in points, indents in millimetres.

    `line` is a multiple of single line spacing, `exact` a line height in points that wins over it.
    `rule` draws a line of this weight (points) along the top of the paragraph.
    """

    style: str = ""
    align: str = ""
    before: float = 0
    after: float = 0
    first: float = 0
    left: float = 0
    right: float = 0
    line: float = 1
    exact: float = 0
    keep_next: bool = False
    keep_lines: bool = False
    rule: float = 0
    dotted: bool = False
    outline: int | None = None

    def but(self, **changes: object) -> Look:
        """The same with some things otherwise."""
        return replace(self, **changes)  # type: ignore[arg-type]  # checked by the dataclass's own fields


def paragraph(content: str, look: Look, *, size: float = 0, section: str = "") -> str:
    """`w:p` around runs; `size` is the type of its mark, `section` what ends a section here."""
    made = [f'<w:pStyle w:val="{look.style}"/>'] if look.style else []
    if look.keep_next:
        made.append("<w:keepNext/>")
    if look.keep_lines:
        made.append("<w:keepLines/>")
    made.append("<w:widowControl/>")
    if look.rule:
        kind, side = ("dotted", "bottom") if look.dotted else ("single", "top")
        eighths = round(look.rule * 8)
        made.append(
            f'<w:pBdr><w:{side} w:val="{kind}" w:sz="{eighths}" w:space="0" w:color="000000"/></w:pBdr>'
        )
    rule = "exact" if look.exact else "auto"
    line = twips(pt=look.exact) if look.exact else round(240 * look.line)
    made.append(
        f'<w:spacing w:before="{twips(pt=look.before)}" w:after="{twips(pt=look.after)}" '
        f'w:line="{line}" w:lineRule="{rule}"/>'
    )
    made.append(
        f'<w:ind w:left="{twips(mm=look.left)}" w:right="{twips(mm=look.right)}" '
        f'w:firstLine="{twips(mm=look.first)}"/>'
    )
    if look.align:
        made.append(f'<w:jc w:val="{look.align}"/>')
    if look.outline is not None:
        made.append(f'<w:outlineLvl w:val="{look.outline}"/>')
    if size:
        made.append(f"<w:rPr>{_sizes(size)}</w:rPr>")
    return f"<w:p><w:pPr>{''.join(made)}{section}</w:pPr>{content}</w:p>"


def run(text: str, *, size: float = 0, bold: bool = False, italic: bool = False, color: str = "") -> str:
    """`w:r` of one style; line ends become breaks, spaces are kept."""
    marks = _properties(size=size, bold=bold, italic=italic, color=color)
    lines = (f'<w:t xml:space="preserve">{escaped(line)}</w:t>' if line else "" for line in text.split("\n"))
    return f"<w:r>{marks}{'<w:br/>'.join(lines)}</w:r>"


def field(instruction: str, shown: str, *, size: float = 0, bold: bool = False, italic: bool = False) -> str:
    """A field that the word processor works out when it opens the file; `shown` stands there until then."""
    marks = _properties(size=size, bold=bold, italic=italic)
    return (
        f'<w:r>{marks}<w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
        f'<w:r>{marks}<w:instrText xml:space="preserve"> {escaped(instruction)} </w:instrText></w:r>'
        f'<w:r>{marks}<w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r>{marks}<w:t xml:space="preserve">{escaped(shown)}</w:t></w:r>'
        f'<w:r>{marks}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def _properties(*, size: float, bold: bool, italic: bool, color: str = "") -> str:
    made = ("<w:b/><w:bCs/>" if bold else "") + ("<w:i/><w:iCs/>" if italic else "")
    made += f'<w:color w:val="{color}"/>' if color else ""
    made += _sizes(size) if size else ""
    return f"<w:rPr>{made}</w:rPr>" if made else ""


def _sizes(size: float) -> str:
    return f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'


def control(content: str, *, tag: str, alias: str, number: int, lock: str = "sdtLocked") -> str:
    """A content control around paragraphs, a table or runs. Raises ValueError for a tag that Word refuses.

    `sdtLocked`: may be edited, not deleted; `sdtContentLocked`: neither.
    """
    if not tag or len(tag) > LONGEST_TAG:
        raise ValueError(f"a control's tag has 1 to {LONGEST_TAG} characters, not {tag!r}")
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{escaped(alias[:LONGEST_TAG])}"/><w:tag w:val="{escaped(tag)}"/>'
        f'<w:id w:val="{number}"/><w:lock w:val="{lock}"/></w:sdtPr>'
        f"<w:sdtContent>{content}</w:sdtContent></w:sdt>"
    )


_NO_BORDERS = "".join(
    f'<w:{side} w:val="nil"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def borders(*, weight: float, color: str = "000000") -> str:
    """Lines around and between all cells, in points."""
    return "".join(
        f'<w:{side} w:val="single" w:sz="{round(weight * 8)}" w:space="0" w:color="{color}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )


def table(
    rows: Iterable[str], widths: Iterable[float], *, lines: str = "", padding: float = 0, align: str = ""
) -> str:
    """`w:tbl` of fixed columns (mm); without `lines` nothing is drawn. `padding` in points, at the sides."""
    columns = [twips(mm=width) for width in widths]
    side = twips(pt=padding)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    placed = f'<w:jc w:val="{align}"/>' if align else ""
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/>{placed}<w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblBorders>{lines or _NO_BORDERS}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="{side}" w:type="dxa"/>'
        f'<w:right w:w="{side}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def row(cells: Iterable[str], *, head: bool = False, height: float = 0) -> str:
    """`w:tr` that is not torn; a head comes again on every page. `height` in millimetres."""
    made = "<w:cantSplit/>"
    if height:
        made += f'<w:trHeight w:val="{twips(mm=height)}" w:hRule="exact"/>'
    if head:
        made += "<w:tblHeader/>"
    return f"<w:tr><w:trPr>{made}</w:trPr>{''.join(cells)}</w:tr>"


def cell(content: str, width: float, *, span: int = 1, middle: bool = False) -> str:
    """`w:tc` of a width in millimetres; it holds at least one paragraph."""
    made = f'<w:tcW w:w="{twips(mm=width)}" w:type="dxa"/>'
    if span > 1:
        made += f'<w:gridSpan w:val="{span}"/>'
    if middle:
        made += '<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{made}</w:tcPr>{content}</w:tc>"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A section: A4, its margins (mm), which header and footer it shows; it counts its pages from 1."""

    top: float
    right: float
    bottom: float
    left: float
    landscape: bool = False
    header_id: str = ""
    footer_id: str = ""

    def xml(self) -> str:
        """`w:sectPr`; the first page shows no number because it has no header of its own."""
        width, height = (297, 210) if self.landscape else (210, 297)
        turned = ' w:orient="landscape"' if self.landscape else ""
        parts = f'<w:headerReference w:type="default" r:id="{self.header_id}"/>' if self.header_id else ""
        for kind in ("default", "first") if self.footer_id else ():
            parts += f'<w:footerReference w:type="{kind}" r:id="{self.footer_id}"/>'
        return (
            f'<w:sectPr>{parts}<w:type w:val="nextPage"/>'
            f'<w:pgSz w:w="{twips(mm=width)}" w:h="{twips(mm=height)}"{turned}/>'
            f'<w:pgMar w:top="{twips(mm=self.top)}" w:right="{twips(mm=self.right)}" '
            f'w:bottom="{twips(mm=self.bottom)}" w:left="{twips(mm=self.left)}" '
            f'w:header="{twips(mm=self.top / 2)}" w:footer="{twips(mm=self.bottom / 2)}" w:gutter="0"/>'
            f'<w:pgNumType w:start="1"/><w:cols w:space="708"/><w:titlePg/></w:sectPr>'
        )
