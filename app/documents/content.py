"""An official document as content: frozen dataclasses of primitives, independent of any layout or database.

Text is held in NFC without control characters (`\\n` is a wished line break). Names are held as they are
written in a sentence ("Sở Nội vụ"); capitals, numbers with a leading zero, list punctuation and the closing
`./.` belong to the layout. A `ref` ("finding:12") says which record a piece came from, so that an edit can
be taken back to it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from app.documents.kinds import LETTERS, DocumentKind


class HeadingLevel(StrEnum):
    """Steps of a text in the order of NĐ 30/2020 Phụ lục I mục II.6."""

    PART = "part"  # Phần I, title in capitals below
    SECTION = "section"  # I. CAPITALS BOLD
    CLAUSE = "clause"  # 1. Bold because it has a title
    POINT = "point"  # a) upright


class Numbering(StrEnum):
    """How the items of a list are counted."""

    CLAUSE = "clause"  # 1. 2. 3.
    POINT = "point"  # a) b) c) d) đ) e) g) …


class Align(StrEnum):
    """Alignment of a paragraph or of a column."""

    JUSTIFY = "justify"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Urgency(StrEnum):
    """Độ khẩn, stamped under the number."""

    NONE = ""
    KHAN = "Khẩn"
    THUONG_KHAN = "Thượng khẩn"
    HOA_TOC = "Hỏa tốc"


class RunField(StrEnum):
    """Text that is only known when the pages are laid out."""

    NONE = ""
    BODY_PAGES = "body_pages"  # number of pages of the main text, annexes not counted: "gồm 03 trang"


def clean_text(value: str) -> str:
    """NFC; tabs and non-breaking spaces as plain spaces; line ends as `\\n`; nothing unseen (controls,
    direction marks, surrogates), which would make two texts that look the same hash differently."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u00a0", " ")
    kept = (c for c in value if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Cn", "Co"})
    return unicodedata.normalize("NFC", "".join(kept))


class Cleaned:
    """Base of every piece of content: its text is cleaned when it is made."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, item.name)
            if isinstance(value, StrEnum):
                continue
            if isinstance(value, str):
                object.__setattr__(self, item.name, clean_text(value))
            elif isinstance(value, tuple) and any(type(part) is str for part in value):
                cleaned = tuple(clean_text(part) if type(part) is str else part for part in value)
                object.__setattr__(self, item.name, cleaned)


@dataclass(frozen=True, slots=True)
class Run(Cleaned):
    """Text of one style; `field` replaces the text by a value known at layout."""

    text: str
    bold: bool = False
    italic: bool = False
    field: RunField = RunField.NONE


@dataclass(frozen=True, slots=True)
class Paragraph(Cleaned):
    """A paragraph of the body: justified, first line indented unless `indent` is off."""

    runs: tuple[Run, ...]
    align: Align = Align.JUSTIFY
    indent: bool = True
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Heading(Cleaned):
    """A numbered title; `number` is written as it shall be read ("II", "1", "a")."""

    level: HeadingLevel
    number: str
    text: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Article(Cleaned):
    """Điều of a decision: "Điều 1." and its title in bold, then the text."""

    number: int
    runs: tuple[Run, ...] = ()
    title: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Item(Cleaned):
    """One entry of a list."""

    runs: tuple[Run, ...]
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Numbered(Cleaned):
    """Counted items, `1.` or `a)`, beginning with `start` (1 is the first)."""

    items: tuple[Item, ...]
    style: Numbering = Numbering.CLAUSE
    start: int = 1


@dataclass(frozen=True, slots=True)
class Bulleted(Cleaned):
    """Items that begin with a hyphen."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Column(Cleaned):
    """A column: its heading and its share of the width (any unit, only the ratio counts)."""

    heading: str
    width: float
    align: Align = Align.LEFT

    def __post_init__(self) -> None:
        Cleaned.__post_init__(self)
        object.__setattr__(self, "width", float(self.width))


@dataclass(frozen=True, slots=True)
class Row(Cleaned):
    """One line of a table, a cell for each column; a `group` is one bold cell across all columns."""

    cells: tuple[str, ...]
    ref: str = ""
    group: bool = False


@dataclass(frozen=True, slots=True)
class Table(Cleaned):
    """A ruled table with fixed columns; the heading, and the line (1) (2) (3), come again on every page."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    number_row: bool = True
    font_size: float = 11.0
    empty_text: str = "Không có"

    def __post_init__(self) -> None:
        Cleaned.__post_init__(self)
        object.__setattr__(self, "font_size", float(self.font_size))
        if not self.columns or any(column.width <= 0 for column in self.columns):
            raise ValueError("a table needs columns, each wider than nothing")
        for row in self.rows:
            if len(row.cells) != (1 if row.group else len(self.columns)):
                raise ValueError(f"a row has {len(row.cells)} cells for {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Pair(Cleaned):
    """A label and its value."""

    label: str
    value: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class KeyValue(Cleaned):
    """Labelled facts, one a line."""

    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class WritingSpace(Cleaned):
    """Dotted lines to be filled by hand, e.g. the unit's opinion on minutes that are printed to be signed."""

    lines: int = 3


Block = Paragraph | Heading | Article | Numbered | Bulleted | Table | KeyValue | WritingSpace


@dataclass(frozen=True, slots=True)
class SignatureBlock(Cleaned):
    """Who signs (NĐ 30/2020 Phụ lục I mục II.7): `authority` "KT. Giám đốc", `posts` "Phó Giám đốc", name.

    `note` is a line in italics under the post, e.g. "(Ký, ghi rõ họ tên)". Between post and name room is
    kept for signature and seal.
    """

    name: str = ""
    authority: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Opinion(Cleaned):
    """A box of a submission slip: heading, what was said (empty: room to write), by whom and when."""

    heading: str
    text: str = ""
    name: str = ""
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Annex(Cleaned):
    """An annex with pages of its own. An empty `attached_to` is composed from type, number and date."""

    title: str
    blocks: tuple[Block, ...]
    label: str = "Phụ lục"
    attached_to: str = ""
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class OfficialDocument(Cleaned):
    """The whole text of one document. `number` and `issued_on` stay None until the document is numbered.

    `expected_on` gives month and year of the date line while `issued_on` is None; None leaves them blank too.
    `authority_line` is the thẩm quyền ban hành of a decision ("Giám đốc Sở Nội vụ"). An empty `symbol`
    leaves the number line out, an empty `place` the date line.
    """

    kind: DocumentKind
    type_name: str
    subject: str
    issuing_body: str
    governing_body: str | None = None
    number: int | None = None
    symbol: str = ""
    place: str = ""
    issued_on: date | None = None
    expected_on: date | None = None
    urgency: Urgency = Urgency.NONE
    authority_line: str = ""
    addressees: tuple[str, ...] = ()
    legal_bases: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    signature: SignatureBlock | None = None
    signature_columns: tuple[SignatureBlock, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    recipients: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    landscape: bool = False

    @property
    def is_letter(self) -> bool:
        """A công văn: `type_name` ("Công văn") names it elsewhere, its own page says only "V/v …"."""
        return self.kind in LETTERS


def plain(text: str, *, bold: bool = False, italic: bool = False) -> tuple[Run, ...]:
    """The runs of a text of one style."""
    return (Run(text, bold=bold, italic=italic),)


def paragraph(text: str, *, ref: str = "") -> Paragraph:
    """A plain paragraph of the body."""
    return Paragraph(plain(text), ref=ref)
