"""The book of outgoing papers and its print, one paper, its receipt; the public page of what a paper is."""

from app.documents.views import books, verifying
from app.documents.views.papers import bp

__all__ = ["books", "bp", "verifying"]
