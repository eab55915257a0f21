"""Folding the kept counts while others fold and change tasks: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.extensions import db
from app.followup import keeping
from app.followup.models import TaskCount
from app.remediation.models import Task
from tests import cast
from tests.conftest import settings_for
from tests.factories import remediation as made
from tests.racing import race

ROUNDS = 25


@pytest.fixture
def counted(new_database: Callable[[str], str], tmp_path: Path) -> Iterator[tuple[Flask, list[int]]]:
    """An application of its own, with the tasks that are changed."""
    app = create_app(settings_for(new_database("folded"), tmp_path))
    with app.app_context():
        units = (cast.LONG_PHUOC, cast.AN_PHUOC, cast.LONG_THANH)
        ids = [task.id for unit in units for task in made.issued(units=(unit,), due_on=date(2026, 9, 30))]
        db.session.commit()
        db.session.remove()
    yield app, ids
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def whole() -> None:
    assert keeping.wrong() == []
    total = db.session.scalar(sa.select(sa.func.sum(TaskCount.many)))
    assert total == db.session.scalar(sa.select(sa.func.count()).select_from(Task))


def test_folds_and_changes_at_one_moment_lose_and_double_nothing(
    counted: tuple[Flask, list[int]],
) -> None:
    app, ids = counted

    def moved(key: int) -> Callable[[None], None]:
        def act(_none: None) -> None:
            for n in range(ROUNDS):
                day = date(2026, 9, 1) + timedelta(days=n)
                db.session.execute(sa.update(Task).where(Task.id == key).values(due_on=day))
                db.session.commit()

        return act

    def folds(_none: None) -> None:
        for _ in range(ROUNDS):
            keeping.fold()
            db.session.commit()

    told = race(app, lambda: None, [folds, folds, folds, *map(moved, ids[:3])])
    assert told == ["done"] * 6
    with app.app_context():
        whole()
        keeping.fold()
        whole()
        assert keeping.fold() == 0


def test_counting_anew_while_others_fold_and_change(counted: tuple[Flask, list[int]]) -> None:
    app, ids = counted

    def changes(_none: None) -> None:
        for n in range(ROUNDS):
            day = date(2026, 9, 1) + timedelta(days=n)
            db.session.execute(sa.update(Task).where(Task.id == ids[n % len(ids)]).values(due_on=day))
            db.session.commit()

    def folds(_none: None) -> None:
        for _ in range(ROUNDS):
            keeping.fold()
            db.session.commit()

    def rebuilds(_none: None) -> None:
        for _ in range(5):
            keeping.rebuild()
            db.session.commit()

    assert race(app, lambda: None, [changes, folds, rebuilds, rebuilds]) == ["done"] * 4
    with app.app_context():
        whole()
