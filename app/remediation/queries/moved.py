"""Open tasks whose date another calendar would count otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from app.deadlines.working_days import Calendar, add_working_days
from app.extensions import db
from app.policy import Actor
from app.remediation.models import Task
from app.remediation.queries.tasks import OPEN_STATES, visible_to

MOST = 200


def list_moved(calendar: Calendar, actor: Actor) -> tuple[int, Sequence[tuple[Task, date]]]:
    """How many open tasks `calendar` counts otherwise, and the nearest `MOST` of those this person may see.

    Only dates that were counted and never moved since: one set by hand or by an extension counts for itself.
    Counted once for each term and beginning, so that a table of 100,000 tasks is asked twice, not read.
    """
    counted = (
        Task.state.in_(OPEN_STATES),
        Task.term_days.is_not(None),
        Task.due_on.is_not(None),
        sa.or_(Task.original_due_on.is_(None), Task.original_due_on == Task.due_on),
    )
    terms = db.session.execute(
        sa.select(Task.counted_from, Task.term_days, Task.due_on, sa.func.count())
        .where(*counted)
        .group_by(Task.counted_from, Task.term_days, Task.due_on)
    ).all()
    total = 0
    others: dict[tuple[date | None, int | None, date | None], date] = {}
    for start, days, due, number in terms:
        assert start is not None and days is not None, "a term stands with the day it runs from"
        there = add_working_days(start, days, calendar)
        if there != due:
            others[start, days, due] = there
            total += number
    if not others:
        return 0, ()
    nearest = sorted(others, key=lambda term: (term[2] or date.max, term[0] or date.max))[:MOST]
    tasks = db.session.scalars(
        sa.select(Task)
        .where(
            *counted,
            visible_to(actor),
            sa.or_(
                *(
                    sa.and_(Task.counted_from == start, Task.term_days == days, Task.due_on == due)
                    for start, days, due in nearest
                )
            ),
        )
        .options(joinedload(Task.lead_unit), lazyload(Task.results))
        .order_by(Task.due_on, Task.id)
        .limit(MOST)
    )
    return total, [(task, others[task.counted_from, task.term_days, task.due_on]) for task in tasks]
