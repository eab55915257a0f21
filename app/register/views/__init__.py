"""Screen 10: the question and the matrix, lists and papers, entry of other bodies' conclusions."""

from app.register.views import entered, entry, lists, mapping, missed, question
from app.register.views.common import bp

__all__ = ["bp", "entered", "entry", "lists", "mapping", "missed", "question"]
