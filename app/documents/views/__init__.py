"""The book of outgoing papers, one paper, its receipt; and the public page that says what a paper is."""

from app.documents.views import unissued, verifying
from app.documents.views.papers import bp

__all__ = ["bp", "unissued", "verifying"]
