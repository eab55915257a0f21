"""The blueprint of notices and what its pages share."""

from __future__ import annotations

from flask import Blueprint, url_for

from app import clock, web
from app.documents import preview
from app.documents.models import DocumentState
from app.documents.states import DOCUMENT, STATE_KINDS
from app.inspections.models import Inspection
from app.notices import texts
from app.notices.compose import compose
from app.notices.models import Notice
from app.notices.queries import waiting_for
from app.notices.record import Record

bp = Blueprint("notices", __name__)


def state_of(notice: Notice) -> web.State:
    """The state tag; a draft that came back says so."""
    document = notice.document
    if document.state is DocumentState.DRAFT and document.return_reason:
        return web.State("back", "Trả lại để hoàn thiện")
    return web.State(STATE_KINDS[document.state], DOCUMENT.labels[document.state])


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


def wait_of(notice: Notice) -> web.Wait | None:
    """The strip under the name."""
    waits = waiting_for(notice)
    return web.Wait(waits.who, waits.what) if waits is not None else None


def drawn(notice: Notice, record: Record) -> preview.Drawn:
    """The draft as the real PDF."""
    return preview.draft(compose(notice, record), expected_on=clock.today(), created_at=clock.now())
