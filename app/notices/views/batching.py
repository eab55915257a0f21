"""Thông báo cho từng đơn vị: many notices composed, checked, sent on and printed together."""

from __future__ import annotations

import io

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.files import services as files
from app.inspections.models import Inspection
from app.notices import batches, queries, services
from app.notices.batches import STEPS, Step
from app.notices.forms import DraftForm, PrintForm
from app.notices.models import NoticeBatch
from app.notices.views.common import bp, crumb_of, state_of
from app.notices.views.editing import new_page, offer_units
from app.policy import Action, can
from app.vietnamese import count
from app.web import BaseForm
from app.web.access import requires, the_actor

Answer = AnyResponse | tuple[str, int]
TITLE = "Thông báo cho từng đơn vị"
BEGUN = "Đã đưa vào hàng chờ xử lý."


@bp.post("/inspections/<int:inspection_id>/notice-batches/new")
@requires(Action.DRAFT_NOTICE, queries.get_inspection)
def start_batch(inspection: Inspection) -> Answer:
    """One notice for each of the chosen units."""
    form = DraftForm()
    offered = {unit.id: unit for unit in offer_units(form, inspection)}

    def act() -> NoticeBatch:
        chosen = [offered[key] for key in form.units.data or () if key in offered]
        return services.start_batch(inspection, chosen, actor=the_actor())

    made = web.perform(form, act)
    if isinstance(made, web.Refused):
        return new_page(inspection, form), made.status
    flash(BEGUN, "good")
    return redirect(url_for(".batch", batch_id=made.id), 303)


@bp.get("/notices/batches/<int:batch_id>")
@requires(Action.VIEW_NOTICE, batches.get_batch)
def batch(batch: NoticeBatch) -> str:
    """Each unit with its notice and what stops it; what may be done with many; how far the work is."""
    return _page(batch, PrintForm(formdata=None))


def _page(batch: NoticeBatch, form: PrintForm) -> str:
    actor, busy = the_actor(), batches.is_busy(batch)
    drafting = can(actor, Action.DRAFT_NOTICE, batch.inspection)
    missing = [item for item in batch.items if item.notice is None]
    steps = [
        (step, len(ready)) for step in STEPS
        if not busy and (ready := batches.ready_for(batch, step, actor))
    ]  # fmt: skip
    return render_template(
        "notices/batch.html",
        title=TITLE,
        batch=batch,
        busy=busy,
        steps=steps,
        composable=drafting and bool(missing) and not busy,
        checkable=drafting and not busy and any(i.notice and i.notice.is_draft for i in batch.items),
        printable=[] if busy else batches.printable(batch),
        stopped=sum(bool(item.problem) for item in batch.items),
        form=form,
        state_of=state_of,
        path=_path(batch),
    )


def _path(batch: NoticeBatch, *steps: str) -> list[web.Crumb]:
    own = web.Crumb(TITLE, url_for(".batch", batch_id=batch.id) if steps else "")
    begin = [web.Crumb("Thông báo kết luận", url_for(".index")), crumb_of(batch.inspection), own]
    return [*begin, *(web.Crumb(step) for step in steps)]


@bp.get("/notices/batches/<int:batch_id>/steps/<string:verb>")
@requires(Action.VIEW_NOTICE, lambda actor, batch_id, verb: batches.get_batch(actor, batch_id))
def ask_step(batch: NoticeBatch) -> str:
    """Which notices this is for, before it is done."""
    return _step_page(batch, batches.find_step(_verb()), BaseForm(formdata=None))


@bp.post("/notices/batches/<int:batch_id>/steps/<string:verb>")
@requires(Action.VIEW_NOTICE, lambda actor, batch_id, verb: batches.get_batch(actor, batch_id))
def do_step(batch: NoticeBatch) -> Answer:
    """Let it be done in the background."""
    step, form = batches.find_step(_verb()), BaseForm()
    status = web.attempt(form, lambda: services.ask_batch(batch, step.verb, actor=the_actor()))
    if status is not None:
        return _step_page(batch, step, form), status
    flash(BEGUN, "good")
    return redirect(url_for(".batch", batch_id=batch.id), 303)


def _verb() -> str:
    return str((request.view_args or {})["verb"])


def _step_page(batch: NoticeBatch, step: Step, form: BaseForm) -> str:
    ready = batches.ready_for(batch, step, the_actor())
    title = f"{step.label}: {count(len(ready))} thông báo"
    return render_template(
        "notices/batch_step.html",
        title=title,
        batch=batch,
        step=step,
        ready=ready,
        form=form,
        path=_path(batch, step.label),
    )


@bp.post("/notices/batches/<int:batch_id>/compose")
@requires(Action.VIEW_NOTICE, batches.get_batch)
def compose_rest(batch: NoticeBatch) -> Answer:
    """Compose what is missing still."""
    return _ask(batch, "compose")


@bp.post("/notices/batches/<int:batch_id>/check")
@requires(Action.VIEW_NOTICE, batches.get_batch)
def check_batch(batch: NoticeBatch) -> Answer:
    """Look again at what stops each."""
    return _ask(batch, "check")


@bp.post("/notices/batches/<int:batch_id>/recount")
@requires(Action.VIEW_NOTICE, batches.get_batch)
def recount_batch(batch: NoticeBatch) -> Answer:
    """Count the proposed dates of every draft from today."""
    return _ask(batch, "recount")


def _ask(batch: NoticeBatch, verb: str, *, two_sided: bool = False) -> Answer:
    form = PrintForm()
    status = web.attempt(
        form, lambda: services.ask_batch(batch, verb, two_sided=two_sided, actor=the_actor())
    )
    if status is not None:
        return _page(batch, form), status
    flash(BEGUN, "good")
    return redirect(url_for(".batch", batch_id=batch.id), 303)


@bp.post("/notices/batches/<int:batch_id>/print")
@requires(Action.VIEW_NOTICE, batches.get_batch)
def merge_batch(batch: NoticeBatch) -> Answer:
    """Make one file for the printer."""
    return _ask(batch, "print", two_sided=bool(PrintForm().two_sided.data))


@bp.get("/notices/batches/<int:batch_id>/print.pdf")
@requires(Action.VIEW_NOTICE, batches.get_batch)
def print_batch(batch: NoticeBatch) -> Response:
    """The file as it was made last."""
    if batch.file is None:
        raise NotFound
    data = io.BytesIO(files.read(batch.file))
    name = "thong-bao-ket-luan-tung-don-vi.pdf"
    return send_file(data, mimetype="application/pdf", download_name=name, as_attachment=True)
