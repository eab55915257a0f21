"""What every write asks first: the right, the freshness of the form, and on whose behalf it is done."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.errors import Conflict
from app.extensions import db
from app.inspections import holds
from app.policy import Action, Actor, Subject, authorise, can
from app.remediation.models import Task, TaskState
from app.remediation.queries import may_enter_for_unit
from app.vietnamese import search_key


def ask_unit_side(actor: Actor, action: Action, task: Task, *, of: Subject | None = None) -> str | None:
    """Let the unit's own people pass (None), or the office in their place (the unit's name).

    `of`: what the right is on, where it is more than the task. Raises Forbidden for everybody else.
    """
    if can(actor, action, task if of is None else of):
        return None
    if may_enter_for_unit(actor, task):
        return task.lead_unit.name
    authorise(actor, action, task if of is None else of)
    raise AssertionError("the right was refused above")


def reread(tasks: Sequence[Task]) -> None:
    """Lock these tasks and read them as they are now."""
    db.session.execute(
        sa.select(Task)
        .where(Task.id.in_([task.id for task in tasks]))
        .order_by(Task.id)
        .with_for_update(of=Task)
        .execution_options(populate_existing=True)
    ).all()


def touch(task: Task) -> None:
    """Move the row's version and its "Ngày cập nhật gần nhất" on, also when only rows below it change."""
    task.updated_at = clock.now()
    flag_modified(task, "updated_at")  # two acts of one instant are two versions as well


def about(task: Task) -> dict[str, object]:
    """What the event of a task says of its object in lists of news."""
    return {"code": task.code, "unit": task.lead_unit.name}


def index_task(task: Task) -> None:
    """What the accent-free search of lists looks into."""
    words = [task.code, task.text, task.lead_unit.name, task.concerned.name, task.lead_person]
    if task.source is not None:
        words.append(task.source.number_and_symbol)
    words += [finding.description for finding in task.findings]
    task.search = search_key(" ".join(words))


def ask_draft(actor: Actor, task: Task) -> None:
    """Raise unless `actor` plans this case and the task was not issued yet."""
    authorise(actor, Action.PLAN_REMEDIATION, task.case)
    if task.state is not TaskState.DRAFT:
        raise Conflict(
            "Nội dung khắc phục đã giao theo thông báo không được sửa. Gia hạn hoặc giao lại khi cần."
        )
    holds.ask_free(task.place.id)
