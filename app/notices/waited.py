"""Dates that the wait for a signature has eaten: fewer days are left than the profile gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.deadlines import queries as deadlines
from app.deadlines.working_days import working_days_between
from app.notices.record import Record
from app.remediation.models import Task, TaskState
from app.remediation.queries import DATED_KINDS


@dataclass(frozen=True)
class ShortDate:
    """A date of the annex at line `row`: `missing` working days earlier than counted from the paper's day."""

    row: int
    task: Task
    missing: int


def short_dates(record: Record, on: date) -> tuple[ShortDate, ...]:
    """What is short if the paper is of `on`. A date set by hand was counted by nothing and is never short."""
    counted = [
        (row, task, task.due_on, task.term_days)
        for row, task in enumerate(record.tasks, 1)
        if task.state is TaskState.DRAFT and task.deadline_kind in DATED_KINDS
    ]
    if not any(days is not None for *_rest, days in counted):
        return ()
    calendar = deadlines.current_calendar()
    terms = {
        code: deadlines.milestone_terms(code, on)
        for code in {task.case.profile for _row, task, _due, _days in counted}
    }
    found = []
    for row, task, due, days in counted:
        if due is None or days is None:
            continue
        whole = terms[task.case.profile].due_on(on, days, calendar)
        if due < whole:
            found.append(ShortDate(row, task, working_days_between(due, whole, calendar)))
    return tuple(found)
