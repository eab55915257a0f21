"""Who composes which kind of paper: features above register theirs (`setup.py`), documents asks by kind.

A composer gives the words of the record. Every Paragraph, and every Item of a list, that people may reword
has a `ref`; those that follow each other with the same `ref` are one text, a line each. `Paper.texts` puts
other lines in their place. Headings, tables and figures are tokens of the record and are not reworded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from app.accounts.models import Person
from app.documents.content import OfficialDocument
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.errors import NotFound
from app.policy import Action, Actor


def _nothing(paper: Paper, actor: Actor) -> None:
    """Most papers change nothing by being issued."""


def _no_objection(paper: Paper) -> tuple[str, ...]:
    return ()


def _says_nothing(paper: Paper) -> str:
    return ""


@dataclass(frozen=True)
class Composer:
    """How a kind of paper is made here.

    `compose` gives the text without number, date and the drafter's words. `draft` is what one must be allowed
    to do to begin and edit it. `missing` names in sentences what stops it from going up. `take_effect` is
    what follows in the same transaction when it is issued, in whichever way; `effects` says it before, in a
    sentence.
    """

    kind: DocumentKind
    compose: Callable[[Paper], OfficialDocument]
    draft: Action
    missing: Callable[[Paper], tuple[str, ...]] = _no_objection
    take_effect: Callable[[Paper, Actor], None] = _nothing
    effects: Callable[[Paper], str] = _says_nothing


_composers: dict[DocumentKind, Composer] = {}


def add_composer(composer: Composer) -> None:
    """Let a feature above compose a kind; the last one registered counts."""
    _composers[composer.kind] = composer


def find_composer(kind: DocumentKind) -> Composer | None:
    """The composer of a kind; None when it is only recorded here."""
    return _composers.get(kind)


class CaseOfPapers(Protocol):
    """What papers ask of the cases above them; inspections answers (`provide_cases`)."""

    def visible(self, actor: Actor) -> sa.Select[Any]:
        """Keys of the cases that somebody may know of."""
        ...

    def get(self, inspection_id: int) -> Any:
        """The case: a row with a state and standings. Raises NotFound."""
        ...

    def named(self, inspection_id: int) -> tuple[str, str]:
        """Its short name and the address of its page."""
        ...

    def signers(self, inspection_id: int) -> list[Person]:
        """Who signs for its team: the team's leader."""
        ...


_cases: list[CaseOfPapers] = []


def provide_cases(cases: CaseOfPapers) -> None:
    """Let the feature above say what papers need of a case."""
    _cases[:] = [cases]


def cases() -> CaseOfPapers:
    """What was provided. Raises NotFound when nobody did."""
    if not _cases:
        raise NotFound
    return _cases[0]
