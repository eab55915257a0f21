"""Pages of fieldwork: overview of a unit, the form per group, visits, minutes, journal, agreement."""

from flask import Blueprint

bp = Blueprint("fieldwork", __name__)

from app.fieldwork.views import agreement, ending, journal, minutes, sheet, tables, visits  # noqa: E402 - each module hangs its pages on `bp`

__all__ = ["agreement", "bp", "ending", "journal", "minutes", "sheet", "tables", "visits"]
