"""Reading tasks: what each person may see, the plan of a case, the unit's own list, one task whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app import clock
from app.accounts.models import Appointment, Person
from app.deadlines.badge import DeadlineKind
from app.documents.models import Delivery, Document, DocumentKind
from app.errors import NotFound
from app.extensions import db
from app.findings import queries as findings
from app.findings.models import Finding, FindingState
from app.inspections.models import InspectedUnit, InspectedUnitState, Inspection, ScopeItem
from app.policy import OFFICE_ROLES, Action, Actor, Role, Standing, can
from app.remediation.models import ProgressReport, Task, TaskAssignment, TaskState, task_finding
from app.units.models import Unit
from app.vietnamese import search_key, sort_key
from app.web.paging import Cursor, Page, slice_page

PAGE = 25
FAR = date(9999, 12, 31)
"""Sorts rows without a date behind all others."""

OPEN_STATES = (
    TaskState.ISSUED,
    TaskState.IN_PROGRESS,
    TaskState.RETURNED,
    TaskState.SUBMITTED,
    TaskState.WATCHING,
)
OWED_STATES = (TaskState.ISSUED, TaskState.IN_PROGRESS, TaskState.RETURNED)
DATED_KINDS = (DeadlineKind.FIXED, DeadlineKind.AT_ONCE)


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Issued tasks: all for the office and observers, their own for a unit's people; no drafts."""
    issued = Task.state != TaskState.DRAFT
    if actor.roles & (OFFICE_ROLES | {Role.OBSERVER}):
        return issued
    return sa.and_(issued, Task.lead_unit_id.in_(sorted(actor.unit_ids)))


def get_visible(actor: Actor, task_id: int) -> Task:
    """An issued task this person may know of, with what its page shows. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Task)
        .where(Task.id == task_id, visible_to(actor))
        .options(
            joinedload(Task.document),
            joinedload(Task.lead_unit),
            joinedload(Task.inspected_unit).options(lazyload(InspectedUnit.visits)),
            selectinload(Task.findings).joinedload(Finding.scope_item).joinedload(ScopeItem.criterion),
            selectinload(Task.coordinating),
            selectinload(Task.assignments),
            selectinload(Task.extensions),
            selectinload(Task.progress).options(
                joinedload(ProgressReport.author).options(lazyload(Person.appointments)),
                selectinload(ProgressReport.files),
            ),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def get_draft(actor: Actor, task_id: int) -> Task:
    """A draft task of a case this person plans. Raises NotFound (also for an issued task)."""
    found = db.session.get(Task, task_id)
    if found is None or found.state is not TaskState.DRAFT:
        raise NotFound()
    findings.get_inspection(actor, found.inspection_id)
    return found


def get_unit(actor: Actor, unit_id: int) -> Unit:
    """A unit with tasks: any for the office, their own for a unit's people. Raises NotFound."""
    found = db.session.get(Unit, unit_id)
    if found is None or not (actor.in_office or unit_id in actor.unit_ids):
        raise NotFound()
    return found


def list_draft(inspection_id: int) -> Sequence[Task]:
    """Draft tasks of a case, by unit, milestone and date, with findings and units loaded."""
    return db.session.scalars(
        sa.select(Task)
        .join(InspectedUnit, InspectedUnit.id == Task.inspected_unit_id)
        .where(Task.inspection_id == inspection_id, Task.state == TaskState.DRAFT)
        .options(*_plan_options())
        .order_by(InspectedUnit.ordinal, sa.func.coalesce(Task.due_on, FAR), Task.id)
    ).all()


def list_for_document(document_id: int) -> Sequence[Task]:
    """The tasks an issued notice gave, in the order of their codes."""
    return db.session.scalars(
        sa.select(Task).where(Task.document_id == document_id).options(*_plan_options()).order_by(Task.code)
    ).all()


def _plan_options() -> tuple[Any, ...]:
    return (
        joinedload(Task.lead_unit),
        selectinload(Task.coordinating),
        selectinload(Task.findings),
        joinedload(Task.follower).options(lazyload(Person.appointments)),
        joinedload(Task.inspected_unit).options(lazyload(InspectedUnit.visits)),
    )


@dataclass(frozen=True)
class PlannedUnit:
    """One inspected unit on the plan: draft tasks, findings that have none, tasks a notice has given."""

    inspected_unit: InspectedUnit
    tasks: Sequence[Task]
    without: Sequence[Finding]
    issued: Sequence[Task]

    @property
    def concluded(self) -> bool:
        """Whether a notice stands for the unit: nothing is planned for it any more."""
        return self.inspected_unit.state is InspectedUnitState.CONCLUDED


def list_plan(inspection: Inspection) -> list[PlannedUnit]:
    """The plan of a case, unit by unit. Mended on the spot or excused: listed with the reason."""
    tasks = list_draft(inspection.id)
    issued = db.session.scalars(
        sa.select(Task)
        .where(Task.inspection_id == inspection.id, Task.state != TaskState.DRAFT)
        .options(*_plan_options(), joinedload(Task.document))
        .order_by(Task.code)
    ).all()
    has_task = sa.exists().where(task_finding.c.finding_id == Finding.id)
    loose = db.session.scalars(
        sa.select(Finding)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .where(InspectedUnit.inspection_id == inspection.id, Finding.state == FindingState.AGREED, ~has_task)
        .order_by(Finding.ordinal)
    ).all()
    return [
        PlannedUnit(
            unit,
            [task for task in tasks if task.inspected_unit_id == unit.id],
            [finding for finding in loose if finding.inspected_unit_id == unit.id],
            [task for task in issued if task.inspected_unit_id == unit.id],
        )
        for unit in inspection.units
    ]


def list_agreed(inspected_unit_id: int) -> Sequence[Finding]:
    """Findings a draft task may answer."""
    return db.session.scalars(
        sa.select(Finding)
        .where(Finding.inspected_unit_id == inspected_unit_id, Finding.state == FindingState.AGREED)
        .order_by(Finding.ordinal)
    ).all()


@dataclass(frozen=True)
class UnitFilters:
    """What the unit's list may be narrowed to. `show`: "open", "overdue" or "done"; "" = all."""

    show: str = ""
    text: str = ""
    document_id: int | None = None


def overdue(today: date) -> sa.ColumnElement[bool]:
    """Still owed by the unit and past its date: the SQL twin of `deadlines.badge.is_overdue`."""
    return sa.and_(
        Task.state.in_((*OWED_STATES, TaskState.WATCHING)),
        Task.deadline_kind.in_(DATED_KINDS),
        Task.due_on < today,
    )


def words_in(column: Any, text: str) -> list[sa.ColumnElement[bool]]:
    """Every word of `text`, typed with or without marks, begins a word of the search column."""
    spaced = sa.literal(" ") + column
    return [spaced.contains(f" {word}", autoescape=True) for word in search_key(text[:200]).split()]


def list_visible(
    actor: Actor, filters: UnitFilters, cursor: Cursor | None = None, *, size: int = PAGE
) -> Page[Task]:
    """Issued tasks by date, then id. Cursor: (ISO date, id)."""
    when = sa.func.coalesce(Task.due_on, FAR)
    query = (
        sa.select(Task)
        .where(visible_to(actor), *words_in(Task.search, filters.text))
        .options(
            joinedload(Task.document),
            joinedload(Task.lead_unit),
            selectinload(Task.assignments),
            lazyload(Task.results),
        )
    )
    if filters.document_id is not None:
        query = query.where(Task.document_id == filters.document_id)
    if filters.show == "open":
        query = query.where(Task.state.in_(OPEN_STATES))
    elif filters.show == "overdue":
        query = query.where(overdue(clock.today()))
    elif filters.show == "done":
        query = query.where(Task.state == TaskState.ACCEPTED)
    query = keyset(query, when, cursor).limit(size + 1)
    rows = db.session.scalars(query).all()
    return slice_page(
        rows, size=size, cursor=cursor, key=lambda row: ((row.due_on or FAR).isoformat(), row.id)
    )


def keyset(query: sa.Select[Any], when: Any, cursor: Cursor | None) -> sa.Select[Any]:
    """Order by date then id, beginning next to the cursor's row."""
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        day, key = date.fromisoformat(str(cursor.values[0])), int(cursor.values[1] or 0)
        here, there = sa.tuple_(when, Task.id), sa.tuple_(sa.literal(day, sa.Date()), sa.literal(key))
        query = query.where(here < there if backwards else here > there)
    order = (when, Task.id)
    return query.order_by(*([column.desc() for column in order] if backwards else order))


def list_owed(unit_id: int) -> Sequence[Task]:
    """What a unit still has to hand in, nearest date first."""
    return db.session.scalars(
        sa.select(Task)
        .where(Task.lead_unit_id == unit_id, Task.state.in_(OWED_STATES))
        .options(joinedload(Task.document), lazyload(Task.results))
        .order_by(sa.func.coalesce(Task.due_on, FAR), Task.id)
    ).all()


def list_assigned(person_id: int) -> Sequence[Task]:
    """Tasks given to this officer now, nearest date first."""
    mine = sa.exists().where(
        TaskAssignment.task_id == Task.id,
        TaskAssignment.person_id == person_id,
        TaskAssignment.ended_at.is_(None),
    )
    return db.session.scalars(
        sa.select(Task)
        .where(mine, Task.state.in_((*OWED_STATES, TaskState.WATCHING)))
        .options(joinedload(Task.document), joinedload(Task.lead_unit), lazyload(Task.results))
        .order_by(sa.func.coalesce(Task.due_on, FAR), Task.id)
    ).all()


def list_received(actor: Actor) -> Sequence[Delivery]:
    """Notices sent to the actor's units: not acknowledged first, then the newest."""
    return db.session.scalars(
        sa.select(Delivery)
        .join(Document, Document.id == Delivery.document_id)
        .where(Delivery.unit_id.in_(sorted(actor.unit_ids)), Document.kind == DocumentKind.CONCLUSION_NOTICE)
        .options(joinedload(Delivery.document).joinedload(Document.file), joinedload(Delivery.unit))
        .order_by(Delivery.receipt.is_not(None), Delivery.sent_on.desc(), Delivery.id.desc())
        .limit(100)
    ).all()


def count_by_document(document_ids: Sequence[int], unit_ids: Sequence[int]) -> dict[int, int]:
    """How many tasks each notice gave to these units."""
    rows = db.session.execute(
        sa.select(Task.document_id, sa.func.count())
        .where(Task.document_id.in_(document_ids), Task.lead_unit_id.in_(unit_ids))
        .group_by(Task.document_id)
    )
    return {document_id: number for document_id, number in rows if document_id is not None}


def list_people_at(unit_id: int) -> list[tuple[int, str, str]]:
    """(person, name, post) of those who work at a unit today, head first."""
    today = clock.today()
    rows = db.session.execute(
        sa.select(Person.id, Person.name, Appointment.title)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.unit_id == unit_id,
            Appointment.from_on <= today,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
        )
        .order_by(
            sa.case((Appointment.kind == "head", 0), (Appointment.kind == "deputy", 1), else_=2), Person.id
        )
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_holders(*roles: Role) -> list[tuple[int, str, str]]:
    """(person, name, post) of those who hold any of `roles` today, by name."""
    today = clock.today()
    rows = db.session.execute(
        sa.select(Person.id, Person.name, Appointment.title, Appointment.roles)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.from_on <= today, sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today))
        .order_by(Person.search, Person.id)
    )
    wanted = {role.value for role in roles}
    found: dict[int, tuple[int, str, str]] = {}
    for person_id, name, title, held in rows:
        if wanted & set(held):
            found.setdefault(person_id, (person_id, name, title))
    return list(found.values())


def names_of(person_ids: Sequence[int | None]) -> dict[int, str]:
    """Names by person, in one read."""
    return findings.people_names([person_id for person_id in person_ids if person_id is not None])


def may_enter_for_unit(actor: Actor, task: Task) -> bool:
    """The office works in the unit's place (users: everything works with nobody of the unit signed in)."""
    return can(actor, Action.ENTER_FOR_UNIT, task) and task.lead_unit_id not in actor.unit_ids


@dataclass(frozen=True)
class TaskResult:
    """One product of a visible task, as an address names it; rights are those on the task."""

    task: Task
    result_id: int

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the task."""
        return self.task.standing_of(actor)


def get_result(actor: Actor, task_id: int, result_id: int) -> TaskResult:
    """One product of a visible task. Raises NotFound."""
    task = get_visible(actor, task_id)
    if result_id not in {result.id for result in task.results}:
        raise NotFound()
    return TaskResult(task, result_id)


def list_lead_units(today: date) -> list[Unit]:
    """Units that exist on the day and may lead or coordinate, in Vietnamese order of names."""
    units = db.session.scalars(
        sa.select(Unit).where(
            Unit.valid_from <= today, sa.or_(Unit.valid_to.is_(None), Unit.valid_to > today)
        )
    )
    return sorted(units, key=lambda unit: sort_key(unit.name))
