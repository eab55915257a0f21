"""What becomes of a request for more time: decided by somebody, or nothing is left to decide."""

from __future__ import annotations

from datetime import date

from app import clock
from app.audit import services as audit
from app.errors import DomainError
from app.extensions import db
from app.policy import Actor, Role
from app.remediation.models import ExtensionAnswer, ExtensionRequest, RequestState, Task, TaskState
from app.remediation.queries import OWED_STATES, list_holders, list_people_at
from app.remediation.services.guards import about
from app.vietnamese import format_date

IN_ITS_PLACE = (Role.FOLLOWER, Role.CLERK)
"""Who enters in the place of any unit."""


def open_request(task: Task) -> ExtensionRequest | None:
    """What the unit asked and nobody decided yet."""
    return next((one for one in task.extension_requests if one.state is RequestState.OPEN), None)


def askers_of(answer: ExtensionAnswer) -> set[int]:
    """Who asked for what a letter answers, and who asked since: none of them decides."""
    waiting = open_request(answer.task)
    return {answer.requested_by, *([waiting.requested_by] if waiting is not None else [])}


def list_askers(task: Task) -> list[tuple[int, str, str]]:
    """(person, name, post) of who may have asked for more time: who did, when a request waits.

    Without one: people of the unit, or who works in its place and enters what its paper says.
    """
    waiting = open_request(task)
    if waiting is not None:
        return [(waiting.requested_by, waiting.asker.name, "đã gửi đề nghị")]
    found = list_people_at(task.lead_unit_id)
    if task.follower is not None:
        found.append((task.follower.id, task.follower.name, "người theo dõi"))
    known = {key for key, _name, _post in found}
    return found + [one for one in list_holders(*IN_ITS_PLACE) if one[0] not in known]


def ask_asker(task: Task, person_id: int) -> None:
    """Raises DomainError (requested_by) for somebody who cannot have asked for this unit."""
    if person_id not in {key for key, _name, _post in list_askers(task)}:
        raise DomainError(
            f"Người đề nghị không thuộc {task.lead_unit.name}. Chọn người của đơn vị, hoặc người theo dõi, "
            "văn thư nhập theo văn bản của đơn vị.",
            field="requested_by",
        )


def may_be_extended(task: Task) -> bool:
    """Has a date and is owed; or was handed in late while the unit's request still waits to be decided."""
    waits = task.state is TaskState.SUBMITTED and open_request(task) is not None
    return task.due_on is not None and (task.state in OWED_STATES or waits)


def settle(
    task: Task, state: RequestState, *, by: int, on: date, answer: str = "", new_due_on: date | None = None
) -> None:
    """The date was moved, or the letter refused: what the unit asked is answered, unless by who asked.

    `new_due_on`: the date that was granted; the answer says whether it is the one that was asked for.
    """
    waiting = open_request(task)
    if waiting is None or waiting.requested_by == by:
        return
    if new_due_on is not None:
        answer = compared(waiting, new_due_on)
    waiting.state, waiting.decided_by, waiting.decided_on, waiting.answer = state, by, on, answer
    db.session.flush()


def compared(asked: ExtensionRequest, granted: date) -> str:
    """Whether a granted date is the one that the unit asked for."""
    if granted == asked.new_due_on:
        return f"Gia hạn đến ngày {format_date(granted)}, đúng thời hạn đề nghị."
    return f"Gia hạn đến ngày {format_date(granted)}, khác thời hạn đề nghị {format_date(asked.new_due_on)}."


def lapse(task: Task, reason: str, *, actor: Actor | None) -> None:
    """Nothing is left to decide of what the unit asked; `reason` says why. Nothing waits: nothing happens."""
    waiting = open_request(task)
    if waiting is None:
        return
    waiting.state, waiting.decided_on, waiting.answer = RequestState.LAPSED, clock.today(), reason
    db.session.flush()
    audit.record("task_extension_lapsed", task, actor=actor, data={**about(task), "reason": reason})


def lapse_when_in_time(task: Task, submitted_on: date, *, actor: Actor) -> None:
    """Handed in within its term, a task needs no more time; handed in late, the request must be decided.

    The unit's day of submission counts (users.md H13), so only a late one can still turn on the answer.
    """
    if task.converted or task.term is None or submitted_on <= task.term:
        day = format_date(submitted_on)
        lapse(task, f"Đơn vị đã gửi kết quả ngày {day}, trong thời hạn.", actor=actor)
