"""What the table does to several lines at once; single acts are those of remediation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.settings import FOLLOWUP_NOTICE_TITLE
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Document, Paper
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.followup import ending
from app.inspections.models import Inspection, InspectionKind, InspectionState
from app.inspections.states import INSPECTION
from app.policy import Action, Actor, authorise, refusal
from app.remediation import queries as questions
from app.remediation import services as remediation
from app.remediation.models import ResultState, Task, TaskState
from app.remediation.services.guards import reread
from app.remediation.values import DirectiveValues, LineValues
from app.units.models import Unit
from app.workflow import advance

MOVED = "vừa được cập nhật, mở lại bảng để xem rồi thực hiện lại"


@dataclass(frozen=True)
class Outcome:
    """Codes with which it was done, and those with which it was not, each with the reason."""

    done: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


Pick = tuple[Task, int | None]
"""A ticked line: its task, and the version that was on the page."""


def accept_many(picks: Sequence[Pick], *, actor: Actor) -> Outcome:
    """Accept every ticked task that may be accepted; the others stay as they are, each with its reason."""
    if not picks:
        raise DomainError("Chọn ít nhất 01 nội dung trong bảng.")

    def accept(task: Task) -> None:
        reason = _why_not(task, actor)
        if reason is not None:
            raise WrongState(reason)
        remediation.accept_whole(task, actor=actor)

    return _each(picks, accept)


def _each(picks: Sequence[Pick], act: Callable[[Task], object]) -> Outcome:
    """Do it to every line that stands as it was ticked; what is refused leaves that line alone as it was.

    Raises the DomainError when nothing was done and a field of the form is why.
    """
    done: list[str] = []
    left: list[tuple[str, str]] = []
    wrong: list[DomainError] = []
    reread([task for task, _version in picks])  # held until the end: nobody moves a line under this act
    for task, version in picks:
        code = task.code
        if version != task.version:
            left.append((code, MOVED))
            continue
        try:
            with db.session.begin_nested():
                act(task)
        except DomainError as error:
            left.append((code, _told(error.message, code)))
            wrong += [error] if error.field is not None else []
        else:
            done.append(code)
    if wrong and not done:
        raise wrong[0]
    return Outcome(tuple(done), tuple(left))


def _told(reason: str, code: str) -> str:
    """The reason behind its code and a colon."""
    reason = reason.removeprefix(code).lstrip(": ").rstrip(".")
    return reason[:1].lower() + reason[1:]


def direct_many(picks: Sequence[Pick], values: DirectiveValues, *, actor: Actor) -> Outcome:
    """One act of a leader on every ticked task where it may be; the others stay, each with its reason."""
    if not picks:
        raise DomainError("Chọn ít nhất 01 nội dung trong bảng.")
    return _each(picks, lambda task: remediation.direct(task, values, actor=actor))


def _why_not(task: Task, actor: Actor) -> str | None:
    if task.state is not TaskState.SUBMITTED:
        return "đơn vị chưa gửi kết quả"
    if any(result.state is ResultState.RETURNED for result in task.results):
        return "có sản phẩm đã đề nghị bổ sung"
    return _no_right(task, Action.ACCEPT_TASK, actor)


def _no_right(task: Task, action: Action, actor: Actor) -> str | None:
    reason = refusal(actor, action, task)
    return None if reason is None else reason[0].lower() + reason[1:].rstrip(".")


def urge_many(picks: Sequence[Pick], reference: str, urged_on: date, *, actor: Actor) -> Outcome:
    """Record one urging paper at every ticked task that is still owed; the others stay, with the reason."""
    if not picks:
        raise DomainError("Chọn ít nhất 01 nội dung trong bảng.")

    def urge(task: Task) -> None:
        no_right = _no_right(task, Action.EDIT_FOLLOW_UP, actor)
        if no_right is not None:
            raise WrongState(no_right)
        if not questions.is_owed(task, clock.today()):
            raise WrongState("đơn vị không còn phải thực hiện")
        if task.last_urged_reference == reference.strip():
            raise WrongState("đã ghi văn bản này")
        values = LineValues(urged_reference=reference, urged_on=urged_on)
        remediation.edit_line(task, values, actor=actor)

    return _each(picks, urge)


def hand_over_many(picks: Sequence[Pick], person_id: int, *, reason: str, actor: Actor) -> Outcome:
    """Giao lại: one new follower for every ticked task that is followed; the others stay, with the reason."""
    if not picks:
        raise DomainError("Chọn ít nhất 01 nội dung trong bảng.")
    return _each(picks, lambda task: remediation.set_follower([task], person_id, reason=reason, actor=actor))


def quick_edit(task: Task, values: LineValues, *, actor: Actor, version: int | None) -> None:
    """Change a line of the table in place. Raises Stale when somebody was faster."""
    remediation.edit_line(task, values, actor=actor, version=version)


def unit_of(tasks: Sequence[Task]) -> int:
    """The one unit whose report answers all the ticked tasks; refuses none or several."""
    units = {task.lead_unit_id for task in tasks}
    if not units:
        raise DomainError("Chọn ít nhất 01 nội dung trong bảng.")
    if len(units) > 1:
        raise DomainError("Mỗi báo cáo là của một đơn vị. Chọn các nội dung của cùng một đơn vị.")
    return units.pop()


def begin_check_notice(inspection: Inspection, units: Sequence[Unit], *, actor: Actor) -> Paper:
    """Soạn thông báo kết quả kiểm tra việc khắc phục, about the named units of a check (none: all).

    Raises WrongState (no check of remediation), Forbidden.
    """
    authorise(actor, Action.DRAFT_NOTICE, inspection)
    if inspection.kind is not InspectionKind.FOLLOW_UP:
        raise WrongState("Chỉ cuộc kiểm tra việc khắc phục mới có thông báo này.")
    return remediation.begin(
        DocumentKind.FOLLOWUP_NOTICE,
        subject=deadlines.setting(FOLLOWUP_NOTICE_TITLE),
        units=units or [place.unit for place in inspection.units],
        inspection=inspection,
        actor=actor,
    )


def begin_end(document: Document, *, actor: Actor) -> Paper:
    """Soạn thông báo kết thúc theo dõi of a notice, once everything it asked was accepted.

    Raises WrongState (something open, not in force), Conflict (one is being drafted), Forbidden.
    """
    tasks = questions.list_of_notice_told(document.id)
    for task in tasks:
        authorise(actor, Action.EDIT_FOLLOW_UP, task)
    if document.state not in IN_FORCE:
        raise WrongState("Thông báo không còn được áp dụng.")
    reason = ending.left(tasks)
    if reason:
        raise WrongState(reason)
    if ending.find(document.id) is not None:
        raise Conflict("Thông báo này đã có thông báo kết thúc theo dõi.")
    return remediation.begin(
        DocumentKind.FOLLOWUP_END,
        subject=ending.subject_of(document),
        units=questions.units_of_tasks(tasks),
        inspection=tasks[0].inspection,
        about_document=document,
        actor=actor,
    )


def close_followed(paper: Paper, actor: Actor) -> None:
    """Once the end is issued the case is closed, when no notice of it has anything open."""
    remediation.send(paper, actor)
    inspection = db.session.get(Inspection, paper.inspection_id) if paper.inspection_id else None
    if inspection is None or inspection.state is not InspectionState.CONCLUDED:
        return
    still = sa.exists().where(Task.inspection_id == inspection.id, Task.state.in_(questions.OPEN_STATES))
    if not db.session.scalar(sa.select(still)):
        advance(inspection, "close", INSPECTION, actor=actor, about=(paper.document,))
        db.session.flush()
