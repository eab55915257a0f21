"""Measure a finished PDF with pdfplumber, which knows nothing of how it was made. Lengths in points."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import pdfplumber

from app.documents.content import Annex, Column, Item, Numbered, OfficialDocument, Row, Table, plain
from app.documents.kinds import DocumentKind
from app.documents.rendering import RenderedPdf, load_sample
from tests.drawing import draw_once

WHEN = datetime(2026, 9, 4, 2, 30, tzinfo=UTC)
MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Line:
    """Characters that stand on one base line without a wide gap between them."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    sizes: frozenset[float]
    fonts: frozenset[str]

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal drawn line."""

    left: float
    right: float
    top: float
    weight: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Page:
    width: float
    height: float
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]

    def line(self, text: str) -> Line:
        """The first line that holds this text."""
        found = next((line for line in self.lines if text in line.text), None)
        assert found is not None, f"{text!r} is not on the page: {[line.text for line in self.lines]}"
        return found

    def rule_below(self, line: Line) -> Rule:
        """The rule at most 6 points below the letters and centred on them."""
        near = [r for r in self.rules if -1 < r.top - line.bottom < 6 and abs(r.middle - line.middle) < 1.5]
        assert len(near) == 1, f"{len(near)} rules below {line.text!r}"
        return near[0]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


@cache
def pages(pdf: bytes) -> tuple[Page, ...]:
    """All pages, their lines from top to bottom and left to right; a file is read once."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return tuple(
            Page(float(page.width), float(page.height), tuple(_lines(page.chars)), tuple(_rules(page.rects)))
            for page in opened.pages
        )


def _lines(chars: list[dict]) -> list[Line]:
    rows: dict[int, list[dict]] = {}
    for char in chars:
        rows.setdefault(round(char["bottom"]), []).append(char)
    found = []
    for bottom in sorted(rows):
        row = sorted(rows[bottom], key=lambda char: char["x0"])
        part = [row[0]]
        for char in row[1:]:
            if char["x0"] - part[-1]["x1"] > 2 * char["size"]:
                found.append(_line(part))
                part = []
            part.append(char)
        found.append(_line(part))
    return [line for line in found if line.text.strip()]


def _line(part: list[dict]) -> Line:
    seen = [char for char in part if char["text"].strip()] or part
    return Line(
        text="".join(char["text"] for char in part),
        left=seen[0]["x0"],
        right=seen[-1]["x1"],
        top=min(char["top"] for char in seen),
        bottom=max(char["bottom"] for char in seen),
        sizes=frozenset(round(char["size"], 2) for char in seen),
        fonts=frozenset(re.sub(r"^[A-Z]{6}\+", "", char["fontname"]) for char in seen),
    )


def _rules(rects: list[dict]) -> list[Rule]:
    return [
        Rule(rect["x0"], rect["x1"], rect["top"], rect["height"])
        for rect in rects
        if rect["height"] < 1.5 and rect["width"] > 5
    ]


def draw(document: OfficialDocument) -> tuple[RenderedPdf, tuple[Page, ...]]:
    rendered = draw_once(document, created_at=WHEN)
    return rendered, pages(rendered.data)


def notice(**changes: object) -> OfficialDocument:
    """The sample notice, changed."""
    return replace(load_sample(DocumentKind.CONCLUSION_NOTICE), **changes)


def findings(count: int) -> Numbered:
    """So many findings as a counted list."""
    sentence = (
        "Niêm yết, công khai thủ tục hành chính chưa đầy đủ; còn niêm yết thủ tục đã bãi bỏ tại nội dung"
    )
    return Numbered(tuple(Item(plain(f"{sentence} {n}."), ref=f"finding:{n}") for n in range(1, count + 1)))


def task_annex(count: int) -> Annex:
    """An annex with so many tasks."""
    columns = (Column("STT", 10), Column("Nội dung tồn tại, hạn chế", 90), Column("Thời hạn hoàn thành", 40))
    rows = tuple(Row((str(n), f"Nội dung khắc phục thứ {n}", "30/10/2026")) for n in range(1, count + 1))
    return Annex("Nội dung khắc phục", (Table(columns, rows),), landscape=True)


def is_nfc(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)
