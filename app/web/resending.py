"""What was typed is not lost when the session ended before it was sent: it is shown and can be sent again.

Only what one of our own pages sent is repeated, so that no page elsewhere can lay words into a form of ours;
and never a password.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, jsonify, make_response, render_template, request, url_for

ENDED = "Phiên làm việc đã hết. Đăng nhập ở thẻ khác rồi lưu lại; phần vừa nhập vẫn còn trên trang này."
_NOT_TYPED = frozenset({"csrf_token"})


def wants_json() -> bool:
    """Whether the page saves itself and wants a short answer."""
    return request.accept_mimetypes.best == "application/json"


def may_be_repeated() -> bool:
    """Whether the form of this request came from a page of ours and holds nothing secret."""
    source = request.headers.get("Origin") or request.headers.get("Referer", "")
    ours = urlsplit(source)[:2] == urlsplit(request.host_url)[:2]
    return ours and bool(request.form) and not any("password" in name for name in request.form)


def session_ended() -> Response:
    """401 for a page that saves itself, with where to sign in."""
    return make_response(jsonify({"message": ENDED, "sign_in": url_for("security.login")}), 401)


def offer_again(status: int) -> Response:
    """A page with what was typed, and a form that sends it again with a new token."""
    fields = [(n, v) for n, v in request.form.items(multi=True) if n not in _NOT_TYPED]
    return make_response(
        render_template(
            "errors/resend.html",
            address=request.full_path.removesuffix("?"),
            fields=fields,
            words=[value.splitlines() for _, value in fields if " " in value.strip()],
            files=list(dict.fromkeys(request.files)),
            sign_in=url_for("security.login") if status == 401 else "",
        ),
        status,
    )
