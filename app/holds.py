"""What keeps a record as it is: asked by the feature that edits it, answered by features above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from app.errors import Conflict

T = TypeVar("T")


class Holds(Generic[T]):
    """Reasons against a change of one kind of record, added at set-up by those who rely on it."""

    def __init__(self) -> None:
        self._asked: dict[str, Callable[[T], str | None]] = {}

    def add(self, hold: Callable[[T], str | None]) -> None:
        """Ask `hold` before every change: the sentence why not, None when it may be."""
        self._asked[f"{hold.__module__}.{hold.__qualname__}"] = hold

    def why_not(self, record: T) -> str | None:
        """The first reason why the record stands; None when it is free."""
        return next((reason for hold in self._asked.values() if (reason := hold(record)) is not None), None)

    def ask_free(self, record: T) -> None:
        """Raise Conflict with that reason."""
        reason = self.why_not(record)
        if reason is not None:
            raise Conflict(reason)
