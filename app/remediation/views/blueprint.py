"""The blueprint, and the words every template of remediation may use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, g, request

from app import clock, web
from app.deadlines import queries as deadlines
from app.deadlines.badge import DEADLINE_KIND_LABELS, running_badge
from app.deadlines.working_days import Calendar
from app.errors import DomainError, NotFound, Stale
from app.extensions import db
from app.remediation import lateness
from app.remediation.models import PRODUCT_LABELS, PROGRESS_LABELS, Task

bp = Blueprint("remediation", __name__)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "task_badge": badge,
        "task_state": lambda task: lateness.state_tag(task.state),
        "product_labels": PRODUCT_LABELS,
        "progress_labels": PROGRESS_LABELS,
        "deadline_kind_labels": DEADLINE_KIND_LABELS,
        "is_stale": lambda: g.get("stale", False),
    }


def badge(task: Task) -> web.Badge:
    """The deadline badge of a task, as of today."""
    return lateness.badge(task, clock.today(), _calendar())


def badge_by(due_on: date) -> web.Badge:
    """The badge of something that is owed by this day, whatever its task's own deadline."""
    found = running_badge(due_on, clock.today(), _calendar())
    return web.Badge(str(found.kind), found.text)


def _calendar() -> Calendar:
    if "calendar" not in g:  # one page, one calendar
        g.calendar = deadlines.current_calendar()
    found: Calendar = g.calendar
    return found


def refuse(form: web.BaseForm, error: DomainError) -> int:
    """Show at the form what a service refused; the status of the answer. NotFound goes on."""
    db.session.rollback()
    if isinstance(error, NotFound):
        raise error
    if isinstance(error, Stale):  # sending once more means: this text is the one to keep
        form.version.data, form.version.raw_data = error.version, None
        g.stale = True
    form.refuse(error.message, error.field)
    _ask_for_files_again(form)
    return error.status


def _ask_for_files_again(form: web.BaseForm) -> None:
    """A browser never sends chosen files twice by itself: say so where some were chosen."""
    if "files" in form and any(upload.filename for upload in request.files.getlist("files")):
        form.refuse("Chọn lại tệp: biểu mẫu chưa được ghi nên tệp đã chọn không được giữ.", "files")


def try_it(form: web.BaseForm, act: Callable[[], object]) -> int | None:
    """Validate, act, commit: None when all went well, else the status with which the form is shown again."""
    if not form.validate_on_submit():
        _ask_for_files_again(form)
        return 422
    try:
        act()
    except DomainError as error:
        return refuse(form, error)
    db.session.commit()
    return None


def picked(name: str = "task_ids") -> list[int]:
    """The ids ticked in the table; what is no number is left out."""
    return web.read_ids(request.form.getlist(name))
