"""The plan of a case before its notice: draft tasks, and the findings that have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, joinedload, lazyload, selectinload

from app.extensions import db
from app.findings.models import Finding, FindingState
from app.inspections.models import InspectedUnit, InspectedUnitState, Inspection
from app.remediation.models import Task, TaskState, task_finding
from app.remediation.queries.tasks import FAR


def list_draft(inspection_id: int) -> Sequence[Task]:
    """Draft tasks of a case, by unit, milestone and date, with findings and units loaded."""
    return db.session.scalars(
        sa.select(Task)
        .join(InspectedUnit, InspectedUnit.id == Task.inspected_unit_id)
        .where(Task.inspection_id == inspection_id, Task.state == TaskState.DRAFT)
        .options(*_plan_options())
        .order_by(InspectedUnit.ordinal, sa.func.coalesce(Task.due_on, FAR), Task.id)
    ).all()


def list_asked(inspected_unit_ids: Sequence[int]) -> Sequence[Task]:
    """What these units of a case are to mend, drafted or given by a notice, by unit, date and code."""
    return db.session.scalars(
        sa.select(Task)
        .join(InspectedUnit, InspectedUnit.id == Task.inspected_unit_id)
        .where(
            Task.inspected_unit_id.in_(inspected_unit_ids),
            Task.inspection_id == InspectedUnit.inspection_id,
            Task.state != TaskState.WITHDRAWN,
        )
        .options(joinedload(Task.lead_unit), selectinload(Task.results))
        .order_by(InspectedUnit.ordinal, sa.func.coalesce(Task.due_on, FAR), Task.id)
    ).all()


def list_for_document(document_id: int) -> Sequence[Task]:
    """The tasks an issued notice gave, in the order of their codes."""
    return db.session.scalars(
        sa.select(Task).where(Task.document_id == document_id).options(*_plan_options()).order_by(Task.code)
    ).all()


def _plan_options() -> tuple[Any, ...]:
    return (
        joinedload(Task.lead_unit),
        selectinload(Task.coordinating),
        selectinload(Task.findings),
        joinedload(Task.follower),
        joinedload(Task.inspected_unit).options(lazyload(InspectedUnit.visits)),
    )


@dataclass(frozen=True)
class PlannedUnit:
    """One inspected unit on the plan: draft tasks, findings that have none, tasks a notice has given."""

    inspected_unit: InspectedUnit
    tasks: Sequence[Task]
    without: Sequence[Finding]
    issued: Sequence[Task]

    @property
    def concluded(self) -> bool:
        """Whether a notice stands for the unit: nothing is planned for it any more."""
        return self.inspected_unit.state is InspectedUnitState.CONCLUDED


def planned_for(
    finding_id: int | InstrumentedAttribute[int], state: TaskState = TaskState.DRAFT
) -> sa.Exists:
    """Whether a draft task answers the finding (or one in `state`): those of a recalled notice do not."""
    return sa.exists().where(
        task_finding.c.finding_id == finding_id,
        Task.id == task_finding.c.task_id,
        Task.state == state,
    )


def find_withdrawn(finding_id: int) -> Task | None:
    """The newest task of the finding that was withdrawn with its notice."""
    return db.session.scalar(
        sa.select(Task)
        .join(task_finding, task_finding.c.task_id == Task.id)
        .where(task_finding.c.finding_id == finding_id, Task.state == TaskState.WITHDRAWN)
        .order_by(Task.id.desc())
        .limit(1)
    )


def list_plan(inspection: Inspection) -> list[PlannedUnit]:
    """The plan of a case, unit by unit. Mended on the spot or excused: listed with the reason."""
    tasks = list_draft(inspection.id)
    issued = db.session.scalars(
        sa.select(Task)
        .where(Task.inspection_id == inspection.id, Task.state != TaskState.DRAFT)
        .options(*_plan_options(), joinedload(Task.document))
        .order_by(Task.code)
    ).all()
    loose = db.session.scalars(
        sa.select(Finding)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .where(
            InspectedUnit.inspection_id == inspection.id,
            Finding.state == FindingState.AGREED,
            ~planned_for(Finding.id),
        )
        .order_by(Finding.ordinal)
    ).all()
    return [
        PlannedUnit(
            unit,
            [task for task in tasks if task.inspected_unit_id == unit.id],
            [finding for finding in loose if finding.inspected_unit_id == unit.id],
            [task for task in issued if task.inspected_unit_id == unit.id],
        )
        for unit in inspection.units
    ]


def list_agreed(inspected_unit_id: int) -> Sequence[Finding]:
    """Findings a draft task may answer."""
    return db.session.scalars(
        sa.select(Finding)
        .where(Finding.inspected_unit_id == inspected_unit_id, Finding.state == FindingState.AGREED)
        .order_by(Finding.ordinal)
    ).all()
