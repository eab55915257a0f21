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
    Run,
    SignatureBlock,
    Table,
)
from app.documents.matching import FIXED, Prepared
from app.documents.wording import attached_line, number_line, place_date, recipient_lines
from app.notices.record import Record
from app.notices.texts import Piece

HEAD, SIGNER = "Đầu văn bản", "Chỗ ký"
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
TASK_TEXT, TASK_FINDING = 5, 1
"""Columns of the annex whose words are edited in the record."""
TASK_DATES = {9: "due", 10: "report"}


def prepared_texts(
    content: OfficialDocument, pieces: Sequence[Piece], record: Record
) -> tuple[Prepared, ...]:
    """Everything that is printed of `content`, from the head of the first page to the last cell."""
    named = {f"finding:{p.item.finding_id}" if p.item is not None else p.key: p for p in pieces}
    made = [Prepared("head", HEAD, text) for text in _head(content)]
    made.append(Prepared("type", "Tên loại", content.type_name))
    made.append(Prepared("subject", "Trích yếu", content.subject))
    made += _blocks(content.blocks, named)
    if content.recipients:
        made.append(Prepared(FIXED, "", "Nơi nhận:"))
        made += [Prepared("recipients", "Nơi nhận", line) for line in recipient_lines(content.recipients)]
    if content.signature is not None:
        made += [Prepared("signature", SIGNER, text) for text in _signature(content.signature)]
    for annex in content.annexes:
        made += _annex(content, annex, record)
    return tuple(piece for piece in made if piece.text.strip())


def table_heads(content: OfficialDocument) -> tuple[str, ...]:
    """The heads that come again on every page of a table."""
    tables = [b for annex in content.annexes for b in annex.blocks if isinstance(b, Table)]
    return tuple("\n".join(_heads(table)) for table in tables)


def _head(content: OfficialDocument) -> Iterator[str]:
    if content.governing_body:
        yield content.governing_body
    yield content.issuing_body
    yield NATION
    yield MOTTO
    yield number_line(content.number, content.symbol)
    yield place_date(content)


def _signature(block: SignatureBlock) -> Iterator[str]:
    yield from (*block.authority, *block.posts, block.note, block.name)


def _text(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def _blocks(blocks: Sequence[Block], named: Mapping[str, Piece]) -> Iterator[Prepared]:
    where = "Mở đầu"
    for block in blocks:
        match block:
            case Heading():
                where = f"Mục {block.number}" if block.level.value == "section" else where
                yield Prepared("heading", f"{where}, đề mục", block.text)
            case Paragraph():
                yield _named(named.get(block.ref), _text(block.runs), where)
            case Numbered():
                for item in block.items:
                    yield _named(named.get(item.ref), _text(item.runs), where)
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


def _heads(table: Table) -> list[str]:
    heads = [column.heading for column in table.columns]
    return [*heads, *(f"({place})" for place in range(1, len(heads) + 1))] if table.number_row else heads


def _annex(content: OfficialDocument, annex: Annex, record: Record) -> Iterator[Prepared]:
    yield Prepared("annex", annex.label, annex.label)
    yield Prepared("annex", annex.label, annex.title)
    yield Prepared("annex", annex.label, attached_line(content, annex))
    for block in annex.blocks:
        if isinstance(block, Table):
            yield from (Prepared("annex", f"{annex.label}, đầu bảng", text) for text in _heads(block))
            for row in block.rows:
                yield from _cells(annex.label, block, row, record)


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
