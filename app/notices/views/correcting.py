"""Papers about one that is out: the corrigendum of an issued paper, the paper that recalls a notice."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import web
from app.documents.delivery import short_citation
from app.documents.models import Document
from app.errors import DomainError
from app.extensions import db
from app.notices import about, queries, services
from app.notices.forms import CorrigendumForm
from app.notices.models import NoticeRecall
from app.notices.views.common import bp
from app.policy import Action
from app.remediation.views.blueprint import address_of
from app.web.access import requires, the_actor

CORRECT = "Soạn công văn đính chính"


def _page(document: Document, form: CorrigendumForm) -> str:
    named = short_citation(document)
    return render_template(
        "notices/correct.html",
        title=CORRECT,
        document=document,
        named=named,
        form=form,
        path=[
            web.Crumb("Sổ văn bản đi", url_for("documents.index")),
            web.Crumb(document.number_and_symbol, url_for("documents.show", document_id=document.id)),
            web.Crumb(CORRECT),
        ],
    )


@bp.get("/documents/<int:document_id>/corrigendum")
@requires(Action.DRAFT_CORRIGENDUM, about.get_correctable)
def correct(document: Document) -> str:
    """Which places were printed wrong."""
    services.ask_correctable(document)
    return _page(document, CorrigendumForm(formdata=None))


@bp.post("/documents/<int:document_id>/corrigendum")
@requires(Action.DRAFT_CORRIGENDUM, about.get_correctable)
def begin_corrigendum(document: Document) -> Response | tuple[str, int]:
    """Begin the letter; the paper is marked once it is issued."""
    form = CorrigendumForm()
    paper = web.perform(
        form,
        lambda: services.begin_corrigendum(document, form.corrections(), actor=the_actor()),
        named=lambda _field: "",  # the list as a whole has no control
    )
    if isinstance(paper, web.Refused):
        return _page(document, form), paper.status
    flash(
        "Đã soạn công văn đính chính. Văn bản chỉ được ghi đã đính chính khi công văn được ban hành.", "good"
    )
    return redirect(address_of(paper), 303)


@bp.post("/notices/recalls/<int:recall_id>/paper")
@requires(Action.REQUEST_RECALL, queries.get_recall)
def begin_recall_paper(recall: NoticeRecall) -> Response:
    """Begin the paper by which a leader grants the request."""
    try:
        paper = services.begin_recall(recall, actor=the_actor())
    except DomainError as error:
        db.session.rollback()
        flash(error.message, "look")
        return redirect(url_for(".recall", recall_id=recall.id), 303)
    db.session.commit()
    flash("Đã soạn văn bản thu hồi. Thông báo chỉ được thu hồi khi văn bản này được ban hành.", "good")
    return redirect(address_of(paper), 303)
