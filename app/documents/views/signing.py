"""Ký bằng công cụ ký số: the prepared file goes out, the signed one comes back; leader and office alike."""

from __future__ import annotations

import io
from dataclasses import dataclass

from flask import flash, redirect, render_template, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app import web
from app.documents import chain, queries
from app.documents.forms import SignedFileForm
from app.documents.models import Document
from app.documents.signatures import acts, records, signers
from app.documents.signatures.acts import Plan, SignaturesRefused
from app.documents.signatures.models import SigningAct
from app.documents.views.agent import AGENT
from app.documents.views.papers import bp, state_of, title_of
from app.documents.views.uploads import read_upload
from app.errors import DomainError, WrongState
from app.extensions import db
from app.files import services as files
from app.policy import Action
from app.web.access import requires, the_actor

Answer = str | Response | tuple[str, int]
TITLES = {
    SigningAct.SIGN: "Ký bằng công cụ ký số",
    SigningAct.SEAL: "Ký số của cơ quan bằng công cụ ký số",
}
DONE = {
    SigningAct.SIGN: "Đã nhận tệp đã ký, chờ đóng dấu.",
    SigningAct.SEAL: "Đã nhận tệp có chữ ký số của cơ quan.",
}


@dataclass(frozen=True)
class Means:
    """How a paper gets the signature that is due. `lacking`: why not by a key of this installation."""

    digital: bool
    lacking: str = ""
    on_trial: bool = False
    url: str = ""


def means(document: Document, act: SigningAct) -> Means:
    """By which means the leader signs, or the office seals, this paper."""
    try:
        plan: Plan | None = acts.plan(document)
    except DomainError as error:
        return Means(True, error.message)
    if plan is None:
        return Means(False)
    who = plan.leader if act is SigningAct.SIGN else plan.office
    lacking = "" if who.key is not None else f"Máy chủ không có khóa ký của {who.name}."
    return Means(True, lacking, who.on_trial, url_for("documents.signing", document_id=document.id))


@bp.get("/documents/<int:document_id>/signing")
@requires(Action.VIEW_DOCUMENT, queries.get_visible)
def signing(document: Document) -> Answer:
    """What goes out, and where it comes back."""
    chain.act_due(document, actor=the_actor())
    return _page(document, SignedFileForm(formdata=None))


@bp.post("/documents/<int:document_id>/signing")
@requires(Action.VIEW_DOCUMENT, queries.get_visible)
def prepare_file(document: Document) -> Answer:
    """Reserve the number and commit; draw with empty places outside any transaction; keep; commit."""
    actor, form = the_actor(), SignedFileForm()
    del form.file

    def act() -> None:
        begun = chain.begin_signing(document, outside=True, actor=actor)
        db.session.commit()
        chain.give_out(document, begun, chain.prepare(begun), actor=actor)

    status = web.attempt(form, act)
    if status is not None:
        return _page(document, form), status
    flash("Đã chuẩn bị tệp để ký.", "good")
    return redirect(url_for(".signing", document_id=document.id), 303)


@bp.get("/documents/<int:document_id>/signing/file")
@requires(Action.VIEW_DOCUMENT, queries.get_visible)
def file_to_sign(document: Document) -> Answer:
    """Tải tệp để ký."""
    stored = chain.file_to_sign(document, actor=the_actor())
    if stored is None:
        raise NotFound
    return send_file(
        io.BytesIO(files.read(stored)), "application/pdf", as_attachment=True, download_name=stored.name
    )


@bp.post("/documents/<int:document_id>/signing/file")
@requires(Action.VIEW_DOCUMENT, queries.get_visible)
def take_signed(document: Document) -> Answer:
    """Nhận tệp đã ký: nothing is believed but the bytes. A refused file is kept with what was found."""
    actor, form = the_actor(), SignedFileForm()
    data = read_upload(form)
    if isinstance(data, web.Refused):
        return _page(document, form), data.status
    try:
        act = chain.take_in(document, data, actor=actor)
    except SignaturesRefused as error:
        status = web.refused(form, error)
        chain.keep_refused(document, form.file.data.filename or "", data, error.report, actor=actor)
        db.session.commit()
        return _page(document, form), status
    except DomainError as error:
        status = web.refused(form, error)
        return _page(document, form), status
    db.session.commit()
    flash(DONE[act], "good")
    return redirect(url_for(".show", document_id=document.id), 303)


def _page(document: Document, form: SignedFileForm) -> str:
    actor = the_actor()
    act = chain.act_due(document, actor=actor)
    try:
        stored, trouble = chain.file_to_sign(document, actor=actor), ""
        acts.plan(document)
    except WrongState as error:
        stored, trouble = None, error.message
    except DomainError as error:
        trouble = error.message
    refused = records.last_refused(document)
    web.allow_connection(AGENT)
    return render_template(
        "papers/signing.html",
        title=TITLES[act],
        document=document,
        form=form if "file" in form else SignedFileForm(formdata=None),
        errors=form.form_errors if "file" not in form else [],
        state=state_of(document),
        path=[
            web.Crumb(title_of(document), url_for(".show", document_id=document.id)),
            web.Crumb(TITLES[act]),
        ],
        act=act,
        stored=stored,
        trouble=trouble,
        who=document.signer_name if act is SigningAct.SIGN else document.issuer_name,
        known=_known(document, act),
        agent=AGENT,
        refused=refused,
        reasons=records.told_of(refused) if refused is not None and not form.errors else (),
    )


def _known(document: Document, act: SigningAct) -> list[str]:
    """The certificates by which the signature will be known."""
    who = signers.office() if act is SigningAct.SEAL else None
    if act is SigningAct.SIGN and document.signer_id is not None:
        who = signers.of_person(document.signer_id)
    return [f"{one.name}, số {one.serial}" for one in who.live_certificates] if who is not None else []
