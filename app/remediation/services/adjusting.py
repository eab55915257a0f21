"""Several draft tasks at once: merged into one, given one date, moved to another milestone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines.badge import DeadlineKind
from app.deadlines.proposals import MilestoneKind
from app.deadlines.working_days import explain
from app.errors import DomainError
from app.extensions import db
from app.policy import Actor
from app.remediation.models import ExpectedResult, Task, TaskState
from app.remediation.services.drafting import DATED, forget_rule
from app.remediation.services.guards import about, ask_draft, index_task, reread, touch
from app.workflow import hold


def merge_tasks(into: Task, others: Sequence[Task], *, actor: Actor) -> Task:
    """One task for the findings of all; text, dates and milestone are those of `into`."""
    hold(into.case)
    reread([into, *others])
    ask_draft(actor, into)
    if not others:
        raise DomainError("Chọn ít nhất 02 nội dung để gộp.")
    for other in others:
        ask_draft(actor, other)
        if other.inspected_unit_id != into.inspected_unit_id or other.id == into.id:
            raise DomainError("Chỉ gộp các nội dung của cùng một đơn vị.")
    codes = [other.code for other in others]
    for other in others:
        into.findings = [*into.findings, *(f for f in other.findings if f not in into.findings)]
        into.coordinating = [
            *into.coordinating,
            *(u for u in other.coordinating if u not in into.coordinating),
        ]
        held = {(r.product, r.text) for r in into.results}
        extra = [
            ExpectedResult(product=r.product, text=r.text)
            for r in other.results
            if (r.product, r.text) not in held
        ]
        into.results.extend(extra)
        other.findings, other.coordinating = [], []
        db.session.delete(other)
    touch(into)
    db.session.flush()
    index_task(into)
    audit.record("task_merged", into, into.case, actor=actor, data={**about(into), "merged": codes})
    return into


def set_common_date(tasks: Sequence[Task], *, due_on: date, report_due_on: date | None, actor: Actor) -> None:
    """Áp dụng thời hạn chung: one completion and one report date for all these draft tasks."""
    if not tasks:
        raise DomainError("Chọn nội dung để áp dụng thời hạn chung.")
    if report_due_on is not None and report_due_on < due_on:
        raise DomainError("Thời hạn báo cáo không được trước thời hạn hoàn thành.", field="report_due_on")
    if due_on <= clock.today():
        raise DomainError("Thời hạn hoàn thành chung phải sau ngày hôm nay.", field="due_on")
    for task in tasks:
        ask_draft(actor, task)
        _ask_dated(task)
        task.deadline_kind = DeadlineKind.FIXED
        task.milestone = MilestoneKind.COMMON
        task.due_on, task.report_due_on = due_on, report_due_on
        forget_rule(task)
        touch(task)
        audit.record(
            "task_common_date_set",
            task,
            task.case,
            actor=actor,
            data={**about(task), "due_on": due_on},
        )
    db.session.flush()


def move_tasks(tasks: Sequence[Task], to: MilestoneKind, *, actor: Actor) -> None:
    """Move dated draft tasks to another milestone of their unit: they take the date that stands there.

    A milestone nobody uses yet takes the office's term, counted from where the task itself was counted.
    """
    if not tasks:
        raise DomainError("Chọn nội dung để chuyển mốc thời hạn.")
    calendar = deadlines.current_calendar()
    known = {code: deadlines.milestone_terms(code) for code in {task.case.profile for task in tasks}}
    for task in tasks:
        ask_draft(actor, task)
        _ask_dated(task)
        terms = known[task.case.profile]
        days = {
            MilestoneKind.NOW: terms.now,
            MilestoneKind.COMMON: terms.common,
            MilestoneKind.LONG: terms.common * 3,
        }[to]
        model = _first_in(task, to)
        if model is not None:
            task.due_on, task.report_due_on = model.due_on, model.report_due_on
            task.term_days, task.counted_from, task.rule = model.term_days, model.counted_from, model.rule
            task.profile, task.rule_number = model.profile, model.rule_number
        else:
            start = task.counted_from or clock.today()
            task.due_on = terms.due_on(start, days, calendar)
            task.report_due_on = terms.report_on(task.due_on, calendar)
            task.term_days, task.counted_from = days, start
            task.rule = explain(start, terms.remediation.of(days), task.due_on)
            task.profile, task.rule_number = task.case.profile, terms.number
        task.milestone = to
        task.calendar_version = calendar.version
        touch(task)
        db.session.flush()
        audit.record("task_edited", task, task.case, actor=actor, data=about(task))


def _ask_dated(task: Task) -> None:
    if task.deadline_kind not in DATED:
        raise DomainError(
            f"{task.code}: nội dung thường xuyên hoặc chờ điều kiện không thuộc mốc thời hạn nào. Bỏ chọn, "
            "hoặc sửa loại thời hạn của nội dung này trước."
        )


def _first_in(task: Task, milestone: MilestoneKind) -> Task | None:
    return db.session.scalars(
        sa.select(Task)
        .where(
            Task.inspected_unit_id == task.inspected_unit_id,
            Task.state == TaskState.DRAFT,
            Task.milestone == milestone,
            Task.due_on.is_not(None),
            Task.id != task.id,
        )
        .order_by(Task.id)
        .limit(1)
    ).first()
