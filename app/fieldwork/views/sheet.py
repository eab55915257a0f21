"""Screen 4: one page per inspected unit and group; every content is a form of its own."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import flash, get_template_attribute, redirect, render_template, request, send_file, url_for

from app.audit.freshness import read_seen, seen_of
from app.audit.timeline import timeline
from app.errors import DomainError, NotFound, Stale
from app.extensions import db
from app.fieldwork import panels, queries, services
from app.fieldwork.forms import RowForm, StrengthsForm
from app.fieldwork.queries.overview import UnitGroup
from app.fieldwork.services.answers import assesses
from app.fieldwork.views import bp
from app.fieldwork.views.common import (
    at_work,
    path_to,
    refused_json,
    review_period,
    saved_json,
    unit_state,
    visit_state,
    was_at,
    when_text,
)
from app.files import services as files
from app.files.gate import INLINE
from app.findings import queries as findings
from app.findings import services as finding_services
from app.findings.forms import ProposalForm, uploads_of
from app.findings.models import ProposalKind, UnitProposal
from app.inspections.models import InspectedUnit, InspectedUnitState, ScopeItem, VisitState
from app.policy import Action, can
from app.vietnamese import count
from app.web import Crumb, LinkItem, Wait
from app.web.access import requires, the_actor
from app.web.resending import wants_json


def _wait(unit: InspectedUnit, sheet: queries.Sheet) -> Wait | None:
    busy = [part.name for part in sheet.parts if part.reported_at is None]
    if unit.state is not InspectedUnitState.FIELDWORK or not busy:
        return None
    open_visit = next((visit for visit in unit.visits if visit.state is VisitState.UNDER_WAY), None)
    until = open_visit.on_date if open_visit else None
    return Wait(", ".join(busy), "Báo cáo phần việc được phân công", until)


def _page(
    part: UnitGroup,
    status: int = 200,
    *,
    bound: RowForm | None = None,
    strengths: StrengthsForm | None = None,
    conflict: str = "",
) -> tuple[str, int]:
    actor = the_actor()
    unit, group = part.unit, part.group
    sheet = queries.get_sheet(part)
    mine = any(found.person_id == actor.person_id for found in sheet.parts)
    view = request.args.get("view", "mine" if mine else "all")
    adding, opened = request.args.get("add", ""), request.args.get("open", "")
    rows = []
    first_open = not (bound or opened or adding)
    for row in sheet.rows:
        foreign = row.answer is not None and row.answer.recorded_by != actor.person_id
        if view == "mine" and (not mine or foreign) and (bound is None or bound.row.item.id != row.item.id):
            continue
        form = (
            bound
            if bound is not None and bound.row.item.id == row.item.id
            else RowForm(row, adding=adding == str(row.item.id))
        )
        is_open = form is bound or str(row.item.id) in (adding, opened)
        if first_open and row.answer is None:
            is_open, first_open = True, False
        rows.append((row, form, is_open))
    if strengths is None:
        strengths = StrengthsForm(formdata=None, prefix="kq-")
        strengths.strengths.data = sheet.note.strengths if sheet.note else ""
        strengths.stamp.data = seen_of(sheet.note)
    here: dict[str, Any] = {"inspected_unit_id": unit.id, "group_id": group.id}
    in_mine = (
        sum(row.answer is None or row.answer.recorded_by == actor.person_id for row in sheet.rows)
        if mine
        else 0
    )
    tabs = [
        LinkItem(
            f"Phần việc của tôi ({count(in_mine)})",
            url_for("fieldwork.sheet", view="mine", **here),
            view == "mine",
        ),
        LinkItem(
            f"Cả nhóm ({count(len(sheet.rows))})",
            url_for("fieldwork.sheet", view="all", **here),
            view != "mine",
        ),
    ]
    writable = at_work(unit) and can(actor, Action.RECORD_ANSWER, unit)
    my_part = next((found for found in sheet.parts if found.person_id == actor.person_id), None)
    visit = next(
        (v for v in unit.visits if v.state is VisitState.UNDER_WAY), unit.visits[0] if unit.visits else None
    )
    sub = [f"Thời kỳ kiểm tra {review_period(unit.inspection)}"]
    if visit is not None:
        sub += [text for text in (visit.subteam, when_text(visit)) if text]
    html = render_template(
        "fieldwork/sheet.html",
        sheet=sheet,
        unit=unit,
        group=group,
        entries=_in_order(part, sheet, rows),
        tabs=tabs,
        view=view,
        writable=writable,
        assesses=assesses(unit),
        sections=panels.sections_of(unit, actor),
        strengths=strengths,
        strengths_conflict=conflict,
        my_part=my_part,
        here=here,
        state=unit_state(unit),
        sub=" · ".join(sub),
        wait=_wait(unit, sheet),
        path=path_to(unit, Crumb("Phiếu kiểm tra")),
    )
    return html, status


def _in_order(part: UnitGroup, sheet: queries.Sheet, rows: list[tuple[Any, RowForm, bool]]) -> list[Any]:
    """Rows and locked contents together, in the order of the form: (kind, entry, form, open)."""
    place = {criterion.id: criterion.ordinal for criterion in part.group.criteria}
    found: list[tuple[Any, ...]] = [
        (place[locked.criterion_id], "locked", locked, None, False) for locked in sheet.locked
    ]
    found += [(place[row.item.criterion_id], "row", row, form, is_open) for row, form, is_open in rows]
    return [entry[1:] for entry in sorted(found, key=lambda entry: entry[0])]


@bp.get("/inspected-units/<int:inspected_unit_id>/groups/<int:group_id>")
@requires(Action.VIEW_FIELDWORK, queries.get_part)
def sheet(part: UnitGroup) -> Any:
    return _page(part)


@bp.post("/scope-items/<int:scope_item_id>/answer")
@requires(Action.RECORD_ANSWER, queries.get_scope_item)
def save_row(item: ScopeItem) -> Any:
    row = queries.get_row(item)
    form = RowForm(row, request.form)
    actor, unit_id, group_id = the_actor(), item.inspected_unit_id, item.criterion.group_id
    if not form.validate():
        return _refused(form, unit_id, group_id, 422)
    try:
        saved = services.save_row(item, form.entry(), actor=actor)
    except Stale as error:
        db.session.rollback()
        form.go_on_from(queries.get_row(queries.get_scope_item(actor, item.id)), error.message)
        return _refused(form, unit_id, group_id, 409, error.message)
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return _refused(form, unit_id, group_id, error.status, error.message)
    db.session.commit()
    if wants_json():
        mark = get_template_attribute("components/result_mark.html", "result_mark")
        return saved_json(form.after(saved), mark=str(mark(saved.answer.result)))
    add = "add" in request.form
    flash(f"Đã lưu {item.criterion.key}.")
    address = url_for(
        "fieldwork.sheet",
        inspected_unit_id=unit_id,
        group_id=group_id,
        _anchor=f"nd-{item.id}",
        view=request.args.get("view"),
        add=item.id if add else None,
        open=item.id,
    )
    return redirect(address, 303)


def _refused(form: RowForm, unit_id: int, group_id: int, status: int, message: str = "") -> Any:
    if wants_json():
        errors = form.errors()
        first = next((error.message for error in errors), "")
        at = {error.input_id: error.message for error in errors if error.input_id}
        return refused_json(message or first, status, at)
    part = queries.get_part(the_actor(), unit_id, group_id)
    return _page(part, status, bound=form)


@bp.post("/scope-items/<int:scope_item_id>/files")
@requires(Action.RECORD_ANSWER, queries.get_scope_item)
def add_files(item: ScopeItem) -> Any:
    uploads = uploads_of(request.files.getlist("files"))
    unit_id, group_id, item_id = item.inspected_unit_id, item.criterion.group_id, item.id
    try:
        added, left_out = services.attach(item, uploads, actor=the_actor())
    except DomainError as error:
        db.session.rollback()
        form = RowForm(queries.get_row(queries.get_scope_item(the_actor(), item_id)))
        form.form_errors.append(error.message)
        return _refused(form, unit_id, group_id, error.status, error.message)
    db.session.commit()
    flash(f"Đã thêm {count(added)} tệp.")
    for reason in left_out:
        flash(reason, "look")
    address = url_for(
        "fieldwork.sheet", inspected_unit_id=unit_id, group_id=group_id, open=item_id, _anchor=f"nd-{item_id}"
    )
    return redirect(address, 303)


@bp.get("/inspected-units/<int:inspected_unit_id>/evidence/<int:file_id>")
@requires(
    Action.VIEW_FIELDWORK,
    lambda actor, inspected_unit_id, file_id: _evidence(actor, inspected_unit_id, file_id),
)
def evidence(found: Any) -> Any:
    stored = found.file
    return send_file(
        BytesIO(files.read(stored)),
        mimetype=stored.media_type,
        download_name=stored.name,
        as_attachment=stored.media_type not in INLINE,
    )


class _Evidence:
    """A file with the unit whose rights decide about it."""

    def __init__(self, unit: InspectedUnit, file: Any) -> None:
        self.unit, self.file = unit, file

    def standing_of(self, actor: Any) -> Any:
        return self.unit.standing_of(actor)


def _evidence(actor: Any, inspected_unit_id: int, file_id: int) -> _Evidence:
    unit = findings.get_inspected_unit(actor, inspected_unit_id)
    return _Evidence(unit, queries.find_evidence(unit.id, file_id))


@bp.post("/inspected-units/<int:inspected_unit_id>/groups/<int:group_id>/strengths")
@requires(Action.RECORD_ANSWER, queries.get_part)
def save_strengths(part: UnitGroup) -> Any:
    form = StrengthsForm(prefix="kq-")
    unit_id, group_id = part.unit.id, part.group.id
    if not form.validate_on_submit():
        if wants_json():
            return refused_json(form.strengths.errors[0], 422, {form.strengths.id: form.strengths.errors[0]})
        return _page(part, 422, strengths=form)
    try:
        note = services.set_group_note(
            part.unit,
            part.group,
            form.strengths.data or "",
            seen=read_seen(form.stamp.data),
            actor=the_actor(),
        )
    except DomainError as error:
        db.session.rollback()
        if wants_json():
            return refused_json(error.message, error.status)
        form.refuse(error.message, error.field)
        return _conflict(unit_id, group_id, form, error)
    db.session.commit()
    if wants_json():
        return saved_json(seen_of(note), field=form.stamp.name)
    flash("Đã lưu kết quả đạt được của nhóm.")
    return redirect(
        url_for("fieldwork.sheet", inspected_unit_id=unit_id, group_id=group_id, _anchor="ket-qua"), 303
    )


def _conflict(unit_id: int, group_id: int, form: StrengthsForm, error: DomainError) -> tuple[str, int]:
    """After a stale edit the stored text stands beside the typed one, and the next save is made knowingly."""
    part = queries.get_part(the_actor(), unit_id, group_id)
    stored = ""
    if isinstance(error, Stale):
        note = queries.get_sheet(part).note
        stored = note.strengths if note is not None else ""
        form.stamp.data = seen_of(note)
    return _page(part, error.status, strengths=form, conflict=stored)


@bp.post("/inspected-units/<int:inspected_unit_id>/groups/<int:group_id>/report-part")
@requires(Action.RECORD_ANSWER, queries.get_part)
def report_part(part: UnitGroup) -> Any:
    services.report_part(part.unit, part.group, actor=the_actor())
    db.session.commit()
    flash("Đã báo cáo phần việc được phân công.")
    return redirect(url_for("fieldwork.unit", inspected_unit_id=part.unit.id), 303)


@bp.get("/inspected-units/<int:inspected_unit_id>/fieldwork")
@requires(Action.VIEW_FIELDWORK, findings.get_inspected_unit)
def unit(unit: InspectedUnit) -> Any:
    return unit_page(unit)


def unit_page(
    unit: InspectedUnit, status: int = 200, proposal: ProposalForm | None = None
) -> tuple[str, int]:
    """Overview of a unit: groups with n/N, who is assigned, what is missing; visits; proposals."""
    actor = the_actor()
    groups = queries.overview(unit)
    total = queries.Progress(sum(g.progress.done for g in groups), sum(g.progress.total for g in groups))
    refused = queries.minutes.list_refused(unit.visits)
    html = render_template(
        "fieldwork/unit.html",
        unit=unit,
        groups=groups,
        total=total,
        state=unit_state(unit),
        path=[*path_to(unit)[:2], Crumb(unit.unit.name)],
        period=review_period(unit.inspection),
        visits=[
            (visit, visit_state(visit, refused=visit.id in refused), when_text(visit))
            for visit in unit.visits
        ],
        proposals=findings.list_proposals_of_unit(unit.id),
        proposal=proposal
        or ProposalForm(formdata=None, prefix="kn-", data={"kind": str(ProposalKind.PROPOSAL)}),
        writable=at_work(unit) and can(actor, Action.RECORD_ANSWER, unit),
        hears=was_at(unit) and can(actor, Action.RECORD_ANSWER, unit),
        shortcomings=findings.count_by_unit([unit.id]).get(unit.id, 0),
        sections=panels.sections_of(unit, actor),
        entries=timeline(unit),
    )
    return html, status


@bp.post("/inspected-units/<int:inspected_unit_id>/proposals")
@requires(Action.RECORD_ANSWER, findings.get_inspected_unit)
def add_proposal(unit: InspectedUnit) -> Any:
    form = ProposalForm(prefix="kn-")
    if not form.validate_on_submit():
        return unit_page(unit, 422, form)
    unit_id = unit.id
    finding_services.add_proposal(unit, form.values(), actor=the_actor())
    db.session.commit()
    flash("Đã ghi kiến nghị của đơn vị.")
    return redirect(url_for("fieldwork.unit", inspected_unit_id=unit_id, _anchor="kien-nghi"), 303)


def _team_proposal(actor: Any, proposal_id: int) -> UnitProposal:
    found = findings.get_proposal(actor, proposal_id)
    if found.inspected_unit_id is None or not can(actor, Action.VIEW_FIELDWORK, found):
        raise NotFound()
    return found


@bp.post("/proposals/<int:proposal_id>/remove")
@requires(Action.RECORD_ANSWER, _team_proposal)
def remove_proposal(proposal: UnitProposal) -> Any:
    unit_id = proposal.inspected_unit_id
    finding_services.remove_proposal(proposal, actor=the_actor())
    db.session.commit()
    flash("Đã bỏ kiến nghị.")
    return redirect(url_for("fieldwork.unit", inspected_unit_id=unit_id, _anchor="kien-nghi"), 303)
