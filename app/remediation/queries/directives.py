"""Reading what leaders asked about tasks: one question, what waits for somebody, what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, lazyload

from app.errors import NotFound
from app.extensions import db
from app.policy import Actor
from app.remediation.models import Directive, Task
from app.remediation.queries.tasks import OPEN_STATES, get_visible, visible_to

MOST = 30


def unanswered() -> sa.ColumnElement[bool]:
    """Waits for an answer: of a task that is still followed, of a follower it is still given to."""
    return sa.and_(
        Directive.answered_at.is_(None),
        Task.state.in_(OPEN_STATES),
        sa.or_(Directive.to_person_id.is_(None), Directive.to_person_id == Task.follower_id),
    )


def late_answers(today: date) -> sa.ColumnElement[bool]:
    """Tasks of which an answer is overdue. The few open questions are read once, not for every task."""
    asked = aliased(Task)
    late = sa.select(Directive.task_id).where(
        Directive.answered_at.is_(None),
        Directive.answer_due_on < today,
        sa.exists().where(
            asked.id == Directive.task_id,
            asked.state.in_(OPEN_STATES),
            sa.or_(Directive.to_person_id.is_(None), Directive.to_person_id == asked.follower_id),
        ),
    )
    return Task.id.in_(late)


def next_answer() -> sa.ScalarSelect[date]:
    """The nearest day by which an answer about a task is owed, as a column."""
    return (
        sa.select(sa.func.min(Directive.answer_due_on))
        .where(Directive.task_id == Task.id, unanswered())
        .correlate(Task)
        .scalar_subquery()
    )


def get_directive(actor: Actor, directive_id: int) -> Directive:
    """One question about a task this person may know of.

    A unit's people never learn of what is put to a follower. Raises NotFound.
    """
    found = db.session.get(Directive, directive_id)
    if found is None:
        raise NotFound()
    task = get_visible(actor, found.task_id)
    if found.to_person_id is not None and not (actor.in_office or actor.person_id == task.follower_id):
        raise NotFound()
    return found


def _list(*conditions: sa.ColumnElement[bool]) -> Sequence[Directive]:
    return db.session.scalars(
        sa.select(Directive)
        .join(Task, Task.id == Directive.task_id)
        .where(unanswered(), *conditions)
        .options(
            joinedload(Directive.task).options(lazyload(Task.results), joinedload(Task.lead_unit)),
            joinedload(Directive.asker),
            joinedload(Directive.addressee),
        )
        .order_by(Directive.answer_due_on, Directive.id)
        .limit(MOST)
    ).all()


def list_questions(actor: Actor, today: date) -> tuple[list[Directive], list[Directive]]:
    """What this follower has to answer; what this person asked and nobody answered in time: one read.

    Both nearest day first.
    """
    late = sa.and_(Directive.asked_by == actor.person_id, Directive.answer_due_on < today, visible_to(actor))
    found = _list(sa.or_(Directive.to_person_id == actor.person_id, late))
    return (
        [row for row in found if row.to_person_id == actor.person_id],
        [row for row in found if row.asked_by == actor.person_id and row.answer_due_on < today],
    )


def asked_of_units(unit_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """What these units have to answer: of directives joined with their tasks."""
    return sa.and_(unanswered(), Directive.to_person_id.is_(None), Task.lead_unit_id.in_(unit_ids))
