"""The follower's work on a task that runs: move its date, review it, hand it over, edit its line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app import clock
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines import queries as deadlines
from app.deadlines.badge import DeadlineKind
from app.deadlines.working_days import working_days_between
from app.documents.models import Document
from app.errors import DomainError, WrongState
from app.extensions import db
from app.policy import UNIT_DECIDES, Action, Actor, Role, authorise
from app.remediation.lateness import report_after
from app.remediation.models import Extension, ProgressStatus, RequestState, Task, TaskState
from app.remediation.queries import extension_room, is_owed, list_holders, list_people_at
from app.remediation.services import proofs
from app.remediation.services.asking import as_asked
from app.remediation.services.drafting import DATED, forget_rule
from app.remediation.services.guards import about, touch
from app.remediation.services.handing import put_on_list
from app.remediation.services.requests import ask_asker, may_be_extended, settle
from app.remediation.services.unit_side import OWED, check_document, report_progress, submit_report
from app.remediation.values import (
    ExtensionValues,
    LineStep,
    LineValues,
    ProgressValues,
    ReportValues,
    ReviewValues,
)
from app.vietnamese import count, format_date, search_key

DECIDERS = (Role.LEADER, Role.CONTENT_CHECKER)
"""Who decides an extension."""
MAY_FOLLOW = (Role.FOLLOWER, Role.CONTENT_CHECKER, Role.PLANNER)
"""Who may be given tasks to follow: nobody of a unit ever verifies its work."""


def extend(task: Task, values: ExtensionValues, *, actor: Actor, version: int | None = None) -> Extension:
    """Record a decided extension: a later date, asked for by one, decided by another. Old dates stay visible.

    Late requests are taken in; the days overdue until the request stay readable from the row.
    """
    authorise(actor, Action.EDIT_FOLLOW_UP, task)
    check_version(task, version)
    return grant(task, values, actor=actor)


def grant(task: Task, values: ExtensionValues, *, actor: Actor) -> Extension:
    """The same once the right was asked: what may be extended, by whom, how far.

    What the unit asked and nobody decided is what is decided: never by who asked, whoever was typed.
    """
    values = as_asked(task, values)
    if not may_be_extended(task):
        raise WrongState("Chỉ gia hạn nội dung đang thực hiện và có thời hạn cụ thể.")
    _check_extension(task, values, actor)
    return move_date(task, values, decided_on=clock.today(), actor=actor)


def move_date(
    task: Task, values: ExtensionValues, *, decided_on: date, actor: Actor, answer: Document | None = None
) -> Extension:
    """The later date that was decided, here or by an issued letter (`answer`); nothing is asked again."""
    assert task.term is not None
    room = extension_room(task)
    days = working_days_between(task.term, values.new_due_on, deadlines.current_calendar())
    made = Extension(
        task_id=task.id,
        old_due_on=task.term,  # what could be supplemented until a later day was not late before it
        new_due_on=values.new_due_on,
        reason=values.reason.strip(),
        requested_by=values.requested_by,
        requested_on=values.requested_on,
        decided_by=values.decided_by,
        decided_on=decided_on,
        reference=values.reference.strip(),
        number=room.times + 1,
        working_days=days,
        days_in_sum=room.days + days,
        most_times=room.most_times,
        most_days=room.most_days,
        most_in_sum=room.most_in_sum,
        document_id=answer.id if answer is not None else None,
    )
    task.extensions.append(made)
    report_due_on = task.report_due_on
    if report_due_on is not None and report_due_on < values.new_due_on:
        report_due_on = report_after(task, values.new_due_on)
    task.due_on, task.report_due_on = values.new_due_on, report_due_on  # together: never one after the other
    settle(
        task, RequestState.GRANTED, by=values.decided_by, on=decided_on, new_due_on=values.new_due_on
    )  # fmt: skip
    touch(task)
    db.session.flush()
    audit.record(
        "task_extended",
        task,
        actor=actor,
        data={
            **about(task),
            "old": format_date(made.old_due_on),
            "new": format_date(values.new_due_on),
            "reason": made.reason,
        },
    )
    return made


def _check_extension(task: Task, values: ExtensionValues, actor: Actor) -> None:
    assert task.term is not None
    if values.new_due_on <= task.term:
        raise DomainError(f"Thời hạn mới phải sau thời hạn {format_date(task.term)}.", field="new_due_on")
    if not values.reason.strip():
        raise DomainError("Ghi lý do gia hạn.", field="reason")
    if values.requested_on > clock.today():
        raise DomainError("Ngày đề nghị không sau ngày hôm nay.", field="requested_on")
    if task.issued_on is not None and values.requested_on < task.issued_on:
        raise DomainError(
            f"Ngày đề nghị không trước ngày thông báo {format_date(task.issued_on)}.", field="requested_on"
        )
    if values.new_due_on <= values.requested_on:
        raise DomainError("Thời hạn mới phải sau ngày đề nghị.", field="new_due_on")
    if values.requested_by == values.decided_by:
        raise DomainError("Người đề nghị gia hạn không quyết định việc gia hạn.", field="decided_by")
    ask_asker(task, values.requested_by)
    if values.decided_by in {key for key, _name, _post in list_people_at(task.lead_unit_id)}:
        raise DomainError(UNIT_DECIDES, field="decided_by")
    if values.decided_by not in {key for key, _name, _post in list_holders(*DECIDERS)}:
        raise DomainError("Chọn lãnh đạo quyết định gia hạn trong danh sách.", field="decided_by")
    _ask_within_limits(task, values.new_due_on)
    if values.decided_by != actor.person_id and not values.reference.strip():
        raise DomainError("Ghi số, ký hiệu, ngày văn bản quyết định gia hạn.", field="reference")


def _ask_within_limits(task: Task, new_due_on: date) -> None:
    """Beyond the limits of the profile only an issued letter of answer moves a date."""
    room = extension_room(task)
    if room.latest is not None and new_due_on <= room.latest:
        return
    if room.times >= room.most_times:
        told = f"Đã gia hạn {count(room.times)}/{count(room.most_times)} lần"
    elif room.latest is None:
        told = f"Đã gia hạn tổng {count(room.days)}/{count(room.most_in_sum)} ngày làm việc"
    else:
        told = f"Trên hệ thống chỉ gia hạn đến hết ngày {format_date(room.latest)}"
    raise DomainError(
        f"{told}. Soạn công văn trả lời đề nghị gia hạn; "
        "thời hạn mới có hiệu lực khi công văn được ban hành.",
        field="new_due_on",
    )


def review(task: Task, values: ReviewValues, *, actor: Actor, version: int | None = None) -> None:
    """Rà soát of a task without a date: the next day of review with the reason, or a fixed date at last."""
    authorise(actor, Action.EDIT_FOLLOW_UP, task)
    check_version(task, version)
    if task.state not in (*OWED, TaskState.WATCHING) or task.deadline_kind in DATED:
        raise WrongState("Chỉ rà soát nội dung thường xuyên hoặc chờ điều kiện, đang thực hiện.")
    reason = values.reason.strip()
    if not reason:
        raise DomainError("Ghi kết quả rà soát, lý do.", field="reason")
    if (values.review_on is None) == (values.due_on is None):
        raise DomainError("Nhập ngày rà soát tiếp theo, hoặc thời hạn hoàn thành.", field="review_on")
    if values.due_on is not None:
        _fix_date(task, values.due_on)
        told = f"thời hạn hoàn thành {format_date(values.due_on)}"
    else:
        assert values.review_on is not None
        if values.review_on <= clock.today():
            raise DomainError("Ngày rà soát tiếp theo phải sau ngày hôm nay.", field="review_on")
        task.review_on = values.review_on
        if task.state is TaskState.WATCHING:
            proofs.renew(task)
        told = f"rà soát tiếp ngày {format_date(values.review_on)}"
    touch(task)
    audit.record("task_reviewed", task, actor=actor, data={**about(task), "outcome": told, "reason": reason})
    db.session.flush()


def _fix_date(task: Task, due_on: date) -> None:
    if task.state is TaskState.WATCHING:
        raise WrongState("Nội dung đang theo dõi duy trì chỉ đặt ngày rà soát tiếp theo.")
    if due_on <= clock.today():
        raise DomainError("Thời hạn hoàn thành phải sau ngày hôm nay.", field="due_on")
    proofs.settle(task, clock.today())
    task.proof_every = None
    task.deadline_kind, task.due_on, task.original_due_on = DeadlineKind.FIXED, due_on, due_on
    task.report_due_on = report_after(task, due_on)
    task.review_on, task.no_date_reason = None, ""
    forget_rule(task)


def set_follower(
    tasks: Sequence[Task], person_id: int, *, reason: str, actor: Actor, version: int | None = None
) -> None:
    """Giao lại: another follower from now on, with the reason; earlier acts keep the former name."""
    for task in tasks:
        authorise(actor, Action.EDIT_FOLLOW_UP, task)
        check_version(task, version)
    give_follower(tasks, person_id, reason=reason, actor=actor)


def give_follower(tasks: Sequence[Task], person_id: int, *, reason: str, actor: Actor) -> None:
    """The same once the right was asked. Raises DomainError at a field, WrongState."""
    person = db.session.get(Person, person_id)
    if person is None or person_id not in {key for key, _name, _post in list_holders(*MAY_FOLLOW)}:
        raise DomainError("Chọn người theo dõi trong danh sách.", field="follower_id")
    if not reason.strip():
        raise DomainError("Ghi lý do giao lại.", field="reason")
    for task in tasks:
        if task.state in (TaskState.DRAFT, TaskState.ACCEPTED, TaskState.WITHDRAWN):
            raise WrongState(f"{task.code} không còn được theo dõi nên không giao lại.")
        if person_id in {key for key, _name, _post in list_people_at(task.lead_unit_id)}:
            raise DomainError(
                f"{person.name} công tác tại {task.lead_unit.name}, là đơn vị thực hiện {task.code}. "
                "Chọn người theo dõi khác.",
                field="follower_id",
            )
        if task.follower_id == person.id:
            raise WrongState(f"{task.code} đang do đồng chí {person.name} theo dõi.")
        put_on_list(task, person.id, reason=reason.strip(), actor=actor)
        task.follower_id = person.id
        touch(task)
        audit.record(
            "task_follower_changed",
            task,
            actor=actor,
            data={**about(task), "follower": person.name, "reason": reason.strip()},
        )
    db.session.flush()


def edit_line(task: Task, values: LineValues, *, actor: Actor, version: int | None = None) -> None:
    """Quick edit of a line of the table, each cell by the service of its own page, all or nothing.

    Note, a new urging paper, the day of review, what the unit says or its signed report, the follower. A
    paper that is recorded already never counts twice: its day is corrected. What changes nothing leaves the
    row as it was. Raises DomainError at the field of those services.
    """
    authorise(actor, Action.EDIT_FOLLOW_UP, task)
    check_version(task, version)
    note = task.note if values.note is None else values.note.strip()
    reference = values.urged_reference.strip()
    if note != task.note:
        task.note = note
        touch(task)
        audit.record("task_follow_up_edited", task, actor=actor, data={**about(task), "note": note})
    if reference:
        _urge(task, reference, values.urged_on or clock.today(), actor)
    elif values.urged_on is not None:
        raise DomainError("Ghi số, ký hiệu văn bản đôn đốc.", field="urged_reference")
    moved = values.review_on is not None and values.review_on != task.review_on
    given = values.follower_id is not None and values.follower_id != task.follower_id
    if values.reason.strip() and not moved and not given:
        raise DomainError("Lý do chỉ ghi khi đổi ngày rà soát hoặc giao lại.", field="reason")
    if moved:
        review(task, ReviewValues(values.reason, review_on=values.review_on), actor=actor)
    _tell(task, values, actor)
    if given:
        assert values.follower_id is not None
        give_follower([task], values.follower_id, reason=values.reason, actor=actor)
    db.session.flush()


def _tell(task: Task, values: LineValues, actor: Actor) -> None:
    """What the unit says it did, or its signed report, entered in its place."""
    text, reference = values.progress_text.strip(), values.document_reference.strip()
    if values.step is LineStep.SENT:
        if values.document_on is None:
            raise DomainError("Ghi ngày của báo cáo.", field="document_on")
        submit_report([task], ReportValues(reference, values.document_on, text), actor=actor)
        return
    if values.step is None and not text and not reference and values.document_on is None:
        return
    check_document(reference, values.document_on)
    done = values.step is LineStep.DONE
    told = ProgressValues(
        ProgressStatus.DONE if done else ProgressStatus.DOING,
        text or (f"Theo văn bản số {reference}" if reference else ""),
        cause="" if done else "Đang thực hiện",
        reference=reference,
        document_on=values.document_on,
    )
    report_progress(task, told, actor=actor)


def _urge(task: Task, reference: str, on: date, actor: Actor) -> None:
    if not is_owed(task, clock.today()):
        raise WrongState("Chỉ đôn đốc nội dung đơn vị còn phải thực hiện.")
    again = search_key(reference) == search_key(task.last_urged_reference)
    if again and on == task.last_urged_on:
        raise DomainError(f"Văn bản {task.last_urged_reference} đã được ghi.", field="urged_reference")
    if on > clock.today():
        raise DomainError("Ngày đôn đốc không sau ngày hôm nay.", field="urged_on")
    if task.issued_on is not None and on < task.issued_on:
        raise DomainError(
            f"Ngày đôn đốc không trước ngày thông báo {format_date(task.issued_on)}.", field="urged_on"
        )
    if again:  # the day of a paper that was recorded before
        task.last_urged_reference, task.last_urged_on = reference, on
        touch(task)
        audit.record("task_urging_corrected", task, actor=actor, data={**about(task), "reference": reference})
        return
    enter_urging(task, reference, on, actor)


def enter_urging(task: Task, reference: str, on: date, actor: Actor) -> None:
    """One more paper urged the task; one that was recorded before, by hand, doesn't count twice."""
    if search_key(reference) == search_key(task.last_urged_reference):
        return
    task.last_urged_reference, task.last_urged_on = reference, on
    touch(task)
    task.urged_count += 1
    audit.record("task_urged", task, actor=actor, data={**about(task), "reference": reference})
