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
class EatenDate:
    """A date of the annex: `due_on` is `missing` working days earlier than counted from the paper's day."""

    task: Task
    due_on: date
    missing: int


def short_dates(record: Record, on: date) -> tuple[EatenDate, ...]:
    """What is short if the paper is of `on`. A date set by hand was counted by nothing and is never short."""
    counted = [
        (task, task.due_on, task.term_days)
        for task in record.tasks
        if task.state is TaskState.DRAFT and task.deadline_kind in DATED_KINDS
    ]
    if not any(days is not None for *_rest, days in counted):
        return ()
    calendar = deadlines.current_calendar()
    terms = {
        code: deadlines.milestone_terms(code, on)
        for code in {task.case.profile for task, _due, _days in counted}
    }
    found = []
    for task, due, days in counted:
        if due is None or days is None:
            continue
        whole = terms[task.case.profile].due_on(on, days, calendar)
        if due < whole:
            found.append(EatenDate(task, due, working_days_between(due, whole, calendar)))
    return tuple(found)
