"""The story, day by day, each act by the person whose job it is, on the day it happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.models import Event
from app.example import answering, autumn, history, organisation, posting, signing, summer
from app.extensions import db
from app.followup import inbox
from app.units.models import Unit

TOLD = "example_chapter_told"

Chapter = tuple[date, int, Callable[[], None]]
"""Day, hour of the Vietnamese clock, what happens."""

CHAPTERS: tuple[Chapter, ...] = (
    (date(2026, 1, 5), 8, organisation.build),
    (date(2026, 1, 5), 14, signing.register),
    (date(2026, 1, 6), 9, history.record),
    *sorted((*summer.CHAPTERS, *answering.CHAPTERS[:1]), key=lambda chapter: chapter[:2]),
    *sorted(
        (*summer.LATE_CHAPTERS, *autumn.CHAPTERS, *answering.CHAPTERS[1:], *posting.CHAPTERS),
        key=lambda chapter: chapter[:2],
    ),
    (date(2026, 11, 20), 18, history.bring_table),
)


def has_units() -> bool:
    """Whether somebody has entered units of their own."""
    return db.session.scalar(sa.select(Unit.id).limit(1)) is not None


def load() -> bool:
    """Tell the story into an empty database, or go on where it was broken off; False when nothing is told.

    Each chapter is committed with the event that it was told, so that a killed set-up loses no more than one.
    """
    told = db.session.scalar(sa.select(sa.func.count()).where(Event.name == TOLD)) or 0
    if not told and has_units():
        return False
    for number, (day, hour, happen) in enumerate(CHAPTERS[told:], told + 1):
        with clock.frozen(clock.at(day, hour)):
            happen()
            inbox.deliver_events()  # as the worker does every minute: people find their messages
            audit.record(TOLD, actor=None, data={"chapter": number})
            db.session.commit()
    return told < len(CHAPTERS)
