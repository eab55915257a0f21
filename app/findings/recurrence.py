"""Recurrence: the same content of the same unit (or of one it was formed from), found wanting before.

Derived from the record, never typed: a concluded finding of an earlier period whose notice is in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.extensions import db
from app.findings.models import Finding, FindingState
from app.form_library.models import CriterionPart
from app.inspections.models import ScopeItem
from app.policy import Actor
from app.register import wording
from app.register.models import Claim, Conclusion, ConclusionState
from app.units import lineage


@dataclass(frozen=True)
class Earlier:
    """A concluded finding about the same content in an earlier period."""

    description: str
    conclusion_id: int
    number_and_symbol: str
    concluded_on: date

    @property
    def source(self) -> str:
        """“Thông báo số 45/TB-SNV ngày 12/8/2026”."""
        return wording.notice(self.number_and_symbol, self.concluded_on)


def earlier_of(items: Sequence[ScopeItem]) -> dict[int, list[Earlier]]:
    """By scope item: what stood before on its content, newest notice first. Items without are left out."""
    if not items:
        return {}
    before = {unit_id: lineage.with_predecessors([unit_id]) for unit_id in {item.unit_id for item in items}}
    unit_of = {item.id: item.unit_id for item in items}
    found: dict[int, list[Earlier]] = {}
    for row in _rows(list(unit_of), frozenset().union(*before.values())):
        if row.unit_id in before[unit_of[row.item_id]]:
            one = Earlier(row.description, row.conclusion_id, row.number_and_symbol, row.concluded_on)
            found.setdefault(row.item_id, []).append(one)
    return found


def _rows(item_ids: Sequence[int], unit_ids: frozenset[int]) -> Sequence[Any]:
    asked = aliased(ScopeItem)
    return db.session.execute(
        sa.select(
            asked.id.label("item_id"), Finding.id, Finding.description, Claim.unit_id,
            Conclusion.id.label("conclusion_id"), Conclusion.number_and_symbol, Conclusion.concluded_on,
        )
        .select_from(asked)
        .join(CriterionPart, CriterionPart.criterion_id == asked.criterion_id)
        .join(
            Claim,
            sa.and_(
                Claim.content_id == CriterionPart.content_id,
                Claim.unit_id.in_(unit_ids),
                Claim.ends_on <= asked.starts_on,
                Claim.part_from < asked.part_to,
                asked.part_from < Claim.part_to,
                Claim.part_from < CriterionPart.part_to,
                CriterionPart.part_from < Claim.part_to,
            ),
        )
        .join(Conclusion, Conclusion.id == Claim.conclusion_id)
        .join(Finding, Finding.scope_item_id == Claim.scope_item_id)
        .where(
            asked.id.in_(item_ids),
            Claim.ended_at.is_(None),
            Conclusion.state == ConclusionState.IN_FORCE,
            Finding.state == FindingState.CONCLUDED,
        )
        .distinct()
        .order_by(Conclusion.concluded_on.desc(), Finding.id.desc())
    ).all()  # fmt: skip


def told_to(actor: Actor, findings: Sequence[Finding]) -> list[Earlier]:
    """What stood before on the contents of these findings, each paper's finding once, for who may know of it:
    the office, and the people of the unit that was found wanting."""
    theirs = lineage.with_predecessors(actor.unit_ids) if findings and not actor.in_office else frozenset()
    known = [f.scope_item for f in findings if actor.in_office or f.scope_item.unit_id in theirs]
    return list(dict.fromkeys(one for found in earlier_of(known).values() for one in found))
