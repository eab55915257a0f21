"""Walks of claims, releases, shrinks, conclusions and writes around the service, beside the oracle.

The seeds are fixed: both engines walk the same ways, and each must agree with the oracle at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import clock
from app.errors import Conflict, WrongState
from app.extensions import db
from app.register import entry, queries, recalled, services
from app.register.boxes import Box
from app.register.models import Claim, Conclusion, Mandate, MandateKind
from app.register.review import Wanted
from app.register.services import ClaimWanted
from tests import cast
from tests.factories import register as factory
from tests.processes import DEEP
from tests.register.oracle import Cell, Holding, Oracle, Patch, cells
from tests.register.walking import agree, forgotten

START = date(2026, 1, 1)
DAYS, PARTS = 6, 3
LEVELS = (20, 20, 30, 10)
ENDS_EARLY = 4
ITEMS = 40 * 3
CLAIM = Claim.__table__
TAMPERING = ("grow", "early", "move", "delete", "revive")


@st.composite
def patches(draw: st.DrawFn) -> Patch:
    day_from, part_from = draw(st.integers(0, DAYS - 1)), draw(st.integers(0, PARTS - 1))
    return Patch(
        draw(st.sampled_from((0, 0, 1))), draw(st.sampled_from((0, 0, 1))),
        day_from, draw(st.integers(day_from + 1, DAYS)), part_from, draw(st.integers(part_from + 1, PARTS)),
    )  # fmt: skip


teams = st.integers(0, len(LEVELS) - 1)
picks = st.lists(st.integers(0, 5), min_size=1, max_size=3)
steps = st.one_of(
    st.tuples(st.just("claim"), teams, st.lists(patches(), min_size=1, max_size=3), st.booleans()),
    st.tuples(st.just("claim"), teams, st.lists(patches(), min_size=1, max_size=1), st.booleans()),
    st.tuples(st.just("insert"), st.sampled_from((10, 20, 30)), patches(), st.booleans()),
    st.tuples(st.just("conclude"), teams, picks),
    st.tuples(st.just("conclude"), st.just(0), picks),
    st.tuples(st.just("claim"), st.just(0), st.lists(patches(), min_size=1, max_size=1), st.just(False)),
    st.tuples(st.just("recall"), st.integers(0, 5)),
    st.tuples(st.just("replace"), st.integers(0, 5), picks),
    st.tuples(st.just("release"), teams, picks),
    st.tuples(st.just("fix_end"), st.integers(0, 1), picks, st.integers(1, DAYS - 1)),
    st.tuples(st.just("fix_end"), teams, picks, st.integers(0, DAYS)),
    st.tuples(st.just("shorten"), st.integers(0, 9)),
    st.tuples(st.just("tamper"), st.integers(0, 9), st.sampled_from(TAMPERING)),
    st.tuples(st.just("cover"), st.sampled_from((10, 20, 30)), st.lists(patches(), min_size=1, max_size=2)),
    st.tuples(st.just("void"), st.integers(0, 5)),
    st.tuples(st.just("review"), st.sampled_from((10, 20, 30)), st.lists(patches(), min_size=1, max_size=4)),
)


@dataclass
class Walk:
    """The product and the oracle side by side."""

    units: Sequence[int]
    contents: Sequence[int]
    mandates: Sequence[Mandate]
    items: Sequence[int]
    oracle: Oracle = field(default_factory=lambda: Oracle({0: (0, DAYS), 1: (0, ENDS_EARLY)}))
    rows: dict[int, int] = field(default_factory=dict)
    used: int = 0
    conclusions: int = 0
    covered: list[Conclusion] = field(default_factory=list)
    made: list[Conclusion] = field(default_factory=list)

    def box(self, patch: Patch) -> Box:
        return Box(
            self.units[patch.unit], self.contents[patch.content], START + timedelta(patch.day_from),
            START + timedelta(patch.day_to), patch.part_from, patch.part_to,
        )  # fmt: skip

    def next_item(self) -> int:
        self.used += 1
        return self.items[self.used - 1]

    def items_of(self, team: int, picked: Sequence[int]) -> list[int]:
        """Scope items of the team, held ones while there are any; else past ones, or one of nobody."""
        mine = [h for h in self.oracle.holdings if h.mandate == team]
        open_ones = [h for h in mine if not h.ended and not h.concluded]
        known = sorted({h.item for h in open_ones or mine}) or [self.items[-1]]
        return sorted({known[index % len(known)] for index in picked})

    def step(self, act: tuple[Any, ...]) -> None:
        getattr(self, act[0])(*act[1:])
        assert self.board() == self.oracle.board(), act

    def agree(self, expected: bool, write: Callable[[], object]) -> bool:
        return agree(expected, write, Conflict, WrongState, database=True)

    def claim(self, team: int, wanted: list[Patch], with_reason: bool) -> None:
        reason = "Có phản ánh mới" if with_reason else None
        holdings = [Holding(self.next_item(), team, LEVELS[team], patch, with_reason) for patch in wanted]
        asked = [ClaimWanted(h.item, self.box(h.patch), reason) for h in holdings]
        expected = self.oracle.take(holdings)
        self.agree(expected, lambda: services.claim(self.mandates[team], asked, actor=None))

    def insert(self, level: int, patch: Patch, with_reason: bool) -> None:
        team = LEVELS.index(level)
        holding = Holding(self.next_item(), team, level, patch, with_reason)
        box = self.box(patch)
        write = sa.insert(CLAIM).values(
            scope_item_id=holding.item, mandate_id=self.mandates[team].id, level=level, unit_id=box.unit_id,
            content_id=box.content_id, part_from=box.part_from, part_to=box.part_to, starts_on=box.starts_on,
            ends_on=box.ends_on, created_at=clock.now(), override_reason="Vì" if with_reason else None,
        )  # fmt: skip
        self.agree(self.oracle.take([holding], told=False), lambda: db.session.execute(write))

    def conclude(self, team: int, picked: list[int]) -> None:
        items = self.items_of(team, picked)
        expected = self.oracle.conclude(team, items)
        self._decide(expected, team, lambda made: services.conclude(self._concluded(items), made, actor=None))

    def _decide(self, expected: bool, team: int, write: Callable[[Conclusion], object]) -> None:
        """A new conclusion of the team and what is written with it, or neither."""
        self.conclusions += 1
        written: list[Conclusion] = []

        def both() -> None:
            mandate = self.mandates[team]
            written.append(
                factory.conclusion(f"{self.conclusions}/TB-SNV", under=mandate, level=mandate.level)
            )
            write(written[0])

        self.agree(expected, both)
        if expected:
            self.made += written

    def _concluded(self, items: Sequence[int]) -> list[services.Concluded]:
        return [services.Concluded(item, "met", "X") for item in items]

    def recall(self, pick: int) -> None:
        if not self.made:
            return
        number = pick % len(self.made)
        expected = self.oracle.recall(number)
        self.agree(expected, lambda: recalled.recall(self.made[number], "Số liệu sai", actor=None))

    def replace(self, pick: int, picked: list[int]) -> None:
        if not self.made:
            return
        number = pick % len(self.made)
        team = self.oracle.decisions[number].mandate
        known = sorted({h.item for h in self.oracle.live() if h.mandate == team}) or [self.items[-1]]
        items = sorted({known[index % len(known)] for index in picked})
        expected, old = self.oracle.replace(number, items), self.made[number]
        self._decide(
            expected, team, lambda new: recalled.replace(old, new, self._concluded(items), actor=None)
        )

    def release(self, team: int, picked: list[int]) -> None:
        items = self.items_of(team, picked)
        self.agree(
            self.oracle.release(team, items),
            lambda: services.release(items, "Chưa kiểm tra", actor=None, mandate=self.mandates[team]),
        )

    def fix_end(self, team: int, picked: list[int], day: int) -> None:
        items = self.items_of(team, picked)
        end = START + timedelta(day)
        self.agree(
            self.oracle.fix_end(team, items, day),
            lambda: services.fix_end(items, end, actor=None, mandate=self.mandates[team]),
        )

    def _row(self, pick: int) -> tuple[Holding, sa.Update] | None:
        if not self.oracle.holdings:
            return None
        holding = self.oracle.holdings[pick % len(self.oracle.holdings)]
        return holding, sa.update(CLAIM).where(CLAIM.c.scope_item_id == holding.item)

    def shorten(self, pick: int) -> None:
        if (found := self._row(pick)) is not None:
            holding, update = found
            end = START + timedelta(holding.patch.day_to - 1)
            self.agree(self.oracle.shorten(holding), lambda: db.session.execute(update.values(ends_on=end)))

    def tamper(self, pick: int, how: str) -> None:
        found = self._row(pick)
        if found is None or (how == "revive" and not found[0].ended):
            return
        holding, update = found
        other = self.units[1 - holding.patch.unit]
        writes: dict[str, sa.Update | sa.Delete] = {
            "grow": update.values(ends_on=START + timedelta(holding.patch.day_to + 1)),
            "early": update.values(starts_on=START + timedelta(holding.patch.day_from - 1)),
            "move": update.values(unit_id=other),
            "delete": sa.delete(CLAIM).where(CLAIM.c.scope_item_id == holding.item),
            "revive": update.values(ended_at=None, ended_reason=None),
        }
        self.agree(False, lambda: db.session.execute(writes[how]))

    def cover(self, level: int, wanted: list[Patch]) -> None:
        """Another body's conclusion, on days on which its units were there (entry.record sees to that)."""
        cut = [p._replace(day_to=min(p.day_to, self.oracle.lives[p.unit][1])) for p in wanted]
        decided = [patch for patch in cut if patch.day_from < patch.day_to]
        self.oracle.cover(level, decided)
        made = factory.conclusion(
            f"{len(self.covered) + 1}/KL-TTr", body="Thanh tra tỉnh", level=level,
            under=factory.mandate("", level=level, body="Thanh tra tỉnh", kind=MandateKind.OTHER_BODY),
        )  # fmt: skip
        services.cover(made, [(self.box(patch), "met", "X") for patch in decided], actor=None)
        self.covered.append(made)

    def void(self, pick: int) -> None:
        if not self.covered:
            return
        number = pick % len(self.covered)
        self.agree(
            self.oracle.void(number),
            lambda: entry.void(self.covered[number], "Ghi nhầm", actor=cast.actor(cast.CLERK)),
        )

    def review(self, level: int, wanted: list[Patch]) -> None:
        asked = [Wanted(patch, self.box(patch)) for patch in wanted]
        answer = queries.review(asked, level=level)
        for patch, item in zip(wanted, answer.items, strict=True):
            pieces = [self._cells(box) for box in item.free]
            union = frozenset().union(*pieces)
            assert union == self.oracle.free(patch, level)
            assert sum(map(len, pieces)) == len(union), "the pieces overlap"
            assert item.is_free is (union == cells(patch))
            refused = frozenset().union(*(self._cells(refusal.box) for refusal in item.refusals))
            assert refused == cells(patch) - union

    def _cells(self, box: Box) -> frozenset[Cell]:
        return cells(
            Patch(
                list(self.units).index(box.unit_id), list(self.contents).index(box.content_id),
                (box.starts_on - START).days, (box.ends_on - START).days, box.part_from, box.part_to,
            )
        )  # fmt: skip

    def board(self) -> dict[Cell, set[tuple[int, bool]]]:
        found: dict[Cell, set[tuple[int, bool]]] = {}
        for row in db.session.execute(sa.select(CLAIM).where(CLAIM.c.ended_at.is_(None))):
            box = Box(row.unit_id, row.content_id, row.starts_on, row.ends_on, row.part_from, row.part_to)
            for cell in self._cells(box):
                found.setdefault(cell, set()).add((row.level, row.conclusion_id is not None))
        return found


def begin() -> Walk:
    end, early_end = START + timedelta(DAYS), START + timedelta(ENDS_EARLY)
    early = factory.unit("WALK-B", "UBND xã Thí Dụ B", valid_from=START, valid_to=early_end)
    late = factory.unit("WALK-A", "UBND xã Thí Dụ A", valid_from=START, valid_to=end)
    item = factory.scope(cast.LONG_PHUOC, ["MC-05"], START, START)[0]
    rows = [
        {
            "inspected_unit_id": item.inspected_unit_id, "unit_id": item.unit_id, "field_label": "",
            "criterion_id": item.criterion_id, "part_from": number, "part_to": number + 1,
            "starts_on": START, "ends_on": START + timedelta(days=1),
        }
        for number in range(1, ITEMS)
    ]  # fmt: skip
    table: Any = type(item).__table__
    db.session.execute(sa.insert(table), rows)
    items = db.session.scalars(
        sa.select(table.c.id).where(table.c.inspected_unit_id == item.inspected_unit_id).order_by(table.c.id)
    ).all()
    contents = [factory.content("MC-11").id, factory.content("MC-13").id]
    mandates = [factory.mandate(f"{number}/QĐ-SNV", level=level) for number, level in enumerate(LEVELS, 1)]
    return Walk([late.id, early.id], contents, mandates, list(items))


@settings(max_examples=300 if DEEP else 60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=10, max_size=30 if DEEP else 18))
def test_the_register_agrees_with_the_oracle_after_every_step(
    session: Session, acts: list[tuple[Any, ...]]
) -> None:
    with forgotten(session):
        walk = begin()
        for act in acts:
            walk.step(act)
