"""Counting tasks by what their lateness depends on: by sets of days, not one by one.

A figure is a condition on `Task`; here it is asked of each set once, so that twenty figures of a hundred
thousand tasks cost one walk through a thousand kept sets. Some tasks are walked through once themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from app.followup.models import TaskCount
from app.remediation.models import Task
from app.remediation.queries import HAS_TERM, OWED_STATES, URGED_STATES

OF = (
    Task.state, Task.deadline_kind, Task.due_on, Task.proof_due_on, Task.supplement_on, Task.review_on,
    Task.submitted_on, Task.completed_on, Task.converted,
)  # fmt: skip
"""What the state and the lateness of a task are told by; `ix_task_figures` holds them in this order."""
ALIKE = frozenset({"follower_id", "state", "deadline_kind", "converted"})
"""Columns of `Task` that a kept set has as they are."""
JUDGED: Any = sa.case((sa.and_(Task.state.in_(URGED_STATES), HAS_TERM, Task.converted.is_(False)), Task.term))
"""`Task.judged_on` by what a set tells; a test holds them equal."""
_ABSENT: Any = sa.cast(sa.null(), sa.Date())
"""What a kept set has told already in its other days."""


class Sets:
    """The tasks that meet some conditions, by what the figures tell apart: a table for one SELECT.

    Kept sets where `ALIKE` alone says which tasks, else each task is a set of its own, of which `more`
    columns than `OF` may be asked.
    """

    def __init__(self, *which: sa.ColumnElement[bool], more: Sequence[Any] = ()) -> None:
        self.kept = all(_looks_at_alike(condition) for condition in which)
        if self.kept:
            self._columns = dict(TaskCount.__table__.c)
            rows: Any = sa.select(TaskCount.__table__).where(*map(self._of_rows, which))
        else:
            rows = sa.select(*OF, *more, sa.literal(1).label("many")).select_from(Task).where(*which)
        self._columns = dict(rows.subquery("found").c)
        told = sa.select(*self._columns.values(), self._of_rows(JUDGED).label("judged_on"))
        self._rows = told.cte().prefix_with("MATERIALIZED").c  # not worked out anew for every figure
        self._columns = dict(self._rows)

    def total(self) -> sa.ColumnElement[int]:
        """How many tasks there are."""
        return _whole(self._rows.many)

    def how_many(self, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        """Of how many the condition on `Task` is true, which may look at `OF` (and at `more`) alone."""
        return _whole(sa.case((self._of_rows(condition), self._rows.many), else_=0))

    def column(self, name: str) -> sa.ColumnElement[Any]:
        """What a set tells of its tasks."""
        return self._columns[name]

    def _of_rows(self, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        def here(element: Any, **_kw: Any) -> Any:
            if isinstance(element, sa.Column) and element.table.name == Task.__tablename__:
                return self._columns.get(element.key, _ABSENT)
            return None

        found: sa.ColumnElement[bool] = replacement_traverse(condition, {}, here)
        return found


def _looks_at_alike(condition: sa.ColumnElement[bool]) -> bool:
    """Whether nothing else than columns of `ALIKE` is asked."""
    return all(
        element.table.name == Task.__tablename__ and element.key in ALIKE
        for element in iterate(condition)
        if isinstance(element, sa.Column)
    )


def reports_due(first: date, last: date, *which: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """SELECT of (day, many): owed tasks of these whose report is due on each of the days, in order."""
    owed = Task.state.in_(OWED_STATES)
    sets = Sets(owed, *which)
    if sets.kept:
        day, many, query = sets.column("report_due_on"), sets.total(), sa.select()
    else:
        day, many = sa.func.coalesce(Task.report_due_on, Task.due_on), sa.func.count()
        query = sa.select().where(owed, *which)
    told = query.add_columns(day.label("day"), many.label("many")).where(day.between(first, last))
    return told.group_by(day).having(many != 0).order_by(day)


def _whole(numbers: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(sa.func.sum(numbers), 0), sa.BigInteger)
