"""The follower's work: verify each product, accept or return, move dates, hand over, edit a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app import clock
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines import queries as deadlines
from app.deadlines.working_days import add_working_days
from app.errors import Conflict, DomainError, NotFound, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.remediation.models import (
    PRODUCT_LABELS,
    ExpectedResult,
    Extension,
    ProgressStatus,
    ResultState,
    Task,
    TaskState,
)
from app.remediation.services.guards import about, touch
from app.remediation.services.unit_side import OWED, report_progress
from app.remediation.states import TASK
from app.remediation.values import ExtensionValues, LineValues, ProgressValues
from app.vietnamese import format_date
from app.workflow import advance


def accept_result(
    task: Task, result_id: int, *, actor: Actor, comment: str = "", version: int | None = None
) -> ExpectedResult:
    """Accept one product of a submitted task."""
    result = _open_result(task, result_id, actor, version)
    _decide(result, ResultState.ACCEPTED, comment, actor)
    touch(task)
    audit.record("task_result_accepted", task, actor=actor, data={**about(task), "product": _name(result)})
    db.session.flush()
    return result


def return_result(
    task: Task, result_id: int, *, actor: Actor, comment: str, version: int | None = None
) -> ExpectedResult:
    """Say of one product what must be supplemented; the task goes back with `send_back`."""
    result = _open_result(task, result_id, actor, version)
    if not comment.strip():
        raise DomainError("Nêu rõ nội dung cần bổ sung.", field="comment")
    _decide(result, ResultState.RETURNED, comment, actor)
    touch(task)
    audit.record(
        "task_result_returned",
        task,
        actor=actor,
        data={**about(task), "product": _name(result), "comment": comment.strip()},
    )
    db.session.flush()
    return result


def _open_result(task: Task, result_id: int, actor: Actor, version: int | None) -> ExpectedResult:
    authorise(actor, Action.ACCEPT_TASK, task)
    check_version(task, version)
    if task.state is not TaskState.SUBMITTED:
        raise WrongState("Chỉ thẩm tra sản phẩm khi đơn vị đã báo cáo, chờ thẩm tra.")
    result = next((r for r in task.results if r.id == result_id), None)
    if result is None:
        raise NotFound()
    return result


def _decide(result: ExpectedResult, state: ResultState, comment: str, actor: Actor) -> None:
    result.comment = comment.strip()
    result.state, result.decided_by, result.decided_on = state, actor.person_id, clock.today()


def _name(result: ExpectedResult) -> str:
    label = PRODUCT_LABELS[result.product]
    return f"“{label}: {result.text}”" if result.text else f"“{label}”"


def accept(task: Task, *, actor: Actor, comment: str = "", version: int | None = None) -> None:
    """Công nhận hoàn thành, once every product was accepted; never by who reported it."""
    authorise(actor, Action.ACCEPT_TASK, task)
    check_version(task, version)
    before = (task.accepted_on, task.accepted_by)
    task.accepted_on, task.accepted_by = clock.today(), actor.person_id
    try:
        advance(task, "accept", TASK, actor=actor, data=about(task))
    except WrongState:
        task.accepted_on, task.accepted_by = before
        raise
    task.verdict = comment.strip() or "Công nhận hoàn thành"
    touch(task)
    db.session.flush()


def accept_whole(task: Task, *, actor: Actor, comment: str = "", version: int | None = None) -> None:
    """Accept every product that is still open, then the task: one act for the usual case.

    A product that was returned must be answered first.
    """
    authorise(actor, Action.ACCEPT_TASK, task)
    check_version(task, version)
    if task.state is not TaskState.SUBMITTED:
        raise WrongState(
            f"{task.code} đang ở trạng thái “{TASK.labels[task.state]}”; "
            "chỉ công nhận khi đã báo cáo, chờ thẩm tra."
        )
    if any(result.state is ResultState.RETURNED for result in task.results):
        raise Conflict("Có sản phẩm đã đề nghị bổ sung. Gửi trả đơn vị, hoặc công nhận từng sản phẩm.")
    for result in task.results:
        if result.state is ResultState.OPEN:
            accept_result(task, result.id, actor=actor)
    accept(task, actor=actor, comment=comment)


def send_back(
    task: Task, *, actor: Actor, comment: str, due_on: date | None = None, version: int | None = None
) -> None:
    """Đề nghị bổ sung: what is missing and by when. The unit's clock runs again."""
    authorise(actor, Action.ACCEPT_TASK, task)
    check_version(task, version)
    asked = [f"{_name(r)}: {r.comment}" for r in task.results if r.state is ResultState.RETURNED]
    reason = "; ".join([*([comment.strip()] if comment.strip() else []), *asked])
    if not reason:
        raise DomainError("Nêu rõ nội dung cần bổ sung.", field="comment")
    if due_on is None or due_on < clock.today():
        raise DomainError("Nhập thời hạn bổ sung, từ ngày hôm nay trở đi.", field="due_on")
    advance(task, "send_back", TASK, actor=actor, data={**about(task), "comment": reason, "due_on": due_on})
    task.return_reason, task.return_due_on = reason, due_on
    task.verdict = "Đề nghị bổ sung"
    touch(task)
    db.session.flush()


def watch(task: Task, *, actor: Actor, version: int | None = None) -> None:
    """Accept the result of a continuing task and watch that it lasts."""
    check_version(task, version)
    for result in task.results:
        if result.state is ResultState.OPEN:
            accept_result(task, result.id, actor=actor)
    advance(task, "watch", TASK, actor=actor, data=about(task))
    task.verdict = "Theo dõi việc duy trì"
    touch(task)
    db.session.flush()


def finish_watch(task: Task, *, actor: Actor, version: int | None = None) -> None:
    """What was watched has lasted: done."""
    authorise(actor, Action.ACCEPT_TASK, task)
    check_version(task, version)
    if task.state is TaskState.WATCHING:
        task.accepted_on, task.accepted_by = clock.today(), actor.person_id
        task.verdict = "Công nhận hoàn thành"
    advance(task, "finish_watch", TASK, actor=actor, data=about(task))
    db.session.flush()


def recur(task: Task, *, actor: Actor, comment: str, version: int | None = None) -> None:
    """What was watched came back: the unit mends it again."""
    check_version(task, version)
    if not comment.strip():
        raise DomainError("Nêu việc tái diễn.", field="comment")
    advance(task, "recur", TASK, actor=actor, data={**about(task), "comment": comment.strip()})
    task.return_reason = comment.strip()
    for result in task.results:
        result.state, result.decided_by, result.decided_on = ResultState.OPEN, None, None
    touch(task)
    db.session.flush()


def extend(task: Task, values: ExtensionValues, *, actor: Actor, version: int | None = None) -> Extension:
    """Record a decided extension: a later date, asked for by one, decided by another. Old dates stay visible.

    Late requests are taken in; the days overdue until the request stay readable from the row.
    """
    authorise(actor, Action.EDIT_FOLLOW_UP, task)
    check_version(task, version)
    if task.state not in OWED or task.due_on is None:
        raise WrongState("Chỉ gia hạn nội dung đang thực hiện và có thời hạn cụ thể.")
    _check_extension(task, values)
    made = Extension(
        task_id=task.id,
        old_due_on=task.due_on,
        new_due_on=values.new_due_on,
        reason=values.reason.strip(),
        requested_by=values.requested_by,
        requested_on=values.requested_on,
        decided_by=values.decided_by,
        decided_on=clock.today(),
        reference=values.reference.strip(),
    )
    task.extensions.append(made)
    old, task.due_on = task.due_on, values.new_due_on
    if task.report_due_on is not None and task.report_due_on < task.due_on:
        terms = deadlines.milestone_terms()
        task.report_due_on = add_working_days(task.due_on, terms.report_after, deadlines.current_calendar())
    touch(task)
    db.session.flush()
    audit.record(
        "task_extended",
        task,
        actor=actor,
        data={
            **about(task),
            "old": format_date(old),
            "new": format_date(values.new_due_on),
            "reason": made.reason,
        },
    )
    return made


def _check_extension(task: Task, values: ExtensionValues) -> None:
    assert task.due_on is not None
    if values.new_due_on <= task.due_on:
        raise DomainError(f"Thời hạn mới phải sau thời hạn {format_date(task.due_on)}.", field="new_due_on")
    if not values.reason.strip():
        raise DomainError("Ghi lý do gia hạn.", field="reason")
    if values.requested_on > clock.today():
        raise DomainError("Ngày đề nghị không sau ngày hôm nay.", field="requested_on")
    if values.requested_by == values.decided_by:
        raise DomainError("Người đề nghị gia hạn không quyết định việc gia hạn.", field="decided_by")
    for person_id, name in ((values.requested_by, "requested_by"), (values.decided_by, "decided_by")):
        if db.session.get(Person, person_id) is None:
            raise DomainError("Chọn người trong danh sách.", field=name)


def set_follower(
    tasks: Sequence[Task], person_id: int, *, reason: str, actor: Actor, version: int | None = None
) -> None:
    """Giao lại: another follower from now on, with the reason; earlier acts keep the former name."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise DomainError("Chọn người theo dõi trong danh sách.", field="follower_id")
    if not reason.strip():
        raise DomainError("Ghi lý do giao lại.", field="reason")
    for task in tasks:
        authorise(actor, Action.EDIT_FOLLOW_UP, task)
        check_version(task, version)
        if task.state in (TaskState.DRAFT, TaskState.ACCEPTED, TaskState.WITHDRAWN):
            raise WrongState(f"{task.code} không còn được theo dõi nên không giao lại.")
        task.follower_id = person.id
        touch(task)
        audit.record(
            "task_follower_changed",
            task,
            actor=actor,
            data={**about(task), "follower": person.name, "reason": reason.strip()},
        )
    db.session.flush()


def edit_line(task: Task, values: LineValues, *, actor: Actor, version: int | None = None) -> None:
    """Quick edit of a line of the table: note, urging by a paper, progress as the unit told it by phone."""
    authorise(actor, Action.EDIT_FOLLOW_UP, task)
    check_version(task, version)
    note, reference = values.note.strip(), values.urged_reference.strip()
    if values.urged_on is not None and values.urged_on > clock.today():
        raise DomainError("Ngày đôn đốc không sau ngày hôm nay.", field="urged_on")
    if note != task.note:
        task.note = note
        audit.record("task_follow_up_edited", task, actor=actor, data={**about(task), "note": note})
    if reference and reference != task.last_urged_reference:
        if task.state not in OWED:
            raise WrongState("Chỉ đôn đốc nội dung đơn vị còn phải thực hiện.")
        task.urged_count += 1
        task.last_urged_reference = reference
        task.last_urged_on = values.urged_on or clock.today()
        audit.record("task_urged", task, actor=actor, data={**about(task), "reference": reference})
    touch(task)
    if values.progress_text.strip():
        report_progress(
            task,
            ProgressValues(ProgressStatus.DOING, values.progress_text.strip(), cause="Đang thực hiện"),
            actor=actor,
        )
    db.session.flush()
