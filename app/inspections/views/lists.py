"""Lists: all cases, the plan by month, a unit's own visits; and the page of one case."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request

from app import clock, web
from app.audit.timeline import timeline
from app.inspections import panels, queries
from app.inspections.forms import KIND_LABELS, METHOD_LABELS
from app.inspections.models import Inspection, InspectionState, VisitState
from app.inspections.planning import period_text
from app.inspections.queries import ROLE_NAMES, Filters
from app.inspections.queries.visits import HALF_DAYS
from app.inspections.services.common import OVER
from app.inspections.states import INSPECTION
from app.inspections.views.bp import (
    bp,
    path_to,
    row_of,
    state_of,
    unit_state_of,
    visit_state_of,
    wait_of,
)
from app.inspections.views.matrix import Shown, shown_matrix
from app.policy import Action, can
from app.vietnamese import format_date
from app.web.access import requires, the_actor

MILESTONES = (
    InspectionState.DRAFT,
    InspectionState.DECIDED,
    InspectionState.IN_PROGRESS,
    InspectionState.FIELDWORK_ENDED,
    InspectionState.REPORTED,
    InspectionState.CONCLUDED,
    InspectionState.CLOSED,
)


@bp.get("/inspections")
@requires(Action.LIST_INSPECTIONS)
def index() -> str:
    """Cuộc kiểm tra."""
    actor = the_actor()
    filters = _filters()
    cursor = web.cursor_of_address(int)
    page = queries.list_visible(actor, filters, cursor)
    return render_template(
        "inspections/index.html",
        page=page,
        filters=filters,
        states=INSPECTION.labels,
        years=queries.list_years(actor),
        state_of=state_of,
        waiting_for=queries.waiting_for,
        kinds=KIND_LABELS,
    )


def _filters() -> Filters:
    state = request.args.get("state", "")
    year = request.args.get("year", "")
    return Filters(
        text=request.args.get("q", "")[:200],
        state=InspectionState(state) if state in set(InspectionState) else None,
        year=web.read_year(year),
    )


@bp.get("/inspections/plan")
@requires(Action.LIST_INSPECTIONS)
def plan() -> str:
    """Kế hoạch kiểm tra: cases by month, drafts in each other's way, the matrix of one of them."""
    actor = the_actor()
    year = _filters().year or clock.today().year
    months = queries.list_plan(actor, year)
    cases = [case for month in months for case in month.cases]
    drafts = [case for case in cases if case.state is InspectionState.DRAFT]
    chosen = request.args.get("case", "")
    shown = next((c for c in drafts if str(c.id) == chosen), drafts[-1] if drafts else None)
    reviewed = queries.get_visible(actor, shown.id) if shown else None
    review = queries.review_scope(reviewed) if reviewed else None
    return render_template(
        "inspections/plan.html",
        year=year,
        years=sorted({year, clock.today().year, *queries.list_years(actor)}, reverse=True),
        months=months,
        total=len(cases),
        drafts=drafts,
        overlaps=queries.list_draft_overlaps(case.id for case in drafts),
        reviewed=reviewed,
        review=review,
        matrix=shown_matrix(reviewed, review, Shown()) if reviewed and review else None,
        state_of=state_of,
        waiting_for=queries.waiting_for,
        kinds=KIND_LABELS,
    )


@bp.get("/my-visits")
@requires(Action.VIEW_MY_VISITS)
def my_visits() -> str:
    """Lịch Đoàn làm việc: for the people of a unit, what they were told."""
    return render_template("inspections/my_visits.html", visits=queries.list_my_visits(the_actor()))


@bp.get("/inspections/<int:inspection_id>")
@requires(Action.VIEW_INSPECTION, queries.get_visible)
def show(inspection: Inspection) -> str:
    """Hồ sơ cuộc kiểm tra (screen 3)."""
    actor = the_actor()
    scoped = queries.count_scope(inspection.id)
    actions = panels.actions_of(inspection, actor)
    may_edit = can(actor, Action.EDIT_INSPECTION, inspection)
    draft = inspection.state is InspectionState.DRAFT
    groups = queries.list_group_heads(inspection.form_version_id)
    row = row_of(inspection)
    return render_template(
        "inspections/show.html",
        inspection=inspection,
        title=inspection.title,
        path=path_to(here=inspection.short_name),
        state=state_of(inspection.state),
        wait=wait_of(queries.waiting_for(row)),
        reserved_until=row.reserved_until,
        sub=_sub(inspection),
        milestones=_milestones(inspection),
        columns=panels.COLUMNS,
        cells=panels.cells_of(inspection, actor),
        scoped=scoped,
        unit_state_of=unit_state_of,
        visit_state_of=visit_state_of,
        visits_of=_shown_visits,
        half_days=HALF_DAYS,
        sections=panels.sections_of(inspection, actor, side=False),
        side_sections=panels.sections_of(inspection, actor, side=True),
        papers=panels.papers_of(inspection, actor),
        actions=actions,
        primary_taken=any(action.primary for action in actions),
        may_edit=may_edit,
        may_schedule=can(actor, Action.SCHEDULE_VISIT, inspection),
        may_assign=can(actor, Action.ASSIGN_MEMBERS, inspection),
        may_decide=can(actor, Action.DECIDE_INSPECTION, inspection),
        draft=draft,
        roles=ROLE_NAMES,
        kinds=KIND_LABELS,
        methods=METHOD_LABELS,
        period=_period(inspection),
        term_limit=queries.term_limit(inspection.profile),
        group_codes={group.id: group.code for group in groups},
        units_by_id={iu.id: iu.unit.name for iu in inspection.units},
        entries=timeline(inspection),
        conflicts=[] if inspection.state in OVER else queries.list_conflicts(inspection),
        dropped=[] if draft else queries.list_dropped(inspection),
    )


def _shown_visits(inspection_unit: object) -> Sequence[object]:
    visits = getattr(inspection_unit, "visits", [])
    return [v for v in visits if v.state is not VisitState.NOT_HELD] or visits


def _period(inspection: Inspection) -> str:
    return period_text(
        inspection.review_from, inspection.review_to, provisional=inspection.review_to_provisional
    )


def _sub(inspection: Inspection) -> str:
    told = [KIND_LABELS[inspection.kind], METHOD_LABELS[inspection.method].lower()]
    decision = inspection.decision
    if decision is not None and decision.issued_on is not None:
        told.append(f"Quyết định số {decision.number_and_symbol} ngày {format_date(decision.issued_on)}")
    return " · ".join([*told, f"thời kỳ {_period(inspection)}"])


def _milestones(inspection: Inspection) -> list[web.State]:
    """The states in their order: passed, present, to come; a stop shows by itself at the end."""
    if inspection.state not in MILESTONES:
        return [state_of(inspection.state)]
    at = MILESTONES.index(inspection.state)
    kinds = ["done" if i < at else "doing" if i == at else "idle" for i in range(len(MILESTONES))]
    return [web.State(kind, INSPECTION.labels[state]) for kind, state in zip(kinds, MILESTONES, strict=True)]
