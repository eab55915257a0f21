"""Walks of mergers, splits, returns and moves of parts, and of claims asked of whoever came out of them.

The seeds are fixed: both engines walk the same ways, and each must agree with the oracle at every step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.extensions import db
from app.register import services
from app.register.boxes import Box
from app.register.models import Claim
from app.register.services import ClaimWanted
from app.units import lineage
from app.units import services as units
from app.units.models import Relation, Succession, SuccessionKind, Unit, UnitType
from tests import cast
from tests.factories import register as factory
from tests.factories import units as make
from tests.processes import DEEP
from tests.register.lineage_oracle import LineageOracle, Step
from tests.register.oracle import Cell, Holding, Patch, cells
from tests.register.walking import agree, forgotten

START = date(2026, 1, 1)
DAYS, PARTS = 8, 2
LEVELS = (10, 20, 20, 30)
CLAIM = Claim.__table__

day = st.integers(1, DAYS - 1)
one = st.integers(0, 9)
spans = st.tuples(st.integers(0, DAYS - 1), st.integers(1, DAYS)).map(
    lambda pair: (pair[0], min(pair[0] + pair[1], DAYS))
)
parts = st.sampled_from([(0, 1), (1, 2), (0, 2)])
kinds = st.sampled_from([SuccessionKind.MERGE, SuccessionKind.SPLIT, SuccessionKind.TRANSFER])
claiming = st.tuples(st.just("claim"), st.sampled_from(LEVELS), one, spans, parts, st.booleans())
forming = st.tuples(st.just("form"), st.lists(one, min_size=1, max_size=2), day, st.booleans(), kinds)
steps = st.sampled_from([
    claiming, claiming, claiming, claiming,
    forming, forming, forming,
    st.tuples(st.just("join"), one, one, day, st.booleans(), kinds),
    st.tuples(st.just("join"), one, one, day, st.just(True), kinds),
    st.tuples(st.just("move"), one, one, day),
    st.tuples(st.just("undo"), one),
]).flatmap(lambda kind: kind)  # fmt: skip


def on(number: int) -> date:
    return START + timedelta(number)


@dataclass
class Walk:
    """The product and the oracle side by side; units by the numbers of the oracle."""

    content: int
    oracle: LineageOracle = field(default_factory=lambda: LineageOracle(DAYS))
    units: list[Unit] = field(default_factory=list)
    items: int = 0
    teams: int = 0

    def add(self, born: int, whole: int | None = None) -> int:
        number = len(self.units)
        made = make.unit(
            f"WL-{number}", valid_from=on(born),
            parent=cast.PROVINCE if whole is None else self.units[whole].code,
            relation=Relation.UNDER if whole is None else Relation.PART_OF,
        )  # fmt: skip
        self.units.append(made)
        self.oracle.form(number, born)
        if whole is not None:
            self.oracle.wholes[number] = [(born, whole)]
        return number

    def pick(self, number: int) -> int:
        return number % len(self.units)

    def step(self, act: tuple[Any, ...]) -> None:
        getattr(self, act[0])(*act[1:])
        assert self.board() == self.oracle.register.board(), act
        for first in (0, 3):
            told = lineage.expand_all(self.units, on(first), on(DAYS))
            for number, unit in enumerate(self.units):
                assert self._days(told[unit.id]) == self.oracle.expand(number, first, DAYS), (act, number)

    def agree(self, expected: bool, write: Callable[[], object]) -> bool:
        return agree(expected, write, DomainError)

    def _ends(self, number: int, at: int) -> bool:
        """End the unit if nothing stands in its way; what stands beyond that day has tests of its own."""
        if not self.oracle.may_end(number, at) or self.oracle.stands_beyond(number, at):
            return False
        units.end_unit(self.units[number], on(at), actor=None)
        self.oracle.end(number, at)
        return True

    def _succeeds(self, before: int, after: int, at: int, kind: SuccessionKind) -> bool:
        step = Step(before, after, at, kind is not SuccessionKind.TRANSFER)
        pair = (self.units[before], self.units[after])
        return self.agree(
            self.oracle.succeed(step), lambda: units.add_succession(*pair, on(at), kind, actor=None)
        )

    def form(self, picked: list[int], at: int, ends: bool, kind: SuccessionKind) -> None:
        """A new unit takes over from some, which go on or end."""
        before = sorted({self.pick(number) for number in picked})
        new = self.add(at)
        for number in before:
            if self._succeeds(number, new, at, kind) and ends:
                self._ends(number, at)

    def join(self, before: int, after: int, at: int, ends: bool, kind: SuccessionKind) -> None:
        """A unit that is there takes over from another: also from one that it was formed from."""
        if self._succeeds(self.pick(before), self.pick(after), at, kind) and ends:
            self._ends(self.pick(before), at)

    def move(self, picked: int, to: int, at: int) -> None:
        """A part becomes a part of another body."""
        numbers = sorted(self.oracle.wholes)
        part, whole = numbers[picked % len(numbers)], self.pick(to)
        known = self.oracle.wholes[part]
        if whole in self.oracle.wholes or not self.oracle.exists(part, at) or known[-1][0] >= at:
            return
        name = self.units[part].name
        data = units.VersionData(
            name, UnitType.DIVISION, on(at), parent=self.units[whole], relation=Relation.PART_OF
        )
        expected = self.oracle.exists(whole, at)
        if self.agree(expected, lambda: units.add_version(self.units[part], data, actor=None)):
            known.append((at, whole))

    def undo(self, picked: int) -> None:
        if not self.oracle.steps:
            return
        gone = self.oracle.steps.pop(picked % len(self.oracle.steps))
        row = db.session.scalars(
            sa.select(Succession).filter_by(
                predecessor_id=self.units[gone.before].id, successor_id=self.units[gone.after].id,
                on_date=on(gone.day),
            )
        ).one()  # fmt: skip
        units.undo_succession(row, "Ghi nhầm", actor=cast.actor(cast.PLANNER))

    def claim(self, level: int, of: int, span: tuple[int, int], part: tuple[int, int], reason: bool) -> None:
        """A team asks one unit for a period and takes it of whoever existed on each day."""
        pieces = lineage.expand(self.units[self.pick(of)], on(span[0]), on(span[1]))
        numbers = {unit.id: number for number, unit in enumerate(self.units)}
        wanted: list[Holding] = []
        for piece in pieces:
            days = ((piece.starts_on - START).days, (piece.ends_on - START).days)
            self.items += 1
            patch = Patch(numbers[piece.unit_id], 0, *days, *part)
            wanted.append(Holding(self.items, self.teams, level, patch, reason))
        asked = [
            ClaimWanted(None, self._box(holding.patch), "Có phản ánh mới" if reason else None)
            for holding in wanted
        ]
        self.teams += 1
        team = factory.mandate(f"{self.teams}/QĐ-SNV", level=level)
        expected = self.oracle.take(wanted)
        self.agree(expected, lambda: services.claim(team, asked, actor=None))

    def _box(self, patch: Patch) -> Box:
        unit = self.units[patch.unit].id
        return Box(unit, self.content, on(patch.day_from), on(patch.day_to), patch.part_from, patch.part_to)

    def _days(self, pieces: tuple[lineage.Piece, ...]) -> set[tuple[int, int]]:
        numbers = {unit.id: number for number, unit in enumerate(self.units)}
        found = [
            (numbers[piece.unit_id], (piece.starts_on - START).days + after)
            for piece in pieces
            for after in range((piece.ends_on - piece.starts_on).days)
        ]
        assert len(found) == len(set(found)), "a day is told twice"
        return set(found)

    def board(self) -> dict[Cell, set[tuple[int, bool]]]:
        numbers = {unit.id: number for number, unit in enumerate(self.units)}
        found: dict[Cell, set[tuple[int, bool]]] = {}
        for row in db.session.execute(sa.select(CLAIM).where(CLAIM.c.ended_at.is_(None))):
            days = ((row.starts_on - START).days, (row.ends_on - START).days)
            for cell in cells(Patch(numbers[row.unit_id], 0, *days, row.part_from, row.part_to)):
                found.setdefault(cell, set()).add((row.level, row.conclusion_id is not None))
        return found


def begin() -> Walk:
    """Two bodies from the first day with a part each, and one that is formed on the third."""
    walk = Walk(factory.content("MC-11").id)
    first, second = walk.add(0), walk.add(0)
    walk.add(2)
    walk.add(0, whole=first)
    walk.add(1, whole=second)
    return walk


@settings(max_examples=300 if DEEP else 20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=8, max_size=30 if DEEP else 14))
def test_what_is_asked_of_a_unit_is_asked_of_who_it_was_on_each_day(
    session: Session, acts: list[tuple[Any, ...]]
) -> None:
    with forgotten(session):
        walk = begin()
        for act in acts:
            walk.step(act)
