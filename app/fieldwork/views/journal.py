"""Nhật ký Đoàn: what the team did, day by day."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from app import clock
from app.errors import DomainError
from app.extensions import db
from app.fieldwork import queries, services
from app.fieldwork.forms import JournalForm
from app.fieldwork.views import bp
from app.findings import queries as findings
from app.inspections.models import Inspection
from app.policy import Action
from app.web import Crumb
from app.web.access import requires, the_actor


def _page(inspection: Inspection, form: JournalForm, status: int = 200) -> tuple[str, int]:
    path = [
        Crumb("Cuộc kiểm tra", url_for("inspections.index")),
        Crumb(inspection.short_name, url_for("inspections.show", inspection_id=inspection.id)),
        Crumb("Nhật ký Đoàn"),
    ]
    lines = queries.list_journal(inspection.id)
    html = render_template("fieldwork/journal.html", inspection=inspection, form=form, lines=lines, path=path)
    return html, status


@bp.get("/inspections/<int:inspection_id>/journal")
@requires(Action.VIEW_FIELDWORK, findings.get_inspection)
def journal(inspection: Inspection) -> Any:
    return _page(inspection, JournalForm(formdata=None, data={"on_date": clock.today()}))


@bp.post("/inspections/<int:inspection_id>/journal")
@requires(Action.RECORD_ANSWER, findings.get_inspection)
def write_journal(inspection: Inspection) -> Any:
    form = JournalForm()
    actor, case_id = the_actor(), inspection.id
    if not form.validate_on_submit():
        return _page(inspection, form, 422)
    assert form.on_date.data is not None
    try:
        services.journal.write(inspection, form.on_date.data, form.text.data or "", actor=actor)
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, error.field)
        return _page(findings.get_inspection(actor, case_id), form, error.status)
    db.session.commit()
    flash("Đã ghi nhật ký Đoàn.")
    return redirect(url_for("inspections.show", inspection_id=case_id, _anchor="phan-journal"), 303)
