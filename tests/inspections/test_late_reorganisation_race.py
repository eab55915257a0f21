"""Two people at one moment: one records the end of a unit, the other ends it too, or decides a case on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock, create_app
from app.extensions import db
from app.inspections import services
from app.inspections.models import Inspection, ScopeItem
from app.register.models import Claim
from app.units import services as units
from app.units.models import SuccessionKind, Unit
from tests import cast
from tests.conftest import NOON, settings_for
from tests.factories import inspections as make
from tests.factories.units import unit
from tests.racing import race

FIRST, JULY, LAST = date(2025, 1, 1), date(2025, 7, 1), date(2025, 12, 31)
Loaded = tuple[Unit, Inspection]


@pytest.fixture
def app(new_database: Callable[[str], str], tmp_path: Path) -> Flask:
    """A unit with a successor, inspected by one decided case and by one draft."""
    made = create_app(settings_for(new_database("late_race"), tmp_path))
    with made.app_context(), clock.frozen(NOON):
        old = unit("CU", "UBND xã Cũ")
        make.decided(units=("CU",), criteria=("MC-05",), review=(FIRST, LAST))
        make.draft("Dự thảo", units=("CU",), criteria=("CĐ-01",), review=(FIRST, LAST))
        units.add_succession(old, cast.unit(cast.LONG_PHUOC), JULY, SuccessionKind.MERGE, actor=None)
        db.session.commit()
        db.session.remove()
    return made


def load() -> Loaded:
    draft = db.session.scalars(sa.select(Inspection).where(Inspection.title == "Dự thảo")).one()
    return cast.unit("CU"), draft


def end(loaded: Loaded) -> object:
    return units.end_unit(loaded[0], JULY, actor=cast.actor(cast.PLANNER))


def decide(loaded: Loaded) -> object:
    data = make.decision_data(77, issued_on=NOON.date())
    return services.decide(loaded[1], data, version=None, actor=cast.actor(cast.PLANNER))


def seen(app: Flask) -> tuple[date | None, set[tuple[str, date]], set[tuple[str, date]]]:
    """The end of the unit; unit and end of every scope item of decided cases; of every live claim."""
    with app.app_context():
        items = db.session.scalars(sa.select(ScopeItem)).all()
        asked = {
            (one.unit.code, one.ends_on) for one in items if one.inspected_unit.inspection.mandate is not None
        }
        live = db.session.execute(
            sa.select(Unit.code, Claim.ends_on)
            .join(Unit, Unit.id == Claim.unit_id)
            .where(Claim.ended_at.is_(None))
        )
        found = (cast.unit("CU").valid_to, asked, {(row.code, row.ends_on) for row in live})
        db.session.remove()
        db.engine.dispose()
    return found


CUT = {("CU", JULY), (cast.LONG_PHUOC, date(2026, 1, 1))}


def test_of_two_who_end_a_unit_at_once_one_is_refused(app: Flask) -> None:
    assert race(app, load, [end, end]) == ["done", "refused"]
    assert seen(app) == (JULY, CUT, CUT)


def test_a_case_that_is_decided_meanwhile_is_cut_or_refused(app: Flask) -> None:
    assert race(app, load, [end, decide]) in (["done", "done"], ["done", "refused"])
    assert seen(app) == (JULY, CUT, CUT)
