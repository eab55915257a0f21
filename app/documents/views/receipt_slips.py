"""Phiếu tiếp nhận: how a unit's receipt of a paper became known, to be printed and filed."""

from __future__ import annotations

from flask import render_template, url_for

from app import clock, web
from app.accounts import queries as accounts
from app.documents import delivery as deliveries
from app.documents import queries
from app.documents.models import RECEIPT_LABELS, Delivery
from app.documents.views.papers import bp, title_of
from app.errors import NotFound
from app.policy import Action
from app.web.access import requires

TITLE = "Phiếu tiếp nhận văn bản"


@bp.get("/deliveries/<int:delivery_id>/receipt-slip")
@requires(Action.VIEW_DOCUMENT, queries.get_delivery)
def receipt_slip(delivery: Delivery) -> str:
    """What was received, by whom or from which paper it is known, and the hash of what was read."""
    if delivery.receipt is None:
        raise NotFound
    known_by = delivery.acknowledged_by or delivery.recorded_by
    return render_template(
        "papers/receipt_slip.html",
        title=TITLE,
        delivery=delivery,
        document=delivery.document,
        citation=deliveries.short_citation(delivery.document),
        way=RECEIPT_LABELS[delivery.receipt],
        here=delivery.acknowledged_by is not None,
        who=accounts.get_person(known_by).name if known_by is not None else "",
        moment=clock.now(),
        path=[
            web.Crumb(title_of(delivery.document), url_for(".show", document_id=delivery.document_id)),
            web.Crumb(TITLE),
        ],
    )
