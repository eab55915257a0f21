"""What the units did with the notices: received, assigned, done in time, done late, not done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts import services as posts
from app.accounts.models import AppointmentKind
from app.accounts.services import Post
from app.documents import delivery
from app.documents.models import Delivery, ReceiptKind
from app.example.organisation import actor, person, unit
from app.extensions import db
from app.findings import services as findings
from app.findings.models import ProposalKind, UnitProposal
from app.findings.services import SentValues
from app.followup import inbox
from app.remediation import services
from app.remediation.models import DirectiveKind, ProgressStatus, Task, TaskState
from app.remediation.queries import OWED_STATES, overdue, read_head_change
from app.remediation.services import following, unit_side, verifying
from app.remediation.values import (
    AssignValues,
    DirectiveAnswer,
    DirectiveValues,
    ExtensionValues,
    LineValues,
    Officer,
    ProgressValues,
    ReportValues,
    ScheduleValues,
    StepValues,
)
from app.vietnamese import format_date


def tasks_of(code: str) -> Sequence[Task]:
    """The issued tasks of a unit, nearest date first."""
    return db.session.scalars(
        sa.select(Task)
        .where(Task.lead_unit_id == unit(code).id, Task.state != TaskState.DRAFT)
        .order_by(Task.due_on, Task.id)
    ).all()


def _delivery(code: str) -> Delivery:
    return db.session.scalars(sa.select(Delivery).where(Delivery.unit_id == unit(code).id)).one()


def acknowledge(code: str, head: str) -> None:
    """The head reads the notice and confirms receipt in the words of the statement."""
    sent = _delivery(code)
    who = person(head)
    delivery.acknowledge(
        sent,
        kind=delivery.receipt_kind_of(sent, who.id),
        statement=delivery.acknowledgement_statement(sent, who, delivery.post_at(who, sent.unit)),
        document_sha256=sent.document.sha256 or "",
        actor=actor(head),
    )


def record_receipt(code: str, reference: str) -> None:
    """Nobody of the unit has an account: the clerk writes what eOffice reports."""
    delivery.record_receipt(
        _delivery(code), kind=ReceiptKind.EOFFICE, received_on=clock.today(), reference=reference,
        actor=actor("vanthu"),
    )  # fmt: skip


def assign(code: str, head: str, officer: str, until: date) -> None:
    """The head gives every task to an officer, with a day before the day."""
    for task in tasks_of(code):
        unit_side.assign(
            task,
            AssignValues(
                lead=Officer(name=person(officer).name, person_id=person(officer).id),
                internal_due_on=min(until, task.due_on) if task.due_on else None,
                instruction="Thực hiện và báo cáo kết quả trước khi gửi Sở Nội vụ",
            ),
            actor=actor(head),
        )


def done(task: Task, who: str, text: str, reference: str, on: date) -> None:
    """An officer reports a result by the number and date of a document."""
    unit_side.report_progress(
        task,
        ProgressValues(ProgressStatus.DONE, text, reference=reference, document_on=on),
        actor=actor(who),
    )


def doing(task: Task, who: str, text: str, cause: str) -> None:
    unit_side.report_progress(task, ProgressValues(ProgressStatus.DOING, text, cause=cause), actor=actor(who))


def not_at_once(task: Task, who: str, reason: str, steps: Sequence[StepValues]) -> None:
    """The officer who leads it says why it takes time, and by which steps."""
    services.set_schedule(task, ScheduleValues(reason, tuple(steps)), actor=actor(who))


def submit(task: Task, head: str) -> None:
    unit_side.submit(task, actor=actor(head))


def report_by_paper(tasks: Sequence[Task], reference: str, on: date, text: str) -> None:
    """The follower enters the unit's signed report for several tasks, in the unit's place."""
    unit_side.submit_report(tasks, ReportValues(reference, on, text), actor=actor("vanthu"))


def accept(task: Task) -> None:
    verifying.accept_whole(task, actor=actor("theodoi"), comment="Minh chứng đầy đủ")


def send_back(task: Task, comment: str, due_on: date) -> None:
    verifying.send_back(task, actor=actor("theodoi"), comment=comment, due_on=due_on)


def extend(task: Task, asked_by: str, new_due_on: date, reason: str) -> None:
    following.extend(
        task,
        ExtensionValues(
            new_due_on=new_due_on, reason=reason, requested_by=person(asked_by).id,
            requested_on=clock.today(), decided_by=person("truongphong").id,
            reference=f"Công văn số 512/SNV-CCHC ngày {format_date(clock.today())}",
        ),
        actor=actor("theodoi"),
    )  # fmt: skip


def draft_reminder() -> None:
    """The follower begins one letter to every unit that is behind, with the annex of what is overdue."""
    behind = db.session.scalars(
        sa.select(Task).where(overdue(clock.today()), Task.state.in_(OWED_STATES)).order_by(Task.id)
    ).all()
    services.begin_reminder(behind, actor=actor("theodoi"))


def urge(task: Task, reference: str) -> None:
    following.edit_line(
        task,
        LineValues(note="Đã đôn đốc bằng văn bản", urged_reference=reference, urged_on=clock.today()),
        actor=actor("theodoi"),
    )


def direct(task: Task, who: str, text: str, answer_due_on: date) -> None:
    """A leader urges the unit and says until when it answers."""
    services.direct(task, DirectiveValues(DirectiveKind.URGE, text, answer_due_on), actor=actor(who))


def answer(task: Task, who: str, text: str, reference: str, on: date) -> None:
    """The unit's head answers the direction that waits."""
    [asked] = [one for one in task.directives if one.answered_at is None]
    services.answer(asked, DirectiveAnswer(text, reference, on), actor=actor(who))


def read_messages() -> None:
    """Who worked with the system up to here has read what had reached them."""
    for who in ("chutich-lt", "chutich-lp", "congchuc-lp", "theodoi"):
        inbox.mark_read("all", actor=actor(who))


def propose(code: str, head: str, text: str, body: str) -> UnitProposal:
    """The unit sends a proposal of its own accord."""
    values = SentValues(ProposalKind.PROPOSAL, text, answering_body=body)
    return findings.send_proposal(unit(code), values, actor=actor(head))


def change_head(code: str, name: str, since: date, paper: str, signed_on: date) -> None:
    """A unit without accounts gets another head; the follower enters the signed paper of the hand-over."""
    place = unit(code)
    former = accounts.head_of(place)
    assert former is not None
    posts.end_appointment(former, since - timedelta(days=1), actor=actor("quantri"))
    posts.appoint(
        posts.create_person(name, actor=actor("quantri")),
        Post(place, former.title, AppointmentKind.HEAD, since, roles=former.role_set),
        actor=actor("quantri"),
    )
    services.take_over_as_head(
        place, actor=actor("theodoi"), mark=read_head_change(place).mark, on=signed_on, reference=paper
    )
