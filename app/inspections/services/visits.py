"""The schedule: visits are planned, announced, moved and called off; nothing reaches a unit before that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import clock
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.inspections.models import (
    HalfDay,
    InspectedUnit,
    InspectionKind,
    InspectionState,
    Visit,
    VisitState,
)
from app.inspections.queries.visits import HALF_DAYS, half_day_of
from app.inspections.services.common import (
    require_running,
    require_text,
    touch,
)
from app.inspections.states import MEETING, VISIT
from app.policy import Action, Actor, authorise
from app.vietnamese import format_date, nfc
from app.workflow import advance, hold


@dataclass(frozen=True)
class VisitData:
    """When, where and led by whom."""

    on_date: date
    half_day: HalfDay = HalfDay.MORNING
    place: str = ""
    subteam: str = ""
    chair_id: int | None = None


def schedule_visit(
    inspected_unit: InspectedUnit, data: VisitData, *, version: int | None = None, actor: Actor
) -> Visit:
    """Plan a visit; the unit learns of it only when it is announced.

    Raises DomainError (day before today once decided, chair outside the team), Conflict (the same half-day
    twice at this unit), WrongState, Stale, Forbidden.
    """
    inspection = inspected_unit.inspection
    authorise(actor, Action.SCHEDULE_VISIT, inspection)
    require_running(inspection)
    check_version(inspection, version)
    _check(inspected_unit, data)
    visit = Visit(inspected_unit=inspected_unit, state=VisitState.UNSCHEDULED)
    _fill(visit, data)
    db.session.add(visit)
    touch(inspection)
    db.session.flush()
    advance(visit, "schedule", VISIT, actor=actor, about=(inspected_unit, inspection), data=_told(visit))
    db.session.flush()
    return visit


def move_visit(
    visit: Visit, data: VisitData, citation: str = "", *, version: int | None = None, actor: Actor
) -> None:
    """Change day, half-day, place or chair. An announced visit is moved by a written word to the unit.

    Raises DomainError (no citation), WrongState (under way, signed, called off), Conflict, Stale, Forbidden.
    """
    iu = visit.inspected_unit
    authorise(actor, Action.SCHEDULE_VISIT, visit)
    require_running(iu.inspection)
    check_version(iu.inspection, version)
    paper = ""
    if visit.announced_at is not None and visit.state is VisitState.SCHEDULED:
        paper = require_text(citation, "Ghi văn bản báo đơn vị về việc thay đổi lịch.", "citation")
    before = _told(visit)
    if visit.state is VisitState.SCHEDULED:
        _check(iu, data, moving=visit)
        _fill(visit, data)
    advance(
        visit, "schedule", VISIT, actor=actor, about=(iu, iu.inspection),
        data={**_told(visit), "was": f"{before['day']}, {before['half_day']}", "citation": paper},
    )  # fmt: skip
    if paper:
        visit.announced_at, visit.announcement = clock.now(), paper
    touch(iu.inspection)
    db.session.flush()


def announce(visits: Sequence[Visit], citation: str, *, version: int | None = None, actor: Actor) -> int:
    """Tell units of one case of their visits by a letter (công văn số, ngày). Returns how many were told.

    A surprise inspection has no letter; a draft has no visits to tell of. Raises WrongState, DomainError,
    Conflict (told already), Stale, Forbidden.
    """
    visits = list(dict.fromkeys(visits))
    paper = require_text(citation, "Ghi số, ký hiệu, ngày của công văn thông báo lịch.", "citation")
    if not visits:
        raise DomainError("Chọn ít nhất một buổi làm việc chưa báo đơn vị.", field="visits")
    for visit in visits:
        iu = visit.inspected_unit
        inspection = iu.inspection
        authorise(actor, Action.SCHEDULE_VISIT, visit)
        if inspection.kind is InspectionKind.SURPRISE:
            raise WrongState("Kiểm tra đột xuất không báo lịch trước cho đơn vị.")
        if inspection.state is InspectionState.DRAFT:
            raise WrongState(
                "Chưa có quyết định kiểm tra nên chưa báo lịch cho đơn vị. Ghi nhận quyết định trước."
            )
        require_running(inspection)
        check_version(inspection, version)
        hold(visit)
        for condition in MEETING:
            missing = condition(visit)
            if missing is not None:
                raise WrongState(missing)
        if visit.state is not VisitState.SCHEDULED:
            raise WrongState("Buổi làm việc này không còn chờ báo lịch. Tải lại trang để xem lịch mới nhất.")
        if visit.announced_at is not None:
            raise Conflict(f"Lịch làm việc với {iu.unit.name} đã báo: {visit.announcement}.")
    for visit in visits:
        visit.announced_at, visit.announcement = clock.now(), paper
        iu = visit.inspected_unit
        touch(iu.inspection)
        audit.record(
            "visit_announced", visit, iu, iu.inspection, actor=actor, data={**_told(visit), "citation": paper}
        )
    db.session.flush()
    return len(visits)


def call_off(visit: Visit, reason: str, *, version: int | None = None, actor: Actor) -> None:
    """A visit that will not be held; says why. Raises WrongState, DomainError, Stale, Forbidden."""
    authorise(actor, Action.SCHEDULE_VISIT, visit)
    iu = visit.inspected_unit
    require_running(iu.inspection)
    check_version(iu.inspection, version)
    visit.not_held_reason = require_text(reason, "Ghi lý do không thực hiện buổi làm việc.", "reason")
    advance(
        visit, "call_off", VISIT, actor=actor, about=(iu, iu.inspection),
        data={**_told(visit), "reason": visit.not_held_reason},
    )  # fmt: skip
    touch(iu.inspection)
    db.session.flush()


def record_unit_report(
    inspected_unit: InspectedUnit,
    citation: str,
    due_on: date | None,
    *,
    version: int | None = None,
    actor: Actor,
) -> None:
    """The unit's own report before the visit: by when it is asked for, its number and date once it came.

    Raises DomainError (nothing said), WrongState, Stale, Forbidden.
    """
    authorise(actor, Action.SCHEDULE_VISIT, inspected_unit)
    require_running(inspected_unit.inspection)
    check_version(inspected_unit.inspection, version)
    known = inspected_unit.report_citation or inspected_unit.report_due_on
    if not (known or nfc(citation).strip() or due_on):
        raise DomainError(
            "Nhập hạn gửi báo cáo, hoặc số, ký hiệu, ngày của báo cáo đơn vị đã gửi.", field="report_citation"
        )
    inspected_unit.report_citation = nfc(citation).strip()
    inspected_unit.report_due_on = due_on
    touch(inspected_unit.inspection)
    db.session.flush()
    audit.record(
        "unit_report_recorded", inspected_unit, inspected_unit.inspection, actor=actor,
        data={"unit": inspected_unit.unit.name, "citation": inspected_unit.report_citation, "due_on": due_on},
    )  # fmt: skip


def _check(inspected_unit: InspectedUnit, data: VisitData, moving: Visit | None = None) -> None:
    inspection = inspected_unit.inspection
    if inspection.state is not InspectionState.DRAFT and data.on_date < clock.today():
        raise DomainError("Ngày làm việc không trước ngày hôm nay.", field="on_date")
    if data.chair_id is not None and inspection.member_of(data.chair_id) is None:
        raise DomainError("Chọn người chủ trì trong Đoàn.", field="chair_id")
    for other in inspected_unit.visits:
        if other is moving or other.state is VisitState.NOT_HELD or other.on_date != data.on_date:
            continue
        if other.half_day is data.half_day or HalfDay.WHOLE in (other.half_day, data.half_day):
            when = half_day_of(other.half_day, data.on_date)
            raise Conflict(f"{inspected_unit.unit.name} đã có buổi làm việc {when}.", field="on_date")


def _fill(visit: Visit, data: VisitData) -> None:
    visit.on_date, visit.half_day = data.on_date, data.half_day
    visit.place, visit.subteam = nfc(data.place).strip(), nfc(data.subteam).strip()
    visit.chair_id = data.chair_id
    visit.chair = db.session.get(Person, data.chair_id) if data.chair_id is not None else None


def _told(visit: Visit) -> dict[str, str]:
    return {
        "unit": visit.inspected_unit.unit.name,
        "day": format_date(visit.on_date) if visit.on_date else "",
        "half_day": HALF_DAYS[visit.half_day],
    }
