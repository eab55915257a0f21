"""What the register must answer, day by day and part by part in plain Python; nothing of the product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Patch(NamedTuple):
    """unit, content; days and parts half-open, as small whole numbers."""

    unit: int
    content: int
    day_from: int
    day_to: int
    part_from: int
    part_to: int


class Cell(NamedTuple):
    unit: int
    content: int
    day: int
    part: int


def cells(patch: Patch) -> frozenset[Cell]:
    return frozenset(
        Cell(patch.unit, patch.content, day, part)
        for day in range(patch.day_from, patch.day_to)
        for part in range(patch.part_from, patch.part_to)
    )


@dataclass
class Holding:
    """A live or ended claim."""

    item: int
    mandate: int
    level: int
    patch: Patch
    reason: bool
    concluded: bool = False
    ended: bool = False

    @property
    def cells(self) -> frozenset[Cell]:
        return cells(self.patch)


@dataclass
class Oracle:
    """`lives`: unit → half-open days on which it exists. Every method answers whether the act is allowed and,
    if it is, does it; an act is done whole or not at all."""

    lives: dict[int, tuple[int, int]]
    holdings: list[Holding] = field(default_factory=list)

    def live(self) -> Iterator[Holding]:
        return (holding for holding in self.holdings if not holding.ended)

    def _may_stand(self, wanted: Holding) -> bool:
        first, last = self.lives[wanted.patch.unit]
        if wanted.patch.day_from < first or wanted.patch.day_to > last:
            return False
        for other in self.live():
            if other is wanted or not (other.cells & wanted.cells):
                continue
            if other.level >= wanted.level or not wanted.reason:
                return False
        return True

    def take(self, wanted: Sequence[Holding]) -> bool:
        before = len(self.holdings)
        for holding in wanted:
            if not self._may_stand(holding):
                del self.holdings[before:]
                return False
            self.holdings.append(holding)
        return True

    def _mine(self, mandate: int, items: Iterable[int]) -> list[Holding]:
        wanted = set(items)
        return [h for h in self.live() if h.mandate == mandate and h.item in wanted and not h.concluded]

    def release(self, mandate: int, items: Sequence[int]) -> bool:
        for holding in self._mine(mandate, items):
            holding.ended = True
        return True

    def _below_higher(self, holding: Holding, changed: Patch) -> bool:
        """A claim that a higher body has gone over is not touched any more, it only ends."""
        return any(other.level > holding.level and other.cells & cells(changed) for other in self.live())

    def fix_end(self, mandate: int, items: Sequence[int], day: int) -> bool:
        mine = self._mine(mandate, items)
        late = [h for h in mine if h.patch.day_from >= day]
        long = [(h, h.patch._replace(day_to=day)) for h in mine if h.patch.day_from < day < h.patch.day_to]
        gone = {id(h) for h in late}
        for holding, shorter in long:
            above = [o for o in self.live() if o.level > holding.level and id(o) not in gone]
            if any(other.cells & cells(shorter) for other in above):
                return False
        for holding in late:
            holding.ended = True
        for holding, shorter in long:
            holding.patch = shorter
        return True

    def conclude(self, mandate: int, items: Sequence[int]) -> bool:
        mine = self._mine(mandate, items)
        if {h.item for h in mine} != set(items):
            return False
        if any(self._below_higher(h, h.patch) for h in mine):
            return False
        for holding in mine:
            holding.concluded = True
        return True

    def shorten(self, holding: Holding) -> bool:
        """One day less at the end, written around the service."""
        shorter = holding.patch._replace(day_to=holding.patch.day_to - 1)
        if holding.ended or holding.concluded or shorter.day_from >= shorter.day_to:
            return False
        if self._below_higher(holding, shorter):
            return False
        holding.patch = shorter
        return True

    def free(self, wanted: Patch, level: int) -> frozenset[Cell]:
        """What a body of `level` may still take."""
        taken: set[Cell] = set()
        for other in self.live():
            if other.level >= level:
                taken |= other.cells
        return cells(wanted) - taken

    def board(self) -> dict[Cell, set[tuple[int, bool]]]:
        """Cell → (level, concluded) of every live claim on it."""
        found: dict[Cell, set[tuple[int, bool]]] = {}
        for holding in self.live():
            for cell in holding.cells:
                found.setdefault(cell, set()).add((holding.level, holding.concluded))
        return found
