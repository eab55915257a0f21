"""Screens of notices: list, one notice with editor and preview, acts of the chain, way A, Word, batches."""

from app.notices.views import (
    batching,
    chain,
    correcting,
    editing,
    handing,
    publishing,
    reading,
    recalling,
    recording,
    replacing,
    word,
)
from app.notices.views.common import bp

__all__ = [
    "batching",
    "bp",
    "chain",
    "correcting",
    "editing",
    "handing",
    "publishing",
    "reading",
    "recalling",
    "recording",
    "replacing",
    "word",
]
