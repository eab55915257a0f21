"""What papers about remediation list: their tasks, an answer to a request for time, who has reported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from app import clock
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, Paper
from app.errors import NotFound
from app.extensions import db
from app.findings.models import Finding, UnitProposal
from app.policy import Actor
from app.remediation.models import (
    ExtensionAnswer,
    ProgressReport,
    Task,
    TaskSchedule,
    TaskState,
    paper_task,
)
from app.remediation.queries.tasks import FAR, NOTICE, OPEN_STATES, OWED_STATES, visible_to
from app.units import lineage
from app.units.models import Unit
from app.vietnamese import sort_key

_GIVEN = Task.state.not_in((TaskState.DRAFT, TaskState.WITHDRAWN))
_TOLD = (
    *NOTICE,
    joinedload(Task.lead_unit),
    selectinload(Task.findings).load_only(
        Finding.description, Finding.subjective_causes, Finding.objective_causes
    ),
    selectinload(Task.coordinating),
    selectinload(Task.assignments),
    selectinload(Task.progress).selectinload(ProgressReport.files),
    selectinload(Task.extensions),
    selectinload(Task.schedules).selectinload(TaskSchedule.steps),
)
"""What a line of an annex says of a task: a fixed number of reads for any number of tasks."""


def list_tasks_of(paper: Paper) -> list[Task]:
    """The tasks that a paper lists, by unit, date and code."""
    return _sorted(
        _read(Task.id.in_(sa.select(paper_task.c.task_id).where(paper_task.c.paper_id == paper.id)))
    )


def stands_on(paper: Paper) -> date:
    """The day as of which a letter tells how things stand: when it was begun, or last added to."""
    added = db.session.scalar(
        sa.select(sa.func.max(paper_task.c.added_on)).where(paper_task.c.paper_id == paper.id)
    )
    begun = clock.local(paper.created_at).date()
    return begun if added is None else max(begun, added)


def list_of_unit(unit_id: int, *, document_id: int | None = None) -> list[Task]:
    """What a notice asks of a unit; without one: all its notices with something open, else all."""
    tasks = _sorted(_read(sa.and_(Task.lead_unit_id == unit_id, _GIVEN)))
    if document_id is not None:
        return [task for task in tasks if task.document_id == document_id]
    still = {_source(task) for task in tasks if task.state in OPEN_STATES}
    return [task for task in tasks if _source(task) in still] or tasks


def list_told(actor: Actor, task_ids: Sequence[int]) -> list[Task]:
    """Tasks ticked in a table, with what a letter tells of them. Raises NotFound when one may not be seen."""
    found = _read(sa.and_(Task.id.in_(task_ids), visible_to(actor)))
    if len(found) != len(set(task_ids)):
        raise NotFound()
    return _sorted(found)


def list_of_notice_told(document_id: int) -> list[Task]:
    """All that an issued notice asked and that was not withdrawn since."""
    return _sorted(_read(sa.and_(Task.document_id == document_id, _GIVEN)))


def _source(task: Task) -> tuple[int | None, int | None]:
    return task.document_id, task.conclusion_id


def _read(which: sa.ColumnElement[bool]) -> Sequence[Task]:
    return db.session.scalars(sa.select(Task).where(which).options(*_TOLD).order_by(Task.id)).all()


def _sorted(tasks: Iterable[Task]) -> list[Task]:
    return sorted(tasks, key=lambda t: (sort_key(t.lead_unit.name), t.lead_unit_id, t.term or FAR, t.id))


def find_answer(paper: Paper) -> ExtensionAnswer | None:
    """What a letter answers to a request for more time."""
    return db.session.scalar(
        sa.select(ExtensionAnswer)
        .where(ExtensionAnswer.paper_id == paper.id)
        .options(joinedload(ExtensionAnswer.task).joinedload(Task.lead_unit))
    )


def list_reports(unit_id: int, *, most: int = 6) -> Sequence[ProgressReport]:
    """Papers that a unit's tasks name already, each once, the newest first: one report answers many."""
    newest = (
        sa.select(sa.func.max(ProgressReport.id))
        .join(Task, Task.id == ProgressReport.task_id)
        .where(Task.lead_unit_id == unit_id, ProgressReport.document_reference != "")
        .group_by(ProgressReport.document_reference, ProgressReport.document_on)
    )
    return db.session.scalars(
        sa.select(ProgressReport)
        .where(ProgressReport.id.in_(newest))
        .options(selectinload(ProgressReport.files))
        .order_by(ProgressReport.document_on.desc(), ProgressReport.id.desc())
        .limit(most)
    ).all()


def list_unit_proposals(tasks: Sequence[Task]) -> Sequence[UnitProposal]:
    """What the units of these tasks proposed in the cases that the tasks come from, or sent of their own
    accord, they or units that they took over from; not answered yet."""
    leads = {task.lead_unit_id for task in tasks}
    places = {task.inspected_unit_id for task in tasks if task.inspected_unit_id is not None}
    return db.session.scalars(
        sa.select(UnitProposal)
        .where(
            sa.or_(
                UnitProposal.inspected_unit_id.in_(places),
                UnitProposal.sender_id.in_(leads),
                UnitProposal.sender_id.in_(lineage.inherited_by(leads, clock.today())),
            ),
            UnitProposal.answered_on.is_(None),
        )
        .order_by(UnitProposal.id)
    ).all()


@dataclass(frozen=True)
class HasReported:
    """A unit that owes nothing more of the notices a letter is about: its last paper, the day it came."""

    unit: str
    reference: str
    on: date


def list_reported(tasks: Sequence[Task], on: date) -> list[HasReported]:
    """Of the notices of these tasks: the other units, who on that day owe neither a task nor a proof."""
    asked = {task.lead_unit_id for task in tasks}
    papers = {t.document_id for t in tasks if t.document_id is not None}
    past = {t.conclusion_id for t in tasks if t.conclusion_id is not None}
    open_one = aliased(Task)
    still = sa.exists().where(
        open_one.lead_unit_id == Task.lead_unit_id,
        sa.or_(
            open_one.state.in_(OWED_STATES),
            sa.and_(open_one.state == TaskState.WATCHING, open_one.proof_due_on < on),
        ),
        sa.or_(open_one.document_id.in_(papers), open_one.conclusion_id.in_(past)),
    )
    others = sa.and_(
        sa.or_(Task.document_id.in_(papers), Task.conclusion_id.in_(past)),
        Task.lead_unit_id.not_in(asked),
        _GIVEN,
        ~still,
    )
    last = sa.func.max(Task.submitted_on)
    came = db.session.execute(
        sa.select(Task.lead_unit_id, last).where(others).group_by(Task.lead_unit_id).having(last.is_not(None))
    ).all()
    told = db.session.execute(
        sa.select(Task.lead_unit_id, ProgressReport.document_reference)
        .join(ProgressReport, ProgressReport.task_id == Task.id)
        .where(others, ProgressReport.submits, ProgressReport.document_reference != "")
        .order_by(Task.id, ProgressReport.id)
    )
    references: dict[int, str] = {}
    for unit_id, reference in told:  # the last one of each unit stays
        references[unit_id] = reference
    units = db.session.scalars(sa.select(Unit).where(Unit.id.in_([unit_id for unit_id, _ in came])))
    names = {unit.id: unit.name for unit in units}
    found = [HasReported(names[unit_id], references.get(unit_id, ""), on) for unit_id, on in came if on]
    return sorted(found, key=lambda one: sort_key(one.unit))


def find_draft_about(task_id: int) -> Paper | None:
    """The answer to a request for time that is being drafted for this task."""
    return db.session.scalar(
        sa.select(Paper)
        .join(ExtensionAnswer, ExtensionAnswer.paper_id == Paper.id)
        .join(Document, Document.id == Paper.document_id)
        .where(
            ExtensionAnswer.task_id == task_id,
            Document.kind == DocumentKind.EXTENSION_ANSWER,
            Document.state.not_in(
                (
                    DocumentState.ISSUED, DocumentState.CORRECTED, DocumentState.REPLACED,
                    DocumentState.RECALLED, DocumentState.ABANDONED, DocumentState.VOIDED,
                )
            ),
        )
    )  # fmt: skip


def units_of_tasks(tasks: Sequence[Task]) -> list[Unit]:
    """The units that lead these tasks, each once, in their order."""
    return list({task.lead_unit_id: task.lead_unit for task in tasks}.values())
