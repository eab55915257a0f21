"""The official sheet of a table: A4 landscape, one page wide, heading row on every sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.vietnamese import format_moment_long, number

Value = str | int | date | None
Head = tuple[str, float]
"""Heading of a column, width in characters."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "Times New Roman"
_THIN = Side(style="thin", color="000000")
GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HEAD_ROW = 5
_LEAST = 8
"""Columns over which the heads of a narrow sheet are spread."""


def workbook(
    name: str,
    title: str,
    heads: Sequence[Head],
    rows: Iterable[Sequence[Value]],
    *,
    office: str,
    parent: str,
    at: datetime,
    remark: str = "",
    summary: str = "",
    left_out: int = 0,
) -> bytes:
    """The bytes of the xlsx. `at`: aware moment of the data; `remark` stands beside it under the title.

    `summary`: a line under the table.

    `left_out`: how many lines more there are than a sheet takes; it says so.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    _title_block(
        sheet, max(_LEAST, len(heads)), title=title, office=office, parent=parent, at=at, remark=remark
    )
    _heading(sheet, heads)
    lines = 0
    looks: dict[bool, Any] = {}  # a look is put together once, not for each of 100,000 cells
    for lines, values in enumerate(rows, start=1):
        for place, value in enumerate(values, start=1):
            cell = sheet.cell(_HEAD_ROW + 1 + lines, place)
            assert isinstance(cell, Cell)
            centred = isinstance(value, date | int)
            if centred not in looks:
                cell.font, cell.border = Font(name=FONT, size=10), GRID
                cell.alignment = Alignment(
                    wrap_text=True, vertical="top", horizontal="center" if centred else "left"
                )
                looks[centred] = copy(cell._style)  # type: ignore[attr-defined]
            cell._style = copy(looks[centred])  # type: ignore[attr-defined]
            _put(cell, value)
    after = _HEAD_ROW + 2 + lines
    if summary:
        write(sheet.cell(after, 1), summary)
        after += 1
    if left_out:
        write(
            sheet.cell(after, 1),
            f"Chỉ xuất {number(lines)} nội dung đầu; còn {number(left_out)} nội dung. "
            "Thu hẹp bộ lọc để xuất tiếp.",
        )
    _feet(sheet, max(_LEAST, len(heads)), after + 1)
    _print_setup(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write(cell: Cell | MergedCell, value: Value, *, size: int = 10, bold: bool = False) -> None:
    """Text is always text: what begins like a formula is kept as a string, never computed."""
    assert isinstance(cell, Cell)
    cell.font = Font(name=FONT, size=size, bold=bold)
    _put(cell, value)


def _put(cell: Cell, value: Value) -> None:
    if isinstance(value, str):
        cell.value = _CONTROL.sub(" ", value)
        cell.data_type = "s"
        if value[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"


def _title_block(
    sheet: Worksheet, last: int, *, title: str, office: str, parent: str, at: datetime, remark: str
) -> None:
    left = max(4, last // 3)
    blocks = [
        (1, 1, left, parent.upper(), False),
        (1, left + 1, last, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True),
        (2, 1, left, office.upper(), True),
        (2, left + 1, last, "Độc lập - Tự do - Hạnh phúc", True),
        (3, 1, last, title, True),
        (4, 1, last, f"(Số liệu đến {format_moment_long(at)}{'; ' if remark else ''}{remark})", False),
    ]  # fmt: skip
    for row, first, end, text, bold in blocks:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=end)
        cell = sheet.cell(row, first)
        write(cell, text)
        size = 14 if row == 3 else 12
        cell.font = Font(name=FONT, size=size, bold=bold, italic=row == 4)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[3].height = 28


def _heading(sheet: Worksheet, heads: Sequence[Head]) -> None:
    for place, (label, width) in enumerate(heads, start=1):
        head, under = sheet.cell(_HEAD_ROW, place), sheet.cell(_HEAD_ROW + 1, place)
        head.value, under.value = label, f"({place})"
        head.font, under.font = Font(name=FONT, size=10, bold=True), Font(name=FONT, size=9, italic=True)
        for cell in (head, under):
            cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
            cell.border = GRID
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.row_dimensions[_HEAD_ROW].height = 92


def _feet(sheet: Worksheet, last: int, row: int) -> None:
    half = last // 2
    for first, end, text in ((1, half, "NGƯỜI LẬP BIỂU"), (half + 1, last, "THỦ TRƯỞNG ĐƠN VỊ")):
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=end)
        cell = sheet.cell(row, first)
        cell.value = text
        cell.font = Font(name=FONT, size=12, bold=True)
        cell.alignment = Alignment(horizontal="center")


def _print_setup(sheet: Worksheet) -> None:
    print_landscape(sheet)
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW + 1}"
    sheet.freeze_panes = f"C{_HEAD_ROW + 2}"


def print_landscape(sheet: Worksheet) -> None:
    """A4 landscape, one page wide, numbered pages."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]  # openpyxl makes it at once
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.3
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    foot = sheet.oddFooter
    assert foot is not None and foot.center is not None
    foot.center.text = "&P/&N"
