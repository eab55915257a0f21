"""Papers that fieldwork leaves behind and no column points at: the team's report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.audit.models import Event, EventSubject
from app.db import Base
from app.documents.models import Document
from app.extensions import db
from app.inspections.models import InspectedUnit, Inspection


@dataclass(frozen=True)
class TeamReport:
    """Báo cáo kết quả kiểm tra của Đoàn: number and symbol, day, the document when one was recorded."""

    citation: str
    on: date | None
    document_id: int | None = None


def list_team_reports(inspection: Inspection) -> tuple[TeamReport, ...]:
    """The reports of the team about the case or some of its units, the latest first, each once."""
    return tuple(dict.fromkeys(_told(event) for event in _events(inspection)))


def find_team_report(inspection: Inspection, unit_ids: Collection[int]) -> TeamReport | None:
    """The latest report about these inspected units; None while one of them is in no report.

    With the report about the last unit the whole case is reported.
    """
    events = _events(inspection)
    about = [event for event in events if _ids(event, InspectedUnit) & set(unit_ids)]
    left = set(unit_ids).difference(*(_ids(event, InspectedUnit) for event in about))
    whole = [event for event in events if event.name == CASE]
    if left or not about:
        return _told(whole[0]) if whole else None
    return _told(about[0])


CASE, UNIT = "inspection_reported", "unit_reported"


def _events(inspection: Inspection) -> Sequence[Event]:
    """Case and units name the report in their events alone; the latest first."""
    return db.session.scalars(
        sa.select(Event)
        .join(EventSubject, EventSubject.event_seq == Event.seq)
        .where(
            Event.name.in_((CASE, UNIT)),
            EventSubject.kind == Inspection.__tablename__,
            EventSubject.object_id == inspection.id,
        )
        .options(selectinload(Event.subjects))
        .order_by(Event.seq.desc())
    ).all()


def _ids(event: Event, kind: type[Base]) -> set[int]:
    return {s.object_id for s in event.subjects if s.kind == kind.__tablename__}


def _told(event: Event) -> TeamReport:
    day = event.data.get("on")
    papers = _ids(event, Document)
    return TeamReport(
        str(event.data["citation"]), date.fromisoformat(day) if day else None, next(iter(papers), None)
    )
