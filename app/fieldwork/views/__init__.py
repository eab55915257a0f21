"""Pages of fieldwork: overview of a unit, the form per group, visits, minutes, agreement, the end."""

from flask import Blueprint

bp = Blueprint("fieldwork", __name__)

from app.fieldwork.views import agreement, ending, minutes, sheet, tables, visits  # noqa: E402

__all__ = ["agreement", "bp", "ending", "minutes", "sheet", "tables", "visits"]
