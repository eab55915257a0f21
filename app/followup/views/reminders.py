"""Các lượt nhắc việc: who was reminded of what, and which mails did not get out."""

from __future__ import annotations

from flask import render_template, request

from app import web
from app.followup import reminding, undelivered
from app.followup.models import MAIL_LABELS
from app.followup.views.table import bp
from app.policy import OFFICE_ROLES, Action
from app.web.access import requires, the_actor


@bp.get("/reminders")
@requires(Action.LIST_TASKS)
def reminders() -> str:
    """The office sees those of every task it may see, a unit's people their own."""
    actor = the_actor()
    task_id = web.read_id(request.args.get("task", ""))
    return render_template(
        "followup/reminders.html",
        page=reminding.list_reminders(actor, task_id=task_id, cursor=web.cursor_of_address(int)),
        narrowed=task_id is not None,
        unsent=undelivered.list_unsent() if actor.roles & OFFICE_ROLES else (),
        mails=MAIL_LABELS,
        told=reminding.told,
    )


@bp.get("/mails")
@requires(Action.MANAGE_SETTINGS)
def mails() -> str:
    """Which mails did not get out, and what the server of the office answered: for who looks after it."""
    return render_template(
        "followup/mails.html",
        title="Thư nhắc việc chưa gửi được",
        unsent=undelivered.list_unsent(),
        unreached=undelivered.list_without_address(),
        most=undelivered.LISTED,
        mails=MAIL_LABELS,
    )
