"""The end of fieldwork at a unit, and the team's report."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from app import clock, web
from app.deadlines import steps
from app.deadlines.models import Step
from app.documents.kinds import DocumentKind
from app.documents.papers import symbol_of
from app.errors import DomainError
from app.extensions import db
from app.fieldwork import queries, services
from app.fieldwork.forms import EndForm, TeamReportForm
from app.fieldwork.services.ending import OVER, last_day, list_ended
from app.fieldwork.views import bp
from app.fieldwork.views.common import path_to, review_period
from app.files import services as files
from app.findings import queries as findings
from app.findings.forms import uploads_of
from app.inspections.models import InspectedUnit, Inspection, VisitState
from app.policy import Action
from app.vietnamese import count
from app.web import Crumb, read_ids
from app.web.access import requires, the_actor


def _end_page(unit: InspectedUnit, form: EndForm, status: int = 200) -> tuple[str, int]:
    groups = queries.overview(unit)
    missing = sum(group.progress.left for group in groups)
    form.missing.data = str(missing)
    form.missing.raw_data = None
    html = render_template(
        "fieldwork/end.html",
        unit=unit,
        form=form,
        groups=groups,
        missing=missing,
        without_finding=[key for group in groups for key in group.without_finding],
        open_visits=[v for v in unit.visits if v.state not in (VisitState.SIGNED, VisitState.NOT_HELD)],
        path=path_to(unit, Crumb("Kết thúc kiểm tra")),
        period=review_period(unit.inspection),
        last_day=last_day(unit, clock.today()),
    )
    return html, status


@bp.get("/inspected-units/<int:inspected_unit_id>/end")
@requires(Action.END_FIELDWORK, findings.get_inspected_unit)
def ask_end(unit: InspectedUnit) -> Any:
    return _end_page(unit, EndForm(formdata=None))


@bp.post("/inspected-units/<int:inspected_unit_id>/end")
@requires(Action.END_FIELDWORK, findings.get_inspected_unit)
def end(unit: InspectedUnit) -> Any:
    form = EndForm()
    unit_id, actor = unit.id, the_actor()
    typed = form.missing.data or ""
    if not form.validate_on_submit():
        return _end_page(unit, form, 422)
    try:
        missing = services.end_fieldwork(
            unit,
            confirmed_missing=int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else -1,
            reason=form.reason.data or "",
            actor=actor,
        )
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, error.field)
        return _end_page(findings.get_inspected_unit(actor, unit_id), form, error.status)
    db.session.commit()
    told = f"; {count(missing)} nội dung chưa kiểm tra sẽ được trả lại" if missing else ""
    flash(f"Đã kết thúc kiểm tra tại đơn vị{told}.")
    return redirect(url_for("fieldwork.unit", inspected_unit_id=unit_id), 303)


def _report_page(inspection: Inspection, form: TeamReportForm, status: int = 200) -> tuple[str, int]:
    busy = [unit for unit in inspection.units if unit.state not in OVER]
    names = {unit.id: unit.unit.name for unit in list_ended(inspection)}
    path = [
        Crumb("Cuộc kiểm tra", url_for("inspections.index")),
        Crumb(inspection.short_name, url_for("inspections.show", inspection_id=inspection.id)),
        Crumb("Báo cáo của Đoàn"),
    ]
    return render_template(
        "fieldwork/report.html",
        inspection=inspection,
        form=form.offer(list_ended(inspection)),
        busy=busy,
        dates=[
            (names[row.inspected_unit_id], row)
            for row in steps.list_of(Step.TEAM_REPORT, inspected_unit_ids=sorted(names))
            if row.inspected_unit_id is not None
        ],
        path=path,
    ), status


@bp.get("/inspections/<int:inspection_id>/team-report")
@requires(Action.END_FIELDWORK, findings.get_inspection)
def ask_report(inspection: Inspection) -> Any:
    leader = inspection.leader
    form = TeamReportForm(
        formdata=None,
        data={
            "symbol": symbol_of(DocumentKind.TEAM_REPORT),
            "signer_name": leader.person.name if leader else "",
            "units": [str(unit.id) for unit in list_ended(inspection)],
        },
    )
    return _report_page(inspection, form)


@bp.post("/inspections/<int:inspection_id>/team-report")
@requires(Action.END_FIELDWORK, findings.get_inspection)
def record_report(inspection: Inspection) -> Any:
    form = TeamReportForm().offer(list_ended(inspection))
    actor, case_id = the_actor(), inspection.id

    def act() -> None:
        assert form.number.data is not None and form.issued_on.data is not None
        posted = uploads_of([form.file.data])
        services.record_team_report(
            inspection,
            number=form.number.data,
            symbol=form.symbol.data or "",
            issued_on=form.issued_on.data,
            signer_name=form.signer_name.data or "",
            file=files.keep(posted[0].name, posted[0].data, actor=actor, kinds=("pdf", "docx"))
            if posted
            else None,
            unit_ids=read_ids(form.units.data or ()),
            actor=actor,
        )

    status = web.attempt(form, act, named=lambda field: "file" if field == "files" else field)
    if status is not None:
        return _report_page(findings.get_inspection(actor, case_id), form, status)
    flash("Đã ghi nhận báo cáo của Đoàn.")
    return redirect(url_for("inspections.show", inspection_id=case_id), 303)
