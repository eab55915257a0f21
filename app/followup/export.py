"""The follow-up table as officials print it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.followup.columns import ORDINAL, columns_for
from app.followup.queries import Line
from app.web import sheets

TITLE = "BẢNG THEO DÕI THỰC HIỆN KẾT LUẬN KIỂM TRA"


def workbook(
    lines: Sequence[Line], *, names: bool, office: str, parent: str, at: datetime, left_out: int = 0
) -> bytes:
    """The bytes of the xlsx. `names` = bản nội bộ; without, bản lãnh đạo. `at`: aware moment of the data.

    `left_out`: how many lines more there are than a sheet takes; it says so.
    """
    columns = columns_for(names=names)
    return sheets.workbook(
        "Theo dõi",
        TITLE,
        [(column.label, column.width) for column in columns],
        (
            [ordinal if column is ORDINAL else column.value(line) for column in columns]
            for ordinal, line in enumerate(lines, start=1)
        ),
        office=office,
        parent=parent,
        at=at,
        remark="bản nội bộ" if names else "bản lãnh đạo",
        left_out=left_out,
    )
