"""Counting tasks by what their lateness depends on: by sets of days, not one by one.

A figure is a condition on `Task`; here it is asked of each set once, so that twenty figures of a hundred
thousand tasks cost one walk through an index. Conditions that look at more than `OF` are asked of tasks.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.visitors import replacement_traverse

from app.remediation.models import Task

OF = (
    Task.state, Task.deadline_kind, Task.due_on, Task.proof_due_on, Task.supplement_on, Task.review_on,
    Task.submitted_on, Task.completed_on, Task.converted,
)  # fmt: skip
"""What the state and the lateness of a task are told by; `ix_task_figures` holds them in this order."""


class Sets:
    """The tasks that meet some conditions, by sets of equal values of `OF`: a table for one SELECT."""

    def __init__(self, *which: sa.ColumnElement[bool]) -> None:
        self.rows = (
            sa.select(*OF, sa.func.count().label("many")).select_from(Task).where(*which).group_by(*OF)
        ).subquery("task_set")

    def total(self) -> sa.ColumnElement[int]:
        """How many tasks there are."""
        return _whole(self.rows.c.many)

    def how_many(self, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        """Of how many the condition on `Task` is true, which may look at `OF` alone."""
        return _whole(sa.case((self._of_rows(condition), self.rows.c.many), else_=0))

    def _of_rows(self, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        def here(element: Any, **_kw: Any) -> Any:
            if isinstance(element, sa.Column) and element.table.name == Task.__tablename__:
                return self.rows.c[element.key]
            return None

        found: sa.ColumnElement[bool] = replacement_traverse(condition, {}, here)
        return found


def _whole(numbers: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(sa.func.sum(numbers), 0), sa.BigInteger)
