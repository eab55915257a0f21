"""What a planner chooses from: offices, units that existed in the period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.extensions import db
from app.inspections.models import Inspection
from app.policy import Actor
from app.units.models import Relation, Unit, UnitType, UnitVersion
from app.vietnamese import search_key, sort_key

_OFFICES = (UnitType.PROVINCE, UnitType.DISTRICT, UnitType.DEPARTMENT, UnitType.COMMUNE, UnitType.WARD)
MOST_SHOWN = 300


def list_offices() -> Sequence[Unit]:
    """Bodies of today in whose name a case may be run, in Vietnamese order of names."""
    day = clock.today()
    found = db.session.scalars(
        sa.select(Unit)
        .where(
            Unit.valid_from <= day,
            sa.or_(Unit.valid_to.is_(None), Unit.valid_to > day),
            Unit.id.in_(sa.select(UnitVersion.unit_id).where(UnitVersion.type.in_(_OFFICES))),
        )
        .limit(MOST_SHOWN)
    )
    return sorted(found, key=lambda unit: sort_key(unit.name))


def office_of(actor: Actor) -> int | None:
    """The body whose part the actor's unit is (a division's office), else the unit itself."""
    if actor.unit_id is None:
        return None
    unit = db.session.get(Unit, actor.unit_id)
    if unit is not None and unit.current.relation is Relation.PART_OF and unit.current.parent_id is not None:
        return unit.current.parent_id
    return actor.unit_id


def _alive(first: date, end: date) -> sa.ColumnElement[bool]:
    return sa.and_(Unit.valid_from < end, sa.or_(Unit.valid_to.is_(None), Unit.valid_to > first))


def list_units_to_add(inspection: Inspection, text: str = "") -> Sequence[Unit]:
    """Units that exist within the review period or today and are not in the case, by name."""
    day = clock.today()
    present = {iu.unit_id for iu in inspection.units} | {inspection.office_unit_id}
    query = (
        sa.select(Unit)
        .where(
            sa.or_(
                _alive(inspection.review_from, inspection.review_to),
                _alive(day, day + timedelta(days=1)),
            ),
            Unit.id.not_in(present),
        )
        .order_by(Unit.valid_to.is_not(None), Unit.id)
        .limit(MOST_SHOWN)
    )
    for word in search_key(text).split():
        query = query.where(Unit.search.contains(word, autoescape=True))
    found = db.session.scalars(query).all()
    return sorted(found, key=lambda unit: (unit.valid_to is not None, sort_key(unit.name)))
