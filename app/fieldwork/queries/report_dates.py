"""The dates by which a team reports on the units where its inspection has ended."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from app.deadlines.models import Step, StepDate
from app.extensions import db
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, InspectedUnitState
from app.policy import Actor


@dataclass(frozen=True)
class ReportOwed:
    """A unit on which no report was made yet, its nearest date, whether the actor may see the case."""

    unit: InspectedUnit
    date: StepDate
    seen: bool


def list_reports_owed(actor: Actor) -> list[ReportOwed]:
    """Of every unit that has ended and was not reported on, the nearest date; the nearest first."""
    seen = inspections.visible_to(actor).label("seen")
    rows = db.session.execute(
        sa.select(InspectedUnit, StepDate, seen)
        .join(StepDate, StepDate.inspected_unit_id == InspectedUnit.id)
        .join(InspectedUnit.inspection)
        .where(StepDate.step == Step.TEAM_REPORT, InspectedUnit.state == InspectedUnitState.ENDED)
        .options(
            contains_eager(InspectedUnit.inspection).options(lazyload("*")), joinedload(InspectedUnit.unit)
        )
        .order_by(StepDate.due_on, StepDate.id)
    ).all()
    nearest: dict[int, ReportOwed] = {}
    for unit, date, may_see in rows:
        nearest.setdefault(unit.id, ReportOwed(unit, date, bool(may_see)))
    return list(nearest.values())
