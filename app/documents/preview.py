"""The real PDF of a draft, drawn on request and kept for a while in this process by its content's hash."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.documents import rendering
from app.documents.canonical import content_hash
from app.documents.content import OfficialDocument

KEPT = 24


@dataclass(frozen=True)
class Drawn:
    """A PDF and its number of pages."""

    data: bytes
    pages: int


class Shelf:
    """The last drawings by content hash, the oldest thrown away; one drawing at a time."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._held: OrderedDict[str, Drawn] = OrderedDict()
        self._lock = threading.Lock()

    def draw(self, content: OfficialDocument, *, created_at: datetime) -> Drawn:
        """The PDF of `content`; the same content is drawn once."""
        key = content_hash(content)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            made = rendering.render_pdf(content, created_at=created_at)
            drawn = self._held[key] = Drawn(made.data, made.pages)
            while len(self._held) > self._kept:
                self._held.popitem(last=False)
            return drawn

    def __len__(self) -> int:
        return len(self._held)


shelf = Shelf()


def draft(content: OfficialDocument, *, expected_on: date, created_at: datetime) -> Drawn:
    """A draft: room for number and day, month and year of the day on which it is looked at."""
    return shelf.draw(replace(content, expected_on=expected_on), created_at=created_at)
