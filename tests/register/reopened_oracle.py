"""What reopening and lapsing do to the register, cell by cell in plain Python; nothing of the product.

A cell is one day of one part of one content of one unit. On each level at most one claim stands on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.register.oracle import Cell, Patch, cells

OFFICE = 20


class Holder(NamedTuple):
    """Whose claim stands: held while `notice` is None. `lapses`: the last day of a reservation."""

    mandate: int
    notice: int | None = None
    lapses: int | None = None


@dataclass
class Notice:
    """`ours`: of the office itself; every other was entered."""

    mandate: int
    level: int
    ours: bool
    decided: frozenset[Cell]
    voided: bool = False


@dataclass
class Asking:
    """A request and what became of it. `out`: what it took out of the notice and has not given back."""

    notice: int
    case: int
    asked: frozenset[Cell]
    state: str = "requested"
    mandate: int | None = None
    taken_over: bool = False
    out: set[Cell] = field(default_factory=set)


@dataclass
class ReopenedOracle:
    """Every act answers whether it is allowed and, if it is, does it; an act is done whole or not at all."""

    board: dict[tuple[Cell, int], Holder] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    askings: list[Asking] = field(default_factory=list)
    homeless: set[tuple[Cell, int]] = field(default_factory=set)
    """(cell, notice): given back while a higher body stood there; it returns when that one has gone."""
    items: dict[int, tuple[int, set[tuple[Cell, int]]]] = field(default_factory=dict)
    """Scope item → who claimed it, and where."""
    today: int = 0

    def _copy(self) -> ReopenedOracle:
        return deepcopy(self)

    def _back(self, before: ReopenedOracle) -> bool:
        self.__dict__.update(before.__dict__)
        return False

    def _levels(self, cell: Cell) -> Iterator[int]:
        """Levels of everything that says something about the cell: claims, and what was decided."""
        for (there, level), holder in self.board.items():
            lapsed = holder.notice is None and holder.lapses is not None and holder.lapses < self.today
            if there == cell and not lapsed:
                yield level
        for number, notice in enumerate(self.notices):
            if cell in notice.decided and not notice.voided and not self._is_out(cell, number):
                yield notice.level

    def _is_out(self, cell: Cell, notice: int) -> bool:
        return any(cell in asking.out for asking in self.askings if asking.notice == notice)

    def sweep(self) -> None:
        """Reservations whose day has passed end."""
        gone = {
            spot: holder for spot, holder in self.board.items()
            if holder.notice is None and holder.lapses is not None and holder.lapses < self.today
        }  # fmt: skip
        for spot in gone:
            del self.board[spot]
        for mandate in sorted({holder.mandate for holder in gone.values()}):
            self._settle(mandate)

    def take(
        self, mandate: int, level: int, wanted: Sequence[tuple[int, Patch]], *, reason: bool,
        lapses: int | None = None, handed: Sequence[int] = (),
    ) -> bool:  # fmt: skip
        """Claim (scope item, patch) for a team; `handed`: what was reopened for its case."""
        before = self._copy()
        self.sweep()
        for number in handed:
            asking = self.askings[number]
            self._let_go(asking.mandate)
            asking.mandate, asking.taken_over = mandate, True
        for _, patch in wanted:
            for cell in cells(patch):
                levels = list(self._levels(cell))
                if any(there >= level for there in levels) or (levels and not reason):
                    return self._back(before)
        for item, patch in wanted:
            self.items[item] = (mandate, set())
            for cell in cells(patch):
                if (cell, level) in self.board:
                    return self._back(before)
                self.board[(cell, level)] = Holder(mandate, None, lapses)
                self.items[item][1].add((cell, level))
        self._settle(mandate)
        return True

    def _let_go(self, mandate: int | None) -> None:
        held = [s for s, h in self.board.items() if h.mandate == mandate and h.notice is None]
        for spot in held:
            del self.board[spot]

    def _mine(self, mandate: int, items: Iterable[int]) -> set[tuple[Cell, int]]:
        """Where claims of these items are held."""
        return {
            spot for item in items if self.items[item][0] == mandate for spot in self.items[item][1]
            if spot in self.board and self.board[spot].mandate == mandate and self.board[spot].notice is None
        }  # fmt: skip

    def held_items(self, mandate: int) -> list[int]:
        return [item for item in self.items if self._mine(mandate, [item])]

    def release(self, mandate: int, items: Sequence[int]) -> None:
        for spot in self._mine(mandate, items):
            del self.board[spot]
        self._settle(mandate)

    def under_higher(self, mandate: int, items: Sequence[int]) -> bool:
        return any(self._higher(cell, level) for cell, level in self._mine(mandate, items))

    def fix_end(self, mandate: int, items: Sequence[int], day: int) -> None:
        for spot in self._mine(mandate, items):
            if spot[0].day >= day:
                del self.board[spot]
        self._settle(mandate)

    def _higher(self, cell: Cell, level: int) -> bool:
        return any(there == cell and above > level for there, above in self.board)

    def conclude(self, mandate: int, items: Sequence[int]) -> bool:
        """The team's notice on all that these items still hold."""
        mine = self._mine(mandate, items)
        if any(not self._mine(mandate, [item]) for item in items) or self.under_higher(mandate, items):
            return False
        for spot in mine:
            self.board[spot] = Holder(mandate, len(self.notices))
        self.notices.append(Notice(mandate, OFFICE, True, frozenset(cell for cell, _ in mine)))
        self._settle(mandate)
        return True

    def enter(self, mandate: int, level: int, decided: Iterable[Patch]) -> None:
        """Another body's notice: recorded as it was decided, claiming what no claim stands on."""
        self.sweep()
        there = frozenset().union(*map(cells, decided))
        taken = {cell for cell, _ in self.board}
        for cell in there - taken:
            self.board[(cell, level)] = Holder(mandate, len(self.notices))
        self.notices.append(Notice(mandate, level, False, there))

    def void(self, number: int) -> bool:
        if self.notices[number].voided or self.notices[number].ours:
            return False
        self.notices[number].voided = True
        for spot in [spot for spot, holder in self.board.items() if holder.notice == number]:
            del self.board[spot]
        return True

    def _lawful(self, number: int, asked: frozenset[Cell]) -> bool:
        notice = self.notices[number]
        if notice.voided or (not notice.ours and notice.level > OFFICE):
            return False
        standing = (self.board.get((cell, notice.level)) for cell in asked)
        return all(holder is not None and holder.notice == number for holder in standing) and not any(
            self._higher(cell, notice.level) for cell in asked
        )

    def ask(self, number: int, case: int, patches: Iterable[Patch]) -> bool:
        """What is refused changes nothing, not even what had lapsed."""
        before = self._copy()
        asked = frozenset().union(*map(cells, patches))
        self.sweep()
        if not self._lawful(number, asked):
            return self._back(before)
        mine = (a for a in self.askings if a.case == case and a.state in ("requested", "granted"))
        if any(asking.asked & asked for asking in mine):
            return self._back(before)
        self.askings.append(Asking(number, case, asked))
        return True

    def grant(self, number: int, mandate: int) -> bool:
        """Exactly what was asked goes out of the notice, and is held for the case."""
        before = self._copy()
        asking = self.askings[number]
        self.sweep()
        if asking.state != "requested" or not self._lawful(asking.notice, asking.asked):
            return self._back(before)
        for cell in asking.asked:
            del self.board[(cell, self.notices[asking.notice].level)]
        asking.out = set(asking.asked)
        if any(level >= OFFICE for cell in asking.asked for level in self._levels(cell)):
            return self._back(before)
        asking.state, asking.mandate = "granted", mandate
        self.board.update(dict.fromkeys(((cell, OFFICE) for cell in asking.asked), Holder(mandate)))
        return True

    def give_back(self, number: int) -> bool:
        asking = self.askings[number]
        if asking.state != "granted" or asking.taken_over:
            return False
        self._let_go(asking.mandate)
        assert asking.mandate is not None
        self._settle(asking.mandate)
        return True

    def _settle(self, mandate: int) -> None:
        """What nobody holds or has decided anew stands under its old notice again."""
        for asking in self.askings:
            if asking.mandate != mandate or asking.state not in ("granted", "used"):
                continue
            mine = {c: h for (c, _), h in self.board.items() if h.mandate == mandate and c in asking.asked}
            anew = {c for n in self.notices if n.mandate == mandate for c in n.decided if c in asking.asked}
            for cell in asking.out - mine.keys() - anew:
                asking.out.remove(cell)
                self.homeless.add((cell, asking.notice))
            if any(holder.notice is None for holder in mine.values()):
                continue
            asking.state = "used" if anew else "ended"
        self._take_home()

    def _take_home(self) -> None:
        for cell, number in sorted(self.homeless):
            notice = self.notices[number]
            if notice.voided:
                self.homeless.remove((cell, number))
            elif not self._higher(cell, notice.level) and (cell, notice.level) not in self.board:
                self.homeless.remove((cell, number))
                self.board[(cell, notice.level)] = Holder(notice.mandate, number)

    def free(self, wanted: Patch, level: int) -> frozenset[Cell]:
        """What a body of `level` may still take."""
        return frozenset(c for c in cells(wanted) if all(there < level for there in self._levels(c)))
