"""The table people live in, and what they were reminded of."""

from app.followup.views import reminders
from app.followup.views.table import bp

__all__ = ["bp", "reminders"]
