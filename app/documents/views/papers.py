"""Screens of documents: the book of outgoing papers, one paper, its bytes, its receipt."""

from __future__ import annotations

import io
import re
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.accounts import queries as accounts
from app.audit.timeline import timeline
from app.documents import delivery as deliveries
from app.documents import pages, queries, removing, verification
from app.documents.forms import AcknowledgeForm, ReceiptForm
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.models import (
    IN_FORCE,
    RECEIPT_LABELS,
    SENDING_LABELS,
    WAY_LABELS,
    Delivery,
    Document,
    IssueWay,
    ReceiptKind,
)
from app.documents.states import DOCUMENT, STATE_KINDS
from app.errors import DomainError
from app.files import services as files
from app.policy import Action, can
from app.web.access import requires, the_actor

bp = Blueprint("documents", __name__)


def state_of(document: Document) -> web.State:
    """The state tag of a document."""
    return web.State(STATE_KINDS[document.state], DOCUMENT.labels[document.state])


def file_name(document: Document) -> str:
    """A name people find again: “Thông báo kết luận kiểm tra 45-TB-SNV.pdf”."""
    number = document.number_and_symbol.replace("/", "-") if document.number else document.symbol
    name = re.sub(r'[\\/:*?"<>|…]+', "-", f"{KIND_LABELS[document.kind]} {number}").strip(" -")
    extension = document.file.name.rpartition(".")[2].lower() if document.file else "pdf"
    return f"{name}.{extension}"


@bp.get("/documents")
@requires(Action.VIEW_DOCUMENT)
def index() -> str:
    """Sổ đăng ký văn bản đi."""
    actor = the_actor()
    text = request.args.get("q", "")[:200]
    raw_year = request.args.get("year", "")
    year = web.read_year(raw_year)
    page = queries.list_register(actor, text=text, year=year, cursor=web.cursor_of_address(date, int))
    return render_template(
        "papers/index.html",
        page=page,
        text=text,
        year=year,
        years=queries.list_years(actor),
        kinds=KIND_LABELS,
        states=DOCUMENT.labels,
        sees_books=can(actor, Action.VIEW_BOOKS),
    )


@bp.get("/documents/<int:document_id>")
@requires(Action.VIEW_DOCUMENT, queries.get_visible)
def show(document: Document) -> str:
    """One paper: what it is, its pages, who received it."""
    actor = the_actor()
    web.allow_pdf_frame()
    mine = next(
        (
            d
            for d in document.deliveries
            if d.receipt is None
            and d.handed_to_id is None
            and document.kind is DocumentKind.CONCLUSION_NOTICE
            and not document.is_over
            and can(actor, Action.ACKNOWLEDGE, d)
        ),
        None,
    )
    return render_template(
        "papers/show.html",
        document=document,
        title=title_of(document),
        state=state_of(document),
        pages=_pages_of(document),
        path=[web.Crumb("Sổ văn bản đi", url_for(".index")), web.Crumb(title_of(document))]
        if can(actor, Action.VIEW_DOCUMENT)
        else [],
        deliveries=queries.shown_deliveries(document, actor),
        to_acknowledge=mine,
        ended_by=ended_by(document),
        corrigenda=[link_to(paper, "Công văn") for paper in queries.list_corrigenda(document.id)],
        correctable=document.state in IN_FORCE and document.issuer_unit_id is not None,
        recipients=queries.list_recipients(document) if actor.in_office else (),
        has_recipients=actor.in_office and document.is_issued and document.content is not None,
        sending_ways=SENDING_LABELS,
        receipts=RECEIPT_LABELS,
        can_print_slip=lambda one: actor.in_office or one.unit_id in actor.unit_ids,
        waits=removing.waits,
        kinds=KIND_LABELS,
        ways=WAY_LABELS,
        may_record=can(actor, Action.RECORD_RECEIPT),
        told=verification.signatures_of(document),
        may_sign_annex=document.number is not None
        and document.way is IssueWay.HERE
        and can(actor, Action.SEAL_PAPER, document),
        code=verification.printed_code(document) if actor.in_office else None,
        is_ours=actor.in_office and document.issuer_unit_id is not None and document.file_id is not None,
        verify_address=verification.page(),
        entries=timeline(document, names=actor.in_office) if actor.in_office else [],
    )


def ended_by(document: Document) -> web.LinkItem | None:
    """The paper that recalled or replaced it, as a link for who may read it."""
    paper = queries.ended_by(document)
    return link_to(paper) if paper is not None else None


def link_to(paper: Document, type_name: str = "") -> web.LinkItem:
    """Another paper as it is cited, a link for who may read it."""
    try:
        queries.get_visible(the_actor(), paper.id)
        url = url_for("documents.show", document_id=paper.id)
    except DomainError:
        url = ""
    return web.LinkItem(deliveries.short_citation(paper, type_name), url)


def title_of(document: Document) -> str:
    """The h1 of a paper: its number and symbol, or its kind while it has none."""
    return (
        f"{KIND_LABELS[document.kind]} số {document.number_and_symbol}"
        if document.number
        else document.subject
    )


def _pages_of(document: Document) -> int:
    if document.file is None or not _is_pdf(document):
        return 0
    return pages.count_pages(files.read(document.file))


def _is_pdf(document: Document) -> bool:
    return document.file is not None and document.file.media_type == "application/pdf"


@bp.get("/documents/<int:document_id>/file")
@requires(Action.VIEW_DOCUMENT, queries.get_visible)
def download(document: Document) -> Response:
    """The stored bytes, to be read in the browser, or saved with ?save=1."""
    if document.file is None:
        raise NotFound
    answer = send_file(
        io.BytesIO(files.read(document.file)),
        mimetype=document.file.media_type,
        as_attachment="save" in request.args or not _is_pdf(document),
        download_name=file_name(document),
    )
    return web.framed_by_us(answer)


@bp.get("/documents/<int:document_id>/pages/<int:page>.png")
@requires(Action.VIEW_DOCUMENT, lambda actor, document_id, page: queries.get_visible(actor, document_id))
def page_image(document: Document) -> Response:
    """One page as a picture."""
    if document.file is None or not _is_pdf(document):
        raise NotFound
    try:
        picture = pages.picture(files.read(document.file), int((request.view_args or {})["page"]))
    except pages.PageNotFound as error:
        raise NotFound from error
    return send_file(io.BytesIO(picture), mimetype="image/png")


@bp.get("/deliveries/<int:delivery_id>/acknowledge")
@requires(Action.ACKNOWLEDGE, queries.get_delivery)
def acknowledge(delivery: Delivery) -> AnyResponse | str:
    """The statement to be confirmed, with the paper beside it."""
    if delivery.receipt is not None:
        return redirect(url_for(".show", document_id=delivery.document_id), 303)
    return _acknowledge_page(delivery, AcknowledgeForm(formdata=None))


@bp.post("/deliveries/<int:delivery_id>/acknowledge")
@requires(Action.ACKNOWLEDGE, queries.get_delivery)
def confirm_acknowledge(delivery: Delivery) -> AnyResponse | tuple[str, int]:
    """Confirm receipt."""
    actor = the_actor()
    form = AcknowledgeForm()
    status = web.attempt(
        form,
        lambda: deliveries.acknowledge(
            delivery,
            kind=deliveries.receipt_kind_of(delivery, actor.person_id),
            statement=form.statement.data or "",
            document_sha256=form.document_sha256.data or "",
            actor=actor,
        ),
        named=lambda _field: "",  # nothing on this page is typed
    )
    if status is not None:
        return _acknowledge_page(delivery, form), status
    flash("Đã xác nhận nhận thông báo.", "good")
    return redirect(url_for(".show", document_id=delivery.document_id), 303)


def _acknowledge_page(delivery: Delivery, form: AcknowledgeForm) -> str:
    actor = the_actor()
    person = accounts.get_person(actor.person_id)
    statement = deliveries.acknowledgement_statement(
        delivery, person, deliveries.post_at(person, delivery.unit)
    )
    # always those of the paper as it is now: a refused form offers the right ones
    form.statement.raw_data = form.document_sha256.raw_data = None
    form.statement.data = statement
    form.document_sha256.data = delivery.document.sha256 or ""
    return render_template(
        "papers/acknowledge.html",
        title="Xác nhận đã nhận thông báo",
        delivery=delivery,
        document=delivery.document,
        document_title=title_of(delivery.document),
        statement=statement,
        form=form,
    )


@bp.get("/deliveries/<int:delivery_id>/receipt")
@requires(Action.RECORD_RECEIPT, queries.get_delivery)
def receipt(delivery: Delivery) -> str:
    """Enter a receipt known from eOffice or from the unit's reply."""
    return _receipt_page(delivery, ReceiptForm(formdata=None))


@bp.post("/deliveries/<int:delivery_id>/receipt")
@requires(Action.RECORD_RECEIPT, queries.get_delivery)
def record_receipt(delivery: Delivery) -> AnyResponse | tuple[str, int]:
    """Record it."""
    form = ReceiptForm()

    def act() -> None:
        assert form.received_on.data is not None  # InputRequired
        deliveries.record_receipt(
            delivery,
            kind=ReceiptKind(form.kind.data),
            received_on=form.received_on.data,
            reference=form.reference.data or "",
            actor=the_actor(),
        )

    status = web.attempt(form, act)
    if status is not None:
        return _receipt_page(delivery, form), status
    flash(f"Đã ghi nhận việc tiếp nhận của {delivery.unit.name}.", "good")
    return redirect(url_for(".show", document_id=delivery.document_id), 303)


def _receipt_page(delivery: Delivery, form: ReceiptForm) -> str:
    return render_template(
        "papers/receipt.html",
        title="Ghi nhận việc tiếp nhận văn bản",
        delivery=delivery,
        document=delivery.document,
        document_title=title_of(delivery.document),
        form=form,
    )
