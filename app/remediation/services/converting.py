"""What comes from an old table: entered as it stood there, and filled in later. The mark stays."""

from __future__ import annotations

from datetime import date, timedelta

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import DomainError, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.remediation.models import OLD_TABLE, ProgressReport, ProgressStatus, ResultState, Task, TaskState
from app.remediation.queries import DATED_KINDS
from app.remediation.services.guards import about, reread, touch
from app.remediation.states import TASK
from app.remediation.values import Conversion, FillIn, PastTaskValues
from app.vietnamese import format_date, one_line
from app.workflow import advance

LOOK_AGAIN = timedelta(days=30)
"""When what has no sure date is looked at again: a day of ours, not of the old table."""


def check_dates(values: PastTaskValues, conversion: Conversion, concluded_on: date) -> None:
    """What is dated in an old table follows the notice, and nothing was done tomorrow. Raises DomainError."""
    if values.due_on is not None and values.due_on < concluded_on:
        raise DomainError(
            f"Thời hạn trước ngày thông báo {format_date(concluded_on)}. Kiểm tra lại ngày.", field="due_on"
        )
    _check_done(conversion.done_on, concluded_on, "done_on")
    if bool(conversion.reference) != (conversion.document_on is not None):
        raise DomainError("Ghi đủ số và ngày của văn bản minh chứng.", field="reference")


def _check_done(day: date | None, concluded_on: date, field: str) -> None:
    if day is not None and day > clock.today():
        raise DomainError(
            f"Ngày hoàn thành {format_date(day)} sau ngày hôm nay. Kiểm tra lại ngày.", field=field
        )
    if day is not None and day < concluded_on:
        raise DomainError(
            f"Ngày hoàn thành trước ngày thông báo {format_date(concluded_on)}. Kiểm tra lại.",
            field=field,
        )


def prepare(task: Task, values: PastTaskValues, conversion: Conversion, actor: Actor) -> None:
    """Set what a task of an old table has of its own, before it is entered."""
    task.converted, task.conversion_note = True, conversion.note.strip()
    if values.due_on is None:
        task.due_on = task.original_due_on = None
        task.review_on = values.review_on or clock.today() + LOOK_AGAIN
        told = one_line(conversion.due_text)
        task.no_date_reason = values.no_date_reason.strip() or (
            f"{OLD_TABLE}: “{told[:200]}”" if told else f"{OLD_TABLE}: không ghi thời hạn"
        )
    if conversion.done:
        task.completed_on, task.accepted_on, task.accepted_by = (
            conversion.done_on, clock.today(), actor.person_id,
        )  # fmt: skip
        for result in task.results:
            result.state, result.decided_by, result.decided_on = (
                ResultState.ACCEPTED, actor.person_id, clock.today(),
            )  # fmt: skip


def tell_done(task: Task, text: str, conversion: Conversion, actor: Actor) -> None:
    """Keep what the old table says was done, with the paper it names."""
    if not text and not conversion.reference:
        return
    task.progress.append(
        ProgressReport(
            status=ProgressStatus.DONE, text=text or conversion.reference, cause=OLD_TABLE, on_behalf=True,
            document_reference=conversion.reference, document_on=conversion.document_on,
            written_by=actor.person_id,
        )
    )  # fmt: skip


def fill_in(task: Task, values: FillIn, *, actor: Actor, version: int | None = None) -> None:
    """Write what the old table did not say. A date that is past may be written; nothing is judged by it.

    Raises DomainError at the field that is wrong, WrongState for what did not come from an old table.
    """
    authorise(actor, Action.BRING_OVER_PAST, task)
    reread([task])
    check_version(task, version)
    if not task.converted or task.conclusion is None or task.state is TaskState.WITHDRAWN:
        raise WrongState("Chỉ bổ sung được nội dung chuyển đổi từ bảng theo dõi cũ.")
    issued = task.conclusion.concluded_on
    told = []
    if values.due_on is not None:
        if task.deadline_kind not in DATED_KINDS or task.due_on is not None:
            raise DomainError("Nội dung này đã có thời hạn; gia hạn khi cần.", field="due_on")
        check_dates(_dated(task, values.due_on), Conversion(), issued)
        task.due_on = task.original_due_on = values.due_on
        told.append(f"thời hạn {format_date(values.due_on)}")
    if values.completed_on is not None:
        if task.state is not TaskState.ACCEPTED:
            raise DomainError("Chỉ ghi ngày hoàn thành khi nội dung đã hoàn thành.", field="completed_on")
        _check_done(values.completed_on, issued, "completed_on")
        task.completed_on = values.completed_on
        told.append(f"ngày hoàn thành {format_date(values.completed_on)}")
    reference = one_line(values.reference)
    if bool(reference) != (values.document_on is not None):
        raise DomainError("Ghi đủ số và ngày của văn bản minh chứng.", field="reference")
    if reference:
        done = task.state is TaskState.ACCEPTED
        task.progress.append(
            ProgressReport(
                status=ProgressStatus.DONE if done else ProgressStatus.DOING, text=reference,
                cause=OLD_TABLE, on_behalf=True, document_reference=reference,
                document_on=values.document_on,
                written_by=actor.person_id,
            )
        )  # fmt: skip
        told.append("văn bản minh chứng")
    if not told:
        raise DomainError("Nhập ít nhất một thông tin cần bổ sung.", field="reference")
    audit.record(
        "converted_task_filled", task, task.conclusion, actor=actor,
        data={**about(task), "what": ", ".join(told)},
    )  # fmt: skip
    touch(task)
    db.session.flush()


def _dated(task: Task, due_on: date) -> PastTaskValues:
    return PastTaskValues(
        text=task.text, concluded_unit_id=task.concluded_unit_id or 0, lead_unit_id=task.lead_unit_id,
        follower_id=task.follower_id or 0, due_on=due_on,
    )  # fmt: skip


def enter(
    task: Task, values: PastTaskValues, conversion: Conversion, actor: Actor, told: dict[str, object]
) -> None:
    """Move the task to where the old table has it: followed, or done."""
    assert task.conclusion is not None
    verb = "bring_over_done" if conversion.done else "bring_over"
    advance(task, verb, TASK, actor=actor, about=(task.conclusion,), data=told)
    if conversion.done:
        tell_done(task, values.so_far.strip(), conversion, actor)
