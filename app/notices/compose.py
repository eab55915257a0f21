"""From texts and record to the official document (NĐ 30/2020 Phụ lục I)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.deadlines import queries as deadlines
from app.deadlines.settings import PLACE_NAME
from app.documents.content import (
    Align,
    Annex,
    Block,
    Column,
    Heading,
    HeadingLevel,
    Item,
    Numbered,
    Numbering,
    OfficialDocument,
    Row,
    SignatureBlock,
    Table,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.findings import causes
from app.findings.causes import responsible
from app.findings.models import Finding
from app.form_library.values import not_examined
from app.notices import annexes, texts
from app.notices.annexes import UnitAnnex
from app.notices.figures import figures
from app.notices.models import Notice, NoticeFinding
from app.notices.record import ConcludedBefore, CoveredItem, Record
from app.notices.texts import Part, Piece
from app.remediation.models import PRODUCT_LABELS, Task
from app.vietnamese import format_date, format_period

TASK_COLUMNS = (
    Column("STT", 10, Align.CENTER),
    Column("Nội dung tồn tại, hạn chế", 38),
    Column("Căn cứ", 24),
    Column("Nguyên nhân", 24),
    Column("Trách nhiệm", 21),
    Column("Yêu cầu (đề nghị) khắc phục", 34),
    Column("Sản phẩm, kết quả", 20),
    Column("Đơn vị, cá nhân chủ trì", 22),
    Column("Đơn vị phối hợp", 18),
    Column("Thời hạn hoàn thành", 23, Align.CENTER),
    Column("Thời hạn báo cáo", 23, Align.CENTER),
)
BEFORE = "before"
"""Ref of a row about what another conclusion has decided."""
LEFT_COLUMNS = (
    Column("STT", 11, Align.CENTER),
    Column("Mã", 21, Align.CENTER),
    Column("Nội dung", 56),
    Column("Thời kỳ", 34, Align.CENTER),
    Column("Ghi chú", 51),
)


def compose(notice: Notice, record: Record) -> OfficialDocument:
    """The notice without number and date: what is checked, approved and hashed."""
    document, office = notice.document, notice.inspection.office_unit
    parent = office.current.parent
    pieces = texts.pieces_of(notice, record)
    return OfficialDocument(
        kind=DocumentKind.CONCLUSION_NOTICE,
        type_name=notice.type_name.capitalize() if notice.type_name.isupper() else notice.type_name,
        subject=document.subject,
        issuing_body=document.issuer_name,
        governing_body=parent.name if parent is not None else None,
        symbol=document.symbol,
        place=deadlines.setting(PLACE_NAME),
        blocks=_blocks(notice, record, pieces),
        signature=signature(notice),
        recipients=next(piece.lines for piece in pieces if piece.key == "recipients"),
        annexes=_annexes(record),
    )


def signature(notice: Notice) -> SignatureBlock:
    """The printed block: authority lines, post, name (NĐ 30/2020 Phụ lục I mục II.7)."""
    lines = [line.strip() for line in notice.signature_prefix.split("\n") if line.strip()]
    authority, posts = lines[:-1], lines[-1:]
    return SignatureBlock(name=notice.document.signer_name, authority=tuple(authority), posts=tuple(posts))


def comparable(content: OfficialDocument) -> OfficialDocument:
    """The text without what other bodies concluded meanwhile: that never changes what this notice decides."""

    def rows(table: Table) -> Table:
        kept = [row for row in table.rows if row.ref != BEFORE]
        return replace(
            table,
            rows=tuple(replace(row, cells=("", *row.cells[1:])) for row in kept if not row.group),
        )

    kept = []
    for annex in content.annexes:
        tables = [rows(block) for block in annex.blocks if isinstance(block, Table)]
        kept.append(replace(annex, label="", blocks=tuple(table for table in tables if table.rows)))
    return replace(content, annexes=tuple(annex for annex in kept if annex.blocks))


def figure_text(piece: Piece) -> str:
    """An item as it is printed: the words, the figures in brackets, a full stop."""
    words = piece.text.strip().rstrip(".;")
    if not piece.token:
        return f"{words}."
    head, fixed, tail = words.partition(f". {texts.FIXED_ON_SPOT}")
    return f"{head} ({piece.token}).{f' {texts.FIXED_ON_SPOT}{tail}.' if fixed else ''}"


def _blocks(notice: Notice, record: Record, pieces: tuple[Piece, ...]) -> tuple[Block, ...]:
    by_part: dict[Part, list[Piece]] = {part: [p for p in pieces if p.part is part] for part in Part}
    blocks: list[Block] = [paragraph(line, ref=p.key) for p in by_part[Part.OPENING] for line in p.lines]
    numerals = iter(("I", "II", "III", "IV"))
    strengths = [piece for piece in by_part[Part.STRENGTHS] if piece.lines]
    if strengths:
        blocks.append(Heading(HeadingLevel.SECTION, next(numerals), "Ưu điểm"))
        for place, piece in enumerate(strengths, 1):
            if len(strengths) > 1:
                blocks.append(Heading(HeadingLevel.CLAUSE, str(place), piece.label, ref=piece.key))
            blocks += [paragraph(_stopped(line), ref=piece.key) for line in piece.lines]
    blocks.append(Heading(HeadingLevel.SECTION, next(numerals), "Tồn tại, hạn chế"))
    blocks += _shortcomings(record, by_part[Part.SHORTCOMINGS])
    verb = texts.verb()
    blocks.append(Heading(HeadingLevel.SECTION, next(numerals), verb.capitalize()))
    asked = next(p for p in by_part[Part.REQUESTS] if p.key == "requests")
    blocks.append(paragraph(asked_of(notice, record), ref="requests"))
    blocks.append(_list(asked, Numbering.POINT, ";"))
    blocks.append(Heading(HeadingLevel.SECTION, next(numerals), "Tổ chức thực hiện"))
    by_key = {piece.key: piece for piece in pieces}
    blocks.append(_list(by_key["organisation"], Numbering.CLAUSE, "."))
    blocks += [paragraph(line, ref="closing") for line in by_key["closing"].lines]
    return tuple(blocks)


def asked_of(notice: Notice, record: Record) -> str:
    """“Đề nghị Thủ trưởng UBND xã Long Phước:”, the line above the requests.

    In a general notice it tells each unit which annex is its own, or that the annex bears its name.
    """
    verb = f"{texts.verb().capitalize()} Thủ trưởng"
    own = annexes.of_units(record) if record.tasks or record.not_examined else ()
    if len(notice.units) == 1:
        return f"{verb} {notice.units[0].unit.name}:"
    if not own:
        return f"{verb} các đơn vị:"
    if len(own) <= annexes.MOST_NAMED:
        return f"{verb} {', '.join(f'{annex.unit.unit.name} ({annex.label})' for annex in own)}:"
    return (
        f"{verb} các đơn vị, mỗi đơn vị theo phụ lục mang tên đơn vị, từ {own[0].label} đến {own[-1].label}:"
    )


def _shortcomings(record: Record, pieces: list[Piece]) -> list[Block]:
    items = [piece for piece in pieces if piece.item is not None]
    if not items:
        return [paragraph(_stopped(line), ref=piece.key) for piece in pieces for line in piece.lines]
    if len(record.units) == 1:
        return [Numbered(tuple(_item(piece) for piece in items))]
    blocks: list[Block] = []
    place = 0
    for unit in record.units:
        own = [p for p in items if p.item is not None and p.item.finding.inspected_unit_id == unit.id]
        if own:
            place += 1
            blocks.append(Heading(HeadingLevel.CLAUSE, str(place), f"Đối với {unit.unit.name}"))
            blocks.append(Numbered(tuple(_item(piece) for piece in own), Numbering.POINT))
    return blocks


def _item(piece: Piece) -> Item:
    assert isinstance(piece.item, NoticeFinding)
    return Item(plain(figure_text(piece)), ref=f"finding:{piece.item.finding_id}")


def _list(piece: Piece, style: Numbering, ending: str) -> Numbered:
    lines = [line.rstrip(".;") for line in piece.lines]
    ends = [ending] * (len(lines) - 1) + ["."]
    return Numbered(
        tuple(Item(plain(line + end), ref=piece.key) for line, end in zip(lines, ends, strict=True)), style
    )


def _stopped(line: str) -> str:
    return line if line.endswith((".", ":", ";", "!", "?")) else f"{line}."


TASK_TITLE = "Nội dung khắc phục tồn tại, hạn chế sau kiểm tra"


def _annexes(record: Record) -> tuple[Annex, ...]:
    if annexes.is_general(record):
        return tuple(_unit_annex(own, record) for own in annexes.of_units(record))
    made = []
    if record.tasks:
        table = _task_table(record.tasks, record)
        made.append(Annex(TASK_TITLE, (table,), label=annexes.task_annex(record), landscape=True))
    if record.not_examined or record.before:
        title = annexes.left_words(record.not_examined, record.before)
        table = _left_table(record.not_examined, record.before)
        made.append(Annex(title, (table,), label=annexes.left_annex(record)))
    return tuple(made)


def _unit_annex(own: UnitAnnex, record: Record) -> Annex:
    """What a general notice asks of one unit, and what it leaves open there: nothing of another unit's."""
    title = f"{TASK_TITLE} đối với {own.unit.unit.name}"
    asked = _task_table(own.tasks, record)
    if not own.not_examined and not own.before:
        return Annex(title, (asked,), label=own.label, landscape=True)
    blocks = (
        Heading(HeadingLevel.CLAUSE, "1", "Nội dung khắc phục"),
        asked,
        Heading(HeadingLevel.CLAUSE, "2", annexes.left_words(own.not_examined, own.before)),
        _left_table(own.not_examined, own.before),
    )
    return Annex(title, blocks, label=own.label, landscape=True)


def _task_table(tasks: Sequence[Task], record: Record) -> Table:
    rows = [
        Row(_task_cells(place, task, record), ref=f"task:{task.id}") for place, task in enumerate(tasks, 1)
    ]
    return Table(TASK_COLUMNS, tuple(rows), font_size=10)


def _task_cells(place: int, task: Task, record: Record) -> tuple[str, ...]:
    findings = list(task.findings)
    lead = "; ".join(part for part in (task.lead_unit.name, task.lead_person.strip()) if part)
    products = [
        f"{PRODUCT_LABELS[r.product]}: {r.text}" if r.text.strip() else PRODUCT_LABELS[r.product]
        for r in task.results
    ]
    return (
        str(place),
        "; ".join(_text_of(finding, record) for finding in findings),
        _bases(findings),
        " ".join(
            dict.fromkeys(
                filter(None, (causes.sentence(f.subjective_causes, f.objective_causes) for f in findings))
            )
        ),
        "; ".join(dict.fromkeys(filter(None, (responsible(finding) for finding in findings)))),
        task.text,
        "; ".join(products),
        lead,
        "; ".join(unit.name for unit in task.coordinating),
        texts.due_text(task),
        format_date(task.report_due_on) if task.report_due_on else "",
    )


def _bases(findings: Sequence[Finding]) -> str:
    """Căn cứ of a row, which begins as a cell does."""
    told = "; ".join(dict.fromkeys(f.basis.strip() for f in findings if f.basis.strip()))
    return told[:1].upper() + told[1:]


def _text_of(finding: Finding, record: Record) -> str:
    item = next((i for i in record.items if i.finding_id == finding.id), None)
    text = (item.text if item is not None else texts.item_text(finding)).split("\n")[0].rstrip(".;")
    plain_words = item is not None and f"plain-{finding.id}" in item.notice.sections
    token = "" if plain_words else figures(finding, text)
    return f"{text} ({token})" if token else text


def _left_table(unchecked: Sequence[CoveredItem], before: Sequence[ConcludedBefore]) -> Table:
    rows: list[Row] = []
    for item in unchecked:
        note = not_examined(item.reason)
        row = _left_row(len(rows) + 1, item.criterion_key, item.title, item.starts_on, item.ends_on, note)
        rows.append(replace(row, ref=f"scope:{item.scope_item_id}"))
    for done in before:
        row = _left_row(
            len(rows) + 1, done.criterion_key, done.title, done.starts_on, done.ends_on,
            f"Đã kết luận tại {done.citation}",
        )  # fmt: skip
        rows.append(replace(row, ref=BEFORE))
    return Table(LEFT_COLUMNS, tuple(rows), font_size=11)


def _left_row(place: int, key: str, title: str, starts_on: date, ends_on: date, note: str) -> Row:
    return Row((str(place), key, title, format_period(starts_on, texts.before(ends_on)), note))
