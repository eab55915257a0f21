"""Kiến nghị của đơn vị: the list, one proposal with its answer, and the forms that write one down."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.audit.freshness import read_seen, seen_of
from app.errors import DomainError, Stale
from app.extensions import db
from app.findings import answers, queries, services
from app.findings.forms import AnswerForm, LaterProposalForm, SendForm, SendForUnitForm
from app.findings.models import UnitProposal
from app.findings.views.blueprint import bp
from app.policy import Action, can
from app.units.models import Unit
from app.web import Crumb, LinkItem, Refused, State, cursor_of_address, perform
from app.web.access import requires, the_actor


@bp.get("/proposals")
@requires(Action.LIST_TASKS)
def proposals() -> str:
    """What the units say for themselves, as far as the person may know of it."""
    actor = the_actor()
    unanswered = request.args.get("waiting") == "1"
    tabs = [
        LinkItem("Tất cả", url_for("findings.proposals"), current=not unanswered),
        LinkItem("Chưa trả lời", url_for("findings.proposals", waiting=1), current=unanswered),
    ]
    page = queries.list_proposals(actor, unanswered=unanswered, cursor=cursor_of_address(int))
    return render_template(
        "findings/proposals.html",
        page=page,
        heirs=queries.heirs_of_senders(page.items),
        own=actor.unit_ids,
        tabs=tabs,
        today=clock.today(),
        sending_unit_id=actor.unit_id
        if actor.unit_id in actor.headed_unit_ids | actor.focal_unit_ids
        else None,
    )


def _send_page(unit: Unit, form: SendForm, status: int = 200, *, for_unit: bool) -> tuple[str, int]:
    path = [Crumb("Kiến nghị của đơn vị", url_for("findings.proposals")), Crumb("Gửi kiến nghị mới")]
    action = ".send_proposal_for_unit" if for_unit else ".send_proposal"
    html = render_template(
        "findings/send_proposal.html", unit=unit, form=form, path=path, for_unit=for_unit,
        action_url=url_for(action, unit_id=unit.id),
    )  # fmt: skip
    return html, status


def _send(unit: Unit, form: SendForm, *, for_unit: bool) -> Response | tuple[str, int]:
    sent = perform(
        form, lambda: services.send_proposal(unit, form.values(), actor=the_actor(), on_behalf=for_unit)
    )
    if isinstance(sent, Refused):
        return _send_page(unit, form, sent.status, for_unit=for_unit)
    flash("Đã ghi kiến nghị của đơn vị." if for_unit else "Đã gửi kiến nghị.", "good")
    return redirect(url_for("findings.proposal", proposal_id=sent.id), 303)


@bp.get("/units/<int:unit_id>/proposals/new")
@requires(Action.SEND_PROPOSAL, queries.get_unit)
def compose_proposal(unit: Unit) -> Any:
    """Gửi kiến nghị mới: the unit's own head or focal point."""
    return _send_page(unit, SendForm(formdata=None), for_unit=False)


@bp.post("/units/<int:unit_id>/proposals/new")
@requires(Action.SEND_PROPOSAL, queries.get_unit)
def send_proposal(unit: Unit) -> Response | tuple[str, int]:
    """The unit sends it."""
    return _send(unit, SendForm(), for_unit=False)


@bp.get("/units/<int:unit_id>/for-unit/proposals/new")
@requires(Action.ENTER_FOR_UNIT, queries.get_unit)
def compose_proposal_for_unit(unit: Unit) -> Any:
    """The same for the office, which enters the unit's paper."""
    return _send_page(unit, SendForUnitForm(formdata=None), for_unit=True)


@bp.post("/units/<int:unit_id>/for-unit/proposals/new")
@requires(Action.ENTER_FOR_UNIT, queries.get_unit)
def send_proposal_for_unit(unit: Unit) -> Response | tuple[str, int]:
    """What the unit's paper proposes is entered."""
    return _send(unit, SendForUnitForm(), for_unit=True)


def _proposal_page(
    proposal: UnitProposal, form: AnswerForm, status: int = 200, *, conflict: bool = False
) -> tuple[str, int]:
    path = [Crumb("Kiến nghị của đơn vị", url_for("findings.proposals")), Crumb("Kiến nghị")]
    answered = proposal.answered_on is not None
    state = State("done", "Đã trả lời") if answered else State("wait", "Chưa trả lời")
    html = render_template(
        "findings/proposal.html", proposal=proposal, form=form, path=path, state=state, conflict=conflict,
        heirs=queries.heirs_of_senders([proposal]), own=the_actor().unit_ids, to_paste=_to_paste(proposal),
    )  # fmt: skip
    return html, status


def _to_paste(proposal: UnitProposal) -> list[tuple[Unit, str]]:
    """For who follows: what is told by hand to units where nobody reads messages, once there is something."""
    if not can(the_actor(), Action.EDIT_FOLLOW_UP, proposal):
        return []
    if proposal.answered_on is None and not (proposal.answering_body and proposal.answer_due_on):
        return []
    return [
        (unit, answers.text_for(unit, proposal))
        for told in answers.list_told([proposal.id])
        for unit in told.silent
    ]


def _new_proposal_page(form: LaterProposalForm, status: int = 200) -> tuple[str, int]:
    path = [Crumb("Kiến nghị của đơn vị", url_for("findings.proposals")), Crumb("Ghi kiến nghị")]
    return render_template("findings/new_proposal.html", form=form, path=path), status


@bp.get("/proposals/new")
@requires(Action.EDIT_FOLLOW_UP)
def new_proposal() -> Any:
    form = LaterProposalForm(formdata=None).offer(queries.list_ended_units(the_actor()))
    return _new_proposal_page(form)


@bp.post("/proposals/new")
@requires(Action.EDIT_FOLLOW_UP)
def add_later_proposal() -> Any:
    units = {str(one.id): one for one in queries.list_ended_units(the_actor())}
    form = LaterProposalForm().offer(list(units.values()))
    if not form.validate_on_submit():
        return _new_proposal_page(form, 422)
    made = services.add_proposal(units[form.unit.data], form.values(), actor=the_actor())
    db.session.commit()
    flash("Đã ghi kiến nghị của đơn vị.")
    return redirect(url_for("findings.proposal", proposal_id=made.id), 303)


@bp.get("/proposals/<int:proposal_id>")
@requires(Action.LIST_TASKS, queries.get_proposal)
def proposal(proposal: UnitProposal) -> Any:
    return _proposal_page(proposal, AnswerForm(obj=proposal, stamp=seen_of(proposal)))


@bp.post("/proposals/<int:proposal_id>/answer")
@requires(Action.EDIT_FOLLOW_UP, queries.get_proposal)
def answer_proposal(proposal: UnitProposal) -> Any:
    form = AnswerForm()
    if not form.validate_on_submit():
        return _proposal_page(proposal, form, 422)
    actor = the_actor()
    try:
        services.check_seen(proposal, read_seen(form.stamp.data))
        if not any((form.answering_body.data, form.answer_due_on.data, form.answer.data)):
            raise DomainError("Nhập cơ quan trả lời, hạn trả lời hoặc nội dung trả lời.", field="answer")
        services.route_proposal(
            proposal, form.answering_body.data or "", form.answer_due_on.data, actor=actor
        )
        if form.answer.data or form.answered_on.data or form.answer_reference.data:
            if form.answered_on.data is None:
                raise DomainError("Nhập ngày trả lời.", field="answered_on")
            services.answer_proposal(
                proposal,
                answer=form.answer.data or "",
                reference=form.answer_reference.data or "",
                on=form.answered_on.data,
                actor=actor,
            )
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, error.field)
        if conflict := isinstance(error, Stale):
            form.stamp.data = seen_of(proposal)
        return _proposal_page(proposal, form, error.status, conflict=conflict)
    db.session.commit()
    flash("Đã lưu.")
    return redirect(url_for("findings.proposal", proposal_id=proposal.id), 303)
