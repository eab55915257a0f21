"""Reading issued tasks: what each person may see, the lists, one task whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app import clock, wordsearch
from app.deadlines.badge import DeadlineKind
from app.documents.kinds import DocumentKind
from app.documents.models import Delivery, Document, DocumentState
from app.errors import NotFound
from app.extensions import db
from app.findings import queries as findings
from app.findings.models import Finding
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, Inspection, ScopeItem
from app.inspections.queries.visible import WATCHERS
from app.policy import UNIT_ROLES, Action, Actor, Role, Standing, can
from app.register.models import Conclusion
from app.remediation.models import (
    Directive,
    ExtensionRequest,
    ProgressReport,
    Task,
    TaskHandover,
    TaskSchedule,
    TaskSighting,
    TaskState,
)
from app.units.models import Unit
from app.web.paging import Cursor, Page, slice_page

PAGE = 25
FAR = date(9999, 12, 31)
"""Sorts rows without a date behind all others."""
BY_DAY: sa.ColumnElement[date] = sa.func.coalesce(
    Task.due_on, Task.proof_due_on, sa.literal_column(f"'{FAR.isoformat()}'", sa.Date())
)
"""The first key of lists by date, before the id: `by_day` in SQL, written out in `ix_task_in_order`."""

BY_FIRST_DAY: sa.ColumnElement[date] = sa.func.coalesce(
    Task.due_on, Task.proof_due_on, Task.review_on, sa.literal_column(f"'{FAR.isoformat()}'", sa.Date())
)
"""The first key of what a follower has to do, never after its term; written out as `ix_task_to_do` has it."""

OPEN_STATES = (
    TaskState.ISSUED,
    TaskState.IN_PROGRESS,
    TaskState.RETURNED,
    TaskState.SUBMITTED,
    TaskState.WATCHING,
)
OWED_STATES = (TaskState.ISSUED, TaskState.IN_PROGRESS, TaskState.RETURNED)
URGED_STATES = (*OWED_STATES, TaskState.WATCHING)
"""What may be late: `WATCHING` only as far as it owes a proof."""
NOTICE = (joinedload(Task.document), joinedload(Task.conclusion).lazyload(Conclusion.mandate))
"""What names the notice of a task in a list: ours, or a past one."""
DATED_KINDS = (DeadlineKind.FIXED, DeadlineKind.AT_ONCE)
UNDATED_KINDS = tuple(kind for kind in DeadlineKind if kind not in DATED_KINDS)

HAS_TERM = sa.or_(Task.deadline_kind.in_(DATED_KINDS), Task.proof_due_on.is_not(None))
"""Is held to a date: of completion, or of the proof that a continuing task owes."""


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Issued tasks: all for the office and observers; no drafts.

    A unit's people see their own, who only inspects those of their own cases, and anybody what they follow.
    """
    issued = Task.state != TaskState.DRAFT
    if actor.roles & (WATCHERS | {Role.OBSERVER}):
        return issued
    seen = [Task.follower_id == actor.person_id]
    if actor.roles & UNIT_ROLES:
        seen.append(Task.lead_unit_id.in_(sorted(actor.unit_ids)))
    if Role.INSPECTOR in actor.roles:
        cases = sa.select(Inspection.id).where(inspections.visible_to(actor))
        seen.append(Task.inspection_id.in_(cases))
    return sa.and_(issued, sa.or_(*seen))


def get_visible(actor: Actor, task_id: int) -> Task:
    """An issued task this person may know of, with what its page shows. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Task)
        .where(Task.id == task_id, visible_to(actor))
        .options(
            *NOTICE,
            joinedload(Task.lead_unit),
            joinedload(Task.inspected_unit).options(lazyload(InspectedUnit.visits)),
            joinedload(Task.concluded_unit),
            selectinload(Task.findings).joinedload(Finding.scope_item).joinedload(ScopeItem.criterion),
            selectinload(Task.coordinating),
            selectinload(Task.assignments),
            selectinload(Task.extensions),
            selectinload(Task.extension_requests).options(
                joinedload(ExtensionRequest.asker),
                joinedload(ExtensionRequest.decider),
                selectinload(ExtensionRequest.files),
                joinedload(ExtensionRequest.answer_date),
            ),
            selectinload(Task.proofs),
            selectinload(Task.schedules).options(
                joinedload(TaskSchedule.author), selectinload(TaskSchedule.steps)
            ),
            selectinload(Task.directives).options(
                joinedload(Directive.asker),
                joinedload(Directive.addressee),
                joinedload(Directive.answerer),
                selectinload(Directive.files),
            ),
            selectinload(Task.handovers).joinedload(TaskHandover.from_unit),
            selectinload(Task.progress).options(
                joinedload(ProgressReport.author),
                selectinload(ProgressReport.files),
            ),
            selectinload(Task.sightings).options(
                joinedload(TaskSighting.author), selectinload(TaskSighting.files)
            ),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def list_by_ids(actor: Actor, task_ids: Sequence[int]) -> list[Task]:
    """Tasks ticked in a table, in that order, by one read. Raises NotFound when one may not be seen."""
    found = {
        task.id: task
        for task in db.session.scalars(
            sa.select(Task)
            .where(Task.id.in_(task_ids), visible_to(actor))
            .options(*NOTICE, joinedload(Task.lead_unit))
        )
    }
    if len(found) != len(set(task_ids)):
        raise NotFound()
    return [found[task_id] for task_id in task_ids]


@dataclass(frozen=True)
class Followed:
    """The follow-up table as an object of rights: who follows any line of it is its follower."""

    by: frozenset[int]

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the table."""
        return frozenset({Standing.FOLLOWER} if actor.person_id in self.by else ())


def get_followed(actor: Actor) -> Followed:
    """The table, with whether the actor follows anything in it; each act asks its own task again."""
    follows = db.session.scalar(
        sa.select(Task.id)
        .where(
            Task.follower_id == actor.person_id,
            Task.state.not_in((TaskState.DRAFT, TaskState.WITHDRAWN)),
        )
        .limit(1)
    )
    return Followed(frozenset({actor.person_id} if follows is not None else ()))


def get_draft(actor: Actor, task_id: int) -> Task:
    """A draft task of a case this person plans. Raises NotFound (also for an issued task)."""
    found = db.session.get(Task, task_id)
    if found is None or found.state is not TaskState.DRAFT:
        raise NotFound()
    findings.get_inspection(actor, found.case.id)
    return found


def get_unit(actor: Actor, unit_id: int) -> Unit:
    """A unit with tasks: any for the office, their own for a unit's people. Raises NotFound."""
    found = db.session.get(Unit, unit_id)
    own = bool(actor.roles & UNIT_ROLES) and unit_id in actor.unit_ids
    if found is None or not (actor.in_office or own):
        raise NotFound()
    return found


@dataclass(frozen=True)
class UnitFilters:
    """What the unit's list may be narrowed to. `show`: "open", "overdue" or "done"; "" = all."""

    show: str = ""
    text: str = ""
    document_id: int | None = None


def overdue(today: date) -> sa.ColumnElement[bool]:
    """Still owed by the unit and past its date: the SQL twin of `deadlines.badge.is_overdue`."""
    return Task.judged_on < today


def is_owed(task: Task, on: date) -> bool:
    """What the unit may be urged to do: mend it, or prove a period of the watch that ended before `on`."""
    proof = task.state is TaskState.WATCHING and task.proof_due_on is not None
    return task.state in OWED_STATES or (proof and task.term is not None and task.term < on)


def to_review(today: date) -> sa.ColumnElement[bool]:
    """Without a date of completion, and the day to look at it again has come."""
    return sa.and_(
        Task.state.in_(URGED_STATES),
        Task.deadline_kind.in_(UNDATED_KINDS),
        Task.review_on <= today,
    )


def list_visible(
    actor: Actor, filters: UnitFilters, cursor: Cursor | None = None, *, size: int = PAGE
) -> Page[Task]:
    """Issued tasks by date, then id. Cursor: (ISO date, id)."""
    query = (
        sa.select(Task)
        .where(visible_to(actor), wordsearch.found(Task, filters.text))
        .options(
            *NOTICE,
            joinedload(Task.lead_unit),
            selectinload(Task.assignments),
            selectinload(Task.extension_requests),
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
    query = keyset(query, BY_DAY, cursor).limit(size + 1)
    rows = db.session.scalars(query).all()
    return slice_page(
        rows, size=size, cursor=cursor, key=lambda row: (by_day(row.due_on, row.proof_due_on), row.id)
    )


def by_day(due_on: date | None, proof_due_on: date | None) -> str:
    """Where a task stands in lists by date, as their cursor has it: the twin of `BY_DAY`."""
    return (due_on or proof_due_on or FAR).isoformat()


def keyset(query: sa.Select[Any], when: Any, cursor: Cursor | None) -> sa.Select[Any]:
    """Order by date then id, beginning next to the cursor's row."""
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        day, key = date.fromisoformat(str(cursor.values[0])), int(cursor.values[1] or 0)
        here, there = sa.tuple_(when, Task.id), sa.tuple_(sa.literal(day, sa.Date()), sa.literal(key))
        # the day by itself as well: an index on an expression is entered by that, not by a pair
        query = query.where(
            when <= day if backwards else when >= day, here < there if backwards else here > there
        )
    order = (when, Task.id)
    return query.order_by(*([column.desc() for column in order] if backwards else order))


def list_owed(unit_id: int) -> Sequence[Task]:
    """What a unit still has to hand in, nearest date first."""
    return db.session.scalars(
        sa.select(Task)
        .where(Task.lead_unit_id == unit_id, Task.state.in_(OWED_STATES))
        .options(*NOTICE, lazyload(Task.results))
        .order_by(BY_DAY, Task.id)
    ).all()


def list_reportable(unit_id: int) -> Sequence[Task]:
    """What one report of a unit may answer: what it owes, then what is watched."""
    watched = db.session.scalars(
        sa.select(Task)
        .where(Task.lead_unit_id == unit_id, Task.state == TaskState.WATCHING)
        .order_by(BY_FIRST_DAY, Task.id)
    ).all()
    return [*list_owed(unit_id), *watched]


def list_received(actor: Actor) -> Sequence[Delivery]:
    """Notices sent to the actor's units: not acknowledged first, then the newest."""
    return db.session.scalars(_received(tuple(sorted(actor.unit_ids)))).all()


@lru_cache(maxsize=128)
def _received(unit_ids: tuple[int, ...]) -> sa.Select[Delivery]:
    return (
        sa.select(Delivery)
        .join(Document, Document.id == Delivery.document_id)
        .where(
            Delivery.unit_id.in_(unit_ids),
            Document.kind == DocumentKind.CONCLUSION_NOTICE,
            Document.state != DocumentState.VOIDED,
        )
        .options(joinedload(Delivery.document).joinedload(Document.file), lazyload(Delivery.unit))
        .order_by(Delivery.receipt.is_not(None), Delivery.sent_on.desc(), Delivery.id.desc())
        .limit(100)
    )


def count_by_document(document_ids: Sequence[int], unit_ids: Sequence[int]) -> dict[int, int]:
    """How many tasks each notice gave to these units."""
    rows = db.session.execute(
        sa.select(Task.document_id, sa.func.count())
        .where(Task.document_id.in_(document_ids), Task.lead_unit_id.in_(unit_ids))
        .group_by(Task.document_id)
    )
    return {document_id: number for document_id, number in rows if document_id is not None}


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
