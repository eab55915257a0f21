"""The book of outgoing papers and its print; one paper, its receipt, its signing; papers prepared here with
their chain, versions and delegations; who signs by what; the public page that says what a paper is."""

from app.documents.views import (
    agent,
    annexes,
    books,
    delegating,
    drafts,
    receipt_slips,
    removing,
    sending,
    signers,
    signing,
    verifying,
    versions,
)
from app.documents.views.papers import bp

__all__ = [
    "agent",
    "annexes",
    "books",
    "bp",
    "delegating",
    "drafts",
    "receipt_slips",
    "removing",
    "sending",
    "signers",
    "signing",
    "verifying",
    "versions",
]
