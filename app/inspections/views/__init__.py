"""Pages of cases. Endpoints: index, plan, new, show, the parts of a draft, changes, my_visits."""

from app.inspections.views import (
    decision,
    drafting,
    lists,
    overlap,
    papers,
    partial,
    people,
    reopenings,
    reviewing,
)
from app.inspections.views.bp import bp

__all__ = [
    "bp",
    "decision",
    "drafting",
    "lists",
    "overlap",
    "papers",
    "partial",
    "people",
    "reopenings",
    "reviewing",
]
