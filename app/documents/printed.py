"""A paper as texts in the order in which they stand on the page: for reading back and for comparing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.documents.content import (
    Annex,
    Article,
    Block,
    Bulleted,
    Heading,
    HeadingLevel,
    KeyValue,
    Numbered,
    OfficialDocument,
    Paragraph,
    Run,
    SignatureBlock,
    Table,
)
from app.documents.matching import FIXED, Prepared
from app.documents.wording import attached_line, citation_lines, number_line, place_date, recipient_lines

HEAD, SIGNER = "Đầu văn bản", "Chỗ ký"
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
LETTER = "công văn"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


def head_lines(content: OfficialDocument) -> Iterator[str]:
    """What stands above the title."""
    if content.governing_body:
        yield content.governing_body
    yield content.issuing_body
    yield NATION
    yield MOTTO
    if content.symbol:
        yield number_line(content.number, content.symbol)
    if content.place:
        yield place_date(content)


def signature_lines(block: SignatureBlock) -> Iterator[str]:
    """The block of the signer, line by line."""
    yield from (*block.authority, *block.posts, block.note, block.name)


def column_heads(table: Table) -> list[str]:
    """The heads of a table, with the line (1) (2) (3)."""
    heads = [column.heading for column in table.columns]
    return [*heads, *(f"({place})" for place in range(1, len(heads) + 1))] if table.number_row else heads


def table_heads(content: OfficialDocument) -> tuple[str, ...]:
    """The heads that come again on every page of a table."""
    blocks = [*content.blocks, *(block for annex in content.annexes for block in annex.blocks)]
    tables = [block for block in blocks if isinstance(block, Table)]
    return tuple("\n".join(column_heads(table)) for table in tables)


def text_of(runs: Sequence[Run]) -> str:
    """Runs as one text."""
    return "".join(run.text for run in runs)


def printed_texts(content: OfficialDocument, where_of: Mapping[str, str]) -> tuple[Prepared, ...]:
    """Everything that is printed, from the head of the first page to the last cell.

    `where_of`: the place of each text that may be reworded, by its ref; it is also the key of that text.
    """
    made = [Prepared("head", HEAD, text) for text in head_lines(content)]
    if content.type_name.casefold() != LETTER:  # a letter has no name of its kind on the page
        made.append(Prepared("type", "Tên loại", content.type_name))
    made.append(Prepared("subject", "Trích yếu", content.subject))
    if content.addressees:
        made.append(Prepared(FIXED, "", "Kính gửi:"))
    made += [Prepared("addressees", "Kính gửi", line) for line in content.addressees]
    made.append(Prepared("authority", "Thẩm quyền ban hành", content.authority_line))
    made += [Prepared("bases", "Căn cứ", line) for line in citation_lines(content.legal_bases)]
    if content.authority_line:
        made.append(Prepared(FIXED, "", f"{content.type_name}:"))  # “QUYẾT ĐỊNH:” above its articles
    made += _blocks(content.blocks, where_of, "Mở đầu")
    if content.recipients:
        made.append(Prepared(FIXED, "", "Nơi nhận:"))
        made += [Prepared("recipients", "Nơi nhận", line) for line in recipient_lines(content.recipients)]
    for block in filter(None, (content.signature, *content.signature_columns)):
        made += [Prepared("signature", SIGNER, text) for text in signature_lines(block)]
    for annex in content.annexes:
        made += _annex(content, annex, where_of)
    return tuple(piece for piece in made if piece.text.strip())


def _annex(content: OfficialDocument, annex: Annex, where_of: Mapping[str, str]) -> Iterator[Prepared]:
    for text in (annex.label, annex.title, attached_line(content, annex)):
        yield Prepared("annex", annex.label, text)
    yield from _blocks(annex.blocks, where_of, annex.label)


def _blocks(blocks: Sequence[Block], where_of: Mapping[str, str], where: str) -> Iterator[Prepared]:
    def one(ref: str, text: str) -> Prepared:
        return Prepared(ref if ref in where_of else "line", where_of.get(ref, where), text)

    for block in blocks:
        match block:
            case Heading():
                where = f"Mục {block.number}" if block.level is HeadingLevel.SECTION else where
                yield Prepared("heading", f"{where}, đề mục", block.text)
            case Article():
                where = f"Điều {block.number}"
                yield Prepared(FIXED, "", f"Điều {block.number}.")
                yield Prepared("heading", f"{where}, đề mục", block.title)
                yield one(block.ref, text_of(block.runs))
            case Paragraph():
                yield one(block.ref, text_of(block.runs))
            case Numbered() | Bulleted():
                for item in block.items:
                    yield one(item.ref, text_of(item.runs))
            case KeyValue():
                for pair in block.pairs:
                    yield Prepared("line", where, f"{pair.label}: {pair.value}")
            case Table():
                yield from _table(block, where)
            case _:  # room to write by hand
                continue


def _table(table: Table, where: str) -> Iterator[Prepared]:
    yield from (Prepared("annex", f"{where}, đầu bảng", text) for text in column_heads(table))
    for place, row in enumerate(table.rows, 1):
        for column, text in enumerate(row.cells):
            if column == 0 and not row.group and text.strip().isdigit():
                yield Prepared(FIXED, "", text)
            else:
                head = "tên nhóm" if row.group else f"cột “{table.columns[column].heading}”"
                yield Prepared("cell", f"{where}, dòng {place}, {head}", text, cell=True)
