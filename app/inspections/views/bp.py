"""The blueprint and what every page of a case shares: path, steps, state tags, refusals at the form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.badge import running_badge
from app.inspections import queries, services
from app.inspections.models import InspectedUnitState, Inspection, InspectionState, Visit, VisitState
from app.inspections.queries import CaseRow, ScopeReview, Waiting
from app.inspections.states import INSPECTED_UNIT, INSPECTION
from app.register.models import ReopeningState
from app.register.states import REOPENING
from app.web import Badge, Crumb, LinkItem, State, Wait

bp = Blueprint("inspections", __name__)

STATE_KINDS: dict[InspectionState, str] = {
    InspectionState.DRAFT: "idle",
    InspectionState.DECIDED: "wait",
    InspectionState.IN_PROGRESS: "doing",
    InspectionState.FIELDWORK_ENDED: "doing",
    InspectionState.REPORTED: "wait",
    InspectionState.CONCLUDED: "final",
    InspectionState.CLOSED: "done",
    InspectionState.SUSPENDED: "stop",
    InspectionState.TERMINATED: "stop",
}
UNIT_STATE_KINDS: dict[InspectedUnitState, str] = {
    InspectedUnitState.PENDING: "idle",
    InspectedUnitState.FIELDWORK: "doing",
    InspectedUnitState.ENDED: "done",
    InspectedUnitState.REPORTED: "done",
    InspectedUnitState.CONCLUDED: "final",
    InspectedUnitState.TERMINATED: "stop",
}
VISIT_STATE_KINDS: dict[VisitState, str] = {
    VisitState.UNSCHEDULED: "idle",
    VisitState.SCHEDULED: "wait",
    VisitState.UNDER_WAY: "doing",
    VisitState.SIGNED: "done",
    VisitState.NOT_HELD: "stop",
}
REOPENING_STATE_KINDS: dict[ReopeningState, str] = {
    ReopeningState.REQUESTED: "wait",
    ReopeningState.REFUSED: "stop",
    ReopeningState.GRANTED: "doing",
    ReopeningState.USED: "final",
    ReopeningState.ENDED: "done",
}
STEPS = (
    ("edit", "1. Thông tin chung"),
    ("units", "2. Đơn vị"),
    ("scope", "3. Nội dung"),
    ("review", "4. Rà soát chồng chéo"),
    ("team", "5. Đoàn kiểm tra"),
    ("assignments", "6. Phân công"),
    ("visits", "7. Lịch"),
    ("decision", "8. Quyết định"),
)


def state_of(state: InspectionState) -> State:
    """The state tag of a case."""
    return State(STATE_KINDS[state], INSPECTION.labels[state])


def unit_state_of(state: InspectedUnitState) -> State:
    """The state tag of an inspected unit."""
    return State(UNIT_STATE_KINDS[state], INSPECTED_UNIT.labels[state])


def visit_state_of(visit: Visit) -> State:
    """The state tag of a visit."""
    return State(VISIT_STATE_KINDS[visit.state], queries.visit_label(visit))


def reopening_state_of(state: ReopeningState) -> State:
    """The state tag of a request."""
    return State(REOPENING_STATE_KINDS[state], REOPENING.labels[state])


def wait_of(waiting: Waiting | None) -> Wait | None:
    """The strip “đang chờ | việc | đến ngày”, with the badge of the day."""
    if waiting is None:
        return None
    badge: Badge | None = None
    if waiting.until is not None:
        due = running_badge(waiting.until, clock.today(), deadlines.current_calendar())
        badge = Badge(due.kind.value, due.text)
    return Wait(waiting.who, waiting.what, waiting.until, badge)


def row_of(inspection: Inspection) -> CaseRow:
    """A loaded case as a line of the list, for what is derived from it."""
    visits = [v for v in queries.list_visits(inspection) if v.on_date and v.state is not VisitState.NOT_HELD]
    coming = [v.on_date for v in visits if v.state is VisitState.SCHEDULED]
    decision = inspection.decision
    draft = inspection.state is InspectionState.DRAFT
    return CaseRow(
        id=inspection.id,
        code=inspection.code,
        title=inspection.title,
        kind=inspection.kind,
        state=inspection.state,
        decision=decision.number_and_symbol if decision else "",
        decided_on=decision.issued_on if decision else None,
        unit_names=tuple(iu.unit.name for iu in inspection.units),
        leader=inspection.leader.person.name if inspection.leader else "",
        creator=queries.creator_name(inspection),
        follower=inspection.follower.name if inspection.follower else "",
        starts_on=inspection.starts_on,
        ends_on=inspection.ends_on,
        first_visit_on=visits[0].on_date if visits else None,
        next_visit_on=coming[0] if coming else None,
        reserved_until=queries.list_reserved_until([inspection.id] if draft else []).get(inspection.id),
    )


def path_to(inspection: Inspection | None = None, here: str = "") -> list[Crumb]:
    """Cuộc kiểm tra › Quyết định số 120/QĐ-SNV › here."""
    steps = [Crumb("Cuộc kiểm tra", url_for("inspections.index"))]
    if inspection is not None:
        steps.append(Crumb(inspection.short_name, url_for("inspections.show", inspection_id=inspection.id)))
    return [*steps, Crumb(here)]


def steps_of(inspection: Inspection, current: str, review: ScopeReview) -> list[LinkItem]:
    """The numbered parts of screen 2; a tick where a part is complete."""
    done = {
        "edit": True,
        "units": bool(inspection.units),
        "scope": bool(review.items) or bool(review.unasked),
        "review": bool(review.items) and review.is_free and not review.without_reason,
        "team": inspection.leader is not None,
        "assignments": any(m.assignments for m in inspection.members),
        "visits": any(iu.visits for iu in inspection.units),
        "decision": inspection.decision_id is not None,
    }
    return [
        LinkItem(label, url_for(f"inspections.{key}", inspection_id=inspection.id), key == current, done[key])
        for key, label in STEPS
    ]


def render_step(
    template: str,
    inspection: Inspection,
    current: str,
    title: str,
    *,
    review: ScopeReview | None = None,
    **values: Any,
) -> str:
    """A part of screen 2 with its steps and, while the case is a draft, the sticky result of the review."""
    answer = review
    if answer is None:
        draft = inspection.state is InspectionState.DRAFT
        answer = queries.review_beside(inspection) if draft else ScopeReview()
    return render_template(
        f"inspections/{template}.html",
        inspection=inspection,
        title=title,
        path=path_to(inspection, title),
        state=state_of(inspection.state),
        steps=steps_of(inspection, current, answer),
        review=answer,
        current=current,
        **values,
    )


def missing_of(inspection: Inspection) -> list[str]:
    """What the draft still lacks for the decision."""
    return services.missing_for_decision(inspection)
