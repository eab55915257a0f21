"""Sign-in through Flask-Security: settings, forms, and what surrounds its pages.

The library shows the forms and checks passwords; around its views stand the throttle, the events, the limits
of a session and the answers 303, 422 and 429.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, flash, g, make_response, render_template, request, session
from flask_security import SQLAlchemySessionUserDatastore, current_user
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response

from app.accounts import forms, queries, sessions, sign_in_log, throttle
from app.accounts.messages import MESSAGES
from app.accounts.models import Account, SecurityRole
from app.extensions import db, security
from app.web.access import ask_to_sign_in, public

View = Callable[..., Any]
# OWASP: argon2id with at least 46 MiB, one pass, one lane. Tests hash hundreds of times.
HASHING = {"argon2__memory_cost": 47104, "argon2__time_cost": 2, "argon2__parallelism": 1}
HASHING_IN_TESTS = {"argon2__memory_cost": 512, "argon2__time_cost": 1, "argon2__parallelism": 1}


class People(SQLAlchemySessionUserDatastore):
    """The library's way to accounts; whoever a session names is read whole at once."""

    def find_user(self, case_insensitive: bool = False, **named: Any) -> Account | None:
        """The account whose one column is as named."""
        if set(named) == {"fs_uniquifier"}:
            return queries.find_signed_in(named["fs_uniquifier"])
        found = super().find_user(case_insensitive=case_insensitive, **named)
        assert found is None or isinstance(found, Account)
        return found


def _redirected(response: Response) -> bool:
    return 300 <= response.status_code < 400


def _no_json() -> None:
    """The library would answer JSON with tokens of its own; sessions are the one way in."""
    if request.is_json or "auth_token" in request.values:
        raise UnsupportedMediaType()


def _signing_in(view: View) -> View:
    """The library's sign-in page with a throttle before it and an event after it."""

    def sign_in() -> Response:
        _no_json()
        if request.method != "POST" or current_user.is_authenticated:
            response = make_response(view())
            response.status_code = 303 if _redirected(response) else 200
            return response
        name, address = request.form.get("email", "").strip(), request.remote_addr or ""
        if not name or not request.form.get("password"):
            return make_response(view(), 422)
        waiting = _must_wait(name, address, "đăng nhập lại")
        if waiting is not None:
            return waiting
        response = make_response(view())
        account = queries.find_account(name)
        if not _redirected(response):
            sign_in_log.note_wrong(account, address)
            db.session.commit()
            response.status_code = 422
            return response
        assert account is not None, "the library let somebody in"
        sign_in_log.note_in(account, name, address)
        db.session.commit()
        sessions.begin()
        response.status_code = 303
        return response

    return sign_in


def _must_wait(name: str, address: str, then: str) -> Response | None:
    """Write the attempt at a password; the page that says how long to wait after too many wrong ones."""
    attempt = throttle.begin(name, address)
    db.session.commit()
    wait = throttle.seconds_to_wait(attempt)
    if not wait:
        return None
    throttle.withdraw(attempt)
    db.session.commit()
    message = f"Đã nhập sai {throttle.MOST} lần. Chờ {-(-wait // 60):02d} phút rồi {then}."
    page = render_template("errors/429.html", message=message)
    return make_response(page, 429, {"Retry-After": str(wait)})


def _signing_out(view: View) -> View:
    def sign_out() -> Response:
        account = queries.find_account(current_user.email) if current_user.is_authenticated else None
        response = make_response(view())
        if account is not None:
            sign_in_log.note_out(account)
            db.session.commit()
        session.clear()
        flash("Đã đăng xuất.", "good")
        response.status_code = 303
        return response

    return sign_out


def _changing_password(view: View) -> View:
    def change_password() -> Response:
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        _no_json()
        account = queries.find_account(current_user.email)
        address = request.remote_addr or ""
        typed = request.method == "POST" and bool(request.form.get("password"))
        waiting = _must_wait(current_user.email, address, "thực hiện lại") if typed else None
        if waiting is not None:
            return waiting
        response = make_response(view())
        if typed and g.pop("old_password_wrong", True):
            sign_in_log.note_wrong(account, address)
            db.session.commit()
        elif typed:
            throttle.forgive(current_user.email)
            db.session.commit()
        if request.method == "POST" and not _redirected(response):
            response.status_code = 422
        elif request.method == "POST" and account is not None:
            sign_in_log.note_password_changed(account)
            db.session.commit()
            sessions.begin()
            response.status_code = 303
        return response

    return change_password


def register(app: Flask) -> None:
    """Attach to `app`."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=HASHING_IN_TESTS if app.config["TESTING"] else HASHING,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_URL="/password",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_POST_CHANGE_VIEW="/",
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_FRESHNESS=timedelta(minutes=-1),
        SECURITY_FLASH_MESSAGES=True,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_LOGIN_USER_TEMPLATE="accounts/sign_in.html",
        SECURITY_CHANGE_PASSWORD_TEMPLATE="accounts/password.html",
        **{f"SECURITY_MSG_{key}": message for key, message in MESSAGES.items()},
    )
    security.init_app(
        app,
        People(db.session, Account, SecurityRole),  # type: ignore[arg-type]  # scoped session
        login_form=forms.SignInForm,
        change_password_form=forms.PasswordForm,
    )
    for endpoint, around in (
        ("security.login", _signing_in),
        ("security.logout", _signing_out),
        ("security.change_password", _changing_password),
    ):
        app.view_functions[endpoint] = public(around(app.view_functions[endpoint]))
    app.before_request(sessions.load_actor)
