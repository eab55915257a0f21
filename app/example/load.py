"""The story, day by day, each act by the person whose job it is, on the day it happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from app import clock
from app.example import autumn, history, organisation, summer
from app.extensions import db
from app.units.models import Unit

Chapter = tuple[date, int, Callable[[], None]]
"""Day, hour of the Vietnamese clock, what happens."""

CHAPTERS: tuple[Chapter, ...] = (
    (date(2026, 1, 5), 8, organisation.build),
    (date(2026, 1, 6), 9, history.record),
    *summer.CHAPTERS,
    *sorted((*summer.LATE_CHAPTERS, *autumn.CHAPTERS), key=lambda chapter: chapter[:2]),
)


def load() -> bool:
    """Tell the whole story into an empty database; False when there are units already."""
    if db.session.scalar(sa.select(sa.func.count()).select_from(Unit)):
        return False
    for day, hour, happen in CHAPTERS:
        with clock.frozen(clock.at(day, hour)):
            happen()
            db.session.commit()
    return True
