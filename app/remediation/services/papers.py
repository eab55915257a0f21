"""Begin the papers that follow a notice, and what they do once they are issued."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines.settings import EXTENSION_ANSWER_SUBJECT, REMINDER_SUBJECT
from app.documents import papers
from app.documents.delivery import deliver, short_citation
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, Paper
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.inspections import queries as inspections
from app.inspections.models import Inspection
from app.policy import Action, Actor, authorise
from app.remediation import queries
from app.remediation.models import ExtensionAnswer, RequestState, Task, paper_task
from app.remediation.services.asking import as_asked
from app.remediation.services.following import enter_urging, move_date
from app.remediation.services.guards import about
from app.remediation.services.requests import ask_asker, askers_of, may_be_extended, settle
from app.remediation.values import AnswerValues, ExtensionValues
from app.units.models import Unit
from app.vietnamese import count, format_date
from app.workflow import hold


def begin(
    kind: DocumentKind,
    *,
    subject: str,
    units: Sequence[Unit],
    actor: Actor,
    symbol: str = "",
    inspection: Inspection | None = None,
    about_document: Document | None = None,
    keep: Callable[[Paper], None] | None = None,
) -> Paper:
    """A draft of the actor's office of this kind; whoever calls has asked for the right. `keep`: what its
    feature links to it before the words are composed.

    Raises DomainError (the actor works at no unit).
    """
    office_id = inspection.office_unit_id if inspection is not None else inspections.office_of(actor)
    office = db.session.get(Unit, office_id) if office_id is not None else None
    if office is None:
        raise DomainError("Tài khoản đang dùng chưa gắn với cơ quan nào nên không soạn được văn bản.")
    return papers.start_paper(
        kind,
        issuer=office,
        inspection_id=inspection.id if inspection is not None else None,
        units=units,
        about=about_document,
        subject=subject,
        symbol=symbol,
        link=keep,
        actor=actor,
    )


def link(paper: Paper, tasks: Sequence[Task]) -> None:
    """The tasks that the paper lists."""
    if tasks:
        db.session.execute(
            sa.insert(paper_task), [{"paper_id": paper.id, "task_id": task.id} for task in tasks]
        )


def send(paper: Paper, actor: Actor) -> None:
    """An issued paper goes to the units that it is about; to each once."""
    for unit in paper.units:
        deliver(paper.document, unit, sent_on=clock.today(), actor=actor)


def begin_reminder(tasks: Sequence[Task], *, actor: Actor) -> Paper:
    """Soạn công văn đôn đốc of the chosen tasks, to each unit that leads one.

    Raises DomainError (none chosen), Forbidden (a task that the actor doesn't follow), WrongState (a task
    that its unit doesn't owe any more).
    """
    if not tasks:
        raise DomainError("Chọn ít nhất 01 nội dung trong bảng.")
    for task in tasks:
        authorise(actor, Action.EDIT_FOLLOW_UP, task)
    _ask_owed(tasks, clock.today())
    return begin(
        DocumentKind.REMINDER_LETTER,
        subject=deadlines.setting(REMINDER_SUBJECT),
        units=queries.units_of_tasks(tasks),
        actor=actor,
        keep=lambda paper: link(paper, tasks),
    )


def _ask_owed(tasks: Sequence[Task], on: date) -> None:
    over = [task.code for task in tasks if not queries.is_owed(task, on)]
    if over:
        raise WrongState(f"Chỉ đôn đốc nội dung đơn vị còn phải thực hiện. Bỏ chọn {', '.join(over[:5])}.")


def add_to_reminder(paper: Paper, tasks: Sequence[Task], *, on: date, actor: Actor) -> None:
    """Put more tasks into a letter that is still being drafted; it then tells how things stand on `on`.

    Raises Forbidden (a task that the actor doesn't follow), WrongState (submitted, given up, not owed).
    """
    for task in tasks:
        authorise(actor, Action.EDIT_FOLLOW_UP, task)
    hold(paper.document)
    if paper.document.kind is not DocumentKind.REMINDER_LETTER:
        raise WrongState("Chỉ công văn đôn đốc nhận thêm nội dung phải đôn đốc.")
    if paper.document.state is not DocumentState.DRAFT:
        raise WrongState("Công văn đã trình hoặc đã bỏ nên không nhận thêm nội dung.")
    _ask_owed(tasks, on)
    rows = [{"paper_id": paper.id, "task_id": task.id, "added_on": on} for task in tasks]
    db.session.execute(sa.insert(paper_task), rows)
    known = {unit.id for unit in paper.units}
    paper.units = [*paper.units, *(u for u in queries.units_of_tasks(tasks) if u.id not in known)]
    papers.PaperCourse(paper).touch()
    audit.record("letter_extended", paper, paper.document, actor=None, data={"tasks": count(len(tasks))})


def urge_by_paper(paper: Paper, actor: Actor) -> None:
    """Once the letter is issued each task that is still owed was urged once more, by its number and date."""
    send(paper, actor)
    document = paper.document
    assert document.issued_on is not None, "only an issued paper takes effect"
    reference = f"Công văn số {document.number_and_symbol} ngày {format_date(document.issued_on)}"
    for task in queries.list_tasks_of(paper):
        if queries.is_owed(task, clock.today()):
            enter_urging(task, reference, document.issued_on, actor)
    db.session.flush()


def begin_extension_answer(task: Task, values: AnswerValues, *, actor: Actor) -> Paper:
    """Soạn công văn trả lời đề nghị gia hạn: granted with the new date, or refused with the reason.

    Nothing moves before the letter is issued. Raises DomainError at a field, WrongState (not owed, no date),
    Conflict (an answer is being drafted), Forbidden.
    """
    authorise(actor, Action.EDIT_FOLLOW_UP, task)
    if not may_be_extended(task):
        raise WrongState("Chỉ gia hạn nội dung đang thực hiện và có thời hạn cụ thể.")
    if queries.find_draft_about(task.id) is not None:
        raise Conflict("Nội dung này đang có công văn trả lời đề nghị gia hạn chưa ban hành.")
    values = as_asked(task, values)
    _check_answer(task, values)

    def keep(paper: Paper) -> None:
        db.session.add(
            ExtensionAnswer(
                paper=paper,
                task=task,
                requested_by=values.requested_by,
                requested_on=values.requested_on,
                request_reference=values.request_reference.strip(),
                asked_due_on=values.asked_due_on,
                granted_due_on=values.granted_due_on,
                reason=values.reason.strip(),
            )
        )

    return begin(
        DocumentKind.EXTENSION_ANSWER,
        subject=deadlines.setting(EXTENSION_ANSWER_SUBJECT),
        units=[task.lead_unit],
        actor=actor,
        keep=keep,
    )


def _check_answer(task: Task, values: AnswerValues) -> None:
    assert task.term is not None
    if not values.reason.strip():
        raise DomainError("Ghi lý do gia hạn, hoặc lý do không đồng ý gia hạn.", field="reason")
    if values.requested_on > clock.today():
        raise DomainError("Ngày đề nghị không sau ngày hôm nay.", field="requested_on")
    if task.issued_on is not None and values.requested_on < task.issued_on:
        raise DomainError(
            f"Ngày đề nghị không trước ngày thông báo {format_date(task.issued_on)}.", field="requested_on"
        )
    for day, field in ((values.granted_due_on, "granted_due_on"), (values.asked_due_on, "asked_due_on")):
        if day is not None and day <= task.term:
            raise DomainError(f"Thời hạn mới phải sau thời hạn {format_date(task.term)}.", field=field)
    if values.granted_due_on is not None and values.granted_due_on <= values.requested_on:
        raise DomainError("Thời hạn mới phải sau ngày đề nghị.", field="granted_due_on")
    ask_asker(task, values.requested_by)


def extend_by_paper(paper: Paper, actor: Actor) -> None:
    """Once the letter is issued, a granted date becomes the task's, decided by who signed.

    A paper that came too late (the task is over, or its date was moved further) changes nothing and says so.
    """
    send(paper, actor)
    answer, document = queries.find_answer(paper), paper.document
    if answer is None:
        return
    task, granted = answer.task, answer.granted_due_on
    decider = document.signed_by or document.signer_id
    told = short_citation(document, "Công văn")
    if granted is None:
        data = {**about(task), "paper": told, "reason": answer.reason}
        if decider is not None:
            settle(
                task, RequestState.REFUSED, by=decider, on=document.issued_on or clock.today(),
                answer=f"{answer.reason} ({told})",
            )  # fmt: skip
        audit.record("task_extension_refused", task, document, actor=actor, data=data)
        return
    late = not may_be_extended(task) or task.term is None or granted <= task.term
    if late or decider is None or decider in askers_of(answer):
        data = {**about(task), "paper": told}
        audit.record("task_extension_left_out", task, document, actor=actor, data=data)
        return
    values = ExtensionValues(
        new_due_on=granted, reason=answer.reason, requested_by=answer.requested_by,
        requested_on=answer.requested_on, decided_by=decider, reference=told,
    )  # fmt: skip
    move_date(task, values, decided_on=document.issued_on or clock.today(), actor=actor, answer=document)
