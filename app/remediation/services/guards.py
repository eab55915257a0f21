"""What every write asks first: the right, the freshness of the form, and on whose behalf it is done."""

from __future__ import annotations

from app import clock
from app.audit import queries as audit
from app.errors import Conflict, Forbidden, Stale
from app.inspections.models import Inspection
from app.policy import UNIT_ROLES, Action, Actor, can, refusal
from app.remediation.models import Task, TaskState
from app.vietnamese import format_time, search_key


def ask(actor: Actor, action: Action, task: Task) -> None:
    """Raise Forbidden unless `actor` may do `action` to `task`."""
    reason = refusal(actor, action, task)
    if reason is not None:
        raise Forbidden(reason)


def ask_unit_side(actor: Actor, action: Action, task: Task) -> str | None:
    """Let the unit's own people pass (None), or the office in their place (the unit's name).

    Raises Forbidden for everybody else.
    """
    if can(actor, action, task):
        return None
    if not actor.roles & UNIT_ROLES and can(actor, Action.ENTER_FOR_UNIT, task):
        return task.lead_unit.name
    ask(actor, action, task)
    raise AssertionError("the right was refused above")


class StaleTask(Stale):
    """The form was filled from an older version; `version` is the one that holds now."""

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version


def ask_fresh(task: Task, version: int | None) -> None:
    """Raise Stale when the form was filled from an older version of the row (None: made here, not typed)."""
    if version is None or version == task.version:
        return
    last = next(iter(audit.list_events(task, limit=1)), None)
    when = format_time(last.at if last else task.updated_at)
    who = f"đồng chí {last.actor_name}" if last and last.actor_id else "cán bộ khác"
    raise StaleTask(
        f"Nội dung này vừa được {who} cập nhật lúc {when}. Phần vừa nhập vẫn được giữ; "
        "so sánh hai bản và chọn bản sử dụng.",
        task.version,
    )


def touch(task: Task) -> None:
    """Move the row's version and its "Ngày cập nhật gần nhất" on, also when only rows below it change."""
    task.updated_at = clock.now()


def about(task: Task) -> dict[str, object]:
    """What the event of a task says of its object in lists of news."""
    return {"code": task.code, "unit": task.lead_unit.name}


def index_task(task: Task) -> None:
    """What the accent-free search of lists looks into."""
    words = [task.code, task.text, task.lead_unit.name, task.inspected_unit.unit.name, task.lead_person]
    if task.document is not None:
        words.append(task.document.number_and_symbol)
    words += [finding.description for finding in task.findings]
    task.search = search_key(" ".join(words))


def ask_team(actor: Actor, inspection: Inspection) -> None:
    """Raise Forbidden unless `actor` plans the remediation of this case."""
    reason = refusal(actor, Action.PLAN_REMEDIATION, inspection)
    if reason is not None:
        raise Forbidden(reason)


def ask_draft(actor: Actor, task: Task) -> None:
    """Raise unless `actor` plans this case and the task was not issued yet."""
    ask_team(actor, task.inspection)
    if task.state is not TaskState.DRAFT:
        raise Conflict(
            "Nội dung khắc phục đã giao theo thông báo không được sửa. Gia hạn hoặc giao lại khi cần."
        )
