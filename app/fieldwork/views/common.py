"""What the pages of fieldwork share: states, paths, the line about whom one waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import jsonify, url_for
from werkzeug.wrappers import Response

from app import clock
from app.fieldwork.models import MinutesState
from app.fieldwork.states import MINUTES
from app.fieldwork.views import bp
from app.findings.services import is_heard
from app.form_library.models import CriterionGroup
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    Visit,
    VisitState,
)
from app.inspections.queries import HALF_DAYS
from app.inspections.states import INSPECTED_UNIT, VISIT
from app.vietnamese import format_date, format_period
from app.web import Crumb, State

UNIT_KINDS = {
    InspectedUnitState.PENDING: "idle",
    InspectedUnitState.FIELDWORK: "doing",
    InspectedUnitState.ENDED: "done",
    InspectedUnitState.REPORTED: "done",
    InspectedUnitState.CONCLUDED: "final",
    InspectedUnitState.TERMINATED: "stop",
}
VISIT_KINDS = {
    VisitState.UNSCHEDULED: "idle",
    VisitState.SCHEDULED: "wait",
    VisitState.UNDER_WAY: "doing",
    VisitState.SIGNED: "done",
    VisitState.NOT_HELD: "stop",
}
MINUTES_KINDS = {
    MinutesState.DRAFT: "doing",
    MinutesState.PRINTED: "wait",
    MinutesState.SIGNED: "done",
    MinutesState.REFUSED: "stop",
}


def unit_state(unit: InspectedUnit) -> State:
    """The state tag of an inspected unit."""
    return State(UNIT_KINDS[unit.state], INSPECTED_UNIT.labels[unit.state])


def at_work(unit: InspectedUnit) -> bool:
    """Whether results are being recorded at the unit: begun, not ended, the case not suspended."""
    going = unit.inspection.state is not InspectionState.SUSPENDED
    return going and unit.state is InspectedUnitState.FIELDWORK


def was_at(unit: InspectedUnit) -> bool:
    """Whether what the unit says for itself is taken down: it is heard, and the case not suspended."""
    return is_heard(unit) and unit.inspection.state is not InspectionState.SUSPENDED


def visit_state(visit: Visit, *, refused: bool) -> State:
    """The state tag of a visit; `refused` = its minutes stand without the unit's signature."""
    if refused:
        return State(MINUTES_KINDS[MinutesState.REFUSED], "Đơn vị không ký biên bản")
    return State(VISIT_KINDS[visit.state], VISIT.labels[visit.state])


def minutes_state(state: MinutesState) -> State:
    """The state tag of minutes."""
    return State(MINUTES_KINDS[state], MINUTES.labels[state])


def group_name(group: CriterionGroup) -> str:
    """“IV. Một cửa”: the numeral of the group's title and its short title."""
    numeral, dot, _ = group.title.partition(". ")
    return f"{numeral}. {group.short_title}" if dot else group.short_title


def when_text(visit: Visit) -> str:
    """“Buổi sáng 23/9/2026”; a visit without a day says so."""
    half = HALF_DAYS[visit.half_day]
    return f"{half[:1].upper()}{half[1:]} {format_date(visit.on_date)}" if visit.on_date else "Chưa có lịch"


@bp.app_context_processor
def _names() -> dict[str, Any]:
    return {"group_name": group_name}


def path_to(unit: InspectedUnit, *steps: Crumb) -> list[Crumb]:
    """The path: cases › the case › the unit › `steps`."""
    return [
        Crumb("Cuộc kiểm tra", url_for("inspections.index")),
        Crumb(unit.inspection.short_name, url_for("inspections.show", inspection_id=unit.inspection_id)),
        Crumb(unit.unit.name, url_for("fieldwork.unit", inspected_unit_id=unit.id)),
        *steps,
    ]


def review_period(inspection: Inspection) -> str:
    """The reviewed period as people read it."""
    if inspection.review_to_provisional:
        return format_period(inspection.review_from, None)
    return format_period(inspection.review_from, inspection.review_to - timedelta(days=1))


def saved_json(version: object, *, field: str = "version", mark: str = "") -> Response:
    """The answer to a form that saved itself.

    The clock, the version that its next save must name in `field`, and the mark (HTML) of what was saved.
    """
    answer: Response = jsonify(
        {
            "saved_at": f"{clock.local(clock.now()):%H:%M}", "version": str(version), "field": field,
            "mark": mark,
        }
    )  # fmt: skip
    return answer


def refused_json(message: str, status: int, at: Mapping[str, str] | None = None) -> tuple[Any, int]:
    """Why a form that saves itself was not saved; `at` = id of an input → its message."""
    return jsonify({"message": message, "at": dict(at or {})}), status
