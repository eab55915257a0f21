"""The follower verifies what was handed in: each product, the whole task, and whether it lasts."""

from __future__ import annotations

from datetime import date

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines import queries as deadlines
from app.deadlines.settings import ONE_STEP_ACCEPTANCE
from app.errors import Conflict, DomainError, NotFound, WrongState
from app.extensions import db
from app.policy import Action, Actor, Role, authorise
from app.remediation.models import (
    PRODUCT_LABELS,
    ExpectedResult,
    ProofKind,
    ResultState,
    Task,
    TaskState,
)
from app.remediation.services import proofs
from app.remediation.services.guards import about, touch
from app.remediation.states import TASK, done_all_the_time, every_result_accepted
from app.vietnamese import format_date
from app.workflow import advance

VERIFIER_PROPOSES = (
    "Người thẩm tra sản phẩm đề xuất; lãnh đạo phòng khác người thẩm tra công nhận hoàn thành."
)


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


def awaits_second_step(task: Task) -> bool:
    """Where the office accepts in two steps: every product was verified, the head of the division's turn."""
    verified = task.state is TaskState.SUBMITTED and every_result_accepted(task) is None
    return verified and not deadlines.setting(ONE_STEP_ACCEPTANCE)


def why_not_alone(task: Task, actor: Actor) -> str | None:
    """Where the office accepts in two steps: the follower verifies and proposes, the head of the division
    accepts, who did not verify it all alone. None where one step is enough, as the office set it."""
    if deadlines.setting(ONE_STEP_ACCEPTANCE):
        return None
    if every_result_accepted(task) is not None:
        return "Công nhận từng sản phẩm trước khi công nhận hoàn thành."
    alone = all(result.decided_by == actor.person_id for result in task.results)
    if alone or Role.CONTENT_CHECKER not in actor.roles:
        return VERIFIER_PROPOSES
    return None


def _ask_another(task: Task, actor: Actor) -> None:
    reason = why_not_alone(task, actor)
    if reason is not None:
        raise Conflict(reason)


def accept(task: Task, *, actor: Actor, comment: str = "", version: int | None = None) -> None:
    """Công nhận hoàn thành, once every product was accepted; never by who reported it."""
    authorise(actor, Action.ACCEPT_TASK, task)
    check_version(task, version)
    before = (task.accepted_on, task.accepted_by)
    task.accepted_on, task.accepted_by = clock.today(), actor.person_id
    if every_result_accepted(task) is None and task.state is TaskState.SUBMITTED:
        proofs.settle(task, task.submitted_on or clock.today())  # what came back and was mended again
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
    _ask_another(task, actor)
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
    due_on = _from_today(due_on, "Nhập thời hạn bổ sung, từ ngày hôm nay trở đi.")
    advance(task, "send_back", TASK, actor=actor, data={**about(task), "comment": reason, "due_on": due_on})
    in_time = task.term is not None and task.submitted_on is not None and task.submitted_on <= task.term
    if in_time and not task.converted:
        task.supplement_on = due_on
    _give_back(task, reason, due_on, "Đề nghị bổ sung")
    db.session.flush()


def _from_today(day: date | None, message: str) -> date:
    if day is None or day < clock.today():
        raise DomainError(message, field="due_on")
    return day


def _give_back(task: Task, reason: str, due_on: date, verdict: str) -> None:
    task.return_reason, task.return_due_on, task.verdict = reason, due_on, verdict
    task.returned_at = clock.now()
    touch(task)


def watch(
    task: Task,
    *,
    until: date | None,
    every: int | None = None,
    actor: Actor,
    version: int | None = None,
) -> None:
    """Accept the first proof of a continuing task and watch until a day, of review, that it lasts.

    `every`: months between the proofs that the unit sends meanwhile, None = none.
    """
    authorise(actor, Action.ACCEPT_TASK, task)
    check_version(task, version)
    why_not = done_all_the_time(task)
    if why_not is not None:
        raise WrongState(why_not)
    if until is None or until <= clock.today():
        raise DomainError("Nhập ngày kết thúc thời gian theo dõi, sau ngày hôm nay.", field="until")
    _ask_another(task, actor)
    for result in task.results:
        if result.state is ResultState.OPEN:
            accept_result(task, result.id, actor=actor)
    advance(task, "watch", TASK, actor=actor, data={**about(task), "until": until})
    proofs.settle(task, task.submitted_on or clock.today())
    task.review_on = until
    proofs.begin_periods(task, every)
    task.verdict = f"Theo dõi việc duy trì đến ngày {format_date(until)}"
    touch(task)
    db.session.flush()


def finish_watch(task: Task, *, actor: Actor, version: int | None = None) -> None:
    """What was watched has lasted: done."""
    authorise(actor, Action.ACCEPT_TASK, task)
    check_version(task, version)
    if task.state is TaskState.WATCHING:
        _ask_another(task, actor)
        proofs.settle(task, clock.today())
        task.accepted_on, task.accepted_by = clock.today(), actor.person_id
        task.verdict = "Công nhận hoàn thành"
    advance(task, "finish_watch", TASK, actor=actor, data=about(task))
    db.session.flush()


def recur(
    task: Task, *, actor: Actor, comment: str, due_on: date | None = None, version: int | None = None
) -> None:
    """What was watched came back: the unit mends it again, by a day."""
    authorise(actor, Action.ACCEPT_TASK, task)
    check_version(task, version)
    if not comment.strip():
        raise DomainError("Nêu việc tái diễn.", field="comment")
    due_on = _from_today(due_on, "Nhập thời hạn khắc phục lại, từ ngày hôm nay trở đi.")
    if task.state is TaskState.WATCHING:
        proofs.settle(task, clock.today())
    advance(
        task, "recur", TASK, actor=actor, data={**about(task), "comment": comment.strip(), "due_on": due_on}
    )
    for result in task.results:
        result.state, result.decided_by, result.decided_on = ResultState.OPEN, None, None
    proofs.owe(task, ProofKind.RECURRENCE, due_on, told=comment.strip())
    _give_back(task, comment.strip(), due_on, "Tái diễn, đề nghị khắc phục lại")
    db.session.flush()
