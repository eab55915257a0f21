"""The book of outgoing papers and its print, one paper, its receipt; papers prepared here with their chain,
versions and delegations; and the public page that says what a paper is."""

from app.documents.views import (
    acting,
    books,
    delegating,
    drafts,
    recording,
    removing,
    returning,
    verifying,
    versions,
)
from app.documents.views.papers import bp

__all__ = [
    "acting",
    "books",
    "bp",
    "delegating",
    "drafts",
    "recording",
    "removing",
    "returning",
    "verifying",
    "versions",
]
