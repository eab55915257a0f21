"""Reading schedules: warnings before a visit, and what a unit's own people may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from app import clock
from app.deadlines import queries as deadlines
from app.extensions import db
from app.inspections.models import HalfDay, InspectedUnit, Inspection, InspectionState, Visit, VisitState
from app.inspections.queries.visible import known_to_unit, visible_to
from app.inspections.states import VISIT
from app.policy import Actor
from app.vietnamese import format_date, weekday

HALF_DAYS: dict[HalfDay, str] = {
    HalfDay.MORNING: "buổi sáng",
    HalfDay.AFTERNOON: "buổi chiều",
    HalfDay.WHOLE: "cả ngày",
}
NOT_ANNOUNCED = "Đã xếp lịch, chưa báo đơn vị"


def half_day_of(half_day: HalfDay, day: date) -> str:
    """“buổi sáng ngày 24/9/2026”, “cả ngày 24/9/2026”."""
    between = " " if half_day is HalfDay.WHOLE else " ngày "
    return f"{HALF_DAYS[half_day]}{between}{format_date(day)}"


def visit_label(visit: Visit) -> str:
    """The state of a visit in words; a scheduled one says whether the unit was told."""
    if visit.state is VisitState.SCHEDULED and visit.announced_at is None:
        return NOT_ANNOUNCED
    return VISIT.labels[visit.state]


def list_visits(inspection: Inspection) -> list[Visit]:
    """All visits of a case by day and unit."""
    found = [visit for iu in inspection.units for visit in iu.visits]
    return sorted(found, key=lambda v: (v.on_date or date.max, list(HalfDay).index(v.half_day), v.id))


def visit_warnings(inspection: Inspection, actor: Actor) -> dict[int, list[str]]:
    """What to look at in the schedule, by visit: days off, the term, somebody in two places at once.

    Another case is named to who may see it.
    """
    calendar = deadlines.current_calendar()
    planned = [v for v in list_visits(inspection) if v.on_date and v.state is not VisitState.NOT_HELD]
    elsewhere = _led_elsewhere(inspection, planned, actor)
    found: dict[int, list[str]] = {}
    for visit in planned:
        day = visit.on_date
        assert day is not None
        told: list[str] = []
        if not calendar.is_working(day):
            told.append(f"Ngày {format_date(day)} ({weekday(day)}) là ngày nghỉ.")
        if inspection.starts_on and day < inspection.starts_on:
            told.append(f"Trước ngày bắt đầu kiểm tra {format_date(inspection.starts_on)}.")
        if inspection.ends_on and day > inspection.ends_on:
            told.append(f"Sau ngày kết thúc kiểm tra {format_date(inspection.ends_on)}.")
        for other in planned:
            if other is not visit and _meet(visit, other) and (shared := _shared(visit, other)):
                told.append(f"Trùng buổi với {other.inspected_unit.unit.name}{shared}.")
        for other, seen in elsewhere:
            if visit.chair is not None and other.chair_id == visit.chair_id and _meet(visit, other):
                case = other.inspected_unit.inspection.code
                where = f"với {other.inspected_unit.unit.name} ({case})" if seen else "của cuộc kiểm tra khác"
                told.append(f"{visit.chair.name} cùng buổi chủ trì buổi làm việc {where}.")
        if told:
            found[visit.id] = told
    return found


def _meet(one: Visit, other: Visit) -> bool:
    return one.on_date == other.on_date and (
        one.half_day is other.half_day or HalfDay.WHOLE in (one.half_day, other.half_day)
    )


def _shared(one: Visit, other: Visit) -> str:
    """Who would be in two places: the same chair or the same part of the team; empty when nobody is."""
    if one.chair is not None and one.chair_id == other.chair_id:
        return f": cùng người chủ trì {one.chair.name}"
    if one.subteam.casefold() != other.subteam.casefold():
        return ""
    return f": cùng {one.subteam}" if one.subteam else ": cả Đoàn"


def _led_elsewhere(
    inspection: Inspection, planned: Sequence[Visit], actor: Actor
) -> list[tuple[Visit, bool]]:
    """Visits of other cases on these days led by the same people, and whether the actor may see the case."""
    chairs = {visit.chair_id for visit in planned if visit.chair_id is not None}
    if not chairs:
        return []
    rows = db.session.execute(
        sa.select(Visit, sa.case((visible_to(actor), 1), else_=0))
        .join(Visit.inspected_unit)
        .join(InspectedUnit.inspection)
        .where(
            Inspection.id != inspection.id,
            Inspection.state != InspectionState.TERMINATED,
            Visit.state != VisitState.NOT_HELD,
            Visit.chair_id.in_(chairs),
            Visit.on_date.in_({visit.on_date for visit in planned}),
        )
        .options(contains_eager(Visit.inspected_unit).contains_eager(InspectedUnit.inspection))
        .order_by(Visit.on_date, Visit.id)
    )
    return [(visit, bool(seen)) for visit, seen in rows]


@dataclass(frozen=True)
class MyVisit:
    """What a unit's own people read of a visit."""

    visit_id: int
    inspected_unit_id: int
    unit_name: str
    on_date: date
    half_day: str
    place: str
    chair: str
    subteam: str
    decision: str
    decided_on: date | None
    announcement: str
    state: str
    report_due_on: date | None
    report_citation: str
    is_today: bool


def list_my_visits(actor: Actor, *, most: int = 60) -> Sequence[MyVisit]:
    """The visits announced to (or under way at) the actor's own units, those to come first."""
    if not actor.unit_ids:
        return []
    visits = db.session.scalars(
        sa.select(Visit)
        .join(Visit.inspected_unit)
        .join(InspectedUnit.inspection)
        .outerjoin(Inspection.decision)
        .where(
            InspectedUnit.unit_id.in_(actor.unit_ids),
            Inspection.state.not_in((InspectionState.DRAFT, InspectionState.TERMINATED)),
            Visit.on_date.is_not(None),
            known_to_unit(),
        )
        .options(
            contains_eager(Visit.inspected_unit)
            .contains_eager(InspectedUnit.inspection)
            .contains_eager(Inspection.decision)
        )
        .order_by(Visit.on_date.desc(), Visit.id)
        .limit(most)
    ).all()
    today = clock.today()
    told = [_my_visit(visit, today) for visit in visits]
    coming = sorted((v for v in told if v.on_date >= today), key=lambda v: (v.on_date, v.visit_id))
    return [*coming, *(v for v in told if v.on_date < today)]


def _my_visit(visit: Visit, today: date) -> MyVisit:
    iu = visit.inspected_unit
    decision = iu.inspection.decision
    assert visit.on_date is not None
    return MyVisit(
        visit_id=visit.id, inspected_unit_id=iu.id, unit_name=iu.unit.name, on_date=visit.on_date,
        half_day=HALF_DAYS[visit.half_day], place=visit.place, chair=visit.chair.name if visit.chair else "",
        subteam=visit.subteam, decision=decision.number_and_symbol if decision else "",
        decided_on=decision.issued_on if decision else None, announcement=visit.announcement,
        state=visit_label(visit), report_due_on=iu.report_due_on, report_citation=iu.report_citation,
        is_today=visit.on_date == today,
    )  # fmt: skip
