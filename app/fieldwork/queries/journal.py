"""Reading Nhật ký Đoàn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.accounts.models import Person
from app.extensions import db
from app.fieldwork.models import JournalEntry


@dataclass(frozen=True)
class JournalLine:
    """What was done on a day, who wrote it and when."""

    on_date: date
    text: str
    name: str
    written_at: datetime


def list_journal(inspection_id: int, *, limit: int = 200) -> tuple[JournalLine, ...]:
    """The newest `limit` entries of a case, the latest day first; one read."""
    rows = db.session.execute(
        sa.select(JournalEntry.on_date, JournalEntry.text, Person.name, JournalEntry.written_at)
        .join(Person, Person.id == JournalEntry.written_by)
        .where(JournalEntry.inspection_id == inspection_id)
        .order_by(JournalEntry.on_date.desc(), JournalEntry.id.desc())
        .limit(limit)
    )
    return tuple(JournalLine(on, text, name, at) for on, text, name, at in rows)
