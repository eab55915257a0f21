"""One paper on its way: what stands on its page whatever its sort, its real PDF, its slip."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, render_template, request, send_file
from werkzeug.exceptions import NotFound

from app import clock, web
from app.audit.timeline import timeline
from app.documents import numbering, pages, preview, rendering
from app.documents.chain import Carrier, Course, may_take_back
from app.documents.chain.waiting import duties_of, waits_of
from app.documents.drafting import PaperDetailsForm
from app.documents.models import WAY_LABELS, DocumentState, IssueWay
from app.documents.states import DOCUMENT
from app.documents.views.acts import (
    APPROVE,
    CHECK_CONTENT,
    CHECK_FORM,
    ISSUE,
    RETURN,
    SEAL,
    SIGN,
    SUBMIT,
    TAKE_BACK,
)
from app.documents.views.desk import C, Desk, state_of
from app.files import services as files
from app.policy import Action, Actor, can
from app.web.access import the_actor


def page_of(desk: Desk[C], carrier: C, course: Course, template: str, **own: Any) -> str:
    """The page of one paper; `own`: what the template of the desk shows besides."""
    actor, document = the_actor(), carrier.document
    last = _count(desk, carrier)
    waits = waits_of(document)
    done = next((s for s in reversed(document.steps) if s.verb in ("issue", "record_issued")), None)
    return render_template(
        template,
        title=desk.named(carrier),
        desk=desk,
        carrier=carrier,
        document=document,
        state=state_of(carrier),
        path=desk.path(carrier),
        wait=web.Wait(waits.who, waits.what) if waits is not None else None,
        sub=_sub(carrier),
        acts=acts_of(desk, carrier, actor),
        may_take_word=may_take_back(carrier, actor),
        done=done,
        effects=done.opinion if done is not None else course.effects(),
        effect_lines=course.effect_lines() if done is None else (),
        page=min(max(request.args.get("page", 1, type=int), 1), last),
        pages=last,
        chain=duties_of(document),
        entries=timeline(document),
        fingerprint=(document.sha256 or str(carrier.version))[:12],
        **own,
    )


def details_page(desk: Desk[C], carrier: C, form: PaperDetailsForm) -> str:
    """What stands around the words; a sort of papers may ask for more in its form."""
    return render_template(
        "papers/details.html",
        title="Trích yếu, người ký, cách ban hành",
        books=numbering.list_books(carrier.document.kind),
        desk=desk,
        carrier=carrier,
        form=form,
        path=desk.path(carrier, "Trích yếu, người ký"),
        state=state_of(carrier),
    )


def editable(carrier: Carrier) -> bool:
    """Whether the words are this person's to edit now."""
    return carrier.document.state is DocumentState.DRAFT and can(the_actor(), Action.EDIT_PAPER, carrier)


def _sub(carrier: Carrier) -> str:
    document = carrier.document
    who = ", ".join(part for part in (document.signer_name, document.signer_title) if part) or "chưa chọn"
    way = WAY_LABELS[document.way]
    expected = "Người ký" if document.signed_by or document.is_issued else "Người ký dự kiến"
    return f"{document.subject} · Cách ban hành: {way[0].lower()}{way[1:]} · {expected}: {who}"


def acts_of(desk: Desk[C], carrier: C, actor: Actor) -> list[tuple[str, str, bool]]:
    """(address, label, primary) of what this person may do now, the primary last."""
    document = carrier.document
    state, here = document.state, document.way is IssueWay.HERE
    is_signer = actor.person_id == document.signer_id
    made: list[tuple[str, str, bool]] = []

    def add(name: str, label: str, primary: bool = False) -> None:
        made.append((desk.url(carrier, name), label, primary))

    if state is DocumentState.DRAFT:
        for action, name, label in desk.of_a_draft:
            if can(actor, action, carrier):
                add(name, label)
    if state in (DocumentState.SIGNED, DocumentState.SEALED) and can(actor, Action.TAKE_BACK_SIGNED, carrier):
        add("take_back", TAKE_BACK.button)
    recordable = any(state in t.sources for t in DOCUMENT.find("record_issued"))
    if recordable and not here and can(actor, Action.RECORD_ISSUED, carrier):
        add("record", "Ghi nhận văn bản đã ban hành", state is DocumentState.APPROVED)
    for name, label in desk.besides(carrier, actor):
        add(name, label)
    match state:
        case DocumentState.DRAFT if can(actor, Action.SUBMIT_PAPER, carrier):
            add("submit", SUBMIT.button, True)
        case DocumentState.CONTENT_CHECK if can(actor, Action.CHECK_CONTENT, carrier):
            add("return_back", RETURN.button)
            add("check_content", CHECK_CONTENT.button, True)
        case DocumentState.FORM_CHECK if can(actor, Action.CHECK_FORM, carrier):
            add("return_back", RETURN.button)
            add("check_form", CHECK_FORM.button, True)
        case DocumentState.APPROVAL if is_signer and can(actor, Action.APPROVE_PAPER, carrier):
            add("return_back", RETURN.button)
            add("approve_with_changes", "Sửa và duyệt")
            add("approve", APPROVE.button, True)
        case DocumentState.APPROVED if is_signer and can(actor, Action.SIGN_PAPER, carrier):
            add("return_back", RETURN.button)
            if here:
                add("sign", SIGN.button, True)
        case DocumentState.SIGNED if can(actor, Action.SEAL_PAPER, carrier):
            add("seal", SEAL.button, True)
        case DocumentState.SEALED if can(actor, Action.ISSUE_PAPER, carrier):
            add("issue", ISSUE.button, True)
    return made


def add_previews(desk: Desk[C]) -> None:
    """The draft (or what was signed) as PDF and as pictures, and the slip that goes up with it."""

    def preview_pdf(carrier: C) -> Response:
        return _pdf(_bytes(desk, carrier), "ban-xem-truoc.pdf")

    def preview_page(carrier: C) -> Response:
        try:
            picture = pages.picture(_bytes(desk, carrier), int((request.view_args or {})["page"]))
        except pages.PageNotFound as error:
            raise NotFound from error
        return send_file(io.BytesIO(picture), mimetype="image/png")

    def slip(carrier: C) -> Response:
        pdf = rendering.render_pdf(desk.slip(carrier), created_at=clock.now()).data
        return _pdf(pdf, "phieu-trinh.pdf")

    def without_page(actor: Actor, *, page: int, **values: int) -> C:
        return desk.get(actor, **values)

    desk.add("preview.pdf", "preview_pdf", preview_pdf)
    desk.add("preview/<int:page>.png", "preview_page", preview_page, get=without_page)
    desk.add("slip.pdf", "slip", slip)


def _bytes(desk: Desk[C], carrier: C) -> bytes:
    """The signed or issued file, else the draft as the real PDF."""
    if carrier.document.file is not None:
        return files.read(carrier.document.file)
    return _drawn(desk, carrier).data


def _count(desk: Desk[C], carrier: C) -> int:
    if carrier.document.file is not None:
        return max(pages.count_pages(files.read(carrier.document.file)), 1)
    return _drawn(desk, carrier).pages


def _drawn(desk: Desk[C], carrier: C) -> preview.Drawn:
    return preview.draft(
        desk.course(carrier).compose(), expected_on=clock.today(), created_at=clock.now()
    )  # fmt: skip


def _pdf(data: bytes, name: str) -> Response:
    return web.framed_by_us(send_file(io.BytesIO(data), mimetype="application/pdf", download_name=name))
