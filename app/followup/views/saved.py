"""Bộ lọc đã lưu: keep the filters of the table under a name, rename, remove, let the table open with one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.extensions import db
from app.followup import saved
from app.followup.forms import SavedFilterForm
from app.followup.models import SavedFilter
from app.followup.views.table import bp, get_table, kept
from app.policy import Action, Actor
from app.web.access import requires, the_actor

TITLE = "Bộ lọc đã lưu"


def _own(actor: Actor, saved_filter_id: int) -> SavedFilter:
    get_table(actor)
    return saved.get_saved(actor, saved_filter_id)


def _page(form: SavedFilterForm, chosen: SavedFilter | None = None) -> str:
    return render_template(
        "followup/saved.html",
        title=TITLE,
        form=form,
        chosen=chosen,
        filters=saved.list_saved(the_actor()),
        narrowed=saved.address_of(request.args),
        kept=kept(),
        path=[web.Crumb("Theo dõi khắc phục", url_for(".index", **kept())), web.Crumb(TITLE)],
    )


@bp.get("/follow-up/saved-filters")
@requires(Action.LIST_TASKS, get_table)
def saved_filters(_table: None) -> str:
    """The person's own filters, and a form to keep those of the address."""
    return _page(SavedFilterForm(formdata=None))


@bp.post("/follow-up/saved-filters")
@requires(Action.LIST_TASKS, get_table)
def save_filter(_table: None) -> Response | tuple[str, int]:
    """Keep the filters of the address, and go back to the table with them."""
    form, actor = SavedFilterForm(), the_actor()

    def keep() -> str:
        return saved.save(form.name.data or "", request.args, opens=form.opens.data, actor=actor).address

    done = web.perform(form, keep)
    if isinstance(done, web.Refused):
        return _page(form), done.status
    flash(f"Đã lưu bộ lọc “{form.name.data}”.", "good")
    return redirect(url_for(".index", **saved.arguments_of(done)), 303)


@bp.get("/follow-up/saved-filters/<int:saved_filter_id>")
@requires(Action.LIST_TASKS, _own)
def saved_filter(chosen: SavedFilter) -> str:
    """Its name, and whether the table opens with it."""
    return _page(SavedFilterForm(formdata=None, obj=chosen), chosen)


@bp.post("/follow-up/saved-filters/<int:saved_filter_id>")
@requires(Action.LIST_TASKS, _own)
def change_filter(chosen: SavedFilter) -> Response | tuple[str, int]:
    """Save both."""
    form, actor = SavedFilterForm(), the_actor()
    status = web.attempt(
        form, lambda: saved.change(chosen, form.name.data or "", opens=form.opens.data, actor=actor)
    )
    if status is not None:
        return _page(form, chosen), status
    flash(f"Đã lưu bộ lọc “{form.name.data}”.", "good")
    return redirect(url_for(".saved_filters"), 303)


@bp.post("/follow-up/saved-filters/<int:saved_filter_id>/remove")
@requires(Action.LIST_TASKS, _own)
def remove_filter(chosen: SavedFilter) -> Response:
    """It is gone at once."""
    name = chosen.name
    saved.remove(chosen)
    db.session.commit()
    flash(f"Đã xóa bộ lọc “{name}”.", "good")
    return redirect(url_for(".saved_filters"), 303)
