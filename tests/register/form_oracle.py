"""What criteria cover from version to version, in eighths of contents; nothing of the product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from tests.register.oracle import Patch

EIGHTHS = 8


def key_of(number: int) -> str:
    """The key given as the `number`th; a content is called as the criterion that asked it first."""
    return f"MC-{number + 40}"


class Bit(NamedTuple):
    """One eighth of a content."""

    content: int
    part: int


Bits = frozenset[Bit]


@dataclass
class Published:
    """A version: key → what it covers. `mentions`: key → the old criteria it replaces, as the file says it:
    (old key, content or None, whether only half of it)."""

    covers: dict[str, Bits] = field(default_factory=dict)
    mentions: dict[str, list[tuple[str, int | None, bool]]] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)


@dataclass
class FormOracle:
    """Contents are numbered; the first version asks each of them whole, by a criterion of its own."""

    contents: int
    versions: list[Published] = field(default_factory=list)
    keys: int = 0

    def first(self) -> Published:
        made = Published()
        for content in range(self.contents):
            whole = frozenset(Bit(content, part) for part in range(EIGHTHS))
            made.covers[self.new_key()] = whole
        self.versions.append(made)
        return made

    def new_key(self) -> str:
        self.keys += 1
        return key_of(self.keys - 1)

    def publish(self, fates: Iterable[str]) -> Published:
        """The next version, each old criterion by its fate; one that cannot have it stays as it is."""
        old, made = self.versions[-1], Published()
        waiting: str | None = None
        for (key, bits), fate in zip(old.covers.items(), fates, strict=False):
            halves = _halves(bits)
            contents = sorted({bit.content for bit in bits})
            if waiting is not None:
                self._replace(made, [(waiting, None, False), (key, None, False)], old.covers[waiting] | bits)
                waiting = None
            elif fate == "rename":
                self._replace(made, [(key, None, False)], bits)
            elif fate == "split" and halves:
                for half in halves:
                    self._replace(made, [(key, None, True)], half)
            elif fate == "halve" and halves:
                self._replace(made, [(key, None, True)], halves[0])
                made.retired.append(key)
            elif fate == "part" and len(contents) > 1:
                for content in contents:
                    self._replace(
                        made, [(key, content, False)], frozenset(b for b in bits if b.content == content)
                    )
            elif fate == "retire" and made.covers:
                made.retired.append(key)
            elif fate == "merge":
                waiting = key
            else:
                self._keep(made, key, bits)
        if waiting is not None:
            self._keep(made, waiting, old.covers[waiting])
        self.versions.append(made)
        return made

    def _replace(self, made: Published, of: list[tuple[str, int | None, bool]], bits: Bits) -> None:
        key = self.new_key()
        made.covers[key], made.mentions[key] = bits, of

    def _keep(self, made: Published, key: str, bits: Bits) -> None:
        """Under its key; said with `replaces`, for what it covers need not be its own content any more."""
        made.covers[key], made.mentions[key] = bits, [(key, None, False)]

    def asked(self, version: int, key: str, unit: int, days: tuple[int, int]) -> list[Patch]:
        """What a claim of that criterion is."""
        found: list[Patch] = []
        for content, bits in groupby(sorted(self.versions[version].covers[key]), lambda bit: bit.content):
            parts = [bit.part for bit in bits]
            runs = [part for part in parts if part - 1 not in parts]
            for start in runs:
                end = start
                while end in parts:
                    end += 1
                found.append(Patch(unit, content, *days, start, end))
        return found


def _halves(bits: Bits) -> tuple[Bits, Bits] | None:
    """The first and the second half of what lies in one content; None when it cannot be halved evenly."""
    if len({bit.content for bit in bits}) > 1 or len(bits) % 2:
        return None
    line = sorted(bits)
    middle = len(line) // 2
    return frozenset(line[:middle]), frozenset(line[middle:])
