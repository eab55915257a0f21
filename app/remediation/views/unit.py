"""The unit's own pages (screen 8): notices received, its tasks, the signed report that answers several."""

from __future__ import annotations

from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.documents.models import RECEIPT_LABELS
from app.documents.states import DOCUMENT
from app.errors import NotFound
from app.policy import Action, Role
from app.remediation import queries, services
from app.remediation.forms import ReportForm
from app.remediation.models import Task
from app.remediation.queries import UnitFilters
from app.remediation.views.blueprint import bp
from app.units.models import Unit
from app.vietnamese import count, parse_date
from app.web.access import requires, the_actor

SHOWN = (("", "Tất cả"), ("open", "Đang thực hiện"), ("overdue", "Quá hạn"), ("done", "Đã hoàn thành"))


@bp.get("/remediation")
@requires(Action.LIST_TASKS)
def index() -> str:
    """Nội dung khắc phục: the unit's own; the office sees all it may see."""
    actor = the_actor()
    show = request.args.get("show", "")
    filters = UnitFilters(
        show=show if show in dict(SHOWN) else "",
        text=request.args.get("q", "")[:200],
        document_id=web.read_id(request.args.get("notice")),
    )
    page = queries.list_visible(actor, filters, web.cursor_of_address(date, int))
    return render_template(
        "remediation/index.html",
        title="Nội dung khắc phục",
        page=page,
        filters=filters,
        tabs=[
            web.LinkItem(label, web.url_with(show=key or None), current=filters.show == key)
            for key, label in SHOWN
        ],
        own_unit_id=actor.unit_id if actor.unit_ids and not actor.in_office else None,
        names=Role.OBSERVER not in actor.roles,
    )


@bp.get("/remediation/received")
@requires(Action.LIST_TASKS)
def received() -> str:
    """Thông báo đã nhận: not acknowledged first."""
    actor = the_actor()
    deliveries = queries.list_received(actor)
    return render_template(
        "remediation/received.html",
        title="Thông báo đã nhận",
        deliveries=deliveries,
        counts=queries.count_by_document([d.document_id for d in deliveries], sorted(actor.unit_ids)),
        receipts=RECEIPT_LABELS,
        states=DOCUMENT.labels,
        action=Action,
    )


def _report_page(form: ReportForm, unit: Unit, *, for_unit: bool) -> str:
    return render_template(
        "remediation/report.html",
        title="Ghi nhận báo cáo của đơn vị" if for_unit else "Nhập số báo cáo đã ký",
        form=form,
        unit=unit,
        for_unit=for_unit,
        action_url=url_for(".report_for_unit" if for_unit else ".report", unit_id=unit.id),
        back=url_for(".index"),
        nothing=not form.task_ids.choices,
        seen=_to_send(unit),
        known=queries.list_reports(unit.id),
    )


def _seen() -> dict[int, int | None]:
    """What stood on the page of the form, each task as “id:version”."""
    pairs = (value.partition(":") for value in request.form.getlist("seen")[:500])
    return {web.read_id(key) or 0: web.read_id(version) for key, _, version in pairs}


def _to_send(unit: Unit) -> list[str]:
    """What the form sends as seen: what it was first filled from; after a stale one, what stands now."""
    sent = request.form.getlist("seen")
    if sent and not g.get("stale"):
        return sent
    return [f"{task.id}:{task.version}" for task in queries.list_reportable(unit.id)]


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _over(unit: Unit, form: ReportForm, offered: set[int]) -> list[Task]:
    """What was ticked of this unit and is not offered any more."""
    ticked = [key for key in web.read_ids(form.task_ids.data or []) if key not in offered]
    return [task for task in queries.list_by_ids(the_actor(), ticked) if task.lead_unit_id == unit.id]


def _report_form(unit: Unit, *, fresh: bool) -> ReportForm:
    form = ReportForm(formdata=None) if fresh else ReportForm()
    offered = queries.list_reportable(unit.id)
    form.offer(offered, [] if fresh else _over(unit, form, {task.id for task in offered}))
    if fresh:
        form.task_ids.data = request.args.getlist("task")
        form.reference.data = request.args.get("reference", "")[:200]
        form.document_on.data = _day(request.args.get("on", "")) or clock.today()
    return form


def _save_report(unit: Unit, *, for_unit: bool) -> Response | tuple[str, int]:
    form, seen = _report_form(unit, fresh=False), _seen()

    def act() -> None:
        wanted = set(form.task_ids.data or [])
        tasks = [queries.get_visible(the_actor(), web.read_id(key) or 0) for key in wanted]
        if any(task.lead_unit_id != unit.id for task in tasks):
            raise NotFound()
        tasks.sort(key=lambda task: task.code)
        services.submit_report(
            tasks, form.values(), actor=the_actor(), versions=[seen.get(task.id) for task in tasks]
        )

    status = web.attempt(form, act)
    if status is not None:
        return _report_page(form, unit, for_unit=for_unit), status
    flash(f"Đã gửi kết quả khắc phục của {count(len(form.task_ids.data or []))} nội dung.", "good")
    return redirect(url_for("home.index") if not for_unit else url_for(".index"), 303)


@bp.get("/units/<int:unit_id>/remediation-report")
@requires(Action.REPORT_PROGRESS, queries.get_unit)
def report(unit: Unit) -> str:
    """Enter the signed report of the own unit."""
    return _report_page(_report_form(unit, fresh=True), unit, for_unit=False)


@bp.post("/units/<int:unit_id>/remediation-report")
@requires(Action.REPORT_PROGRESS, queries.get_unit)
def save_report(unit: Unit) -> Response | tuple[str, int]:
    """Hand in everything the report answers."""
    return _save_report(unit, for_unit=False)


@bp.get("/units/<int:unit_id>/for-unit/remediation-report")
@requires(Action.ENTER_FOR_UNIT, queries.get_unit)
def report_for_unit(unit: Unit) -> str:
    """Enter a unit's signed report in its place."""
    return _report_page(_report_form(unit, fresh=True), unit, for_unit=True)


@bp.post("/units/<int:unit_id>/for-unit/remediation-report")
@requires(Action.ENTER_FOR_UNIT, queries.get_unit)
def save_report_for_unit(unit: Unit) -> Response | tuple[str, int]:
    """Hand in, marked as entered by the office."""
    return _save_report(unit, for_unit=True)
