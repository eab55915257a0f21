"""The dates that a case has still to keep about a unit: the team's report, then the notice."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from app.deadlines.models import Step, StepDate
from app.extensions import db
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, InspectedUnitState
from app.policy import Actor

OWED = ((Step.TEAM_REPORT, InspectedUnitState.ENDED), (Step.NOTICE, InspectedUnitState.REPORTED))
"""Each step is owed while the unit stands so."""


@dataclass(frozen=True)
class DateOwed:
    """A unit about which a step is still owed, its nearest date, whether the actor may see the case."""

    unit: InspectedUnit
    date: StepDate
    seen: bool


def list_owed(actor: Actor) -> list[DateOwed]:
    """Of every unit about which a report or a notice is owed, the nearest date; the nearest first."""
    seen = inspections.visible_to(actor).label("seen")
    stands = (sa.and_(StepDate.step == step, InspectedUnit.state == state) for step, state in OWED)
    rows = db.session.execute(
        sa.select(InspectedUnit, StepDate, seen)
        .join(StepDate, StepDate.inspected_unit_id == InspectedUnit.id)
        .join(InspectedUnit.inspection)
        .where(sa.or_(*stands))
        .options(
            contains_eager(InspectedUnit.inspection).options(lazyload("*")), joinedload(InspectedUnit.unit)
        )
        .order_by(StepDate.due_on, StepDate.id)
    ).all()
    nearest: dict[int, DateOwed] = {}
    for unit, date, may_see in rows:
        nearest.setdefault(unit.id, DateOwed(unit, date, bool(may_see)))
    return list(nearest.values())
