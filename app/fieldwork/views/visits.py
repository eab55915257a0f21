"""A visit: the decision is read out, then the order of work until the signed minutes are scanned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for

from app import clock
from app.audit.timeline import timeline
from app.errors import DomainError
from app.extensions import db
from app.fieldwork import queries, services
from app.fieldwork.forms import OpenForm
from app.fieldwork.forms.visits import moment
from app.fieldwork.models import Minutes, MinutesState
from app.fieldwork.views import bp
from app.fieldwork.views.common import path_to, visit_state, when_text
from app.inspections.models import Visit, VisitState
from app.policy import Action
from app.vietnamese import count, format_moment
from app.web import Crumb
from app.web.access import requires, the_actor


@dataclass(frozen=True)
class Step:
    """One step inside a visit: done, still to come, or one that is not recorded here (`done` None)."""

    label: str
    done: bool | None
    remark: str = ""


def _steps(visit: Visit, minutes: Minutes | None) -> list[Step]:
    unit = visit.inspected_unit
    progress = queries.progress(unit)
    signed = minutes is not None and minutes.state in (MinutesState.SIGNED, MinutesState.REFUSED)
    opened = format_moment(visit.opened_at) if visit.opened_at else ""
    recorded = f"đã ghi {count(progress.done)}/{count(progress.total)} nội dung"
    reported = True if unit.report_citation else None if signed else False
    return [
        Step("Công bố quyết định kiểm tra", visit.opened_at is not None, opened),
        Step(
            "Đơn vị báo cáo",
            reported,
            unit.report_citation or ("không ghi số, ngày báo cáo của đơn vị" if signed else ""),
        ),
        Step("Kiểm tra theo phân công", signed or (bool(progress.total) and progress.left == 0), recorded),
        Step("Hội ý Đoàn, Trưởng đoàn trao đổi kết quả", None, "không ghi riêng"),
        Step("Ý kiến của đơn vị", bool(minutes and minutes.unit_opinion)),
        Step("Lập, đọc lại, ký biên bản", signed),
        Step("Tải lên bản đã ký", bool(minutes and minutes.scan_id)),
    ]


def _page(visit: Visit, form: OpenForm, status: int = 200) -> tuple[str, int]:
    minutes = queries.find_minutes(visit)
    html = render_template(
        "fieldwork/visit.html",
        visit=visit,
        unit=visit.inspected_unit,
        form=form,
        minutes=minutes,
        steps=_steps(visit, minutes),
        state=visit_state(visit, refused=minutes is not None and minutes.state is MinutesState.REFUSED),
        label=when_text(visit),
        path=path_to(visit.inspected_unit, Crumb("Buổi làm việc")),
        entries=timeline(visit),
        can_open=visit.state is VisitState.SCHEDULED,
    )
    return html, status


@bp.get("/visits/<int:visit_id>")
@requires(Action.VIEW_FIELDWORK, queries.get_visit)
def visit(visit: Visit) -> Any:
    now = clock.local(clock.now())
    form = OpenForm(
        formdata=None,
        data={
            "opened_on": visit.on_date,
            "opened_at": f"{now:%H:%M}",
            "place": visit.place,
        },
    )
    return _page(visit, form)


@bp.post("/visits/<int:visit_id>/open")
@requires(Action.RUN_VISIT, queries.get_visit)
def open_visit(visit: Visit) -> Any:
    form = OpenForm()
    if not form.validate_on_submit():
        return _page(visit, form, 422)
    opened = moment(form.opened_on.data, form.opened_at.data)
    visit_id = visit.id
    try:
        assert opened is not None
        services.open_visit(
            visit, opened_at=opened, place=form.place.data or "", note=form.note.data or "", actor=the_actor()
        )
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, error.field)
        return _page(queries.get_visit(the_actor(), visit_id), form, error.status)
    db.session.commit()
    flash("Đã công bố quyết định, buổi làm việc bắt đầu.")
    return redirect(url_for("fieldwork.visit", visit_id=visit_id), 303)
