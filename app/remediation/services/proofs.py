"""What a continuing task owes by a day: mended again after a recurrence, proved again every period."""

from __future__ import annotations

from datetime import date

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.working_days import add_months, roll_forward
from app.errors import DomainError
from app.extensions import db
from app.remediation.models import ProofKind, Task, TaskProof

EVERY = (1, 3, 6, 12)
"""Months that a period may have."""


def owe(task: Task, kind: ProofKind, due_on: date, *, told: str = "") -> TaskProof:
    """From today the unit owes this by `due_on`; what it owed before is settled first."""
    made = TaskProof(task_id=task.id, kind=kind, asked_on=clock.today(), due_on=due_on, told=told)
    task.proofs.append(made)
    task.proof_due_on = due_on
    return made


def settle(task: Task, on: date) -> None:
    """Stop the clock of what is owed, if anything is: the unit answered, or its day no longer counts."""
    row = owed(task)
    if row is None:
        return
    assert task.term is not None, "what is owed has a day"
    row.settled_on, row.counted_to_on = on, task.term
    task.proof_due_on = task.supplement_on = None
    db.session.flush()  # before the next one is owed: a task owes one at a time


def owed(task: Task) -> TaskProof | None:
    """What is owed now."""
    return next((row for row in task.proofs if row.settled_on is None), None)


def begin_periods(task: Task, every: int | None) -> None:
    """While the task is watched its proof is due every so many months; None = it is only watched.

    Raises DomainError (every) for another number, or when the watch ends before the first proof is due.
    """
    if every is not None and every not in EVERY:
        raise DomainError("Chọn kỳ báo cáo minh chứng trong danh sách.", field="every")
    task.proof_every = every
    if every is None:
        return
    if not _owe_period(task, clock.today(), clock.today()):
        raise DomainError(
            "Thời gian theo dõi ngắn hơn một kỳ. Kéo dài thời gian theo dõi hoặc bỏ chọn kỳ.", field="every"
        )


def prove(task: Task, on: date) -> None:
    """The unit proved that it lasts: the period is settled on that day and the next one is owed.

    A paper from before the period began proves nothing of it.
    """
    row = owed(task)
    if row is None or row.kind is not ProofKind.PERIOD or on < row.asked_on:
        return
    after = max(row.due_on, clock.today())
    settle(task, on)
    _owe_period(task, _anchor(task), after)


def renew(task: Task) -> None:
    """The watch was prolonged: a period that now fits into it is owed."""
    if task.proof_every is not None and owed(task) is None:
        _owe_period(task, _anchor(task), clock.today())


def _anchor(task: Task) -> date:
    """The day from which the periods of this watch run."""
    first = clock.today()
    for row in reversed(task.proofs):
        if row.kind is not ProofKind.PERIOD:
            break
        first = row.asked_on
    return first


def _owe_period(task: Task, anchor: date, after: date) -> bool:
    """Owe the first period that ends after a day, if the watch lasts until then."""
    assert task.proof_every is not None and task.review_on is not None
    months = task.proof_every
    while add_months(anchor, months) <= after:
        months += task.proof_every
    due_on = roll_forward(add_months(anchor, months), deadlines.current_calendar())
    if due_on > task.review_on:
        return False
    owe(task, ProofKind.PERIOD, due_on)
    return True
