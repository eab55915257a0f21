"""The book of outgoing papers; one paper, its receipt, its signing; papers prepared here with their chain,
versions and delegations; who signs by what; and the public page that says what a paper is."""

from app.documents.views import (
    acting,
    agent,
    annexes,
    delegating,
    drafts,
    recording,
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
    "bp",
    "delegating",
    "drafts",
    "recording",
    "signers",
    "signing",
    "verifying",
    "versions",
]
