"""The book of outgoing papers and its print; one paper, its receipt, its signing; papers prepared here with
their chain, versions and delegations; who signs by what; the public page that says what a paper is."""

from app.documents.views import (
    acting,
    agent,
    annexes,
    books,
    delegating,
    drafts,
    recording,
    removing,
    returning,
    sending,
    signers,
    signing,
    verifying,
    versions,
)
from app.documents.views.papers import bp

__all__ = [
    "acting",
    "agent",
    "annexes",
    "books",
    "bp",
    "delegating",
    "drafts",
    "recording",
    "removing",
    "returning",
    "sending",
    "signers",
    "signing",
    "verifying",
    "versions",
]
