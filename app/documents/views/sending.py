"""Gửi văn bản: to whom an issued paper went, line by line of Nơi nhận, and a wrong entry taken back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.documents import delivery as deliveries
from app.documents import queries
from app.documents.forms import SendingForm, TakeBackForm
from app.documents.models import SENDING_LABELS, Document, Recipient, SendingWay
from app.documents.views.papers import bp, title_of
from app.policy import Action
from app.vietnamese import count
from app.web import BaseForm
from app.web.access import requires, the_actor

Answer = AnyResponse | tuple[str, int]


@bp.get("/documents/<int:document_id>/sending")
@requires(Action.RECORD_RECEIPT, queries.get_issued)
def sending(document: Document) -> Answer:
    """Who was sent the paper, and who waits: all who wait are ticked, so that one act records them all."""
    form = SendingForm(formdata=None)
    form.sent_on.data = clock.today()
    form.recipients.data = [str(one.id) for one in _waiting(document)]
    return _page(document, form), 200


@bp.post("/documents/<int:document_id>/sending")
@requires(Action.RECORD_RECEIPT, queries.get_issued)
def record_sending(document: Document) -> Answer:
    """Record it for those ticked, or with “Đã gửi tất cả nơi nhận” for every line that waits."""
    form = SendingForm()
    waiting = _waiting(document)
    form.offer(waiting)
    done = 0

    def act() -> None:
        nonlocal done
        assert form.sent_on.data is not None  # InputRequired
        whole = "everybody" in request.form
        done = deliveries.record_sent(
            document,
            [one.id for one in waiting] if whole else [int(one) for one in form.recipients.data or ()],
            sent_on=form.sent_on.data,
            way=SendingWay(form.way.data),
            note=form.note.data or "",
            actor=the_actor(),
        )

    status = web.attempt(form, act)
    if status is not None:
        return _page(document, form), status
    flash(f"Đã ghi nhận gửi {count(done)} nơi nhận.", "good")
    return redirect(url_for(".show", document_id=document.id), 303)


@bp.post("/documents/<int:document_id>/recipients")
@requires(Action.RECORD_RECEIPT, queries.get_issued)
def list_recipients(document: Document) -> AnyResponse:
    """Write down the recipients of a paper that was issued before they were kept."""
    form = BaseForm()
    if web.attempt(form, lambda: deliveries.list_up(document)) is not None:
        flash("Chưa lập được danh sách nơi nhận. Thực hiện lại.", "look")
        return redirect(url_for(".show", document_id=document.id), 303)
    return redirect(url_for(".sending", document_id=document.id), 303)


@bp.get("/recipients/<int:recipient_id>/taken-back")
@requires(Action.RECORD_RECEIPT, queries.get_recipient)
def ask_take_back(recipient: Recipient) -> Answer:
    """Why a sending that is on record is wrong."""
    return _take_back_page(recipient, TakeBackForm(formdata=None)), 200


@bp.post("/recipients/<int:recipient_id>/taken-back")
@requires(Action.RECORD_RECEIPT, queries.get_recipient)
def take_back_sending(recipient: Recipient) -> Answer:
    """Take it back with the reason."""
    form = TakeBackForm()

    def act() -> None:
        deliveries.take_back_sent(
            recipient, form.reason.data or "", seen=form.entry.data or "", actor=the_actor()
        )  # fmt: skip

    status = web.attempt(form, act)
    if status is not None:
        return _take_back_page(recipient, form), status
    flash(f"Đã bỏ ghi nhận gửi {recipient.name}.", "good")
    return redirect(url_for(".show", document_id=recipient.document_id), 303)


def _waiting(document: Document) -> list[Recipient]:
    return [one for one in queries.list_recipients(document) if one.sent_on is None]


def _page(document: Document, form: SendingForm) -> str:
    recipients = queries.list_recipients(document)
    form.offer([one for one in recipients if one.sent_on is None])
    return render_template(
        "papers/sending.html",
        title="Ghi nhận gửi văn bản",
        document=document,
        document_title=title_of(document),
        recipients=recipients,
        ways=SENDING_LABELS,
        form=form,
        path=_path(document, "Ghi nhận gửi"),
    )


def _path(document: Document, step: str) -> list[web.Crumb]:
    paper = web.Crumb(title_of(document), url_for(".show", document_id=document.id))
    return [web.Crumb("Sổ văn bản đi", url_for(".index")), paper, web.Crumb(step)]


def _take_back_page(recipient: Recipient, form: TakeBackForm) -> str:
    form.entry.data = recipient.recorded_mark
    return render_template(
        "papers/sending_taken_back.html",
        title="Bỏ ghi nhận đã gửi",
        recipient=recipient,
        document=recipient.document,
        document_title=title_of(recipient.document),
        ways=SENDING_LABELS,
        form=form,
        path=_path(recipient.document, "Bỏ ghi nhận đã gửi"),
    )
