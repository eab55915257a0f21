"""Files for imports, made in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from openpyxl import Workbook

from app.exchange.people_file import COLUMNS as PEOPLE
from app.exchange.units_file import COLUMNS as UNITS
from tests.conftest import Browser


def xlsx(rows: Sequence[Sequence[object]], columns: Sequence[str] = UNITS) -> bytes:
    """A workbook with a heading row."""
    book = Workbook()
    for row in [columns, *rows]:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_file(rows: Sequence[Sequence[object]], columns: Sequence[str] = UNITS, delimiter: str = ",") -> bytes:
    """A CSV as Excel writes it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([columns, *rows])
    return out.getvalue().encode("utf-8-sig")


def upload(
    client: Browser, data: bytes, name: str = "don-vi.xlsx", what: str = "units", *, expect: int = 200
) -> None:
    """Upload and get the dry run."""
    client.get(f"/import/{what}")
    client.post(f"/import/{what}", {"file": [(io.BytesIO(data), name)]}, expect=expect)


__all__ = ["PEOPLE", "UNITS", "csv_file", "upload", "xlsx"]
