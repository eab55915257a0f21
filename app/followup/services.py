"""What the table does to several lines at once; single acts are those of remediation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import DomainError
from app.policy import Action, Actor, refusal
from app.remediation import services as remediation
from app.remediation.models import ResultState, Task, TaskState
from app.remediation.values import LineValues


@dataclass(frozen=True)
class Outcome:
    """Codes that were accepted, and those that were not with the reason."""

    accepted: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


def accept_many(tasks: Sequence[Task], *, actor: Actor) -> Outcome:
    """Accept every ticked task that may be accepted; the others stay as they are, each with its reason."""
    if not tasks:
        raise DomainError("Chọn ít nhất 01 nội dung trong bảng.")
    accepted: list[str] = []
    left: list[tuple[str, str]] = []
    for task in tasks:
        reason = _why_not(task, actor)
        if reason is None:
            remediation.accept_whole(task, actor=actor)
            accepted.append(task.code)
        else:
            left.append((task.code, reason))
    return Outcome(tuple(accepted), tuple(left))


def _why_not(task: Task, actor: Actor) -> str | None:
    if task.state is not TaskState.SUBMITTED:
        return "đơn vị chưa gửi kết quả"
    if any(result.state is ResultState.RETURNED for result in task.results):
        return "có sản phẩm đã đề nghị bổ sung"
    reason = refusal(actor, Action.ACCEPT_TASK, task)
    return None if reason is None else reason[0].lower() + reason[1:].rstrip(".")


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
