"""Nội dung trùng với kết luận của cơ quan khác, and ending a part of a decided case by a paper."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.errors import WrongState
from app.extensions import db
from app.inspections import queries, services
from app.inspections.forms import PartialForm
from app.inspections.models import InspectedUnit, Inspection
from app.inspections.planning import period_text
from app.inspections.queries import ConflictItem
from app.inspections.services import Chosen, Left
from app.inspections.services.common import OVER
from app.inspections.services.partial import OVER as UNIT_OVER
from app.inspections.states import INSPECTION
from app.inspections.views.bp import bp, path_to, state_of
from app.policy import Action
from app.vietnamese import count
from app.web import read_id
from app.web.access import requires, the_actor

Answer = str | Response | tuple[str, int]
TITLE = "Đình chỉ một phần"


@bp.route("/inspections/<int:inspection_id>/partial-termination", methods=["GET", "POST"])
@requires(Action.DECIDE_INSPECTION, queries.get_visible)
def partial(inspection: Inspection) -> Answer:
    """Conflicts first; contents of one unit, and whole units, may be chosen as well."""
    if inspection.decision_id is None or inspection.state in OVER:
        raise WrongState(
            f"Cuộc kiểm tra ở trạng thái “{INSPECTION.labels[inspection.state]}” nên không đình chỉ một phần."
        )
    conflicts = queries.list_conflicts(inspection)
    units = [iu for iu in inspection.units if iu.state not in UNIT_OVER]
    chosen = read_id(request.args.get("unit", "")) or 0
    shown = next((iu for iu in units if iu.id == chosen), units[0] if units else None)
    form = PartialForm(version=inspection.version)
    open_ids = {iu.id for iu in units}
    form.offer(
        [(one.item_id, _told(one)) for one in conflicts if one.inspected_unit_id in open_ids],
        _contents(shown) if shown is not None else [],
        [(iu.id, iu.unit.name) for iu in units],
    )
    status: int | None = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            left: list[Left] = []
            status = web.run(form, lambda: left.append(_terminate(inspection, form, conflicts)))
            if status is None:
                flash(_done(left[0]))
                return redirect(url_for("inspections.show", inspection_id=inspection.id), 303)
    page = render_template(
        "inspections/partial.html", inspection=inspection, title=TITLE, path=path_to(inspection, TITLE),
        state=state_of(inspection.state), form=form, conflicts=conflicts, units=units, shown=shown,
        dropped=queries.list_dropped(inspection),
    )  # fmt: skip
    return page, status or 200


def _told(one: ConflictItem) -> str:
    return f"{one.content} – {'; '.join(piece.told for piece in one.pieces)}"


def _contents(iu: InspectedUnit) -> list[tuple[int, str]]:
    return [
        (
            item.id,
            f"{item.criterion.key} – {item.criterion.title}"
            + (f" ({item.field_label})" if item.field_label else "")
            + f", {period_text(item.starts_on, item.ends_on)}",
        )
        for item in queries.list_scope(iu.id)
    ]


def _terminate(inspection: Inspection, form: PartialForm, conflicts: list[ConflictItem]) -> Left:
    overlaps = set(form.overlaps.data or ())
    chosen = Chosen(
        unit_ids=form.units.data or (),
        item_ids=form.items.data or (),
        pieces=[(one.item_id, box) for one in conflicts if one.item_id in overlaps for box in one.boxes],
    )
    left = services.terminate_part(
        inspection, chosen, form.paper(), version=form.version.data, actor=the_actor()
    )
    db.session.flush()
    return left


def _done(left: Left) -> str:
    parts = [f"{count(left.units)} đơn vị"] * bool(left.units)
    parts += [f"{count(left.items)} nội dung"] * bool(left.items)
    return f"Đã đình chỉ {', '.join(parts)}; trả lại {count(left.claims)} phần nội dung."
