"""A unit asks for more time; the office refuses here, and grants on the page of extensions."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.policy import Action, authorise
from app.remediation import queries, services
from app.remediation.forms import EVIDENCE_HELP, OwnRefusalForm, RefuseForm, RequestForm
from app.remediation.models import Task
from app.remediation.services.asking import REFUSERS
from app.remediation.services.requests import open_request
from app.remediation.views.blueprint import bp
from app.remediation.views.tasks import crumbs
from app.web.access import requires, the_actor

ASK, REFUSE = "Đề nghị gia hạn", "Không đồng ý gia hạn"
WAITING = "Đề nghị gia hạn chờ quyết định"


def _path(task: Task, title: str) -> list[web.Crumb]:
    back = web.Crumb(task.code, url_for(".show", task_id=task.id))
    return [*crumbs(task, the_actor())[:-1], back, web.Crumb(title)]


@bp.get("/extension-requests")
@requires(Action.LIST_TASKS)
def extension_requests() -> str:
    """What units asked and this person decides, or answers as who follows it."""
    return render_template(
        "remediation/extension_requests.html",
        title=WAITING,
        page=queries.list_requests(the_actor(), web.cursor_of_address(date, int)),
        today=clock.today(),
        path=[web.Crumb("Việc của tôi", url_for("home.index")), web.Crumb(WAITING)],
    )


def _ask_page(task: Task, form: RequestForm, *, for_unit: bool) -> str:
    today = clock.today()
    return render_template(
        "remediation/extension_request.html",
        title=ASK,
        task=task,
        form=form,
        for_unit=for_unit,
        late_days=(today - task.term).days if task.term is not None and task.term < today else 0,
        evidence_help=EVIDENCE_HELP,
        action_url=url_for(
            ".save_extension_request_for_unit" if for_unit else ".save_extension_request", task_id=task.id
        ),
        path=_path(task, ASK),
    )


def _ask(task: Task, *, for_unit: bool) -> str:
    form = RequestForm(formdata=None)
    form.version.data = task.version
    if for_unit:
        form.requested_on.data = clock.today()
    return _ask_page(task, form, for_unit=for_unit)


def _save(task: Task, *, for_unit: bool) -> Response | tuple[str, int]:
    form = RequestForm()
    status = web.attempt(
        form,
        lambda: services.request_extension(task, form.values(), actor=the_actor(), version=form.seen()),
    )
    if status is not None:
        return _ask_page(task, form, for_unit=for_unit), status
    flash("Đã gửi đề nghị gia hạn. Thời hạn giữ nguyên cho đến khi được đồng ý.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)


@bp.get("/tasks/<int:task_id>/extension-request")
@requires(Action.REQUEST_EXTENSION, queries.get_visible)
def extension_request(task: Task) -> str:
    """Until when, why, with which evidence."""
    return _ask(task, for_unit=False)


@bp.post("/tasks/<int:task_id>/extension-request")
@requires(Action.REQUEST_EXTENSION, queries.get_visible)
def save_extension_request(task: Task) -> Response | tuple[str, int]:
    """Ask it."""
    return _save(task, for_unit=False)


@bp.get("/tasks/<int:task_id>/for-unit/extension-request")
@requires(Action.ENTER_FOR_UNIT, queries.get_visible)
def extension_request_for_unit(task: Task) -> str:
    """What the unit's paper asks."""
    return _ask(task, for_unit=True)


@bp.post("/tasks/<int:task_id>/for-unit/extension-request")
@requires(Action.ENTER_FOR_UNIT, queries.get_visible)
def save_extension_request_for_unit(task: Task) -> Response | tuple[str, int]:
    """Enter it, marked so."""
    return _save(task, for_unit=True)


def _refuse_page(task: Task, form: OwnRefusalForm, *, own: bool = False) -> str:
    return render_template(
        "remediation/refuse_extension.html",
        own=own,
        title=REFUSE,
        task=task,
        form=form,
        asked=open_request(task),
        path=_path(task, REFUSE),
    )


def _refuse_form(task: Task, *, fresh: bool) -> RefuseForm:
    form = RefuseForm(formdata=None) if fresh else RefuseForm()
    form.offer(queries.list_holders(*REFUSERS))
    if fresh:
        form.version.data = task.version
    return form


@bp.get("/tasks/<int:task_id>/refuse-extension")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def refuse_extension(task: Task) -> str:
    """Who refuses, and why."""
    return _refuse_page(task, _refuse_form(task, fresh=True))


@bp.post("/tasks/<int:task_id>/refuse-extension")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def save_refuse_extension(task: Task) -> Response | tuple[str, int]:
    """Answer the unit."""
    form = _refuse_form(task, fresh=False)
    status = web.attempt(
        form,
        lambda: services.refuse_extension(
            task,
            decided_by=int(form.decided_by.data),
            reason=form.reason.data or "",
            reference=form.reference.data or "",
            actor=the_actor(),
            version=form.seen(),
        ),
    )
    if status is not None:
        return _refuse_page(task, form), status
    flash("Đã trả lời đề nghị gia hạn.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)


def _not_the_asker(task: Task) -> None:
    asked = open_request(task)
    if asked is not None:
        authorise(the_actor(), Action.DECIDE_EXTENSION, asked)


@bp.get("/tasks/<int:task_id>/refuse-extension/own")
@requires(Action.DECIDE_EXTENSION, queries.get_visible)
def refuse_oneself(task: Task) -> str:
    """The leader who decides says why not."""
    _not_the_asker(task)
    form = OwnRefusalForm(formdata=None)
    form.version.data = task.version
    return _refuse_page(task, form, own=True)


@bp.post("/tasks/<int:task_id>/refuse-extension/own")
@requires(Action.DECIDE_EXTENSION, queries.get_visible)
def save_refuse_oneself(task: Task) -> Response | tuple[str, int]:
    """Answer the unit oneself."""
    _not_the_asker(task)
    form = OwnRefusalForm()
    status = web.attempt(
        form,
        lambda: services.refuse_oneself(
            task, reason=form.reason.data or "", actor=the_actor(), version=form.seen()
        ),
    )
    if status is not None:
        return _refuse_page(task, form, own=True), status
    flash("Đã trả lời đề nghị gia hạn.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)
