"""Đầu mối của đơn vị: the head appoints and ends; the office enters it from the unit's paper."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.accounts import queries as accounts
from app.accounts import services as account_services
from app.accounts.models import FocalPoint
from app.policy import Action, Actor
from app.remediation import queries
from app.remediation.forms import EndFocalPointForm, FocalPointForm
from app.remediation.views.blueprint import bp
from app.units.models import Unit
from app.web.access import requires, the_actor

TITLE = "Đầu mối của đơn vị"


def _form(unit: Unit, *, fresh: bool) -> FocalPointForm:
    form = FocalPointForm(formdata=None) if fresh else FocalPointForm()
    head = accounts.head_of(unit)
    form.offer([one for one in queries.list_people_at(unit.id) if head is None or one[0] != head.person_id])
    if fresh:
        form.from_on.data = clock.today()
    return form


def _page(
    unit: Unit, form: FocalPointForm, *, for_unit: bool, ending: EndFocalPointForm | None = None
) -> str:
    today = clock.today()
    points = accounts.list_focal_points(unit.id)
    if ending is None:
        ending = EndFocalPointForm(formdata=None)
        ending.last_on.data = today
    return render_template(
        "remediation/focal_point.html",
        title=TITLE,
        unit=unit,
        form=form,
        for_unit=for_unit,
        ending=ending,
        points=points,
        running=[point for point in points if point.to_on is None or point.to_on >= today],
        action_url=url_for(
            ".appoint_focal_point_for_unit" if for_unit else ".appoint_focal_point", unit_id=unit.id
        ),
        end_view=".end_focal_point_for_unit" if for_unit else ".end_focal_point",
        path=[
            web.Crumb("Theo dõi khắc phục", url_for("followup.index"))
            if for_unit
            else web.Crumb("Nội dung khắc phục", url_for(".index")),
            web.Crumb(TITLE),
        ],
    )


def _appoint(unit: Unit, *, for_unit: bool) -> Response | tuple[str, int]:
    form = _form(unit, fresh=False)
    status = web.attempt(
        form,
        lambda: account_services.appoint_focal_point(
            unit, form.values(), actor=the_actor(), on_behalf=for_unit
        ),
    )
    if status is not None:
        return _page(unit, form, for_unit=for_unit), status
    flash("Đã cử đầu mối của đơn vị.", "good")
    return _back(unit, for_unit=for_unit)


def _end(point: FocalPoint, *, for_unit: bool) -> Response | tuple[str, int]:
    form = EndFocalPointForm()

    def act() -> None:
        assert form.last_on.data is not None  # InputRequired
        account_services.end_focal_point(point, form.last_on.data, actor=the_actor(), on_behalf=for_unit)

    status = web.attempt(form, act, named=lambda field: "last_on" if field == "to_on" else field)
    if status is not None:
        return _page(point.unit, _form(point.unit, fresh=True), for_unit=for_unit, ending=form), status
    flash("Đã ghi ngày cuối làm đầu mối.", "good")
    return _back(point.unit, for_unit=for_unit)


def _back(unit: Unit, *, for_unit: bool) -> Response:
    view = ".focal_point_for_unit" if for_unit else ".focal_point"
    return redirect(url_for(view, unit_id=unit.id), 303)


def _point(actor: Actor, focal_point_id: int) -> FocalPoint:
    point = accounts.get_focal_point(focal_point_id)
    queries.get_unit(actor, point.unit_id)
    return point


@bp.get("/units/<int:unit_id>/focal-point")
@requires(Action.APPOINT_FOCAL_POINT, queries.get_unit)
def focal_point(unit: Unit) -> str:
    """Who speaks for the own unit, and who did."""
    return _page(unit, _form(unit, fresh=True), for_unit=False)


@bp.post("/units/<int:unit_id>/focal-point")
@requires(Action.APPOINT_FOCAL_POINT, queries.get_unit)
def appoint_focal_point(unit: Unit) -> Response | tuple[str, int]:
    """The head appoints somebody."""
    return _appoint(unit, for_unit=False)


@bp.post("/focal-points/<int:focal_point_id>/end")
@requires(Action.APPOINT_FOCAL_POINT, _point)
def end_focal_point(point: FocalPoint) -> Response | tuple[str, int]:
    """The last day."""
    return _end(point, for_unit=False)


@bp.get("/units/<int:unit_id>/for-unit/focal-point")
@requires(Action.ENTER_FOR_UNIT, queries.get_unit)
def focal_point_for_unit(unit: Unit) -> str:
    """The same page for the office, which enters the unit's paper."""
    return _page(unit, _form(unit, fresh=True), for_unit=True)


@bp.post("/units/<int:unit_id>/for-unit/focal-point")
@requires(Action.ENTER_FOR_UNIT, queries.get_unit)
def appoint_focal_point_for_unit(unit: Unit) -> Response | tuple[str, int]:
    """Enter whom the paper names."""
    return _appoint(unit, for_unit=True)


@bp.post("/focal-points/<int:focal_point_id>/for-unit/end")
@requires(Action.ENTER_FOR_UNIT, _point)
def end_focal_point_for_unit(point: FocalPoint) -> Response | tuple[str, int]:
    """Enter the last day."""
    return _end(point, for_unit=True)
