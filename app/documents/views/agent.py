"""The bridge to the state's signing tool: a program on the signer's machine that answers on a WebSocket.

The page asks it to sign (app/static/signing.js); it fetches the file and hands in what was signed by a ticket
of ten minutes that serves once. What it says of itself counts for nothing: the bytes are checked like any.
"""

from __future__ import annotations

import io

from flask import jsonify, redirect, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app import clock, web
from app.documents import chain, queries
from app.documents.models import Document
from app.documents.signatures import appearance, tickets
from app.documents.signatures.acts import SignaturesRefused
from app.documents.signatures.models import SigningAct, SigningTicket
from app.documents.views.papers import bp
from app.errors import DomainError
from app.errors import NotFound as Unknown
from app.extensions import csrf, db, limiter
from app.files import services as files
from app.files.store import store
from app.policy import Action
from app.web.access import public, requires, the_actor

AGENT = "wss://127.0.0.1:8987"
"""Where the state's tool listens, on the signer's own machine."""
ASKED = {SigningAct.SIGN: "SignApproved", SigningAct.SEAL: "SignIssued"}
HAND_INS = "20 per minute"
TOO_LARGE = "Tệp quá lớn."


@bp.post("/documents/<int:document_id>/signing/ticket")
@requires(Action.VIEW_DOCUMENT, queries.get_visible)
def ticket(document: Document) -> Response | tuple[Response, int]:
    """What the page tells the agent: where the file is, and where the signed one goes."""
    form = web.BaseForm()
    if not form.validate_on_submit():
        return jsonify(error="Trang đã mở quá lâu. Tải lại trang rồi thực hiện lại."), 422
    actor = the_actor()
    act = chain.act_due(document, actor=actor)
    stored = chain.file_to_sign(document, actor=actor)
    if stored is None:
        raise NotFound
    token = tickets.give(document, act, actor=actor)
    db.session.commit()
    return jsonify(
        address=f"{AGENT}/{ASKED[act]}",
        result=url_for(".signing_result", document_id=document.id),
        asked={
            "FileUploadHandler": url_for(".hand_in", token=token, _external=True),
            "SessionId": "",
            "JWTToken": token,
            "FileName": url_for(".ticket_file", token=token, _external=True),
            "DocNumber": stored.name.rpartition(".")[0],
            "IssuedDate": appearance.time_line(clock.now()),
            "MetaData": [{"Key": "SHA-256", "Value": stored.sha256}],
        },
    )


@bp.get("/documents/<int:document_id>/signing/result")
@requires(Action.VIEW_DOCUMENT, queries.get_visible)
def signing_result(document: Document) -> Response:
    """Where the page goes when the agent says it is done: what is true stands there."""
    try:
        chain.act_due(document, actor=the_actor())
    except DomainError:
        return redirect(url_for(".show", document_id=document.id), 303)
    return redirect(url_for(".signing", document_id=document.id), 303)


@bp.get("/signing-tickets/<string:token>")
@public
@limiter.limit(HAND_INS)
def ticket_file(token: str) -> Response:
    """The file to sign, for the agent."""
    given = tickets.find(token)
    document = tickets.document_of(given)
    stored = chain.file_to_sign(document, actor=tickets.holder(given))
    if stored is None:
        raise NotFound
    return send_file(
        io.BytesIO(files.read(stored)), "application/pdf", as_attachment=True, download_name=stored.name
    )


@bp.post("/signing-tickets/<string:token>")
@csrf.exempt  # type: ignore[untyped-decorator]  # the library is untyped; a ticket of its own is asked for
@public
@limiter.limit(HAND_INS)
def hand_in(token: str) -> tuple[Response, int]:
    """One file from the agent; taken in, or refused and kept, and the ticket is used either way."""
    try:
        given = tickets.find(token)
        data = _handed_in()
        tickets.use(given)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        return _answer(error.message, error.status)
    try:
        message = _take(given, data)
    except DomainError as error:
        return _answer(" ".join(error.reasons), error.status)
    return _answer(message, 200)


def _take(given: SigningTicket, data: bytes) -> str:
    document = tickets.document_of(given)
    actor = tickets.holder(given)
    try:
        if chain.act_due(document, actor=actor) is not given.act:
            raise Unknown
        chain.take_in(document, data, actor=actor)
    except SignaturesRefused as error:
        db.session.rollback()
        chain.keep_refused(document, "tep-tu-cong-cu-ky.pdf", data, error.report, actor=actor)
        db.session.commit()
        raise
    except DomainError:
        db.session.rollback()
        raise
    db.session.commit()
    return "Đã nhận tệp đã ký."


def _handed_in() -> bytes:
    """The one file of the form, or the body itself. Raises DomainError when it is too large or not there."""
    upload = next(iter(request.files.values()), None)
    data = (upload.stream if upload is not None else request.stream).read(store.max_bytes + 1)
    if len(data) > store.max_bytes:
        raise DomainError(TOO_LARGE, field="file")
    if not data.startswith(b"%PDF-"):
        raise DomainError("Chỉ nhận tệp PDF.", field="file")
    return data


def _answer(message: str, status: int) -> tuple[Response, int]:
    """In the words of the agent's protocol: Status 0 is good."""
    return jsonify(Status=0 if status == 200 else 1, Message=message, FileServer=""), status
