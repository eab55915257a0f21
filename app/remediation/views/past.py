"""What past notices still ask for: entered at the notice in the register, taken back, withdrawn."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.policy import Action, Role
from app.register import wording
from app.register.models import Conclusion
from app.remediation import queries, services
from app.remediation.forms import FillInForm, PastTaskForm, WithdrawForm
from app.remediation.models import Task
from app.remediation.views.blueprint import bp
from app.remediation.views.tasks import crumbs, task_page
from app.web.access import requires, the_actor


def _form(conclusion: Conclusion, *, fresh: bool) -> PastTaskForm:
    form = PastTaskForm(formdata=None) if fresh else PastTaskForm()
    named = queries.units_of(conclusion)
    followers = queries.list_holders(Role.FOLLOWER)
    form.offer(named, queries.list_lead_units(clock.today()), followers)
    if fresh:
        if len(named) == 1:
            form.concluded_unit_id.data = str(named[0].id)
            lead = queries.lead_today(named[0])
            form.lead_unit_id.data = str(lead.id) if lead else ""
        if len(followers) == 1:
            form.follower_id.data = str(followers[0][0])
    return form


def _page(conclusion: Conclusion, form: PastTaskForm) -> str:
    title = "Thêm nội dung khắc phục còn lại"
    there = url_for("register.conclusion", conclusion_id=conclusion.id)
    return render_template(
        "remediation/past_form.html",
        title=title,
        conclusion=conclusion,
        named=wording.notice(conclusion.number_and_symbol, conclusion.concluded_on),
        form=form,
        back=there,
        path=[
            web.Crumb("Nội dung đã kết luận", url_for("register.index")),
            web.Crumb(conclusion.number_and_symbol, there),
            web.Crumb(title),
        ],
    )


@bp.get("/conclusions/<int:conclusion_id>/tasks/new")
@requires(Action.RECORD_CONCLUSION, queries.get_past_notice)
def add_past(conclusion: Conclusion) -> str:
    """A form for what a past notice still asks for."""
    return _page(conclusion, _form(conclusion, fresh=True))


@bp.post("/conclusions/<int:conclusion_id>/tasks/new")
@requires(Action.RECORD_CONCLUSION, queries.get_past_notice)
def save_past(conclusion: Conclusion) -> Response | tuple[str, int]:
    """Enter it."""
    form, made = _form(conclusion, fresh=False), list[Task]()
    status = web.attempt(
        form, lambda: made.append(services.add_past_task(conclusion, form.values(), actor=the_actor()))
    )
    if status is not None:
        return _page(conclusion, form), status
    flash(f"Đã nhập {made[0].code}; nội dung này được theo dõi đến khi hoàn thành.", "good")
    return redirect(url_for("register.conclusion", conclusion_id=conclusion.id, _anchor="con-lai"), 303)


@bp.post("/tasks/<int:task_id>/undo")
@requires(Action.RECORD_CONCLUSION, queries.get_past_task)
def undo_past(task: Task) -> Response | tuple[str, int]:
    """Take back what was entered by mistake."""
    form, conclusion_id, code = web.BaseForm(), task.conclusion_id, task.code
    status = web.attempt(form, lambda: services.undo_past_task(task, actor=the_actor(), version=form.seen()))
    if status is not None:
        return task_page(task, form), status
    flash(f"Đã bỏ {code}.", "good")
    return redirect(url_for("register.conclusion", conclusion_id=conclusion_id), 303)


@bp.get("/tasks/<int:task_id>/fill-in")
@requires(Action.BRING_OVER_PAST, queries.get_converted)
def fill_in(task: Task) -> str:
    """What a task from an old table still lacks."""
    form = FillInForm(formdata=None)
    form.version.data = task.version
    return _fill_in_page(task, form)


def _fill_in_page(task: Task, form: FillInForm) -> str:
    title = "Bổ sung dữ liệu chuyển đổi"
    return render_template(
        "remediation/fill_in.html",
        title=title,
        task=task,
        form=form,
        lacks=[queries.LACK_LABELS[lack] for lack in queries.lacks_of([task.id]).get(task.id, ())],
        dated=task.deadline_kind in queries.DATED_KINDS and task.due_on is None,
        path=[
            *crumbs(task, the_actor())[:-1],
            web.Crumb(task.code, url_for(".show", task_id=task.id)),
            web.Crumb(title),
        ],
    )


@bp.post("/tasks/<int:task_id>/fill-in")
@requires(Action.BRING_OVER_PAST, queries.get_converted)
def save_fill_in(task: Task) -> Response | tuple[str, int]:
    """Fill it in; the mark stays."""
    form = FillInForm()
    status = web.attempt(
        form, lambda: services.fill_in(task, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _fill_in_page(task, form), status
    flash(f"Đã bổ sung {task.code}; nội dung vẫn mang dấu dữ liệu chuyển đổi.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)


@bp.get("/tasks/<int:task_id>/withdraw")
@requires(Action.RECORD_CONCLUSION, queries.get_past_task)
def withdraw(task: Task) -> str:
    """The form of withdrawing a task of a past notice."""
    form = WithdrawForm(formdata=None)
    form.version.data = task.version
    return _withdraw_page(task, form)


def _withdraw_page(task: Task, form: WithdrawForm) -> str:
    title = "Rút nội dung khắc phục"
    there = url_for(".show", task_id=task.id)
    return render_template(
        "remediation/withdraw.html",
        title=title,
        task=task,
        form=form,
        path=[*crumbs(task, the_actor())[:-1], web.Crumb(task.code, there), web.Crumb(title)],
    )


@bp.post("/tasks/<int:task_id>/withdraw")
@requires(Action.RECORD_CONCLUSION, queries.get_past_task)
def save_withdraw(task: Task) -> Response | tuple[str, int]:
    """Withdraw it, with the reason."""
    form = WithdrawForm()
    status = web.attempt(
        form,
        lambda: services.withdraw_past_task(
            task, form.reason.data or "", actor=the_actor(), version=form.seen()
        ),
    )
    if status is not None:
        return _withdraw_page(task, form), status
    flash(f"Đã rút {task.code}.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)
