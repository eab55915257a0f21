"""Open tasks whose date another calendar would count otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from app.deadlines import queries as deadlines
from app.deadlines.working_days import Calendar, Mode, Rule
from app.extensions import db
from app.policy import Actor
from app.remediation.models import Task
from app.remediation.queries.tasks import OPEN_STATES, visible_to

MOST = 200
WORKING = Rule(1, Mode.WORKING)
"""How a date was counted that names no version of a rule."""
_Term = tuple[date | None, int | None, date | None, str, int | None]


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
    columns = (Task.counted_from, Task.term_days, Task.due_on, Task.profile, Task.rule_number)
    terms = db.session.execute(
        sa.select(*columns, sa.func.count()).where(*counted).group_by(*columns)
    ).all()  # fmt: skip
    total = 0
    rules = deadlines.remediation_rules()
    others: dict[_Term, date] = {}
    for start, days, due, profile, version, number in terms:
        assert start is not None and days is not None, "a term stands with the day it runs from"
        there = rules.get((profile, version or 0), WORKING).of(days).due_on(start, calendar)
        if there != due:
            others[start, days, due, profile, version] = there
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
                    sa.and_(
                        *(
                            column.is_not_distinct_from(value)
                            for column, value in zip(columns, term, strict=True)
                        )
                    )
                    for term in nearest
                )
            ),
        )
        .options(joinedload(Task.lead_unit), lazyload(Task.results))
        .order_by(Task.due_on, Task.id)
        .limit(MOST)
    )
    return total, [
        (task, others[task.counted_from, task.term_days, task.due_on, task.profile, task.rule_number])
        for task in tasks
    ]
