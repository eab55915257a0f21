"""The follow-up table as officials print it: A4 landscape, one page wide, heading row on every sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.documents.sheets import FONT, GRID, print_landscape, write
from app.followup.columns import ORDINAL, SheetColumn, columns_for
from app.followup.queries import Line
from app.vietnamese import format_moment_long, number

TITLE = "BẢNG THEO DÕI THỰC HIỆN KẾT LUẬN KIỂM TRA"
_HEAD_ROW = 5


def workbook(
    lines: Sequence[Line], *, names: bool, office: str, parent: str, at: datetime, left_out: int = 0
) -> bytes:
    """The bytes of the xlsx. `names` = bản nội bộ; without, bản lãnh đạo. `at`: aware moment of the data.

    `left_out`: how many lines more there are than a sheet takes; it says so.
    """
    columns = columns_for(names=names)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Theo dõi"
    _title_block(sheet, columns, names=names, office=office, parent=parent, at=at)
    _heading(sheet, columns)
    for ordinal, line in enumerate(lines, start=1):
        for place, column in enumerate(columns, start=1):
            value = ordinal if column is ORDINAL else column.value(line)
            cell = sheet.cell(_HEAD_ROW + 1 + ordinal, place)
            write(cell, value)
            cell.border = GRID
            centred = isinstance(value, date | int)
            cell.alignment = Alignment(
                wrap_text=True, vertical="top", horizontal="center" if centred else "left"
            )
    after = _HEAD_ROW + 2 + len(lines)
    if left_out:
        write(
            sheet.cell(after, 1),
            f"Chỉ xuất {number(len(lines))} nội dung đầu; còn {number(left_out)} nội dung. "
            "Thu hẹp bộ lọc để xuất tiếp.",
        )
    _feet(sheet, columns, after + 1)
    _print_setup(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title_block(
    sheet: Worksheet, columns: Sequence[SheetColumn], *, names: bool, office: str, parent: str, at: datetime
) -> None:
    last = len(columns)
    left = max(4, last // 3)
    blocks = [
        (1, 1, left, parent.upper(), False),
        (1, left + 1, last, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True),
        (2, 1, left, office.upper(), True),
        (2, left + 1, last, "Độc lập - Tự do - Hạnh phúc", True),
        (3, 1, last, TITLE, True),
        (
            4, 1, last,
            f"(Số liệu đến {format_moment_long(at)}; {'bản nội bộ' if names else 'bản lãnh đạo'})", False,
        ),
    ]  # fmt: skip
    for row, first, end, text, bold in blocks:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=end)
        cell = sheet.cell(row, first)
        write(cell, text)
        size = 14 if row == 3 else 12
        cell.font = Font(name=FONT, size=size, bold=bold, italic=row == 4)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[3].height = 28


def _heading(sheet: Worksheet, columns: Sequence[SheetColumn]) -> None:
    for place, column in enumerate(columns, start=1):
        head, under = sheet.cell(_HEAD_ROW, place), sheet.cell(_HEAD_ROW + 1, place)
        head.value, under.value = column.label, f"({place})"
        head.font, under.font = Font(name=FONT, size=10, bold=True), Font(name=FONT, size=9, italic=True)
        for cell in (head, under):
            cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
            cell.border = GRID
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.row_dimensions[_HEAD_ROW].height = 92


def _feet(sheet: Worksheet, columns: Sequence[SheetColumn], row: int) -> None:
    half = len(columns) // 2
    for first, end, text in ((1, half, "NGƯỜI LẬP BIỂU"), (half + 1, len(columns), "THỦ TRƯỞNG ĐƠN VỊ")):
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=end)
        cell = sheet.cell(row, first)
        cell.value = text
        cell.font = Font(name=FONT, size=12, bold=True)
        cell.alignment = Alignment(horizontal="center")


def _print_setup(sheet: Worksheet) -> None:
    print_landscape(sheet)
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW + 1}"
    sheet.freeze_panes = f"C{_HEAD_ROW + 2}"
