"""Old tasks at the unit that a team has come to: the team notes what it sees, nothing is assessed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import web
from app.fieldwork.services.answers import assesses
from app.fieldwork.views.common import at_work, path_to, unit_state
from app.findings import queries as findings
from app.inspections.models import InspectedUnit
from app.policy import Action, can
from app.remediation import queries, services
from app.remediation.forms import SightingForm
from app.remediation.queries import Riding
from app.remediation.views.blueprint import bp
from app.web.access import requires, the_actor

TITLE = "Nội dung khắc phục cũ"


def _page(place: InspectedUnit, typed: SightingForm | None = None, task_id: int = 0) -> str:
    writes = at_work(place) and can(the_actor(), Action.RECORD_ANSWER, place)

    def form_of(key: int) -> SightingForm:
        form = typed if typed is not None and key == task_id else SightingForm(formdata=None)
        for field in form:  # one form for each task on the page
            field.id = field.label.field_id = f"{field.short_name}-{key}"
        return form

    old = queries.list_old(place)
    return render_template(
        "remediation/old_tasks.html",
        title=f"{TITLE} – {place.unit.name}",
        place=place,
        state=unit_state(place),
        assesses=assesses(place),
        rows=[(row, form_of(row.task.id) if writes and row.open else None) for row in old],
        opened=task_id,
        path=path_to(place, web.Crumb(TITLE)),
    )


@bp.get("/inspected-units/<int:inspected_unit_id>/old-tasks")
@requires(Action.VIEW_FIELDWORK, findings.get_inspected_unit)
def old_tasks(place: InspectedUnit) -> str:
    """What earlier notices still ask of the unit."""
    return _page(place)


@bp.post("/inspected-units/<int:inspected_unit_id>/old-tasks/<int:task_id>")
@requires(Action.RECORD_ANSWER, queries.get_riding)
def note_seen(riding: Riding) -> Response | tuple[str, int]:
    """Note what was seen of one of them."""
    form, place, task_id = SightingForm(), riding.place, riding.task.id
    status = web.attempt(form, lambda: services.note_seen(riding, form.values(), actor=the_actor()))
    if status is not None:
        return _page(place, form, task_id), status
    flash(f"Đã ghi nhận {riding.task.code}; người theo dõi được báo.", "good")
    return redirect(url_for(".old_tasks", inspected_unit_id=place.id, _anchor=f"kp-{task_id}"), 303)
