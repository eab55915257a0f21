"""Who a unit was on each day, and what stands near it, day by day in plain Python; nothing of the product."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.register.oracle import Cell, Holding, Oracle, cells


class Step(NamedTuple):
    """`after` takes over from `before` on the day; content goes along unless only a function moves."""

    before: int
    after: int
    day: int
    content: bool


@dataclass
class LineageOracle:
    """`born`, `gone`: first day of each unit and the first one without it. `wholes`: part → (day, the body it
    is a part of from then on), in order of days."""

    days: int
    born: dict[int, int] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    wholes: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    register: Oracle = field(default_factory=lambda: Oracle({}))

    def form(self, unit: int, day: int) -> None:
        self.born[unit] = day
        self.register.lives[unit] = (day, self.days)

    def exists(self, unit: int, day: int) -> bool:
        return self.born[unit] <= day < self.gone.get(unit, self.days)

    def may_end(self, unit: int, day: int) -> bool:
        parts = (part for part in self.wholes if self.exists(part, day) and self.whole_of(part, day) == unit)
        changed = any(since >= day for since, _ in self.wholes.get(unit, ()))
        return unit not in self.gone and day > self.born[unit] and not changed and not any(parts)

    def end(self, unit: int, day: int) -> None:
        self.gone[unit] = day
        self.register.lives[unit] = (self.born[unit], day)

    def stands_beyond(self, unit: int, day: int) -> bool:
        return any(cell.unit == unit and cell.day >= day for cell in self.register.board())

    def succeed(self, step: Step) -> bool:
        """Nothing passes through a unit within one day; what was given away may come back later."""
        known = any((s.before, s.after, s.day) == (step.before, step.after, step.day) for s in self.steps)
        through = any(
            s.day == step.day and (s.after == step.before or s.before == step.after) for s in self.steps
        )
        there = self.exists(step.after, step.day) and self.exists(step.before, step.day - 1)
        if step.before == step.after or known or through or not there:
            return False
        self.steps.append(step)
        return True

    def who(self, unit: int, day: int, until: int | None = None) -> set[int]:
        """Who answers for the unit on the day: itself while it exists; before, those it was formed from, as
        they were when they gave."""
        if day >= self.born[unit]:
            return {unit} if self.exists(unit, day) else set()
        found: set[int] = set()
        for step in self.steps:
            if step.after == unit and step.content and (until is None or step.day < until):
                found |= self.who(step.before, day, step.day)
        return found

    def expand(self, unit: int, first: int, last: int) -> set[tuple[int, int]]:
        """(unit, day) for every day of the half-open period."""
        return {(who, day) for day in range(first, last) for who in self.who(unit, day)}

    def whole_of(self, part: int, day: int) -> int | None:
        """The body it is a part of on the day."""
        found = None
        for since, whole in self.wholes.get(part, ()):
            if since <= day and self.exists(part, day):
                found = whole
        return found

    def near(self, cell: Cell) -> bool:
        """Something stands that day on the body the unit is a part of, or on a part of it."""
        kin = {part for part in self.wholes if self.whole_of(part, cell.day) == cell.unit}
        if (whole := self.whole_of(cell.unit, cell.day)) is not None:
            kin.add(whole)
        return any(cell._replace(unit=one) in self.register.board() for one in kin)

    def take(self, wanted: list[Holding]) -> bool:
        """A reason is also needed where something stands near."""
        without = [holding for holding in wanted if not holding.reason]
        if any(self.near(cell) for holding in without for cell in cells(holding.patch)):
            return False
        return self.register.take(wanted)
