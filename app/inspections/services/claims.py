"""What a case claims: its scope at the decision, and the days by which a provisional end moves.

“Đến thời điểm kiểm tra” is at least the last day of the term, as far as the days are free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from app.extensions import db
from app.form_library import queries as forms
from app.inspections import queries
from app.inspections.models import InspectedUnitState, Inspection, ScopeItem
from app.inspections.planning import ScopePiece, day_after, days_told
from app.inspections.queries import ScopeReview
from app.register import queries as register
from app.register.review import Review, Reviewed
from app.register.services import ClaimWanted
from app.units import lineage

STILL_OPEN = (InspectedUnitState.PENDING, InspectedUnitState.FIELDWORK)


@dataclass(frozen=True)
class Moved:
    """What the later end adds: boxes to claim, and how many contents stop earlier (concluded, or held)."""

    claims: tuple[ClaimWanted, ...] = ()
    stopped: int = 0


def move_end(inspection: Inspection, last: date) -> Moved:
    """Let a provisional review period reach the day `last`; scope items that ended with it go on as far.

    Where another team or a conclusion stands, or a reason would be needed, an item stops the day before.
    """
    old, new = inspection.review_to, day_after(last)
    if not inspection.review_to_provisional or new <= old:
        return Moved()
    before = lineage.expand_all([iu.unit for iu in inspection.units], inspection.review_from, old)
    after = lineage.expand_all([iu.unit for iu in inspection.units], inspection.review_from, new)
    ends: dict[tuple[int, int], tuple[date, date]] = {}
    for iu in inspection.units:
        if iu.state not in STILL_OPEN:
            continue
        reach = {(day.unit_id, day.starts_on): day.ends_on for day in after[iu.unit_id]}
        for day in before[iu.unit_id]:
            ends[(iu.id, day.unit_id)] = (day.ends_on, reach.get((day.unit_id, day.starts_on), day.ends_on))
        iu.planned_days = days_told(after[iu.unit_id])
    inspection.review_to = new
    rows = [
        (row, ends[spot])
        for row in queries.scope_rows(inspection)
        if (spot := (row.piece.inspected_unit_id, row.piece.unit_id)) in ends
        and row.piece.ends_on == ends[spot][0] < ends[spot][1]
    ]
    added = {
        row.item_id: replace(row.piece, starts_on=row.piece.ends_on, ends_on=end) for row, (_, end) in rows
    }
    reasons = {row.item_id: row.higher_reason for row, _ in rows}
    reached, stopped = _as_far_as_free(inspection, added, reasons)
    for item_id, piece in reached.items():
        db.session.execute(sa.update(ScopeItem).where(ScopeItem.id == item_id).values(ends_on=piece.ends_on))
    return Moved(tuple(claims_of_pieces(inspection, reached, reasons)), stopped)


def _as_far_as_free(
    inspection: Inspection, added: dict[int, ScopePiece], reasons: dict[int, str | None]
) -> tuple[dict[int, ScopePiece], int]:
    """The added days of each item up to the first one that is taken; how many are cut short."""
    if inspection.kind not in queries.CLAIMING or not added:
        return added, 0
    answer = _review(inspection, added)
    until = {item_id: piece.ends_on for item_id, piece in added.items()}
    for one in answer.items:
        item_id = _item_of(one)
        if one.wanted.box.unit_id != added[item_id].unit_id:
            continue  # an included part: what is taken there is left out of that part alone
        met = one.refusals if reasons[item_id] else (*one.refusals, *one.warnings, *one.near)
        until[item_id] = min([until[item_id], *(refusal.box.starts_on for refusal in met)])
    reached = {
        item_id: replace(piece, ends_on=until[item_id])
        for item_id, piece in added.items()
        if piece.starts_on < until[item_id]
    }
    return reached, sum(1 for item_id, piece in added.items() if until[item_id] < piece.ends_on)


def claims_of_pieces(
    inspection: Inspection, reached: dict[int, ScopePiece], reasons: dict[int, str | None]
) -> list[ClaimWanted]:
    """What these scope items claim on the days of their pieces; without a reason nothing that needs one."""
    if inspection.kind not in queries.CLAIMING or not reached:
        return []
    answer = _review(inspection, reached)
    unreasoned = [one for one in answer.items if (one.warnings or one.near) and not reasons[_item_of(one)]]
    return [
        claim
        for one in answer.items
        if one not in unreasoned
        for claim in _claims_of(one, reached[_item_of(one)].unit_id, reasons[_item_of(one)])
    ]


def claims_of_scope(review: ScopeReview) -> list[ClaimWanted]:
    """What the reviewed scope claims: every item whole, and of included parts what is free."""
    return [
        claim
        for item in review.items
        for one in item.reviewed
        for claim in _claims_of(one, item.piece.unit_id, item.higher_reason)
    ]


def _claims_of(one: Reviewed, unit_id: int, reason: str | None) -> list[ClaimWanted]:
    wanted = one.wanted
    boxes = [wanted.box] if wanted.box.unit_id == unit_id else one.free
    return [ClaimWanted(_item_of(one), box, reason, wanted.along) for box in boxes]


def _item_of(one: Reviewed) -> int:
    key = one.wanted.key
    assert isinstance(key, int)
    return key


def _review(inspection: Inspection, pieces: dict[int, ScopePiece]) -> Review:
    criteria = {c.id: c for c in forms.list_criteria(inspection.form_version_id)}
    plan = queries.wanted(inspection, list(pieces.items()), criteria)
    return register.review(
        plan,
        level=queries.level(),
        mandate_id=inspection.mandate_id,
        reserved=queries.reserved_for(inspection),
    )
