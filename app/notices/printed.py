"""The notice as texts in the order in which they stand on paper, each with the record it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.documents.content import (
    Annex,
    Block,
    Heading,
    Numbered,
    OfficialDocument,
    Paragraph,
    Row,
    Table,
)
from app.documents.matching import FIXED, Prepared
from app.documents.printed import HEAD, SIGNER, column_heads, head_lines, signature_lines, text_of
from app.documents.wording import attached_line, recipient_lines
from app.notices.record import Record
from app.notices.texts import Piece

TASK_TEXT, TASK_FINDING = 5, 1
"""Columns of the annex whose words are edited in the record."""
TASK_DATES = {9: "due", 10: "report"}


def prepared_texts(
    content: OfficialDocument, pieces: Sequence[Piece], record: Record
) -> tuple[Prepared, ...]:
    """Everything that is printed of `content`, from the head of the first page to the last cell."""
    named = {f"finding:{p.item.finding_id}" if p.item is not None else p.key: p for p in pieces}
    made = [Prepared("head", HEAD, text) for text in head_lines(content)]
    made.append(Prepared("type", "Tên loại", content.type_name))
    made.append(Prepared("subject", "Trích yếu", content.subject))
    made += _blocks(content.blocks, named)
    if content.recipients:
        made.append(Prepared(FIXED, "", "Nơi nhận:"))
        made += [Prepared("recipients", "Nơi nhận", line) for line in recipient_lines(content.recipients)]
    if content.signature is not None:
        made += [Prepared("signature", SIGNER, text) for text in signature_lines(content.signature)]
    for annex in content.annexes:
        made += _annex(content, annex, record)
    return tuple(piece for piece in made if piece.text.strip())


def _blocks(blocks: Sequence[Block], named: Mapping[str, Piece]) -> Iterator[Prepared]:
    where = "Mở đầu"
    for block in blocks:
        match block:
            case Heading():
                where = f"Mục {block.number}" if block.level.value == "section" else where
                yield Prepared("heading", f"{where}, đề mục", block.text)
            case Paragraph():
                yield _named(named.get(block.ref), text_of(block.runs), where)
            case Numbered():
                for item in block.items:
                    yield _named(named.get(item.ref), text_of(item.runs), where)
            case _:
                raise TypeError(f"a notice has no {type(block).__name__}")


def _named(piece: Piece | None, text: str, where: str) -> Prepared:
    if piece is None:
        return Prepared("line", where, text)
    if piece.item is None and not any(_same(line, text) for line in piece.lines):
        return Prepared("line", piece.where, text)  # “Đề nghị Thủ trưởng …:” above the points
    return Prepared(piece.key, piece.where, text)


def _same(line: str, text: str) -> bool:
    return line.rstrip(" .;") == text.rstrip(" .;")


def _annex(content: OfficialDocument, annex: Annex, record: Record) -> Iterator[Prepared]:
    yield Prepared("annex", annex.label, annex.label)
    yield Prepared("annex", annex.label, annex.title)
    yield Prepared("annex", annex.label, attached_line(content, annex))
    for block in annex.blocks:
        if isinstance(block, Heading):
            yield Prepared("annex", f"{annex.label}, đề mục", block.text)
        elif isinstance(block, Table):
            yield from (Prepared("annex", f"{annex.label}, đầu bảng", text) for text in column_heads(block))
            for row in block.rows:
                yield from _cells(annex.label, block, row, record)
            if not block.rows:
                yield Prepared("annex", annex.label, block.empty_text)


def _cells(label: str, table: Table, row: Row, record: Record) -> Iterator[Prepared]:
    if row.group:
        yield Prepared("cell", f"{label}, tên đơn vị", row.cells[0], cell=True)
        return
    yield Prepared(FIXED, "", row.cells[0])
    task = next((t for t in record.tasks if row.ref == f"task:{t.id}"), None)
    for place, text in enumerate(row.cells[1:], 1):
        where = f"{label}, dòng {row.cells[0]}, cột “{table.columns[place].heading}”"
        key = "cell"
        if task is not None and place == TASK_TEXT:
            key = f"task-{task.id}"
        elif task is not None and place in TASK_DATES and task.due_on and task.report_due_on:
            key = f"{TASK_DATES[place]}-{task.id}"
        elif task is not None and place == TASK_FINDING and len(task.findings) == 1:
            item = next((i for i in record.items if i.finding_id == task.findings[0].id), None)
            key = f"item-{item.id}" if item is not None else key
        yield Prepared(key, where, text, cell=True)
