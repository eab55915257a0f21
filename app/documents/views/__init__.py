"""The book of outgoing papers; one paper, its receipt, its signing; who signs by what; the public check."""

from app.documents.views import signers, signing, verifying
from app.documents.views.papers import bp

__all__ = ["bp", "signers", "signing", "verifying"]
