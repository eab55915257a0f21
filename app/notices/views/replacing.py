"""Thay thế thông báo: the draft that takes the place of an issued notice, and the tasks of the old one."""

from __future__ import annotations

from flask import flash
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.notices import queries, services
from app.notices.forms import FatesForm, ReplacementForm, fates_form, field_name
from app.notices.models import Notice
from app.notices.services import Fate, TaskFate
from app.notices.views.common import NOTICES, bp, notice_page
from app.policy import Action
from app.vietnamese import count
from app.web.access import requires, the_actor

Answer = AnyResponse | tuple[str, int]
ASK, TASKS = "Soạn thông báo thay thế", "Nội dung khắc phục chuyển tiếp"


@bp.get("/notices/<int:notice_id>/replace")
@requires(Action.DRAFT_NOTICE, queries.get_visible)
def ask_replacement(notice: Notice) -> Answer:
    """Why the notice is to be replaced, and what that does."""
    services.ask_replaceable(notice)
    return notice_page("notices/ask_replacement.html", ASK, notice, ReplacementForm(formdata=None)), 200


@bp.post("/notices/<int:notice_id>/replace")
@requires(Action.DRAFT_NOTICE, queries.get_visible)
def do_replacement(notice: Notice) -> Answer:
    """Begin the draft."""
    services.ask_replaceable(notice)
    form = ReplacementForm()
    made = web.perform(
        form, lambda: services.draft_replacement(notice, form.reason.data or "", actor=the_actor())
    )
    if isinstance(made, web.Refused):
        return notice_page("notices/ask_replacement.html", ASK, notice, form), made.status
    flash("Đã lập dự thảo thay thế từ nội dung đã kết luận. Sửa chỗ sai rồi trình.", "good")
    return NOTICES.back(made)


@bp.get("/notices/<int:notice_id>/replaced-tasks")
@requires(Action.EDIT_PAPER, queries.get_visible)
def replaced_tasks(notice: Notice) -> Answer:
    """What becomes of each open task of the replaced notice."""
    form = _fates(notice)(formdata=None)
    form.version.data = notice.version
    return _tasks_page(notice, form), 200


@bp.post("/notices/<int:notice_id>/replaced-tasks")
@requires(Action.EDIT_PAPER, queries.get_visible)
def choose_tasks(notice: Notice) -> Answer:
    """Keep what was decided."""
    form = _fates(notice)()

    def act() -> int:
        fates = [
            TaskFate(key, Fate(form[f"fate__{key}"].data), form[f"reason__{key}"].data or "")
            for key in form.task_ids
        ]
        return services.choose_tasks(notice, fates, version=form.version.data, actor=the_actor())

    changed = web.perform(form, act, named=_named)
    if isinstance(changed, web.Refused):
        return _tasks_page(notice, form), changed.status
    flash(f"Đã lưu, thay đổi {count(changed)} nội dung." if changed else "Không có thay đổi.", "good")
    return NOTICES.back(notice, "replaced_tasks")


def _named(field: str) -> str:
    return field_name(field.replace("reason-", "reason--"))


def _fates(notice: Notice) -> type[FatesForm]:
    rows = {row.task_id: row for row in notice.replacement.dropped} if notice.replacement else {}
    return fates_form(
        (
            task.id,
            task.code,
            services.fate_of(rows.get(task.id)),
            rows[task.id].reason if task.id in rows else "",
        )
        for task in services.list_open_tasks(notice)
    )


def _tasks_page(notice: Notice, form: FatesForm) -> str:
    rows = {row.task_id: row.instead for row in notice.replacement.dropped} if notice.replacement else {}
    tasks = services.list_open_tasks(notice)
    return notice_page("notices/replaced_tasks.html", TASKS, notice, form, tasks=tasks, instead=rows)
