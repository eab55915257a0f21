"""An uploaded workbook as sheets of text: merged cells filled down, formulas by result, bounded."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import openpyxl
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.xml.functions import iterparse

from app.conversion import layouts
from app.errors import DomainError
from app.vietnamese import format_date, nfc, number

MOST_ROWS = 5_000
MOST_COLUMNS = 60
LONGEST = 32_767
"""Characters that a cell of Excel holds; what is longer is cut there and asked about."""
_MOST_SCANNED = 20_000
_MOST_UNPACKED = 60 * 1024 * 1024
_MOST_TEXT = 20_000_000
_MOST_MERGED = 20_000
_HEADING_WITHIN = 40
_MOST_LOOKED_AT = 20
"""Sheets among which the best is looked for."""
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MERGE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}mergeCell"


class SheetRefused(DomainError):
    """The file can't be read as a table."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True)
class Tab:
    """A sheet of the workbook, as its tab is called."""

    name: str
    hidden: bool = False


@dataclass(frozen=True)
class Grid:
    """A sheet as text. `rows`: (line as the person sees it, cells); lines without any text are left out."""

    tab: Tab
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def heading_row(self) -> int:
        """The line that holds most known headings; the last of those alike (a heading over two lines)."""
        found, most = self.rows[0][0] if self.rows else 1, 0
        for line, cells in self.rows[:_HEADING_WITHIN]:
            known = layouts.matches(cells)
            if known and known >= most:
                found, most = line, known
        return found

    @property
    def known(self) -> int:
        """How many known headings the best line holds."""
        return max((layouts.matches(cells) for _, cells in self.rows[:_HEADING_WITHIN]), default=0)

    def headings(self, heading_row: int) -> tuple[str, ...]:
        """The texts of the heading row; a column without one is called by its letter."""
        cells = dict(self.rows).get(heading_row, ())
        width = max((len(row) for _, row in self.rows), default=0)
        named = [*cells, *[""] * (width - len(cells))]
        return tuple(text or f"Cột {get_column_letter(place)}" for place, text in enumerate(named, 1))

    def data(self, heading_row: int) -> list[tuple[int, tuple[str, ...]]]:
        """The rows below the heading, without a second heading line and a line of column numbers.

        Raises SheetRefused without rows, or with more than are taken.
        """
        width = len(self.headings(heading_row))
        found = [
            (line, (*cells, *[""] * (width - len(cells))))
            for line, cells in self.rows
            if line > heading_row and layouts.matches(cells) < 3 and not _numbers_columns(cells)
        ]
        if not found:
            raise SheetRefused("Không có dòng dữ liệu nào dưới dòng tiêu đề. Chọn trang tính hoặc dòng khác.")
        if len(found) > MOST_ROWS:
            raise SheetRefused(
                f"Trang tính có {number(len(found))} dòng, quá {number(MOST_ROWS)} dòng. "
                "Chia thành nhiều tệp rồi tải lên từng tệp."
            )
        return found


def _numbers_columns(cells: Sequence[str]) -> bool:
    texts = [text.strip("() ") for text in cells if text]
    return len(texts) > 2 and texts == [str(place) for place in range(1, len(texts) + 1)]


def check_name(name: str, data: bytes) -> None:
    """Raises SheetRefused for the old format of Excel, with how to save it as the new one."""
    if name.lower().endswith((".xls", ".xlsb", ".ods")) or data.startswith(_OLD_EXCEL):
        raise SheetRefused(
            "Tệp ở định dạng cũ, chưa đọc được. Mở tệp bằng Excel, chọn Tệp > Lưu dưới dạng > "
            "“Sổ làm việc Excel (*.xlsx)”, rồi tải tệp vừa lưu lên. Tệp có mật khẩu thì gỡ mật khẩu trước."
        )


def tabs(name: str, data: bytes) -> list[Tab]:
    """The sheets of a file, those that are hidden last."""
    if name.lower().endswith(".csv"):
        return [Tab("CSV")]
    with _opened(data) as book:
        found = [Tab(sheet.title, sheet.sheet_state != "visible") for sheet in book.worksheets]
    if not found:
        raise SheetRefused("Tệp không có trang tính nào.")
    return sorted(found, key=lambda tab: tab.hidden)


def best(name: str, data: bytes) -> Grid:
    """The sheet that looks most like a follow-up table; the first that is shown when none does.

    A sheet beside it may be too big or damaged. Raises SheetRefused when it is the best itself.
    """
    found: Grid | SheetRefused | None = None
    most = (-1, False, False, False)
    for tab in tabs(name, data)[:_MOST_LOOKED_AT]:
        one: Grid | SheetRefused
        try:
            one = grid(name, data, tab.name)
            rank = (one.known, True, not tab.hidden, bool(one.rows))
        except SheetRefused as refused:
            one, rank = refused, (_known_above(name, data, tab), False, not tab.hidden, False)
        if rank > most:
            found, most = one, rank
    assert found is not None, "a file has a sheet"
    if isinstance(found, SheetRefused):
        raise found
    return found


def _known_above(name: str, data: bytes, tab: Tab) -> int:
    """How many known headings the first lines of a sheet hold that is refused as a whole."""
    if name.lower().endswith(".csv"):
        return 0
    with _opened(data) as book:
        try:
            lines = book[tab.name].iter_rows(
                values_only=True, max_row=_HEADING_WITHIN, max_col=MOST_COLUMNS, min_row=1, min_col=1
            )
            return max((layouts.matches([_text(cell) for cell in cells]) for cells in lines), default=0)
        except Exception:  # a damaged sheet makes the parsers raise anything
            return 0


def grid(name: str, data: bytes, wanted: str) -> Grid:
    """One sheet by the name of its tab. Raises SheetRefused when there is none, or it can't be read."""
    if name.lower().endswith(".csv"):
        return Grid(Tab("CSV"), tuple(_bounded(Tab("CSV"), _csv_rows(data), {})))
    with _opened(data) as book, _opened(data, results=False) as typed:
        if wanted not in book.sheetnames:
            raise SheetRefused(f"Tệp không có trang tính “{wanted[:60]}”. Chọn trang tính khác.")
        sheet, plain = book[wanted], typed[wanted]
        tab = Tab(sheet.title, sheet.sheet_state != "visible")
        try:
            rows = tuple(_bounded(tab, _xlsx_rows(sheet, plain), _merged(sheet)))
        except SheetRefused:
            raise
        except Exception as error:  # a damaged sheet makes the parsers raise anything
            raise _unreadable() from error
    return Grid(tab, rows)


class _opened:  # a context manager, used like a function
    """The workbook, read as a stream and closed in the end."""

    def __init__(self, data: bytes, *, results: bool = True) -> None:
        self.data, self.results = data, results

    def __enter__(self) -> Any:
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > _MOST_UNPACKED:
                raise SheetRefused(
                    "Tệp chứa quá nhiều dữ liệu. Xóa các trang tính, hình ảnh và dòng trống không dùng, "
                    "lưu lại rồi tải lên."
                )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # remarks about styles are nothing for who uploads
                self.book = openpyxl.load_workbook(
                    io.BytesIO(self.data), read_only=True, data_only=self.results
                )
        except SheetRefused:
            raise
        except Exception as error:
            raise _unreadable() from error
        return self.book

    def __exit__(self, *_told: object) -> None:
        self.book.close()


def _unreadable() -> SheetRefused:
    return SheetRefused("Không đọc được tệp Excel. Mở tệp, lưu lại dạng .xlsx rồi tải lên.")


def _xlsx_rows(sheet: Any, plain: Any) -> Iterator[tuple[int, list[str]]]:
    """Results of formulas; a formula without one stays as it is, so that it is asked about."""
    size = {
        "values_only": True,
        "max_row": _MOST_SCANNED + 1,
        "max_col": MOST_COLUMNS,
        "min_row": 1,
        "min_col": 1,
    }
    for line, (results, typed) in enumerate(
        zip(sheet.iter_rows(**size), plain.iter_rows(**size), strict=False), start=1
    ):
        yield (
            line,
            [
                _text(typed_value if result is None else result)
                for result, typed_value in zip(results, typed, strict=False)
            ],
        )


def _csv_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SheetRefused("Tệp CSV không ở dạng UTF-8. Lưu lại dạng “CSV UTF-8” rồi tải lên.") from None
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        for line, cells in enumerate(reader, start=1):
            yield line, [_text(cell) for cell in cells[:MOST_COLUMNS]]
    except csv.Error:
        raise SheetRefused(
            f"Không đọc được dòng {reader.line_num} của tệp CSV. Kiểm tra dấu nháy kép."
        ) from None


def _merged(sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """By the first line of merged cells: (their first column, their last line), where they go down.

    A read-only sheet of the library leaves merged cells out, so they are read from the sheet's own part.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    with sheet.parent._archive.open(sheet._worksheet_path) as part:
        for count, (_, element) in enumerate(iterparse(part)):
            if element.tag == _MERGE:
                left, top, _right, bottom = cast(
                    tuple[int, int, int, int], range_boundaries(element.get("ref", ""))
                )
                if bottom > top and left <= MOST_COLUMNS and sum(map(len, found.values())) < _MOST_MERGED:
                    found.setdefault(top, []).append((left - 1, min(bottom, _MOST_SCANNED)))
            if count % 64 == 0 or element.tag.endswith("}row"):
                element.clear()
    return found


def _bounded(
    tab: Tab, rows: Iterator[tuple[int, list[str]]], merged: dict[int, list[tuple[int, int]]]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows with any text, merged cells filled down; raises SheetRefused past the limits."""
    filled: dict[int, tuple[str, int]] = {}
    total = 0
    for line, cells in rows:
        if line > _MOST_SCANNED:
            raise SheetRefused(
                f"Trang tính “{tab.name[:60]}” có quá {number(_MOST_SCANNED)} dòng, kể cả dòng trống. "
                "Xóa dòng trống ở cuối, hoặc chia thành nhiều tệp."
            )
        own = any(cells)
        for place, last in merged.get(line, ()):
            if place < len(cells):
                filled[place] = (cells[place], last)
        for place, (text, last) in list(filled.items()):
            if line > last:
                del filled[place]
            elif own and place < len(cells) and not cells[place]:
                cells[place] = text
        while cells and not cells[-1]:
            cells.pop()
        total += sum(map(len, cells))
        if total > _MOST_TEXT:
            raise SheetRefused(
                f"Trang tính “{tab.name[:60]}” chứa quá nhiều chữ. Chia thành nhiều tệp rồi tải lên từng tệp."
            )
        if cells and own:
            yield line, tuple(cells)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        day = cell.date() if isinstance(cell, datetime) else cell
        return format_date(day)
    if isinstance(cell, bool):
        return "Có" if cell else "Không"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(nfc(str(cell)[: LONGEST + 1]).split())
