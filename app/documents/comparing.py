"""Two versions of a paper side by side, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from app.documents.content import OfficialDocument
from app.documents.matching import FIXED
from app.documents.printed import printed_texts

_WORD = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """What became of some words."""

    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True)
class Run:
    """Words that share a fate."""

    change: Change
    text: str


@dataclass(frozen=True)
class Changed:
    """One place that differs; `where` names it to people (“Điều 3”)."""

    where: str
    runs: tuple[Run, ...]


def compare(before: OfficialDocument, after: OfficialDocument) -> tuple[Changed, ...]:
    """Every place of the later text that differs from the earlier one, in the order of the page."""
    old = [(piece.where, piece.text) for piece in printed_texts(before, {}) if piece.key != FIXED]
    new = [(piece.where, piece.text) for piece in printed_texts(after, {}) if piece.key != FIXED]
    matcher = SequenceMatcher(None, [text for _, text in old], [text for _, text in new], autojunk=False)
    made: list[Changed] = []
    for verb, i, to_i, j, to_j in matcher.get_opcodes():
        if verb != "equal":
            made += _places(old[i:to_i], new[j:to_j])
    return tuple(made)


def _places(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> list[Changed]:
    """Texts that stand across from each other are compared word by word; what is left over went or came."""
    made = [
        Changed(where, words(before, after))
        for (_, before), (where, after) in zip(old, new, strict=False)
        if before != after
    ]
    shared = min(len(old), len(new))
    made += [Changed(where, (Run(Change.OUT, text),)) for where, text in old[shared:]]
    made += [Changed(where, (Run(Change.IN, text),)) for where, text in new[shared:]]
    return made


def words(before: str, after: str) -> tuple[Run, ...]:
    """Both texts as one, with the words that went and those that came."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    made: list[Run] = []

    def add(change: Change, parts: Sequence[str]) -> None:
        text = "".join(parts)
        if text:
            made.append(Run(change, text))

    for verb, i, to_i, j, to_j in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            add(Change.SAME, old[i:to_i])
        else:
            add(Change.OUT, old[i:to_i])
            add(Change.IN, new[j:to_j])
    return tuple(made)
