"""What the chain asks of a kind of paper: its words, its checks, what it does when it is issued.

A feature registers its kind (`add`, in its setup.py); every other paper of ours goes by its composer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.accounts.models import Person
from app.db import Base
from app.documents.content import OfficialDocument
from app.documents.kinds import DocumentKind
from app.documents.matching import Difference
from app.documents.models import Document
from app.documents.readback import ReadBack
from app.errors import NotFound
from app.policy import Actor, Standing


@dataclass(frozen=True)
class TextChange:
    """What somebody typed for the text `key`."""

    key: str
    text: str


@dataclass(frozen=True)
class Words:
    """One text as it reads now; `where` names it to people (“Điều 3”, “Mục II, đoạn 2”).

    `part`: the heading under which it is edited; `figures`: what the record sets behind the words, which
    nobody types; `single`: one paragraph, so that issued words take the place of the whole.
    """

    ref: str
    where: str
    text: str
    part: str = "Câu chữ"
    figures: str = ""
    single: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.text.split("\n") if line.strip())


@dataclass(frozen=True)
class Reworded:
    """A text that got other words; `where` names it to people (“Mục II.3”)."""

    where: str
    before: str
    after: str


@dataclass(frozen=True)
class Earliest:
    """The first day that a paper may carry, and the sentence for a day before it."""

    day: date
    refusal: str


@dataclass(frozen=True)
class ShortDate:
    """A date of the paper that the wait for signature has made `missing` working days shorter."""

    where: str
    day: date
    missing: int
    text: str


class Carrier(Protocol):
    """The row that carries a paper: its edits are counted, forms say from which version they were filled."""

    id: int
    version: int
    updated_at: datetime
    document: Document

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What somebody is to the paper."""
        ...


class Course(Protocol):
    """One paper on its way. Made anew for each act, so that it may keep what it read of the record."""

    @property
    def document(self) -> Document:
        """The paper."""
        ...

    @property
    def carrier(self) -> Carrier:
        """The row whose version every form of the paper holds."""
        ...

    @property
    def about(self) -> tuple[Base, ...]:
        """On whose timelines every act is seen, besides the paper's."""
        ...

    @property
    def case(self) -> tuple[Base, ...]:
        """On whose timelines the paper's going up and coming out are seen as well."""
        ...

    @property
    def named(self) -> str:
        """What it is in the name of its file: “Thông báo”."""
        ...

    def hold(self) -> None:
        """Take the rows above the paper until the transaction ends, before the paper's own (lock order)."""
        ...

    def compose(self) -> OfficialDocument:
        """The words as they are now, without number and date: what is checked, approved and hashed."""
        ...

    def comparable(self, content: OfficialDocument) -> OfficialDocument:
        """The text without what may change meanwhile without changing what the paper decides."""
        ...

    def words(self) -> Sequence[Words]:
        """Every text that may be reworded."""
        ...

    def issued_texts(self) -> Sequence[Words]:
        """Every text that is brought in line with what was issued: the words, and what stands in annexes."""
        ...

    def stopping(self, *, on: date | None = None, elsewhere: bool = False) -> Sequence[str]:
        """Sentences of what stops the paper now; `on`: the day it bears, `elsewhere`: others issued it."""
        ...

    def looks(self) -> Sequence[str]:
        """Sentences of what should be looked at before it goes up, and does not stop it."""
        ...

    def reword(self, changes: Sequence[TextChange]) -> Sequence[Reworded]:
        """Write the words that differ; the version moves on by `touch`. Raises DomainError at the key."""
        ...

    def short_dates(self) -> Sequence[ShortDate]:
        """Dates that would be short on a paper of today."""
        ...

    def redate(self) -> Sequence[Reworded]:
        """Count anew from today the dates that the wait has made short, and the words proposed with them."""
        ...

    def freeze(self) -> None:
        """Keep every text as it reads now."""
        ...

    def thaw(self) -> None:
        """Let the record propose again the texts that nobody had edited."""
        ...

    def touch(self) -> None:
        """Move the version on."""
        ...

    def earliest(self) -> Earliest | None:
        """The first day it may carry; None when any day will do."""
        ...

    def differences(self, back: ReadBack) -> Sequence[Difference]:
        """Where an issued file says something else than what was prepared."""
        ...

    def drafters(self) -> Sequence[Person]:
        """Who may be given the draft."""
        ...

    def effects(self) -> str:
        """What issuing does, in one sentence for the slip."""
        ...

    def effect_lines(self) -> Sequence[tuple[str, str, str]]:
        """The same line by line: (words before, words in bold, words after); empty: one sentence says it."""
        ...

    def take_effect(self, actor: Actor) -> None:
        """Everything that follows from the issue; the paper is issued already, in this transaction."""
        ...


Opening = Callable[[Document], Course]
_openings: dict[DocumentKind, Opening] = {}
_others: list[Opening] = []


def add(kind: DocumentKind, opening: Opening) -> None:
    """Let a feature above carry the papers of a kind; the last one registered counts."""
    _openings[kind] = opening


def fall_back_on(opening: Opening) -> None:
    """Who carries the papers of every other kind."""
    _others[:] = [opening]


Given = Callable[[Document, Actor], None]
_given_up: dict[DocumentKind, Given] = {}
_handed_in: dict[DocumentKind, Given] = {}


def on_giving_up(kind: DocumentKind, clear: Given) -> None:
    """Let a feature above clear away what a draft of a kind had prepared, when it is given up."""
    _given_up[kind] = clear


def on_submit(kind: DocumentKind, told: Given) -> None:
    """Let a feature above know when a draft of a kind is handed in, in the same transaction."""
    _handed_in[kind] = told


def tell_submitted(document: Document, actor: Actor) -> None:
    """What begins with a draft that is handed in."""
    told = _handed_in.get(document.kind)
    if told is not None:
        told(document, actor)


def clear_away(document: Document, actor: Actor) -> None:
    """What a draft had prepared goes with it."""
    clear = _given_up.get(document.kind)
    if clear is not None:
        clear(document, actor)


def of(document: Document) -> Course:
    """The course of a paper. Raises NotFound for a paper that is only recorded here."""
    opening = next(iter([*filter(None, [_openings.get(document.kind)]), *_others]), None)
    if opening is None:
        raise NotFound
    return opening(document)
