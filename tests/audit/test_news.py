"""News say their object, and say it once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit import queries
from app.audit.timeline import news
from tests.factories import inspections as make


def test_a_sentence_that_names_its_unit_does_not_repeat_it(session: Session) -> None:
    made = make.decided()
    visit = make.announced(made.units[0])
    session.commit()
    told = [entry.text for entry in news(queries.list_events(visit))]
    assert told
    assert all(text.count("UBND xã Long Phước") == 1 for text in told), told
