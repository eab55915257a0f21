"""Draft tasks on their way out: dates counted anew, findings without a task, issue with the notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app.audit import services as audit
from app.db import Base
from app.deadlines import queries as deadlines
from app.deadlines.working_days import add_working_days, explain
from app.documents.models import Document
from app.errors import Conflict, DomainError
from app.extensions import db
from app.findings.models import Finding, FindingState
from app.inspections import holds
from app.policy import Action, Actor, authorise
from app.remediation.models import Task, TaskState
from app.remediation.queries import planned_for
from app.remediation.services.drafting import DATED
from app.remediation.services.guards import about, ask_draft, index_task, reread, touch
from app.remediation.services.requests import lapse
from app.remediation.states import TASK
from app.vietnamese import format_date
from app.workflow import advance


def recount(tasks: Sequence[Task], *, start_on: date, actor: Actor | None) -> int:
    """Count the proposed dates anew from `start_on`, when the text waited for its signature; how many moved.

    Where a task has no date its day of review moves, so that it never comes before the notice. Dates set by
    hand stay. `actor` None when the issue itself does it.
    """
    calendar = deadlines.current_calendar()
    known = {
        code: deadlines.milestone_terms(code, start_on) for code in {task.case.profile for task in tasks}
    }
    moved = 0
    for task in tasks:
        if task.state is not TaskState.DRAFT or task.term_days is None or task.counted_from == start_on:
            continue
        if actor is not None:
            ask_draft(actor, task)
        if task.deadline_kind in DATED:
            terms = known[task.case.profile]
            task.due_on = ends_on = terms.due_on(start_on, task.term_days, calendar)
            task.report_due_on = terms.report_on(ends_on, calendar)
            task.rule = explain(start_on, terms.remediation.of(task.term_days), ends_on)
            task.profile, task.rule_number = task.case.profile, terms.number
        else:
            task.review_on = ends_on = add_working_days(start_on, task.term_days, calendar)
        task.counted_from, task.calendar_version = start_on, calendar.version
        touch(task)
        moved += 1
        audit.record(
            "task_dates_recounted",
            task,
            task.case,
            actor=actor,
            data={**about(task), "due_on": ends_on},
        )
    db.session.flush()
    return moved


def excuse_finding(finding: Finding, reason: str, *, actor: Actor) -> None:
    """A finding that needs no task says why; an empty reason takes it back."""
    authorise(actor, Action.PLAN_REMEDIATION, finding.inspected_unit.inspection)
    if finding.state is FindingState.CONCLUDED:
        raise Conflict("Tồn tại, hạn chế đã kết luận không được sửa hoặc xóa.")
    holds.ask_free(finding.inspected_unit_id)
    reason = reason.strip()
    if reason and db.session.scalar(sa.select(planned_for(finding.id))):
        raise Conflict("Tồn tại, hạn chế này đang có nội dung khắc phục. Bỏ nội dung khắc phục trước.")
    finding.no_task_reason = reason
    db.session.flush()
    audit.record(
        "finding_needs_no_task" if reason else "finding_needs_task",
        finding,
        finding.inspected_unit.inspection,
        actor=actor,
        data={"reason": reason},
    )


def withdraw(tasks: Sequence[Task], reason: str, *, about_also: tuple[Base, ...], actor: Actor | None) -> int:
    """Take back what is not done of a recalled notice; what was accepted stays as history. Returns how many.

    Called by the notice; the caller asked the right.
    """
    reread(tasks)
    owed = [task for task in tasks if task.state not in (TaskState.ACCEPTED, TaskState.WITHDRAWN)]
    for task in owed:
        data = {**about(task), "reason": reason}
        lapse(task, "Nội dung đã rút.", actor=actor)
        advance(task, "withdraw", TASK, actor=actor, about=about_also, data=data)
        touch(task)
    db.session.flush()
    return len(owed)


def issue_tasks(
    tasks: Sequence[Task], *, document: Document, follower_id: int, issued_on: date, actor: Actor | None
) -> None:
    """Give the tasks to their units with the issued notice. Called by the notice; the caller asked the right.

    A task's own follower stays; the others get `follower_id`. Refuses a task whose lead unit no longer exists
    or whose date is not after the day of issue.
    """
    for task in tasks:
        if not task.lead_unit.exists_on(issued_on):
            raise DomainError(
                f"{task.code}: đơn vị chủ trì {task.lead_unit.name} đã kết thúc hoạt động. "
                "Chọn đơn vị kế thừa."
            )
        if task.due_on is not None and task.due_on <= issued_on:
            raise DomainError(
                f"{task.code}: thời hạn {format_date(task.due_on)} không sau ngày ban hành "
                f"{format_date(issued_on)}. Tính lại thời hạn theo ngày ban hành."
            )
        task.document_id, task.document = document.id, document
        task.follower_id = task.follower_id or follower_id
        task.issued_on, task.original_due_on = issued_on, task.due_on
        advance(task, "issue", TASK, actor=actor, about=(document, task.case), data=about(task))
        index_task(task)
    db.session.flush()
