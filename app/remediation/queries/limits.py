"""How far the date of a task may still be moved here: the limits of its profile and what was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.deadlines import queries as deadlines
from app.deadlines.models import ProfileCode, Step
from app.deadlines.settings import (
    DEFAULT_PROFILE,
    EXTENSION_DAYS_IN_SUM,
    EXTENSION_DAYS_MOST,
    EXTENSIONS_MOST,
)
from app.deadlines.working_days import add_working_days
from app.remediation.models import Task, TaskState
from app.vietnamese import count, format_date


@dataclass(frozen=True)
class ExtensionRoom:
    """The limits of today and what earlier extensions used of them, in working days.

    `latest`: the last date that is decided on the system; None = only by an issued letter of answer.
    """

    times: int
    days: int
    most_times: int
    most_days: int
    most_in_sum: int
    latest: date | None

    @property
    def told(self) -> str:
        """The limits in words, with the next step where they are used up."""
        used = f"Đã gia hạn {count(self.times)}/{count(self.most_times)} lần"
        if self.times:
            used += f", tổng {count(self.days)}/{count(self.most_in_sum)} ngày làm việc"
        if self.latest is None:
            return f"{used}; gia hạn thêm bằng công văn trả lời được ban hành."
        return (
            f"{used}. Trên hệ thống gia hạn được đến hết ngày {format_date(self.latest)}; "
            "xa hơn thì bằng công văn trả lời được ban hành."
        )


def profile_of(task: Task) -> str:
    """The profile whose rules count for the task: its own, its case's, else the office's usual one."""
    own = task.profile or (task.inspection.profile if task.inspection is not None else "")
    return ProfileCode(own or deadlines.setting(DEFAULT_PROFILE)).value


def extension_room(task: Task) -> ExtensionRoom:
    """What is left for a task with a date."""
    code = profile_of(task)
    most_times, most_days, most_in_sum = (
        deadlines.setting(limit[code])
        for limit in (EXTENSIONS_MOST, EXTENSION_DAYS_MOST, EXTENSION_DAYS_IN_SUM)
    )
    times, days = len(task.extensions), sum(row.working_days for row in task.extensions)
    left = min(most_days, most_in_sum - days)
    latest = None
    if task.term is not None and times < most_times and left > 0:
        latest = add_working_days(task.term, left, deadlines.current_calendar())
    return ExtensionRoom(times, days, most_times, most_days, most_in_sum, latest)


_REPORTED = (TaskState.SUBMITTED, TaskState.WATCHING, TaskState.ACCEPTED)


def check_window(task: Task) -> tuple[date, date] | None:
    """First and last day for a look on the spot at what the unit reported as done; None before it did."""
    if task.submitted_on is None or task.converted or task.state not in _REPORTED:
        return None
    profile = profile_of(task)
    earliest, latest = (
        deadlines.due_on(profile, step, task.submitted_on).due_on
        for step in (Step.FOLLOW_UP_CHECK_EARLIEST, Step.FOLLOW_UP_CHECK_LATEST)
    )
    return earliest, max(earliest, latest)
