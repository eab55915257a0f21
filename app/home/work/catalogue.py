"""What waits for the person who keeps the catalogue."""

from __future__ import annotations

from datetime import date

from app.deadlines import queries as deadlines
from app.home.work.item import Item


def calendar_to_confirm(today: date) -> list[Item]:
    """The calendar of a year whose official announcement has not been entered yet."""
    waiting = deadlines.year_to_confirm(today)
    if waiting is None:
        return []
    return [
        Item(
            verb="Xác nhận",
            text=f"Lịch làm việc năm {waiting.year}",
            meta=f"{waiting.told[0].upper()}{waiting.told[1:]}",
            endpoint="deadlines.calendar",
            values={"year": waiting.year},
            button="Mở lịch",
        )
    ]
