"""Walks of whole lives of tasks beside a plain model: who may do what, which date counts, what is late.

Reported, handed in, sent back, extended, reviewed, watched, come back, urged, given to others, withdrawn, the
unit dissolved, the calendar changed; by everybody, from a fresh page or an old one. Both engines walk alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines import services as calendars
from app.deadlines.badge import DeadlineKind
from app.deadlines.models import DayKind
from app.deadlines.seeds import DayEntry, shipped_days
from app.errors import DomainError, NotFound
from app.remediation import services
from app.remediation.models import DirectiveKind, Product, ProgressStatus, Task
from app.remediation.values import (
    AssignValues,
    DirectiveAnswer,
    DirectiveValues,
    ExtensionValues,
    LineValues,
    Officer,
    ProgressValues,
    ReportValues,
    RequestValues,
    ReviewValues,
    ScheduleValues,
    StepValues,
)
from app.units import services as units
from app.units.models import SuccessionKind
from tests import cast
from tests.factories import remediation as made
from tests.processes import DEEP
from tests.register.walking import agree, forgotten
from tests.remediation.task_boards import (
    board,
    expected,
    expected_figures,
    lists_of,
    sheets,
    shown_figures,
    steps_of,
)
from tests.remediation.task_lives import ACTS, ENDING, FIRST, PARTS, SILENT, base_of, life, tell
from tests.remediation.task_model import Model, Piece

Write = Callable[[], object]


@dataclass
class Walk:
    """The product and the model side by side, on one clock. `done`: how often each act was allowed."""

    tasks: list[Task]
    model: Model
    moment: datetime
    done: Counter[str]
    people: dict[int, str]

    def step(self, verb: str, args: tuple[Any, ...], is_fresh: bool) -> None:
        self.moment += timedelta(minutes=1)
        with clock.frozen(self.moment):
            before, kept = [task.version for task in self.tasks], sheets()
            write = getattr(self, verb)(*args, is_fresh)
            done = is_fresh and tell(self.model, verb, args)
            agree(done or verb in ENDING, write, DomainError)
        self.done[verb] += done
        if verb == "wait":
            self.moment += timedelta(args[0])
        with clock.frozen(self.moment):
            if verb == "calendar":  # it counts from its own day on
                self.model.works = deadlines.current_calendar().is_working
            assert board(self.tasks, self.people) == expected(self.model), (verb, args)
            assert shown_figures() == expected_figures(self.model), (verb, args)
            now = sheets()
            assert {key: now[key] for key in kept} == kept, "what was acknowledged stays as it was"
            assert len(now) - len(kept) == (done and verb in ("take", "acknowledge")), (verb, args)
        moved = [task.version != version for task, version in zip(self.tasks, before, strict=True)]
        assert any(moved) is (done and verb not in SILENT), (verb, args)

    def _version(self, n: int, is_fresh: bool) -> int:
        return self.tasks[n].version - (not is_fresh)

    def _on(self, days: int | None) -> date | None:
        return None if days is None else self.model.today + timedelta(days)

    # --- the unit's side

    def progress(self, part: str, n: int, done: bool, evidence: bool, is_fresh: bool) -> Write:
        values = ProgressValues(
            ProgressStatus.DONE if done else ProgressStatus.DOING, "Đã niêm yết",
            cause="" if done else "Thiếu người", reference="31/TB-UBND" if evidence else "",
            document_on=self.model.today if evidence else None,
        )  # fmt: skip
        return lambda: services.report_progress(
            self.tasks[n], values, actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def submit(self, part: str, n: int, is_fresh: bool) -> Write:
        return lambda: services.submit(
            self.tasks[n], actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def report(self, part: str, numbers: Sequence[int], days_ago: int, is_fresh: bool) -> Write:
        chosen, on = sorted(numbers), self.model.today - timedelta(days_ago)
        versions = [self._version(n, is_fresh or n != chosen[-1]) for n in chosen]
        return lambda: services.submit_report(
            [self.tasks[n] for n in chosen], ReportValues("87/BC-UBND", on), actor=cast.actor(part),
            versions=versions,
        )  # fmt: skip

    def assign(self, part: str, n: int, helpers: int, internal: int | None, is_fresh: bool) -> Write:
        values = AssignValues(
            Officer("Vũ Thị Giả Sử"), (Officer("Hồ Văn Thí Nghiệm"),) * helpers, self._on(internal)
        )
        return lambda: services.assign(
            self.tasks[n], values, actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def plan(self, part: str, n: int, steps: int, is_fresh: bool) -> Write:
        step = StepValues("Rà soát", "Danh sách", "Công chức", self.model.today)
        reason = f"Chờ phần mềm, lần {self.model.pieces[n].schedules}"  # said again as it stands it is no act
        return lambda: services.set_schedule(
            self.tasks[n], ScheduleValues(reason, (step,) * steps), actor=cast.actor(part),
            version=self._version(n, is_fresh),
        )  # fmt: skip

    def tick(self, part: str, n: int, is_fresh: bool) -> Write:
        """The first step that is not done."""

        def write() -> None:
            left = [row for row in steps_of(self.tasks[n]) if row.done_on is None]
            if not left:
                raise NotFound
            services.finish_step(
                self.tasks[n], left[0], None, actor=cast.actor(part), version=self._version(n, is_fresh)
            )

        return write

    def judge(self, part: str, n: int, product: int, verdict: str, is_fresh: bool) -> Write:
        task = self.tasks[n]
        result_id = task.results[product % len(task.results)].id
        act = services.accept_result if verdict == "accepted" else services.return_result
        return lambda: act(
            task, result_id, actor=cast.actor(part), comment="Xem lại", version=self._version(n, is_fresh)
        )

    def accept(self, part: str, n: int, is_fresh: bool) -> Write:
        return lambda: services.accept_whole(
            self.tasks[n], actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def send_back(self, part: str, n: int, worded: bool, until: int, is_fresh: bool) -> Write:
        return lambda: services.send_back(
            self.tasks[n], actor=cast.actor(part), comment="Thiếu ảnh" if worded else "",
            due_on=self._on(until), version=self._version(n, is_fresh),
        )  # fmt: skip

    def watch(self, part: str, n: int, until: int, every: int | None, is_fresh: bool) -> Write:
        return lambda: services.watch(
            self.tasks[n], until=self._on(until), every=every, actor=cast.actor(part),
            version=self._version(n, is_fresh),
        )  # fmt: skip

    def finish(self, part: str, n: int, is_fresh: bool) -> Write:
        return lambda: services.finish_watch(
            self.tasks[n], actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def recur(self, part: str, n: int, until: int, is_fresh: bool) -> Write:
        return lambda: services.recur(
            self.tasks[n], actor=cast.actor(part), comment="Lại thiếu", due_on=self._on(until),
            version=self._version(n, is_fresh),
        )  # fmt: skip

    def extend(
        self, part: str, n: int, asker: str, decider: str, more: int, days_ago: int, numbered: bool,
        is_fresh: bool,
    ) -> Write:  # fmt: skip
        values = ExtensionValues(
            base_of(self.model, n) + timedelta(more), "Chờ phần mềm", cast.person(asker).id,
            self.model.today - timedelta(days_ago), cast.person(decider).id,
            "Công văn số 9/SNV" if numbered else "",
        )  # fmt: skip
        return lambda: services.extend(
            self.tasks[n], values, actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def ask(self, part: str, n: int, more: int, days_ago: int, is_fresh: bool) -> Write:
        today = self.model.today
        values = RequestValues(
            base_of(self.model, n) + timedelta(more),
            "Chờ phần mềm",
            "9/UBND",
            today,
            today - timedelta(days_ago),
        )
        return lambda: services.request_extension(
            self.tasks[n], values, actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def refuse(self, part: str, n: int, decider: str, numbered: bool, is_fresh: bool) -> Write:
        return lambda: services.refuse_extension(
            self.tasks[n], decided_by=cast.person(decider).id, reason="Đủ điều kiện làm",
            reference="10/SNV" if numbered else "", actor=cast.actor(part),
            version=self._version(n, is_fresh),
        )  # fmt: skip

    def take(self, part: str, n: int, _fresh: bool) -> Write:
        found = lists_of(self.tasks[n])

        def write() -> None:
            if not found:
                raise NotFound
            services.acknowledge_list(found[-1], actor=cast.actor(part))

        return write

    def review(self, part: str, n: int, again: int | None, fixed: int | None, is_fresh: bool) -> Write:
        values = ReviewValues("Chưa nâng cấp xong", self._on(again), self._on(fixed))
        return lambda: services.review(
            self.tasks[n], values, actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def follower(self, part: str, n: int, to: str, is_fresh: bool) -> Write:
        return lambda: services.set_follower(
            [self.tasks[n]], cast.person(to).id, reason="Phân công lại", actor=cast.actor(part),
            version=self._version(n, is_fresh),
        )  # fmt: skip

    def urge(self, part: str, n: int, paper: str, is_fresh: bool) -> Write:
        values = LineValues(urged_reference=paper, urged_on=self.model.today)
        return lambda: services.edit_line(
            self.tasks[n], values, actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def direct(
        self, part: str, n: int, kind: str, by: int, more: int, to: str, is_fresh: bool
    ) -> Write:  # fmt: skip
        values = DirectiveValues(
            DirectiveKind(kind), "Khẩn trương", self.model.today + timedelta(by),
            base_of(self.model, n) + timedelta(more), cast.person(cast.HEAD).id, self.model.today,
            cast.person(to).id,
        )  # fmt: skip
        return lambda: services.direct(
            self.tasks[n], values, actor=cast.actor(part), version=self._version(n, is_fresh)
        )

    def answer(self, part: str, n: int, kind: str, is_fresh: bool) -> Write:
        """The newest question of the kind."""
        asked = [row for row in self.tasks[n].directives if row.kind.value == kind]
        values = DirectiveAnswer("Đã giao xử lý", "40/UBND", self.model.today)

        def write() -> None:
            if not asked:
                raise NotFound
            services.answer(asked[-1], values, actor=cast.actor(part), version=self._version(n, is_fresh))

        return write

    # --- what comes from elsewhere

    def withdraw(self, n: int, _fresh: bool) -> Write:
        return lambda: services.withdraw([self.tasks[n]], "Thông báo thu hồi", about_also=(), actor=None)

    def calendar(self, day: int, _fresh: bool) -> Write:
        """Another day off: nothing that was counted before moves."""
        storm = DayEntry(self.model.today + timedelta(day), DayKind.OFF, "Nghỉ do bão", "Công điện", True)
        days = {entry.day: entry for entry in [*shipped_days(), storm]}
        return lambda: calendars.publish_calendar(list(days.values()), None)

    def dissolve(self, _fresh: bool) -> Write:
        gone, heir, day = cast.unit(cast.LONG_PHUOC), cast.unit(cast.AN_PHUOC), self.model.today

        def end() -> None:
            if gone.valid_to is None:
                units.end_unit(cast.unit(cast.CULTURE), day, actor=None)
                units.end_unit(gone, day, actor=None)
                units.add_succession(gone, heir, day, SuccessionKind.MERGE, actor=None)

        return end

    def hand_over(self, part: str, n: int, is_fresh: bool) -> Write:
        return lambda: services.hand_over(
            cast.unit(cast.LONG_PHUOC), [self.tasks[n]], actor=cast.actor(part),
            versions=[self._version(n, is_fresh)],
        )  # fmt: skip

    def acknowledge(self, part: str, n: int, paper: bool, _fresh: bool) -> Write:
        return lambda: services.acknowledge_handover(
            self.tasks[n].handovers, actor=cast.actor(part), reference="05/BB-UBND" if paper else ""
        )

    def wait(self, _days: int, _fresh: bool) -> Write:
        return lambda: None


def begin() -> list[Task]:
    """A task with a day, one that goes on for ever, one that waits for a condition."""
    return [
        made.issued(products=(Product.REPORT, Product.PHOTO))[0],
        made.issued(kind=DeadlineKind.CONTINUING)[0],
        made.issued(kind=DeadlineKind.CONDITIONAL)[0],
    ]


def model_of(found: list[Task]) -> Model:
    pieces = [
        Piece(
            task.deadline_kind.value, task.due_on, ["open" for _ in task.results], cast.LONG_PHUOC,
            made.ISSUED_ON, review=task.review_on,
        )
        for task in found
    ]  # fmt: skip
    return Model(pieces, FIRST, deadlines.current_calendar().is_working)


@pytest.mark.slow
def test_tasks_live_as_the_plain_model_says_after_every_step(session: Session) -> None:
    found, done = begin(), Counter[str]()
    start, people = model_of(found), {cast.person(part).id: part for part in PARTS}

    @settings(max_examples=200 if DEEP else 10, phases=(Phase.generate,))
    @given(st.integers(0, 2**32), st.integers(30, 80 if DEEP else 50))
    def live(seed: int, most: int) -> None:
        with forgotten(session):
            walk = Walk(found, deepcopy(start), clock.now(), done, people)
            for act in life(start, seed, most):
                walk.step(*act)
        deadlines.forget_calendars()

    live()
    never = {act for act in ACTS if not done[act]}
    assert not never, "walks in which something is never allowed prove nothing of it"
