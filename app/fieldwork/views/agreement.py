"""Screen 6: the findings of a case, gathered and agreed in the team."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for

from app.audit.timeline import timeline
from app.fieldwork import queries
from app.fieldwork.views import bp
from app.findings import queries as findings
from app.findings.models import OPEN
from app.findings.queries import PAGE, Filters
from app.form_library import queries as forms
from app.form_library.schema import Level as Severity
from app.inspections.models import InspectedUnitState, Inspection
from app.inspections.states import INSPECTION
from app.policy import Action
from app.web import Crumb, State, Wait, read_id
from app.web.access import requires

CLOSED = (InspectedUnitState.CONCLUDED, InspectedUnitState.TERMINATED)


def _filters() -> Filters:
    level = request.args.get("level", "")
    return Filters(
        inspected_unit_id=read_id(request.args.get("unit")),
        group_id=read_id(request.args.get("group")),
        severity=Severity(level) if level in list(Severity) else None,
        not_in_minutes=request.args.get("minutes") == "no",
    )


@bp.get("/inspections/<int:inspection_id>/agreement")
@requires(Action.VIEW_FIELDWORK, findings.get_inspection)
def agreement(inspection: Inspection) -> str:
    filters, skip = _filters(), read_id(request.args.get("skip")) or 0
    rows = findings.list_filtered(inspection.id, filters, skip=skip)
    totals = findings.count_for_inspection(inspection.id)
    leader = inspection.leader
    path = [
        Crumb("Cuộc kiểm tra", url_for("inspections.index")),
        Crumb(inspection.short_name, url_for("inspections.show", inspection_id=inspection.id)),
        Crumb("Tổng hợp, thống nhất trong Đoàn"),
    ]
    wait = None
    if totals.open and leader is not None:
        wait = Wait(leader.person.name, "Thống nhất từng tồn tại, hạn chế")
    plan = "remediation.plan"
    return render_template(
        "fieldwork/agreement.html",
        inspection=inspection,
        rows=rows[:PAGE],
        decidable={
            row.id for row in rows[:PAGE] if row.state in OPEN and row.inspected_unit.state not in CLOSED
        },
        closed_units={unit.id for unit in inspection.units if unit.state in CLOSED},
        filters_set=sum(bool(request.args.get(name)) for name in ("unit", "group", "level", "minutes")),
        filters=filters,
        totals=totals,
        more=skip + PAGE if len(rows) > PAGE else None,
        skip=skip,
        path=path,
        wait=wait,
        groups=forms.list_groups(inspection.form_version_id),
        clean=queries.list_clean_groups(inspection),
        state=State("doing", INSPECTION.labels[inspection.state]),
        entries=timeline(inspection),
        plan_url=url_for(plan, inspection_id=inspection.id) if plan in current_app.view_functions else "",
    )
