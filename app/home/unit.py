"""The unit's own page (screen 8): who answers for it, what is nearest, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import lazyload, selectinload

from app import clock
from app.accounts.models import Appointment, AppointmentKind, FocalPoint, Person
from app.extensions import db
from app.findings import queries as findings
from app.findings.models import UnitProposal
from app.home import queries
from app.home.work.following import unit_name
from app.home.work.together import Part, Rows, Together
from app.inspections.models import InspectedUnit
from app.policy import Actor, Standing
from app.remediation import queries as remediation
from app.remediation.models import (
    DIRECTIVE_LABELS,
    Directive,
    ScheduleStep,
    Task,
    TaskSchedule,
)
from app.remediation.queries import BY_DAY, OPEN_STATES, URGED_STATES
from app.units.models import Unit

TASKS = 20
"""Of what the unit has in hand, the nearest."""
SHORT = 30
"""Lines of a list beside the tasks."""
PROPOSALS = 5


@dataclass(frozen=True)
class Figures:
    """What is nearest, what is overdue and since when, how much is open."""

    head: str
    nearest_on: date | None
    nearest_count: int
    oldest_on: date | None
    overdue: int
    returned: int
    open: int


@dataclass(frozen=True)
class Handed:
    """Tasks of units that are no more, which the head has to acknowledge; an object of rights."""

    number: int
    givers: tuple[str, ...]

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """The head acknowledges; everybody else at the unit reads."""
        return frozenset({Standing.UNIT_HEAD} if actor.headed_unit_ids else ())


@dataclass(frozen=True)
class Asked:
    """What a leader asked about a task, by when."""

    id: int
    label: str
    text: str
    answer_due_on: date
    task_id: int
    code: str
    task: str


@dataclass(frozen=True)
class UnitPage:
    """All of the page that is not a notice, a task or a paper."""

    unit: Unit
    figures: Figures
    handed: Handed
    directives: Sequence[Asked]
    late_steps: Rows
    """Of (text, answerable, due_on, task_id, code)."""
    focal: Any
    """(name, contact, to_on) of who speaks for the unit; None without."""
    proposals: Rows
    """Of (text, answering_body, answer_due_on, answer, answer_reference, answered_on, giver)."""
    week: list[queries.Day]


def of(unit: Unit, actor: Actor) -> UnitPage:
    """The page of one unit, with what waits at all units of the actor."""
    of_units = tuple(sorted(actor.unit_ids)) or (unit.id,)
    found = _lists(actor, unit.id, of_units, clock.today()).read()
    (figures,), handed, directives, steps, focal, proposals, visits, reports = found
    return UnitPage(
        unit,
        figures,
        Handed(sum(row.many for row in handed), tuple(row.giver or "" for row in handed)),
        directives,
        steps,
        focal[0] if focal else None,
        proposals,
        queries.days_of_week(actor, visits, reports),
    )


@lru_cache(maxsize=128)
def _lists(actor: Actor, unit_id: int, of_units: tuple[int, ...], today: date) -> Together:
    """Put together once a day for each person."""
    return Together.of(
        [
            Part(_figures(unit_id, today), _told_figures),
            Part(remediation.handed_to(of_units, today), list),
            Part(_directives(of_units), _told_directives),
            Part(_late_steps(of_units, today), list),
            Part(_focal(unit_id, today), list),
            Part(_proposals(of_units), list),
            *queries.parts_of_week(actor, today),
        ]
    )


def _figures(unit_id: int, today: date) -> sa.Select[*tuple[Any, ...]]:
    on = sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today)
    head = (
        sa.select(Person.name + ", " + Appointment.title)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.unit_id == unit_id, Appointment.kind == AppointmentKind.HEAD,
            Appointment.from_on <= today, on,
        )
        .limit(1)
    )  # fmt: skip
    one = (
        sa.select(Task.state, Task.term.label("term"), Task.judged_on)
        .where(Task.lead_unit_id == unit_id, Task.state.in_(OPEN_STATES))
        .cte()
        .prefix_with("MATERIALIZED")
        .c
    )
    ahead = sa.and_(one.state.in_(URGED_STATES), one.term >= today)
    nearest = sa.select(sa.func.min(one.term)).where(ahead).scalar_subquery()
    late = one.judged_on < today

    def many(*which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count(one.state)).where(*which).scalar_subquery()

    return sa.select(
        head.scalar_subquery().label("head"),
        nearest.label("nearest_on"),
        many(ahead, one.term == nearest).label("nearest_count"),
        sa.select(sa.func.min(one.judged_on)).where(late).scalar_subquery().label("oldest_on"),
        many(late).label("overdue"),
        many(one.state == "returned").label("returned"),
        many().label("open"),
    )


def _told_figures(rows: Rows) -> list[Figures]:
    return [
        Figures(
            row.head or "",
            row.nearest_on,
            row.nearest_count,
            row.oldest_on,
            row.overdue,
            row.returned,
            row.open,
        )
        for row in rows
    ]


def _directives(unit_ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Directive.id, Directive.kind, Directive.text, Directive.answer_due_on, Directive.task_id,
            Task.code, Task.text.label("task"),
        )
        .join(Task, Task.id == Directive.task_id)
        .where(remediation.asked_of_units(unit_ids))
        .order_by(Directive.answer_due_on, Directive.id)
        .limit(SHORT)
    )  # fmt: skip


def _told_directives(rows: Rows) -> list[Asked]:
    return [
        Asked(
            row.id, DIRECTIVE_LABELS[row.kind], row.text, row.answer_due_on, row.task_id, row.code, row.task
        )
        for row in rows
    ]


def _late_steps(unit_ids: Sequence[int], today: date) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            ScheduleStep.text, ScheduleStep.answerable, ScheduleStep.due_on, TaskSchedule.task_id, Task.code
        )
        .join(TaskSchedule, TaskSchedule.id == ScheduleStep.schedule_id)
        .join(Task, Task.id == TaskSchedule.task_id)
        .where(remediation.is_late_step(today, Task.lead_unit_id.in_(unit_ids)))
        .order_by(ScheduleStep.due_on, ScheduleStep.id)
        .limit(SHORT)
    )


def _focal(unit_id: int, today: date) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(FocalPoint.name, FocalPoint.contact, FocalPoint.to_on)
        .where(
            FocalPoint.unit_id == unit_id,
            FocalPoint.from_on <= today,
            sa.or_(FocalPoint.to_on.is_(None), FocalPoint.to_on >= today),
        )
        .limit(1)
    )


def _proposals(unit_ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    """The unit's own, and those it took over, and how far the answer is: the newest."""
    whose: sa.ColumnElement[int] = sa.func.coalesce(InspectedUnit.unit_id, UnitProposal.sender_id)
    giver = sa.case((whose.not_in(unit_ids), unit_name(whose)), else_="")
    return (
        sa.select(
            UnitProposal.text, UnitProposal.answering_body, UnitProposal.answer_due_on, UnitProposal.answer,
            UnitProposal.answer_reference, UnitProposal.answered_on, giver.label("giver"),
        )
        .outerjoin(InspectedUnit, InspectedUnit.id == UnitProposal.inspected_unit_id)
        .where(findings.said_by(unit_ids))
        .order_by(UnitProposal.id.desc())
        .limit(PROPOSALS)
    )  # fmt: skip


def list_tasks(unit_ids: Sequence[int]) -> Sequence[Task]:
    """What the unit has in hand, returned and overdue first, then by date; at most `TASKS`."""
    return db.session.scalars(_tasks(tuple(unit_ids))).all()


@lru_cache(maxsize=128)
def _tasks(unit_ids: tuple[int, ...]) -> sa.Select[Task]:
    return (
        sa.select(Task)
        .where(Task.lead_unit_id.in_(unit_ids), Task.state.in_(OPEN_STATES))
        .options(
            *remediation.NOTICE, selectinload(Task.assignments),
            selectinload(Task.extension_requests), lazyload(Task.results),
        )
        .order_by(Task.state == "submitted", BY_DAY, Task.id)
        .limit(TASKS)
    )  # fmt: skip
