"""The blueprint, and the words every template of remediation may use."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, g, request, url_for

from app import clock, web
from app.deadlines import queries as deadlines
from app.deadlines.badge import DEADLINE_KIND_LABELS, running_badge
from app.deadlines.working_days import Calendar
from app.documents.models import Paper
from app.remediation import lateness
from app.remediation.models import PRODUCT_LABELS, PROGRESS_LABELS, Task

bp = Blueprint("remediation", __name__)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "task_badge": badge,
        "badge_by": badge_by,
        "task_state": lambda task: lateness.state_tag(task.state),
        "product_labels": PRODUCT_LABELS,
        "progress_labels": PROGRESS_LABELS,
        "deadline_kind_labels": DEADLINE_KIND_LABELS,
        "is_stale": lambda: g.get("stale", False),
    }


def address_of(paper: Paper) -> str:
    """Where a drafted paper goes on."""
    return url_for("documents.paper", paper_id=paper.id)


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


def picked(name: str = "task_ids") -> list[int]:
    """The ids ticked in the table; what is no number is left out."""
    return web.read_ids(request.form.getlist(name))
