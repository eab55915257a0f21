"""The list of notices, and one notice."""

from __future__ import annotations

from flask import render_template, request, url_for

from app import clock, web
from app.documents.models import DocumentState
from app.documents.views.showing import editable, page_of
from app.notices import checks, queries, replaced, texts
from app.notices.checked import Page
from app.notices.course import NoticeCourse
from app.notices.forms import texts_form
from app.notices.models import Notice
from app.notices.queries import Filters
from app.notices.services import publishing
from app.notices.texts import PART_LABELS, PART_NUMERALS, Part
from app.notices.views.common import NOTICES, bp, state_of
from app.policy import Action, Actor, can
from app.web.access import requires, the_actor

STATE_CHOICES = (
    ("", "Tất cả"),
    ("drafting", "Đang soạn"),
    ("open", "Đang trình, chờ ký"),
    ("issued", "Đã ban hành"),
    ("unpublished", "Chưa ghi nhận công khai"),
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
    course = NoticeCourse(notice)
    record = course.record
    pieces = texts.pieces_of(notice, record)
    own = [piece for piece in pieces if piece.part is part]
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
    return page_of(
        NOTICES,
        notice,
        course,
        "notices/show.html",
        notice=notice,
        record=record,
        parts=parts,
        part=part,
        pieces=own,
        heading=f"{PART_NUMERALS[part]}. {PART_LABELS[part]}" if part in PART_NUMERALS else PART_LABELS[part],
        form=form,
        editable=editable(notice),
        compare=compare,
        checks=found,
        check_links=_check_links(notice, actor),
        recalls=queries.list_recalls(notice) if issued else (),
        replacing=replaced.find_replacing(notice) if issued else None,
        publication=publishing.find_publication(notice) if issued else None,
        publish_by=publishing.publish_by(notice),
        today=clock.today(),
        may_publish=can(actor, Action.PUBLISH_NOTICE, notice),
    )


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
