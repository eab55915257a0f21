"""Screens of notices: list, one notice with editor and preview, acts of the chain, way A, Word, batches."""

from app.notices.views import (
    batching,
    correcting,
    editing,
    handing,
    publishing,
    reading,
    recalling,
    replacing,
)
from app.notices.views.common import bp

__all__ = [
    "batching",
    "bp",
    "correcting",
    "editing",
    "handing",
    "publishing",
    "reading",
    "recalling",
    "replacing",
]
