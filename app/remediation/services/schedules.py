"""Lộ trình: what can't be mended at once, with its reason and steps; by the unit, or from its paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import DomainError, WrongState
from app.extensions import db
from app.policy import Action, Actor
from app.remediation.models import ScheduleStep, Task, TaskSchedule
from app.remediation.queries.schedules import Scheduled, schedule_of
from app.remediation.services.guards import about, ask_unit_side, touch
from app.remediation.services.unit_side import OWED, check_document
from app.remediation.values import ScheduleValues, StepValues
from app.vietnamese import count, format_date


def set_schedule(
    task: Task, values: ScheduleValues, *, actor: Actor, version: int | None = None
) -> TaskSchedule:
    """Lập lộ trình: the reason and the steps from now on; the schedule before stays in the record.

    Said again as it stands it writes nothing: the one in force is returned. Dates of the task stay: more time
    is asked for. Raises DomainError at “reason”, “steps-N-due_on”, …
    (N = place in `values.steps`), WrongState (not owed), Forbidden, Stale.
    """
    on_behalf = ask_unit_side(actor, Action.SCHEDULE_TASK, task, of=Scheduled(task))
    check_version(task, version)
    _ask_owed(task)
    if len(values.reason.strip()) < 3:
        raise DomainError("Nêu lý do chưa làm được ngay, ít nhất 03 ký tự.", field="reason")
    if not values.steps:
        raise DomainError("Ghi ít nhất 01 bước của lộ trình.", field="steps-0-text")
    for place, step in enumerate(values.steps):
        _check_step(task, place, step)
    check_document(values.reference, values.document_on)
    former, now = schedule_of(task), clock.now()
    if former is not None and _says(former) == _said(values, former):
        return former
    if former is not None:
        former.replaced_at = now
        db.session.flush()  # before the next one is in force: there is one at a time
    made = TaskSchedule(
        task_id=task.id, reason=values.reason.strip(), document_reference=values.reference.strip(),
        document_on=values.document_on, on_behalf=on_behalf is not None, written_by=actor.person_id,
        written_at=now,
        steps=[
            ScheduleStep(
                text=step.text.strip(), product=step.product.strip(), answerable=step.answerable.strip(),
                due_on=step.due_on, done_on=step.done_on,
            )
            for step in _in_order(values.steps)
        ],
    )  # fmt: skip
    task.schedules.append(made)
    touch(task)
    db.session.flush()
    last = max(step.due_on for step in values.steps)
    data = {
        **about(task), "number": count(len(values.steps)), "last": format_date(last), "reason": made.reason,
    }  # fmt: skip
    audit.record("task_scheduled", task, actor=actor, on_behalf_of=on_behalf, data=data)
    return made


def _in_order(steps: Iterable[StepValues]) -> list[StepValues]:
    return sorted(steps, key=lambda step: step.due_on)


def _said(values: ScheduleValues, former: TaskSchedule) -> ScheduleValues:
    """What is typed as it would be kept; no paper named anew leaves the one that was named."""
    named = bool(values.reference.strip())
    return ScheduleValues(
        reason=values.reason.strip(),
        steps=tuple(
            StepValues(
                step.text.strip(), step.product.strip(), step.answerable.strip(), step.due_on, step.done_on
            )
            for step in _in_order(values.steps)
        ),
        reference=values.reference.strip() if named else former.document_reference,
        document_on=values.document_on if named else former.document_on,
    )


def _says(schedule: TaskSchedule) -> ScheduleValues:
    return ScheduleValues(
        reason=schedule.reason,
        steps=tuple(
            StepValues(step.text, step.product, step.answerable, step.due_on, step.done_on)
            for step in schedule.steps
        ),
        reference=schedule.document_reference,
        document_on=schedule.document_on,
    )


def finish_step(
    task: Task, step: ScheduleStep, done_on: date | None, *, actor: Actor, version: int | None = None
) -> None:
    """Xong một bước, on that day (None = today). Raises DomainError at “done_on”, WrongState."""
    on_behalf = ask_unit_side(actor, Action.SCHEDULE_TASK, task, of=Scheduled(task))
    check_version(task, version)
    _ask_owed(task)
    if step.done_on is not None:
        raise WrongState(f"Bước này đã ghi xong ngày {format_date(step.done_on)}.")
    day = done_on or clock.today()
    _check_done(task, day, "done_on")
    step.done_on = day
    touch(task)
    db.session.flush()
    data = {**about(task), "step": step.text, "on": format_date(day)}
    audit.record("task_step_done", task, actor=actor, on_behalf_of=on_behalf, data=data)


def _ask_owed(task: Task) -> None:
    if task.state not in OWED:
        raise WrongState("Chỉ lập lộ trình cho nội dung đơn vị còn phải thực hiện.")


def _check_step(task: Task, place: int, step: StepValues) -> None:
    for name, text, asked in (
        ("text", step.text, "Nêu việc phải làm của bước này, ít nhất 03 ký tự."),
        ("product", step.product, "Nêu sản phẩm, kết quả của bước này."),
        ("answerable", step.answerable, "Ghi người chịu trách nhiệm (họ tên, chức vụ)."),
    ):
        if len(text.strip()) < (3 if name == "text" else 2):
            raise DomainError(asked, field=f"steps-{place}-{name}")
    if task.issued_on is not None and step.due_on < task.issued_on:
        raise DomainError(
            f"Ngày hoàn thành của bước không trước ngày thông báo {format_date(task.issued_on)}.",
            field=f"steps-{place}-due_on",
        )
    if step.done_on is not None:
        _check_done(task, step.done_on, f"steps-{place}-done_on")


def _check_done(task: Task, day: date, field: str) -> None:
    if day > clock.today():
        raise DomainError("Ngày đã xong không sau ngày hôm nay.", field=field)
    if task.issued_on is not None and day < task.issued_on:
        raise DomainError(
            f"Ngày đã xong không trước ngày thông báo {format_date(task.issued_on)}.", field=field
        )
