"""The follower's acts on one task: verify, accept, return, extend, hand over."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.errors import WrongState
from app.policy import Action
from app.remediation import queries, services
from app.remediation.forms import (
    CommentForm,
    ExtendForm,
    FollowerForm,
    RecurForm,
    ReviewForm,
    SendBackForm,
    WatchForm,
)
from app.remediation.models import Task
from app.remediation.services.following import DECIDERS, MAY_FOLLOW
from app.remediation.services.requests import list_askers, open_request
from app.remediation.views.blueprint import bp
from app.remediation.views.tasks import crumbs, task_page
from app.web.access import requires, the_actor


def _page(task: Task, template: str, title: str, form: web.BaseForm) -> str:
    return render_template(
        f"remediation/{template}.html",
        room=queries.extension_room(task) if template == "extend" else None,
        title=title,
        task=task,
        form=form,
        path=[
            *crumbs(task, the_actor())[:-1],
            web.Crumb(task.code, url_for(".show", task_id=task.id)),
            web.Crumb(title),
        ],
    )


def _done(task: Task, message: str) -> Response:
    flash(message, "good")
    return redirect(url_for(".show", task_id=task.id), 303)


def _act(
    task: Task, form: web.BaseForm, act: Callable[[], object], message: str, result_id: int = 0
) -> Response | tuple[str, int]:
    """One click on the task's page; a refusal shows the page again with what was typed."""
    status = web.attempt(form, act)
    if status is not None:
        return task_page(task, form, result_id), status
    return _done(task, message)


@bp.post("/tasks/<int:task_id>/accept")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def accept(task: Task) -> Response | tuple[str, int]:
    """Công nhận hoàn thành."""
    form = CommentForm()
    return _act(
        task,
        form,
        lambda: services.accept_whole(
            task, actor=the_actor(), comment=form.comment.data or "", version=form.seen()
        ),
        "Đã công nhận hoàn thành.",
    )


@bp.post("/tasks/<int:task_id>/watch")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def watch(task: Task) -> Response | tuple[str, int]:
    """Accept the first proof and watch until a day that it lasts."""
    form = WatchForm()
    return _act(
        task,
        form,
        lambda: services.watch(
            task, until=form.until.data, every=form.months(), actor=the_actor(), version=form.seen()
        ),
        "Đã công nhận kết quả; tiếp tục theo dõi việc duy trì.",
    )


@bp.post("/tasks/<int:task_id>/finish-watch")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def finish_watch(task: Task) -> Response | tuple[str, int]:
    """What was watched has lasted."""
    form = web.BaseForm()
    return _act(
        task,
        form,
        lambda: services.finish_watch(task, actor=the_actor(), version=form.seen()),
        "Đã công nhận hoàn thành.",
    )


@bp.post("/tasks/<int:task_id>/recur")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def recur(task: Task) -> Response | tuple[str, int]:
    """What was watched came back."""
    form = RecurForm()
    return _act(
        task,
        form,
        lambda: services.recur(
            task,
            actor=the_actor(),
            comment=form.comment.data or "",
            due_on=form.due_on.data,
            version=form.seen(),
        ),
        "Đã chuyển đơn vị khắc phục lại.",
    )


@bp.post("/tasks/<int:task_id>/results/<int:result_id>/accept")
@requires(Action.ACCEPT_TASK, lambda actor, task_id, result_id: queries.get_result(actor, task_id, result_id))
def accept_result(found: queries.TaskResult) -> Response | tuple[str, int]:
    """Accept one product."""
    return _judge(found, services.accept_result, "Đã công nhận sản phẩm.")


@bp.post("/tasks/<int:task_id>/results/<int:result_id>/return")
@requires(Action.ACCEPT_TASK, lambda actor, task_id, result_id: queries.get_result(actor, task_id, result_id))
def return_result(found: queries.TaskResult) -> Response | tuple[str, int]:
    """Say what one product lacks."""
    return _judge(found, services.return_result, "Đã ghi nội dung cần bổ sung của sản phẩm.")


def _judge(
    found: queries.TaskResult, judge: Callable[..., object], message: str
) -> Response | tuple[str, int]:
    form, task, result_id = CommentForm(), found.task, found.result_id

    def act() -> None:
        judge(task, result_id, actor=the_actor(), comment=form.comment.data or "", version=form.seen())

    return _act(task, form, act, message, result_id)


@bp.get("/tasks/<int:task_id>/send-back")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def send_back(task: Task) -> str:
    """What is missing, and by when."""
    form = SendBackForm(formdata=None)
    form.version.data = task.version
    return _page(task, "send_back", "Đề nghị bổ sung", form)


@bp.post("/tasks/<int:task_id>/send-back")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def save_send_back(task: Task) -> Response | tuple[str, int]:
    """Send it back to the unit."""
    form = SendBackForm()
    status = web.attempt(
        form,
        lambda: services.send_back(
            task,
            actor=the_actor(),
            comment=form.comment.data or "",
            due_on=form.due_on.data,
            version=form.seen(),
        ),
    )
    if status is not None:
        return _page(task, "send_back", "Đề nghị bổ sung", form), status
    return _done(task, "Đã đề nghị đơn vị bổ sung.")


def _extend_form(task: Task, *, fresh: bool) -> ExtendForm:
    form = ExtendForm(formdata=None) if fresh else ExtendForm()
    asked = open_request(task)
    form.offer(list_askers(task), queries.list_holders(*DECIDERS))
    if fresh and asked is not None:
        form.requested_by.data, form.new_due_on.data = str(asked.requested_by), asked.new_due_on
        form.reason.data = asked.reason
    if fresh:
        form.version.data = task.version
        form.requested_on.data = asked.requested_on if asked is not None else clock.today()
    return form


@bp.get("/tasks/<int:task_id>/extend")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def extend(task: Task) -> str:
    """Record a decided extension."""
    if task.due_on is None:
        raise WrongState("Nội dung không có thời hạn thì rà soát, không gia hạn.")
    return _page(task, "extend", "Gia hạn", _extend_form(task, fresh=True))


@bp.post("/tasks/<int:task_id>/extend")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def save_extend(task: Task) -> Response | tuple[str, int]:
    """Move the date; the old one stays visible."""
    form = _extend_form(task, fresh=False)
    status = web.attempt(
        form, lambda: services.extend(task, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _page(task, "extend", "Gia hạn", form), status
    return _done(task, "Đã ghi nhận gia hạn.")


@bp.get("/tasks/<int:task_id>/review")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def review(task: Task) -> str:
    """Look again at a task without a date."""
    if task.due_on is not None:
        raise WrongState("Nội dung có thời hạn thì gia hạn khi cần, không rà soát.")
    form = ReviewForm(formdata=None)
    form.version.data = task.version
    return _page(task, "review", "Rà soát", form)


@bp.post("/tasks/<int:task_id>/review")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def save_review(task: Task) -> Response | tuple[str, int]:
    """The next day of review, or a fixed date at last."""
    form = ReviewForm()
    status = web.attempt(
        form, lambda: services.review(task, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _page(task, "review", "Rà soát", form), status
    return _done(task, "Đã ghi kết quả rà soát.")


def _follower_form(*, fresh: bool) -> FollowerForm:
    form = FollowerForm(formdata=None) if fresh else FollowerForm()
    form.offer(queries.list_holders(*MAY_FOLLOW))
    return form


@bp.get("/tasks/<int:task_id>/hand-over")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def hand_over(task: Task) -> str:
    """Choose another follower."""
    form = _follower_form(fresh=True)
    form.version.data = task.version
    return _page(task, "hand_over", "Giao lại người theo dõi", form)


@bp.post("/tasks/<int:task_id>/hand-over")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def save_hand_over(task: Task) -> Response | tuple[str, int]:
    """Hand the task over, with the reason."""
    form = _follower_form(fresh=False)
    status = web.attempt(
        form,
        lambda: services.set_follower(
            [task],
            int(form.follower_id.data),
            reason=form.reason.data or "",
            actor=the_actor(),
            version=form.seen(),
        ),
    )
    if status is not None:
        return _page(task, "hand_over", "Giao lại người theo dõi", form), status
    return _done(task, "Đã giao lại người theo dõi.")
