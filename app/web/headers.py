"""Security headers of every answer. Scripts, styles, fonts and pictures come from this server alone."""

from flask import Response, g, request

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # Bootstrap draws its arrows as data: pictures
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}


def allow_pdf_frame() -> None:
    """Let the page being answered show a PDF of ours in a frame (the preview of a document)."""
    g.kl_frame_src = True


def framed_by_us(response: Response) -> Response:
    """Let this PDF be shown in a frame of our own pages, and nowhere else."""
    g.kl_framed_by_us = True
    return response


def allow_connection(address: str) -> None:
    """Let the page being answered speak with this address too (the signing tool on the reader's machine)."""
    g.kl_connect_src = address


def content_security_policy(*, frames: bool = False, framed: bool = False, connects: str = "") -> str:
    """Return the policy; ``frames`` for a page with a PDF in it, ``framed`` for that PDF; ``connects``: an
    address that its scripts may speak with besides ours."""
    policy = dict(_POLICY)
    if frames:
        policy["frame-src"] = "'self'"
    if connects:
        policy["connect-src"] += f" {connects}"
    if framed:
        policy["frame-ancestors"] = "'self'"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def set_security_headers(response: Response) -> Response:
    """Put the headers on every answer, errors and downloads included. Use with ``app.after_request``.

    All but static files is ``no-store``: pages of a shared office computer must not be read from its cache.
    """
    framed = bool(g.get("kl_framed_by_us", False))
    policy = content_security_policy(
        frames=bool(g.get("kl_frame_src", False)), framed=framed, connects=g.get("kl_connect_src", "")
    )
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if not (request.endpoint or "").endswith("static"):
        response.headers["Cache-Control"] = "no-store"
    return response
