"""Pages: who answers for what, passed-on cases, the record of a head."""

from app.responsibility.views import entries, heads, lists
from app.responsibility.views.blueprint import bp

__all__ = ["bp", "entries", "heads", "lists"]
