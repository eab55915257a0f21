"""Công khai thông báo: where and on which day, or why not."""

from __future__ import annotations

from flask import flash
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.errors import DomainError
from app.notices import queries
from app.notices.forms import PublicationForm
from app.notices.models import Notice
from app.notices.services import publishing
from app.notices.views.common import NOTICES, bp, notice_page
from app.policy import Action
from app.web.access import requires, the_actor

Answer = AnyResponse | tuple[str, int]
TITLE = "Công khai thông báo"


@bp.get("/notices/<int:notice_id>/publication")
@requires(Action.PUBLISH_NOTICE, queries.get_visible)
def publication(notice: Notice) -> str:
    """What is on record, to be changed."""
    form, kept = PublicationForm(formdata=None), publishing.find_publication(notice)
    if kept is not None:
        form.public.data = "no" if kept.published_on is None else "yes"
        form.on.data, form.place.data, form.reason.data = kept.published_on, kept.place, kept.reason
    return _page(notice, form)


@bp.post("/notices/<int:notice_id>/publication")
@requires(Action.PUBLISH_NOTICE, queries.get_visible)
def record_publication(notice: Notice) -> Answer:
    """Record it."""
    form = PublicationForm()

    def act() -> None:
        if form.public.data == "no":
            publishing.withhold(notice, form.reason.data or "", actor=the_actor())
            return
        if form.on.data is None:
            raise DomainError("Nhập ngày công khai.", field="on")
        publishing.publish(notice, on=form.on.data, place=form.place.data or "", actor=the_actor())

    status = web.attempt(form, act)
    if status is not None:
        return _page(notice, form), status
    flash("Đã ghi nhận việc công khai.", "good")
    return NOTICES.back(notice)


def _page(notice: Notice, form: PublicationForm) -> str:
    until, counted = publishing.publish_by(notice), publishing.publication_date(notice)
    return notice_page("notices/publication.html", TITLE, notice, form, until=until, counted=counted)
