"""What a dissolved unit still owed goes to a successor: assigned by a person, acknowledged by its head.

The deadline, what was reported and every paper stay as they are; only who leads changes, from today on, and
the notice goes to the successor too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.documents import delivery as deliveries_of
from app.documents.models import Delivery
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.remediation import queries, sheets
from app.remediation.models import Task, TaskHandover
from app.remediation.services.guards import about, ask_unit_side, index_task, reread, touch
from app.units.models import Unit
from app.vietnamese import format_date


def hand_over(
    unit: Unit,
    tasks: Sequence[Task],
    deliveries: Sequence[Delivery] = (),
    *,
    successor_id: int | None = None,
    actor: Actor,
    versions: Sequence[int | None] | None = None,
) -> Unit:
    """Assign what `unit` left to one successor that exists today (None = the only one); which one it was.

    A task that was assigned and is not acknowledged yet may be given to another. Raises DomainError (nothing
    ticked, no choice made), Conflict (no successor on record), WrongState, Stale.
    """
    authorise(actor, Action.HAND_OVER_TASKS)
    if not tasks and not deliveries:
        raise DomainError("Chọn ít nhất 01 nội dung hoặc thông báo.")
    if unit.exists_on(clock.today()):
        raise WrongState(f"{unit.name} đang hoạt động nên không có nội dung phải bàn giao.")
    successor = _successor(unit, successor_id)
    reread(tasks)
    for task, version in zip(tasks, versions or [None] * len(tasks), strict=True):
        check_version(task, version)
        _give(task, unit, successor, actor)
    for delivery in deliveries:
        deliveries_of.hand_on(delivery, successor, actor=actor)
    db.session.flush()
    return successor


def _successor(unit: Unit, successor_id: int | None) -> Unit:
    heirs = queries.heirs_of(unit)
    if not heirs:
        raise Conflict(
            f"Chưa ghi đơn vị đang hoạt động nào kế thừa {unit.name}. "
            "Ghi việc kế thừa của đơn vị rồi bàn giao."
        )
    if successor_id is None and len(heirs) == 1:
        return heirs[0]
    chosen = next((heir for heir in heirs if heir.id == successor_id), None)
    if chosen is None:
        raise DomainError("Chọn đơn vị kế thừa đang hoạt động trong danh sách.", field="successor_id")
    return chosen


def _give(task: Task, unit: Unit, successor: Unit, actor: Actor) -> None:
    given = next((row for row in task.handovers if row.from_unit_id == unit.id), None)
    leads = given.to_unit_id if given is not None else unit.id
    if task.state not in queries.OPEN_STATES or task.lead_unit_id != leads:
        raise WrongState(f"{task.code} không còn chờ bàn giao từ {unit.name}. Mở lại trang để xem.")
    if given is None:
        task.handovers.append(
            TaskHandover(
                from_unit_id=unit.id,
                to_unit_id=successor.id,
                assigned_by=actor.person_id,
                assigned_on=clock.today(),
            )
        )
    elif given.acknowledged_on is not None:
        raise WrongState(f"{given.to_unit.name} đã xác nhận nhận bàn giao {task.code}.")
    elif given.to_unit_id == successor.id:
        raise WrongState(f"{task.code} đã giao {successor.name}.")
    else:
        given.to_unit, given.assigned_by, given.assigned_on = successor, actor.person_id, clock.today()
    task.lead_unit, task.lead_person = successor, ""
    for row in task.assignments:  # officers of a unit that is no more
        if row.ended_at is None:
            row.ended_at = clock.now()
    index_task(task)
    touch(task)
    db.session.flush()
    if task.document is not None and task.document.is_issued:  # who must carry it out can read it
        deliveries_of.deliver(task.document, successor, sent_on=clock.today(), actor=actor)
    audit.record(
        "task_handed_over", task, unit, successor, actor=actor,
        data={**about(task), "from": f"từ {unit.name}", "to": successor.name},
    )  # fmt: skip


def acknowledge_handover(
    rows: Sequence[TaskHandover], *, actor: Actor, on: date | None = None, reference: str = ""
) -> None:
    """Xác nhận nhận bàn giao by the successor's head today, or by the office from the signed paper.

    What was taken over is kept as it stands at this moment, one sheet for each successor.

    Raises DomainError (nothing ticked, paper not named, day to come), WrongState (acknowledged already).
    """
    if not rows:
        raise DomainError("Chọn ít nhất 01 nội dung.")
    reference = " ".join(reference.split())
    reread([row.task for row in rows])
    db.session.execute(
        sa.select(TaskHandover)
        .where(TaskHandover.id.in_([row.id for row in rows]))
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        on_behalf = ask_unit_side(actor, Action.ACKNOWLEDGE, row.task)
        if row.acknowledged_on is not None or row.task.lead_unit_id != row.to_unit_id:
            raise WrongState(f"Việc bàn giao {row.task.code} đã được xác nhận hoặc đã giao đơn vị khác.")
        if on_behalf is not None and len(reference) < 3:
            raise DomainError("Ghi số, ký hiệu của biên bản bàn giao.", field="reference")
        if on is not None and not (row.from_unit.valid_to or on) <= on <= clock.today():
            raise DomainError(
                f"Ngày biên bản từ ngày {format_date(row.from_unit.valid_to or on)} đến hôm nay.", field="on"
            )
        row.acknowledged_on = on or clock.today()
        row.acknowledged_by, row.on_behalf = actor.person_id, on_behalf is not None
        row.reference = reference if on_behalf is not None else ""
        touch(row.task)
        db.session.flush()
        audit.record(
            "task_handover_acknowledged", row.task, row.to_unit, actor=actor, on_behalf_of=on_behalf,
            data={**about(row.task), "from": row.from_unit.name, "reference": row.reference},
        )  # fmt: skip
    for unit_id in dict.fromkeys(row.to_unit_id for row in rows):
        sheets.keep(sheets.of_received([row for row in rows if row.to_unit_id == unit_id]))
