"""What was concluded before about the units of a case: in whom they are inherited, what is to be followed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.extensions import db
from app.inspections.models import InspectedUnit, Inspection
from app.inspections.queries.review import ReviewedItem, ScopeReview
from app.inspections.queries.scope import unit_names
from app.register import wording
from app.register.models import Conclusion, ConclusionState, Coverage
from app.register.review import Ground
from app.units.models import Succession, SuccessionKind, Unit
from app.vietnamese import format_date


def lineage_notes(inspection: Inspection, review: ScopeReview) -> list[str]:
    """What is to be said of units formed within the review period (no. 28)."""
    young = [iu for iu in inspection.units if iu.unit.valid_from > inspection.review_from]
    if not young:
        return []
    rows = db.session.execute(
        sa.select(Succession.successor_id, Unit)
        .join(Unit, Unit.id == Succession.predecessor_id)
        .where(
            Succession.successor_id.in_([iu.unit_id for iu in young]),
            Succession.kind != SuccessionKind.TRANSFER,
        )
        .order_by(Unit.id)
    )
    before: dict[int, list[Unit]] = {}
    for successor_id, unit in rows:
        before.setdefault(successor_id, []).append(unit)
    inherited: dict[int, list[ReviewedItem]] = defaultdict(list)
    for item in review.items:
        if item.inherited and item.ground is Ground.CONCLUDED:
            inherited[item.piece.inspected_unit_id].append(item)
    return [_lineage_note(iu, before.get(iu.unit_id, []), inherited[iu.id]) for iu in young]


def _lineage_note(iu: InspectedUnit, predecessors: list[Unit], inherited: list[ReviewedItem]) -> str:
    formed = format_date(iu.unit.valid_from)
    if not predecessors:
        return (
            f"{iu.unit.name} hình thành ngày {formed}. Thời kỳ trước ngày này chưa ghi đơn vị cũ "
            "nên không thuộc phạm vi kiểm tra."
        )
    old = " và ".join(unit.name for unit in predecessors)
    text = (
        f"{iu.unit.name} (trước là {old}) hình thành ngày {formed}. "
        "Thời kỳ trước ngày này được tính theo đơn vị cũ"
    )
    told = dict.fromkeys(
        f"phần của {item.name_on(refusal)} đã có kết luận tại {wording.source(refusal)} (kế thừa)"
        for item in inherited
        for refusal in item.refusals
        if refusal.ground is Ground.CONCLUDED
    )
    return "; ".join([text, *told]) + "."


@dataclass(frozen=True)
class OldConclusion:
    """A notice in force about a unit of the case: its remediation may be checked, its contents not scored."""

    conclusion_id: int
    citation: str
    concluded_on: date
    body_name: str
    unit_name: str
    contents: int

    @property
    def source(self) -> str:
        """“Thông báo số 45/TB-SNV ngày 12/8/2026”, or what kind of paper it is."""
        return wording.notice(self.citation, self.concluded_on)


def list_old_conclusions(inspection: Inspection, *, most: int = 30) -> list[OldConclusion]:
    """Notices in force about the units of the case or their predecessors in scope, newest first."""
    ids = {iu.unit_id for iu in inspection.units}
    ids |= set(
        db.session.scalars(
            sa.select(Succession.predecessor_id).where(
                Succession.successor_id.in_(ids), Succession.kind != SuccessionKind.TRANSFER
            )
        )
    )
    rows = db.session.execute(
        sa.select(
            Conclusion.id, Conclusion.number_and_symbol, Conclusion.concluded_on, Conclusion.body_name,
            Coverage.unit_id, sa.func.count(Coverage.id),
        )
        .join(Coverage, Coverage.conclusion_id == Conclusion.id)
        .where(Coverage.unit_id.in_(ids), Conclusion.state == ConclusionState.IN_FORCE)
        .group_by(
            Conclusion.id, Conclusion.number_and_symbol, Conclusion.concluded_on, Conclusion.body_name,
            Coverage.unit_id,
        )
        .order_by(Conclusion.concluded_on.desc(), Conclusion.id.desc(), Coverage.unit_id)
        .limit(most)
    ).all()  # fmt: skip
    units = unit_names({row.unit_id for row in rows})
    return [
        OldConclusion(row[0], row[1], row[2], row[3], units[row[4]].version_on(row[2]).name, row[5])
        for row in rows
    ]
