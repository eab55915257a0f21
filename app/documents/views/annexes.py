"""Ký số phụ lục ở tệp riêng: the office signs each file that goes with a paper and hands it back."""

from __future__ import annotations

import io

from flask import render_template, send_file, url_for

from app import clock, web
from app.documents import chain, queries
from app.documents.forms import AnnexForm
from app.documents.models import Document
from app.documents.views.papers import bp, state_of, title_of
from app.documents.views.signing import Answer
from app.documents.views.uploads import read_upload
from app.errors import DomainError
from app.extensions import db
from app.policy import Action
from app.web.access import requires, the_actor

TITLE = "Ký số phụ lục ở tệp riêng"


@bp.get("/documents/<int:document_id>/annexes")
@requires(Action.SEAL_PAPER, queries.get_visible)
def annexes(document: Document) -> Answer:
    """Ask for the file."""
    chain.ask_annex(document)
    return _page(document, AnnexForm(formdata=None))


@bp.post("/documents/<int:document_id>/annexes")
@requires(Action.SEAL_PAPER, queries.get_visible)
def sign_annex(document: Document) -> Answer:
    """Sign the file outside any transaction, keep it, hand it back."""
    actor, form = the_actor(), AnnexForm()
    data = read_upload(form)
    if isinstance(data, web.Refused):
        return _page(document, form), data.status
    try:
        plan = chain.ask_annex(document)
        number = document.number_and_symbol
        db.session.commit()
        signed = chain.draw_annex(data, number, plan, at=clock.now())
        stored = chain.keep_annex(document, form.file.data.filename or "", signed, actor=actor)
    except DomainError as error:
        status = web.refused(form, error)
        return _page(document, form), status
    db.session.commit()
    return send_file(io.BytesIO(signed), "application/pdf", as_attachment=True, download_name=stored.name)


def _page(document: Document, form: AnnexForm) -> str:
    return render_template(
        "papers/annexes.html",
        title=TITLE,
        document=document,
        form=form,
        state=state_of(document),
        path=[web.Crumb(title_of(document), url_for(".show", document_id=document.id)), web.Crumb(TITLE)],
    )
