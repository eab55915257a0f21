"""Screen 2, parts 1 to 3: information, units, scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.deadlines import queries as deadlines
from app.deadlines.settings import DEFAULT_PROFILE
from app.errors import DomainError
from app.extensions import db
from app.form_library import queries as form_queries
from app.form_library.models import WHOLE, Criterion, ProcedureField
from app.inspections import queries, services
from app.inspections.forms import (
    CaseForm,
    ScopeForm,
    UnitsForm,
    VersionForm,
)
from app.inspections.models import InspectedUnit, Inspection
from app.inspections.planning import Selection
from app.inspections.services import PLANNABLE
from app.inspections.services.common import require_draft
from app.inspections.views.bp import bp, path_to, render_step
from app.policy import Action
from app.vietnamese import count
from app.web import choices
from app.web.access import requires, the_actor

Answer = str | Response | tuple[str, int]


def _case_form(**values: object) -> CaseForm:
    form = CaseForm(**values)
    form.offer(PLANNABLE, queries.list_offices(), form_queries.list_versions())
    return form


@bp.route("/inspections/new", methods=["GET", "POST"])
@requires(Action.CREATE_INSPECTION)
def new() -> Answer:
    """Lập cuộc kiểm tra."""
    actor, limit = the_actor(), queries.term_limit()
    form = _case_form(
        kind="planned", method="on_site", office_unit_id=queries.office_of(actor),
        term_days=limit.term.days if limit else None, profile=deadlines.setting(DEFAULT_PROFILE),
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                made = services.create(form.data_of(), actor=actor)
                db.session.commit()
                return redirect(url_for("inspections.units", inspection_id=made.id), 303)
            except DomainError as error:
                db.session.rollback()
                form.refuse(error.message, error.field)
                status = error.status
    page = render_template(
        "inspections/new.html", title="Lập cuộc kiểm tra", path=path_to(here="Lập cuộc kiểm tra"), form=form,
        term_limit=limit,
    )  # fmt: skip
    return page, status


@bp.route("/inspections/<int:inspection_id>/edit", methods=["GET", "POST"])
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def edit(inspection: Inspection) -> Answer:
    """Thông tin chung."""
    require_draft(inspection)
    form = _case_form(**CaseForm.values_of(inspection))
    status: int | None = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            status = web.run(
                form,
                lambda: services.edit_draft(
                    inspection, form.data_of(), version=form.version.data, actor=the_actor()
                ),
            )
            if status is None:
                flash("Đã lưu thông tin chung.")
                return redirect(url_for("inspections.units", inspection_id=inspection.id), 303)
            web.stand_beside(form, _case_form(formdata=None, **CaseForm.values_of(inspection)))
    return render_step(
        "edit",
        inspection,
        "edit",
        "Thông tin chung",
        form=form,
        term_limit=queries.term_limit(inspection.profile),
    ), status or 200


@bp.route("/inspections/<int:inspection_id>/units", methods=["GET", "POST"])
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def units(inspection: Inspection) -> Answer:
    """Đơn vị được kiểm tra."""
    require_draft(inspection)
    text = request.args.get("q", "")[:100]
    offered = queries.list_units_to_add(inspection, text)
    form = UnitsForm(version=inspection.version)
    form.unit_ids.choices = choices((str(unit.id), unit.name) for unit in offered)
    status: int | None = 200
    if request.method == "POST":
        present = {iu.unit_id for iu in inspection.units}
        if form.unit_ids.data and set(form.unit_ids.data) <= present:
            # The same form sent twice: what it asks for stands already.
            return redirect(url_for("inspections.units", inspection_id=inspection.id), 303)
        status = 422
        if form.validate():
            wanted: list[int] = form.unit_ids.data or []
            status = web.run(
                form,
                lambda: services.add_units(inspection, wanted, version=form.version.data, actor=the_actor()),
            )
            if status is None:
                flash(f"Đã thêm {count(len(wanted))} đơn vị.")
                return redirect(url_for("inspections.units", inspection_id=inspection.id), 303)
    review = queries.review_beside(inspection)
    return render_step(
        "units",
        inspection,
        "units",
        "Đơn vị được kiểm tra",
        form=form,
        text=text,
        offered=offered,
        review=review,
        notes=queries.lineage_notes(inspection, review),
        scoped=queries.count_scope(inspection.id),
    ), status or 200


@bp.post("/inspections/<int:inspection_id>/units/<int:inspected_unit_id>/remove")
@requires(Action.EDIT_INSPECTION, queries.get_unit_of_case)
def remove_unit(inspected_unit: InspectedUnit) -> Answer:
    """Bỏ đơn vị."""
    form = VersionForm()
    inspection = inspected_unit.inspection
    services.remove_unit(inspection, inspected_unit.id, version=form.version.data, actor=the_actor())
    db.session.commit()
    flash("Đã bỏ đơn vị khỏi cuộc kiểm tra.")
    return redirect(url_for("inspections.units", inspection_id=inspection.id), 303)


@bp.route("/inspections/<int:inspection_id>/scope", methods=["GET", "POST"])
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def scope(inspection: Inspection) -> Answer:
    """Nội dung kiểm tra: gói, nhóm, tiêu chí, lĩnh vực."""
    require_draft(inspection)
    version = inspection.form_version
    packages = form_queries.definition_of(version).packages
    criteria = form_queries.list_criteria(version.id)
    groups = form_queries.list_groups(version.id)
    fields = form_queries.list_fields()
    asked = queries.selections(inspection)
    form = ScopeForm(version=inspection.version, **_chosen(inspection, asked, criteria, fields))
    form.packages.choices = choices((package.key, package.title) for package in packages)
    form.groups.choices = choices((str(group.id), f"{group.code} – {group.title}") for group in groups)
    form.criteria.choices = choices((str(c.id), f"{c.key} – {c.title}") for c in criteria)
    form.fields.choices = choices((str(field.id), field.name) for field in fields)
    form.units.choices = choices((str(iu.id), iu.unit.name) for iu in inspection.units)
    status: int | None = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            keys = {
                definition.key
                for package in packages
                if package.key in (form.packages.data or [])
                for definition in form_queries.definition_of(version).criteria_of(package)
            }
            picked = {
                c.id
                for c in criteria
                if c.key in keys
                or c.group_id in (form.groups.data or [])
                or c.id in (form.criteria.data or [])
            }
            status = web.run(
                form,
                lambda: services.set_scope(
                    inspection, picked, form.fields.data or [], inspected_unit_ids=form.units.data or [],
                    version=form.version.data, actor=the_actor(),
                ),
            )  # fmt: skip
            if status is None:
                flash("Đã lưu nội dung kiểm tra.")
                return redirect(url_for("inspections.review", inspection_id=inspection.id), 303)
    by_group = {group.id: [c for c in criteria if c.group_id == group.id] for group in groups}
    return render_step(
        "scope", inspection, "scope", "Nội dung kiểm tra", form=form, groups=groups, by_group=by_group,
        differing=_differing(inspection, asked),
    ), status or 200  # fmt: skip


def _chosen(
    inspection: Inspection,
    asked: Mapping[int, Selection],
    criteria: Sequence[Criterion],
    fields: Sequence[ProcedureField],
) -> dict[str, Any]:
    """What the scope page ticks: whole groups, single criteria, fields, and the units that have all that.

    Units that differ are never ticked together: saving would make them alike. One of them is named by the
    address.
    """
    units = [iu for iu in inspection.units if str(iu.id) == request.args.get("unit")] or inspection.units
    kinds = {asked.get(iu.id, Selection()) for iu in units}
    if len(kinds) > 1:
        return {"groups": [], "criteria": [], "fields": [], "units": []}
    parts = next(iter(kinds), Selection()).parts
    chosen = {criterion_id for criterion_id, _, _ in parts}
    ranges = {(first, last) for _, first, last in parts if (first, last) != (0, WHOLE)}
    by_group: dict[int, set[int]] = {}
    for criterion in criteria:
        by_group.setdefault(criterion.group_id, set()).add(criterion.id)
    whole = {group_id for group_id, ids in by_group.items() if ids <= chosen}
    single = chosen - {i for group_id in whole for i in by_group[group_id]}
    return {
        "groups": sorted(whole),
        "criteria": sorted(single),
        "fields": [
            f.id for f in fields if any(first <= f.part[0] and f.part[1] <= last for first, last in ranges)
        ],
        "units": [iu.id for iu in units],
    }


def _differing(inspection: Inspection, asked: Mapping[int, Selection]) -> list[tuple[InspectedUnit, int]]:
    """Every unit with how many contents it is asked, when they are not all asked the same."""
    if len({asked.get(iu.id, Selection()) for iu in inspection.units}) < 2:
        return []
    return [
        (iu, len({criterion_id for criterion_id, _, _ in asked.get(iu.id, Selection()).parts}))
        for iu in inspection.units
    ]
