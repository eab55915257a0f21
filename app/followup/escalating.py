"""The ladder's step to the superior: a draft công văn đôn đốc that waits for a leader, one of each office.

The product signs and sends nothing. It puts what has been overdue for long into the letter that its office is
drafting, or begins one for the follower; what that letter then waits for, and since when, everybody sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Account, Appointment, Person
from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines.settings import ESCALATE_FROM
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, Paper
from app.documents.papers.reading import OUT, OVER
from app.extensions import db
from app.followup.models import Escalation, was_reached
from app.followup.reminding import DEFAULT_PROFILE, in_parts, not_told_before, reached_on
from app.inspections.queries import office_of
from app.policy import Actor, Role
from app.remediation import services as remediation
from app.remediation.models import Task, paper_task
from app.remediation.queries import HAS_TERM, URGED_STATES
from app.units.models import Unit
from app.vietnamese import count

MOST = 400
"""Tasks of one letter, the longest overdue first; the others come into the next, once it was submitted."""


@dataclass(frozen=True)
class Step:
    """A task on a rung that goes to the superior. `paper_id`: the letter on its way that lists it already."""

    task_id: int
    due_on: date
    rung: str
    rung_on: date
    follower_id: int | None
    paper_id: int | None


@dataclass(frozen=True)
class Planned:
    """What one office does on a day: who drafts, the letter that is added to (None: a new one), its tasks."""

    drafter: Actor
    paper_id: int | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Outcome:
    """What a run did: letters begun, tasks put into a letter, rungs that an open letter answers already."""

    begun: int = 0
    added: int = 0
    covered: int = 0


def list_steps(today: date) -> list[Step]:
    """Every task on a rung that goes to the superior and was not answered; the longest overdue first.

    Answered: an earlier run wrote this rung or a later one of the date, or the unit was urged by a paper
    since. Of those in no letter, at most `MOST` of each follower.
    """
    first = {code: deadlines.setting(setting, today) for code, setting in ESCALATE_FROM.items()}
    reached = [
        one
        for one in reached_on(today, deadlines.current_calendar(today))
        if 0 < first[one.profile if one.profile in first else DEFAULT_PROFILE] <= one.rung.overdue_step
    ]
    return [Step(*row) for rung in in_parts(reached) for row in db.session.execute(_select(rung, today))]


def _open_letters() -> sa.Select[Any]:
    """(task_id, paper_id): the letters that are on their way."""
    return (
        sa.select(paper_task.c.task_id, sa.func.max(paper_task.c.paper_id).label("paper_id"))
        .join(Paper, Paper.id == paper_task.c.paper_id)
        .join(Document, Document.id == Paper.document_id)
        .where(Document.kind == DocumentKind.REMINDER_LETTER, Document.state.not_in((*OVER, *OUT)))
        .group_by(paper_task.c.task_id)
    )


def _select(rung: sa.CTE, today: date) -> sa.Select[Any]:
    letter = _open_letters().subquery("letter")
    answered = sa.exists().where(
        Escalation.task_id == Task.id,
        Escalation.due_on == rung.c.term,
        was_reached(Escalation, rung, today),
    )
    place = sa.func.row_number().over(
        partition_by=(Task.follower_id, letter.c.paper_id.is_(None)), order_by=(rung.c.term, Task.id)
    )
    found = (
        sa.select(
            Task.id, rung.c.term, rung.c.rung, rung.c.rung_on, Task.follower_id, letter.c.paper_id,
            place.label("place"),
        )
        .join(rung, sa.and_(rung.c.term == Task.term, rung.c.profile == Task.profile))
        .outerjoin(letter, letter.c.task_id == Task.id)
        .where(
            Task.state.in_(URGED_STATES),
            HAS_TERM,
            Task.converted.is_(False),  # what came from an old table is never called late
            sa.not_(sa.func.coalesce(Task.last_urged_on.between(rung.c.rung_on, today), sa.false())),
            not_told_before(rung),
            ~answered,
        )
        .subquery()
    )  # fmt: skip
    return (
        sa.select(*[column for column in found.c if column.key != "place"])
        .where(sa.or_(found.c.paper_id.is_not(None), found.c.place <= MOST))
        .order_by(found.c.term, found.c.id)
    )


def plan(today: date) -> list[Planned]:
    """What `escalate` would put into letters on that day, office by office; writes nothing."""
    return _plan(list_steps(today), _drafters(today))


def escalate(today: date) -> Outcome:
    """Answer every rung that goes to the superior; the caller commits. Safe to run twice, and days late."""
    drafters = _drafters(today)
    # who came second at the same moment meets what the first one wrote
    offices = sorted({office for office, _ in drafters})
    db.session.execute(sa.select(Unit.id).where(Unit.id.in_(offices)).order_by(Unit.id).with_for_update())
    steps = list_steps(today)
    covered = [step for step in steps if step.paper_id is not None]
    _write((step, step.paper_id, False) for step in covered if step.paper_id is not None)
    planned = _plan(steps, drafters)
    for one in planned:
        tasks = db.session.scalars(
            sa.select(Task)
            .where(Task.id.in_([step.task_id for step in one.steps]))
            .options(joinedload(Task.lead_unit))
            .order_by(Task.id)
        ).all()
        paper = db.session.get_one(Paper, one.paper_id) if one.paper_id is not None else None
        if paper is None:
            paper = remediation.begin_reminder(tasks, actor=one.drafter)
            data = {"tasks": count(len(tasks))}
            audit.record("letter_begun", paper, paper.document, actor=None, data=data)
        else:
            remediation.add_to_reminder(paper, tasks, on=today, actor=one.drafter)
        _write((step, paper.id, True) for step in one.steps)
    return Outcome(
        sum(one.paper_id is None for one in planned), sum(len(one.steps) for one in planned), len(covered)
    )


def _write(answered: Iterable[tuple[Step, int, bool]]) -> None:
    made_at = clock.now()
    rows = [
        {
            "task_id": step.task_id, "due_on": step.due_on, "rung": step.rung, "rung_on": step.rung_on,
            "paper_id": paper_id, "added": added, "made_at": made_at,
        }
        for step, paper_id, added in answered
    ]  # fmt: skip
    if rows:
        db.session.execute(sa.insert(Escalation), rows)


def _drafters(today: date) -> list[tuple[int, Actor]]:
    """(office, follower): who may draft its letters, with a way in."""
    found = db.session.scalars(
        sa.select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(Account.active, Person.id.in_([p.id for p in accounts.list_holders(Role.FOLLOWER, on=today)]))
        .options(selectinload(Person.appointments).joinedload(Appointment.unit).selectinload(Unit.versions))
        .order_by(Person.id)
    )
    actors = [accounts.actor_for(person, today) for person in found]
    return [(office, actor) for actor in actors if (office := office_of(actor)) is not None]


def _plan(steps: Sequence[Step], drafters: Sequence[tuple[int, Actor]]) -> list[Planned]:
    """Each task goes to the office of who follows it; the letter to whom of them follows most."""
    if not drafters:
        return []
    office_by_person = {actor.person_id: office for office, actor in drafters}
    by_office: dict[int, list[Step]] = {}
    for step in steps:
        if step.paper_id is None:
            office = office_by_person.get(step.follower_id or 0, drafters[0][0])
            by_office.setdefault(office, []).append(step)
    return list(_parts(by_office, drafters))


def _parts(by_office: dict[int, list[Step]], drafters: Sequence[tuple[int, Actor]]) -> Iterator[Planned]:
    for office, due in sorted(by_office.items()):
        paper_id, listed = _waiting(office)
        room = due[: max(0, MOST - listed)]
        if not room:
            continue
        followed = [step.follower_id for step in room]
        drafter = max(
            (actor for of, actor in drafters if of == office),
            key=lambda actor: (followed.count(actor.person_id), -actor.person_id),
        )
        yield Planned(drafter, paper_id, tuple(room))


def _waiting(office: int) -> tuple[int | None, int]:
    """The letter of the ladder that the office is still drafting, and how many tasks it lists."""
    added = sa.exists().where(Escalation.paper_id == Paper.id, Escalation.added)
    paper_id = db.session.scalar(
        sa.select(Paper.id)
        .join(Document, Document.id == Paper.document_id)
        .where(
            Document.kind == DocumentKind.REMINDER_LETTER,
            Document.state == DocumentState.DRAFT,
            Document.issuer_unit_id == office,
            added,
        )
        .order_by(Paper.id.desc())
        .limit(1)
    )
    if paper_id is None:
        return None, 0
    listed = db.session.scalar(
        sa.select(sa.func.count()).select_from(paper_task).where(paper_task.c.paper_id == paper_id)
    )
    return paper_id, listed or 0


@dataclass(frozen=True)
class Waiting:
    """A công văn đôn đốc that is not signed yet: since when, and how many tasks it lists."""

    paper_id: int
    subject: str
    state: DocumentState
    since: date
    tasks: int

    @property
    def days(self) -> int:
        """Calendar days that it has waited until today."""
        return (clock.today() - self.since).days


NOT_SIGNED = (
    DocumentState.DRAFT, DocumentState.CONTENT_CHECK, DocumentState.FORM_CHECK, DocumentState.APPROVAL,
    DocumentState.APPROVED,
)  # fmt: skip


def list_waiting() -> list[Waiting]:
    """Every công văn đôn đốc that no leader has signed, the oldest first; for the office."""
    rows = db.session.execute(_unsigned())
    return [
        Waiting(row.id, row.subject, row.state, clock.local(row.created_at).date(), row.tasks) for row in rows
    ]


@cache
def _unsigned() -> sa.Select[Any]:
    listed = sa.select(sa.func.count()).select_from(paper_task).where(paper_task.c.paper_id == Paper.id)
    return (
        sa.select(
            Paper.id, Document.subject, Document.state, Paper.created_at,
            listed.scalar_subquery().label("tasks"),
        )
        .join(Paper.document)
        .where(Document.kind == DocumentKind.REMINDER_LETTER, Document.state.in_(NOT_SIGNED))
        .order_by(Paper.id)
        .limit(50)
    )  # fmt: skip


def letters_of(task_ids: Sequence[int]) -> dict[int, Waiting]:
    """Task → the letter that lists it and waits; for the lines of a page, in one read."""
    if not task_ids:
        return {}
    rows = db.session.execute(_listing(), {"tasks": task_ids})
    return {
        row.task_id: Waiting(row.id, row.subject, row.state, clock.local(row.created_at).date(), 0)
        for row in rows
    }


@cache
def _listing() -> sa.Select[Any]:
    """Letters of :tasks."""
    listed = paper_task.c.task_id.in_(sa.bindparam("tasks", expanding=True))
    letter = _open_letters().where(listed).subquery("letter")
    return (
        sa.select(letter.c.task_id, Paper.id, Document.subject, Document.state, Paper.created_at)
        .join(Paper, Paper.id == letter.c.paper_id)
        .join(Paper.document)
        .where(Document.state.in_(NOT_SIGNED))
    )
