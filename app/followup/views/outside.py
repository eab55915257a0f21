"""Sao chép nội dung nhắc of ticked lines or of a unit, and recording that it was sent."""

from __future__ import annotations

from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.errors import DomainError
from app.extensions import db
from app.followup import outside
from app.followup.forms import ToldForm
from app.followup.views.table import bp, kept, picked_tasks, told
from app.policy import Action
from app.remediation import queries as remediation
from app.units import queries as units
from app.units.models import Unit
from app.web.access import requires, the_actor

TITLE = "Sao chép nội dung nhắc"


def _page(form: ToldForm) -> str:
    tasks = picked_tasks(the_actor())
    link = f"{current_app.config['PUBLIC_ADDRESS']}{url_for('remediation.index')}"
    return render_template(
        "followup/reminder_text.html",
        title=TITLE,
        texts=outside.texts_of(tasks, clock.today(), link),
        tasks=tasks,
        form=form,
        told=outside.list_outside([task.id for task in tasks]),
        kept=kept(),
        path=[web.Crumb("Theo dõi khắc phục", url_for(".index", **kept())), web.Crumb(TITLE)],
    )


@bp.get("/follow-up/reminder-text")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def reminder_text(_followed: remediation.Followed) -> str:
    """A text for each unit of the chosen lines, to be copied by hand or by the button."""
    form = ToldForm(formdata=None)
    form.told_on.data = clock.today()
    return _page(form)


@bp.post("/follow-up/reminder-text")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def save_reminder_text(_followed: remediation.Followed) -> Response | tuple[str, int]:
    """Record that the texts were sent on a day; line by line."""
    form = ToldForm()
    if not form.validate_on_submit():
        return _page(form), 422
    assert form.told_on.data is not None  # InputRequired
    try:
        outcome = outside.record(picked_tasks(the_actor()), form.told_on.data, actor=the_actor())
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, error.field)
        return _page(form), error.status
    db.session.commit()
    return told(outcome, "Đã ghi nhắc ngoài hệ thống", "Chưa ghi")


@bp.get("/units/<int:unit_id>/reminder-text")
@requires(Action.EDIT_FOLLOW_UP, units.get_visible)
def reminder_text_of_unit(unit: Unit) -> Response:
    """On to the text of everything that this unit still owes."""
    owed = [t for t in remediation.list_of_unit(unit.id) if remediation.is_owed(t, clock.today())]
    return redirect(url_for(".reminder_text", pick=[task.id for task in owed[:200]]), 303)
