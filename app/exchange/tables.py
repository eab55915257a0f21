"""An uploaded table as rows of text and dates: one sheet, the first row names the columns."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import openpyxl

from app.errors import DomainError
from app.vietnamese import nfc, parse_date, search_key

MOST_ROWS = 10_000
_MOST_SCANNED = 50_000
_LONGEST = 1000
FORMULA = "Ô chứa công thức. Dán lại dạng giá trị rồi tải lên."


class TableRefused(DomainError):
    """The file cannot be read as the table that is asked for."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell, and what to do."""

    column: str
    reason: str


@dataclass(frozen=True)
class Row:
    """One row: `line` as the person sees it in the file; text of each column, "" when empty."""

    line: int
    values: dict[str, str]
    formulas: tuple[str, ...] = ()

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def problems(self) -> list[Problem]:
        """Formula cells."""
        return [Problem(column, FORMULA) for column in self.formulas]

    def day(self, column: str, problems: list[Problem]) -> date | None:
        """The day in a column; None when empty or wrong (then `problems` grows)."""
        if not self[column]:
            return None
        try:
            return parse_date(self[column])
        except ValueError as error:
            problems.append(Problem(column, str(error)))
            return None


def read(name: str, data: bytes, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """Rows of the first sheet. Raises TableRefused for wrong headings, no rows, or more than 10,000."""
    source = _from_csv(data) if name.lower().endswith(".csv") else _from_xlsx(data)
    heading: list[str] | None = None
    rows: list[Row] = []
    for line, cells in source:
        if line > _MOST_SCANNED:
            raise TableRefused(
                f"Tệp có quá {_MOST_SCANNED} dòng, kể cả dòng trống. Xóa các dòng trống ở cuối."
            )
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        if heading is None:
            heading = _heading(texts, columns, optional)
            continue
        if len(rows) == MOST_ROWS:
            raise TableRefused("Tệp có quá 10.000 dòng. Chia thành nhiều tệp rồi tải lên từng tệp.")
        rows.append(_row(line, heading, texts))
    if heading is None or not rows:
        raise TableRefused("Tệp không có dòng dữ liệu nào dưới dòng tiêu đề.")
    return rows


def _heading(texts: list[str], columns: Sequence[str], optional: Sequence[str]) -> list[str]:
    known = {search_key(column): column for column in columns}
    found = [known.get(search_key(text), "") for text in texts]
    unknown = [text for text, column in zip(texts, found, strict=True) if text and not column]
    missing = [column for column in columns if column not in found and column not in optional]
    twice = sorted({column for column in found if column and found.count(column) > 1})
    told = [
        f"thiếu cột {', '.join(missing)}" if missing else "",
        f"không rõ cột {', '.join(unknown[:5])}" if unknown else "",
        f"cột lặp lại: {', '.join(twice)}" if twice else "",
    ]
    if any(told):
        raise TableRefused(
            f"Dòng tiêu đề chưa đúng mẫu: {'; '.join(text for text in told if text)}. "
            "Tải tệp mẫu để xem tên các cột."
        )
    return found


def _row(line: int, heading: list[str], texts: list[str]) -> Row:
    values = dict.fromkeys((column for column in heading if column), "")
    formulas: list[str] = []
    for column, text in zip(heading, texts, strict=False):
        if not column:
            continue
        if text.startswith("="):
            formulas.append(column)
        values[column] = text[:_LONGEST]
    return Row(line, values, tuple(formulas))


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(nfc(str(cell)).split())


def _from_csv(data: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableRefused("Tệp CSV không ở dạng UTF-8. Lưu lại dạng “CSV UTF-8” rồi tải lên.") from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise TableRefused(
            f"Không đọc được dòng {reader.line_num} của tệp CSV. Kiểm tra dấu nháy kép."
        ) from None


def _from_xlsx(data: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks about styles are nothing for the person who uploads
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            sheet = book.worksheets[0]
            rows: Iterable[Sequence[object]] = sheet.iter_rows(values_only=True, max_row=_MOST_SCANNED + 1)
            yield from enumerate(rows, start=1)
    except TableRefused:
        raise
    except Exception as error:  # a damaged file makes the parsers raise anything
        raise TableRefused("Không đọc được tệp Excel. Mở tệp, lưu lại dạng .xlsx rồi tải lên.") from error
