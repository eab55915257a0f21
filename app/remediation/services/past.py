"""Tasks that a past notice of the office still asks for: entered, taken back, withdrawn; its paper sent."""

from __future__ import annotations

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines.proposals import MilestoneKind
from app.documents import delivery as deliveries
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.extensions import db
from app.policy import Action, Actor, Role, authorise
from app.register import services as register
from app.register.models import Conclusion, ConclusionState, MandateKind
from app.remediation import holds, queries
from app.remediation.codes import next_codes
from app.remediation.models import (
    PAST_RECORD,
    PROGRESS_LABELS,
    ExpectedResult,
    HandingLine,
    Product,
    ProgressReport,
    ProgressStatus,
    Task,
    TaskState,
)
from app.remediation.services import converting
from app.remediation.services.guards import about, index_task, reread, touch
from app.remediation.services.requests import lapse
from app.remediation.states import TASK
from app.remediation.values import PastTaskValues, ProductValues
from app.units.models import Unit
from app.vietnamese import count, format_date
from app.workflow import advance

OTHERS = (
    "Nội dung khắc phục còn lại chỉ nhập vào thông báo cũ của chính cơ quan; kết luận của cơ quan khác do "
    "cơ quan đó theo dõi."
)


def add_past_task(conclusion: Conclusion, values: PastTaskValues, *, actor: Actor) -> Task:
    """Enter what a past notice still asks of a unit; it is followed like any other task from now on.

    With `conversion` it came from an old table and is marked so for good.
    The unit receives the notice when its paper is joined. Raises DomainError at the field that is wrong,
    Conflict (field `text`) for the same task twice, WrongState when the notice is no longer in force.
    """
    conversion = values.conversion
    right = Action.RECORD_CONCLUSION if conversion is None else Action.BRING_OVER_PAST
    authorise(actor, right, conclusion)
    register.lock()
    db.session.refresh(conclusion, ["state", "document_id"])
    lead = _check(conclusion, values)
    task = Task(
        code=next_codes(clock.today().year, 1)[0],
        conclusion=conclusion,
        concluded_unit_id=values.concluded_unit_id,
        entered_by=actor.person_id,
        document=conclusion.document,
        state=TaskState.DRAFT,
        text=values.text.strip(),
        lead_unit=lead,
        follower_id=values.follower_id,
        deadline_kind=values.deadline_kind,
        milestone=MilestoneKind.COMMON,
        issued_on=conclusion.concluded_on,
        results=[
            ExpectedResult(product=one.product, text=one.text.strip())
            for one in values.products or (ProductValues(Product.OTHER),)
        ],
    )
    if values.deadline_kind in queries.DATED_KINDS:
        task.due_on = task.original_due_on = values.due_on
    else:
        task.review_on, task.no_date_reason = values.review_on, values.no_date_reason.strip()
    if conversion is not None:
        converting.prepare(task, values, conversion, actor)
    db.session.add(task)
    db.session.flush()
    told = {**about(task), "number": conclusion.number_and_symbol}
    if conversion is not None:
        converting.enter(task, values, conversion, actor, told)
    else:
        advance(task, "enter", TASK, actor=actor, about=(conclusion,), data=told)
    if values.so_far.strip() and task.state is TaskState.ISSUED:
        _tell_so_far(task, values.so_far.strip(), actor)
    index_task(task)
    db.session.flush()
    _send(task, actor)
    return task


def _check(conclusion: Conclusion, values: PastTaskValues) -> Unit:
    if conclusion.mandate.kind is not MandateKind.HISTORIC:
        raise WrongState(OTHERS)
    if conclusion.state is not ConclusionState.IN_FORCE:
        raise WrongState("Thông báo này đã hủy ghi nhận nên không thêm nội dung khắc phục.")
    if len(values.text.strip()) < 3:
        raise DomainError("Nội dung cần khắc phục có ít nhất 03 ký tự.", field="text")
    if not queries.speaks_of(conclusion.id, values.concluded_unit_id):
        raise DomainError("Chọn đơn vị được nêu trong thông báo này.", field="concluded_unit_id")
    lead = db.session.get(Unit, values.lead_unit_id)
    if lead is None or not lead.exists_on(clock.today()):
        raise DomainError("Chọn đơn vị chủ trì đang hoạt động.", field="lead_unit_id")
    follower = db.session.get(Person, values.follower_id)
    if follower is None or Role.FOLLOWER not in accounts.actor_for(follower).roles:
        raise DomainError("Chọn người theo dõi của cơ quan.", field="follower_id")
    if values.conversion is None:
        _check_dates(conclusion, values)
    else:
        converting.check_dates(values, values.conversion, conclusion.concluded_on)
    twin = db.session.scalar(
        sa.select(Task.code).where(
            Task.conclusion_id == conclusion.id,
            Task.lead_unit_id == lead.id,
            Task.text == values.text.strip(),
            Task.state != TaskState.WITHDRAWN,
        )
    )
    if twin is not None:
        raise Conflict(f"Nội dung này của {lead.name} đã được nhập, mã {twin}.", field="text")
    return lead


def _check_dates(conclusion: Conclusion, values: PastTaskValues) -> None:
    if values.deadline_kind in queries.DATED_KINDS:
        if values.due_on is None:
            raise DomainError(
                "Nhập thời hạn ghi trong thông báo, hoặc chọn loại chưa có thời hạn và nêu lý do.",
                field="due_on",
            )
        if values.due_on < conclusion.concluded_on:
            raise DomainError(
                f"Thời hạn trước ngày thông báo {format_date(conclusion.concluded_on)}. Kiểm tra lại ngày.",
                field="due_on",
            )
        return
    if len(values.no_date_reason.strip()) < 3:
        raise DomainError("Ghi lý do chưa có thời hạn.", field="no_date_reason")
    if values.review_on is None or values.review_on < clock.today():
        raise DomainError(
            "Nội dung không có thời hạn thì ghi ngày rà soát, từ hôm nay trở đi.", field="review_on"
        )


def _tell_so_far(task: Task, text: str, actor: Actor) -> None:
    """What the file says was done until now, in the unit's place."""
    label = PROGRESS_LABELS[ProgressStatus.DOING]
    advance(
        task, "start", TASK, actor=actor, on_behalf_of=task.lead_unit.name,
        data={**about(task), "status": label},
    )  # fmt: skip
    task.progress.append(
        ProgressReport(
            status=ProgressStatus.DOING, text=text, cause=PAST_RECORD, on_behalf=True,
            written_by=actor.person_id,
        )
    )  # fmt: skip


def _send(task: Task, actor: Actor) -> None:
    """Who must carry it out can read the notice and says that it was received."""
    if task.document is not None and task.document.is_issued:
        deliveries.deliver(task.document, task.lead_unit, sent_on=clock.today(), actor=actor)


def join_paper(conclusion: Conclusion, actor: Actor) -> None:
    """The paper of a past notice came later: its tasks name it and their units receive it."""
    for task in db.session.scalars(
        sa.select(Task).where(Task.conclusion_id == conclusion.id).order_by(Task.id)
    ).all():
        task.document = conclusion.document
        if task.state in queries.OPEN_STATES:
            _send(task, actor)
    db.session.flush()


def followed(conclusion: Conclusion) -> str | None:
    """Why a past notice is not voided: its tasks are still followed."""
    codes = db.session.scalars(
        sa.select(Task.code)
        .where(Task.conclusion_id == conclusion.id, Task.state.in_(queries.OPEN_STATES))
        .order_by(Task.code)
    ).all()
    if not codes:
        return None
    named = ", ".join(codes[:5]) + (", …" if len(codes) > 5 else "")
    return (
        f"Thông báo này còn {count(len(codes))} nội dung khắc phục đang theo dõi ({named}). "
        "Rút các nội dung đó, nêu lý do, rồi hủy ghi nhận."
    )


def why_not_undone(task: Task, actor: Actor) -> str | None:
    """Why this person does not simply take the entry back; None when nothing was done on it."""
    if task.entered_by != actor.person_id:
        return "Chỉ người đã nhập bỏ được nội dung này. Trường hợp nhập nhầm, rút nội dung và nêu lý do."
    if task.converted:
        return "Nội dung chuyển đổi từ bảng theo dõi cũ không bỏ được. Rút nội dung và nêu lý do."
    later = [report for report in task.progress if not report.taken_from]
    received = task.document is not None and deliveries.is_received(task.document, task.lead_unit)
    begun = task.state not in (TaskState.ISSUED, TaskState.IN_PROGRESS) or task.urged_count
    led = task.assignments or task.extensions or task.handovers or task.sightings or task.directives
    handed = db.session.scalar(sa.select(HandingLine.id).where(HandingLine.task_id == task.id).limit(1))
    asked = task.extension_requests or task.schedules
    if later or received or begun or led or asked or handed is not None:
        return "Nội dung này đã có việc thực hiện nên không bỏ được. Rút nội dung và nêu lý do."
    return holds.why_not(task)


def undo_past_task(task: Task, *, actor: Actor, version: int | None = None) -> None:
    """Take away what was entered by mistake, by who entered it and before anything was done on it.

    Raises Forbidden for somebody else, Conflict once something was done: then it is withdrawn.
    """
    authorise(actor, Action.RECORD_CONCLUSION, task)
    reread([task])
    check_version(task, version)
    reason = why_not_undone(task, actor)
    if reason is not None:
        raise (Forbidden if task.entered_by != actor.person_id else Conflict)(reason)
    data, conclusion = about(task), task.conclusion
    assert conclusion is not None
    document, lead = task.document, task.lead_unit
    for report in task.progress:
        db.session.delete(report)
    db.session.flush()
    db.session.expire(task, ["progress"])
    db.session.delete(task)
    db.session.flush()
    audit.record("past_task_removed", conclusion, actor=actor, data=data)
    if document is not None and not _asks(conclusion, lead):
        deliveries.take_back(document, lead, actor=actor)


def withdraw_past_task(task: Task, reason: str, *, actor: Actor, version: int | None = None) -> None:
    """Stop asking for it, with the reason. Raises DomainError (field `reason`), WrongState once accepted."""
    authorise(actor, Action.RECORD_CONCLUSION, task)
    check_version(task, version)
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise DomainError("Nêu lý do rút nội dung khắc phục.", field="reason")
    conclusion = task.conclusion
    assert conclusion is not None
    verb = "withdraw_done" if task.converted and task.state is TaskState.ACCEPTED else "withdraw"
    lapse(task, "Nội dung đã rút.", actor=actor)
    advance(task, verb, TASK, actor=actor, about=(conclusion,), data={**about(task), "reason": reason})
    touch(task)
    db.session.flush()
    if task.document is not None and not _asks(conclusion, task.lead_unit):
        deliveries.take_back(task.document, task.lead_unit, actor=actor)


def _asks(conclusion: Conclusion, unit: Unit) -> bool:
    """Whether the notice still asks something of the unit."""
    left = sa.select(Task.id).where(
        Task.conclusion_id == conclusion.id,
        Task.lead_unit_id == unit.id,
        Task.state != TaskState.WITHDRAWN,
    )
    return db.session.scalar(left.limit(1)) is not None
