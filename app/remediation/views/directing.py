"""Four acts of a leader on one task, and the answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.policy import Action
from app.remediation import queries, services
from app.remediation.forms import EVIDENCE_HELP, DirectiveAnswerForm, DirectiveForm
from app.remediation.models import DIRECTIVE_LABELS, Directive, DirectiveKind, RequestState, Task
from app.remediation.services.following import MAY_FOLLOW
from app.remediation.services.requests import list_askers, open_request
from app.remediation.views.blueprint import bp
from app.remediation.views.tasks import crumbs
from app.web.access import requires, the_actor

TITLE = "Chỉ đạo thực hiện"


def _path(task: Task, title: str) -> list[web.Crumb]:
    back = web.Crumb(task.code, url_for(".show", task_id=task.id))
    return [*crumbs(task, the_actor())[:-1], back, web.Crumb(title)]


def _form(task: Task, *, fresh: bool) -> DirectiveForm:
    form = DirectiveForm(formdata=None) if fresh else DirectiveForm()
    asked = open_request(task)
    form.offer(list_askers(task), queries.list_holders(*MAY_FOLLOW))
    if fresh:
        kind = request.args.get("kind", "")
        form.kind.data = kind if kind in set(DirectiveKind) else None
        form.version.data, form.requested_on.data = task.version, clock.today()
        if asked is not None:
            form.requested_by.data, form.requested_on.data = str(asked.requested_by), asked.requested_on
            form.new_due_on.data = asked.new_due_on if kind == DirectiveKind.EXTEND else None
    return form


def _page(task: Task, form: DirectiveForm) -> str:
    return render_template(
        "remediation/direct.html", title=TITLE, task=task, form=form, path=_path(task, TITLE),
        asked=open_request(task),
        action_url=url_for(".save_direct", task_id=task.id), back=url_for(".show", task_id=task.id),
    )  # fmt: skip


@bp.get("/tasks/<int:task_id>/direct")
@requires(Action.DIRECT_TASK, queries.get_visible)
def direct(task: Task) -> str:
    """Which act, what is asked, by when it is answered."""
    return _page(task, _form(task, fresh=True))


@bp.post("/tasks/<int:task_id>/direct")
@requires(Action.DIRECT_TASK, queries.get_visible)
def save_direct(task: Task) -> Response | tuple[str, int]:
    """Ask it."""
    form = _form(task, fresh=False)
    asked = open_request(task)
    status = web.attempt(
        form, lambda: services.direct(task, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _page(task, form), status
    if asked is not None and asked.state is RequestState.GRANTED:
        flash(asked.answer, "good")
    label = DIRECTIVE_LABELS[DirectiveKind(form.kind.data)]
    flash(f"Đã ghi chỉ đạo “{label}”; người phải trả lời thấy việc này ở Việc của tôi.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)


def _answer_page(directive: Directive, form: DirectiveAnswerForm) -> str:
    title, task = "Trả lời chỉ đạo", directive.task
    return render_template(
        "remediation/answer.html", title=title, task=task, directive=directive, form=form,
        path=_path(task, title), evidence_help=EVIDENCE_HELP,
        for_unit=directive.to_person_id is None and queries.may_enter_for_unit(the_actor(), task),
    )  # fmt: skip


@bp.get("/directives/<int:directive_id>/answer")
@requires(Action.ANSWER_DIRECTIVE, queries.get_directive)
def answer(directive: Directive) -> str:
    """What is answered."""
    form = DirectiveAnswerForm(formdata=None)
    form.version.data = directive.task.version
    return _answer_page(directive, form)


@bp.post("/directives/<int:directive_id>/answer")
@requires(Action.ANSWER_DIRECTIVE, queries.get_directive)
def save_answer(directive: Directive) -> Response | tuple[str, int]:
    """Answer it."""
    form = DirectiveAnswerForm()
    status = web.attempt(
        form, lambda: services.answer(directive, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _answer_page(directive, form), status
    flash("Đã trả lời chỉ đạo.", "good")
    return redirect(url_for(".show", task_id=directive.task_id), 303)
