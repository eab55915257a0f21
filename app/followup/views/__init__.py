"""The table people live in, the papers that come out of it, and what people were reminded of."""

from app.followup.views import (
    ageing,
    bulk,
    calendar,
    messages,
    month,
    outside,
    papers,
    pasting,
    printing,
    reminders,
    saved,
)
from app.followup.views.table import bp

__all__ = [
    "ageing",
    "bp",
    "bulk",
    "calendar",
    "messages",
    "month",
    "outside",
    "papers",
    "pasting",
    "printing",
    "reminders",
    "saved",
]
