"""What the product shows of the tasks of a walk, and the plain model's word for the same."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.extensions import db
from app.followup import figures, queries
from app.followup.filters import Filters
from app.remediation import queries as rows
from app.remediation.models import HandingLine, HandingList, HandingSheet, ScheduleStep, Task
from tests import cast
from tests.remediation.task_model import Model


def lists_of(task: Task) -> list[HandingList]:
    """Lists of followers that the task is on, the newest list last (a task may join an older one later)."""
    lines = sa.select(HandingLine).where(HandingLine.task_id == task.id).order_by(HandingLine.list_id)
    return [line.handing for line in db.session.scalars(lines)]


def steps_of(task: Task) -> list[ScheduleStep]:
    """Steps of the schedule in force."""
    held = rows.schedule_of(task)
    return list(held.steps) if held is not None else []


def board(tasks: Sequence[Task], people: dict[int, str]) -> list[tuple[object, ...]]:
    lines = {line.id: line for line in queries.table(cast.actor(cast.FOLLOWER), Filters())}
    return [
        (
            task.state.value, task.deadline_kind.value, task.due_on, task.term, task.review_on,
            task.return_due_on, bool(task.return_reason), people[task.follower_id or 0],
            people[task.reported_by] if task.reported_by else None, task.submitted_on,
            task.lead_unit.code, [result.state.value for result in task.results], len(task.progress),
            task.urged_count, [(e.old_due_on, e.new_due_on, e.requested_on) for e in task.extensions],
            sum(row.ended_at is None for row in task.assignments),
            [row.acknowledged_on is not None for row in task.handovers],
            lines[task.id].overdue_days if task.id in lines else 0,
            [(row.kind.value, row.answer_due_on, row.answered_at is not None) for row in task.directives],
            lines[task.id].answer_due_on if task.id in lines else None,
            [(row.due_on, row.settled_on is not None, row.late_days) for row in task.proofs],
            task.proof_due_on, task.proof_every,
            [row.working_days for row in task.extensions],
            [(people[r.requested_by], r.new_due_on, r.requested_on, r.state.value)
             for r in task.extension_requests],
            [(people[row.to_person_id], row.from_on, row.acknowledged_on is not None)
             for row in lists_of(task)],
            len(task.schedules), sorted(step.done_on is not None for step in steps_of(task)),
        )
        for task in tasks
    ]  # fmt: skip


def expected(model: Model) -> list[tuple[object, ...]]:
    return [
        (
            piece.state, piece.kind, piece.due, piece.term, piece.review, piece.return_due, piece.reason,
            piece.follower, piece.reporter, piece.submitted, piece.unit, piece.results, piece.reports,
            len(piece.urged), piece.moves, piece.officers,
            [] if piece.handed is None else [piece.handed],
            piece.days_late(model.today) if piece.state != "withdrawn" else 0,
            [(one.kind, one.by, one.answered) for one in piece.asked], piece.next_answer(),
            [(row.by, row.settled, row.late) for row in piece.proofs],
            piece.owes.by if piece.owes else None, piece.every, piece.moved,
            [(one.by, one.new, one.on, one.state) for one in piece.requests],
            [(one.to, one.on, one.taken) for one in model.lists_of(n)],
            piece.schedules, sorted(piece.steps),
        )
        for n, piece in enumerate(model.pieces)
    ]  # fmt: skip


def sheets() -> dict[int, tuple[object, ...]]:
    """Every acknowledged list in its words."""
    return {
        sheet.id: (
            sheet.giver, sheet.receiver, sheet.from_on, sheet.acknowledged_on, sheet.proposals,
            [(line.text, line.unit_name, line.term_on, line.state, line.days_overdue, line.moved,
              line.evidence, line.asked) for line in sheet.lines],
        )
        for sheet in db.session.scalars(
            sa.select(HandingSheet).execution_options(populate_existing=True)
        )
    }  # fmt: skip


def shown_figures() -> tuple[int, ...]:
    found = figures.figures(cast.actor(cast.FOLLOWER), Filters())
    return (
        found.done_on_time,
        found.done_late,
        found.open_in_time,
        found.open_late,
        found.waiting,
        found.not_answered,
    )


def expected_figures(model: Model) -> tuple[int, ...]:
    today = model.today
    done = [p for p in model.pieces if p.state == "accepted" and p.dated]
    open_ = [p for p in model.pieces if p.state not in ("accepted", "withdrawn")]
    late = [p for p in open_ if p.late_now(today)]
    return (
        sum(not p.late_now(today) for p in done), sum(p.late_now(today) > 0 for p in done),
        len(open_) - len(late), len(late), sum(p.state == "submitted" for p in open_),
        sum((p.next_answer() or today) < today for p in open_),
    )  # fmt: skip
