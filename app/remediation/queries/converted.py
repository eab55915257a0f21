"""What is still to be filled in of tasks that came from an old table: condition and label of each lack."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from app import clock
from app.accounts.models import Appointment, AppointmentKind
from app.errors import NotFound
from app.extensions import db
from app.policy import Actor
from app.remediation.models import Task, TaskState
from app.remediation.queries.past import get_past_task
from app.remediation.queries.tasks import DATED_KINDS


class Lack(StrEnum):
    DUE = "due"
    HEAD = "head"
    DONE_ON = "done_on"
    EVIDENCE = "evidence"


LACK_LABELS: dict[Lack, str] = {
    Lack.DUE: "Chưa có thời hạn",
    Lack.HEAD: "Đơn vị chủ trì chưa có người đứng đầu",
    Lack.DONE_ON: "Chưa có ngày hoàn thành",
    Lack.EVIDENCE: "Hoàn thành chưa có minh chứng",
}


def without_evidence() -> sa.ColumnElement[bool]:
    """Accepted although no document and no file was ever named."""
    return sa.and_(Task.state == TaskState.ACCEPTED, Task.has_evidence.is_(False))


def _conditions(today: date) -> dict[Lack, sa.ColumnElement[bool]]:
    head = sa.exists().where(
        Appointment.unit_id == Task.lead_unit_id,
        Appointment.kind == AppointmentKind.HEAD,
        Appointment.from_on <= today,
        sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
    )
    accepted = Task.state == TaskState.ACCEPTED
    return {
        Lack.DUE: sa.and_(Task.deadline_kind.in_(DATED_KINDS), Task.due_on.is_(None)),
        Lack.HEAD: sa.and_(~accepted, ~head),
        Lack.DONE_ON: sa.and_(accepted, Task.completed_on.is_(None)),
        Lack.EVIDENCE: without_evidence(),
    }


def lacking(today: date) -> sa.ColumnElement[bool]:
    """Something of the task is still to be filled in."""
    return sa.or_(*_conditions(today).values())


def lacks_of(task_ids: Collection[int]) -> dict[int, tuple[Lack, ...]]:
    """What is to be filled in of each of these tasks that lacks anything: one read."""
    conditions = _conditions(clock.today())
    rows = db.session.execute(
        sa.select(Task.id, *conditions.values()).where(
            Task.id.in_(task_ids), Task.converted.is_(True), lacking(clock.today())
        )
    ).all()
    return {
        row[0]: tuple(lack for lack, is_so in zip(conditions, row[1:], strict=True) if is_so) for row in rows
    }


def get_converted(actor: Actor, task_id: int) -> Task:
    """A task that came from an old table, for the office. Raises NotFound."""
    found = get_past_task(actor, task_id)
    if not found.converted:
        raise NotFound()
    return found
