"""Reading scope: rows of a whole case in one query, items of one unit in form order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from app.extensions import db
from app.form_library.models import Criterion, CriterionGroup
from app.inspections.models import (
    Assignment,
    InspectedUnit,
    Inspection,
    ScopeItem,
    TeamMember,
)
from app.inspections.planning import ScopePiece, Selection
from app.units import lineage
from app.units.models import Succession, Unit


@dataclass(frozen=True)
class ScopeRow:
    """A scope item as plain values."""

    item_id: int
    piece: ScopePiece
    field_label: str
    higher_reason: str | None


def scope_rows(inspection: Inspection) -> Sequence[ScopeRow]:
    """Every scope item of the case, by unit and criterion; one query."""
    rows = db.session.execute(
        sa.select(
            ScopeItem.id,
            ScopeItem.inspected_unit_id,
            ScopeItem.unit_id,
            ScopeItem.criterion_id,
            ScopeItem.part_from,
            ScopeItem.part_to,
            ScopeItem.starts_on,
            ScopeItem.ends_on,
            ScopeItem.field_label,
            ScopeItem.higher_reason,
        )
        .join(InspectedUnit, InspectedUnit.id == ScopeItem.inspected_unit_id)
        .where(InspectedUnit.inspection_id == inspection.id, ScopeItem.stays())
        .order_by(
            InspectedUnit.ordinal,
            ScopeItem.criterion_id,
            ScopeItem.starts_on,
            ScopeItem.part_from,
            ScopeItem.id,
        )
    )
    return [ScopeRow(row[0], ScopePiece(*row[1:8]), row[8], row[9]) for row in rows]


def selections(inspection: Inspection) -> dict[int, Selection]:
    """What is asked of each inspected unit, whatever the days: criteria and part ranges."""
    found: dict[int, set[tuple[int, int, int]]] = defaultdict(set)
    for row in scope_rows(inspection):
        piece = row.piece
        found[piece.inspected_unit_id].add((piece.criterion_id, piece.part_from, piece.part_to))
    return {key: Selection(frozenset(value)) for key, value in found.items()}


def list_scope(inspected_unit_id: int) -> Sequence[ScopeItem]:
    """The scope items of one inspected unit in form order, with criterion, group and unit loaded."""
    return db.session.scalars(
        sa.select(ScopeItem)
        .join(ScopeItem.criterion)
        .join(Criterion.group)
        .where(ScopeItem.inspected_unit_id == inspected_unit_id, ScopeItem.stays())
        .options(
            contains_eager(ScopeItem.criterion).contains_eager(Criterion.group),
            selectinload(ScopeItem.unit),
        )
        .order_by(
            CriterionGroup.ordinal, Criterion.ordinal, ScopeItem.starts_on, ScopeItem.part_from, ScopeItem.id
        )
    ).all()


def count_scope(inspection_id: int) -> dict[int, int]:
    """How many scope items each inspected unit of the case has."""
    rows = db.session.execute(
        sa.select(ScopeItem.inspected_unit_id, sa.func.count())
        .join(InspectedUnit, InspectedUnit.id == ScopeItem.inspected_unit_id)
        .where(InspectedUnit.inspection_id == inspection_id, ScopeItem.stays())
        .group_by(ScopeItem.inspected_unit_id)
    )
    return {row[0]: row[1] for row in rows}


def groups_in_scope(inspection_id: int) -> set[tuple[int, int]]:
    """(inspected unit, group) of which something is asked."""
    rows = db.session.execute(
        sa.select(ScopeItem.inspected_unit_id, Criterion.group_id)
        .join(InspectedUnit, InspectedUnit.id == ScopeItem.inspected_unit_id)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .where(InspectedUnit.inspection_id == inspection_id, ScopeItem.stays())
        .distinct()
    )
    return {(row[0], row[1]) for row in rows}


@dataclass(frozen=True)
class GroupHead:
    """A group of contents without its criteria."""

    id: int
    code: str
    title: str
    short_title: str


def list_group_heads(version_id: int) -> list[GroupHead]:
    """The groups of a form version in form order; one query."""
    rows = db.session.execute(
        sa.select(CriterionGroup.id, CriterionGroup.code, CriterionGroup.title, CriterionGroup.short_title)
        .where(CriterionGroup.version_id == version_id)
        .order_by(CriterionGroup.ordinal)
    )
    return [GroupHead(row.id, row.code, row.title, row.short_title) for row in rows]


def assigned_group_ids(inspected_unit: InspectedUnit, person_id: int) -> set[int]:
    """The groups this person looks at in this unit; empty when nothing was assigned to them."""
    return set(
        db.session.scalars(
            sa.select(Assignment.group_id)
            .join(Assignment.member)
            .where(
                Assignment.inspected_unit_id == inspected_unit.id,
                TeamMember.person_id == person_id,
                TeamMember.inspection_id == inspected_unit.inspection_id,
            )
        )
    )


def unit_names(unit_ids: set[int]) -> dict[int, Unit]:
    """Units by id with their versions loaded."""
    if not unit_ids:
        return {}
    return {unit.id: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.id.in_(unit_ids)))}


def relies_on(succession: Succession) -> str | None:
    """Why this succession stands: cases whose scope reaches by it into the unit before; None without."""
    before = lineage.with_predecessors([succession.predecessor_id])
    rows = db.session.execute(
        sa.select(InspectedUnit.unit_id, Inspection.code)
        .join(ScopeItem, ScopeItem.inspected_unit_id == InspectedUnit.id)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(
            ScopeItem.unit_id.in_(before),
            ScopeItem.unit_id != InspectedUnit.unit_id,
        )
        .distinct()
        .order_by(Inspection.code)
    ).all()
    codes = [row.code for row in rows if succession.successor_id in lineage.with_predecessors([row.unit_id])]
    if not codes:
        return None
    return (
        f"Phạm vi của {', '.join(dict.fromkeys(codes))} đã tính theo việc kế thừa này nên không bỏ ghi được. "
        "Với bản dự thảo: bỏ phần của đơn vị cũ khỏi phạm vi trước."
    )
