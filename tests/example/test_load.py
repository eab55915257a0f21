"""Loading the example: into an empty database only, and on from where it was broken off."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.example import load

DAY = date(2026, 1, 5)


def test_a_database_with_units_of_its_own_is_left_alone(session: Session) -> None:
    assert load.load() is False


def test_a_set_up_that_was_broken_off_goes_on_with_the_next_chapter(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    broken = [True]

    def second() -> None:
        if broken:
            broken.pop()
            raise RuntimeError("killed")
        told.append("second")

    chapters = (
        (DAY, 8, lambda: told.append("first")),
        (DAY, 9, second),
        (DAY, 10, lambda: told.append("third")),
    )
    monkeypatch.setattr(load, "CHAPTERS", chapters)
    monkeypatch.setattr(load, "has_units", lambda: False)
    with pytest.raises(RuntimeError, match="killed"):
        load.load()
    session.rollback()
    assert load.load() is True
    assert told == ["first", "second", "third"]
    assert load.load() is False
