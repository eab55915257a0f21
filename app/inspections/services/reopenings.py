"""Reopening for a draft: its concluded contents are asked for, decided on by a leader, given back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from app.audit.freshness import check_version
from app.errors import DomainError
from app.inspections import queries
from app.inspections.models import Inspection, InspectionKind
from app.inspections.services.common import require_draft
from app.policy import Action, Actor, authorise
from app.register import reopening as register
from app.register.boxes import Box
from app.register.models import Reopening
from app.register.reopening import Grant, Request
from app.workflow import hold


def ask_reopening(
    inspection: Inspection,
    conclusion_id: int,
    item_ids: Collection[int],
    written: Request,
    *,
    version: int | None,
    actor: Actor,
) -> Reopening:
    """Ask that the case may assess these of its scope items again as far as the conclusion decided them.

    Raises DomainError (items, reason, evidence, responsibility), Conflict, WrongState, Stale, Forbidden.
    """
    authorise(actor, Action.REQUEST_REOPENING, inspection)
    require_draft(inspection)
    check_version(inspection, version)
    offered = next((o for o in queries.list_reopenable(inspection) if o.conclusion.id == conclusion_id), None)
    if offered is None:
        raise DomainError("Chọn kết luận còn nội dung đề nghị mở lại.", field="items")
    asked: list[Box] = [
        refusal.box
        for item in offered.items
        if item.item_id in set(item_ids)
        for refusal in item.refusals
        if refusal.conclusion_id == conclusion_id
    ]
    return register.request(
        offered.conclusion, inspection.id, asked, written, level=queries.level(), actor=actor
    )


def grant_reopening(
    inspection: Inspection, reopening: Reopening, decision: str, decided_on: date, *, actor: Actor
) -> int:
    """Decide that the case may; its contents are held for it at once. Returns how many pieces were reopened.

    Raises DomainError (decision, decided_on), Conflict, WrongState, Forbidden. The caller rolls back on any.
    """
    authorise(actor, Action.DECIDE_REOPENING, reopening)
    hold(inspection)
    require_draft(inspection)
    answer = Grant(
        decision=decision,
        decided_on=decided_on,
        level=queries.level(),
        body_name=inspection.office_unit.name,
        hidden=inspection.kind is InspectionKind.SURPRISE,
    )
    return register.grant(reopening, answer, actor=actor)
