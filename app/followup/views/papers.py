"""Papers out of the follow-up: letters from ticked lines, papers of a check, the end of a notice."""

from __future__ import annotations

import io
from dataclasses import replace

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.documents import queries as documents
from app.documents import rendering
from app.documents.models import Document
from app.errors import DomainError
from app.extensions import db
from app.findings import queries as findings
from app.followup import checks, ending, services
from app.followup.views.table import bp, picked_tasks, refuse
from app.inspections.models import Inspection, InspectionKind
from app.policy import Action
from app.remediation import queries as remediation
from app.remediation import services as work
from app.remediation.views.blueprint import address_of
from app.web.access import requires, the_actor

CHECK = "Biên bản, thông báo việc khắc phục"


@bp.post("/follow-up/reminder")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def begin_reminder(_followed: remediation.Followed) -> AnyResponse | tuple[str, int]:
    """Soạn công văn đôn đốc of the ticked lines."""
    try:
        paper = work.begin_reminder(picked_tasks(the_actor()), actor=the_actor())
    except DomainError as error:
        return refuse(error)
    db.session.commit()
    flash(
        "Đã soạn công văn đôn đốc. Lần đôn đốc được ghi vào từng nội dung khi công văn được ban hành.", "good"
    )
    return redirect(address_of(paper), 303)


def _check(inspection: Inspection) -> Inspection:
    """A check of remediation. Raises NotFound for any other case."""
    if inspection.kind is not InspectionKind.FOLLOW_UP:
        raise NotFound
    return inspection


@bp.get("/inspections/<int:inspection_id>/follow-up-papers")
@requires(Action.DRAFT_NOTICE, findings.get_inspection)
def check_papers(inspection: Inspection) -> str:
    """The minutes of each unit, and the notice of what was accepted."""
    _check(inspection)
    rows = [(place, remediation.list_old(place)) for place in inspection.units]
    return render_template(
        "followup/check_papers.html",
        title=CHECK,
        inspection=inspection,
        rows=rows,
        accepted=checks.ACCEPTED,
        path=[
            web.Crumb(inspection.short_name, url_for("inspections.show", inspection_id=inspection.id)),
            web.Crumb(CHECK),
        ],
    )


@bp.get("/inspections/<int:inspection_id>/follow-up-minutes.pdf")
@requires(Action.VIEW_FIELDWORK, findings.get_inspection)
def check_minutes(inspection: Inspection) -> Response:
    """Biên bản kiểm tra việc khắc phục, to be printed and signed at the unit (?unit=, else the first)."""
    wanted = web.read_id(request.args.get("unit"))
    places = [place for place in _check(inspection).units if wanted in (None, place.unit_id)]
    if not places:
        raise NotFound
    place = places[0]
    content = checks.minutes(inspection, place, remediation.list_old(place))
    drawn = rendering.render_pdf(replace(content, expected_on=clock.today()), created_at=clock.now())
    name = f"Biên bản kiểm tra việc khắc phục, {place.unit.name}.pdf"
    return send_file(io.BytesIO(drawn.data), mimetype="application/pdf", download_name=name)


@bp.post("/inspections/<int:inspection_id>/follow-up-notice")
@requires(Action.DRAFT_NOTICE, findings.get_inspection)
def begin_check_notice(inspection: Inspection) -> AnyResponse:
    """Soạn thông báo kết quả kiểm tra việc khắc phục, about all units of the check."""
    paper = services.begin_check_notice(_check(inspection), [], actor=the_actor())
    db.session.commit()
    flash("Đã soạn thông báo kết quả kiểm tra việc khắc phục.", "good")
    return redirect(address_of(paper), 303)


@bp.get("/follow-up/end/<int:document_id>")
@requires(Action.LIST_TASKS, documents.get_visible)
def end(document: Document) -> str:
    """What a notice asked, and whether its follow-up may end. For the office."""
    actor = the_actor()
    if not actor.in_office:
        raise NotFound
    tasks = remediation.list_of_notice_told(document.id)
    if not tasks:
        raise NotFound
    return render_template(
        "followup/end.html",
        title="Kết thúc theo dõi",
        document=document,
        tasks=tasks,
        left=ending.left(tasks),
        begun=ending.find(document.id),
        path=[
            web.Crumb("Theo dõi khắc phục", url_for(".index", notice=document.id)),
            web.Crumb("Kết thúc theo dõi"),
        ],
    )


@bp.post("/follow-up/end/<int:document_id>")
@requires(Action.LIST_TASKS, documents.get_visible)
def begin_end(document: Document) -> AnyResponse:
    """Soạn thông báo kết thúc theo dõi."""
    if not the_actor().in_office:
        raise NotFound
    paper = services.begin_end(document, actor=the_actor())
    db.session.commit()
    flash("Đã soạn thông báo kết thúc theo dõi.", "good")
    return redirect(address_of(paper), 303)
