"""Kế hoạch khắc phục that units owe on notices they received, by the dates that were counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.deadlines.models import Step, StepDate
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Document, Paper, paper_unit
from app.extensions import db
from app.remediation.models import Task, UnitPlan, paper_task
from app.remediation.queries.tasks import OWED_STATES
from app.units.models import Unit

MOST = 50


@dataclass(frozen=True)
class PlanOwed:
    """A unit has to plan how it mends what a notice asks, by the date."""

    unit: Unit
    notice: Document
    date: StepDate


def list_plans_owed(
    *, unit_ids: Sequence[int] = (), follower_id: int | None = None, most: int | None = MOST
) -> Sequence[PlanOwed]:
    """Of these units, of whom somebody follows, or of all: no plan of theirs is known, something is still
    owed. Nearest first."""
    rows = db.session.execute(_plans_owed(tuple(unit_ids), follower_id, most))
    return [PlanOwed(unit, notice, date) for unit, notice, date in rows]


@lru_cache(maxsize=128)
def _plans_owed(
    unit_ids: tuple[int, ...], follower_id: int | None, most: int | None
) -> sa.Select[Unit, Document, StepDate]:
    """Built once for each asker: every home of a unit and of a follower asks."""
    later, plan = aliased(StepDate), aliased(Document)
    newest = ~sa.exists().where(
        later.document_id == StepDate.document_id, later.unit_id == StepDate.unit_id,
        later.step == StepDate.step, later.event_on > StepDate.event_on,
    )  # fmt: skip
    owed = sa.exists().where(
        Task.document_id == StepDate.document_id,
        Task.lead_unit_id == StepDate.unit_id,
        Task.state.in_(OWED_STATES),
        *([Task.follower_id == follower_id] if follower_id is not None else []),
    )
    planned = (
        sa.select(Paper.id)
        .join(plan, plan.id == Paper.document_id)
        .join(paper_unit, paper_unit.c.paper_id == Paper.id)
        .join(paper_task, paper_task.c.paper_id == Paper.id)
        .join(Task, Task.id == paper_task.c.task_id)
        .where(
            plan.kind == DocumentKind.REMEDIATION_PLAN, plan.state.in_(IN_FORCE),
            paper_unit.c.unit_id == StepDate.unit_id, Task.document_id == StepDate.document_id,
        )
        .correlate(StepDate)
        .exists()
    )  # fmt: skip
    recorded = sa.exists().where(
        UnitPlan.document_id == StepDate.document_id, UnitPlan.unit_id == StepDate.unit_id
    )
    query = (
        sa.select(Unit, Document, StepDate)
        .select_from(StepDate)
        .join(Unit, Unit.id == StepDate.unit_id)
        .join(Document, Document.id == StepDate.document_id)
        .where(
            StepDate.step == Step.REMEDIATION_PLAN,
            newest,
            owed,
            ~planned,
            ~recorded,
            Document.state.in_(IN_FORCE),
        )
        .order_by(StepDate.due_on, StepDate.id)
        .limit(most)
    )
    if unit_ids:
        query = query.where(StepDate.unit_id.in_(unit_ids))
    return query


def list_plans(unit_id: int, document_ids: Sequence[int]) -> Sequence[UnitPlan]:
    """The unit's recorded plans for these notices, the newest first."""
    return db.session.scalars(
        sa.select(UnitPlan)
        .where(UnitPlan.unit_id == unit_id, UnitPlan.document_id.in_(document_ids))
        .order_by(UnitPlan.issued_on.desc(), UnitPlan.id.desc())
        .limit(MOST)
    ).all()


def list_to_plan(unit_id: int) -> Sequence[Document]:
    """Notices of which the unit still owes something, the newest first: what a plan may be for."""
    owed = sa.select(Task.document_id).where(Task.lead_unit_id == unit_id, Task.state.in_(OWED_STATES))
    return db.session.scalars(
        sa.select(Document)
        .where(Document.id.in_(owed))
        .order_by(Document.issued_on.desc(), Document.id.desc())
    ).all()
