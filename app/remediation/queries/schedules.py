"""Lộ trình: the one in force of a task, its steps past their day, and who of the unit may write it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts import queries as accounts
from app.errors import NotFound
from app.extensions import db
from app.policy import Actor, Standing
from app.remediation.models import ScheduleStep, Task, TaskSchedule
from app.remediation.queries.tasks import OWED_STATES, get_visible

MOST = 50


@dataclass(frozen=True)
class Scheduled:
    """A task as the object of its schedule: the officer who leads it may write there."""

    task: Task

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the task, and whether it was given to them."""
        found = self.task.standing_of(actor)
        if Standing.UNIT_OFFICER not in found:
            return found
        leads = any(
            row.leads and row.ended_at is None and row.person_id == actor.person_id
            for row in self.task.assignments
        )
        return found | {Standing.LEAD_OFFICER} if leads else found


def get_scheduled(actor: Actor, task_id: int) -> Scheduled:
    """A visible task with its schedule. Raises NotFound."""
    return Scheduled(get_visible(actor, task_id))


@dataclass(frozen=True)
class StepOf(Scheduled):
    """One step of the schedule in force, as an address names it."""

    step: ScheduleStep


def get_step(actor: Actor, task_id: int, schedule_step_id: int) -> StepOf:
    """A step of the schedule in force of a visible task. Raises NotFound."""
    task = get_visible(actor, task_id)
    schedule = schedule_of(task)
    for step in schedule.steps if schedule is not None else ():
        if step.id == schedule_step_id:
            return StepOf(task, step)
    raise NotFound()


def schedule_of(task: Task) -> TaskSchedule | None:
    """The schedule in force."""
    return next((one for one in task.schedules if one.replaced_at is None), None)


def answers_now(task: Task, schedule: TaskSchedule) -> tuple[str, ...]:
    """Who answers for the steps still to be done, where that changed since the schedule was written.

    The officer who was given the task since; the head, when another unit or another head took over since.
    Empty when the names in the steps are those of today.
    """
    written_on = clock.local(schedule.written_at).date()
    found = [
        f"{row.officer_name} (chủ trì)"
        for row in task.assignments
        if row.leads and row.ended_at is None and row.assigned_at > schedule.written_at
    ]
    head = accounts.head_of(task.lead_unit)
    moved = any(
        row.to_unit_id == task.lead_unit_id and row.assigned_on > written_on for row in task.handovers
    )
    if head is not None and (moved or head.from_on > written_on):
        found.append(f"{head.person.name}, {head.title}")
    elif moved:
        found.append(f"Thủ trưởng {task.lead_unit.name}")
    return tuple(found)


def has_late_step(today: date) -> sa.ColumnElement[bool]:
    """Owed by the unit, with a step of the schedule in force past its day and not done."""
    late = (
        sa.select(TaskSchedule.task_id)
        .join(ScheduleStep, ScheduleStep.schedule_id == TaskSchedule.id)
        .where(
            TaskSchedule.replaced_at.is_(None), ScheduleStep.done_on.is_(None), ScheduleStep.due_on < today
        )
    )
    return sa.and_(Task.state.in_(OWED_STATES), Task.id.in_(late))


def is_late_step(today: date, whose: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Past its day and not done, of the schedule in force of tasks that are owed and that `whose` tells."""
    in_force = sa.exists().where(
        TaskSchedule.id == ScheduleStep.schedule_id, TaskSchedule.replaced_at.is_(None),
        Task.id == TaskSchedule.task_id, Task.state.in_(OWED_STATES), whose,
    )  # fmt: skip
    late = sa.select(ScheduleStep.id).where(
        ScheduleStep.done_on.is_(None), ScheduleStep.due_on < today, in_force
    )
    return ScheduleStep.id.in_(late)  # the few of them are found first


def list_late_steps(today: date, *, follower_id: int) -> Sequence[ScheduleStep]:
    """Steps past their day of tasks that this person follows, the oldest first."""
    return db.session.scalars(
        sa.select(ScheduleStep)
        .where(is_late_step(today, Task.follower_id == follower_id))
        .options(
            joinedload(ScheduleStep.schedule).joinedload(TaskSchedule.task).joinedload(Task.lead_unit)
        )
        .order_by(ScheduleStep.due_on, ScheduleStep.id)
        .limit(MOST)
    ).all()  # fmt: skip
