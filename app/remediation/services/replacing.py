"""Tasks of a notice that another one replaces: asked on by it, asked in other words, or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from app import clock
from app.audit import services as audit
from app.documents.models import Document
from app.errors import WrongState
from app.extensions import db
from app.policy import Actor
from app.remediation.codes import next_codes
from app.remediation.models import ExpectedResult, Task, TaskState
from app.remediation.services.guards import about, index_task, reread, touch

OVER = (TaskState.ACCEPTED, TaskState.WITHDRAWN)


def take_over(tasks: Sequence[Task], document: Document, *, actor: Actor | None) -> int:
    """Let `document` ask on what is not done of a notice that it replaced; dates and work so far stay.

    What was accepted stays with the replaced notice. Returns how many. The caller asked the right.
    """
    reread(tasks)
    moved = [task for task in tasks if task.state not in OVER]
    for task in moved:
        old = task.document
        task.document_id, task.document = document.id, document
        touch(task)
        index_task(task)
        also = (old,) if old is not None else ()
        data = {**about(task), "notice": document.number_and_symbol}
        audit.record("task_taken_over", task, document, *also, actor=actor, data=data)
    db.session.flush()
    return len(moved)


def copy_to_draft(task: Task, *, actor: Actor) -> Task:
    """A draft that asks what `task` asks, to be reworded for the notice that replaces its own.

    Raises WrongState for what is done or withdrawn. The caller asked the right.
    """
    if task.state in OVER or task.state is TaskState.DRAFT:
        raise WrongState(f"{task.code} đã kết thúc nên không sửa lại.")
    made = Task(
        code=next_codes(clock.today().year, 1)[0], inspection_id=task.inspection_id,
        inspected_unit_id=task.inspected_unit_id, text=task.text, lead_unit_id=task.lead_unit_id,
        lead_person=task.lead_person, follower_id=task.follower_id, deadline_kind=task.deadline_kind,
        milestone=task.milestone, due_on=task.due_on, report_due_on=task.report_due_on,
        review_on=task.review_on, no_date_reason=task.no_date_reason,
    )  # fmt: skip
    made.inspection, made.inspected_unit, made.lead_unit = task.case, task.place, task.lead_unit
    made.findings, made.coordinating = list(task.findings), list(task.coordinating)
    made.results = [ExpectedResult(product=result.product, text=result.text) for result in task.results]
    db.session.add(made)
    db.session.flush()
    index_task(made)
    audit.record("task_added", made, task.case, actor=actor, data=about(made))
    return made


def discard(task: Task, *, actor: Actor) -> None:
    """Take a draft away again that was made by `copy_to_draft`; one that was given to its unit stays."""
    if task.state is not TaskState.DRAFT:
        return
    data, case = about(task), task.case
    task.findings, task.coordinating = [], []
    db.session.flush()
    db.session.delete(task)
    db.session.flush()
    audit.record("task_removed", case, actor=actor, data=data)
