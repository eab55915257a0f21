"""The kept counts of tasks: folded, compared with the tasks themselves, and made anew.

The triggers of migration 0052 write the same as `told_of_task` says here; a test holds them equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.followup.models import LATE, ON_TIME, TaskCount
from app.remediation.models import Task, TaskState
from app.remediation.queries import DATED_KINDS, OWED_STATES

KEPT = (
    TaskCount.follower_id, TaskCount.state, TaskCount.deadline_kind, TaskCount.converted, TaskCount.due_on,
    TaskCount.proof_due_on, TaskCount.review_on, TaskCount.submitted_on, TaskCount.report_due_on,
)  # fmt: skip
NAMES = [column.key for column in KEPT]


def told_of_task() -> Sequence[Any]:
    """The values of `KEPT` of a task."""
    over = Task.state.in_((TaskState.SUBMITTED, TaskState.ACCEPTED))
    never = Task.state.in_((TaskState.DRAFT, TaskState.WITHDRAWN))
    stopped = sa.func.coalesce(Task.submitted_on, Task.completed_on)
    on_time, late = sa.literal(ON_TIME, sa.Date()), sa.literal(LATE, sa.Date())

    def judged(day: Any) -> sa.ColumnElement[Any]:
        nothing: Any = sa.cast(sa.null(), sa.Date())
        return sa.case((sa.or_(day.is_(None), never), nothing), (over, on_time), else_=Task.term)

    looked_at = sa.and_(
        Task.deadline_kind.not_in(DATED_KINDS), Task.state.in_((*OWED_STATES, TaskState.WATCHING))
    )
    report_day = sa.func.coalesce(Task.report_due_on, Task.due_on)
    return (
        Task.follower_id, Task.state, Task.deadline_kind, Task.converted,
        judged(Task.due_on), judged(Task.proof_due_on), sa.case((looked_at, Task.review_on)),
        sa.case((sa.and_(over, stopped.is_not(None)), sa.case((stopped > Task.term, late), else_=on_time))),
        sa.case((Task.state.in_(OWED_STATES), report_day)),
    )  # fmt: skip


def _counted() -> sa.Select[Any]:
    """The sets as they are, counted from the tasks."""
    one = sa.select(*(c.label(name) for c, name in zip(told_of_task(), NAMES, strict=True))).subquery("one")
    columns = [one.c[name] for name in NAMES]
    return sa.select(*columns, sa.func.count().label("many")).group_by(*columns)


def wrong() -> list[tuple[Any, ...]]:
    """What the kept counts say otherwise than the tasks: (values of `KEPT`, how many too many)."""
    counted = _counted().subquery("counted")
    both = sa.union_all(
        sa.select(*KEPT, TaskCount.many), sa.select(*list(counted.c)[:-1], -counted.c.many)
    ).subquery("both")
    columns, many = list(both.c)[:-1], sa.cast(sa.func.sum(list(both.c)[-1]), sa.BigInteger)
    query = sa.select(*columns, many).group_by(*columns).having(many != 0)
    return [tuple(row) for row in db.session.execute(query)]


def fold() -> int:
    """Make one row of those of equal values; the caller commits. How many rows there are fewer.

    Nobody waits for it: what others write meanwhile stands beside what is folded.
    """
    many = sa.cast(sa.func.sum(TaskCount.many), sa.BigInteger)
    before = _rows()
    if db.session.get_bind().dialect.name == "postgresql":  # one statement sees and takes the same rows
        taken = sa.delete(TaskCount).returning(*KEPT, TaskCount.many).cte("taken")
        columns = [taken.c[name] for name in NAMES]
        total = sa.cast(sa.func.sum(taken.c.many), sa.BigInteger)
        folded = sa.select(*columns, total).group_by(*columns).having(total != 0)
        db.session.execute(sa.insert(TaskCount).from_select([*NAMES, "many"], folded).add_cte(taken))
    else:  # whoever writes is alone
        last = db.session.scalar(sa.select(sa.func.max(TaskCount.id))) or 0
        folded = sa.select(*KEPT, many).group_by(*KEPT).having(many != 0)
        db.session.execute(sa.insert(TaskCount).from_select([*NAMES, "many"], folded))
        db.session.execute(sa.delete(TaskCount).where(TaskCount.id <= last))
    return before - _rows()


def rebuild() -> None:
    """Count all tasks anew; whoever writes tasks waits until the caller commits."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text("LOCK TABLE task, task_count IN SHARE ROW EXCLUSIVE MODE"))
    db.session.execute(sa.delete(TaskCount))
    db.session.execute(sa.insert(TaskCount).from_select([*NAMES, "many"], _counted()))


def _rows() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(TaskCount)) or 0
