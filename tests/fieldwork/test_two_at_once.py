"""Two people write at one unit at the same moment: the second waits, and sees what the first one left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app import clock, create_app
from app.errors import Stale
from app.extensions import db
from app.fieldwork import services
from app.fieldwork.models import Answer
from app.fieldwork.services import RowEntry, answers
from app.findings.models import Finding
from app.form_library.values import Result
from app.inspections.models import InspectedUnit
from tests import cast
from tests.conftest import NOON, settings_for
from tests.factories import fieldwork
from tests.factories import findings as made
from tests.racing import race


def unit_of(key: int) -> Callable[[], InspectedUnit]:
    """Load a unit as a page does before it writes: with its state and its case."""

    def load() -> InspectedUnit:
        unit = db.session.get_one(InspectedUnit, key)
        assert unit.state and unit.inspection.units
        return unit

    return load


@pytest.fixture
def served(new_database: Callable[[str], str], tmp_path: Path) -> Flask:
    return create_app(settings_for(new_database("fieldwork_race"), tmp_path))


def test_what_comes_after_the_end_is_refused_and_findings_get_numbers_of_their_own(served: Flask) -> None:
    with served.app_context(), clock.frozen(NOON):
        unit = fieldwork.opened().units[0]
        unit_id = unit.id
        fieldwork.answer_all(unit)
        db.session.commit()
        db.session.remove()
    adds: list[Callable[[InspectedUnit], object]] = [
        lambda unit: made.finding(fieldwork.item(unit, "MC-05"), "Một tồn tại."),
        lambda unit: made.finding(fieldwork.item(unit, "MC-07"), "Một tồn tại khác."),
    ]
    assert race(served, unit_of(unit_id), adds) == ["done", "done"]
    with served.app_context(), clock.frozen(NOON):
        assert sorted(db.session.scalars(sa.select(Finding.ordinal))) == [1, 2]
        fieldwork.signed(db.session.get_one(InspectedUnit, unit_id).visits[0])
        db.session.commit()
        db.session.remove()
    not_seen = fieldwork.AnswerValues(result=Result.NOT_EXAMINED)

    def edit(unit: InspectedUnit) -> None:
        item = fieldwork.item(unit, "MC-11")
        services.save_answer(item, not_seen, actor=cast.actor(cast.MEMBER), version=1)

    def end(unit: InspectedUnit) -> None:
        services.end_fieldwork(unit, confirmed_missing=0, actor=cast.actor(cast.TEAM_LEADER))

    told = race(served, unit_of(unit_id), [edit, end])
    with served.app_context():
        last = db.session.scalars(sa.select(Answer.updated_at).order_by(Answer.updated_at.desc())).first()
        ended = db.session.get_one(InspectedUnit, unit_id)
        assert ended.state.value == "ended" and last is not None
        assert told in (["done", "done"], ["done", "refused"])
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("crossed", ["stale", "unique"])
def test_edits_that_cross_in_the_database_are_a_conflict_that_keeps_what_was_typed(
    session: Session, unit: InspectedUnit, monkeypatch: pytest.MonkeyPatch, crossed: str
) -> None:
    errors = {
        "stale": StaleDataError(),
        "unique": IntegrityError(
            "", {}, Exception("UNIQUE constraint failed: finding.inspected_unit_id, finding.ordinal")
        ),
    }

    def fail(*_given: object, **_named: object) -> None:
        raise errors[crossed]

    monkeypatch.setattr(answers, "save_answer", fail)
    entry = RowEntry(fieldwork.met(), None)
    with pytest.raises(Stale, match="Phần vừa nhập vẫn được giữ"):
        services.save_row(fieldwork.item(unit, "MC-07"), entry, actor=cast.actor(cast.MEMBER))
