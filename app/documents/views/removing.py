"""Xác nhận đã xóa, thu hồi: the recipients of a recalled paper."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.documents import queries, removing
from app.documents.forms import RemovalForm
from app.documents.models import Delivery
from app.documents.views.papers import bp, title_of
from app.policy import Action
from app.web import BaseForm
from app.web.access import requires, the_actor

Answer = AnyResponse | tuple[str, int]
CONFIRM, RECORD = "Xác nhận đã xóa, thu hồi", "Ghi nhận đã xóa, thu hồi"


@bp.get("/deliveries/<int:delivery_id>/removed")
@requires(Action.ACKNOWLEDGE, queries.get_delivery)
def ask_removed(delivery: Delivery) -> Answer:
    """What the head confirms."""
    removing.ask_waits(delivery)
    return _page(delivery, BaseForm(formdata=None), CONFIRM), 200


@bp.post("/deliveries/<int:delivery_id>/removed")
@requires(Action.ACKNOWLEDGE, queries.get_delivery)
def confirm_removed(delivery: Delivery) -> Answer:
    """The unit confirms."""
    form = BaseForm()
    status = web.attempt(form, lambda: removing.confirm_removed(delivery, actor=the_actor()))
    if status is not None:
        return _page(delivery, form, CONFIRM), status
    flash("Đã xác nhận xóa, thu hồi văn bản.", "good")
    return redirect(url_for(".show", document_id=delivery.document_id), 303)


@bp.get("/deliveries/<int:delivery_id>/removal")
@requires(Action.RECORD_RECEIPT, queries.get_delivery)
def ask_removal(delivery: Delivery) -> Answer:
    """What the office knows of it."""
    removing.ask_waits(delivery)
    return _page(delivery, RemovalForm(formdata=None), RECORD), 200


@bp.post("/deliveries/<int:delivery_id>/removal")
@requires(Action.RECORD_RECEIPT, queries.get_delivery)
def record_removal(delivery: Delivery) -> Answer:
    """The office records it for the unit."""
    form = RemovalForm()

    def act() -> None:
        assert form.removed_on.data is not None  # InputRequired
        removing.record_removed(
            delivery, removed_on=form.removed_on.data, reference=form.reference.data or "", actor=the_actor()
        )

    status = web.attempt(form, act)
    if status is not None:
        return _page(delivery, form, RECORD), status
    flash(f"Đã ghi nhận {delivery.unit.name} đã xóa, thu hồi văn bản.", "good")
    return redirect(url_for(".show", document_id=delivery.document_id), 303)


def _page(delivery: Delivery, form: BaseForm, title: str) -> str:
    return render_template(
        "papers/removal.html",
        title=title,
        delivery=delivery,
        document=delivery.document,
        document_title=title_of(delivery.document),
        form=form,
        recording=title == RECORD,
    )
