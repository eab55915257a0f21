"""One task: its page, who does it, what was done, handing in; by the unit or by the office in its place."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.audit.sentences import DRAFTING
from app.audit.timeline import timeline
from app.deadlines.working_days import phrase_by
from app.documents.states import DOCUMENT
from app.errors import NotFound
from app.files import services as files
from app.files.gate import INLINE
from app.files.models import StoredFile
from app.findings import recurrence
from app.policy import UNIT_ACCEPTS, Action, Actor, Role, can
from app.remediation import panels, queries, services
from app.remediation.forms import EVIDENCE_HELP, AssignForm, ProgressForm, RecurForm, WatchForm
from app.remediation.lateness import state_tag
from app.remediation.models import PROOF_LABELS, Task, TaskState
from app.remediation.periods import answerable
from app.remediation.services.past import why_not_undone
from app.remediation.services.requests import may_be_extended, open_request
from app.remediation.services.unit_side import OWED, says_done
from app.remediation.services.verifying import VERIFIER_PROPOSES, awaits_second_step, why_not_alone
from app.remediation.views.blueprint import badge, badge_by, bp
from app.web.access import requires, the_actor

WAITS: dict[TaskState, str] = {
    TaskState.ISSUED: "Giao người thực hiện, cập nhật kết quả",
    TaskState.IN_PROGRESS: "Cập nhật, gửi kết quả khắc phục",
    TaskState.RETURNED: "Bổ sung, gửi lại kết quả",
    TaskState.SUBMITTED: "Thẩm tra kết quả",
    TaskState.WATCHING: "Theo dõi việc duy trì",
}
PROVES = "Gửi minh chứng định kỳ"
ACCEPTS, DIVISION = "Công nhận hoàn thành", "Lãnh đạo phòng"


def wait_of(task: Task, actor: Actor) -> web.Wait | None:
    """Who is waited for, to do what, until when."""
    if task.state not in WAITS:
        return None
    proves = task.state is TaskState.WATCHING and task.proof_due_on is not None
    if awaits_second_step(task):
        return web.Wait(who=DIVISION, what=ACCEPTS)
    ours = task.state in (TaskState.SUBMITTED, TaskState.WATCHING) and not proves
    named = task.follower is not None and (actor.in_office or Role.OBSERVER not in actor.roles)
    follower = task.follower.name if named and task.follower else "Người theo dõi"
    asked = bool(task.return_reason) and task.state in OWED
    until = task.return_due_on if asked else None
    return web.Wait(
        who=follower if ours else task.lead_unit.name,
        what=PROVES if proves else WAITS[TaskState.RETURNED if asked else task.state],
        until=None if ours else until or (task.term if proves else task.due_on) or task.review_on,
        badge=None if ours else badge_by(until) if until else badge(task),
    )


def crumbs(task: Task, actor: Actor) -> list[web.Crumb]:
    """The path above a task: the unit's own list, or the follow-up table."""
    back = "followup.index" if actor.in_office or Role.OBSERVER in actor.roles else ".index"
    label = "Theo dõi khắc phục" if back == "followup.index" else "Nội dung khắc phục"
    return [web.Crumb(label, url_for(back)), web.Crumb(task.code)]


@bp.get("/tasks/<int:task_id>")
@requires(Action.VIEW_TASK, queries.get_visible)
def show(task: Task) -> str:
    """A task whole: what, by whom, until when, what was done, what is asked, its timeline."""
    return task_page(task)


def task_page(task: Task, typed: web.BaseForm | None = None, result_id: int = 0) -> str:
    """The page; after a refusal with what was `typed` (at the product or step `result_id`)."""
    actor = the_actor()
    names = Role.OBSERVER not in actor.roles or actor.in_office
    return render_template(
        "remediation/show.html",
        title=f"Nội dung khắc phục {task.code}",
        task=task,
        state=state_tag(task.state),
        document_state=DOCUMENT.labels[task.document.state] if task.document else "",
        wait=wait_of(task, actor),
        path=crumbs(task, actor),
        owed=task.state in OWED,
        asked=bool(task.return_reason) and task.state in OWED,
        more_time=open_request(task),
        extendable=may_be_extended(task),
        says_done=says_done(task),
        typed=typed,
        typed_at=result_id,
        typed_inside=bool(result_id) and _stands_below(typed),
        plans=queries.list_plans(task.lead_unit_id, [task.document_id]) if task.document_id else [],
        scheduled=queries.Scheduled(task),
        schedule=(schedule := queries.schedule_of(task)),
        answers_now=queries.answers_now(task, schedule) if schedule else (),
        recur=typed if isinstance(typed, RecurForm) else RecurForm(formdata=None),
        names=names,
        told_note=task.conversion_note if actor.in_office else "",
        people=queries.names_of([row.decided_by for row in task.results] + _deciders(task)) if names else {},
        proof_labels=PROOF_LABELS,
        watching=typed if isinstance(typed, WatchForm) else WatchForm(formdata=None),
        directives=[
            row
            for row in task.directives
            if row.to_person_id is None or actor.in_office or actor.person_id == task.follower_id
        ],
        today=clock.today(),
        earlier=recurrence.told_to(actor, task.findings),
        due_words=phrase_by(task.due_on) if task.due_on else "",
        deciders=_deciders_instead(task, actor),
        alone=why_not_alone(task, actor),
        for_unit=queries.may_enter_for_unit(actor, task),
        taken_over=queries.taken_over(task),
        sheet_id=queries.sheet_of(task),
        answerable=answerable(task),
        check_window=queries.check_window(task) if actor.in_office else None,
        in_office=actor.in_office,
        left_over=task.state in queries.OPEN_STATES and not task.lead_unit.exists_on(clock.today()),
        undoable=task.conclusion_id is not None
        and can(actor, Action.RECORD_CONCLUSION, task)
        and why_not_undone(task, actor) is None,
        sections=panels.sections_of(task, actor),
        action=Action,
        entries=timeline(task, names=names, without=frozenset() if actor.in_office else DRAFTING),
    )


def _stands_below(typed: web.BaseForm | None) -> bool:
    """Whether the mistake is shown at a field further down, so that no note repeats it on top."""
    return any(typed[name].errors for name in ("comment", "done_on") if name in typed) if typed else False


def _deciders_instead(task: Task, actor: Actor) -> tuple[str, str] | None:
    """(why the reader may not accept it themselves, names of who may or ""); None: not the case."""
    if task.state is not TaskState.SUBMITTED or not actor.in_office:
        return None
    if task.reported_by == actor.person_id:
        reason = "Báo cáo này do chính người đang đăng nhập nhập thay đơn vị nên không tự công nhận được."
    elif task.follower_id == actor.person_id and task.lead_unit_id in actor.unit_ids:
        reason = UNIT_ACCEPTS
    elif why_not_alone(task, actor) == VERIFIER_PROPOSES:
        reason = "Các sản phẩm đã được thẩm tra, đề xuất công nhận."
    else:
        return None
    holders = queries.list_holders(Role.CONTENT_CHECKER)
    return reason, ", ".join(name for key, name, _post in holders if key != actor.person_id)


def _deciders(task: Task) -> list[int | None]:
    found: list[int | None] = [task.accepted_by, task.reported_by]
    for extension in task.extensions:
        found += [extension.requested_by, extension.decided_by]
    return found


# --- Giao người thực hiện


def _assign_form(task: Task, *, fresh: bool) -> AssignForm:
    form = AssignForm(formdata=None) if fresh else AssignForm()
    form.offer(queries.list_people_at(task.lead_unit_id))
    if fresh:
        form.version.data = task.version
        form.show(task)
    return form


def _assign_page(task: Task, form: AssignForm, *, for_unit: bool) -> str:
    title = "Giao người thực hiện"
    return render_template(
        "remediation/assign.html",
        title=title,
        task=task,
        form=form,
        for_unit=for_unit,
        last_day=task.last_internal_day(clock.today()),
        action_url=url_for(".save_assign_for_unit" if for_unit else ".save_assign", task_id=task.id),
        path=[
            *crumbs(task, the_actor())[:-1],
            web.Crumb(task.code, url_for(".show", task_id=task.id)),
            web.Crumb(title),
        ],
    )


def _save_assign(task: Task, *, for_unit: bool) -> Response | tuple[str, int]:
    form = _assign_form(task, fresh=False)
    status = web.attempt(
        form, lambda: services.assign(task, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _assign_page(task, form, for_unit=for_unit), status
    flash("Đã giao người thực hiện.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)


@bp.get("/tasks/<int:task_id>/assign")
@requires(Action.ASSIGN_TASK, queries.get_visible)
def assign(task: Task) -> str:
    """The head gives the task to somebody."""
    return _assign_page(task, _assign_form(task, fresh=True), for_unit=False)


@bp.post("/tasks/<int:task_id>/assign")
@requires(Action.ASSIGN_TASK, queries.get_visible)
def save_assign(task: Task) -> Response | tuple[str, int]:
    """Give it."""
    return _save_assign(task, for_unit=False)


@bp.get("/tasks/<int:task_id>/for-unit/assign")
@requires(Action.ENTER_FOR_UNIT, queries.get_visible)
def assign_for_unit(task: Task) -> str:
    """The office enters whom the unit's paper names."""
    return _assign_page(task, _assign_form(task, fresh=True), for_unit=True)


@bp.post("/tasks/<int:task_id>/for-unit/assign")
@requires(Action.ENTER_FOR_UNIT, queries.get_visible)
def save_assign_for_unit(task: Task) -> Response | tuple[str, int]:
    """Enter it, marked so."""
    return _save_assign(task, for_unit=True)


# --- Cập nhật kết quả


def _progress_form(task: Task, *, fresh: bool) -> ProgressForm:
    form = ProgressForm(formdata=None) if fresh else ProgressForm()
    form.offer(task)
    if fresh:
        form.version.data = task.version
    return form


def _progress_page(task: Task, form: ProgressForm, *, for_unit: bool) -> str:
    title = "Bổ sung minh chứng" if task.return_reason else "Cập nhật kết quả"
    return render_template(
        "remediation/progress.html",
        title=title,
        task=task,
        form=form,
        for_unit=for_unit,
        evidence_help=EVIDENCE_HELP,
        action_url=url_for(".save_progress_for_unit" if for_unit else ".save_progress", task_id=task.id),
        path=[
            *crumbs(task, the_actor())[:-1],
            web.Crumb(task.code, url_for(".show", task_id=task.id)),
            web.Crumb(title),
        ],
    )


def _save_progress(task: Task, *, for_unit: bool) -> Response | tuple[str, int]:
    form = _progress_form(task, fresh=False)
    status = web.attempt(
        form,
        lambda: services.report_progress(task, form.values(), actor=the_actor(), version=form.seen()),
    )
    if status is not None:
        return _progress_page(task, form, for_unit=for_unit), status
    flash("Đã cập nhật kết quả.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)


@bp.get("/tasks/<int:task_id>/progress")
@requires(Action.REPORT_PROGRESS, queries.get_visible)
def progress(task: Task) -> str:
    """What was done."""
    return _progress_page(task, _progress_form(task, fresh=True), for_unit=False)


@bp.post("/tasks/<int:task_id>/progress")
@requires(Action.REPORT_PROGRESS, queries.get_visible)
def save_progress(task: Task) -> Response | tuple[str, int]:
    """Report it."""
    return _save_progress(task, for_unit=False)


@bp.get("/tasks/<int:task_id>/for-unit/progress")
@requires(Action.ENTER_FOR_UNIT, queries.get_visible)
def progress_for_unit(task: Task) -> str:
    """The office enters what the unit's paper says."""
    return _progress_page(task, _progress_form(task, fresh=True), for_unit=True)


@bp.post("/tasks/<int:task_id>/for-unit/progress")
@requires(Action.ENTER_FOR_UNIT, queries.get_visible)
def save_progress_for_unit(task: Task) -> Response | tuple[str, int]:
    """Enter it, marked so."""
    return _save_progress(task, for_unit=True)


@bp.post("/tasks/<int:task_id>/submit")
@requires(Action.SUBMIT_TASK, queries.get_visible)
def submit(task: Task) -> Response | tuple[str, int]:
    """Gửi kết quả khắc phục, by the head."""
    form = web.BaseForm()
    status = web.attempt(form, lambda: services.submit(task, actor=the_actor(), version=form.seen()))
    if status is not None:
        return task_page(task, form), status
    flash("Đã gửi kết quả khắc phục; cơ quan theo dõi sẽ thẩm tra.", "good")
    return redirect(url_for(".show", task_id=task.id), 303)


# --- Minh chứng


def _evidence(actor: Actor, task_id: int, file_id: int) -> StoredFile:
    task = queries.get_visible(actor, task_id)
    if not can(actor, Action.VIEW_TASK, task):
        raise NotFound()
    kept = [report.files for report in task.progress] + [seen.files for seen in task.sightings]
    kept += [asked.files for asked in task.directives]
    kept += [asked.files for asked in task.extension_requests]
    for stored in (one for files_of_one in kept for one in files_of_one):
        if stored.id == file_id:
            return stored
    raise NotFound()


@bp.get("/tasks/<int:task_id>/files/<int:file_id>")
@requires(Action.LIST_TASKS, _evidence)
def evidence(stored: StoredFile) -> Response:
    """A file of evidence; what a browser can show safely opens there, the rest is saved."""
    return send_file(
        io.BytesIO(files.read(stored)),
        mimetype=stored.media_type,
        as_attachment=stored.media_type not in INLINE,
        download_name=stored.name,
    )
