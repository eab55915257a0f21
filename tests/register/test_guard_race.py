"""Several planners at once on a real database: one wins, the others are told why."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app import create_app
from app.extensions import db
from app.register import services
from app.register.boxes import Box
from app.register.models import Claim
from app.register.services import ClaimRefused, ClaimWanted
from tests import cast
from tests.conftest import settings_for
from tests.factories import register as factory
from tests.processes import DEEP
from tests.racing import together

PLANNERS = 4
ROUNDS = 100 if DEEP else 20
BEGIN = date(2026, 1, 1)


@dataclass
class Ledger:
    """What every planner met, by round."""

    won: list[int] = field(default_factory=list)
    refused: list[ClaimRefused] = field(default_factory=list)
    unexplained: list[BaseException] = field(default_factory=list)


def boxes(planner: int, number: int) -> list[Box]:
    """A plan of three contents; those of different planners share at least the middle of the period."""
    first = BEGIN + timedelta(days=30 * (number % 10) + planner)
    keys = ("MC-05", "MC-06", "MC-07") if planner % 2 else ("MC-07", "MC-06", "MC-05")
    unit = cast.LONG_PHUOC if number < ROUNDS // 2 else cast.AN_PHUOC
    year = timedelta(days=366 * (number // 10))
    return [factory.box(unit, key, first + year, first + year + timedelta(days=9)) for key in keys]


def plan(app: Flask, planner: int, gate: threading.Barrier, ledger: Ledger) -> None:
    for number in range(ROUNDS):
        gate.wait(60)
        with app.app_context():
            try:
                mandate = factory.mandate(f"{planner}-{number}/QĐ-SNV")
                wanted = [ClaimWanted(None, box) for box in boxes(planner, number)]
                services.claim(mandate, wanted, actor=None)
                db.session.commit()
                ledger.won.append(number)
            except ClaimRefused as error:
                db.session.rollback()
                ledger.refused.append(error)
            except BaseException as error:
                db.session.rollback()
                ledger.unexplained.append(error)
            finally:
                db.session.remove()


@pytest.mark.slow
def test_exactly_one_of_several_planners_wins_each_round(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    app = create_app(settings_for(new_database("race"), tmp_path))
    gate, ledger = threading.Barrier(PLANNERS), Ledger()
    together(app, [partial(plan, app, planner, gate, ledger) for planner in range(PLANNERS)], seconds=300)
    assert ledger.unexplained == []
    assert sorted(ledger.won) == list(range(ROUNDS))
    assert len(ledger.refused) == ROUNDS * (PLANNERS - 1)
    for refusal in ledger.refused:
        assert refusal.message
        assert any(item.refusals for item in refusal.review.items)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Claim)) == ROUNDS * 3
        db.session.remove()
        db.engine.dispose()


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
