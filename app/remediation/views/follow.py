"""The follower's acts on one task: verify, accept, return, extend, hand over."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.errors import DomainError
from app.extensions import db
from app.policy import Action, Role
from app.remediation import queries, services
from app.remediation.forms import CommentForm, ExtendForm, FollowerForm, SendBackForm
from app.remediation.models import Task
from app.remediation.views.blueprint import bp, try_it
from app.remediation.views.tasks import crumbs, refused_page
from app.web.access import requires, the_actor


def _page(task: Task, template: str, title: str, form: web.BaseForm) -> str:
    return render_template(
        f"remediation/{template}.html",
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


def _comment_act(task: Task, act: str, message: str) -> Response | tuple[str, int]:
    """One click with a comment and the version; a refusal is a page of its own."""
    form = CommentForm()
    if not form.validate_on_submit():
        return refused_page(task, DomainError("Nội dung nhận xét quá dài."))
    try:
        if act == "accept":
            services.accept_whole(
                task, actor=the_actor(), comment=form.comment.data or "", version=form.version.data
            )
        elif act == "watch":
            services.watch(task, actor=the_actor(), version=form.version.data)
        elif act == "finish":
            services.finish_watch(task, actor=the_actor(), version=form.version.data)
        else:
            services.recur(
                task, actor=the_actor(), comment=form.comment.data or "", version=form.version.data
            )
    except DomainError as error:
        return refused_page(task, error)
    db.session.commit()
    return _done(task, message)


@bp.post("/tasks/<int:task_id>/accept")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def accept(task: Task) -> Response | tuple[str, int]:
    """Công nhận hoàn thành."""
    return _comment_act(task, "accept", "Đã công nhận hoàn thành.")


@bp.post("/tasks/<int:task_id>/watch")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def watch(task: Task) -> Response | tuple[str, int]:
    """Accept and watch that it lasts."""
    return _comment_act(task, "watch", "Đã công nhận kết quả; tiếp tục theo dõi việc duy trì.")


@bp.post("/tasks/<int:task_id>/finish-watch")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def finish_watch(task: Task) -> Response | tuple[str, int]:
    """What was watched has lasted."""
    return _comment_act(task, "finish", "Đã công nhận hoàn thành.")


@bp.post("/tasks/<int:task_id>/recur")
@requires(Action.ACCEPT_TASK, queries.get_visible)
def recur(task: Task) -> Response | tuple[str, int]:
    """What was watched came back."""
    return _comment_act(task, "recur", "Đã chuyển đơn vị khắc phục lại.")


@bp.post("/tasks/<int:task_id>/results/<int:result_id>/accept")
@requires(Action.ACCEPT_TASK, lambda actor, task_id, result_id: queries.get_result(actor, task_id, result_id))
def accept_result(found: queries.TaskResult) -> Response | tuple[str, int]:
    """Accept one product."""
    return _judge(found, accepted=True)


@bp.post("/tasks/<int:task_id>/results/<int:result_id>/return")
@requires(Action.ACCEPT_TASK, lambda actor, task_id, result_id: queries.get_result(actor, task_id, result_id))
def return_result(found: queries.TaskResult) -> Response | tuple[str, int]:
    """Say what one product lacks."""
    return _judge(found, accepted=False)


def _judge(found: queries.TaskResult, *, accepted: bool) -> Response | tuple[str, int]:
    form, task = CommentForm(), found.task
    if not form.validate_on_submit():
        return refused_page(task, DomainError("Nội dung nhận xét quá dài."))
    judge = services.accept_result if accepted else services.return_result
    try:
        judge(
            task,
            found.result_id,
            actor=the_actor(),
            comment=form.comment.data or "",
            version=form.version.data,
        )
    except DomainError as error:
        return refused_page(task, error)
    db.session.commit()
    return _done(task, "Đã công nhận sản phẩm." if accepted else "Đã ghi nội dung cần bổ sung của sản phẩm.")


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
    status = try_it(
        form,
        lambda: services.send_back(
            task,
            actor=the_actor(),
            comment=form.comment.data or "",
            due_on=form.due_on.data,
            version=form.version.data,
        ),
    )
    if status is not None:
        return _page(task, "send_back", "Đề nghị bổ sung", form), status
    return _done(task, "Đã đề nghị đơn vị bổ sung.")


def _extend_form(task: Task, *, fresh: bool) -> ExtendForm:
    form = ExtendForm(formdata=None) if fresh else ExtendForm()
    follower = [(task.follower.id, task.follower.name, "người theo dõi")] if task.follower else []
    form.offer(
        [*queries.list_people_at(task.lead_unit_id), *follower],
        queries.list_holders(Role.LEADER, Role.CONTENT_CHECKER),
    )
    if fresh:
        form.version.data, form.requested_on.data = task.version, clock.today()
    return form


@bp.get("/tasks/<int:task_id>/extend")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def extend(task: Task) -> str:
    """Record a decided extension."""
    return _page(task, "extend", "Gia hạn", _extend_form(task, fresh=True))


@bp.post("/tasks/<int:task_id>/extend")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def save_extend(task: Task) -> Response | tuple[str, int]:
    """Move the date; the old one stays visible."""
    form = _extend_form(task, fresh=False)
    status = try_it(
        form, lambda: services.extend(task, form.values(), actor=the_actor(), version=form.version.data)
    )
    if status is not None:
        return _page(task, "extend", "Gia hạn", form), status
    return _done(task, "Đã ghi nhận gia hạn.")


def _follower_form(*, fresh: bool) -> FollowerForm:
    form = FollowerForm(formdata=None) if fresh else FollowerForm()
    form.offer(queries.list_holders(Role.FOLLOWER, Role.CONTENT_CHECKER, Role.PLANNER))
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
    status = try_it(
        form,
        lambda: services.set_follower(
            [task],
            int(form.follower_id.data),
            reason=form.reason.data or "",
            actor=the_actor(),
            version=form.version.data,
        ),
    )
    if status is not None:
        return _page(task, "hand_over", "Giao lại người theo dõi", form), status
    return _done(task, "Đã giao lại người theo dõi.")
