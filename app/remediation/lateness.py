"""Where a task stands against its deadline: one way in for every list, badge and print-out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.deadlines import queries as deadlines
from app.deadlines.badge import DEADLINE_KIND_LABELS, DeadlineKind, Position, Stage, due_badge
from app.deadlines.models import EVENT_LABELS, Event
from app.deadlines.working_days import Calendar, Rule
from app.remediation import queries
from app.remediation.models import Task, TaskState
from app.remediation.queries import DATED_KINDS
from app.remediation.queries.moved import WORKING
from app.remediation.states import TASK
from app.vietnamese import format_date
from app.web.parts import Badge, State

STATE_KINDS: dict[TaskState, str] = {
    TaskState.DRAFT: "idle",
    TaskState.ISSUED: "idle",
    TaskState.IN_PROGRESS: "doing",
    TaskState.SUBMITTED: "wait",
    TaskState.RETURNED: "back",
    TaskState.ACCEPTED: "done",
    TaskState.WATCHING: "doing",
    TaskState.WITHDRAWN: "stop",
}
NO_PROOF = "chưa gửi minh chứng của kỳ"
"""What a unit owes whose continuing task is watched and whose proof is past its day."""


def position_of(
    kind: DeadlineKind,
    term: date | None,
    review_on: date | None,
    state: TaskState,
    submitted_on: date | None,
    completed_on: date | None,
    late_before: int = 0,
    *,
    proof_due_on: date | None,
    converted: bool,
) -> Position:
    """The position of a row by its `term`; one without a date is judged by its day of review.

    `proof_due_on` and `converted` have no default, so that no reader forgets what is judged.
    """
    owed = proof_due_on is not None
    return Position(
        kind=kind,
        due_on=term if kind in DATED_KINDS or owed else review_on,
        proof_owed=owed,
        stage=Stage(state.value),
        submitted_on=submitted_on,
        completed_on=completed_on,
        late_before=late_before,
        converted=converted,
    )


def position(task: Task) -> Position:
    """The position of a loaded task."""
    return position_of(
        task.deadline_kind, task.term, task.review_on, task.state, task.submitted_on, task.completed_on,
        proof_due_on=task.proof_due_on, converted=task.converted,
    )  # fmt: skip


def badge_of(where: Position, today: date, calendar: Calendar) -> Badge:
    """The badge as the macro wants it; waiting for a condition has its own sign."""
    badge = due_badge(where, today, calendar)
    kind = "pending" if where.kind is DeadlineKind.CONDITIONAL and badge.kind == "open" else str(badge.kind)
    return Badge(kind, badge.text)


def badge(task: Task, today: date, calendar: Calendar) -> Badge:
    """The deadline badge of a loaded task."""
    return badge_of(position(task), today, calendar)


def state_tag(state: TaskState) -> State:
    """The state tag of a task."""
    return State(STATE_KINDS[state], TASK.labels[state])


def proof_missing(task: Task, today: date) -> str:
    """“chưa gửi minh chứng của kỳ đến hạn ngày 22/8/2026” of a watched task past that day; "" otherwise."""
    if task.state is not TaskState.WATCHING or not queries.is_owed(task, today):
        return ""
    assert task.proof_due_on is not None, "only that is owed while it is watched"
    return f"{NO_PROOF} đến hạn ngày {format_date(task.proof_due_on)}"


def due_words(task: Task) -> str:
    """The date of a task as papers print it, or its kind when it has none."""
    if task.due_on is not None:
        return format_date(task.due_on)
    review = f"; rà soát ngày {format_date(task.review_on)}" if task.review_on else ""
    return f"{DEADLINE_KIND_LABELS[task.deadline_kind]}{review}"


def counted_by(task: Task, *, rules: Mapping[tuple[str, int], Rule]) -> str:
    """“20 ngày làm việc kể từ ngày ký thông báo”, by the version of the profile that counted; "" by none."""
    if task.term_days is None:
        return ""
    rule = rules.get((task.profile, task.rule_number or 0), WORKING).of(task.term_days)
    return rule.since(EVENT_LABELS[Event.NOTICE_SIGNED])


def report_after(task: Task, due_on: date) -> date:
    """The day of the report on what is to be done by `due_on`, by the profile of the task's case."""
    profile = task.profile or (task.inspection.profile if task.inspection else "")
    return deadlines.milestone_terms(profile).report_on(due_on, deadlines.current_calendar())
