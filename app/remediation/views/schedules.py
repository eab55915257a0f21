"""What can't be mended at once: the reason with its steps, and a step that is done."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.policy import Action
from app.remediation import queries, services
from app.remediation.forms import ScheduleForm, StepDoneForm
from app.remediation.models import Task
from app.remediation.queries import Scheduled, StepOf
from app.remediation.views.blueprint import bp
from app.remediation.views.tasks import crumbs, task_page
from app.web.access import requires, the_actor

TITLE = "Lý do, lộ trình thực hiện"


def _form(task: Task) -> ScheduleForm:
    form = ScheduleForm(formdata=None)
    form.version.data = task.version
    held = queries.schedule_of(task)
    if held is not None:
        form.show(held)
    return form


def _page(task: Task, form: ScheduleForm, *, for_unit: bool) -> str:
    back = web.Crumb(task.code, url_for(".show", task_id=task.id))
    return render_template(
        "remediation/schedule.html",
        title=TITLE,
        task=task,
        form=form,
        for_unit=for_unit,
        held=(held := queries.schedule_of(task)),
        answers_now=queries.answers_now(task, held) if held else (),
        today=clock.today(),
        people=[name for _key, name, _post in queries.list_people_at(task.lead_unit_id)],
        action_url=url_for(".save_schedule_for_unit" if for_unit else ".save_schedule", task_id=task.id),
        path=[*crumbs(task, the_actor())[:-1], back, web.Crumb(TITLE)],
    )


def _save(task: Task, *, for_unit: bool) -> Response | tuple[str, int]:
    form, held = ScheduleForm(), queries.schedule_of(task)
    made = web.perform(
        form, lambda: services.set_schedule(task, form.values(), actor=the_actor(), version=form.seen())
    )
    if isinstance(made, web.Refused):
        return _page(task, form, for_unit=for_unit), made.status
    if made is held:
        flash("Lộ trình không có gì thay đổi nên không ghi bản mới.")
    else:
        flash("Đã lưu lý do, lộ trình. Thời hạn của nội dung giữ nguyên.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)


@bp.get("/tasks/<int:task_id>/schedule")
@requires(Action.SCHEDULE_TASK, queries.get_scheduled)
def schedule(found: Scheduled) -> str:
    """Why not at once, and by which steps."""
    return _page(found.task, _form(found.task), for_unit=False)


@bp.post("/tasks/<int:task_id>/schedule")
@requires(Action.SCHEDULE_TASK, queries.get_scheduled)
def save_schedule(found: Scheduled) -> Response | tuple[str, int]:
    """Say it."""
    return _save(found.task, for_unit=False)


@bp.get("/tasks/<int:task_id>/for-unit/schedule")
@requires(Action.ENTER_FOR_UNIT, queries.get_visible)
def schedule_for_unit(task: Task) -> str:
    """What the unit's paper says of it."""
    return _page(task, _form(task), for_unit=True)


@bp.post("/tasks/<int:task_id>/for-unit/schedule")
@requires(Action.ENTER_FOR_UNIT, queries.get_visible)
def save_schedule_for_unit(task: Task) -> Response | tuple[str, int]:
    """Enter it, marked so."""
    return _save(task, for_unit=True)


def _finish(found: StepOf) -> Response | tuple[str, int]:
    form = StepDoneForm()

    def act() -> None:
        services.finish_step(
            found.task, found.step, form.done_on.data, actor=the_actor(), version=form.seen()
        )

    status = web.attempt(form, act)
    if status is not None:
        return task_page(found.task, form, found.step.id), status
    flash("Đã ghi xong bước của lộ trình.", "good")
    return redirect(url_for(".show", task_id=found.task.id), 303)


@bp.post("/tasks/<int:task_id>/schedule/<int:schedule_step_id>/finish")
@requires(Action.SCHEDULE_TASK, queries.get_step)
def finish_step(found: StepOf) -> Response | tuple[str, int]:
    """One step is done."""
    return _finish(found)


@bp.post("/tasks/<int:task_id>/for-unit/schedule/<int:schedule_step_id>/finish")
@requires(Action.ENTER_FOR_UNIT, queries.get_step)
def finish_step_for_unit(found: StepOf) -> Response | tuple[str, int]:
    """The same from the unit's paper, marked so."""
    return _finish(found)
