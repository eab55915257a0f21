"""What dissolved units still owe: derived, until a person assigns each piece to a unit that exists today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, lazyload

from app import clock
from app.documents.models import IN_FORCE, Delivery, Document
from app.errors import NotFound
from app.extensions import db
from app.policy import Actor, Standing
from app.remediation.models import Task, TaskHandover
from app.remediation.queries.handing import FULL
from app.remediation.queries.tasks import BY_DAY, FAR, NOTICE, OPEN_STATES
from app.units import lineage
from app.units.models import Succession, Unit, UnitVersion
from app.vietnamese import sort_key

MOST = 500
"""Tasks that one page shows; assigning some brings the others."""


@dataclass(frozen=True)
class Left:
    """One dissolved unit: who may take over, what waits to be assigned, what waits to be acknowledged."""

    unit: Unit
    heirs: tuple[Unit, ...]
    tasks: tuple[Task, ...]
    deliveries: tuple[Delivery, ...]
    waiting: tuple[TaskHandover, ...]

    @property
    def to_assign(self) -> int:
        """How many pieces have no successor yet."""
        return len(self.tasks) + len(self.deliveries)


def _gone(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(Unit.valid_to.is_not(None), Unit.valid_to <= today)


def _owed(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(Task.state.in_(OPEN_STATES), _gone(today))


def _unreceived(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        Delivery.receipt.is_(None),
        Delivery.handed_to_id.is_(None),
        Document.state.in_(IN_FORCE),
        _gone(today),
    )


def _unacknowledged(today: date) -> sa.ColumnElement[bool]:
    """Assigned to a unit that still leads the task and still exists."""
    return sa.and_(
        TaskHandover.acknowledged_on.is_(None),
        TaskHandover.to_unit_id == Task.lead_unit_id,
        Task.state.in_(OPEN_STATES),
        Unit.valid_from <= today,
        sa.or_(Unit.valid_to.is_(None), Unit.valid_to > today),
    )


def list_left(unit_id: int | None = None) -> tuple[list[Left], int]:
    """Dissolved units with what they left, the last dissolved first; and how many more tasks there are.

    `unit_id`: only that one.
    """
    today = clock.today()
    tasks = _read_tasks(today, unit_id)
    deliveries = _read_deliveries(today, unit_id)
    waiting = _read_waiting(today, unit_id)
    units = {row.lead_unit_id: row.lead_unit for row in tasks}
    units |= {row.unit_id: row.unit for row in deliveries}
    units |= {row.from_unit_id: row.from_unit for row in waiting}
    heirs = lineage.heir_units(units, today)
    of_unit: dict[int, list[Task]] = defaultdict(list)
    for task in tasks[:MOST]:
        of_unit[task.lead_unit_id].append(task)
    found = [
        Left(
            unit,
            heirs[key],
            tuple(of_unit[key]),
            tuple(row for row in deliveries if row.unit_id == key),
            tuple(row for row in waiting if row.from_unit_id == key),
        )
        for key, unit in units.items()
    ]
    found.sort(key=lambda left: (-(left.unit.valid_to or FAR).toordinal(), sort_key(left.unit.name)))
    more = 0
    if len(tasks) > MOST:
        more = db.session.scalars(_tasks_left(today)).one() - MOST
    return found, more


def _read_tasks(today: date, unit_id: int | None) -> Sequence[Task]:
    query = (
        sa.select(Task)
        .join(Unit, Unit.id == Task.lead_unit_id)
        .where(_owed(today))
        .options(*NOTICE, joinedload(Task.lead_unit), lazyload(Task.results))
        .order_by(Unit.valid_to.desc(), Unit.id, BY_DAY, Task.id)
        .limit(MOST + 1)
    )
    return db.session.scalars(_only(query, Task.lead_unit_id, unit_id)).all()


def _read_deliveries(today: date, unit_id: int | None) -> Sequence[Delivery]:
    query = (
        sa.select(Delivery)
        .join(Unit, Unit.id == Delivery.unit_id)
        .join(Document, Document.id == Delivery.document_id)
        .where(_unreceived(today))
        .options(joinedload(Delivery.document), joinedload(Delivery.unit))
        .order_by(Delivery.sent_on, Delivery.id)
        .limit(MOST)
    )
    return db.session.scalars(_only(query, Delivery.unit_id, unit_id)).all()


def _read_waiting(today: date, unit_id: int | None) -> Sequence[TaskHandover]:
    query = (
        _handovers()
        .where(_unacknowledged(today))
        .order_by(TaskHandover.assigned_on, TaskHandover.id)
        .limit(MOST)
    )
    return db.session.scalars(_only(query, TaskHandover.from_unit_id, unit_id)).all()


def _handovers(*carried: Any) -> sa.Select[TaskHandover]:
    """`carried`: what is to be read of the tasks besides their notice."""
    return (
        sa.select(TaskHandover)
        .join(Task, Task.id == TaskHandover.task_id)
        .join(Unit, Unit.id == TaskHandover.to_unit_id)
        .options(
            joinedload(TaskHandover.task).options(*(carried or (*NOTICE, lazyload(Task.results)))),
            joinedload(TaskHandover.from_unit),
            joinedload(TaskHandover.to_unit),
        )
    )


def _only(query: sa.Select[Any], column: Any, unit_id: int | None) -> sa.Select[Any]:
    return query if unit_id is None else query.where(column == unit_id)


def heirs_of(unit: Unit) -> tuple[Unit, ...]:
    """Units that exist today and may take over what `unit` left, in Vietnamese order of names."""
    return lineage.heir_units([unit.id], clock.today())[unit.id]


def get_left(actor: Actor, unit_id: int) -> Left:
    """What one unit left; nothing while it goes on. Raises NotFound."""
    unit = db.session.get(Unit, unit_id)
    if unit is None or not actor.in_office:
        raise NotFound()
    found = list_left(unit_id)[0]
    return found[0] if found else Left(unit, heirs_of(unit), (), (), ())


def count_left() -> tuple[int, int]:
    """How many tasks and how many notices of dissolved units wait for a successor."""
    tasks, notices = db.session.execute(counted_left(clock.today())).one()
    return tasks, notices


def counted_left(today: date) -> sa.Select[int, int]:
    """SELECT of the same two numbers: tasks, notices."""
    notices = (
        sa.select(sa.func.count(Delivery.id))
        .join(Unit, Unit.id == Delivery.unit_id)
        .join(Document, Document.id == Delivery.document_id)
        .where(_unreceived(today))
    )
    return sa.select(
        _tasks_left(today).scalar_subquery().label("tasks"), notices.scalar_subquery().label("notices")
    )


def _tasks_left(today: date) -> sa.Select[Any]:
    """How many tasks dissolved units still lead: asked of each of the few units."""
    of_one = (
        sa.select(sa.func.count(Task.id))
        .where(Task.lead_unit_id == Unit.id, Task.state.in_(OPEN_STATES))
        .correlate(Unit)
        .scalar_subquery()
    )
    total = sa.cast(sa.func.coalesce(sa.func.sum(of_one), 0), sa.BigInteger)
    return sa.select(total).select_from(Unit).where(_gone(today))


@dataclass(frozen=True)
class Received:
    """What successors among the actor's units have to acknowledge, as an object of rights."""

    rows: tuple[TaskHandover, ...]

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """The head acknowledges; everybody else at the unit reads."""
        return frozenset({Standing.UNIT_HEAD} if actor.headed_unit_ids else ())


def get_received(actor: Actor) -> Received:
    """Hand-overs to the actor's own units that nobody has acknowledged, by assignment."""
    if not actor.unit_ids:
        return Received(())
    rows = db.session.scalars(
        _handovers(*FULL)
        .where(_unacknowledged(clock.today()), TaskHandover.to_unit_id.in_(sorted(actor.unit_ids)))
        .order_by(TaskHandover.assigned_on, TaskHandover.id)
        .limit(MOST)
    ).all()
    return Received(tuple(rows))


def handed_to(unit_ids: Sequence[int], today: date) -> sa.Select[Any]:
    """SELECT of (giver, many): by the unit that gave, what these units have to acknowledge."""
    giver = (
        sa.select(UnitVersion.name)
        .where(UnitVersion.unit_id == TaskHandover.from_unit_id)
        .order_by(UnitVersion.from_on.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(giver.label("giver"), sa.func.count().label("many"))
        .select_from(TaskHandover)
        .join(Task, Task.id == TaskHandover.task_id)
        .join(Unit, Unit.id == TaskHandover.to_unit_id)
        .where(_unacknowledged(today), TaskHandover.to_unit_id.in_(unit_ids))
        .group_by(TaskHandover.from_unit_id)
        .order_by(TaskHandover.from_unit_id)
        .limit(MOST)
    )


def taken_over(task: Task) -> TaskHandover | None:
    """The hand-over by which the unit that leads now took the task over; None when it led from the start."""
    return next((row for row in reversed(task.handovers) if row.to_unit_id == task.lead_unit_id), None)


def list_deliveries(unit: Unit, delivery_ids: Sequence[int]) -> list[Delivery]:
    """Deliveries to `unit` ticked on the page. Raises NotFound when one is not its own."""
    found = db.session.scalars(
        sa.select(Delivery)
        .where(Delivery.id.in_(delivery_ids), Delivery.unit_id == unit.id)
        .options(joinedload(Delivery.document), joinedload(Delivery.unit))
        .order_by(Delivery.id)
    ).all()
    if len(found) != len(set(delivery_ids)):
        raise NotFound()
    return list(found)


def relies_on(succession: Succession) -> str | None:
    """Why this succession stands: tasks or notices were handed over by it; None without."""
    before = lineage.with_givers([succession.predecessor_id])
    after = lineage.with_successors([succession.successor_id])
    handed = db.session.scalars(
        sa.select(Task.code)
        .join(TaskHandover, TaskHandover.task_id == Task.id)
        .where(TaskHandover.from_unit_id.in_(before), TaskHandover.to_unit_id.in_(after))
        .order_by(Task.code)
        .limit(5)
    ).all()
    if handed:
        return (
            f"Nội dung khắc phục {', '.join(handed)} đã bàn giao theo việc kế thừa này nên không bỏ ghi được."
        )
    to = aliased(Delivery)
    sent = db.session.scalar(
        sa.select(Delivery.id)
        .join(to, to.id == Delivery.handed_to_id)
        .where(Delivery.unit_id.in_(before), to.unit_id.in_(after))
        .limit(1)
    )
    return "Thông báo đã bàn giao theo việc kế thừa này nên không bỏ ghi được." if sent else None
