"""Giữ chỗ phạm vi: the planner of a draft reserves its whole scope, extends it, gives it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.audit.freshness import check_version
from app.errors import Conflict
from app.form_library import queries as forms
from app.inspections import queries
from app.inspections.models import Inspection, InspectionKind
from app.inspections.services.claims import claims_of_scope
from app.inspections.services.common import hold_as_saved, require_draft, touch
from app.policy import Action, Actor, authorise
from app.register import reserved
from app.register import reserving as register
from app.register import services as claims
from app.register.reserving import Planned
from app.register.services import ClaimRefused


def reserve_scope(inspection: Inspection, *, version: int | None, actor: Actor) -> date:
    """Hold the whole scope for the draft, or nothing; what is held already keeps its day. Returns that day.

    Raises register's ClaimRefused (with the review), Conflict (nothing to reserve, or all of it is), Stale,
    WrongState, Forbidden. The caller rolls back on any of them.
    """
    authorise(actor, Action.RESERVE_SCOPE, inspection)
    hold_as_saved(inspection)
    require_draft(inspection)
    if inspection.kind not in queries.CLAIMING:
        raise Conflict("Cuộc kiểm tra này không đánh giá lại nội dung nào nên không cần giữ chỗ.")
    if queries.moved_units(inspection):
        raise Conflict(
            "Phạm vi đã thay đổi theo đơn vị cũ, đơn vị kế thừa. Cập nhật phạm vi trước khi giữ chỗ."
        )
    claims.lock()
    review = queries.review_scope(inspection)
    held = queries.reopened_for(inspection)
    wanted = [
        replace(item, box=box, scope_item_id=None)
        for item in claims_of_scope(review)
        for box in queries.without([item.box], held)
    ]
    try:
        made = register.reserve(planned(inspection), wanted, actor=actor)
    except ClaimRefused as error:
        if review.is_free:
            raise
        raise ClaimRefused(error.review, review.summary) from error
    check_version(inspection, version)
    touch(inspection)
    return made.lapses_on


def extend_reservation(inspection: Inspection, *, version: int | None, actor: Actor) -> date:
    """Let what is reserved last as if it were reserved today. Returns the new last day.

    Raises Conflict (lapsed, or nothing is gained), Stale, WrongState, Forbidden.
    """
    _begin(inspection, actor)
    held = register.extend(inspection.id, actor=actor)
    check_version(inspection, version)
    touch(inspection)
    return held.lapses_on


def release_reservation(inspection: Inspection, *, version: int | None, actor: Actor) -> None:
    """Bỏ giữ chỗ. Raises Conflict (nothing is reserved any more), Stale, WrongState, Forbidden."""
    _begin(inspection, actor)
    register.release(inspection.id, actor=actor)
    check_version(inspection, version)
    touch(inspection)


def _begin(inspection: Inspection, actor: Actor) -> None:
    authorise(actor, Action.RESERVE_SCOPE, inspection)
    hold_as_saved(inspection)
    require_draft(inspection)


def planned(inspection: Inspection) -> Planned:
    """The draft as others are told of it; of a surprise neither name nor planner."""
    return Planned(
        inspection_id=inspection.id,
        title=inspection.title,
        body_name=inspection.office_unit.name,
        level=queries.level(),
        secret=inspection.kind is InspectionKind.SURPRISE,
    )


def follow_reservation(inspection: Inspection) -> None:
    """After the scope, the kind or the name of a draft changed: what the scope lost is given back at once."""
    if reserved.of_case(inspection.id) is None:
        return
    rows = queries.scope_rows(inspection) if inspection.kind in queries.CLAIMING else []
    criteria = {c.id: c for c in forms.list_criteria(inspection.form_version_id)} if rows else {}
    asked = queries.wanted(inspection, [(row.item_id, row.piece) for row in rows], criteria)
    register.follow(planned(inspection), [one.box for one in asked])
