"""Quá hạn theo đơn vị, by pages."""

from __future__ import annotations

from flask import render_template

from app import clock, web
from app.errors import NotFound
from app.followup import ageing
from app.followup.views.table import bp
from app.inspections.queries.visible import WATCHERS
from app.policy import Action, Actor, Role
from app.web.access import requires


def get_all_tasks(actor: Actor) -> None:
    """Every task there is, for who sees them all. Raises NotFound."""
    if not actor.roles & (WATCHERS | {Role.OBSERVER}):
        raise NotFound()


@bp.get("/follow-up/late-units")
@requires(Action.LIST_TASKS, get_all_tasks)
def late_units(_tasks: None) -> str:
    """Every unit with something overdue, the furthest behind first."""
    return render_template(
        "followup/late_units.html",
        title="Quá hạn theo đơn vị",
        page=ageing.list_units(clock.today(), web.cursor_of_address(int, int, int)),
        moment=clock.now(),
    )
