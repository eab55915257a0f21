"""Nội dung đoàn trước chưa phát hiện: the page and its sheet."""

from __future__ import annotations

import io

from flask import Response, render_template, request, send_file

from app import clock, web
from app.errors import DomainError
from app.form_library import queries as forms
from app.policy import Action, Actor
from app.register import missed, queries, typed
from app.register.forms import MissedForm
from app.register.views.common import bp, path_to, units_offered
from app.units import lineage
from app.units import queries as units
from app.web import sheets
from app.web.access import requires, the_actor


@bp.get("/missed")
@requires(Action.VIEW_OFFICE_REGISTER)
def missed_list() -> tuple[str, int]:
    """Nội dung đoàn trước chưa phát hiện."""
    form, filters = _asked()
    page: web.Page[missed.Missed] = web.Page([])
    teams: list[missed.Team] = []
    if filters is not None:
        page = missed.list_missed(filters, web.cursor_of_address(int, int, int, int))
        teams = missed.list_teams(filters)
    body = render_template(
        "register/missed.html",
        form=form,
        page=page,
        teams=teams,
        asked={name: request.args[name] for name in ("unit", "group") if request.args.get(name)},
        units=units_offered(queries.list_names(the_actor())),
        path=path_to(web.Crumb("Chưa phát hiện")),
    )
    return body, 200 if filters is not None else 422


@bp.get("/missed.xlsx")
@requires(Action.VIEW_OFFICE_REGISTER)
def missed_xlsx() -> Response | tuple[str, int]:
    """The same as officials print it."""
    _, filters = _asked()
    if filters is None:
        return missed_list()
    actor, moment = the_actor(), clock.now()
    rows = missed.list_missed(filters, size=missed.MOST_EXPORTED).items
    left_out = missed.count_missed(filters) - len(rows) if len(rows) == missed.MOST_EXPORTED else 0
    data = missed.workbook(
        rows, office=actor.unit_name, parent=_parent_of(actor), at=moment, left_out=left_out
    )
    day = clock.local(moment).strftime("%Y-%m-%d")
    return send_file(
        io.BytesIO(data),
        mimetype=sheets.MEDIA_TYPE,
        as_attachment=True,
        download_name=f"Nội dung đoàn trước chưa phát hiện {day}.xlsx",
    )


def _asked() -> tuple[MissedForm, missed.Filters | None]:
    """The filters of the address; None when one is wrong, and the form says what."""
    form = MissedForm(request.args)
    groups = forms.whole_latest_version().groups
    form.offer([(str(group.id), f"{group.code} – {group.short_title}") for group in groups])
    if not form.validate():
        return form, None
    named = (form.unit.data or "").strip()
    unit_ids = None
    if named:
        try:
            found = typed.find_unit(named, on=clock.today())
        except DomainError as error:
            form.refuse(error.message, error.field)
            return form, None
        unit_ids = lineage.with_predecessors([found.id])
    return form, missed.Filters(unit_ids, int(form.group.data) if form.group.data else None)


def _parent_of(actor: Actor) -> str:
    """The body above the actor's unit, for the head of the sheet."""
    parent = units.get_visible(actor, actor.unit_id).current.parent if actor.unit_id is not None else None
    return parent.name if parent is not None else ""
