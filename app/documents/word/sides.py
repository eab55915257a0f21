"""What stands around the text (ô 1–5, 7–9): header, title, closing, opinions, heads of annexes, tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.documents import wording
from app.documents.content import (
    Align,
    Annex,
    OfficialDocument,
    SignatureBlock,
    Table,
    Urgency,
)
from app.documents.kinds import DocumentKind
from app.documents.layout import LayoutRules
from app.documents.rendering import HEADER_LEFT_SHARE
from app.documents.word import parts
from app.documents.word.parts import Look

RECIPIENTS = "recipients"
"""Tag of Nơi nhận, a text without a ref of its own."""
RED = "C00000"
URGENCY_WIDTH = {Urgency.KHAN: 20.0, Urgency.THUONG_KHAN: 40.0, Urgency.HOA_TOC: 30.0}
RECIPIENTS_SHARE = 0.47
CENTER = Look(align="center")
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
MOTTO_EMS = 12.24
"""Length of the motto in bold Times, in ems of its type: the rule below is as long as the text."""
EM_OF_POINT = 25.4 / 72
LABELS = {DocumentKind.SUBMISSION_SLIP: "Kính trình"}
_NOT_ALIGNED = {Align.JUSTIFY: "left", Align.LEFT: "left", Align.CENTER: "center", Align.RIGHT: "right"}


def _line(text: str, look: Look, *, size: float, bold: bool = False, italic: bool = False) -> str:
    return parts.paragraph(parts.run(text, size=size, bold=bold, italic=italic), look, size=size)


def _rule(length: float, width: float, weight: float, *, after: float = 0) -> str:
    """A drawn line of `length` mm in the middle of a column of `width` mm."""
    side = max((width - length) / 2, 0)
    return parts.paragraph(
        "", Look(before=2, exact=2, left=side, right=side, rule=weight, after=after), size=1
    )


def header(document: OfficialDocument, layout: LayoutRules, width: float) -> str:
    """Ô 1–4 in a borderless table of two columns, the urgency stamp below."""
    left = round(width * HEADER_LEFT_SHARE, 2)
    right = width - left
    size = layout.body_name_size
    above = [
        _line(line, CENTER, size=size)
        for line in wording.balanced((document.governing_body or "").upper(), width_mm=left, size_pt=size)
    ]
    names = wording.balanced(document.issuing_body.upper(), width_mm=left, size_pt=size)
    above += [_line(line, CENTER, size=size, bold=True) for line in names]
    longest = max((wording.width_mm(line, size) for line in names), default=0)
    above.append(_rule(longest * layout.rule_share, left, layout.rule_weight))
    nation = _line(NATION, CENTER, size=layout.national_title_size, bold=True)
    motto = _line(MOTTO, CENTER, size=layout.motto_size, bold=True)
    long = MOTTO_EMS * layout.motto_size * EM_OF_POINT
    beside = nation + motto + _rule(long, right, layout.rule_weight)
    rows = [parts.row([parts.cell("".join(above), left), parts.cell(beside, right)])]
    if document.symbol or document.place or document.is_letter:
        number = _number(document, layout, left)
        day = wording.place_date(document) if document.place else ""
        look = CENTER.but(before=6)
        cells = [
            parts.cell(number, left),
            parts.cell(_line(day, look, size=layout.place_date_size, italic=True), right),
        ]
        rows.append(parts.row(cells))
    if document.urgency:
        cells = [
            parts.cell(_stamp(document.urgency, layout), left),
            parts.cell(_line("", CENTER, size=1), right),
        ]
        rows.append(parts.row(cells))
    return parts.table(rows, (left, right)) + parts.paragraph("", Look(exact=1), size=1)


def _number(document: OfficialDocument, layout: LayoutRules, width: float) -> str:
    """Ô 3, and ô 5b of a letter: what it is about, under its number."""
    text = wording.number_line(document.number, document.symbol) if document.symbol else ""
    made = _line(text, CENTER.but(before=6), size=layout.number_size)
    if document.is_letter:
        size = layout.letter_subject_size
        subject = wording.letter_subject(document.subject)
        lines = wording.balanced(subject, width_mm=width * 0.96, size_pt=size)
        look = CENTER.but(before=6, outline=0)
        made += parts.paragraph(parts.run("\n".join(lines), size=size), look, size=size)
    return made


def _stamp(urgency: Urgency, layout: LayoutRules) -> str:
    """Độ khẩn: a red box of the size in the decree, 8 mm high."""
    wide = URGENCY_WIDTH[urgency]
    run = parts.run(urgency.value.upper(), size=layout.urgency_size, bold=True, color=RED)
    cell = parts.cell(parts.paragraph(run, CENTER), wide, middle=True)
    box = parts.table(
        [parts.row([cell], height=8)], (wide,), lines=parts.borders(weight=1, color=RED), align="center"
    )
    return parts.paragraph("", Look(exact=6), size=1) + box + parts.paragraph("", Look(exact=1), size=1)


def title(document: OfficialDocument, layout: LayoutRules, width: float) -> list[str]:
    """Ô 5a: type and subject with the rule below; then ô 9a, and the authority of a decision."""
    made = [parts.paragraph("", Look(exact=12), size=1)] if document.is_letter else []
    if not document.is_letter:
        look = Look(align="center", before=18, keep_next=True, outline=0)
        made.append(_line(document.type_name.upper(), look, size=layout.type_name_size, bold=True))
        size = layout.subject_size
        lines = wording.balanced(document.subject, width_mm=width * 0.86, size_pt=size)
        made += [_line(line, CENTER.but(keep_next=True), size=size, bold=True) for line in lines]
        if lines:
            longest = max(wording.width_mm(line, size) for line in lines)
            made.append(_rule(longest * layout.rule_share, width, layout.rule_weight, after=12))
    made += _addressees(document, layout)
    if document.authority_line:
        look = CENTER.but(before=6, after=12)
        made.append(_line(document.authority_line.upper(), look, size=layout.body_size, bold=True))
    return made


def _addressees(document: OfficialDocument, layout: LayoutRules) -> list[str]:
    names, label = document.addressees, LABELS.get(document.kind, "Kính gửi")
    size = layout.body_size
    if len(names) == 1:
        return [_line(f"{label}: {names[0]}", CENTER.but(after=12), size=size)]
    if not names:
        return []
    width = layout.text_width(landscape=document.landscape)
    lines = "".join(_line(line, Look(), size=size) for line in wording.recipient_lines(names))
    head, own = 24.0, round(width * 0.72) - 24.0
    cells = [parts.cell(_line(f"{label}:", Look(), size=size), head), parts.cell(lines, own)]
    return [
        parts.table([parts.row(cells)], (head, own), align="center"),
        parts.paragraph("", Look(exact=12), size=1),
    ]


def decides() -> str:
    """The word above the articles of a decision."""
    look = Look(align="center", before=12, after=6, keep_next=True)
    return parts.paragraph(parts.run("QUYẾT ĐỊNH:", bold=True), look)


def closing(
    document: OfficialDocument, layout: LayoutRules, width: float, marked: Callable[[str, str], str]
) -> str:
    """Ô 7 and 9b, kept together: Nơi nhận left, who signs right; or signatures side by side."""
    gap = parts.paragraph("", Look(exact=12, keep_next=True), size=1)
    if document.signature_columns:
        whole = gap + _columns(document.signature_columns, layout, width)
        if document.recipients:
            whole += gap + _recipients(document, layout, marked)
        return whole
    if document.signature is None and not document.recipients:
        return ""
    left = round(width * RECIPIENTS_SHARE, 2)
    right = width - left
    tiny = parts.paragraph("", Look(exact=1), size=1)
    sender = _recipients(document, layout, marked) + tiny
    signer = "".join(_signature(document.signature, layout)) if document.signature else tiny
    return gap + parts.table(
        [parts.row([parts.cell(sender, left), parts.cell(signer, right)])], (left, right)
    )


def _recipients(document: OfficialDocument, layout: LayoutRules, marked: Callable[[str, str], str]) -> str:
    if not document.recipients:
        return ""
    size = layout.recipients_size
    head = _line(
        "Nơi nhận:", Look(keep_next=True), size=layout.recipients_heading_size, bold=True, italic=True
    )
    lines = "".join(
        _line(line, Look(style=parts.RECIPIENT, keep_next=True), size=size)
        for line in wording.recipient_lines(document.recipients)
    )
    return head + marked(RECIPIENTS, lines)


def _signature_head(block: SignatureBlock, size: float) -> list[str]:
    look = CENTER.but(keep_next=True)
    made = [_line(line.upper(), look, size=size, bold=True) for line in (*block.authority, *block.posts)]
    return made + ([_line(block.note, look, size=12, italic=True)] if block.note else [])


def _room(layout: LayoutRules) -> str:
    """Room for signature and seal."""
    return parts.paragraph("", Look(exact=layout.signature_space / EM_OF_POINT, keep_next=True), size=1)


def _signature(block: SignatureBlock, layout: LayoutRules) -> list[str]:
    size = layout.signature_size
    return [*_signature_head(block, size), _room(layout), _line(block.name, CENTER, size=size, bold=True)]


def _columns(blocks: Sequence[SignatureBlock], layout: LayoutRules, width: float) -> str:
    """Heads in one row, room in the next, names in the last, so that the names stand on one line."""
    wide = width / len(blocks)
    tiny = parts.paragraph("", Look(exact=1, keep_next=True), size=1)
    rows = (
        parts.row([parts.cell("".join(_signature_head(b, 13)) or tiny, wide) for b in blocks]),
        parts.row([parts.cell(_room(layout), wide) for _ in blocks]),
        parts.row([parts.cell(_line(b.name, CENTER, size=13, bold=True), wide) for b in blocks]),
    )
    return parts.table(rows, [wide] * len(blocks), padding=4)


def opinions(document: OfficialDocument, width: float) -> str:
    """The boxes of a submission slip."""
    if not document.opinions:
        return ""
    wide = width / len(document.opinions)
    cells = []
    for one in document.opinions:
        text = _line(one.heading.upper(), CENTER.but(before=4), size=13, bold=True)
        text += _line(one.text, Look(before=6, after=0 if one.text else 70), size=13)
        day = wording.date_words(one.signed_on).capitalize()
        text += _line(day, CENTER.but(before=6), size=12, italic=True)
        if one.name:
            text += _line(one.name, CENTER.but(before=6, after=4), size=13, bold=True)
        else:
            text += _line("(Ký, ghi rõ họ tên)", CENTER.but(after=4), size=12, italic=True)
        cells.append(parts.cell(text, wide))
    lines = parts.borders(weight=0.75)
    return parts.paragraph("", Look(exact=12), size=1) + parts.table(
        [parts.row(cells)], [wide] * len(cells), lines=lines, padding=5
    )


def annex_head(document: OfficialDocument, annex: Annex, layout: LayoutRules, width: float) -> str:
    """Label, title in capitals, what it is attached to."""
    size = layout.annex_title_size
    look = CENTER.but(keep_next=True)
    made = [_line(annex.label, look.but(outline=0), size=14, bold=True)]
    lines = wording.balanced(annex.title.upper(), width_mm=width * 0.86, size_pt=size)
    made += [_line(line, look, size=size, bold=True) for line in lines]
    attached = wording.attached_line(document, annex)
    return "".join([*made, _line(attached, look.but(left=12, right=12, after=10), size=size, italic=True)])


def ruled(block: Table, layout: LayoutRules, width: float) -> str:
    """A table with lines; its heading and the row (1) (2) (3) come again on every page."""
    size = max(block.font_size, layout.table_size_least)
    whole = sum(column.width for column in block.columns)
    widths = [width * column.width / whole for column in block.columns]
    padded = Look(before=2, after=2)

    def one(
        text: str, align: str, wide: float, *, bold: bool = False, italic: bool = False, span: int = 1
    ) -> str:
        line = _line(text, padded.but(align=align), size=size, bold=bold, italic=italic)
        return parts.cell(line, wide, span=span)

    rows = [
        parts.row(
            [one(c.heading, "center", w, bold=True) for c, w in zip(block.columns, widths, strict=True)],
            head=True,
        )
    ]
    if block.number_row:
        numbers = [one(f"({place})", "center", w, italic=True) for place, w in enumerate(widths, 1)]
        rows.append(parts.row(numbers, head=True))
    for row in block.rows:
        if row.group:
            cells = [one(row.cells[0], "left", width, bold=True, span=len(widths))]
        else:
            cells = [
                one(text, _NOT_ALIGNED[column.align], wide)
                for text, column, wide in zip(row.cells, block.columns, widths, strict=True)
            ]
        rows.append(parts.row(cells))
    if not block.rows:
        rows.append(parts.row([one(block.empty_text, "center", width, span=len(widths))]))
    return parts.table(rows, widths, lines=parts.borders(weight=0.75), padding=3)
