"""Nội dung khắc phục of a case, before the notice: screen 6 part 5."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.deadlines import queries as deadlines
from app.deadlines.proposals import MILESTONE_LABELS, MilestoneKind
from app.errors import Conflict, DomainError
from app.extensions import db
from app.findings import queries as findings
from app.findings.models import Finding
from app.inspections.models import InspectedUnit, Inspection
from app.policy import Action, Role
from app.remediation import queries, services
from app.remediation.forms import CommonDateForm, ReasonForm, StartForm, TaskForm
from app.remediation.lateness import counted_by
from app.remediation.models import Task
from app.remediation.views.blueprint import bp, picked
from app.vietnamese import count
from app.web.access import requires, the_actor


def _crumbs(inspection: Inspection, *more: web.Crumb) -> list[web.Crumb]:
    return [
        web.Crumb("Cuộc kiểm tra", url_for("inspections.index")),
        web.Crumb(inspection.short_name, url_for("inspections.show", inspection_id=inspection.id)),
        *more,
    ]


def _counted_from(plan: Sequence[queries.PlannedUnit]) -> date | None:
    """The day of issue from which the dates of the drafts run; the last one where they differ."""
    return max((task.counted_from for unit in plan for task in unit.tasks if task.counted_from), default=None)


def _plan_page(
    inspection: Inspection,
    *,
    start: StartForm | None = None,
    common: CommonDateForm | None = None,
    reasons: dict[int, ReasonForm] | None = None,
    refused: str = "",
) -> str:
    """The page; after a refusal with what was ticked and typed before."""
    found = queries.list_plan(inspection)
    start = start or StartForm(formdata=None, start_on=_counted_from(found) or clock.today())
    return render_template(
        "remediation/plan.html",
        title="Nội dung khắc phục",
        inspection=inspection,
        path=_crumbs(inspection, web.Crumb("Nội dung khắc phục")),
        plan=found,
        still_open=not found or any(not unit.concluded for unit in found),
        start=start,
        common=common or CommonDateForm(formdata=None),
        reasons=reasons or {},
        refused=refused,
        milestones=MILESTONE_LABELS,
        picked=frozenset(picked()),
        counted_by=partial(counted_by, rules=deadlines.remediation_rules()),
        milestone=request.form.get("milestone", ""),
    )


@bp.get("/inspections/<int:inspection_id>/remediation")
@requires(Action.PLAN_REMEDIATION, findings.get_inspection)
def plan(inspection: Inspection) -> str:
    """The draft tasks of a case, unit by unit."""
    return _plan_page(inspection)


@bp.post("/inspections/<int:inspection_id>/remediation/propose")
@requires(Action.PLAN_REMEDIATION, findings.get_inspection)
def propose(inspection: Inspection) -> Response | tuple[str, int]:
    """Propose tasks for the agreed findings that have none."""
    form = StartForm()

    def act() -> Sequence[Task]:
        assert form.start_on.data is not None  # InputRequired
        return services.propose(inspection, inspection.units, start_on=form.start_on.data, actor=the_actor())

    made = web.perform(form, act)
    if isinstance(made, web.Refused):
        return _plan_page(inspection, start=form), made.status
    flash(f"Đã dự kiến {count(len(made))} nội dung khắc phục.", "good" if made else "look")
    return redirect(url_for(".plan", inspection_id=inspection.id), 303)


@bp.post("/inspections/<int:inspection_id>/remediation/recount")
@requires(Action.PLAN_REMEDIATION, findings.get_inspection)
def recount(inspection: Inspection) -> Response | tuple[str, int]:
    """Count all proposed dates anew from another day of issue."""
    form = StartForm()

    def act() -> int:
        assert form.start_on.data is not None  # InputRequired
        tasks = queries.list_draft(inspection.id)
        return services.recount(tasks, start_on=form.start_on.data, actor=the_actor())

    moved = web.perform(form, act)
    if isinstance(moved, web.Refused):
        return _plan_page(inspection, start=form), moved.status
    flash(f"Đã tính lại thời hạn của {count(moved)} nội dung; ngày nhập tay được giữ nguyên.", "good")
    return redirect(url_for(".plan", inspection_id=inspection.id), 303)


def _picked_tasks(inspection: Inspection) -> list[Task]:
    wanted = set(picked())
    return [task for task in queries.list_draft(inspection.id) if task.id in wanted]


def _adjust(
    inspection: Inspection, act: Callable[[Sequence[Task]], None], done: str
) -> Response | tuple[str, int]:
    try:
        act(_picked_tasks(inspection))
    except DomainError as error:
        db.session.rollback()
        return _plan_page(inspection, common=CommonDateForm(), refused=error.message), error.status
    db.session.commit()
    flash(done, "good")
    return redirect(url_for(".plan", inspection_id=inspection.id), 303)


@bp.post("/inspections/<int:inspection_id>/remediation/set-common-date")
@requires(Action.PLAN_REMEDIATION, findings.get_inspection)
def set_common_date(inspection: Inspection) -> Response | tuple[str, int]:
    """Áp dụng thời hạn chung for the ticked tasks."""
    form = CommonDateForm()
    if not form.validate_on_submit():
        return _plan_page(inspection, common=form), 422
    assert form.due_on.data is not None  # InputRequired
    try:
        services.set_common_date(
            _picked_tasks(inspection), due_on=form.due_on.data, report_due_on=form.report_due_on.data,
            actor=the_actor(),
        )  # fmt: skip
    except DomainError as error:
        return _plan_page(inspection, common=form), web.refused(form, error)
    db.session.commit()
    flash("Đã áp dụng thời hạn chung.", "good")
    return redirect(url_for(".plan", inspection_id=inspection.id), 303)


@bp.post("/inspections/<int:inspection_id>/remediation/move")
@requires(Action.PLAN_REMEDIATION, findings.get_inspection)
def move(inspection: Inspection) -> Response | tuple[str, int]:
    """Move the ticked tasks to another milestone."""

    def act(tasks: Sequence[Task]) -> None:
        try:
            to = MilestoneKind(request.form.get("milestone", ""))
        except ValueError:
            raise DomainError("Chọn mốc thời hạn trong danh sách.") from None
        services.move_tasks(tasks, to, actor=the_actor())

    return _adjust(inspection, act, "Đã chuyển mốc thời hạn.")


@bp.post("/inspections/<int:inspection_id>/remediation/merge")
@requires(Action.PLAN_REMEDIATION, findings.get_inspection)
def merge(inspection: Inspection) -> Response | tuple[str, int]:
    """Merge the ticked tasks into the first of them."""

    def act(tasks: Sequence[Task]) -> None:
        if len(tasks) < 2:
            raise DomainError("Chọn ít nhất 02 nội dung để gộp.")
        services.merge_tasks(tasks[0], tasks[1:], actor=the_actor())

    return _adjust(inspection, act, "Đã gộp thành một nội dung khắc phục.")


def _form_for(inspected_unit: InspectedUnit, task: Task | None = None, *, fresh: bool) -> TaskForm:
    form = TaskForm(formdata=None) if fresh else TaskForm()
    findings_of_unit = list(queries.list_agreed(inspected_unit.id))
    findings_of_unit += [f for f in (task.findings if task else ()) if f not in findings_of_unit]
    form.offer(
        queries.list_lead_units(clock.today()),
        findings_of_unit,
        queries.list_holders(Role.FOLLOWER),
        task,
    )
    return form


def _form_page(form: TaskForm, inspected_unit: InspectedUnit, task: Task | None) -> str:
    inspection = inspected_unit.inspection
    title = f"Sửa nội dung khắc phục {task.code}" if task else "Thêm nội dung khắc phục"
    back = url_for(".plan", inspection_id=inspection.id)
    return render_template(
        "remediation/task_form.html",
        title=title,
        form=form,
        inspected_unit=inspected_unit,
        task=task,
        back=back,
        path=_crumbs(inspection, web.Crumb("Nội dung khắc phục", back), web.Crumb(title)),
    )


@bp.get("/inspected-units/<int:inspected_unit_id>/remediation/add")
@requires(Action.PLAN_REMEDIATION, findings.get_inspected_unit)
def add(inspected_unit: InspectedUnit) -> str:
    """A form for a task of the drafter's own."""
    form = _form_for(inspected_unit, fresh=True)
    form.lead_unit_id.data = str(inspected_unit.unit_id)
    return _form_page(form, inspected_unit, None)


@bp.post("/inspected-units/<int:inspected_unit_id>/remediation/add")
@requires(Action.PLAN_REMEDIATION, findings.get_inspected_unit)
def add_task(inspected_unit: InspectedUnit) -> Response | tuple[str, int]:
    """Add it."""
    form = _form_for(inspected_unit, fresh=False)
    status = web.attempt(form, lambda: services.add_task(inspected_unit, form.values(), actor=the_actor()))
    if status is not None:
        return _form_page(form, inspected_unit, None), status
    flash("Đã thêm nội dung khắc phục.", "good")
    return redirect(url_for(".plan", inspection_id=inspected_unit.inspection_id), 303)


@bp.get("/tasks/<int:task_id>/edit")
@requires(Action.PLAN_REMEDIATION, queries.get_draft)
def edit(task: Task) -> str:
    """The form of a draft task."""
    form = _form_for(task.place, task, fresh=True)
    form.show(task)
    return _form_page(form, task.place, task)


@bp.post("/tasks/<int:task_id>/edit")
@requires(Action.PLAN_REMEDIATION, queries.get_draft)
def edit_task(task: Task) -> Response | tuple[str, int]:
    """Change a draft task."""
    form = _form_for(task.place, task, fresh=False)
    status = web.attempt(
        form, lambda: services.edit_task(task, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _form_page(form, task.place, task), status
    flash(f"Đã sửa {task.code}.", "good")
    return redirect(url_for(".plan", inspection_id=task.case.id), 303)


@bp.post("/tasks/<int:task_id>/remove")
@requires(Action.PLAN_REMEDIATION, queries.get_draft)
def remove(task: Task) -> Response:
    """Take a draft task away."""
    inspection_id, code = task.case.id, task.code
    services.remove_task(task, actor=the_actor())
    db.session.commit()
    flash(f"Đã bỏ {code}; tồn tại, hạn chế trở lại danh sách chưa có nội dung khắc phục.", "good")
    return redirect(url_for(".plan", inspection_id=inspection_id), 303)


@bp.post("/findings/<int:finding_id>/no-task")
@requires(Action.PLAN_REMEDIATION, findings.get_visible)
def excuse(finding: Finding) -> Response | tuple[str, int]:
    """Say why a finding needs no task, or take that back."""
    form = ReasonForm()
    inspection = finding.inspected_unit.inspection
    if not (form.reason.data or "").strip() and not finding.no_task_reason:
        form.refuse("Nhập lý do không giao nội dung khắc phục.", "reason")
        return _plan_page(inspection, reasons={finding.id: form}), 422
    status = web.attempt(
        form, lambda: services.excuse_finding(finding, form.reason.data or "", actor=the_actor())
    )
    if status == Conflict.status:
        return _plan_page(inspection, refused="; ".join(map(str, form.form_errors))), status
    if status is not None:
        return _plan_page(inspection, reasons={finding.id: form}), status
    flash("Đã ghi lý do." if finding.no_task_reason else "Đã bỏ lý do.", "good")
    return redirect(url_for(".plan", inspection_id=inspection.id), 303)
