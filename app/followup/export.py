"""The follow-up table as officials print it."""

from __future__ import annotations

from app.followup.columns import ORDINAL, columns_for
from app.followup.filters import STATES
from app.followup.queries import Four, Whole
from app.vietnamese import count
from app.web import sheets

TITLE = "BẢNG THEO DÕI THỰC HIỆN KẾT LUẬN KIỂM TRA"
FOUR = ("done_on_time", "done_late", "open_in_time", "open_late")


def workbook(whole: Whole, *, names: bool, office: str, parent: str, asked: str = "") -> bytes:
    """The bytes of the xlsx. `names` = bản nội bộ; without, bản lãnh đạo. `asked`: columns as in the address.

    It says how many lines more there are than a sheet takes.
    """
    columns = columns_for(names=names, asked=asked)
    return sheets.workbook(
        "Theo dõi",
        TITLE,
        [(column.label, column.width) for column in columns],
        (
            [ordinal if column is ORDINAL else column.value(line) for column in columns]
            for ordinal, line in enumerate(whole.lines, start=1)
        ),
        office=office,
        parent=parent,
        at=whole.at,
        remark="bản nội bộ" if names else "bản lãnh đạo",
        summary=told(whole.four),
        left_out=whole.left_out,
    )


def told(four: Four) -> str:
    """The four figures in one sentence, for every print-out."""
    parts = zip(FOUR, (four.done_on_time, four.done_late, four.open_in_time, four.open_late), strict=True)
    said = "; ".join(f"{STATES[key][0].lower()}{STATES[key][1:]} {count(value)}" for key, value in parts)
    return f"Tổng số {count(four.total)} nội dung: {said}."
