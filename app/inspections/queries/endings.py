"""The end of a unit that is recorded late: which cases it concerns, and who else stands there. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from app.extensions import db
from app.inspections.models import InspectedUnit, Inspection, InspectionState, ScopeItem, ScopeRecut
from app.inspections.planning import last_day
from app.register import recut, wording
from app.register.review import Refusal
from app.units import lineage
from app.units.holds import Ending
from app.units.models import Succession
from app.vietnamese import count, format_date

UNDER_WAY = (InspectionState.DECIDED, InspectionState.IN_PROGRESS, InspectionState.SUSPENDED)


def name_before(ending: Ending) -> str:
    """The unit as it was called on its last day."""
    return ending.unit.version_on(last_day(ending.on)).name


def list_concerned(ending: Ending) -> Sequence[Inspection]:
    """Decided cases that ask something of the unit from its end on, or hold something there, by id."""
    units = sa.select(InspectedUnit.inspection_id).join(
        ScopeItem, ScopeItem.inspected_unit_id == InspectedUnit.id
    )
    holders = {one.mandate_id for one in recut.list_held_beyond(ending.unit.id, ending.on)}
    return db.session.scalars(
        sa.select(Inspection)
        .where(
            Inspection.state != InspectionState.DRAFT,
            sa.or_(
                Inspection.mandate_id.in_(holders),
                sa.and_(
                    Inspection.state.in_(UNDER_WAY),
                    sa.or_(
                        Inspection.id.in_(
                            units.where(ScopeItem.unit_id == ending.unit.id, ScopeItem.ends_on > ending.on)
                        ),
                        Inspection.id.in_(
                            units.join(ScopeRecut, ScopeRecut.scope_item_id == ScopeItem.id).where(
                                ScopeRecut.unit_id == ending.unit.id
                            )
                        ),
                    ),
                ),
            ),
        )
        .order_by(Inspection.id)
    ).all()


def list_strangers(ending: Ending, cases: Iterable[Inspection]) -> list[str]:
    """What stands on the unit from its end on and belongs to none of these cases: notices, other teams."""
    known = {case.mandate_id for case in cases}
    found: dict[tuple[str, str], list[Refusal]] = defaultdict(list)
    for refusal in recut.list_beyond(ending.unit.id, ending.on):
        if refusal.conclusion_id is not None or refusal.mandate_id not in known:
            verb = "đã kết luận" if refusal.conclusion_id is not None else "đang giữ"
            found[(f"{wording.source(refusal)} của {refusal.body_name}", verb)].append(refusal)
    return [
        f"{source} {verb} {count(len({one.box.content_id for one in many}))} nội dung của "
        f"{name_before(ending)}, đến ngày {format_date(max(one.box.last_day for one in many))}."
        for (source, verb), many in found.items()
    ]


def has_successor(ending: Ending) -> bool:
    """Whether anybody is recorded who took over, be it the function alone."""
    return bool(
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Succession)
            .where(Succession.predecessor_id == ending.unit.id, Succession.on_date >= ending.on)
        )
    )


def relies_on_recut(succession: Succession) -> str | None:
    """Why this succession stands: cases whose scope was cut by it after their decision; None without."""
    before = lineage.with_predecessors([succession.predecessor_id])
    codes = db.session.scalars(
        sa.select(Inspection.code)
        .join(InspectedUnit, InspectedUnit.inspection_id == Inspection.id)
        .join(ScopeItem, ScopeItem.inspected_unit_id == InspectedUnit.id)
        .join(ScopeRecut, ScopeRecut.scope_item_id == ScopeItem.id)
        .where(
            ScopeRecut.unit_id.in_(before),
            ScopeRecut.starts_on <= succession.on_date,
            ScopeRecut.ends_on > succession.on_date,
        )
        .distinct()
        .order_by(Inspection.code)
    ).all()
    if not codes:
        return None
    return f"Phạm vi của {', '.join(codes)} đã cắt lại theo việc sắp xếp này nên không bỏ ghi được."
