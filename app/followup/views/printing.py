"""Print-outs of the table: bản lãnh đạo, bản nội bộ, both of one instant; which columns all of them show."""

from __future__ import annotations

import io
import zipfile

from flask import redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.followup import columns, export, queries
from app.followup.forms import filters_of
from app.followup.queries import Whole
from app.followup.views.table import bp, get_table, kept
from app.policy import Action, Actor
from app.units import queries as units
from app.web import sheets
from app.web.access import requires, the_actor

LEADERS, INTERNAL = "lãnh đạo", "nội bộ"


def _names(actor: Actor) -> bool:
    """?names=1 is bản nội bộ, never for observers."""
    return request.args.get("names") == "1" and queries.sees_names(actor)


def _taken(actor: Actor) -> Whole:
    return queries.whole_table(actor, filters_of(request.args.to_dict()))


@bp.get("/follow-up/print")
@requires(Action.LIST_TASKS)
def print_view() -> str:
    """All lines on one page for paper; ?both=1 one after the other, of the same instant."""
    actor = the_actor()
    names, may_name = _names(actor), queries.sees_names(actor)
    both = request.args.get("both") == "1" and may_name
    whole, asked = _taken(actor), request.args.get("columns", "")
    return render_template(
        "followup/print.html",
        title=f"Bảng theo dõi khắc phục năm {clock.today().year}",
        whole=whole,
        told=export.told(whole.four),
        prints=[(named, columns.columns_for(names=named, asked=asked)) for named in _versions(both, names)],
        shown=columns.shown,
        names=names,
        both=both,
        may_name=may_name,
        kept=kept(),
        path=[web.Crumb("Theo dõi khắc phục", url_for(".index", **kept())), web.Crumb("In")],
    )


def _versions(both: bool, names: bool) -> tuple[bool, ...]:
    return (False, True) if both else (names,)


def _parent_of(actor: Actor) -> str:
    """The body above the actor's unit, for the head of the sheet."""
    if actor.unit_id is None:
        return ""
    parent = units.get_visible(actor, actor.unit_id).current.parent
    return parent.name if parent is not None else ""


def _sheet(whole: Whole, actor: Actor, parent: str, *, names: bool) -> bytes:
    asked = request.args.get("columns", "")
    return export.workbook(whole, names=names, office=actor.unit_name, parent=parent, asked=asked)


def _file_name(whole: Whole, what: str, ending: str) -> str:
    return f"Bảng theo dõi khắc phục {clock.local(whole.at).strftime('%Y-%m-%d')} ({what}).{ending}"


@bp.get("/follow-up/export.xlsx")
@requires(Action.LIST_TASKS)
def export_xlsx() -> Response:
    """The table as officials print it."""
    actor = the_actor()
    names, whole = _names(actor), _taken(actor)
    return send_file(
        io.BytesIO(_sheet(whole, actor, _parent_of(actor), names=names)),
        mimetype=sheets.MEDIA_TYPE,
        as_attachment=True,
        download_name=_file_name(whole, INTERNAL if names else LEADERS, "xlsx"),
    )


@bp.get("/follow-up/export.zip")
@requires(Action.LIST_TASKS)
def export_both() -> Response:
    """Both workbooks of one instant; who may not see names gets bản lãnh đạo alone."""
    actor = the_actor()
    whole, parent = _taken(actor), _parent_of(actor)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for named in _versions(queries.sees_names(actor), False):
            name = _file_name(whole, INTERNAL if named else LEADERS, "xlsx")
            bundle.writestr(name, _sheet(whole, actor, parent, names=named))
    out.seek(0)
    name = _file_name(whole, f"{LEADERS}, {INTERNAL}" if queries.sees_names(actor) else LEADERS, "zip")
    return send_file(out, mimetype="application/zip", as_attachment=True, download_name=name)


@bp.get("/follow-up/columns")
@requires(Action.LIST_TASKS, get_table)
def choose_columns(_table: None) -> str | Response:
    """Chọn cột: the boxes, or on to the table with those that were ticked (?column=2&column=6)."""
    back = {name: value for name, value in kept().items() if name != "columns"}
    ticked = web.read_ids(request.args.getlist("column"), most=len(columns.COLUMNS))
    if ticked:
        asked = ".".join(str(number) for number in sorted(columns.chosen(".".join(map(str, ticked)))))
        return redirect(url_for(".index", **back, columns=asked or "all"), 303)
    names, now = queries.sees_names(the_actor()), columns.chosen(request.args.get("columns", ""))
    return render_template(
        "followup/columns.html",
        title="Chọn cột",
        columns=[
            (number, column.label, not now or number in now)
            for number, column in enumerate(columns.COLUMNS, start=1)
            if names or not column.names
        ],
        code=columns.CODE,
        kept=back,
        path=[web.Crumb("Theo dõi khắc phục", url_for(".index", **kept())), web.Crumb("Chọn cột")],
    )
