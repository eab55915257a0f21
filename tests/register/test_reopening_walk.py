"""Walks of requests, grants, cases that use them or not, higher bodies in between, reservations that lapse.

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
from app.register import entry, queries, reopening, services
from app.register.boxes import Box
from app.register.models import Claim, Conclusion, Level, Mandate, MandateKind, Reopening
from app.register.reopening import Grant
from app.register.review import Wanted
from app.register.services import ClaimWanted, Concluded
from tests import cast
from tests.factories import register as factory
from tests.processes import DEEP
from tests.register.oracle import Cell, Patch, cells
from tests.register.reopened_oracle import OFFICE, ReopenedOracle
from tests.register.reopenings import ASKED, leader, planner
from tests.register.walking import agree, forgotten

START, TODAY = date(2026, 1, 1), date(2026, 9, 23)
DAYS, PARTS, CONTENTS, CASES = 4, 2, 2, 2
ITEMS = 90
CLAIM = Claim.__table__


@st.composite
def patches(draw: st.DrawFn) -> Patch:
    day_from, part_from = draw(st.integers(0, DAYS - 1)), draw(st.integers(0, PARTS - 1))
    return Patch(
        0, draw(st.sampled_from((0, 0, 0, 1))),
        day_from, draw(st.integers(day_from + 1, DAYS)), part_from, draw(st.integers(part_from + 1, PARTS)),
    )  # fmt: skip


number = st.integers(0, 5)
picks = st.lists(st.integers(0, 5), min_size=1, max_size=3)
some = st.lists(patches(), min_size=1, max_size=2)
case = st.integers(0, CASES - 1)
all_of_it = st.just(list[Patch]())
WHOLE = [Patch(0, content, 0, DAYS, 0, PARTS) for content in range(CONTENTS)]
reopening_it = st.tuples(st.just("reopen"), number, case, st.one_of(some, some, all_of_it))
deciding = st.tuples(st.just("decide"), st.one_of(some, st.just(WHOLE[:1])), case, st.booleans())
newest = st.just(0)
mostly = [reopening_it] * 6 + [deciding] * 5
steps = st.sampled_from([
    *mostly,
    st.tuples(st.just("take"), st.sampled_from((10, 20, 30, 30)), some, st.booleans()),
    st.tuples(st.just("take"), st.just(30), some, st.just(True)),
    st.tuples(st.just("conclude"), newest, picks), st.tuples(st.just("conclude"), number, picks),
    st.tuples(st.just("release"), newest, picks), st.tuples(st.just("release"), number, picks),
    st.tuples(st.just("fix_end"), number, picks, st.integers(0, DAYS)),
    st.tuples(st.just("give_back"), number), st.tuples(st.just("give_back"), number),
    st.tuples(st.just("pass_by"), some, number, picks, st.integers(0, DAYS)),
    st.tuples(st.just("pass_by"), st.just(WHOLE[:1]), number, picks, st.integers(0, DAYS)),
    st.tuples(st.just("ask"), number, case, some),
    st.tuples(st.just("grant"), number),
    st.tuples(st.just("enter"), st.sampled_from((10, 20, 30)), some),
    st.tuples(st.just("void"), number),
    st.tuples(st.just("tick"), st.integers(1, 2)),
]).flatmap(lambda kind: kind)  # fmt: skip
BEFORE: list[tuple[Any, ...]] = [
    ("enter", 10, WHOLE[1:]), ("take", OFFICE, WHOLE, True), ("conclude", 0, [0, 1])
]  # fmt: skip
"""A commune concluded the second content, and over it and beside it the office both."""


@dataclass
class Walk:
    """The product and the oracle side by side. Numbers of mandates and notices are those of the oracle."""

    unit: int
    contents: Sequence[int]
    cases: Sequence[int]
    items: Sequence[int]
    oracle: ReopenedOracle = field(default_factory=ReopenedOracle)
    mandates: list[Mandate] = field(default_factory=list)
    notices: list[Conclusion] = field(default_factory=list)
    requests: list[Reopening] = field(default_factory=list)
    used: int = 0

    @property
    def today(self) -> date:
        return TODAY + timedelta(self.oracle.today)

    def box(self, patch: Patch) -> Box:
        return Box(
            self.unit, self.contents[patch.content], START + timedelta(patch.day_from),
            START + timedelta(patch.day_to), patch.part_from, patch.part_to,
        )  # fmt: skip

    def mandate(self, level: int, kind: MandateKind = MandateKind.OWN) -> int:
        self.mandates.append(factory.mandate(f"{len(self.mandates) + 1}/QĐ-SNV", level=level, kind=kind))
        return len(self.mandates) - 1

    def step(self, act: tuple[Any, ...]) -> None:
        with clock.frozen(clock.at(self.today)):
            getattr(self, act[0])(*act[1:])
        with clock.frozen(clock.at(self.today)):
            assert self.board() == self.oracle.board.items(), act
            assert [r.state.value for r in self.requests] == [a.state for a in self.oracle.askings], act
            for content in range(CONTENTS):
                self.review(Patch(0, content, 0, DAYS, 0, PARTS), act)

    def agree(self, expected: bool, write: Callable[[], object]) -> bool:
        done = agree(expected, write, Conflict, WrongState, database=True)
        db.session.expire_all()
        return done

    def take(
        self, level: int, wanted: list[Patch], with_reason: bool, handed: Sequence[int] = (),
        lapses: int | None = None,
    ) -> None:  # fmt: skip
        """A new team; what was reopened for its case becomes its own."""
        team = self.mandate(level)
        reason = "Có phản ánh mới" if with_reason else None
        mine = list(enumerate(wanted, self.used))
        self.used += len(mine)
        asked = [ClaimWanted(self.items[item], self.box(patch), reason) for item, patch in mine]
        until = None if lapses is None else TODAY + timedelta(lapses)
        expected = self.oracle.take(team, level, mine, reason=with_reason, lapses=lapses, handed=handed)
        self.agree(
            expected,
            lambda: services.claim(
                self.mandates[team], asked, actor=None, lapses_on=until,
                reopenings=[self.requests[number] for number in handed],
            ),
        )  # fmt: skip

    def decide(self, wanted: list[Patch], case: int, lapses: bool) -> None:
        """The case is decided, for good or as a reservation of two days."""
        handed = [
            number for number, one in enumerate(self.oracle.askings)
            if one.case == case and one.state == "granted" and not one.taken_over
        ]  # fmt: skip
        self.take(OFFICE, wanted, True, handed, self.oracle.today + 1 if lapses else None)

    def _team(self, pick: int, level: int | None = None) -> int | None:
        """A team that holds something, the newest ones first."""
        teams = [
            n for n, mandate in enumerate(self.mandates)
            if self.oracle.held_items(n) and level in (None, mandate.level)
        ]  # fmt: skip
        return teams[-1 - pick % len(teams)] if teams else None

    def _held(self, team: int, picked: Sequence[int]) -> list[int]:
        mine = self.oracle.held_items(team)
        return sorted({mine[index % len(mine)] for index in picked})

    def conclude(self, pick: int, picked: list[int]) -> None:
        team = self._team(pick, OFFICE)
        if team is None:
            return
        items = self._held(team, picked)
        told = [Concluded(self.items[item], "met", "X") for item in items]
        made: list[Conclusion] = []

        def write() -> None:
            made.append(factory.conclusion(f"{len(self.notices)}/TB-SNV", under=self.mandates[team]))
            services.conclude(told, made[-1], actor=None)

        if self.agree(self.oracle.conclude(team, items), write):
            self.notices += made

    def enter(self, level: int, decided: list[Patch]) -> None:
        under = self.mandate(level, MandateKind.OTHER_BODY)
        made = factory.conclusion(f"{len(self.notices)}/KL-TTr", under=self.mandates[under], level=level)
        self.oracle.enter(under, level, decided)
        services.cover(made, [(self.box(patch), "met", "X") for patch in decided], actor=None)
        self.notices.append(made)

    def void(self, pick: int) -> None:
        if self.notices:
            number = pick % len(self.notices)
            told = (self.notices[number], "Ghi nhầm")
            self.agree(self.oracle.void(number), lambda: entry.void(*told, actor=cast.actor(cast.CLERK)))

    def ask(self, pick: int, case: int, wanted: list[Patch]) -> None:
        """Without patches: all that the notice still claims."""
        if not self.notices:
            return
        number = pick % len(self.notices)
        asked = wanted or [
            Patch(0, cell.content, cell.day, cell.day + 1, cell.part, cell.part + 1)
            for (cell, _), holder in self.oracle.board.items()
            if holder.notice == number
        ]
        boxes = [self.box(patch) for patch in asked]
        made: list[Reopening] = []

        def write() -> None:
            case_id = self.cases[case]
            made.append(
                reopening.request(
                    self.notices[number], case_id, boxes, ASKED, level=OFFICE, actor=planner()
                )
            )  # fmt: skip

        if not boxes:
            return
        expected = not self._reaches_under_higher(number, boxes) and self.oracle.ask(number, case, asked)
        if self.agree(expected, write):
            self.requests += made

    def reopen(self, pick: int, case: int, wanted: list[Patch]) -> None:
        """Asked, and if that is allowed decided at once."""
        before = len(self.requests)
        self.ask(pick, case, wanted)
        if len(self.requests) > before:
            self.grant(before)

    def grant(self, pick: int) -> None:
        if not self.requests:
            return
        number = pick % len(self.requests)
        request = self.requests[number]
        answer = Grant(f"{number + 131}/QĐ-SNV", self.today, Level.DEPARTMENT, "Sở Nội vụ")
        boxes = reopening.boxes_of(request)
        under = self._reaches_under_higher(self.oracle.askings[number].notice, boxes)
        expected = not under and self.oracle.grant(number, len(self.mandates))
        if self.agree(expected, lambda: reopening.grant(request, answer, actor=leader())):
            assert request.mandate is not None
            self.mandates.append(request.mandate)

    def _reaches_under_higher(self, number: int, boxes: Sequence[Box]) -> bool:
        """A claim of the notice that is to be cut reaches under a higher body beyond what is asked: it is not
        cut, for what is left of it could not be written again."""
        live = self._live()
        mine = [row for row in live if row.conclusion_id == self.notices[number].id]
        return any(
            _box(row).meets(box) and any(o.level > row.level and _box(o).meets(_box(row)) for o in live)
            for row in mine
            for box in boxes
        )

    def give_back(self, pick: int) -> None:
        if self.requests:
            number = pick % len(self.requests)
            told = (self.requests[number], "Đơn đã được rút")
            self.agree(self.oracle.give_back(number), lambda: reopening.end_reserved(*told, actor=planner()))

    def pass_by(self, wanted: list[Patch], pick: int, picked: list[int], day: int) -> None:
        """A higher body goes over it, a reopening is given back meanwhile, the higher body ends earlier."""
        self.take(Level.PROVINCE, wanted, True)
        self.give_back(pick)
        if day:
            self.fix_end(0, picked, day)
        else:
            self.release(0, picked)

    def release(self, pick: int, picked: list[int]) -> None:
        team = self._team(pick)
        if team is not None:
            items = self._held(team, picked)
            self.oracle.release(team, items)
            ids = [self.items[item] for item in items]
            services.release(ids, "Chưa kiểm tra", actor=None, mandate=self.mandates[team])

    def fix_end(self, pick: int, picked: list[int], day: int) -> None:
        team = self._team(pick)
        if team is not None and not self.oracle.under_higher(team, items := self._held(team, picked)):
            self.oracle.fix_end(team, items, day)
            ids, end = [self.items[item] for item in items], START + timedelta(day)
            services.fix_end(ids, end, actor=None, mandate=self.mandates[team])

    def tick(self, days: int) -> None:
        self.oracle.today += days

    def review(self, patch: Patch, act: tuple[Any, ...]) -> None:
        for level in (10, OFFICE):
            (item,) = queries.review([Wanted(0, self.box(patch))], level=level).items
            free = frozenset().union(*(self._cells(box) for box in item.free))
            assert free == self.oracle.free(patch, level), (act, level)

    def _cells(self, box: Box) -> frozenset[Cell]:
        first, last = (box.starts_on - START).days, (box.ends_on - START).days
        content = list(self.contents).index(box.content_id)
        return cells(Patch(0, content, first, last, box.part_from, box.part_to))

    def _live(self) -> Sequence[Any]:
        return db.session.execute(sa.select(CLAIM).where(CLAIM.c.ended_at.is_(None))).all()

    def board(self) -> Any:
        """As the oracle keeps it."""
        mandates = {mandate.id: number for number, mandate in enumerate(self.mandates)}
        notices: dict[int | None, int] = {notice.id: number for number, notice in enumerate(self.notices)}
        found: dict[tuple[Cell, int], tuple[int, int | None, int | None]] = {}
        for row in self._live():
            notice = notices.get(row.conclusion_id)
            lapses = (row.lapses_on - TODAY).days if row.lapses_on and notice is None else None
            for cell in self._cells(_box(row)):
                assert (cell, row.level) not in found, "two claims of one level"
                found[(cell, row.level)] = (mandates[row.mandate_id], notice, lapses)
        return found.items()


def _box(row: Any) -> Box:
    return Box(row.unit_id, row.content_id, row.starts_on, row.ends_on, row.part_from, row.part_to)


def begin() -> Walk:
    unit = factory.unit("WALK-R", "UBND xã Thí Dụ R")
    scopes = [factory.scope(cast.LONG_PHUOC, ["MC-05"], START + timedelta(n), TODAY)[0] for n in range(CASES)]
    item = scopes[0]
    table: Any = type(item).__table__
    values = {
        "inspected_unit_id": item.inspected_unit_id, "unit_id": item.unit_id, "field_label": "",
        "criterion_id": item.criterion_id, "starts_on": START, "ends_on": START + timedelta(1),
    }  # fmt: skip
    db.session.execute(
        sa.insert(table), [{**values, "part_from": n, "part_to": n + 1} for n in range(1, ITEMS)]
    )
    mine = sa.select(table.c.id).where(table.c.inspected_unit_id == item.inspected_unit_id)
    items = db.session.scalars(mine.order_by(table.c.id)).all()
    contents = [factory.content("MC-11").id, factory.content("MC-13").id]
    return Walk(unit.id, contents, [one.inspected_unit.inspection_id for one in scopes], list(items))


@settings(max_examples=300 if DEEP else 16, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=8, max_size=30 if DEEP else 14))
def test_what_is_reopened_is_decided_anew_or_stands_as_it_stood(
    session: Session, acts: list[tuple[Any, ...]]
) -> None:
    with forgotten(session):
        walk = begin()
        for act in (*BEFORE, *acts):
            walk.step(act)
