"""The deadline badge and "Tiến độ", each derived by one function for all screens and print-outs. Pure.

Days left are working days, days overdue are calendar days. Lateness is judged by the day on which the unit
submitted, never by the day on which the office accepted: the clock stops at "Đã báo cáo, chờ thẩm tra" and
runs again when the result is returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.deadlines.working_days import Calendar, working_days_between
from app.vietnamese import count


class DeadlineKind(StrEnum):
    """Loại thời hạn."""

    FIXED = "fixed"
    AT_ONCE = "at_once"
    CONTINUING = "continuing"
    CONDITIONAL = "conditional"


DEADLINE_KIND_LABELS: dict[DeadlineKind, str] = {
    DeadlineKind.FIXED: "Có hạn cụ thể",
    DeadlineKind.AT_ONCE: "Khắc phục ngay",
    DeadlineKind.CONTINUING: "Thường xuyên",
    DeadlineKind.CONDITIONAL: "Chờ điều kiện",
}


class Stage(StrEnum):
    """How far a piece of work is; values are those of the task's states."""

    DRAFT = "draft"
    ISSUED = "issued"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WATCHING = "watching"
    WITHDRAWN = "withdrawn"


class DueKind(StrEnum):
    """The look of a badge: the modifier of `kl-due` (plain has none)."""

    PLAIN = "plain"
    SOON = "soon"
    TODAY = "today"
    OVER = "over"
    ONTIME = "ontime"
    LATE = "late"
    OPEN = "open"


@dataclass(frozen=True)
class DueBadge:
    """What stands beside the date in digits."""

    kind: DueKind
    text: str


class Progress(StrEnum):
    """Tiến độ: state × hạn, as every report asks for it. Vietnamese names in `PROGRESS_LABELS`."""

    PLANNED = "planned"
    NOT_STARTED = "not_started"
    IN_TIME = "in_time"
    OVERDUE = "overdue"
    WAITING = "waiting"
    REDO = "redo"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    DONE = "done"
    CONTINUING = "continuing"
    CONDITIONAL = "conditional"
    UNDATED = "undated"
    CONVERTED = "converted"
    CONVERTED_DONE = "converted_done"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The Vietnamese name shown to people."""
        return PROGRESS_LABELS[self]


PROGRESS_LABELS: dict[Progress, str] = {
    Progress.PLANNED: "Dự kiến",
    Progress.NOT_STARTED: "Chưa thực hiện",
    Progress.IN_TIME: "Đang thực hiện trong hạn",
    Progress.OVERDUE: "Đang thực hiện quá hạn",
    Progress.WAITING: "Chờ thẩm tra",
    Progress.REDO: "Thực hiện lại",
    Progress.DONE_ON_TIME: "Đã hoàn thành đúng hạn",
    Progress.DONE_LATE: "Đã hoàn thành quá hạn",
    Progress.DONE: "Đã hoàn thành",
    Progress.CONTINUING: "Thường xuyên",
    Progress.CONDITIONAL: "Chờ điều kiện",
    Progress.UNDATED: "Chưa có thời hạn",
    Progress.CONVERTED: "Đang theo dõi (dữ liệu chuyển đổi)",
    Progress.CONVERTED_DONE: "Đã hoàn thành (dữ liệu chuyển đổi)",
    Progress.WITHDRAWN: "Đã thu hồi",
}


CONVERTED = "Dữ liệu chuyển đổi"
"""The mark of what came in from an old table; wherever a badge stands, it stands in its place."""


class Ageing(StrEnum):
    """How long overdue, in calendar days."""

    WEEK = "1-7"
    MONTH = "8-30"
    LONGER = "over-30"

    @property
    def label(self) -> str:
        """The Vietnamese name shown to people."""
        return AGEING_LABELS[self]


AGEING_LABELS: dict[Ageing, str] = {
    Ageing.WEEK: "Quá hạn 1–7 ngày",
    Ageing.MONTH: "Quá hạn 8–30 ngày",
    Ageing.LONGER: "Quá hạn trên 30 ngày",
}


@dataclass(frozen=True)
class Position:
    """Where a piece of work stands against its deadline.

    `due_on` = the deadline in force (after extension or return), inclusive; the day of review where there is
    none. `late_before` = days overdue that an extension did not wipe out (until it was asked for).
    `submitted_on` = the unit's submission that counts (the date of the signed report when the office entered
    it). `completed_on` is used for judging only where no submission is known.
    `proof_owed`: a continuing task that came back, or whose next proof has its day: then `due_on`.
    `converted`: brought over from an old table as it is, whose dates prove nothing: followed, never judged.
    """

    kind: DeadlineKind
    due_on: date | None
    stage: Stage = Stage.IN_PROGRESS
    submitted_on: date | None = None
    completed_on: date | None = None
    late_before: int = 0
    converted: bool = False
    proof_owed: bool = False

    @property
    def accepted(self) -> bool:
        """The office has accepted the result."""
        return self.stage is Stage.ACCEPTED

    @property
    def stopped_on(self) -> date | None:
        """The day on which the clock stopped; None while it runs (or when the day is not known)."""
        if self.stage in (Stage.SUBMITTED, Stage.ACCEPTED):
            return self.submitted_on or self.completed_on
        return None

    @property
    def dated(self) -> bool:
        """It has a date that can be missed: a continuing task only while it owes a proof by a day, one that
        waits for a condition or was brought over never."""
        if self.converted or self.due_on is None:
            return False
        return self.kind in (DeadlineKind.FIXED, DeadlineKind.AT_ONCE) or self.proof_owed


def days_overdue(position: Position, today: date) -> int:
    """Calendar days past the deadline, up to the unit's submission or `today`; 0 when none.

    Accepted or waiting without a known day counts as neither on time nor late: 0.
    """
    if not position.dated or position.due_on is None:
        return 0
    if position.stage in (Stage.DRAFT, Stage.WITHDRAWN):
        return 0
    until = position.stopped_on
    if until is None:
        if position.stage in (Stage.SUBMITTED, Stage.ACCEPTED):
            return 0
        until = today
    return max(0, (until - position.due_on).days)


def days_late(position: Position, today: date) -> int:
    """Số ngày quá hạn as reports count it: past the deadline in force, and before each late extension."""
    if position.converted or position.stage in (Stage.DRAFT, Stage.WITHDRAWN):
        return 0
    return position.late_before + days_overdue(position, today)


def is_overdue(position: Position, today: date) -> bool:
    """Still owed by the unit and past its deadline (what counts as "quá hạn" in every list)."""
    return position.stage not in (Stage.SUBMITTED, Stage.ACCEPTED) and days_overdue(position, today) > 0


def ageing(overdue_days: int) -> Ageing | None:
    """The bucket of so many calendar days overdue: 1–7, 8–30, over 30; None when not overdue."""
    if overdue_days <= 0:
        return None
    if overdue_days <= 7:
        return Ageing.WEEK
    return Ageing.MONTH if overdue_days <= 30 else Ageing.LONGER


def due_badge(position: Position, today: date, calendar: Calendar, *, soon_days: int = 7) -> DueBadge:
    """The deadline badge. Due within `soon_days` calendar days ("Đến hạn trong 07 ngày") is `soon`."""
    if position.stage is Stage.WITHDRAWN:
        return DueBadge(DueKind.OPEN, Progress.WITHDRAWN.label)
    if position.converted:
        return DueBadge(DueKind.OPEN, CONVERTED)
    if position.stage in (Stage.SUBMITTED, Stage.ACCEPTED):
        return _stopped_badge(position, today)
    if position.kind in _REVIEWED and not position.proof_owed:
        label = _REVIEWED[position.kind].label
        due = position.due_on is not None and position.due_on <= today
        return DueBadge(DueKind.OPEN, f"{label}, đến ngày rà soát" if due else label)
    if position.due_on is None:
        return DueBadge(DueKind.OPEN, Progress.UNDATED.label)
    return running_badge(position.due_on, today, calendar, soon_days=soon_days)


def running_badge(due_on: date, today: date, calendar: Calendar, *, soon_days: int = 7) -> DueBadge:
    """The badge of anything still owed by an inclusive date (a task, a document that waits for somebody)."""
    ahead = (due_on - today).days
    if ahead < 0:
        return DueBadge(DueKind.OVER, f"Quá hạn {count(-ahead)} ngày")
    if ahead == 0:
        return DueBadge(DueKind.TODAY, "Đến hạn hôm nay")
    working = working_days_between(today, due_on, calendar)
    # A date set by hand may fall on a day off right after today's rest: no working day is left then.
    text = f"Còn {count(working)} ngày làm việc" if working else f"Còn {count(ahead)} ngày"
    return DueBadge(DueKind.SOON if ahead <= soon_days else DueKind.PLAIN, text)


def _stopped_badge(position: Position, today: date) -> DueBadge:
    verb = "Hoàn thành" if position.accepted else "Gửi"
    if not position.dated or position.stopped_on is None:
        return DueBadge(DueKind.OPEN, (Progress.DONE if position.accepted else Progress.WAITING).label)
    late = days_overdue(position, today)
    if late:
        return DueBadge(DueKind.LATE, f"{verb} quá hạn {count(late)} ngày")
    return DueBadge(DueKind.ONTIME, f"{verb} đúng hạn")


_REVIEWED: dict[DeadlineKind, Progress] = {
    DeadlineKind.CONTINUING: Progress.CONTINUING,
    DeadlineKind.CONDITIONAL: Progress.CONDITIONAL,
}
_PLAIN_PROGRESS: dict[Stage, Progress] = {
    Stage.DRAFT: Progress.PLANNED,
    Stage.WITHDRAWN: Progress.WITHDRAWN,
    Stage.SUBMITTED: Progress.WAITING,
}


def progress(position: Position, today: date) -> Progress:
    """Tiến độ. What the unit still owes past its date is "Đang thực hiện quá hạn", begun, returned or not."""
    if position.stage in _PLAIN_PROGRESS:
        return _PLAIN_PROGRESS[position.stage]
    if position.converted:
        return Progress.CONVERTED_DONE if position.accepted else Progress.CONVERTED
    if position.accepted:
        if not position.dated or position.stopped_on is None:
            return Progress.DONE
        return Progress.DONE_LATE if days_overdue(position, today) else Progress.DONE_ON_TIME
    if position.kind is DeadlineKind.CONDITIONAL:
        return Progress.CONDITIONAL
    if is_overdue(position, today):
        return Progress.OVERDUE
    if position.kind is DeadlineKind.CONTINUING and (
        not position.proof_owed or position.stage is Stage.WATCHING
    ):
        return Progress.CONTINUING
    if position.stage is Stage.RETURNED:
        return Progress.REDO
    if position.due_on is None:
        return Progress.UNDATED
    return Progress.NOT_STARTED if position.stage is Stage.ISSUED else Progress.IN_TIME
