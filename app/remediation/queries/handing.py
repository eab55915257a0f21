"""What people took over from others: a follower's lists, changes of heads, who answered for a task when."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload

from app import clock
from app.accounts.models import Appointment, AppointmentKind, Person
from app.documents.models import IN_FORCE, Delivery, Document
from app.errors import NotFound
from app.extensions import db
from app.findings.models import UnitProposal
from app.inspections.queries.visible import WATCHERS
from app.policy import UNIT_ROLES, Actor, Standing
from app.remediation.models import (
    Directive,
    HandingKind,
    HandingLine,
    HandingList,
    HandingSheet,
    HandingSheetLine,
    ProgressReport,
    Task,
    TaskHandover,
)
from app.remediation.queries.papers import list_unit_proposals
from app.remediation.queries.tasks import BY_DAY, NOTICE, OPEN_STATES, get_unit
from app.units.models import Unit

MOST = 200
"""Lists, and changes of heads, that one page shows."""


def _still_with(receiver: Any) -> sa.ColumnElement[bool]:
    """A task of the list is open, and still followed by who was to take it over."""
    return sa.exists().where(
        HandingLine.list_id == HandingList.id,
        HandingLine.task_id == Task.id,
        Task.follower_id == receiver,
        Task.state.in_(OPEN_STATES),
    )


def _unacknowledged() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        HandingList.kind == HandingKind.FOLLOWER,
        HandingList.acknowledged_on.is_(None),
        _still_with(HandingList.to_person_id),
    )


def list_handings(to_person_id: int | None = None) -> list[tuple[HandingList, int]]:
    """Followers' lists that wait to be acknowledged, the oldest first, each with how many tasks are in it.

    `to_person_id`: only what this person is to take over.
    """
    number = (
        sa.select(sa.func.count())
        .select_from(HandingLine)
        .where(HandingLine.list_id == HandingList.id)
        .scalar_subquery()
    )
    query = (
        sa.select(HandingList, number)
        .where(*_unacknowledged())
        .options(joinedload(HandingList.giver), joinedload(HandingList.receiver))
        .order_by(HandingList.from_on, HandingList.id)
        .limit(MOST)
    )
    if to_person_id is not None:
        query = query.where(HandingList.to_person_id == to_person_id)
    return [(handing, total) for handing, total in db.session.execute(query)]


def get_handing(actor: Actor, list_id: int) -> HandingList:
    """One list with its lines: any for the office, a head's own unit's for its people. Raises NotFound.

    Who only inspects sees those it was in.
    """
    found = db.session.scalars(
        sa.select(HandingList)
        .where(HandingList.id == list_id)
        .options(
            joinedload(HandingList.giver), joinedload(HandingList.receiver), joinedload(HandingList.unit),
            selectinload(HandingList.lines).joinedload(HandingLine.task).options(*FULL),
        )
    ).one_or_none()  # fmt: skip
    if found is None:
        raise NotFound()
    own = bool(actor.roles & UNIT_ROLES) and found.unit_id in actor.unit_ids
    if not (actor.roles & WATCHERS or own or actor.person_id in (found.to_person_id, found.from_person_id)):
        raise NotFound()
    return found


def get_sheet(actor: Actor, sheet_id: int) -> HandingSheet:
    """What a successor acknowledged: for the office, who watches, and its own people. Raises NotFound."""
    found = db.session.get(HandingSheet, sheet_id)
    if found is None or found.to_unit_id is None:
        raise NotFound()
    if not (actor.roles & WATCHERS or (actor.roles & UNIT_ROLES and found.to_unit_id in actor.unit_ids)):
        raise NotFound()
    return found


def sheet_of(task: Task) -> int | None:
    """Key of the sheet by which the unit that leads now acknowledged the task; None without one."""
    taken = sa.select(TaskHandover.id).where(
        TaskHandover.task_id == task.id, TaskHandover.to_unit_id == task.lead_unit_id
    )
    return db.session.scalar(
        sa.select(HandingSheetLine.sheet_id)
        .where(HandingSheetLine.handover_id.in_(taken))
        .order_by(HandingSheetLine.id.desc())
        .limit(1)
    )


FULL = (
    *NOTICE,
    joinedload(Task.lead_unit),
    lazyload(Task.results),
    selectinload(Task.extensions),
    selectinload(Task.directives).joinedload(Directive.asker),
    selectinload(Task.progress).options(selectinload(ProgressReport.files)),
)
"""What a list of a hand-over says of a task: every version of its date, evidence, open questions."""


@dataclass(frozen=True)
class HeadChange:
    """A head who came to a unit with open tasks: derived, until the new one takes them over."""

    post: Appointment
    before: Person
    number: int

    @property
    def unit(self) -> Unit:
        """Whose head changed."""
        return self.post.unit

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """Only the new head takes over."""
        return frozenset({Standing.RECEIVER} if actor.person_id == self.post.person_id else ())


def list_head_changes(unit_ids: Collection[int] | None = None) -> list[HeadChange]:
    """Units whose present head has not taken over what was open when they came, the oldest change first.

    `unit_ids`: only these units. A unit entered with one head only has nothing to hand over.
    """
    of_units = None if unit_ids is None else tuple(sorted(unit_ids))
    rows = db.session.execute(_head_changes(of_units, clock.today()))
    return [HeadChange(post, person, total) for post, person, total in rows]


@lru_cache(maxsize=128)
def _head_changes(unit_ids: tuple[int, ...] | None, today: date) -> sa.Select[Appointment, Person, int]:
    """Built once a day for each unit: every home of a unit asks."""
    former = aliased(Appointment)
    before = (
        sa.select(former.person_id)
        .where(
            former.unit_id == Appointment.unit_id,
            former.kind == AppointmentKind.HEAD,
            former.from_on < Appointment.from_on,
        )
        .order_by(former.from_on.desc(), former.id.desc())
        .limit(1)
        .correlate(Appointment)
        .scalar_subquery()
    )
    number = (
        sa.select(sa.func.count())
        .select_from(Task)
        .where(Task.lead_unit_id == Appointment.unit_id, *_from_before(Appointment.from_on))
        .correlate(Appointment)
        .scalar_subquery()
    )
    query = (
        sa.select(Appointment, Person, number)
        .join(Person, Person.id == before)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(
            Appointment.kind == AppointmentKind.HEAD,
            Appointment.from_on <= today,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
            sa.or_(Unit.valid_to.is_(None), Unit.valid_to > today),
            before != Appointment.person_id,
            sa.not_(sa.exists().where(HandingList.appointment_id == Appointment.id)),
            sa.exists().where(Task.lead_unit_id == Appointment.unit_id, *_from_before(Appointment.from_on)),
        )
        .options(joinedload(Appointment.unit), joinedload(Appointment.person))
        .order_by(Appointment.from_on, Appointment.id)
        .limit(MOST)
    )
    if unit_ids is not None:
        query = query.where(Appointment.unit_id.in_(unit_ids))
    return query


def _from_before(day: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Open, and with the unit before `day`; what it took over later is acknowledged with that hand-over."""
    return (
        Task.state.in_(OPEN_STATES),
        Task.issued_on < day,
        sa.not_(
            sa.exists().where(
                TaskHandover.task_id == Task.id,
                TaskHandover.to_unit_id == Task.lead_unit_id,
                TaskHandover.assigned_on >= day,
            )
        ),
    )


@dataclass(frozen=True)
class ToTakeOver:
    """The unit's page of a change of heads: the change (None: nothing waits) and the tasks in it."""

    unit: Unit
    change: HeadChange | None
    tasks: tuple[Task, ...]

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """As the change says; once it was acknowledged, who heads the unit is told so, not turned away."""
        if self.change is not None:
            return self.change.standing_of(actor)
        return frozenset({Standing.RECEIVER} if self.unit.id in actor.headed_unit_ids else ())

    @property
    def mark(self) -> str:
        """Stands for what was on the page, so that nobody takes over what they did not see."""
        said = ",".join(f"{task.id}:{task.state}:{task.term}" for task in self.tasks)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def get_head_change(actor: Actor, unit_id: int) -> ToTakeOver:
    """What the head of one unit has to take over. Raises NotFound."""
    unit = get_unit(actor, unit_id)
    if actor.in_office and not actor.roles & WATCHERS:
        raise NotFound()
    return read_head_change(unit)


def read_head_change(unit: Unit) -> ToTakeOver:
    """The same once the unit may be seen."""
    change = next(iter(list_head_changes([unit.id])), None)
    if change is None:
        return ToTakeOver(unit, None, ())
    tasks = db.session.scalars(
        sa.select(Task)
        .where(Task.lead_unit_id == unit.id, *_from_before(change.post.from_on))
        .options(*FULL)
        .order_by(BY_DAY, Task.id)
    ).all()
    return ToTakeOver(unit, change, tuple(tasks))


def proposals_of(tasks: Sequence[Task]) -> Sequence[UnitProposal]:
    """Kiến nghị of the units of these tasks that wait for an answer."""
    return list_unit_proposals(tasks)


# --- Who answered for a task when


def unreceived(unit: Unit, day: date) -> Sequence[Delivery]:
    """Notices sent to the unit by `day` whose receipt was not confirmed by then."""
    return db.session.scalars(
        sa.select(Delivery)
        .join(Document, Document.id == Delivery.document_id)
        .where(
            Delivery.unit_id == unit.id,
            Delivery.sent_on <= day,
            sa.or_(Delivery.receipt.is_(None), Delivery.received_on > day),
            Document.state.in_(IN_FORCE),
        )
        .options(joinedload(Delivery.document))
        .order_by(Delivery.sent_on, Delivery.id)
        .limit(MOST)
    ).all()


@dataclass(frozen=True)
class Turn:
    """`who` answered from the day `first` until the day before `after`; None = still does."""

    who: str
    first: date
    after: date | None = None


def heads_of_units(unit_ids: Sequence[int | None]) -> list[tuple[int, str, date, date | None]]:
    """(unit, name, from, first day after) of everybody who ever headed these units, in order of days."""
    rows = db.session.execute(
        sa.select(Appointment.unit_id, Person.name, Appointment.from_on, Appointment.to_on)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.unit_id.in_(unit_ids), Appointment.kind == AppointmentKind.HEAD)
        .order_by(Appointment.from_on, Appointment.id)
    )
    return [(unit_id, name, first, to and to + timedelta(days=1)) for unit_id, name, first, to in rows]


def follower_turns(task: Task) -> list[Turn]:
    """Who followed when, by the lists; the first from the day of the notice."""
    assert task.issued_on is not None
    rows = db.session.scalars(
        sa.select(HandingList)
        .join(HandingLine, HandingLine.list_id == HandingList.id)
        .where(HandingLine.task_id == task.id, HandingList.kind == HandingKind.FOLLOWER)
        .options(joinedload(HandingList.giver))
        .order_by(HandingLine.id)
    ).all()
    found, first = [], task.issued_on
    for row in rows:
        found.append(Turn(row.giver.name, first, max(first, row.from_on)))
        first = max(first, row.from_on)
    if task.follower is not None:
        found.append(Turn(task.follower.name, first))
    return found
