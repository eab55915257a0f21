"""Asking the register: what is free, what is concluded and where, what is being inspected and by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.register.boxes import Box, subtract
from app.register.models import Claim, Conclusion, ConclusionState, Coverage, Mandate
from app.register.review import Ground, Refusal, Review, Reviewed, Wanted

Spot = tuple[int, int]
"""(unit, content): boxes of different spots never meet."""


@dataclass(frozen=True)
class Taken:
    """A box that stands in the register."""

    box: Box
    refusal: Refusal


def _box(row: Any) -> Box:
    return Box(row.unit_id, row.content_id, row.starts_on, row.ends_on, row.part_from, row.part_to)


def _within(
    model: type[Claim] | type[Coverage], units: set[int], contents: set[int], first: date, last: date
) -> Any:
    return sa.and_(
        model.unit_id.in_(units),
        model.content_id.in_(contents),
        model.starts_on < last,
        model.ends_on > first,
    )


def _claims(where: Any, mandate_id: int | None) -> Iterable[Any]:
    query = (
        sa.select(
            Claim.unit_id,
            Claim.content_id,
            Claim.part_from,
            Claim.part_to,
            Claim.starts_on,
            Claim.ends_on,
            Claim.level,
            Claim.conclusion_id,
            Claim.mandate_id,
            Claim.ended_at,
            Claim.reopening_id,
            Mandate.body_name,
            Mandate.decision,
            Mandate.decided_on,
            Mandate.leader_name,
            Mandate.leader_title,
            Mandate.until_on,
            Conclusion.number_and_symbol,
            Conclusion.concluded_on,
            Conclusion.body_name.label("conclusion_body"),
        )
        .join(Mandate, Mandate.id == Claim.mandate_id)
        .outerjoin(Conclusion, Conclusion.id == Claim.conclusion_id)
        .where(where, sa.or_(Claim.ended_at.is_(None), Claim.reopening_id.is_not(None)))
    )
    if mandate_id is not None:
        query = query.where(sa.or_(Claim.mandate_id != mandate_id, Claim.conclusion_id.is_not(None)))
    return db.session.execute(query)


def _coverage(where: Any) -> Iterable[Any]:
    return db.session.execute(
        sa.select(
            Coverage.unit_id,
            Coverage.content_id,
            Coverage.part_from,
            Coverage.part_to,
            Coverage.starts_on,
            Coverage.ends_on,
            Coverage.conclusion_id,
            Conclusion.level,
            Conclusion.number_and_symbol,
            Conclusion.concluded_on,
            Conclusion.body_name,
            Conclusion.mandate_id,
        )
        .join(Conclusion, Conclusion.id == Coverage.conclusion_id)
        .where(where, Conclusion.state == ConclusionState.IN_FORCE, Conclusion.record_only.is_(False))
    )


def taken(
    units: set[int], contents: set[int], first: date, last: date, *, mandate_id: int | None = None
) -> dict[Spot, list[Taken]]:
    """Everything that stands on these units and contents within `[first, last)`: claims ∪ coverage."""
    found: dict[Spot, list[Taken]] = defaultdict(list)
    lifted: dict[int, list[Box]] = defaultdict(list)
    shown: set[tuple[int, Box]] = set()
    for row in _claims(_within(Claim, units, contents, first, last), mandate_id):
        box = _box(row)
        if row.ended_at is not None:
            if row.conclusion_id is not None:
                lifted[row.conclusion_id].append(box)
            continue
        if row.conclusion_id is not None:
            shown.add((row.conclusion_id, box))
        found[(box.unit_id, box.content_id)].append(Taken(box, _claim_refusal(row, box)))
    for row in _coverage(_within(Coverage, units, contents, first, last)):
        box = _box(row)
        if (row.conclusion_id, box) in shown:
            continue
        for piece in subtract(box, lifted.get(row.conclusion_id, ())):
            refusal = Refusal(
                ground=Ground.CONCLUDED,
                box=piece,
                level=row.level,
                body_name=row.body_name,
                citation=row.number_and_symbol,
                dated_on=row.concluded_on,
                conclusion_id=row.conclusion_id,
                mandate_id=row.mandate_id,
            )
            found[(box.unit_id, box.content_id)].append(Taken(piece, refusal))
    return found


def _claim_refusal(row: Any, box: Box) -> Refusal:
    if row.conclusion_id is not None:
        return Refusal(
            ground=Ground.CONCLUDED,
            box=box,
            level=row.level,
            body_name=row.conclusion_body,
            citation=row.number_and_symbol,
            dated_on=row.concluded_on,
            conclusion_id=row.conclusion_id,
            mandate_id=row.mandate_id,
        )
    leader = ", ".join(part for part in (row.leader_name, row.leader_title) if part)
    return Refusal(
        ground=Ground.HELD,
        box=box,
        level=row.level,
        body_name=row.body_name,
        citation=row.decision,
        dated_on=row.decided_on,
        leader=leader,
        until_on=row.until_on,
        mandate_id=row.mandate_id,
    )


def review(wanted: Sequence[Wanted], *, level: int, mandate_id: int | None = None) -> Review:
    """Decide a whole plan at once: two reads, whatever its size.

    What the same or a higher level holds or concluded refuses; what a lower level concluded only warns.
    `mandate_id`: the asker's own held claims are not in its way.
    """
    if not wanted:
        return Review()
    standing = taken(
        {item.box.unit_id for item in wanted},
        {item.box.content_id for item in wanted},
        min(item.box.starts_on for item in wanted),
        max(item.box.ends_on for item in wanted),
        mandate_id=mandate_id,
    )
    return Review(tuple(_decide(item, standing, level) for item in wanted))


def _decide(item: Wanted, standing: dict[Spot, list[Taken]], level: int) -> Reviewed:
    refusals: list[Refusal] = []
    warnings: list[Refusal] = []
    holes: list[Box] = []
    for other in standing.get((item.box.unit_id, item.box.content_id), ()):
        shared = item.box.common(other.box)
        if shared is None:
            continue
        cited = _cut(other.refusal, shared)
        if other.refusal.level >= level:
            refusals.append(cited)
            holes.append(other.box)
        else:
            warnings.append(cited)
    refusals.sort(key=lambda refusal: (refusal.box, refusal.citation))
    warnings.sort(key=lambda refusal: (refusal.box, refusal.citation))
    return Reviewed(item, subtract(item.box, holes), tuple(refusals), tuple(warnings))


def _cut(refusal: Refusal, box: Box) -> Refusal:
    return Refusal(
        ground=refusal.ground,
        box=box,
        level=refusal.level,
        body_name=refusal.body_name,
        citation=refusal.citation,
        dated_on=refusal.dated_on,
        leader=refusal.leader,
        until_on=refusal.until_on,
        conclusion_id=refusal.conclusion_id,
        mandate_id=refusal.mandate_id,
    )


def free_of_claims(box: Box) -> tuple[Box, ...]:
    """The pieces of `box` on which no live claim of any level stands."""
    rows = db.session.execute(
        sa.select(
            Claim.unit_id, Claim.content_id, Claim.part_from, Claim.part_to, Claim.starts_on, Claim.ends_on
        ).where(
            _within(Claim, {box.unit_id}, {box.content_id}, box.starts_on, box.ends_on),
            Claim.ended_at.is_(None),
        )
    )
    return subtract(box, [_box(row) for row in rows])
