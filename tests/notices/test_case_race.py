"""One case, four people at once: a notice is issued, a finding added, the case terminated, content reopened.

What is left is what some serial order of the four leaves; who comes too late is told so in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import permutations
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from app import clock, create_app
from app.documents import chain
from app.errors import DomainError, Stale
from app.extensions import db
from app.findings.models import Finding
from app.inspections import queries
from app.inspections import services as cases
from app.inspections.models import InspectedUnit, Inspection
from app.notices import services as notices
from app.notices.models import Notice
from app.register import reopening as register
from app.register.models import Claim, Reopening
from tests import cast
from tests.conftest import NOON, settings_for
from tests.factories import fieldwork, findings
from tests.factories import inspections as case_factory
from tests.factories import notices as notice_factory
from tests.factories import register as factory
from tests.processes import DEEP, warm
from tests.register.reopenings import ASKED

ROUNDS = 15 if DEEP else 2
BEGIN = date(2025, 7, 1)
DEEDS = ("issue", "finding", "terminate", "reopen")
AGAIN = ("MC-05", "CĐ-01")
State = tuple[object, ...]
"""What became of each deed, then what is on record."""


@dataclass(frozen=True)
class Case:
    """Keys of what one round is about. The notice of the first unit is sealed and decides again what an
    earlier one had; the second unit is being inspected; another case waits for the same to be reopened."""

    number: int
    inspection: int
    notice: int
    second: int
    old: int
    used: int
    asked: int

    @property
    def days(self) -> tuple[date, date]:
        return _days(self.number)


def _days(number: int) -> tuple[date, date]:
    first = BEGIN + timedelta(days=20 * number)
    return first, first + timedelta(days=19)


def prepare(number: int) -> Case:
    planner, leader = cast.actor(cast.PLANNER), cast.actor(cast.LEADER)
    days = _days(number)
    with clock.frozen(clock.at(date(2026, 9, 1))):
        boxes = [(factory.box(cast.LONG_PHUOC, key, *days), key) for key in AGAIN]
        old = factory.concluded(boxes, f"{number + 45}/TB-SNV", on=date(2026, 8, 12))
        units = (cast.LONG_PHUOC, cast.AN_PHUOC)
        made = case_factory.draft(f"Cuộc thứ {number}", units=units, criteria=(*AGAIN, "MC-11"), review=days)
        other = case_factory.draft(f"Cuộc khác {number}", criteria=("CĐ-01",), review=days)
        asked = [
            cases.ask_reopening(
                case, old.id, queries.review_scope(case).refused_ids, ASKED, version=None, actor=planner
            )
            for case in (other, made)
        ]
        answer = (f"{number + 131}/QĐ-SNV", date(2026, 8, 31))
        cases.grant_reopening(made, asked[1], *answer, actor=leader)
        member = made.member_of(cast.person(cast.MEMBER).id)
        assert member is not None
        groups = {item.criterion.group_id for unit in made.units for item in notice_factory.scope(unit)}
        by = {(unit.id, group): member.id for unit in made.units for group in groups}
        cases.assign(made, by, version=None, actor=planner)
        cases.decide(made, case_factory.decision_data(), version=None, actor=planner)
    first, second = made.units
    fieldwork.open_visit(case_factory.announced(second))
    notice_factory.worked(made, units=[first])
    notice = notices.draft(made, [first], actor=planner)
    notices.edit_details(notice, notice_factory.details_of(notice), version=None, actor=planner)
    notice_factory.sealed(notice)
    db.session.commit()
    return Case(number, made.id, notice.id, second.id, old.id, asked[1].id, asked[0].id)


def do(deed: str, case: Case) -> None:
    if deed == "issue":
        chain.issue(db.session.get_one(Notice, case.notice).document, actor=cast.actor(cast.CLERK))
    elif deed == "finding":
        unit = db.session.get_one(InspectedUnit, case.second)
        findings.finding(notice_factory.scope(unit)[0], "12 hồ sơ quá hạn.")
    elif deed == "terminate":
        paper = ("Cấp trên đã kiểm tra", "Quyết định số 9/QĐ-SNV ngày 23/9/2026")
        inspection = db.session.get_one(Inspection, case.inspection)
        cases.terminate(inspection, *paper, version=None, actor=cast.actor(cast.PLANNER))
    else:
        asked = register.get(case.asked)
        draft = db.session.get_one(Inspection, asked.inspection_id)
        answer = (f"{case.number + 500}/QĐ-SNV", date(2026, 9, 22))
        cases.grant_reopening(draft, asked, *answer, actor=cast.actor(cast.LEADER))


def attempt(act: Callable[[], object]) -> tuple[str, str]:
    """“done”, or with its words “refused” or “crossed” (somebody else was writing the same row), as the web
    answers 409; nothing else is met."""
    try:
        act()
    except DomainError as error:
        assert error.message and error.status in (403, 409), repr(error)
        return "crossed" if isinstance(error, Stale) else "refused", error.message
    except StaleDataError:
        return "crossed", ""
    return "done", ""


def on_record(case: Case) -> State:
    """The same for every round when the same has happened to it."""
    db.session.expire_all()
    inspection, notice = (
        db.session.get_one(Inspection, case.inspection), db.session.get_one(Notice, case.notice),
    )  # fmt: skip
    asked = [db.session.get_one(Reopening, key) for key in (case.used, case.asked)]
    conclusions = {case.old: "old", notice.conclusion_id: "new", None: "held"}
    mandates = {inspection.mandate_id: "team", asked[1].mandate_id: "other", None: "none"}
    first, last = case.days
    rows = db.session.scalars(
        sa.select(Claim).where(
            Claim.ended_at.is_(None), Claim.starts_on >= first, Claim.ends_on <= last + timedelta(days=1)
        )
    )
    claims = sorted(
        (row.unit_id, row.content_id, row.starts_on - first, row.ends_on - first,
         conclusions[row.conclusion_id], mandates.get(row.mandate_id, "earlier"))
        for row in rows
    )  # fmt: skip
    found = db.session.scalar(sa.select(sa.func.count()).where(Finding.inspected_unit_id == case.second))
    return (
        inspection.state.value, tuple(unit.state.value for unit in inspection.units),
        notice.document.state.value, tuple(one.state.value for one in asked), found, tuple(claims),
    )  # fmt: skip


def in_some_order(case: Case) -> set[State]:
    """What every serial order leaves, each tried and taken back; also without one or more of the deeds, for
    who crosses another is asked to look again and has done nothing."""
    found: set[State] = set()
    orders = (order for size in range(1, len(DEEDS) + 1) for order in permutations(DEEDS, size))
    for order in orders:
        told = dict.fromkeys(DEEDS, "crossed")
        for deed in order:
            savepoint = db.session.begin_nested()
            told[deed], _ = attempt(partial(do, deed, case))
            if told[deed] == "done":
                savepoint.commit()
            else:
                savepoint.rollback()
            db.session.expire_all()
        found.add((tuple(told[deed] for deed in DEEDS), *on_record(case)))
        db.session.rollback()
        db.session.expunge_all()
    return found


def racer(
    url: str,
    folder: str,
    deed: str,
    rounds: list[Case],
    gate: Barrier,
    told: Queue[tuple[int, str, str, str]],
) -> None:
    """In a process of its own: the same deed in every round."""
    app = create_app(settings_for(url, Path(folder)))
    with app.app_context(), clock.frozen(NOON):
        for case in rounds:
            gate.wait(120)
            try:
                outcome, words = attempt(lambda: (do(deed, case), db.session.commit()))  # noqa: B023
            except BaseException as error:
                outcome, words = repr(error)[:500], ""
            db.session.remove()
            told.put((case.number, deed, outcome, words))
        db.engine.dispose()


@pytest.mark.slow
def test_what_four_people_leave_is_what_some_order_of_them_leaves(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = new_database("case_race")
    app = create_app(settings_for(url, tmp_path))
    with app.app_context(), clock.frozen(NOON):
        rounds = [prepare(number) for number in range(ROUNDS)]
        possible = in_some_order(rounds[0])
        db.session.remove()
        db.engine.dispose()
    assert len({state[1:] for state in possible}) > 6, "the deeds are in each other's way"
    context = warm()
    gate, told = context.Barrier(len(DEEDS)), context.Queue()
    racers = [
        context.Process(target=racer, args=(url, str(tmp_path), deed, rounds, gate, told)) for deed in DEEDS
    ]
    for one in racers:
        one.start()
    heard = [told.get(timeout=300) for _ in range(len(DEEDS) * ROUNDS)]
    for one in racers:
        one.join(60)
    outcomes = {(number, deed): outcome for number, deed, outcome, _ in heard}
    assert set(outcomes.values()) <= {"done", "refused", "crossed"}
    with app.app_context(), clock.frozen(NOON):
        for case in rounds:
            left = (tuple(outcomes[(case.number, deed)] for deed in DEEDS), *on_record(case))
            assert left in possible, (left, [one for one in heard if one[0] == case.number])
        db.session.remove()
        db.engine.dispose()
