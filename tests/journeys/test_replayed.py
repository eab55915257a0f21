"""What is replayed for a test is what the services would have written (tests/replaying.py)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import Base
from app.extensions import db
from tests import replaying
from tests.factories import fieldwork, notices, remediation

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def written_by(
    session: Session, rewind: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], object]], Rows]:
    """Every row of the database after an act, which is then taken back as if the test began anew."""
    connection = session.connection()
    session.rollback()

    def act(deed: Callable[[], object]) -> Rows:
        replaying.end()
        before = connection.begin_nested()
        if rewind:
            connection.exec_driver_sql(rewind)
        replaying.begin(connection)
        deed()
        session.commit()
        rows = {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
        }
        db.session.remove()
        before.rollback()
        return rows

    monkeypatch.setattr(replaying, "_tapes", {})
    return act


@pytest.mark.parametrize("factory", [fieldwork.opened, remediation.issued, notices.issued, notices.recorded])
def test_the_same_rows_stand_whether_a_case_is_made_recorded_or_replayed(
    written_by: Callable[[Callable[[], object]], Rows], factory: Callable[[], object], monkeypatch
) -> None:
    monkeypatch.setattr(replaying, "DEEP", False)
    made = written_by(factory)
    assert replaying._tapes, "the first call is recorded"
    played: list[int] = []
    monkeypatch.setattr(
        replaying, "_play", lambda test, tape, play=replaying._play: played.append(1) or play(test, tape)
    )
    assert written_by(factory) == made
    assert played == [1]
    monkeypatch.setattr(replaying, "DEEP", True)
    assert written_by(factory) == made
    assert played == [1]
