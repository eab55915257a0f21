"""The columns of the official follow-up sheet, in their order, for screen and xlsx alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app import clock
from app.deadlines.badge import DEADLINE_KIND_LABELS
from app.followup.queries import Line
from app.vietnamese import count, format_date
from app.web.sheets import Value


@dataclass(frozen=True)
class SheetColumn:
    """One column: heading, width in characters, value of a line; `names` = holds the name of a person."""

    label: str
    width: float
    value: Callable[[Line], Value]
    names: bool = False


def _first_due(line: Line) -> Value:
    if line.first_due_on is None and line.review_on is not None:
        return f"Rà soát {format_date(line.review_on)}"
    return line.first_due_on


def _extended(line: Line) -> Value:
    told = []
    if line.extensions and line.due_on is not None:
        told.append(f"{format_date(line.due_on)} ({count(line.extensions)} lần)")
    if line.supplement_on is not None:
        told.append(f"bổ sung đến {format_date(line.supplement_on)}")
    return "; ".join(told)


def _result(line: Line) -> Value:
    return " – ".join(part for part in (line.result, line.evidence) if part)


def _urged(line: Line) -> Value:
    if not line.urged_count:
        return ""
    return f"{count(line.urged_count)} lần" + (f" ({line.urged_reference})" if line.urged_reference else "")


# Together some 190 characters, so that a sheet of A4 landscape prints them at 70 %: ten points become seven.
ORDINAL = SheetColumn("STT", 4, lambda line: None)
CODE = 2
"""The number of the column that names the line."""
COLUMNS: tuple[SheetColumn, ...] = (
    ORDINAL,
    SheetColumn("Mã", 9, lambda line: line.code),
    SheetColumn("Số, ngày thông báo", 10, lambda line: line.notice),
    SheetColumn("Đơn vị được kiểm tra", 9, lambda line: line.inspected_unit),
    SheetColumn("Nội dung tồn tại, hạn chế", 17, lambda line: line.findings),
    SheetColumn("Nội dung cần khắc phục", 18, lambda line: line.text),
    SheetColumn("Sản phẩm", 8, lambda line: line.products),
    SheetColumn("Chủ trì", 9, lambda line: line.lead),
    SheetColumn("Phối hợp", 8, lambda line: line.coordinating),
    SheetColumn("Người đứng đầu", 8, lambda line: line.head, names=True),
    SheetColumn("Loại thời hạn", 7, lambda line: DEADLINE_KIND_LABELS[line.kind]),
    SheetColumn("Thời hạn hoàn thành", 8.6, _first_due),
    SheetColumn("Thời hạn sau gia hạn (số lần)", 9, _extended),
    SheetColumn("Tiến độ", 8, lambda line: line.progress.label),
    SheetColumn("Kết quả thực hiện, minh chứng (số, ngày văn bản)", 12, _result),
    SheetColumn("Ngày hoàn thành", 8.6, lambda line: line.completed_on),
    SheetColumn("Số ngày quá hạn", 5.5, lambda line: line.overdue_days or ""),
    SheetColumn("Số lần đôn đốc (văn bản gần nhất)", 7, _urged),
    SheetColumn("Kết quả thẩm tra", 7.5, lambda line: line.verdict),
    SheetColumn("Người theo dõi", 8, lambda line: line.follower, names=True),
    SheetColumn("Ngày cập nhật gần nhất", 8.6, lambda line: clock.local(line.updated_at).date()),
    SheetColumn("Ghi chú", 7, lambda line: line.note),
)


def columns_for(*, names: bool, asked: str = "") -> tuple[SheetColumn, ...]:
    """Those with people's names (bản nội bộ) or those without (bản lãnh đạo).

    `asked`: all of them ("" or "all"), or some by their numbers, “2.6.12”; the code is always there.
    """
    numbers = chosen(asked)
    return tuple(
        column
        for number, column in enumerate(COLUMNS, start=1)
        if (names or not column.names) and (not numbers or number in numbers)
    )


def chosen(asked: str) -> frozenset[int]:
    """Numbers of the columns that an address names; none: all of them."""
    numbers = {int(part) for part in asked[:100].split(".") if part.isascii() and part.isdecimal()}
    found = numbers & set(range(1, len(COLUMNS) + 1))
    return frozenset(found | {CODE}) if found else frozenset()


def shown(column: SheetColumn, line: Line, ordinal: int) -> str:
    """The value as a page shows it."""
    value = ordinal if column is ORDINAL else column.value(line)
    if isinstance(value, date):
        return format_date(value)
    return "" if value is None else str(value)
