"""The decision, and what changes after it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.documents import papers, rendering
from app.documents.kinds import DocumentKind
from app.documents.word import write_docx
from app.inspections import queries, services
from app.inspections.composing import compose_decision
from app.inspections.forms import ChangeForm, DecisionForm
from app.inspections.models import Inspection, InspectionState
from app.inspections.services.common import require_draft
from app.inspections.states import INSPECTION
from app.inspections.views.bp import bp, missing_of, path_to, render_step, state_of
from app.policy import Action
from app.register.services import ClaimRefused
from app.vietnamese import count
from app.web import word_file
from app.web.access import requires, the_actor

Answer = str | Response | tuple[str, int]


@bp.get("/inspections/<int:inspection_id>/decision")
@requires(Action.DECIDE_INSPECTION, queries.get_visible)
def decision(inspection: Inspection) -> Answer:
    """Ghi nhận quyết định."""
    require_draft(inspection)
    issued = papers.find_issued(inspection.id, DocumentKind.DECISION)
    form = DecisionForm(
        version=inspection.version, number=issued.number if issued else None,
        symbol=issued.symbol if issued else papers.symbol_of(DocumentKind.DECISION),
        issued_on=issued.issued_on if issued else None, signer_name=issued.signer_name if issued else "",
        signer_title=issued.signer_title if issued else "",
        issuer_name=issued.issuer_name if issued else inspection.office_unit.name,
        starts_on=inspection.starts_on, ends_on=inspection.ends_on,
    )  # fmt: skip
    return _decision_page(inspection, form)


@bp.get("/inspections/<int:inspection_id>/decision.pdf")
@requires(Action.VIEW_INSPECTION, queries.get_visible)
def decision_pdf(inspection: Inspection) -> Answer:
    """The prepared decision, to be signed and numbered in the office's document system."""
    require_draft(inspection)
    drawn = rendering.render_pdf(compose_decision(inspection), created_at=clock.now())
    name = f"du-thao-quyet-dinh-{inspection.code.lower()}.pdf"
    return FlaskResponse(
        drawn.data,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/inspections/<int:inspection_id>/decision.docx")
@requires(Action.VIEW_INSPECTION, queries.get_visible)
def decision_word(inspection: Inspection) -> Answer:
    """The same as Word, for offices that circulate it so."""
    require_draft(inspection)
    content, about = compose_decision(inspection), f"inspection:{inspection.id}"
    data = write_docx(content, created_at=clock.now(), about=about)
    return word_file(data, f"du-thao-quyet-dinh-{inspection.code.lower()}")


def _decision_page(inspection: Inspection, form: DecisionForm, *, refused: bool = False) -> str:
    return render_step(
        "decision", inspection, "decision", "Ghi nhận quyết định", form=form, missing=missing_of(inspection),
        refused=refused, claims=queries.CLAIMING, review=queries.review_scope(inspection),
    )  # fmt: skip


@bp.post("/inspections/<int:inspection_id>/decide")
@requires(Action.DECIDE_INSPECTION, queries.get_visible)
def decide(inspection: Inspection) -> Answer:
    """Quyết định nhận phạm vi: all or nothing; refused with what is left."""
    require_draft(inspection)
    form = DecisionForm()
    refused: list[ClaimRefused] = []

    def act() -> None:
        try:
            services.decide(inspection, form.data_of(), version=form.version.data, actor=the_actor())
        except ClaimRefused as error:
            refused.append(error)
            raise

    status = web.attempt(form, act)
    if status is None:
        flash("Đã ghi nhận quyết định; phạm vi kiểm tra thuộc về Đoàn.")
        return redirect(url_for("inspections.show", inspection_id=inspection.id), 303)
    return _decision_page(inspection, form, refused=bool(refused)), status


CHANGES: dict[str, tuple[str, str]] = {
    "extend": ("Gia hạn", "Gia hạn thời hạn kiểm tra"),
    "suspend": ("Tạm dừng", "Tạm dừng cuộc kiểm tra"),
    "resume": ("Tiếp tục kiểm tra", "Tiếp tục cuộc kiểm tra"),
    "terminate": ("Đình chỉ", "Đình chỉ cuộc kiểm tra"),
}


def changes_of(state: InspectionState) -> list[str]:
    """Which changes the state allows."""
    found = [t.verb for t in INSPECTION.possible(state) if t.verb in CHANGES]
    if state in (InspectionState.DECIDED, InspectionState.IN_PROGRESS, InspectionState.SUSPENDED):
        found.insert(0, "extend")
    return found


@bp.get("/inspections/<int:inspection_id>/changes")
@requires(Action.DECIDE_INSPECTION, queries.get_visible)
def changes(inspection: Inspection) -> Answer:
    """Thay đổi sau quyết định (kèm văn bản)."""
    verb = request.args.get("verb", "")
    form = ChangeForm(formdata=None, version=inspection.version, verb=verb)
    return _changes_page(inspection, form, verb)


def _changes_page(inspection: Inspection, form: ChangeForm, verb: str) -> str:
    possible = changes_of(inspection.state)
    chosen = verb if verb in possible else (possible[0] if possible else "")
    form.verb.data = chosen
    title = CHANGES[chosen][1] if chosen else "Thay đổi sau quyết định"
    scoped = sum(queries.count_scope(inspection.id).values())
    return render_template(
        "inspections/changes.html",
        inspection=inspection,
        title=title,
        path=path_to(inspection, "Thay đổi"),
        state=state_of(inspection.state),
        form=form,
        verb=chosen,
        names=CHANGES,
        possible=possible,
        scoped=scoped,
        term_limit=queries.term_limit(inspection.profile),
    )


def _change(inspection: Inspection, verb: str) -> Answer:
    form = ChangeForm()
    told = web.perform(form, lambda: _apply(inspection, verb, form))
    if isinstance(told, web.Refused):
        return _changes_page(inspection, form, verb), told.status
    flash(told)
    return redirect(url_for("inspections.show", inspection_id=inspection.id), 303)


@bp.post("/inspections/<int:inspection_id>/extend")
@requires(Action.DECIDE_INSPECTION, queries.get_visible)
def extend(inspection: Inspection) -> Answer:
    """Gia hạn."""
    return _change(inspection, "extend")


@bp.post("/inspections/<int:inspection_id>/suspend")
@requires(Action.DECIDE_INSPECTION, queries.get_visible)
def suspend(inspection: Inspection) -> Answer:
    """Tạm dừng."""
    return _change(inspection, "suspend")


@bp.post("/inspections/<int:inspection_id>/resume")
@requires(Action.DECIDE_INSPECTION, queries.get_visible)
def resume(inspection: Inspection) -> Answer:
    """Tiếp tục kiểm tra."""
    return _change(inspection, "resume")


@bp.post("/inspections/<int:inspection_id>/terminate")
@requires(Action.DECIDE_INSPECTION, queries.get_visible)
def terminate(inspection: Inspection) -> Answer:
    """Đình chỉ."""
    return _change(inspection, "terminate")


def _apply(inspection: Inspection, verb: str, form: ChangeForm) -> str:
    version, actor = form.version.data, the_actor()
    reason, citation = form.reason.data or "", form.citation.data or ""
    if verb == "extend":
        services.extend_term(inspection, form.days.data or 0, citation, version=version, actor=actor)
        return "Đã gia hạn thời hạn kiểm tra."
    if verb == "terminate":
        released = services.terminate(inspection, reason, citation, version=version, actor=actor)
        return f"Đã đình chỉ cuộc kiểm tra; trả lại {count(released)} phần nội dung."
    act: Callable[..., None] = services.suspend if verb == "suspend" else services.resume
    act(inspection, reason, citation, version=version, actor=actor)
    return "Đã tạm dừng cuộc kiểm tra." if verb == "suspend" else "Đã tiếp tục cuộc kiểm tra."
