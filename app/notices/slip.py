"""Phiếu trình of a notice: what its record says in short, above the sheet of every paper."""

from __future__ import annotations

from app.documents import slip
from app.documents.content import OfficialDocument
from app.notices import texts
from app.notices.models import Notice
from app.notices.record import Record


def compose_slip(notice: Notice, record: Record) -> OfficialDocument:
    """The slip as it stands now."""
    office = notice.inspection.office_unit.name
    return slip.compose_slip(
        notice.document,
        type_name=notice.type_name.capitalize(),
        told=str(notice.sections.get(texts.SUMMARY) or "") or texts.summary(notice, record),
        office=office,
        division=notice.follow_unit.name if notice.follow_unit is not None else office,
    )
