"""The nearest date of a case that was counted, as a column for its line."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.deadlines.models import Step, StepDate
from app.inspections.models import InspectedUnit, InspectedUnitState, Inspection


def due_of_case(step: Step, state: InspectedUnitState) -> sa.ScalarSelect[date]:
    """Of `step`, among the units of the case that stand so: of the outer `Inspection`."""
    return (
        sa.select(sa.func.min(StepDate.due_on))
        .join(InspectedUnit, InspectedUnit.id == StepDate.inspected_unit_id)
        .where(
            InspectedUnit.inspection_id == Inspection.id,
            InspectedUnit.state == state,
            StepDate.step == step,
        )
        .correlate(Inspection)
        .scalar_subquery()
    )
