"""Nhắc việc: what reached the person on screen, marked as read one by one or all at once."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.extensions import db
from app.followup import inbox
from app.followup.views.table import bp
from app.policy import Action
from app.web import cursor_of_address
from app.web.access import requires, the_actor


@bp.get("/messages")
@requires(Action.VIEW_HOME)
def messages() -> str:
    """The newest first, each leading to its task."""
    return render_template(
        "followup/messages.html",
        title="Nhắc việc",
        page=inbox.list_messages(the_actor(), cursor=cursor_of_address(str, str, int)),
    )


@bp.post("/messages/read")
@requires(Action.VIEW_HOME)
def read_messages() -> Response:
    """One (`what` is its key) or all."""
    what = request.form.get("what", "")
    inbox.mark_read(what, actor=the_actor())
    db.session.commit()
    if what == "all":
        flash("Đã đánh dấu tất cả là đã đọc.", "good")
    return redirect(url_for(".messages"), 303)
