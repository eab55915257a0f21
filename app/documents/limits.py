"""How long a paper may be, and which letters it may have: beyond that it is refused with a reason.

Laying out takes time and memory by lines and by the cells of tables, and more than its share for one very
long text. With these limits the longest paper takes under half a minute of a core (the server waits a
minute) and under 400 MB.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from app.documents.content import OfficialDocument, Row, Run, Table
from app.documents.layout import FACES
from app.errors import DomainError
from app.vietnamese import number

HEADLINE_LENGTH = 2_000
"""Characters of what stands on its own: subject, names, posts, one recipient, one heading."""
TEXT_LENGTH = 20_000
"""Characters of one paragraph, item or cell."""
TEXT_LINES = 500
"""Lines typed in one text."""
WORD_LENGTH = 500
"""Characters without a space between them."""
CELLS = 7_000
"""Cells of all tables: 1,750 rows of four columns."""
LINES = 15_000
"""Lines of the whole paper as they are estimated, each cell's counted by itself; some 300 pages."""

TORN_LINES = 15
"""A row of a table that is longer is torn at the foot of a page."""

_BODY_TYPE = 14.0  # points
_LINE_OF_TEXT = 75.0  # characters of the body type on a line from margin to margin


class TooLong(DomainError):
    """A paper, or one of its texts, is longer than can be drawn in one file."""


class UnknownLetters(DomainError):
    """A text has characters that the face of official papers does not have."""

    def __init__(self, letters: Iterable[str]) -> None:
        named = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in sorted(set(letters))[:10])
        super().__init__(
            f"Phông chữ Times New Roman không có ký tự: {named}. Thay bằng chữ khác rồi thực hiện lại."
        )


def check_length(document: OfficialDocument) -> None:
    """Raises TooLong, naming the text that is too long or the number of lines or cells."""
    lines = cells = 0
    parts: tuple[Any, ...] = (document, *document.annexes)
    for part in parts:
        for item in fields(part):
            if item.name == "annexes":
                continue
            headline = item.name != "blocks"
            for text, share in _texts(getattr(part, item.name)):
                _check_text(text, HEADLINE_LENGTH if headline else TEXT_LENGTH)
                lines += estimate_lines(text, share)
        cells += sum(
            len(row.cells) for block in part.blocks if isinstance(block, Table) for row in block.rows
        )
    if cells > CELLS:
        raise TooLong(
            f"Các bảng của văn bản có {number(cells)} ô; một tệp in được nhiều nhất {number(CELLS)} ô. "
            "Tách bớt dòng của bảng sang văn bản khác."
        )
    if lines > LINES:
        raise TooLong(
            f"Văn bản dài khoảng {number(lines)} dòng, tính cả các ô của bảng; một tệp in được nhiều nhất "
            f"{number(LINES)} dòng. Tách bớt nội dung sang văn bản khác."
        )


def estimate_lines(text: str, share: float = 1.0) -> int:
    """About how many lines a text takes on its share (0–1) of the width between the margins."""
    return sum(max(1, math.ceil(len(line) / (_LINE_OF_TEXT * share))) for line in text.split("\n"))


def is_tall(row: Row, table: Table) -> bool:
    """Whether a row is so long that it may be torn: kept whole it would leave a page half empty."""
    whole = sum(column.width for column in table.columns)
    shares = [1.0] if row.group else [column.width / whole for column in table.columns]
    finer = _BODY_TYPE / table.font_size
    return any(
        estimate_lines(cell, share * finer) > TORN_LINES
        for cell, share in zip(row.cells, shares, strict=True)
    )


def foreign_letters(fonts: Iterable[Any]) -> Iterator[str]:
    """What another face set, or none could (`fonts` of a drawn document): any installed font is taken."""
    for font in fonts:
        yield from map(chr, font.missing)
        if not font.family.startswith(FACES):
            yield from "".join(font.to_unicode.values()).replace(" ", "")


def _check_text(text: str, longest: int) -> None:
    beginning = " ".join(text[:60].split())
    if len(text) > longest:
        raise TooLong(
            f"Đoạn “{beginning}…” dài {number(len(text))} ký tự, quá {number(longest)} ký tự. "
            "Rút gọn hoặc tách đoạn."
        )
    if text.count("\n") >= TEXT_LINES:
        raise TooLong(
            f"Đoạn “{beginning}…” có {number(text.count(chr(10)) + 1)} dòng, quá {number(TEXT_LINES)} dòng. "
            "Tách thành nhiều đoạn."
        )
    if len(text) > WORD_LENGTH and max(map(len, text.split()), default=0) > WORD_LENGTH:
        raise TooLong(
            f"Đoạn “{beginning}…” có chuỗi liền nhau quá {number(WORD_LENGTH)} ký tự, không ngắt được dòng. "
            "Kiểm tra lại nội dung."
        )


def _texts(value: Any) -> Iterator[tuple[str, float]]:
    """Every text of a piece of content and the share of the line it may take; runs of one text together."""
    if isinstance(value, str):
        yield value, 1.0
    elif isinstance(value, Table):
        yield from _cells(value)
    elif isinstance(value, tuple):
        if value and all(isinstance(part, Run) for part in value):
            yield "".join(run.text for run in value), 1.0
            return
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for item in fields(value):
            yield from _texts(getattr(value, item.name))


def _cells(table: Table) -> Iterator[tuple[str, float]]:
    whole = sum(column.width for column in table.columns)
    shares = [column.width / whole for column in table.columns]
    for column in table.columns:
        yield column.heading, 1.0
    for row in table.rows:
        yield from zip(row.cells, [1.0] if row.group else shares, strict=True)
