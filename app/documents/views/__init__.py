"""The book of outgoing papers; one paper, its receipt, its signing; who signs by what; the public check."""

from app.documents.views import agent, annexes, signers, signing, verifying
from app.documents.views.papers import bp

__all__ = ["agent", "annexes", "bp", "signers", "signing", "verifying"]
