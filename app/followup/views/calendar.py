"""Lịch thời hạn: one's own secret address for Outlook or Google Calendar, and the file that they read."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.extensions import db, limiter
from app.followup import feed
from app.followup.views.table import bp
from app.policy import Action
from app.web.access import public, requires, the_actor

FROM_ONE_PLACE = "300 per hour"
"""Programs ask every few hours; those of many people may come from one server (Google) or one office."""
OF_ONE_ADDRESS = "60 per hour"


def _public(path: str) -> str:
    return f"{current_app.config['PUBLIC_ADDRESS']}{path}"


@bp.get("/my-calendar")
@requires(Action.VIEW_HOME)
def calendar_feed() -> str:
    """Whether there is an address, since when; opening, renewing, closing it."""
    return _page("")


def _page(address: str) -> str:
    return render_template(
        "followup/calendar.html",
        title="Lịch thời hạn của tôi",
        feed=feed.find_feed(the_actor().person_id),
        address=address,
    )


@bp.post("/my-calendar")
@requires(Action.VIEW_HOME)
def open_calendar_feed() -> str:
    """A new address; it stands on this page alone, only its hash is kept."""
    token = feed.open_feed(actor=the_actor())
    db.session.commit()
    return _page(_public(url_for(".calendar_file", token=token)))


@bp.post("/my-calendar/close")
@requires(Action.VIEW_HOME)
def close_calendar_feed() -> AnyResponse:
    """The address ends at once."""
    feed.close_feed(actor=the_actor())
    db.session.commit()
    flash("Đã thu hồi địa chỉ lịch. Phần mềm lịch không còn đọc được bằng địa chỉ này.", "good")
    return redirect(url_for(".calendar_feed"), 303)


def _one_address() -> str:
    """Which address is asked, without keeping it: the limiter remembers its keys."""
    return hashlib.sha256(str((request.view_args or {}).get("token", "")).encode()).hexdigest()


@bp.get("/feeds/<string:token>.ics")
@public
@limiter.limit(FROM_ONE_PLACE)
@limiter.limit(OF_ONE_ADDRESS, key_func=_one_address)
def calendar_file(token: str) -> Response:
    """The dates as they are now, for whoever holds the address; 304 when nothing changed."""
    reader = feed.reader_of(token[:200])
    host = urlsplit(current_app.config["PUBLIC_ADDRESS"]).hostname or "ket-luan"
    name = f"Thời hạn khắc phục – {reader.unit_name}" if reader.unit_name else "Thời hạn khắc phục"

    def link(task_id: int) -> str:
        return _public(url_for("remediation.show", task_id=task_id))

    data = feed.calendar_of(feed.list_dates(reader), name=name, host=host, link=link)
    response = Response(data, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="thoi-han.ics"'
    response.set_etag(hashlib.sha256(data).hexdigest())
    response.make_conditional(request)
    return response
