"""Lists and papers: concluded content, one unit, one cell of the matrix, one conclusion, the slip."""

from __future__ import annotations

import io
import re
from datetime import date

from flask import Response, render_template, request, send_file, url_for

from app import clock, web
from app.audit.timeline import timeline
from app.documents import queries as documents
from app.documents import rendering
from app.documents.delivery import short_citation
from app.errors import DomainError, NotFound
from app.form_library import queries as forms
from app.policy import Action, can, refusal
from app.register import asking, entered, extract, listing, panels, queries, typed, wording
from app.register.asking import Answer, Question
from app.register.forms import FilterForm
from app.register.models import LEVEL_LABELS, Conclusion, ConclusionState, Level
from app.register.states import CONCLUSION, was_entered
from app.register.views.common import (
    bp,
    history_of,
    path_to,
    period_or_this_year,
    state_of,
    told_briefly,
    units_offered,
)
from app.units import lineage
from app.units.models import Unit
from app.web.access import requires, the_actor

STATE_KINDS = dict.fromkeys(ConclusionState, "stop") | {ConclusionState.IN_FORCE: "final"}


@bp.get("/contents")
@requires(Action.VIEW_REGISTER)
def contents() -> tuple[str, int]:
    """Danh sách nội dung đã kết luận."""
    actor = the_actor()
    form = FilterForm(request.args)
    form.offer(
        [
            (str(group.id), f"{group.code} – {group.short_title}")
            for group in forms.whole_latest_version().groups
        ]
    )
    page: web.Page[listing.Row] = web.Page([])
    good = form.validate()
    if good:
        try:
            page = listing.list_contents(actor, _filters(form), web.cursor_of_address(date, int, int))
        except DomainError as error:
            form.refuse(error.message, error.field)
            good = False
    return (
        render_template(
            "register/contents.html",
            form=form,
            page=page,
            units=units_offered(queries.list_names(actor)),
            path=path_to(web.Crumb("Danh sách")),
        ),
        200 if good else 422,
    )


def _filters(form: FilterForm) -> listing.Filters:
    unit_ids = None
    named = (form.unit.data or "").strip()
    if named:
        found = typed.find_unit(named, on=clock.today(), visible=queries.visible_units(the_actor()))
        unit_ids = lineage.with_predecessors([found.id])
    first, last = form.starts_on.data, form.ends_on.data
    if first and last:
        typed.period(first, last)
    return listing.Filters(
        text=form.q.data or "",
        unit_ids=unit_ids,
        group_id=int(form.group.data) if form.group.data else None,
        result=form.result.data or "",
        effect=form.effect.data or "",
        starts_on=first,
        ends_on=last + typed.ONE_DAY if last else None,
    )


@bp.get("/units/<int:unit_id>")
@requires(Action.VIEW_REGISTER, queries.get_unit)
def unit(unit: Unit) -> str:
    """One unit: what happened to it in the register."""
    return render_template(
        "register/unit.html", unit=unit, entries=history_of(unit), path=path_to(), year=clock.today().year
    )


@bp.get("/units/<int:unit_id>/groups/<int:group_id>")
@requires(Action.VIEW_REGISTER)
def group(unit_id: int, group_id: int) -> str:
    """One cell of the matrix: every content of a group at a unit."""
    actor = the_actor()
    found = queries.get_unit(actor, unit_id)
    chosen = next((item for item in forms.whole_latest_version().groups if item.id == group_id), None)
    if chosen is None:
        raise NotFound
    first, last = period_or_this_year()
    days = typed.period(first, last)
    answers: tuple[Answer, ...] = ()
    missing = ""
    try:
        answers = asking.ask_all(
            [Question(found, criterion, *days) for criterion in chosen.criteria],
            level=asking.office_level(),
            concluded_only=not queries.sees_holds(actor),
        )
    except DomainError as error:
        missing = error.message
    return render_template(
        "register/group.html",
        unit=found,
        group=chosen,
        first=first,
        last=last,
        missing=missing,
        lines=[(answer, state_of(answer), told_briefly(answer)) for answer in answers],
        path=path_to(web.Crumb(found.name, url_for(".unit", unit_id=found.id)), web.Crumb(chosen.code)),
    )


@bp.get("/conclusions/<int:conclusion_id>")
@requires(Action.VIEW_REGISTER, queries.get_conclusion)
def conclusion(conclusion: Conclusion) -> str:
    """One conclusion and what it covers."""
    actor = the_actor()
    filters = listing.Filters(conclusion_id=conclusion.id)
    page = listing.list_contents(actor, filters, web.cursor_of_address(date, int, int))
    entered_here = conclusion.state is ConclusionState.IN_FORCE and was_entered(conclusion) is None
    told = refusal(actor, Action.VOID_CONCLUSION, conclusion)
    may_record = entered_here and can(actor, Action.RECORD_CONCLUSION)
    open_lines = entered.open_lines(conclusion) if actor.in_office else []
    return render_template(
        "register/conclusion.html",
        conclusion=conclusion,
        title=wording.notice(conclusion.number_and_symbol, conclusion.concluded_on),
        state=web.State(STATE_KINDS[conclusion.state], CONCLUSION.labels[conclusion.state]),
        level=LEVEL_LABELS[Level(conclusion.level)],
        total=listing.count_contents(actor, filters),
        page=page,
        document_url=_document_url(conclusion),
        reopenable=conclusion.state is ConclusionState.IN_FORCE
        and not conclusion.record_only
        and can(actor, Action.REQUEST_REOPENING),
        voidable=entered_here and told is None,
        ended_by=_ended_by(conclusion),
        voided_by=conclusion.voider.name if conclusion.voider else "",
        attachable=may_record and conclusion.document_id is None,
        open_lines=open_lines,
        mappable=may_record and (conclusion.record_only or bool(open_lines)),
        told=told if may_record else None,
        sections=panels.sections_of(conclusion, actor),
        entries=timeline(conclusion) if actor.in_office else (),
        path=path_to(web.Crumb(conclusion.number_and_symbol)),
    )


def _ended_by(conclusion: Conclusion) -> web.LinkItem | None:
    """The paper by which a notice of ours was recalled or replaced, as a link for who may read it."""
    paper = documents.ended_by(conclusion.document) if conclusion.document is not None else None
    if paper is None:
        return None
    return web.LinkItem(short_citation(paper), _paper_url(paper.id) or "")


def _document_url(conclusion: Conclusion) -> str | None:
    """The paper, for who may read it."""
    return None if conclusion.document_id is None else _paper_url(conclusion.document_id)


def _paper_url(document_id: int) -> str | None:
    try:
        documents.get_visible(the_actor(), document_id)
    except NotFound:
        return None
    return url_for("documents.show", document_id=document_id)


@bp.get("/units/<int:unit_id>/extract")
@requires(Action.VIEW_REGISTER, queries.get_unit)
def slip(unit: Unit) -> str:
    """Phiếu trích kết quả đã kết luận."""
    this_year = clock.today().year
    year = extract.clean_year(request.args.get("year", ""), this_year)
    made = extract.slip(unit, year, as_of=clock.today())
    return render_template(
        "register/extract.html",
        slip=made,
        use=extract.USE,
        use_short=extract.USE_SHORT,
        years=sorted({year, *range(this_year - 4, this_year + 1)}, reverse=True),
        path=path_to(web.Crumb(unit.name, url_for(".unit", unit_id=unit.id)), web.Crumb("Phiếu trích")),
    )


@bp.get("/units/<int:unit_id>/extract.pdf")
@requires(Action.VIEW_REGISTER, queries.get_unit)
def slip_pdf(unit: Unit) -> Response:
    """The slip as it is printed."""
    actor = the_actor()
    year = extract.clean_year(request.args.get("year", ""), clock.today().year)
    made = extract.slip(unit, year, as_of=clock.today())
    issuer = extract.issuer_for(actor)
    drawn = rendering.render_pdf(extract.compose(made, issuer, maker=actor.name), created_at=clock.now())
    code = re.sub(r"[^A-Za-z0-9-]+", "-", unit.code)
    return send_file(
        io.BytesIO(drawn.data), mimetype="application/pdf", download_name=f"phieu-trich-{code}-{year}.pdf"
    )
