"""Screens of the follow-up: the table people live in, the papers that come out of it."""

from app.followup.views import papers
from app.followup.views.table import bp

__all__ = ["bp", "papers"]
