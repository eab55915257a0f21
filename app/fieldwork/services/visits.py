"""Opening a visit: the decision is read out, and with the first one the term begins."""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.errors import DomainError
from app.extensions import db
from app.inspections import services as inspections
from app.inspections.models import Visit
from app.inspections.states import VISIT
from app.policy import Actor
from app.workflow import advance


def open_visit(visit: Visit, *, opened_at: datetime, place: str = "", note: str = "", actor: Actor) -> None:
    """Công bố quyết định: the visit is under way; the first one starts the unit and the case.

    The term of an inspection runs from its announcement (NĐ 217/2025 Đ13.2d, Đ15.1). Raises WrongState,
    Forbidden, DomainError for an hour that has not come or is of another day.
    """
    if opened_at > clock.now():
        raise DomainError("Giờ công bố chưa đến. Nhập giờ đã công bố.", field="opened_at")
    if visit.on_date is not None and clock.local(opened_at).date() != visit.on_date:
        raise DomainError(
            "Ngày công bố khác ngày đã báo lịch. Điều chỉnh lịch buổi làm việc trước.", field="opened_on"
        )
    unit = visit.inspected_unit
    inspection = unit.inspection
    advance(visit, "open", VISIT, actor=actor, about=(unit, inspection), data={"at": opened_at.isoformat()})
    visit.opened_at = opened_at
    if visit.announced_at is None:
        visit.announced_at = opened_at
    if note:
        visit.announcement = note
    if place:
        visit.place = place
    inspections.start_unit(unit, actor=actor)
    db.session.flush()
