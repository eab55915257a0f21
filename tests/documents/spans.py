"""Find a text in a finished PDF by its characters, wherever its lines end. Lengths in points."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pdfplumber

from tests.documents.paper import MM

TOP = BOTTOM = 20 * MM


@dataclass(frozen=True, slots=True)
class Row:
    """The part of a span that stands on one base line."""

    page: int
    left: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Span:
    """A text as it was found: how it is set, and its lines."""

    sizes: frozenset[float]
    fonts: frozenset[str]
    rows: tuple[Row, ...]

    @property
    def width(self) -> float:
        return max(row.right for row in self.rows) - min(row.left for row in self.rows)


class Paper:
    """All characters of a file in reading order, those in the top and bottom margins left out."""

    def __init__(self, pdf: bytes) -> None:
        self.chars: list[dict[str, Any]] = []
        self.margins: list[dict[str, Any]] = []
        with pdfplumber.open(io.BytesIO(pdf)) as opened:
            self.sizes = [(float(page.width), float(page.height)) for page in opened.pages]
            self.rects = [list(page.rects) for page in opened.pages]
            for place, page in enumerate(opened.pages):
                for char in page.chars:
                    inside = char["bottom"] > TOP and char["top"] < float(page.height) - BOTTOM
                    (self.chars if inside else self.margins).append({**char, "page": place})
        self._seen = [char for char in self.chars if char["text"].strip()]
        self._stream = "".join(char["text"] for char in self._seen)

    def find(self, text: str, *, after: int = 0) -> tuple[Span, int]:
        """The first place of `text` from `after` on, and where it ends; spaces and line ends do not count."""
        wanted = "".join(text.split())
        start = self._stream.find(wanted, after)
        assert start >= 0, f"{text!r} does not stand after {self._stream[max(0, after - 40) : after]!r}"
        return self._span(self._seen[start : start + len(wanted)]), start + len(wanted)

    def count(self, text: str) -> int:
        """How often the text stands in the file."""
        return self._stream.count("".join(text.split()))

    def rules(self, page: int) -> list[tuple[float, float, float, float]]:
        """Left, right, top and weight of the drawn horizontal lines of a page (from 0)."""
        return [
            (rect["x0"], rect["x1"], rect["top"], rect["height"])
            for rect in self.rects[page]
            if rect["height"] < 1.5 and rect["width"] > 5
        ]

    def rows_between(self, start: int, end: int) -> tuple[Row, ...]:
        """The lines of the characters from `start` to `end`, as `find` counts them."""
        return self._span(self._seen[start:end]).rows

    @staticmethod
    def _span(chars: list[dict[str, Any]]) -> Span:
        rows: dict[tuple[int, int], list[dict[str, Any]]] = {}
        for char in chars:
            rows.setdefault((char["page"], round(char["bottom"])), []).append(char)
        return Span(
            frozenset(round(char["size"], 2) for char in chars),
            frozenset(re.sub(r"^[A-Z]{6}\+", "", char["fontname"]) for char in chars),
            tuple(
                Row(page, row[0]["x0"], max(char["x1"] for char in row), row[0]["bottom"])
                for (page, _), row in rows.items()
            ),
        )


@cache
def read(pdf: bytes) -> Paper:
    """The file, read once."""
    return Paper(pdf)
