"""What of a draft is concluded and may be asked to be reopened, and what was asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from app.extensions import db
from app.form_library.models import CriterionPart
from app.inspections.models import InspectedUnit, Inspection, InspectionState, ScopeItem
from app.inspections.queries.review import ReviewedItem, ScopeReview, review_scope
from app.inspections.queries.visible import get_visible, visible_to
from app.policy import Actor
from app.register import reopening as register
from app.register import wording
from app.register.models import Conclusion, Coverage, Reopening, ReopeningState
from app.register.review import Ground

MOST_DRAFTS = 20


@dataclass(frozen=True)
class Reopenable:
    """A conclusion and the items of the draft that it refuses."""

    conclusion: Conclusion
    items: tuple[ReviewedItem, ...]

    @property
    def source(self) -> str:
        return wording.notice(self.conclusion.number_and_symbol, self.conclusion.concluded_on)


@dataclass(frozen=True)
class ReopeningLine:
    """A request of a case in words."""

    reopening: Reopening
    source: str
    told: str


def list_reopenable(inspection: Inspection, review: ScopeReview | None = None) -> list[Reopenable]:
    """The conclusions that refuse something of the draft, newest first."""
    found: dict[int, dict[int, ReviewedItem]] = {}
    for item in (review or review_scope(inspection)).items:
        for refusal in item.refusals:
            if refusal.ground is Ground.CONCLUDED and refusal.conclusion_id is not None:
                found.setdefault(refusal.conclusion_id, {})[item.item_id] = item
    conclusions = db.session.scalars(
        sa.select(Conclusion)
        .where(Conclusion.id.in_(found))
        .order_by(Conclusion.concluded_on.desc(), Conclusion.id.desc())
    )
    return [Reopenable(one, tuple(found[one.id].values())) for one in conclusions]


def list_reopenings(inspection: Inspection) -> list[ReopeningLine]:
    """What was asked for the case, oldest first."""
    return [_line(one) for one in register.list_of_case(inspection.id)]


def _line(reopening: Reopening) -> ReopeningLine:
    conclusion = reopening.conclusion
    source = wording.notice(conclusion.number_and_symbol, conclusion.concluded_on)
    told = f"{len(reopening.boxes):02d} nội dung đã kết luận tại {source}"
    if reopening.state is ReopeningState.GRANTED:
        decided = wording.dated(reopening.decision, reopening.decided_on)
        told += f" được mở lại theo Quyết định số {decided}"
    return ReopeningLine(reopening, source, told)


def get_reopening(actor: Actor, reopening_id: int) -> Reopening:
    """A request for a case that the actor may see. Raises NotFound."""
    found = register.get(reopening_id)
    case_of(actor, found)
    return found


def case_of(actor: Actor, reopening: Reopening) -> Inspection:
    """The case for which it was asked. Raises NotFound."""
    return get_visible(actor, reopening.inspection_id)


def list_drafts_meeting(actor: Actor, conclusion: Conclusion) -> Sequence[Inspection]:
    """Drafts that the actor may see whose scope asks something that the conclusion decided; newest first."""
    meeting = (
        sa.select(InspectedUnit.inspection_id)
        .join(ScopeItem, ScopeItem.inspected_unit_id == InspectedUnit.id)
        .join(CriterionPart, CriterionPart.criterion_id == ScopeItem.criterion_id)
        .join(
            Coverage,
            sa.and_(
                Coverage.unit_id == ScopeItem.unit_id,
                Coverage.content_id == CriterionPart.content_id,
                Coverage.starts_on < ScopeItem.ends_on,
                Coverage.ends_on > ScopeItem.starts_on,
            ),
        )
        .where(Coverage.conclusion_id == conclusion.id)
    )
    return db.session.scalars(
        sa.select(Inspection)
        .where(Inspection.state == InspectionState.DRAFT, visible_to(actor), Inspection.id.in_(meeting))
        .options(lazyload("*"))
        .order_by(Inspection.id.desc())
        .limit(MOST_DRAFTS)
    ).all()
