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
    """A live or ended claim; `by`: the decision of ours that concluded it."""

    item: int
    mandate: int
    level: int
    patch: Patch
    reason: bool
    concluded: bool = False
    ended: bool = False
    by: int | None = None

    @property
    def cells(self) -> frozenset[Cell]:
        return cells(self.patch)


@dataclass
class Decision:
    """A conclusion of ours: whose, and whether it was recalled or replaced since."""

    mandate: int
    over: bool = False


@dataclass
class Covering:
    """Another body's conclusion: what it decided, and what of it was free then and is claimed by it."""

    level: int
    decided: frozenset[Cell]
    claimed: frozenset[Cell]
    voided: bool = False


@dataclass
class Oracle:
    """`lives`: unit → half-open days on which it exists. Every method answers whether the act is allowed and,
    if it is, does it; an act is done whole or not at all."""

    lives: dict[int, tuple[int, int]]
    holdings: list[Holding] = field(default_factory=list)
    coverings: list[Covering] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def live(self) -> Iterator[Holding]:
        return (holding for holding in self.holdings if not holding.ended)

    def _in_force(self) -> Iterator[Covering]:
        return (covering for covering in self.coverings if not covering.voided)

    def _claimed(self, but: Iterable[Holding] = ()) -> Iterator[tuple[int, frozenset[Cell]]]:
        """(level, cells) of every live claim."""
        left_out = {id(holding) for holding in but}
        yield from ((h.level, h.cells) for h in self.live() if id(h) not in left_out)
        yield from ((covering.level, covering.claimed) for covering in self._in_force())

    def _decided(self) -> Iterator[tuple[int, frozenset[Cell]]]:
        """(level, cells) of what other bodies decided, claimed or not."""
        return ((covering.level, covering.decided) for covering in self._in_force())

    def _may_stand(self, wanted: Holding, *, told: bool) -> bool:
        """`told`: the service is asked, which also knows what was decided without being claimed."""
        first, last = self.lives[wanted.patch.unit]
        if wanted.patch.day_from < first or wanted.patch.day_to > last:
            return False
        standing = [*self._claimed(but=[wanted]), *(self._decided() if told else ())]
        return not any(
            there & wanted.cells and (level >= wanted.level or not wanted.reason) for level, there in standing
        )

    def take(self, wanted: Sequence[Holding], *, told: bool = True) -> bool:
        before = len(self.holdings)
        for holding in wanted:
            if not self._may_stand(holding, told=told):
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

    def _overrun(self, holding: Holding) -> bool:
        """What a higher body went over, or another body decided, is given back and never concluded."""
        higher = any(level > holding.level and there & holding.cells for level, there in self._claimed())
        return higher or any(
            level >= holding.level and there & holding.cells for level, there in self._decided()
        )

    def fix_end(self, mandate: int, items: Sequence[int], day: int) -> bool:
        mine = self._mine(mandate, items)
        late = [h for h in mine if h.patch.day_from >= day]
        long = [(h, h.patch._replace(day_to=day)) for h in mine if h.patch.day_from < day < h.patch.day_to]
        for holding in late:
            holding.ended = True
        for holding, shorter in long:
            holding.patch = shorter
        return True

    def conclude(self, mandate: int, items: Sequence[int]) -> bool:
        mine = self._mine(mandate, items)
        if {h.item for h in mine} != set(items):
            return False
        if any(self._overrun(h) for h in mine):
            return False
        self._decide(mandate, mine)
        return True

    def _decide(self, mandate: int, holdings: Iterable[Holding]) -> None:
        for holding in holdings:
            holding.concluded, holding.by = True, len(self.decisions)
        self.decisions.append(Decision(mandate))

    def _of(self, number: int) -> list[Holding]:
        return [holding for holding in self.live() if holding.by == number]

    def _give_back(self, holdings: Iterable[Holding]) -> None:
        """Held again by who had it; what a higher body has gone over since is nobody's of them."""
        for holding in holdings:
            if any(level > holding.level and there & holding.cells for level, there in self._claimed()):
                holding.ended = True
            else:
                holding.concluded, holding.by = False, None

    def recall(self, number: int) -> bool:
        if self.decisions[number].over:
            return False
        self.decisions[number].over = True
        self._give_back(self._of(number))
        return True

    def replace(self, number: int, items: Sequence[int]) -> bool:
        """A new decision of the same team about `items`: what the old one had of them never comes free."""
        old = self.decisions[number]
        moved = [holding for holding in self._of(number) if holding.item in items]
        more = self._mine(old.mandate, items)
        if old.over or {h.item for h in (*moved, *more)} != set(items):
            return False
        if any(self._overrun(holding) for holding in more):
            return False
        old.over = True
        self._give_back(holding for holding in self._of(number) if holding not in moved)
        self._decide(old.mandate, (*moved, *more))
        return True

    def shorten(self, holding: Holding) -> bool:
        """One day less at the end, written around the service."""
        shorter = holding.patch._replace(day_to=holding.patch.day_to - 1)
        if holding.ended or holding.concluded or shorter.day_from >= shorter.day_to:
            return False
        holding.patch = shorter
        return True

    def cover(self, level: int, decided: Iterable[Patch]) -> None:
        """Recorded as it was decided, whatever stands there; what no claim stands on is claimed."""
        there = frozenset().union(*map(cells, decided))
        taken = frozenset().union(*(claimed for _, claimed in self._claimed()))
        self.coverings.append(Covering(level, there, there - taken))

    def void(self, number: int) -> bool:
        if self.coverings[number].voided:
            return False
        self.coverings[number].voided = True
        return True

    def free(self, wanted: Patch, level: int) -> frozenset[Cell]:
        """What a body of `level` may still take."""
        taken: set[Cell] = set()
        for there, claimed in (*self._claimed(), *self._decided()):
            if there >= level:
                taken |= claimed
        return cells(wanted) - taken

    def board(self) -> dict[Cell, set[tuple[int, bool]]]:
        """Cell → (level, concluded) of every live claim on it."""
        found: dict[Cell, set[tuple[int, bool]]] = {}
        for holding in self.live():
            for cell in holding.cells:
                found.setdefault(cell, set()).add((holding.level, holding.concluded))
        for covering in self._in_force():
            for cell in covering.claimed:
                found.setdefault(cell, set()).add((covering.level, True))
        return found
