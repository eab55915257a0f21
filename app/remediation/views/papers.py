"""Papers about remediation: the unit's own, from what it entered; the answer to a request for time."""

from __future__ import annotations

import io
from dataclasses import replace

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.documents import rendering
from app.documents.content import OfficialDocument
from app.documents.word import write_docx
from app.errors import NotFound, WrongState
from app.policy import Action, Actor
from app.remediation import queries, services, unit_papers
from app.remediation.forms import AnswerForm
from app.remediation.models import Task
from app.remediation.services.requests import list_askers, may_be_extended, open_request
from app.remediation.views.blueprint import address_of, bp
from app.remediation.views.tasks import crumbs
from app.units.models import Unit
from app.web.access import requires, the_actor

ANSWER = "Trả lời đề nghị gia hạn"


def _made(content: OfficialDocument, name: str, about: str) -> Response:
    """A paper with room for number and day: as Word to go on with, or as it will be printed."""
    made_at, content = clock.now(), replace(content, expected_on=clock.today())
    if (request.view_args or {})["form"] == "docx":
        return web.word_file(write_docx(content, created_at=made_at, about=about), name)
    data = rendering.render_pdf(content, created_at=made_at).data
    return send_file(io.BytesIO(data), mimetype="application/pdf", download_name=f"{name}.pdf")


def _unit(actor: Actor, unit_id: int, form: str) -> Unit:
    """Whose paper it is, whatever its form. Raises NotFound."""
    return queries.get_unit(actor, unit_id)


def _tasks(unit: Unit) -> list[Task]:
    """Those of the notice that the address names, else of all open ones. Raises NotFound."""
    tasks = queries.list_of_unit(unit.id, document_id=web.read_id(request.args.get("notice")))
    if not tasks:
        raise NotFound()
    return tasks


def _plan(unit: Unit) -> Response:
    content = unit_papers.plan(unit, _tasks(unit))
    return _made(content, f"Kế hoạch khắc phục, {unit.name}", f"unit:{unit.id}")


def _report(unit: Unit) -> Response:
    tasks = _tasks(unit)
    content = unit_papers.report(unit, tasks, queries.list_unit_proposals(tasks))
    return _made(content, f"Báo cáo kết quả khắc phục, {unit.name}", f"unit:{unit.id}")


@bp.get("/units/<int:unit_id>/remediation-plan.<any(docx, pdf):form>")
@requires(Action.REPORT_PROGRESS, _unit)
def plan_paper(unit: Unit) -> Response:
    """Soạn kế hoạch khắc phục of the own unit."""
    return _plan(unit)


@bp.get("/units/<int:unit_id>/remediation-report.<any(docx, pdf):form>")
@requires(Action.REPORT_PROGRESS, _unit)
def report_paper(unit: Unit) -> Response:
    """Soạn báo cáo kết quả khắc phục of the own unit."""
    return _report(unit)


@bp.get("/units/<int:unit_id>/for-unit/remediation-plan.<any(docx, pdf):form>")
@requires(Action.ENTER_FOR_UNIT, _unit)
def plan_paper_for_unit(unit: Unit) -> Response:
    """The same for a unit where nobody has an account."""
    return _plan(unit)


@bp.get("/units/<int:unit_id>/for-unit/remediation-report.<any(docx, pdf):form>")
@requires(Action.ENTER_FOR_UNIT, _unit)
def report_paper_for_unit(unit: Unit) -> Response:
    """The same for a unit where nobody has an account."""
    return _report(unit)


def _form(task: Task, *, fresh: bool) -> AnswerForm:
    form = AnswerForm(formdata=None) if fresh else AnswerForm()
    form.offer(list_askers(task))
    if fresh:
        form.requested_on.data = clock.today()
        _show_asked(task, form)
    return form


def _show_asked(task: Task, form: AnswerForm) -> None:
    """What the unit sent in is not typed again; who answers says whether it is granted, and why."""
    asked = open_request(task)
    if asked is None:
        return
    form.requested_by.data, form.requested_on.data = str(asked.requested_by), asked.requested_on
    form.asked_due_on.data = asked.new_due_on
    form.request_reference.data = asked.document_reference


def _page(task: Task, form: AnswerForm) -> str:
    back = web.Crumb(task.code, url_for(".show", task_id=task.id))
    return render_template(
        "remediation/extension_answer.html",
        title=ANSWER,
        task=task,
        form=form,
        path=[*crumbs(task, the_actor())[:-1], back, web.Crumb(ANSWER)],
    )


@bp.get("/tasks/<int:task_id>/extension-answer")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def extension_answer(task: Task) -> str:
    """What the letter answers."""
    if not may_be_extended(task):
        raise WrongState("Chỉ gia hạn nội dung đang thực hiện và có thời hạn cụ thể.")
    return _page(task, _form(task, fresh=True))


@bp.post("/tasks/<int:task_id>/extension-answer")
@requires(Action.EDIT_FOLLOW_UP, queries.get_visible)
def begin_extension_answer(task: Task) -> AnyResponse | tuple[str, int]:
    """Begin the letter; the date moves once it is issued."""
    form = _form(task, fresh=False)
    paper = web.perform(form, lambda: services.begin_extension_answer(task, form.values(), actor=the_actor()))
    if isinstance(paper, web.Refused):
        return _page(task, form), paper.status
    flash("Đã soạn công văn trả lời. Thời hạn chỉ thay đổi khi công văn được ban hành.", "good")
    return redirect(address_of(paper), 303)
