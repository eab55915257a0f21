"""The book of outgoing papers, one paper, its receipt; and the public page that says what a paper is."""

from app.documents.views import removing, verifying
from app.documents.views.papers import bp

__all__ = ["bp", "removing", "verifying"]
