"""The desk of notices, and what their pages share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, url_for

from app import web
from app.documents.models import IN_FORCE, DocumentState, IssueWay
from app.documents.states import DOCUMENT
from app.documents.views.acts import ABANDON, ACTS, ISSUE, RETURN
from app.documents.views.desk import OF_A_DRAFT, Desk, WordWay, state_of
from app.documents.views.screens import furnish
from app.documents.word import Returned, Taking
from app.inspections.models import Inspection
from app.notices import queries, replaced, services, texts, wordback
from app.notices.course import NoticeCourse
from app.notices.forms import NoticeRecordForm, ReturnForm, field_name
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.slip import compose_slip
from app.notices.views.handing import UNITS
from app.policy import Action, Actor, can

__all__ = ["NOTICES", "bp", "crumb_of", "notice_page", "path_to", "state_of", "title_of"]
bp = Blueprint("notices", __name__)


def title_of(notice: Notice) -> str:
    """The h1: number and symbol once there is one, before that the units."""
    document = notice.document
    if document.number is not None:
        return f"Thông báo số {document.number_and_symbol}"
    return f"Thông báo kết luận kiểm tra đối với {texts.who(notice)}"


def path_to(notice: Notice, *steps: str) -> list[web.Crumb]:
    """Thông báo kết luận › Quyết định số … › (Soạn thông báo) › steps."""
    path = [web.Crumb("Thông báo kết luận", url_for("notices.index")), crumb_of(notice.inspection)]
    if not steps:
        return [
            *path,
            web.Crumb("Soạn thông báo" if notice.document.state is DocumentState.DRAFT else "Thông báo"),
        ]
    inner = [web.Crumb("Thông báo", url_for("notices.show", notice_id=notice.id))]
    return [*path, *inner, *(web.Crumb(step) for step in steps)]


def crumb_of(inspection: Inspection) -> web.Crumb:
    """The case, by its decision."""
    return web.Crumb(inspection.short_name, url_for("inspections.show", inspection_id=inspection.id))


def notice_page(template: str, title: str, notice: Notice, form: web.BaseForm, **own: Any) -> str:
    """A page with one form about a notice; `own`: what its template shows besides."""
    return render_template(
        template,
        title=title,
        notice=notice,
        form=form,
        state=state_of(notice),
        path=path_to(notice, title),
        **own,
    )


def _besides(notice: Notice, actor: Actor) -> Sequence[tuple[str, str]]:
    """Acts that only notices know."""
    document, made = notice.document, []
    state, early = document.state, document.state is not DocumentState.APPROVED
    recordable = early and any(state in t.sources for t in DOCUMENT.find("record_issued"))
    if recordable and document.way is IssueWay.HERE and can(actor, Action.RECORD_ISSUED, notice):
        made.append(("record", "Ghi nhận văn bản đã ban hành"))
    free = state in IN_FORCE and queries.find_open_recall(notice) is None
    if free and can(actor, Action.DRAFT_NOTICE, notice) and replaced.find_replacing(notice) is None:
        made.append(("ask_replacement", "Soạn thông báo thay thế"))
    if state is DocumentState.DRAFT and notice.replacement and can(actor, Action.EDIT_PAPER, notice):
        made.append(("replaced_tasks", "Nội dung khắc phục chuyển tiếp"))
    if free and can(actor, Action.REQUEST_RECALL, notice):
        made.append(("ask_recall", "Đề nghị thu hồi"))
    return made


def _write(notice: Notice, *, on: date, created_at: datetime) -> bytes:
    record = gather(notice)
    return wordback.write(
        notice, record, texts.pieces_of(notice, record), on=on, created_at=created_at
    )  # fmt: skip


def _take_back(notice: Notice, returned: Returned, *, on: date) -> Taking:
    record = gather(notice)
    return wordback.take_back(notice, record, texts.pieces_of(notice, record), returned, on=on)


OWN_WORDS = {
    RETURN: replace(RETURN, action=Action.VIEW_NOTICE, form=ReturnForm),
    ABANDON: replace(
        ABANDON,
        says="Các đơn vị trong dự thảo được đưa vào thông báo khác. Tồn tại, nội dung khắc phục trong hồ sơ "
        "giữ nguyên.",
    ),
    ISSUE: replace(
        ISSUE,
        question="Ban hành thông báo",
        done="Đã ban hành thông báo.",
        says="Sau khi ban hành, văn bản, kết quả và tồn tại đã kết luận không sửa được; việc sửa thực hiện "
        "bằng đính chính, thay thế, thu hồi.",
    ),
}
NOTICES = Desk(
    bp=bp,
    called="Thông báo",
    address="/notices/<int:notice_id>",
    key="notice_id",
    shows="show",
    suffix="",
    viewing=Action.VIEW_NOTICE,
    get=queries.get_visible,
    course=NoticeCourse,
    named=title_of,
    path=path_to,
    reword=services.edit_texts,
    bring_in_line=services.bring_in_line,
    slip=lambda notice: compose_slip(notice, gather(notice)),
    word=WordWay(
        write=_write,
        read=wordback.read,
        take_back=_take_back,
        file_name=lambda notice: f"thong-bao-ket-luan-{notice.id}",
        page="notices/word_changes.html",
    ),
    acts=(*(OWN_WORDS.get(act, act) for act in ACTS), UNITS),
    of_a_draft=(*OF_A_DRAFT[:2], (Action.EDIT_PAPER, "units", "Chọn lại đơn vị"), *OF_A_DRAFT[2:]),
    besides=_besides,
    record_form=NoticeRecordForm,
    field_name=field_name,
)
furnish(NOTICES)
