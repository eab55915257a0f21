"""Screens of notices: list, one notice with editor and preview, acts of the chain, way A."""

from app.notices.views import (
    batching,
    chain,
    editing,
    handing,
    publishing,
    reading,
    recalling,
    recording,
    replacing,
)
from app.notices.views.common import bp

__all__ = [
    "batching",
    "bp",
    "chain",
    "editing",
    "handing",
    "publishing",
    "reading",
    "recalling",
    "recording",
    "replacing",
]
