"""Papers that fieldwork leaves behind and no column points at: the team's report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.audit.models import Event, EventSubject
from app.documents.models import Document
from app.extensions import db
from app.inspections.models import Inspection


@dataclass(frozen=True)
class TeamReport:
    """Báo cáo kết quả kiểm tra của Đoàn: number and symbol, day, the document when one was recorded."""

    citation: str
    on: date | None
    document_id: int | None = None


def find_team_report(inspection: Inspection) -> TeamReport | None:
    """The report with which the case became *reported*; the latest when it was recorded twice.

    The case names it in the event alone, so it is read from there.
    """
    event = db.session.scalars(
        sa.select(Event)
        .join(EventSubject, EventSubject.event_seq == Event.seq)
        .where(
            Event.name == "inspection_reported",
            EventSubject.kind == Inspection.__tablename__,
            EventSubject.object_id == inspection.id,
        )
        .order_by(Event.seq.desc())
        .limit(1)
    ).first()
    if event is None or not event.data.get("citation"):
        return None
    day = event.data.get("on")
    papers = (s.object_id for s in event.subjects if s.kind == Document.__tablename__)
    return TeamReport(
        str(event.data["citation"]), date.fromisoformat(day) if day else None, next(papers, None)
    )
