"""Requests of units for more time that nobody decided yet: of whom they wait, and the whole list of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, lazyload

from app.deadlines.models import StepDate
from app.extensions import db
from app.policy import Action, Actor, can
from app.remediation.models import ExtensionRequest, RequestState, Task, TaskState
from app.remediation.queries.tasks import OWED_STATES, PAGE
from app.web.paging import Cursor, Page, slice_page


def waits_for_decision(actor: Actor) -> sa.ColumnElement[bool]:
    """A request for more time nobody decided: on a task this person follows, or any that they may decide.

    They are few, so it is asked of each and not of all that is followed.
    """
    asked = aliased(Task)
    decides = sa.and_(
        sa.literal(can(actor, Action.DECIDE_EXTENSION)),
        ExtensionRequest.requested_by != actor.person_id,
        asked.lead_unit_id.not_in(sorted(actor.unit_ids)),
    )
    return sa.and_(
        ExtensionRequest.state == RequestState.OPEN,
        sa.exists().where(
            asked.id == ExtensionRequest.task_id,
            sa.or_(asked.follower_id == actor.person_id, decides),
            asked.state.in_((*OWED_STATES, TaskState.SUBMITTED)),
        ),
    )


def list_requests(actor: Actor, cursor: Cursor | None = None, *, size: int = PAGE) -> Page[ExtensionRequest]:
    """What waits to be decided by this person, or to be answered by who follows it; the oldest first."""
    backwards = cursor is not None and cursor.backwards
    key: tuple[Any, ...] = (ExtensionRequest.requested_on, ExtensionRequest.id)
    query = sa.select(ExtensionRequest).where(waits_for_decision(actor))
    if cursor is not None:
        day, number = date.fromisoformat(str(cursor.values[0])), int(cursor.values[1] or 0)
        here, there = sa.tuple_(*key), sa.tuple_(sa.literal(day, sa.Date()), sa.literal(number))
        query = query.where(here < there if backwards else here > there)
    rows = db.session.scalars(
        query.options(
            joinedload(ExtensionRequest.task).joinedload(Task.lead_unit),
            joinedload(ExtensionRequest.task).lazyload(Task.results),
            joinedload(ExtensionRequest.answer_date),
            lazyload(ExtensionRequest.files),
        )
        .order_by(*([column.desc() for column in key] if backwards else key))
        .limit(size + 1)
    ).all()
    return slice_page(rows, size=size, cursor=cursor, key=lambda row: (row.requested_on.isoformat(), row.id))


def list_answers_owed() -> Sequence[tuple[Task, StepDate]]:
    """Tasks whose unit waits for an answer, with the day by which it is owed, the nearest first."""
    rows = db.session.execute(
        sa.select(Task, StepDate)
        .join(ExtensionRequest, ExtensionRequest.task_id == Task.id)
        .join(StepDate, StepDate.request_id == ExtensionRequest.id)
        .where(
            ExtensionRequest.state == RequestState.OPEN,
            Task.state.in_((*OWED_STATES, TaskState.SUBMITTED)),
        )
        .options(lazyload("*"), joinedload(Task.lead_unit))
        .order_by(StepDate.due_on, StepDate.id)
    )
    return [(task, row) for task, row in rows]
