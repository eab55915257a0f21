"""Which predecessors a scope reaches into: the planner of a draft leaves one out, or takes it back."""

from __future__ import annotations

from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import Conflict
from app.extensions import db
from app.inspections import queries
from app.inspections.models import Inspection
from app.inspections.services.common import require_draft, touch
from app.inspections.services.scope import cuts_of, write
from app.policy import Action, Actor, authorise
from app.units.models import Unit


def drop_predecessor(inspection: Inspection, unit_id: int, *, version: int | None, actor: Actor) -> None:
    """Leave the days of one predecessor out of the scope; it stays out when the scope is written again.

    Raises Conflict when the scope does not reach into it (any more), the unit is inspected itself, or
    nothing would be left of a unit.
    """
    unit = _reached(inspection, unit_id, version, actor)
    if unit in inspection.dropped:
        raise Conflict(f"Phần của {unit.name} đã được bỏ khỏi phạm vi. Tải lại trang để xem kết quả.")
    if any(iu.unit_id == unit_id for iu in inspection.units):
        raise Conflict(
            f"{unit.name} là đơn vị được kiểm tra của cuộc này. Bỏ đơn vị ở phần Đơn vị nếu không kiểm tra."
        )
    for told in queries.list_expansions(inspection):
        if all(piece.dropped or piece.unit_id == unit_id for piece in told.pieces):
            raise Conflict(
                f"Bỏ phần của {unit.name} thì {told.name} không còn ngày nào được kiểm tra. "
                "Bỏ đơn vị này khỏi cuộc kiểm tra, hoặc chọn thời kỳ khác."
            )
    chosen, cuts = queries.selections(inspection), cuts_of(inspection)
    inspection.dropped.append(unit)
    touch(inspection)
    db.session.flush()
    write(inspection, chosen, cuts)
    audit.record("inspection_piece_dropped", inspection, unit, actor=actor, data={"unit": unit.name})


def take_back_predecessor(inspection: Inspection, unit_id: int, *, version: int | None, actor: Actor) -> None:
    """Ask again, on the days of the predecessor, what its successor is asked. Raises Conflict."""
    unit = _reached(inspection, unit_id, version, actor)
    if unit not in inspection.dropped:
        raise Conflict(f"Phần của {unit.name} đang thuộc phạm vi. Tải lại trang để xem kết quả.")
    chosen, cuts = queries.selections(inspection), cuts_of(inspection)
    inspection.dropped.remove(unit)
    touch(inspection)
    db.session.flush()
    write(inspection, chosen, cuts)
    audit.record("inspection_piece_taken_back", inspection, unit, actor=actor, data={"unit": unit.name})


def _reached(inspection: Inspection, unit_id: int, version: int | None, actor: Actor) -> Unit:
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_draft(inspection)
    check_version(inspection, version)
    unit = db.session.get(Unit, unit_id)
    reached = {
        piece.unit_id
        for told in queries.list_expansions(inspection)
        for piece in told.pieces
        if piece.inherited
    }
    if unit is None or unit_id not in reached:
        raise Conflict("Phạm vi không có phần của đơn vị này. Tải lại trang để xem phạm vi mới nhất.")
    return unit
