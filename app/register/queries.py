"""Asking the register: what is free, what is concluded and where, what is being inspected and by whom.

Who may know what: the office everything; observers what is concluded; a unit's own people what is concluded
about their unit and the units it was formed from. Nobody outside the office learns of a held claim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.policy import Actor, Role
from app.register.boxes import Box, subtract
from app.register.models import Claim, Conclusion, ConclusionState, Coverage, Mandate, Reservation
from app.register.review import Cited, Ground, Refusal, Review, Reviewed, Wanted
from app.units import lineage
from app.units.models import Unit, UnitType, UnitVersion
from app.units.queries import Kin, list_kin
from app.vietnamese import sort_key

Spot = tuple[int, int]
"""(unit, content): boxes of different spots never meet."""


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


def _claims(where: Any, own: Collection[int], *, settled: bool) -> Iterable[Any]:
    query = sa.select(
        Claim.unit_id,
        Claim.content_id,
        Claim.part_from,
        Claim.part_to,
        Claim.starts_on,
        Claim.ends_on,
        Claim.conclusion_id,
        Claim.mandate_id,
        Claim.ended_at,
    ).where(
        where,
        sa.or_(Claim.ended_at.is_(None), Claim.lifted(settled=settled)),
        # a reservation whose day has passed is free, though nobody has ended it yet
        sa.or_(Claim.lapses_on.is_(None), Claim.lapses_on >= clock.today(), Claim.conclusion_id.is_not(None)),
    )
    if own:
        query = query.where(sa.or_(Claim.mandate_id.not_in(own), Claim.conclusion_id.is_not(None)))
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
        )
        .join(Conclusion, Conclusion.id == Coverage.conclusion_id)
        .where(where, Conclusion.state == ConclusionState.IN_FORCE, Conclusion.record_only.is_(False))
    )


def taken(
    units: set[int],
    contents: set[int],
    first: date,
    last: date,
    *,
    own: Collection[int] = (),
    concluded_only: bool = False,
) -> dict[Spot, list[Refusal]]:
    """Everything that stands on these units and contents within `[first, last)`: claims ∪ coverage.

    A box that is both claimed and covered by one conclusion stands once. `own`: mandates whose held claims
    are left out; `concluded_only` leaves all of them out, for those who may not know of them: what is
    reopened stands for them as the old notice says until the new one.
    """
    found: dict[Spot, list[Refusal]] = defaultdict(list)
    told: dict[tuple[int, int, int], list[Box]] = defaultdict(list)
    claims = list(_claims(_within(Claim, units, contents, first, last), own, settled=concluded_only))
    coverage = list(_coverage(_within(Coverage, units, contents, first, last)))
    conclusions = cite_conclusions({row[6] for row in claims} | {row[6] for row in coverage})
    mandates = _mandates({row[7] for row in claims if row[6] is None})
    for unit, content, part_from, part_to, starts_on, ends_on, conclusion, mandate, ended_at in claims:
        box = Box(unit, content, starts_on, ends_on, part_from, part_to)
        if conclusion is not None:
            # live, or lifted by a reopening: its coverage says no more
            told[(conclusion, unit, content)].append(box)
        if ended_at is None and not (concluded_only and conclusion is None):
            cited = mandates[mandate] if conclusion is None else conclusions[conclusion]
            found[(unit, content)].append(Refusal(box, cited))
    for unit, content, part_from, part_to, starts_on, ends_on, conclusion in coverage:
        box = Box(unit, content, starts_on, ends_on, part_from, part_to)
        for piece in subtract(box, told.get((conclusion, unit, content), ())):
            found[(unit, content)].append(Refusal(piece, conclusions[conclusion]))
    return found


def cite_conclusions(ids: set[int | None]) -> dict[int, Cited]:
    """What to say of each conclusion: a few papers stand behind thousands of boxes."""
    rows = db.session.execute(
        sa.select(
            Conclusion.id, Conclusion.level, Conclusion.body_name, Conclusion.number_and_symbol,
            Conclusion.concluded_on, Conclusion.mandate_id,
        ).where(Conclusion.id.in_(ids - {None}))
    )  # fmt: skip
    return {
        row.id: Cited(
            ground=Ground.CONCLUDED,
            level=row.level,
            body_name=row.body_name,
            citation=row.number_and_symbol,
            dated_on=row.concluded_on,
            conclusion_id=row.id,
            mandate_id=row.mandate_id,
        )
        for row in rows
    }


def _mandates(ids: set[int]) -> dict[int, Cited]:
    """What to say of each team at work, and of each draft that has reserved."""
    rows = db.session.execute(
        sa.select(
            Mandate.id, Mandate.level, Mandate.body_name, Mandate.decision, Mandate.decided_on,
            Mandate.leader_name, Mandate.leader_title, Mandate.until_on, Mandate.suspended_on,
            Reservation.planned, Reservation.lapses_on,
        )
        .outerjoin(Reservation, Reservation.mandate_id == Mandate.id)
        .where(Mandate.id.in_(ids))
    )  # fmt: skip
    return {
        row.id: Cited(
            ground=Ground.HELD if row.lapses_on is None else Ground.RESERVED,
            level=row.level,
            body_name=row.body_name,
            citation=row.decision,
            dated_on=row.decided_on,
            leader=", ".join(part for part in (row.leader_name, row.leader_title) if part),
            until_on=row.lapses_on or row.until_on,
            mandate_id=row.id,
            planned=row.planned or "",
            suspended_on=row.suspended_on,
        )
        for row in rows
    }


def review(
    wanted: Sequence[Wanted],
    *,
    level: int,
    mandate_id: int | None = None,
    concluded_only: bool = False,
    reserved: Collection[int] = (),
) -> Review:
    """Decide a whole plan at once: five reads, whatever its size.

    What the same or a higher level holds or concluded refuses; what a lower level holds or concluded only
    warns. What stands on the whole of which a unit is a part, or on its parts, is told as `near` (never to
    those who may not know of held claims). `mandate_id`: the asker's own held claims are not in its way,
    nor are those under the mandates `reserved` for it (what was reopened for it, what its draft reserved).
    """
    if not wanted:
        return Review()
    asked = {item.box.unit_id for item in wanted}
    kin = {} if concluded_only else list_kin(asked)
    standing = taken(
        asked | {one.unit_id for kept in kin.values() for one in kept},
        {item.box.content_id for item in wanted},
        min(item.box.starts_on for item in wanted),
        max(item.box.ends_on for item in wanted),
        own={*reserved, *(() if mandate_id is None else (mandate_id,))},
        concluded_only=concluded_only,
    )
    return Review(tuple(_decide(item, standing, level, kin.get(item.box.unit_id, ())) for item in wanted))


def _decide(item: Wanted, standing: dict[Spot, list[Refusal]], level: int, kin: Sequence[Kin]) -> Reviewed:
    box = item.box
    refusals: list[Refusal] = []
    warnings: list[Refusal] = []
    holes: list[Box] = []
    for other in standing.get((box.unit_id, box.content_id), ()):
        shared = box.common(other.box)
        if shared is None:
            continue
        if other.cited.level >= level:
            refusals.append(Refusal(shared, other.cited))
            holes.append(shared)
        else:
            warnings.append(Refusal(shared, other.cited))
    near = _near(item, standing, kin) if kin else ()
    left = subtract(box, holes) if holes else (box,)
    return Reviewed(item, left, _in_order(refusals), _in_order(warnings), near)


def _in_order(found: list[Refusal]) -> tuple[Refusal, ...]:
    return tuple(sorted(found, key=lambda refusal: (refusal.box, refusal.citation)))


def _near(item: Wanted, standing: dict[Spot, list[Refusal]], kin: Sequence[Kin]) -> tuple[Refusal, ...]:
    """What stands on wholes and parts of the unit on the days on which they were that."""
    found: list[Refusal] = []
    for one in kin:
        first = max(item.box.starts_on, one.starts_on)
        last = min(item.box.ends_on, one.ends_on) if one.ends_on else item.box.ends_on
        if one.unit_id in item.along or first >= last:
            continue
        there = Box(one.unit_id, item.box.content_id, first, last, item.box.part_from, item.box.part_to)
        for other in standing.get((there.unit_id, there.content_id), ()):
            shared = there.common(other.box)
            if shared is not None:
                found.append(Refusal(shared, other.cited))
    return _in_order(found)


def live_boxes(boxes: Sequence[Box], *, from_level: int = 0) -> dict[Spot, list[Box]]:
    """Every live claim of this level or above on the spots of `boxes`: one read."""
    found: dict[Spot, list[Box]] = defaultdict(list)
    if not boxes:
        return found
    rows = db.session.execute(
        sa.select(
            Claim.unit_id, Claim.content_id, Claim.part_from, Claim.part_to, Claim.starts_on, Claim.ends_on
        ).where(
            _within(
                Claim,
                {box.unit_id for box in boxes},
                {box.content_id for box in boxes},
                min(box.starts_on for box in boxes),
                max(box.ends_on for box in boxes),
            ),
            Claim.ended_at.is_(None),
            Claim.level >= from_level,
        )
    )
    for row in rows:
        found[(row.unit_id, row.content_id)].append(_box(row))
    return found


def sees_holds(actor: Actor) -> bool:
    """Whether the person may know what is being inspected."""
    return actor.in_office


def visible_units(actor: Actor) -> frozenset[int] | None:
    """Whose conclusions the person may read; None = everybody's."""
    if actor.in_office or Role.OBSERVER in actor.roles:
        return None
    return lineage.with_predecessors(actor.unit_ids)


@dataclass(frozen=True)
class Named:
    """A unit with the names it had: (from, name, type), oldest first."""

    unit_id: int
    code: str
    valid_from: date
    valid_to: date | None
    search: str
    versions: tuple[tuple[date, str, UnitType], ...]

    def exists_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def version_on(self, day: date) -> tuple[date, str, UnitType]:
        """The version in force on `day`, the nearest one outside the unit's life."""
        return next((item for item in reversed(self.versions) if item[0] <= day), self.versions[0])


def list_names(actor: Actor) -> list[Named]:
    """Every unit whose conclusions the person may read, with its names: one read, in Vietnamese order.

    Units that exist today stand before former ones.
    """
    query = (
        sa.select(
            Unit.id,
            Unit.code,
            Unit.valid_from,
            Unit.valid_to,
            Unit.search,
            UnitVersion.from_on,
            UnitVersion.name,
            UnitVersion.type,
        )
        .join(UnitVersion, UnitVersion.unit_id == Unit.id)
        .order_by(Unit.id, UnitVersion.from_on)
    )
    visible = visible_units(actor)
    if visible is not None:
        query = query.where(Unit.id.in_(visible))
    named = [_named(list(rows)) for _, rows in groupby(db.session.execute(query), key=lambda row: row.id)]
    today = clock.today()
    return sorted(
        named,
        key=lambda unit: (not unit.exists_on(today), sort_key(unit.version_on(today)[1]), unit.unit_id),
    )


def _named(rows: Sequence[Any]) -> Named:
    first = rows[0]
    return Named(
        first.id,
        first.code,
        first.valid_from,
        first.valid_to,
        first.search,
        tuple((row.from_on, row.name, row.type) for row in rows),
    )


def list_units(actor: Actor, ids: Collection[int]) -> list[Unit]:
    """Those of `ids` whose conclusions the person may read."""
    visible = visible_units(actor)
    wanted = set(ids) if visible is None else set(ids) & visible
    return list(db.session.scalars(sa.select(Unit).where(Unit.id.in_(wanted)).order_by(Unit.id)))


def get_unit(actor: Actor, unit_id: int) -> Unit:
    """The unit, for who may read its conclusions. Raises NotFound."""
    visible = visible_units(actor)
    found = db.session.get(Unit, unit_id) if visible is None or unit_id in visible else None
    if found is None:
        raise NotFound
    return found


def get_conclusion(actor: Actor, conclusion_id: int) -> Conclusion:
    """The conclusion, for who may read something that it decided. Raises NotFound."""
    query = sa.select(Conclusion).where(Conclusion.id == conclusion_id)
    visible = visible_units(actor)
    if visible is not None:
        query = query.where(
            sa.exists().where(Coverage.conclusion_id == Conclusion.id, Coverage.unit_id.in_(visible))
        )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def get_recorded(actor: Actor, conclusion_id: int) -> Conclusion:
    """The conclusion, for the office, which records them. Raises NotFound."""
    found = db.session.get(Conclusion, conclusion_id) if actor.in_office else None
    if found is None:
        raise NotFound
    return found
