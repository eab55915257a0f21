"""Lịch: the follow-up table by month, with the same filters."""

from __future__ import annotations

from flask import render_template, request, url_for

from app import clock, web
from app.followup import figures, month, queries
from app.followup.filters import STATES
from app.followup.forms import filters_of
from app.followup.views.table import bp, get_table, kept
from app.policy import Action
from app.web.access import requires, the_actor


@bp.get("/follow-up/month")
@requires(Action.LIST_TASKS, get_table)
def month_view(_table: None) -> str:
    """What falls on each day of ?month=2026-09 (default this month)."""
    actor, filters = the_actor(), filters_of(request.args.to_dict())
    shown = month.month(actor, filters, month.read_month(request.args.get("month", "")))
    back = {name: value for name, value in kept().items() if name not in ("day", "cursor", "all")}
    return render_template(
        "followup/month.html",
        title=f"Lịch thời hạn tháng {shown.first.month}/{shown.first.year}",
        month=shown,
        this_month=month.name_of_month(clock.today()),
        filters=filters,
        choices=figures.choices(actor, only=filters),
        states=STATES,
        names=queries.sees_names(actor),
        today=clock.today(),
        kept=back,
        path=[web.Crumb("Theo dõi khắc phục", url_for(".index", **back)), web.Crumb("Lịch")],
    )
