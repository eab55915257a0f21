"""A composed document as a workbook: its title and texts above, its tables below, ready to be printed."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.documents.content import Heading, OfficialDocument, Paragraph, Row, Table
from app.web.sheets import GRID, print_landscape, write

_WIDTH = 130.0
"""Of a sheet in landscape, in characters."""


def workbook(content: OfficialDocument) -> bytes:
    """The bytes of the xlsx. Blocks other than headings, paragraphs and tables are left to the PDF."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = content.type_name[:31]
    tables = [block for block in content.blocks if isinstance(block, Table)]
    _text(sheet, content.issuing_body, bold=True)
    _text(sheet, f"{content.type_name}: {content.subject}", bold=True)
    for block in content.blocks:
        if isinstance(block, Heading):
            _text(sheet, f"{block.number}. {block.text}", bold=True)
        elif isinstance(block, Paragraph):
            _text(sheet, "".join(run.text for run in block.runs))
        elif isinstance(block, Table):
            _table(sheet, block)
    if tables:
        widest = max(tables, key=lambda table: len(table.columns))
        whole = sum(column.width for column in widest.columns)
        for place, column in enumerate(widest.columns, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = _WIDTH * column.width / whole
    print_landscape(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _next(sheet: Worksheet) -> int:
    """The first free row; an empty sheet says that it has one."""
    return 1 if sheet.max_row == 1 and sheet.cell(1, 1).value is None else sheet.max_row + 1


def _text(sheet: Worksheet, text: str, *, bold: bool = False) -> None:
    _write(sheet, _next(sheet), 1, text, bold=bold)


def _table(sheet: Worksheet, table: Table) -> None:
    rows = table.rows or (Row((table.empty_text,), group=True),)
    heading = Row(tuple(column.heading for column in table.columns))
    for row in (heading, *rows):
        at = _next(sheet)
        for place, text in enumerate(row.cells, start=1):
            cell = _write(sheet, at, place, text, bold=row is heading or row.group)
            cell.border = GRID
            cell.alignment = Alignment(wrap_text=not row.group, vertical="top")


def _write(sheet: Worksheet, row: int, place: int, text: str, *, bold: bool) -> Cell | MergedCell:
    cell = sheet.cell(row, place)
    write(cell, text, size=11, bold=bold)
    return cell
