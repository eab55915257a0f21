"""One answer for many contents, the table of sampled applications, clean groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.audit.freshness import read_seen, seen_of
from app.errors import DomainError, Stale
from app.extensions import db
from app.fieldwork import queries, services
from app.fieldwork.forms import ApplicationsForm, CleanForm, ManyForm
from app.fieldwork.forms.tables import blank_rows
from app.fieldwork.models import GroupNote
from app.fieldwork.queries.overview import UnitGroup
from app.fieldwork.views import bp
from app.fieldwork.views.common import at_work, path_to
from app.policy import Action, can
from app.vietnamese import count
from app.web import Crumb, read_ids
from app.web.access import requires, the_actor


def _sheet_address(part: UnitGroup, anchor: str | None = None) -> str:
    return url_for("fieldwork.sheet", inspected_unit_id=part.unit.id, group_id=part.group.id, _anchor=anchor)


def _path(part: UnitGroup, name: str) -> list[Crumb]:
    return path_to(part.unit, Crumb(part.group.short_title, _sheet_address(part)), Crumb(name))


def _many_page(part: UnitGroup, form: ManyForm, picked: set[int], status: int = 200) -> tuple[str, int]:
    rows = [row for row in queries.get_sheet(part).rows if row.answer is None]
    html = render_template(
        "fieldwork/many.html",
        part=part,
        form=form,
        rows=rows,
        picked=picked,
        back=_sheet_address(part),
        path=_path(part, "Ghi chung"),
    )
    return html, status


@bp.get("/inspected-units/<int:inspected_unit_id>/groups/<int:group_id>/many")
@requires(Action.RECORD_ANSWER, queries.get_part)
def many(part: UnitGroup) -> Any:
    return _many_page(part, ManyForm(), set())


@bp.post("/inspected-units/<int:inspected_unit_id>/groups/<int:group_id>/many")
@requires(Action.RECORD_ANSWER, queries.get_part)
def save_many(part: UnitGroup) -> Any:
    form = ManyForm()
    picked = set(read_ids(request.form.getlist("pick")))
    if not form.validate_on_submit():
        return _many_page(part, form, picked, 422)
    address, actor, unit_id, group_id = _sheet_address(part), the_actor(), part.unit.id, part.group.id
    chosen = [row.item for row in queries.get_sheet(part).rows if row.item.id in picked]
    try:
        done = services.record_for_many(chosen, form.values(), actor=actor)
    except DomainError as error:
        db.session.rollback()
        field = {"na_reason": "reason"}.get(error.field or "", error.field)
        form.refuse(error.message, field)
        return _many_page(queries.get_part(actor, unit_id, group_id), form, picked, error.status)
    db.session.commit()
    flash(f"Đã ghi chung {count(done)} nội dung.")
    return redirect(address, 303)


def _applications_page(
    part: UnitGroup, form: ApplicationsForm, status: int = 200, *, differing: Sequence[str] = ()
) -> tuple[str, int]:
    html = render_template(
        "fieldwork/applications.html",
        part=part,
        form=form,
        back=_sheet_address(part, "ket-qua"),
        path=_path(part, "Bảng kê hồ sơ"),
        differing=differing,
        writable=at_work(part.unit) and can(the_actor(), Action.RECORD_ANSWER, part.unit),
    )
    return html, status


@bp.get("/inspected-units/<int:inspected_unit_id>/groups/<int:group_id>/applications")
@requires(Action.VIEW_FIELDWORK, queries.get_part)
def applications(part: UnitGroup) -> Any:
    rows = queries.list_applications(part.unit.id, part.group.id)
    return _applications_page(part, ApplicationsForm(data={"rows": blank_rows(rows)}))


@bp.post("/inspected-units/<int:inspected_unit_id>/groups/<int:group_id>/applications")
@requires(Action.RECORD_ANSWER, queries.get_part)
def save_applications(part: UnitGroup) -> Any:
    form = ApplicationsForm()
    if not form.validate_on_submit():
        return _applications_page(part, form, 422)
    actor, unit_id, group_id = the_actor(), part.unit.id, part.group.id
    try:
        kept = services.save_sampled_applications(part.unit, part.group, form.typed_rows(), actor=actor)
    except DomainError as error:
        db.session.rollback()
        differing: list[str] = []
        if isinstance(error, Stale):
            form, differing = form.go_on_from(queries.list_applications(unit_id, group_id))
        form.refuse(error.message, error.field)
        part = queries.get_part(actor, unit_id, group_id)
        return _applications_page(part, form, error.status, differing=differing)
    db.session.commit()
    flash(f"Bảng kê có {count(kept)} hồ sơ.")
    address = url_for("fieldwork.applications", inspected_unit_id=unit_id, group_id=group_id)
    return redirect(address, 303)


@bp.get("/inspected-units/<int:inspected_unit_id>/groups/<int:group_id>/clean")
@requires(Action.VIEW_FIELDWORK, queries.get_part)
def clean(part: UnitGroup) -> Any:
    note = queries.get_sheet(part).note
    form = CleanForm(
        data={
            "reason": note.clean_reason if note else "",
            "sample": note.clean_sample if note else "",
            "stamp": seen_of(note),
        }
    )
    return _clean_page(part, form)


def _clean_page(
    part: UnitGroup, form: CleanForm, status: int = 200, *, stored: GroupNote | None = None
) -> tuple[str, int]:
    agreement = url_for("fieldwork.agreement", inspection_id=part.unit.inspection_id, _anchor="khong-ton-tai")
    html = render_template(
        "fieldwork/clean.html",
        part=part,
        form=form,
        stored=stored,
        back=agreement,
        path=_path(part, "Không có tồn tại"),
    )
    return html, status


@bp.post("/inspected-units/<int:inspected_unit_id>/groups/<int:group_id>/clean")
@requires(Action.RECORD_ANSWER, queries.get_part)
def save_clean(part: UnitGroup) -> Any:
    form = CleanForm()
    actor, unit_id, group_id, case_id = the_actor(), part.unit.id, part.group.id, part.unit.inspection_id
    if not form.validate_on_submit():
        return _clean_page(part, form, 422)
    try:
        services.set_clean(
            part.unit,
            part.group,
            reason=form.reason.data or "",
            sample=form.sample.data or "",
            seen=read_seen(form.stamp.data),
            actor=actor,
        )
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, error.field)
        part, stored = queries.get_part(actor, unit_id, group_id), None
        if isinstance(error, Stale):  # both texts stand on the page, and the next save is made knowingly
            stored = queries.get_sheet(part).note
            form.stamp.data = seen_of(stored)
        return _clean_page(part, form, error.status, stored=stored)
    db.session.commit()
    flash("Đã lưu.")
    return redirect(url_for("fieldwork.agreement", inspection_id=case_id, _anchor="khong-ton-tai"), 303)
