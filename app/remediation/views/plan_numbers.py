"""The number and day of a unit's signed plan, entered by the unit or by the office in its place."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.policy import Action
from app.remediation import queries, services
from app.remediation.forms import PlanForm
from app.remediation.views.blueprint import bp
from app.units.models import Unit
from app.web.access import requires, the_actor

TITLE = "Nhập số kế hoạch khắc phục đã ký"


def _page(unit: Unit, form: PlanForm, *, for_unit: bool) -> str:
    notices = {one.id: one for one in queries.list_to_plan(unit.id)}
    return render_template(
        "remediation/plan_number.html",
        title=TITLE,
        unit=unit,
        form=form,
        for_unit=for_unit,
        nothing=not notices,
        known=[(one, notices[one.document_id]) for one in queries.list_plans(unit.id, list(notices))],
        action_url=url_for(
            ".save_plan_number_for_unit" if for_unit else ".save_plan_number", unit_id=unit.id
        ),
        back=url_for("home.index"),
    )


def _form(unit: Unit, *, fresh: bool) -> PlanForm:
    form = PlanForm(formdata=None) if fresh else PlanForm()
    form.offer(queries.list_to_plan(unit.id))
    if fresh:
        form.notice_id.data = request.args.get("notice", "")
        form.document_on.data = clock.today()
    return form


def _save(unit: Unit, *, for_unit: bool) -> Response | tuple[str, int]:
    form = _form(unit, fresh=False)

    def act() -> None:
        notice = next(one for one in queries.list_to_plan(unit.id) if str(one.id) == form.notice_id.data)
        services.record_plan(
            unit, notice, reference=form.reference.data or "", issued_on=form.document_on.day,
            actor=the_actor(),
        )  # fmt: skip

    status = web.attempt(form, act)
    if status is not None:
        return _page(unit, form, for_unit=for_unit), status
    flash("Đã ghi số, ngày kế hoạch khắc phục.", "good")
    return redirect(url_for("home.index"), 303)


@bp.get("/units/<int:unit_id>/plan-number")
@requires(Action.REPORT_PROGRESS, queries.get_unit)
def plan_number(unit: Unit) -> str:
    """Enter the signed plan of the own unit."""
    return _page(unit, _form(unit, fresh=True), for_unit=False)


@bp.post("/units/<int:unit_id>/plan-number")
@requires(Action.REPORT_PROGRESS, queries.get_unit)
def save_plan_number(unit: Unit) -> Response | tuple[str, int]:
    """Record it."""
    return _save(unit, for_unit=False)


@bp.get("/units/<int:unit_id>/for-unit/plan-number")
@requires(Action.ENTER_FOR_UNIT, queries.get_unit)
def plan_number_for_unit(unit: Unit) -> str:
    """Enter a unit's signed plan in its place."""
    return _page(unit, _form(unit, fresh=True), for_unit=True)


@bp.post("/units/<int:unit_id>/for-unit/plan-number")
@requires(Action.ENTER_FOR_UNIT, queries.get_unit)
def save_plan_number_for_unit(unit: Unit) -> Response | tuple[str, int]:
    """Record it, marked as entered by the office."""
    return _save(unit, for_unit=True)
