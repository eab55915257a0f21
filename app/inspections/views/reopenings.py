"""Đề nghị mở lại nội dung đã kết luận: asking for a draft, deciding, giving back."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.audit.timeline import timeline
from app.inspections import queries, services
from app.inspections.forms import EndReopeningForm, GrantForm, RefuseReopeningForm, ReopeningForm
from app.inspections.models import Inspection, InspectionState
from app.inspections.services.common import require_draft
from app.inspections.views.bp import bp, path_to, render_step, reopening_state_of
from app.policy import Action, can, refusal
from app.register import queries as register_queries
from app.register import reopening as register
from app.register import wording
from app.register.boxes import Box
from app.register.models import Conclusion, Reopening, ReopeningBox, ReopeningState
from app.vietnamese import count
from app.web import BaseForm
from app.web.access import requires, the_actor

Answer = str | Response | tuple[str, int]
ASK = "Đề nghị mở lại nội dung đã kết luận"


@bp.route("/inspections/<int:inspection_id>/reopenings/new", methods=["GET", "POST"])
@requires(Action.REQUEST_REOPENING, queries.get_visible)
def ask_reopening(inspection: Inspection) -> Answer:
    """Ask for what one conclusion decided; which one, the address or the form says."""
    require_draft(inspection)
    review = queries.review_scope(inspection)
    offered = queries.list_reopenable(inspection, review)
    named = request.form.get("conclusion_id") or request.args.get("conclusion", "")
    chosen = next((one for one in offered if str(one.conclusion.id) == named), next(iter(offered), None))
    form = ReopeningForm(version=inspection.version)
    items = chosen.items if chosen is not None else ()
    form.offer((item.item_id, f"{item.content} – {item.unit_name}") for item in items)
    status: int | None = 200
    if chosen is not None:
        form.conclusion_id.data = str(chosen.conclusion.id)
        if request.method == "POST":
            status = 422
            if form.validate():
                status = web.run(
                    form,
                    lambda: services.ask_reopening(
                        inspection, chosen.conclusion.id, form.items.data or [], form.data_of(),
                        version=form.version.data, actor=the_actor(),
                    ),
                )  # fmt: skip
                if status is None:
                    flash("Đã gửi đề nghị mở lại. Người quyết định không phải là người đề nghị.")
                    return redirect(url_for("inspections.review", inspection_id=inspection.id), 303)
    page = render_step(
        "ask_reopening", inspection, "review", ASK, review=review, form=form, chosen=chosen, offered=offered
    )
    return page, status or 200


@bp.get("/inspections/reopenings/of/<int:conclusion_id>")
@requires(Action.REQUEST_REOPENING, register_queries.get_recorded)
def reopenable_drafts(conclusion: Conclusion) -> Answer:
    """From a conclusion to the draft for which it is to be reopened."""
    return render_template(
        "inspections/reopenable_drafts.html",
        title=ASK,
        path=path_to(here=ASK),
        conclusion=conclusion,
        named=wording.notice(conclusion.number_and_symbol, conclusion.concluded_on),
        told=register.refused_because(conclusion, level=queries.level(), on=clock.today()),
        drafts=queries.list_drafts_meeting(the_actor(), conclusion),
    )


@bp.get("/inspections/reopenings/<int:reopening_id>")
@requires(Action.VIEW_INSPECTION, queries.get_reopening)
def reopening(reopening: Reopening) -> Answer:
    """One request and its answer."""
    return _page(reopening), 200


def _page(
    reopening: Reopening,
    *,
    grant: GrantForm | None = None,
    refuse: RefuseReopeningForm | None = None,
    end: EndReopeningForm | None = None,
) -> str:
    actor = the_actor()
    inspection = queries.case_of(actor, reopening)
    waits = reopening.state is ReopeningState.REQUESTED
    draft = inspection.state is InspectionState.DRAFT
    return render_template(
        "inspections/reopening.html",
        title=ASK,
        path=path_to(inspection, ASK),
        state=reopening_state_of(reopening.state),
        inspection=inspection,
        reopening=reopening,
        named=wording.notice(reopening.conclusion.number_and_symbol, reopening.conclusion.concluded_on),
        ground=register.GROUND_LABELS[reopening.ground],
        boxes=[(one, wording.period_of(box)) for one, box in _boxes(reopening)],
        decidable=waits and draft and can(actor, Action.DECIDE_REOPENING, reopening),
        told=refusal(actor, Action.DECIDE_REOPENING, reopening) if waits else None,
        endable=reopening.state is ReopeningState.GRANTED and draft and can(actor, Action.REQUEST_REOPENING),
        grant=grant or GrantForm(formdata=None),
        refuse=refuse or RefuseReopeningForm(formdata=None),
        end=end or EndReopeningForm(formdata=None),
        entries=timeline(reopening),
    )


def _boxes(reopening: Reopening) -> list[tuple[ReopeningBox, Box]]:
    return list(zip(reopening.boxes, register.boxes_of(reopening), strict=True))


@bp.post("/inspections/reopenings/<int:reopening_id>/grant")
@requires(Action.DECIDE_REOPENING, queries.get_reopening)
def grant_reopening(reopening: Reopening) -> Answer:
    """Mở lại."""
    form = GrantForm()
    inspection = queries.case_of(the_actor(), reopening)

    def act() -> str:
        assert form.decided_on.data is not None
        cut = services.grant_reopening(
            inspection, reopening, form.decision.data or "", form.decided_on.data, actor=the_actor()
        )
        return f"Đã mở lại {count(cut)} phần nội dung; giữ cho cuộc kiểm tra {inspection.code}."

    return _answer(form, reopening, act, lambda: _page(reopening, grant=form))


@bp.post("/inspections/reopenings/<int:reopening_id>/refuse")
@requires(Action.DECIDE_REOPENING, queries.get_reopening)
def refuse_reopening(reopening: Reopening) -> Answer:
    """Không đồng ý."""
    form = RefuseReopeningForm()

    def act() -> str:
        register.refuse(reopening, form.refusal.data or "", actor=the_actor())
        return "Đã ghi không đồng ý mở lại."

    return _answer(form, reopening, act, lambda: _page(reopening, refuse=form))


@bp.post("/inspections/reopenings/<int:reopening_id>/end")
@requires(Action.REQUEST_REOPENING, queries.get_reopening)
def end_reopening(reopening: Reopening) -> Answer:
    """Kết thúc việc mở lại khi chưa có quyết định kiểm tra."""
    form = EndReopeningForm()
    require_draft(queries.case_of(the_actor(), reopening))

    def act() -> str:
        restored = register.end_reserved(reopening, form.reason.data or "", actor=the_actor())
        return f"Đã kết thúc việc mở lại; khôi phục {count(restored)} phần nội dung đã kết luận."

    return _answer(form, reopening, act, lambda: _page(reopening, end=form))


def _answer(form: BaseForm, reopening: Reopening, act: Callable[[], str], page: Callable[[], str]) -> Answer:
    """Run, commit and say what was done; a refusal stands at the form."""
    told = web.perform(form, act)
    if isinstance(told, web.Refused):
        return page(), told.status
    flash(told, "good")
    return redirect(url_for("inspections.reopening", reopening_id=reopening.id), 303)
