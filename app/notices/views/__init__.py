"""Screens of notices: list, one notice with editor and preview, acts of the chain, way A."""

from app.notices.views import chain, correcting, editing, handing, reading, recalling, recording
from app.notices.views.common import bp

__all__ = ["bp", "chain", "correcting", "editing", "handing", "reading", "recalling", "recording"]
