"""Error answers: every refusal of the rules becomes a page that says the way on."""

from __future__ import annotations

from flask import Flask, Response, jsonify, make_response, render_template
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.errors import DomainError, explain_integrity
from app.extensions import db
from app.web import resending
from app.web.attempts import STALE
from app.web.messages import csrf_message
from app.web.paging import BadCursor

PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500})
UNAVAILABLE = "Hệ thống đang bận, chưa ghi nhận thay đổi. Chờ một phút rồi thực hiện lại."


def _page(status: int, message: str = "") -> tuple[str, int]:
    template = f"errors/{status if status in PAGES else 500}.html"
    return render_template([template, "errors/400.html"], message=message, status=status), status


def domain_error(error: DomainError) -> tuple[str, int]:
    db.session.rollback()
    return _page(error.status, error.message)


def database_error(error: DBAPIError) -> tuple[str, int]:
    db.session.rollback()
    broken = explain_integrity(error)
    if broken is None:
        raise error
    return _page(409, broken.message)


def stale_row(_error: StaleDataError) -> tuple[str, int]:
    db.session.rollback()
    return _page(409, STALE)


def http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    response = make_response(_page(error.code or 500))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def database_unavailable(_error: OperationalError) -> tuple[str, int]:
    """Locked, full, gone: nothing was changed, and the same click may succeed in a minute."""
    db.session.rollback()
    return _page(503, UNAVAILABLE)


def bad_cursor(error: BadCursor) -> tuple[str, int]:
    return _page(400, str(error))


def csrf_error(error: CSRFError) -> Response | tuple[str, int] | tuple[Response, int]:
    """A token of another session: signed in anew elsewhere, the same words can be sent again."""
    signed_in = current_user.is_authenticated
    if resending.wants_json():
        message = csrf_message(str(error.description))
        return (jsonify({"message": message}), 400) if signed_in else resending.session_ended()
    if resending.may_be_repeated():
        return resending.offer_again(400 if signed_in else 401)
    return _page(400, csrf_message(str(error.description)))


def server_error(_error: Exception) -> tuple[str, int]:
    db.session.rollback()
    return _page(500)


def register(app: Flask) -> None:
    """Attach the handlers to `app`."""
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(IntegrityError, database_error)
    app.register_error_handler(OperationalError, database_unavailable)
    app.register_error_handler(StaleDataError, stale_row)
    app.register_error_handler(BadCursor, bad_cursor)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(500, server_error)
