"""The list of notices, one notice, its preview and its slip."""

from __future__ import annotations

import io

from flask import Response, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound

from app import clock, web
from app.audit.timeline import timeline
from app.documents import pages, rendering
from app.documents.chain.waiting import duties_of
from app.documents.models import IN_FORCE, WAY_LABELS, DocumentState, IssueWay
from app.documents.states import DOCUMENT
from app.files import services as files
from app.notices import checks, queries, texts
from app.notices.checked import Page
from app.notices.effects import effects_of
from app.notices.forms import texts_form
from app.notices.models import Notice
from app.notices.queries import Filters
from app.notices.record import Record, gather
from app.notices.slip import compose_slip
from app.notices.texts import PART_LABELS, PART_NUMERALS, Part
from app.notices.views.common import bp, drawn, path_to, state_of, title_of, wait_of
from app.policy import Action, Actor, can
from app.web.access import requires, the_actor

STATE_CHOICES = (
    ("", "Tất cả"),
    ("drafting", "Đang soạn"),
    ("open", "Đang trình, chờ ký"),
    ("issued", "Đã ban hành"),
)


@bp.get("/notices")
@requires(Action.LIST_NOTICES)
def index() -> str:
    """All notices this person may know of."""
    actor = the_actor()
    raw_year, state = request.args.get("year", ""), request.args.get("state", "")
    filters = Filters(
        text=request.args.get("q", "")[:200],
        state=state if state in {key for key, _ in STATE_CHOICES} else "",
        year=web.read_year(raw_year),
    )
    page = queries.list_visible(actor, filters, cursor=web.cursor_of_address(int))
    totals = queries.count_visible(actor)
    cards = [
        web.NumberCard(how_many, label, url_for(".index", state=key), current=filters.state == key)
        for key, label, how_many in (
            ("drafting", "Đang soạn", totals.drafting),
            ("open", "Đang trình, chờ ký, chờ ban hành", totals.in_chain),
            ("issued", "Đã ban hành", totals.issued),
        )
    ]
    return render_template(
        "notices/index.html",
        page=page,
        filters=filters,
        cards=cards,
        states=STATE_CHOICES,
        state_of=state_of,
        waiting_for=queries.waiting_for,
        to_draft=queries.list_to_draft(actor),
        may_open=actor.in_office,
    )


@bp.get("/notices/<int:notice_id>")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def show(notice: Notice) -> str:
    """One notice: parts with their editor, the real PDF, checks, chain, what issuing does."""
    return show_page(notice, the_actor(), part_asked())


def part_asked() -> Part:
    """The tab of the address."""
    try:
        return Part(request.values.get("part", Part.OPENING.value))
    except ValueError:
        return Part.OPENING


def show_page(
    notice: Notice, actor: Actor, part: Part, form: web.BaseForm | None = None, *, compare: bool = False
) -> str:
    """The page of one notice; `form` is a refused one with what was typed.

    `compare`: somebody was first, so the words as they are now stand beside what was typed.
    """
    record = gather(notice)
    pieces = texts.pieces_of(notice, record)
    own = [piece for piece in pieces if piece.part is part]
    editable = notice.document.state is DocumentState.DRAFT and can(actor, Action.EDIT_PAPER, notice)
    if form is None:
        form = texts_form(own)(formdata=None)
        form.version.data = notice.version
    issued = notice.document.is_issued
    found = checks.run(notice, record) if not issued else ()
    parts = [
        web.LinkItem(
            PART_LABELS[one],
            url_for(".show", notice_id=notice.id, part=one.value, _anchor="phan"),
            one is part,
            done=one is not part
            and not any(c.part is one and not c.ok for c in found)
            and any(piece.lines for piece in pieces if piece.part is one),
        )
        for one in Part
    ]
    page = request.args.get("page", 1, type=int)
    last = page_count(notice, record)
    return render_template(
        "notices/show.html",
        title=title_of(notice),
        notice=notice,
        document=notice.document,
        record=record,
        state=state_of(notice),
        path=path_to(notice),
        wait=wait_of(notice),
        sub=_sub(notice),
        parts=parts,
        part=part,
        pieces=own,
        heading=f"{PART_NUMERALS[part]}. {PART_LABELS[part]}" if part in PART_NUMERALS else PART_LABELS[part],
        form=form,
        editable=editable,
        compare=compare,
        checks=found,
        check_links=_check_links(notice, actor),
        effects=effects_of(notice, record),
        page=min(max(page, 1), last),
        pages=last,
        chain=duties_of(notice.document),
        ways=WAY_LABELS,
        acts=_acts(notice, actor),
        entries=timeline(notice.document),
        fingerprint=(notice.document.sha256 or str(notice.version))[:12],
        recalls=queries.list_recalls(notice) if issued else (),
        issue_step=next(
            (s for s in reversed(notice.document.steps) if s.verb in ("issue", "record_issued")), None
        ),
    )


def page_count(notice: Notice, record: Record) -> int:
    """Pages of the issued or signed file, or of the draft."""
    if notice.document.file is not None:
        return max(pages.count_pages(files.read(notice.document.file)), 1)
    return drawn(notice, record).pages


def _sub(notice: Notice) -> str:
    document = notice.document
    who = ", ".join(part for part in (document.signer_name, document.signer_title) if part) or "chưa chọn"
    way = WAY_LABELS[document.way]
    expected = "Người ký" if document.signed_by or document.is_issued else "Người ký dự kiến"
    return f"{document.subject} · Cách ban hành: {way[0].lower()}{way[1:]} · {expected}: {who}"


def _check_links(notice: Notice, actor: Actor) -> dict[Page, web.LinkItem]:
    """Where this person puts right what is no part of the text; the case itself when somebody else does."""
    inspection = notice.inspection
    case = web.LinkItem("Cuộc kiểm tra", url_for("inspections.show", inspection_id=inspection.id))
    report = url_for("fieldwork.ask_report", inspection_id=inspection.id)
    links = {
        Page.CASE: case,
        Page.TEAM_REPORT: web.LinkItem("Ghi nhận báo cáo của Đoàn", report)
        if can(actor, Action.END_FIELDWORK, inspection)
        else case,
    }
    if notice.document.state is DocumentState.DRAFT and can(actor, Action.EDIT_PAPER, notice):
        links[Page.DETAILS] = web.LinkItem("Trích yếu, người ký", url_for(".details", notice_id=notice.id))
    if can(actor, Action.VIEW_FIELDWORK, inspection):
        links[Page.AGREEMENT] = web.LinkItem(
            "Tổng hợp, thống nhất", url_for("fieldwork.agreement", inspection_id=inspection.id)
        )
    return links


_OF_A_DRAFT = (
    (Action.ABANDON_PAPER, "abandon", "Bỏ dự thảo"),
    (Action.REASSIGN_PAPER, "reassign", "Giao người soạn khác"),
    (Action.EDIT_PAPER, "units", "Chọn lại đơn vị"),
    (Action.EDIT_PAPER, "details", "Trích yếu, người ký"),
)


def _acts(notice: Notice, actor: Actor) -> list[tuple[str, str, bool]]:
    """(address, label, primary) of what this person may do now, the primary last."""
    state, recorded = notice.document.state, notice.document.way is IssueWay.RECORDED
    is_signer = actor.person_id == notice.document.signer_id
    made: list[tuple[str, str, bool]] = []

    def add(verb: str, label: str, primary: bool = False) -> None:
        made.append((url_for(f".{verb}", notice_id=notice.id), label, primary))

    if state is DocumentState.DRAFT:
        for action, verb, label in _OF_A_DRAFT:
            if can(actor, action, notice):
                add(verb, label)
    if state in (DocumentState.SIGNED, DocumentState.SEALED) and can(actor, Action.TAKE_BACK_SIGNED, notice):
        add("take_back", "Hủy bản đã ký")
    recordable = any(state in t.sources for t in DOCUMENT.find("record_issued"))
    if (
        recordable
        and can(actor, Action.RECORD_ISSUED, notice)
        and (recorded or state is not DocumentState.APPROVED)
    ):
        ready = recorded and state is DocumentState.APPROVED
        add("record", "Ghi nhận văn bản đã ban hành", ready)
    if (
        state in IN_FORCE
        and can(actor, Action.REQUEST_RECALL, notice)
        and queries.find_open_recall(notice) is None
    ):
        add("ask_recall", "Đề nghị thu hồi")
    match state:
        case DocumentState.DRAFT if can(actor, Action.SUBMIT_PAPER, notice):
            add("submit", "Trình kiểm tra nội dung", True)
        case DocumentState.CONTENT_CHECK if can(actor, Action.CHECK_CONTENT, notice):
            add("return_back", "Trả lại để hoàn thiện")
            add("check_content", "Đồng ý nội dung, trình tiếp", True)
        case DocumentState.FORM_CHECK if can(actor, Action.CHECK_FORM, notice):
            add("return_back", "Trả lại để hoàn thiện")
            add("check_form", "Đồng ý thể thức, trình duyệt", True)
        case DocumentState.APPROVAL if is_signer and can(actor, Action.APPROVE_PAPER, notice):
            add("return_back", "Trả lại để hoàn thiện")
            add("approve_with_changes", "Sửa và duyệt")
            add("approve", "Duyệt bản thảo", True)
        case DocumentState.APPROVED if is_signer and can(actor, Action.SIGN_PAPER, notice):
            add("return_back", "Trả lại để hoàn thiện")
            if not recorded:
                add("sign", "Ký văn bản", True)
        case DocumentState.SIGNED if can(actor, Action.SEAL_PAPER, notice):
            add("seal", "Đóng dấu, ký số của cơ quan", True)
        case DocumentState.SEALED if can(actor, Action.ISSUE_PAPER, notice):
            add("issue", "Ban hành", True)
    return made


@bp.get("/notices/<int:notice_id>/preview.pdf")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def preview_pdf(notice: Notice) -> Response:
    """The draft (or what was signed) as PDF."""
    return web.framed_by_us(
        send_file(io.BytesIO(_bytes(notice)), mimetype="application/pdf", download_name="ban-xem-truoc.pdf")
    )


@bp.get("/notices/<int:notice_id>/preview/<int:page>.png")
@requires(Action.VIEW_NOTICE, lambda actor, notice_id, page: queries.get_visible(actor, notice_id))
def preview_page(notice: Notice) -> Response:
    """One page of it as a picture."""
    try:
        picture = pages.picture(_bytes(notice), int((request.view_args or {})["page"]))
    except pages.PageNotFound as error:
        raise NotFound from error
    return send_file(io.BytesIO(picture), mimetype="image/png")


def _bytes(notice: Notice) -> bytes:
    if notice.document.file is not None:
        return files.read(notice.document.file)
    return drawn(notice, gather(notice)).data


@bp.get("/notices/<int:notice_id>/slip.pdf")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def slip(notice: Notice) -> Response:
    """Phiếu trình with the opinions so far."""
    content = compose_slip(notice, gather(notice))
    pdf = rendering.render_pdf(content, created_at=clock.now()).data
    return web.framed_by_us(
        send_file(io.BytesIO(pdf), mimetype="application/pdf", download_name="phieu-trinh.pdf")
    )
