"""Four acts of a leader on a task, each with a day of answer; and the answer of who was asked."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.remediation.models import DIRECTIVE_LABELS, Directive, DirectiveKind, Task
from app.remediation.queries import OPEN_STATES, list_holders
from app.remediation.services.following import DECIDERS, give_follower, grant
from app.remediation.services.guards import about, ask_unit_side, touch
from app.remediation.services.requests import open_request
from app.remediation.services.unit_side import OWED, check_document, keep_files
from app.remediation.values import DirectiveAnswer, DirectiveValues, ExtensionValues
from app.vietnamese import format_date


def direct(task: Task, values: DirectiveValues, *, actor: Actor, version: int | None = None) -> Directive:
    """Đôn đốc, Gia hạn, Giao lại or Yêu cầu minh chứng, with the day by which it is answered.

    A date that is extended and a follower that is changed go through the rules of those acts. Raises
    DomainError at a field, WrongState, Conflict (asked today already), Forbidden, Stale.
    """
    authorise(actor, Action.DIRECT_TASK, task)
    check_version(task, version)
    text = " ".join(values.text.split())
    if len(text) < 3:
        raise DomainError("Nêu nội dung chỉ đạo, ít nhất 03 ký tự.", field="text")
    if values.answer_due_on < clock.today():
        raise DomainError("Ngày trả lời từ ngày hôm nay trở đi.", field="answer_due_on")
    _ask_once(task, values.kind)
    if values.kind is not DirectiveKind.REASSIGN and not task.lead_unit.exists_on(clock.today()):
        raise WrongState(
            f"{task.lead_unit.name} đã chấm dứt hoạt động. Giao {task.code} cho đơn vị kế thừa rồi chỉ đạo."
        )
    to_person_id = None
    if values.kind is DirectiveKind.EXTEND:
        _extend(task, values, text, actor)
    elif values.kind is DirectiveKind.REASSIGN:
        to_person_id = _reassign(task, values, text, actor)
    elif values.kind is DirectiveKind.URGE:
        _urge(task)
    elif task.state not in OPEN_STATES:
        raise WrongState("Chỉ yêu cầu minh chứng của nội dung đang theo dõi.")
    made = Directive(
        task_id=task.id, kind=values.kind, text=text, to_person_id=to_person_id, asked_by=actor.person_id,
        asked_on=clock.today(), answer_due_on=values.answer_due_on,
    )  # fmt: skip
    task.directives.append(made)
    touch(task)
    db.session.flush()
    data = {
        **about(task), "act": DIRECTIVE_LABELS[values.kind].lower(), "text": text,
        "answer_due": format_date(values.answer_due_on),
    }  # fmt: skip
    audit.record("task_directed", task, actor=actor, data=data)
    return made


def _ask_once(task: Task, kind: DirectiveKind) -> None:
    known = sa.exists().where(
        Directive.task_id == task.id, Directive.kind == kind, Directive.asked_on == clock.today()
    )
    if db.session.scalar(sa.select(known)):
        raise Conflict(f"Hôm nay đã có chỉ đạo “{DIRECTIVE_LABELS[kind]}” cho {task.code}.")


def _urge(task: Task) -> None:
    if task.state not in OWED:
        raise WrongState("Chỉ đôn đốc nội dung đơn vị còn phải thực hiện.")
    task.urged_count += 1
    task.last_urged_on = clock.today()
    task.last_urged_reference = f"Đôn đốc trên hệ thống ngày {format_date(clock.today())}"


def _extend(task: Task, values: DirectiveValues, text: str, actor: Actor) -> None:
    if actor.person_id not in {key for key, _name, _post in list_holders(*DECIDERS)}:
        raise Forbidden("Lãnh đạo hoặc Trưởng phòng quyết định gia hạn.")
    if values.new_due_on is None:
        raise DomainError("Nhập thời hạn mới.", field="new_due_on")
    waiting = open_request(task)
    asker = waiting.requested_by if waiting is not None else values.requested_by
    if asker is None:
        raise DomainError("Chọn người đề nghị gia hạn.", field="requested_by")
    asked = values.requested_on or clock.today()
    extension = ExtensionValues(values.new_due_on, text, asker, asked, decided_by=actor.person_id)
    grant(task, extension, actor=actor)


def _reassign(task: Task, values: DirectiveValues, text: str, actor: Actor) -> int:
    if values.follower_id is None:
        raise DomainError("Chọn người theo dõi trong danh sách.", field="follower_id")
    give_follower([task], values.follower_id, reason=text, actor=actor)
    return values.follower_id


def answer(
    directive: Directive, values: DirectiveAnswer, *, actor: Actor, version: int | None = None
) -> Directive:
    """Trả lời by who was asked: the follower, the unit's own people, or the office from the unit's paper.

    A late answer is taken and shown as late. Evidence is a paper by number and day, or files.
    """
    task = directive.task
    on_behalf = _ask_answerer(directive, actor)
    check_version(task, version)
    if directive.answered_at is not None:
        raise WrongState(f"Chỉ đạo này đã được trả lời ngày {format_date(_day(directive))}.")
    if task.state not in OPEN_STATES:
        raise WrongState(f"{task.code} không còn theo dõi khắc phục nên không cần trả lời.")
    text = " ".join(values.text.split())
    if len(text) < 3:
        raise DomainError("Nêu nội dung trả lời, ít nhất 03 ký tự.", field="text")
    check_document(values.reference, values.document_on)
    if directive.kind is DirectiveKind.EVIDENCE and not (values.reference.strip() or values.files):
        raise DomainError(
            "Nhập số, ký hiệu, ngày văn bản hoặc đính kèm ảnh, tệp làm minh chứng.", field="reference"
        )
    directive.files = keep_files(values.files, actor=actor)
    directive.answer, directive.answer_reference = text, " ".join(values.reference.split())
    directive.answer_document_on = values.document_on
    directive.answered_by, directive.answered_at = actor.person_id, clock.now()
    directive.on_behalf = on_behalf is not None
    touch(task)
    db.session.flush()
    data = {**about(task), "act": directive.label.lower(), "answer": text}
    audit.record("task_directive_answered", task, actor=actor, on_behalf_of=on_behalf, data=data)
    return directive


def _ask_answerer(directive: Directive, actor: Actor) -> str | None:
    authorise(actor, Action.ANSWER_DIRECTIVE, directive)
    if directive.to_person_id is None:
        return ask_unit_side(actor, Action.REPORT_PROGRESS, directive.task)
    if directive.to_person_id != actor.person_id:
        raise Forbidden("Người được giao trả lời chỉ đạo này.")
    return None


def _day(directive: Directive) -> date:
    assert directive.answered_at is not None
    return clock.local(directive.answered_at).date()
