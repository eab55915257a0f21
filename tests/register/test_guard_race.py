"""Several planners at once on a real database: one wins, the others are told why."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import clock, create_app
from app.extensions import db
from app.register import services
from app.register.boxes import Box
from app.register.models import Claim
from app.register.services import ClaimRefused, ClaimWanted
from tests import cast
from tests.conftest import NOON, settings_for
from tests.factories import register as factory
from tests.processes import DEEP, RACERS, warm
from tests.racing import together

PLANNERS = 8 if DEEP else RACERS
ROUNDS = 300 if DEEP else 20
BEGIN = date(2026, 1, 1)


def boxes(planner: int, number: int) -> list[Box]:
    """A plan of three contents; those of different planners share at least the middle of the period."""
    first = BEGIN + timedelta(days=30 * (number % 10) + planner)
    keys = ("MC-05", "MC-06", "MC-07") if planner % 2 else ("MC-07", "MC-06", "MC-05")
    unit = cast.LONG_PHUOC if number < ROUNDS // 2 else cast.AN_PHUOC
    year = timedelta(days=366 * (number // 10))
    return [factory.box(unit, key, first + year, first + year + timedelta(days=9)) for key in keys]


def plan(url: str, folder: str, planner: int, gate: Barrier, told: Queue[tuple[int, str]]) -> None:
    """In a process of its own: what became of the planner's plan in every round."""
    app = create_app(settings_for(url, Path(folder)))
    with app.app_context(), clock.frozen(NOON):
        for number in range(ROUNDS):
            gate.wait(120)
            try:
                mandate = factory.mandate(f"{planner}-{number}/QĐ-SNV")
                wanted = [ClaimWanted(None, box) for box in boxes(planner, number)]
                services.claim(mandate, wanted, actor=None)
                db.session.commit()
                told.put((number, "won"))
            except ClaimRefused as error:
                db.session.rollback()
                explained = error.message and error.status == 409
                cited = any(item.refusals for item in error.review.items)
                told.put((number, "refused" if explained and cited else f"unexplained: {error.message}"))
            except BaseException as error:
                db.session.rollback()
                told.put((number, repr(error)[:500]))
        db.session.remove()
        db.engine.dispose()


@pytest.mark.slow
def test_exactly_one_of_several_planners_wins_each_round(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    """Each plans in a process of its own; nobody meets anything but a refusal that says who is there."""
    url = new_database("race")
    context = warm()
    gate, told = context.Barrier(PLANNERS), context.Queue()
    planners = [
        context.Process(target=plan, args=(url, str(tmp_path), planner, gate, told))
        for planner in range(PLANNERS)
    ]
    for planner in planners:
        planner.start()
    outcomes = [told.get(timeout=300) for _ in range(PLANNERS * ROUNDS)]
    for planner in planners:
        planner.join(60)
    assert {outcome for _, outcome in outcomes} == {"won", "refused"}
    assert sorted(number for number, outcome in outcomes if outcome == "won") == list(range(ROUNDS))
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        standing = [
            Box(row.unit_id, row.content_id, row.starts_on, row.ends_on, row.part_from, row.part_to)
            for row in db.session.scalars(sa.select(Claim))
        ]
        db.session.remove()
        db.engine.dispose()
    assert len(standing) == ROUNDS * 3
    days = Counter(
        (box.unit_id, box.content_id, box.starts_on + timedelta(day), part)
        for box in standing
        for day in range((box.ends_on - box.starts_on).days)
        for part in {box.part_from, box.part_to - 1}
    )
    assert max(days.values()) == 1, "two teams on one content on one day"


def test_a_unit_does_not_end_under_a_claim_that_is_being_made(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    """The claim is not committed when the unit's end is written: the second one waits and is refused."""
    app = create_app(settings_for(new_database("unit_race"), tmp_path))
    made, told = threading.Event(), list[str]()

    def claim() -> None:
        with app.app_context():
            holder = factory.mandate()
            box = factory.box(cast.LONG_PHUOC, "MC-05", BEGIN, BEGIN + timedelta(days=100))
            services.claim(holder, [ClaimWanted(None, box)], actor=None)
            made.set()
            time.sleep(0.5)
            db.session.commit()
            db.session.remove()

    def end() -> None:
        made.wait(30)
        with app.app_context():
            try:
                db.session.execute(
                    sa.text("UPDATE unit SET valid_to = '2026-03-01' WHERE code = :code"),
                    {"code": cast.LONG_PHUOC},
                )
                db.session.commit()
                told.append("ended")
            except IntegrityError:
                told.append("refused")
            db.session.remove()

    together(app, [claim, end])
    assert told == ["refused"]
