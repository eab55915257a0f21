"""Signed-in sessions: how they begin, how long they last, and who acts in a request.

Idle and absolute limits come from the settings. A session also ends when the account's `fs_uniquifier`
changes (new password, disabled account), because the library finds the account by it.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, request, session, url_for
from flask_security import current_user
from flask_security.utils import logout_user
from werkzeug.wrappers import Response

from app import clock
from app.accounts import queries

_TOUCH_AFTER = 30
"""Seconds after which activity is written into the cookie again."""
_KEPT = frozenset(
    {"_user_id", "_fresh", "_id", "fs_cc", "fs_paa", "identity.name", "identity.auth_type", "_flashes"}
)
_ALWAYS_OPEN = frozenset({"security.change_password", "security.logout", "security.login", "static"})


def begin() -> None:
    """Start the clock of a session that was just signed in, with nothing the browser brought along."""
    for key in set(session) - _KEPT:
        session.pop(key)
    g.pop("csrf_token", None)
    session["signed_in_at"] = session["seen_at"] = clock.now().timestamp()


def _ended(now: float) -> bool:
    config = current_app.config
    signed_in, seen = session.get("signed_in_at"), session.get("seen_at")
    if signed_in is None or seen is None:
        return True
    return bool(
        now - seen > config["SESSION_IDLE_MINUTES"] * 60
        or now - signed_in > config["SESSION_ABSOLUTE_HOURS"] * 3600
    )


def load_actor() -> Response | None:
    """Before every request: who acts. Rights follow the present, posts are read anew."""
    g.actor = None
    if request.endpoint in ("static", "bootstrap.static") or not current_user.is_authenticated:
        return None
    now = clock.now().timestamp()
    if _ended(now):
        logout_user()
        session.clear()
        flash("Phiên làm việc đã hết. Đăng nhập lại để tiếp tục.", "look")
        return None
    if now - session["seen_at"] > _TOUCH_AFTER:
        session["seen_at"] = now
    account: Any = current_user
    g.actor = queries.actor_for(account.person)
    if account.must_change_password and request.endpoint not in _ALWAYS_OPEN:
        flash("Đây là mật khẩu tạm. Đổi mật khẩu trước khi làm việc.", "look")
        return redirect(url_for("security.change_password"), 303)
    return None
