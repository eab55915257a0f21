"""Entered conclusions: the list of them, and the paper that is joined to one later."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.errors import DomainError
from app.extensions import db
from app.policy import Action, can
from app.register import entered, entry, queries, wording
from app.register.forms import AttachForm, EnteredForm
from app.register.models import Conclusion
from app.register.states import CONCLUSION
from app.register.views.common import bp, path_to
from app.web.access import requires, the_actor


@bp.get("/conclusions")
@requires(Action.VIEW_OFFICE_REGISTER)
def entered_list() -> tuple[str, int]:
    """Kết luận đã ghi nhận."""
    form = EnteredForm(request.args)
    page: web.Page[entered.Row] = web.Page([])
    good = form.validate()
    if good:
        page = entered.list_entered(
            text=form.q.data or "", lacks=form.lacks.data or "", cursor=web.cursor_of_address(date, int)
        )
    body = render_template(
        "register/entered.html",
        form=form,
        page=page,
        labels=CONCLUSION.labels,
        may_record=can(the_actor(), Action.RECORD_CONCLUSION),
        path=path_to(web.Crumb("Kết luận đã ghi nhận")),
    )
    return body, 200 if good else 422


@bp.route("/conclusions/<int:conclusion_id>/paper", methods=["GET", "POST"])
@requires(Action.RECORD_CONCLUSION, queries.get_recorded)
def attach(conclusion: Conclusion) -> AnyResponse | tuple[str, int]:
    """Gắn văn bản vào kết luận đã ghi nhận."""
    form, status = AttachForm(), 200
    there = url_for(".conclusion", conclusion_id=conclusion.id)
    if form.validate_on_submit():
        upload = form.files.data
        try:
            entry.attach(conclusion, entry.Upload(upload.filename or "", upload.read()), actor=the_actor())
        except DomainError as error:
            db.session.rollback()
            form.refuse(error.message, "files")
            status = error.status
        else:
            db.session.commit()
            flash("Đã gắn văn bản vào kết luận.", "good")
            return redirect(there, 303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "register/attach.html", form=form, conclusion=conclusion,
        named=wording.notice(conclusion.number_and_symbol, conclusion.concluded_on),
        path=path_to(web.Crumb(conclusion.number_and_symbol, there), web.Crumb("Gắn văn bản")),
    )  # fmt: skip
    return page, status
