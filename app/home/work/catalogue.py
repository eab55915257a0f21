"""What waits for the person who keeps the catalogue."""

from __future__ import annotations

from datetime import date

from app.deadlines import queries as deadlines
from app.followup import undelivered
from app.home.work.item import Item
from app.vietnamese import count


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


def mails_not_sent() -> list[Item]:
    """Reminders' mails that did not get out: the server of the office is to be looked after."""
    unsent = undelivered.list_unsent()
    if not unsent:
        return []
    many = count(len(unsent)) if len(unsent) < undelivered.LISTED else f"Từ {count(len(unsent))}"
    return [
        Item(
            verb="Kiểm tra",
            text=f"{many} thư nhắc việc chưa gửi được",
            meta=f"Máy chủ thư trả lời: {unsent[0].error or 'chưa rõ'}",
            endpoint="followup.mails",
            button="Xem thư chưa gửi",
        )
    ]
