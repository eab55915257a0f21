"""Đề nghị gia hạn: the unit asks, another decides; what is decided elsewhere closes what was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines import steps
from app.deadlines.models import Event, Step
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.policy import UNIT_DECIDES, Action, Actor, Role, authorise
from app.remediation.models import ExtensionRequest, RequestState, Task
from app.remediation.queries import list_holders, list_people_at, profile_of
from app.remediation.services.guards import about, ask_unit_side, touch
from app.remediation.services.requests import open_request, settle
from app.remediation.services.unit_side import OWED, check_document, keep_files
from app.remediation.values import AnswerValues, ExtensionValues, RequestValues
from app.vietnamese import format_date

REFUSERS = (Role.LEADER, Role.CONTENT_CHECKER)
"""Who decides what a unit asked."""
ASKER_DECIDES = "Người đề nghị gia hạn không quyết định việc gia hạn."
Values = TypeVar("Values", ExtensionValues, AnswerValues)


def request_extension(
    task: Task, values: RequestValues, *, actor: Actor, version: int | None = None
) -> ExtensionRequest:
    """Đề nghị gia hạn; late requests are taken, the days overdue until then stay counted.

    Raises DomainError at a field, WrongState (not owed, no date), Conflict (one waits), Forbidden.
    """
    on_behalf = ask_unit_side(actor, Action.REQUEST_EXTENSION, task)
    check_version(task, version)
    if task.state not in OWED or task.due_on is None or task.term is None:
        raise WrongState("Chỉ đề nghị gia hạn nội dung đang thực hiện và có thời hạn cụ thể.")
    waiting = open_request(task)
    if waiting is not None:
        raise Conflict(
            f"Đề nghị gia hạn đến ngày {format_date(waiting.new_due_on)} đang chờ quyết định; không gửi thêm."
        )
    on = _day_of(task, values, entered=on_behalf is not None)
    if values.new_due_on <= task.term:
        raise DomainError(f"Thời hạn mới phải sau thời hạn {format_date(task.term)}.", field="new_due_on")
    if values.new_due_on <= on:
        raise DomainError("Thời hạn mới phải sau ngày đề nghị.", field="new_due_on")
    if len(values.reason.strip()) < 3:
        raise DomainError("Nêu lý do chưa hoàn thành đúng hạn, ít nhất 03 ký tự.", field="reason")
    check_document(values.reference, values.document_on)
    if not values.reference.strip() and not values.files:
        raise DomainError("Nhập số, ký hiệu, ngày văn bản hoặc đính kèm ảnh, tệp.", field="reference")
    made = ExtensionRequest(
        old_due_on=task.term, new_due_on=values.new_due_on, reason=values.reason.strip(),
        document_reference=values.reference.strip(), document_on=values.document_on,
        requested_by=actor.person_id, requested_on=on, on_behalf=on_behalf is not None,
        files=keep_files(values.files, actor=actor),
    )  # fmt: skip
    task.extension_requests.append(made)
    touch(task)
    db.session.flush()
    steps.count_from(profile_of(task), Step.EXTENSION_ANSWER, Event.REQUEST_RECEIVED, on, request_id=made.id)
    data = {**about(task), "new": format_date(made.new_due_on), "reason": made.reason}
    name = "task_extension_requested_late" if made.days_late else "task_extension_requested"
    audit.record(name, task, actor=actor, on_behalf_of=on_behalf, data=data)
    return made


def _day_of(task: Task, values: RequestValues, *, entered: bool) -> date:
    """Today; of a paper that the office enters its own day."""
    if not entered or values.requested_on is None:
        return clock.today()
    if values.requested_on > clock.today():
        raise DomainError("Ngày đề nghị không sau ngày hôm nay.", field="requested_on")
    if task.issued_on is not None and values.requested_on < task.issued_on:
        raise DomainError(
            f"Ngày đề nghị không trước ngày thông báo {format_date(task.issued_on)}.", field="requested_on"
        )
    return values.requested_on


def as_asked(task: Task, values: Values) -> Values:
    """The decision on what the unit asked names who asked and when, whatever was typed."""
    waiting = open_request(task)
    if waiting is None:
        return values
    return replace(values, requested_by=waiting.requested_by, requested_on=waiting.requested_on)


def refuse_extension(
    task: Task, *, decided_by: int, reason: str, reference: str = "", actor: Actor, version: int | None = None
) -> None:
    """Không đồng ý gia hạn as a leader decided it, recorded by who follows with the paper that says so."""
    authorise(actor, Action.EDIT_FOLLOW_UP, task)
    check_version(task, version)
    waiting = _waiting(task)
    if decided_by not in {key for key, _name, _post in list_holders(*REFUSERS)}:
        raise DomainError("Chọn lãnh đạo quyết định trong danh sách.", field="decided_by")
    if decided_by == waiting.requested_by:
        raise DomainError(ASKER_DECIDES, field="decided_by")
    if decided_by in {key for key, _name, _post in list_people_at(task.lead_unit_id)}:
        raise DomainError(UNIT_DECIDES, field="decided_by")
    if decided_by != actor.person_id and not reference.strip():
        raise DomainError("Ghi số, ký hiệu, ngày văn bản trả lời.", field="reference")
    _refuse(task, by=decided_by, reason=reason, reference=reference, actor=actor)


def refuse_oneself(task: Task, *, reason: str, actor: Actor, version: int | None = None) -> None:
    """Không đồng ý gia hạn by the leader's own click; no paper is needed beside it.

    Raises Forbidden for who asked or keyed the request in, WrongState when nothing waits, Stale.
    """
    waiting = _waiting(task)
    authorise(actor, Action.DECIDE_EXTENSION, waiting)
    check_version(task, version)
    _refuse(task, by=actor.person_id, reason=reason, reference="", actor=actor)


def _waiting(task: Task) -> ExtensionRequest:
    waiting = open_request(task)
    if waiting is None:
        raise WrongState("Không có đề nghị gia hạn nào chờ quyết định. Mở lại trang để xem.")
    return waiting


def _refuse(task: Task, *, by: int, reason: str, reference: str, actor: Actor) -> None:
    if len(reason.strip()) < 3:
        raise DomainError("Nêu lý do không đồng ý gia hạn, ít nhất 03 ký tự.", field="reason")
    told = reference.strip() or "ý kiến của lãnh đạo"
    answer = f"{reason.strip()} ({reference.strip()})" if reference.strip() else reason.strip()
    settle(task, RequestState.REFUSED, by=by, on=clock.today(), answer=answer)
    touch(task)
    data = {**about(task), "paper": told, "reason": reason.strip()}
    audit.record("task_extension_refused", task, actor=actor, data=data)
    db.session.flush()
