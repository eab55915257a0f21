"""The unit's work, by its own people or entered by the office in their place: assign, report, submit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app import clock
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action, Actor, authorise
from app.remediation.models import (
    PROGRESS_LABELS,
    ExpectedResult,
    ProgressReport,
    ProgressStatus,
    ResultState,
    Task,
    TaskAssignment,
    TaskState,
)
from app.remediation.queries import list_reports
from app.remediation.services import proofs
from app.remediation.services.guards import about, ask_unit_side, touch
from app.remediation.services.requests import lapse_when_in_time
from app.remediation.states import TASK
from app.remediation.values import AssignValues, Officer, ProgressValues, ReportValues, Upload
from app.vietnamese import format_date, search_key
from app.workflow import advance

EVIDENCE_KINDS = ("pdf", "png", "jpg", "jpeg", "webp", "docx", "xlsx")
OWED = (TaskState.ISSUED, TaskState.IN_PROGRESS, TaskState.RETURNED)


def assign(
    task: Task, values: AssignValues, *, actor: Actor, version: int | None = None
) -> list[TaskAssignment]:
    """Giao người thực hiện: one who leads and any who help, with an account or by name only.

    Replaces who had it; the earlier assignment stays in the record with its end.
    """
    on_behalf = ask_unit_side(actor, Action.ASSIGN_TASK, task)
    check_version(task, version)
    if task.state not in (*OWED, TaskState.WATCHING):
        raise WrongState("Nội dung này đã gửi kết quả hoặc đã hoàn thành, không giao lại người thực hiện.")
    last = task.last_internal_day(clock.today())
    if values.internal_due_on is not None and last is not None and values.internal_due_on > last:
        raise DomainError(
            f"Hạn nội bộ không sau thời hạn hoàn thành {format_date(last)}.", field="internal_due_on"
        )
    now = clock.now()
    for former in task.assignments:
        if former.ended_at is None:
            former.ended_at = now
    made = []
    for officer, leads in [(values.lead, True), *((helper, False) for helper in values.coordinating)]:
        name, person_id = _officer(officer)
        made.append(
            TaskAssignment(
                task_id=task.id,
                person_id=person_id,
                officer_name=name,
                leads=leads,
                internal_due_on=values.internal_due_on,
                instruction=values.instruction.strip(),
                assigned_by=actor.person_id,
                on_behalf=on_behalf is not None,
            )
        )
    task.assignments.extend(made)
    touch(task)
    db.session.flush()
    audit.record(
        "task_assigned",
        task,
        actor=actor,
        on_behalf_of=on_behalf,
        data={**about(task), "officers": ", ".join(row.officer_name for row in made)},
    )
    return made


def _officer(officer: Officer) -> tuple[str, int | None]:
    if officer.person_id is not None:
        person = db.session.get(Person, officer.person_id)
        if person is None:
            raise DomainError("Chọn người thực hiện trong danh sách.", field="lead")
        return person.name, person.id
    if len(officer.name.strip()) < 2:
        raise DomainError("Chọn hoặc nhập họ tên người thực hiện.", field="lead")
    return officer.name.strip(), None


def report_progress(
    task: Task, values: ProgressValues, *, actor: Actor, version: int | None = None
) -> ProgressReport:
    """Cập nhật kết quả: what was done, with evidence by number, symbol and date, or files."""
    on_behalf = ask_unit_side(actor, Action.REPORT_PROGRESS, task)
    check_version(task, version)
    _check_progress(task, values)
    kept = keep_files(values.files, actor=actor)
    if task.state is not TaskState.WATCHING:
        advance(
            task,
            "start",
            TASK,
            actor=actor,
            on_behalf_of=on_behalf,
            data={**about(task), "status": PROGRESS_LABELS[values.status]},
        )
    else:
        audit.record(
            "task_progress_reported",
            task,
            actor=actor,
            on_behalf_of=on_behalf,
            data={**about(task), "status": PROGRESS_LABELS[values.status]},
        )
    report = ProgressReport(
        task_id=task.id,
        result_id=values.result_id,
        status=values.status,
        text=values.text.strip(),
        cause=values.cause.strip(),
        document_reference=values.reference.strip(),
        document_on=values.document_on,
        on_behalf=on_behalf is not None,
        written_by=actor.person_id,
        files=kept,
    )
    task.progress.append(report)
    if task.state is TaskState.WATCHING and values.status is ProgressStatus.DONE and has_evidence(report):
        task.reported_by = actor.person_id  # who keyed a proof in does not end the watch
        proofs.prove(task, values.document_on or clock.today())
    touch(task)
    db.session.flush()
    return report


def _check_progress(task: Task, values: ProgressValues) -> None:
    if len(values.text.strip()) < 3:
        raise DomainError("Nêu việc đã làm, ít nhất 03 ký tự.", field="text")
    if values.status is not ProgressStatus.DONE and not values.cause.strip():
        raise DomainError("Nêu nguyên nhân chưa khắc phục xong.", field="cause")
    if values.result_id is not None and values.result_id not in {result.id for result in task.results}:
        raise DomainError("Chọn sản phẩm của nội dung này.", field="result_id")
    check_document(values.reference, values.document_on)


def check_document(reference: str, on: date | None) -> None:
    """A paper is named by number and day together. Raises DomainError at the field that is missing."""
    if reference.strip() and on is None:
        raise DomainError("Ghi ngày của văn bản.", field="document_on")
    if on is not None and not reference.strip():
        raise DomainError("Ghi số, ký hiệu của văn bản.", field="reference")
    if on is not None and on > clock.today():
        raise DomainError("Ngày văn bản không sau ngày hôm nay.", field="document_on")


def keep_files(uploads: Sequence[Upload], *, actor: Actor) -> list[StoredFile]:
    """Keep the uploads that passed the gate. Raises UploadRefused."""
    return [files.keep(upload.name, upload.data, actor=actor, kinds=EVIDENCE_KINDS) for upload in uploads]


def unsent(task: Task) -> list[ProgressReport]:
    """What was reported since the unit last handed in, and since the task was last sent back."""
    found: list[ProgressReport] = []
    for report in task.progress:
        found = [] if report.submits else [*found, report]
    returned = task.returned_at
    return [report for report in found if returned is None or report.written_at >= returned]


def says_done(task: Task) -> bool:
    """The newest word of the unit, not handed in yet, is that all is mended."""
    reports = unsent(task)
    return bool(reports) and reports[-1].status is ProgressStatus.DONE


def submit(task: Task, *, actor: Actor, version: int | None = None) -> None:
    """Gửi kết quả khắc phục by the head, today. Needs a new result reported as done, with evidence."""
    authorise(actor, Action.SUBMIT_TASK, task)
    check_version(task, version)
    _ask_owed(task)
    if not says_done(task):
        since = " mới sau lần đề nghị bổ sung" if task.return_reason else ""
        raise Conflict(f"Chưa có kết quả “Đã khắc phục xong”{since}. Cập nhật kết quả trước khi gửi.")
    done = [report for report in unsent(task) if report.status is ProgressStatus.DONE]
    if not any(has_evidence(report) for report in done):
        raise Conflict(
            "Chưa có minh chứng. Nhập số, ký hiệu, ngày văn bản hoặc đính kèm ảnh, tệp trước khi gửi."
        )
    last = done[-1]
    last.submits = True
    completed = last.document_on or clock.local(last.written_at).date()
    _hand_over(task, clock.today(), completed, actor=actor, on_behalf=None, reference=last.document_reference)


def submit_report(
    tasks: Sequence[Task],
    values: ReportValues,
    *,
    actor: Actor,
    versions: Sequence[int | None] | None = None,
) -> list[ProgressReport]:
    """Enter the unit's signed report once for all ticked tasks; its date is the day of submission.

    The head's signature on the paper is the act, so the unit's officers or the office may enter it.
    """
    if not tasks:
        raise DomainError("Chọn ít nhất 01 nội dung mà báo cáo này trả lời.", field="task_ids")
    if not values.reference.strip():
        raise DomainError("Ghi số, ký hiệu của báo cáo.", field="reference")
    check_document(values.reference, values.document_on)
    on_behalf = [ask_unit_side(actor, Action.REPORT_PROGRESS, task) for task in tasks]
    for task, version in zip(tasks, versions or [None] * len(tasks), strict=True):
        check_version(task, version)
        if task.state is not TaskState.WATCHING:
            _ask_owed(task)
        if task.issued_on is not None and values.document_on < task.issued_on:
            raise DomainError(
                f"{task.code}: ngày báo cáo trước ngày thông báo {format_date(task.issued_on)}.",
                field="document_on",
            )
        returned_on = clock.local(task.returned_at).date() if task.returned_at else None
        if returned_on is not None and values.document_on < returned_on:
            raise DomainError(
                f"{task.code}: ngày báo cáo trước ngày đề nghị bổ sung {format_date(returned_on)}.",
                field="document_on",
            )
    kept = keep_files(values.files, actor=actor) or _files_of(tasks, values)
    made = []
    for task, behalf in zip(tasks, on_behalf, strict=True):
        earlier = [r.document_on for r in unsent(task) if r.status is ProgressStatus.DONE and r.document_on]
        report = ProgressReport(
            task_id=task.id,
            status=ProgressStatus.DONE,
            submits=task.state is not TaskState.WATCHING,
            on_behalf=behalf is not None,
            text=values.text.strip() or f"Theo báo cáo số {values.reference.strip()}",
            document_reference=values.reference.strip(),
            document_on=values.document_on,
            written_by=actor.person_id,
            files=list(kept),
        )
        task.progress.append(report)
        made.append(report)
        if task.state is TaskState.WATCHING:
            _prove(task, values, actor=actor, on_behalf=behalf)
            continue
        completed = earlier[-1] if earlier else values.document_on
        _hand_over(
            task,
            values.document_on,
            completed,
            actor=actor,
            on_behalf=behalf,
            reference=values.reference.strip(),
        )
    return made


def _prove(task: Task, values: ReportValues, *, actor: Actor, on_behalf: str | None) -> None:
    """A proof in the time of watch: nothing is handed in anew; who keyed it in does not end the watch."""
    task.reported_by = actor.person_id
    proofs.prove(task, values.document_on)
    touch(task)
    db.session.flush()
    status = f"Minh chứng duy trì theo {values.reference.strip()}"
    audit.record(
        "task_progress_reported",
        task,
        actor=actor,
        on_behalf_of=on_behalf,
        data={**about(task), "status": status},
    )


def _files_of(tasks: Sequence[Task], values: ReportValues) -> list[StoredFile]:
    """The files of this very paper, when the unit entered it before: nothing is sent twice."""
    for unit_id in {task.lead_unit_id for task in tasks}:
        for known in list_reports(unit_id):
            same = search_key(known.document_reference) == search_key(values.reference)
            if same and known.document_on == values.document_on:
                return list(known.files)
    return []


def _ask_owed(task: Task) -> None:
    if task.state not in OWED:
        raise WrongState(
            f"{task.code} đang ở trạng thái “{TASK.labels[task.state]}”, không gửi kết quả thêm lần nữa. "
            "Mở lại trang để xem trạng thái mới nhất."
        )


def _hand_over(
    task: Task, submitted_on: date, completed_on: date, *, actor: Actor, on_behalf: str | None, reference: str
) -> None:
    task.submitted_on, task.completed_on = submitted_on, completed_on
    task.reported_by = actor.person_id
    task.return_reason, task.return_due_on, task.verdict = "", None, ""
    for result in task.results:
        if result.state is ResultState.RETURNED:
            _reopen(result)
    lapse_when_in_time(task, submitted_on, actor=actor)
    touch(task)
    advance(
        task,
        "submit",
        TASK,
        actor=actor,
        on_behalf_of=on_behalf,
        data={**about(task), "reference": reference},
    )
    db.session.flush()


def _reopen(result: ExpectedResult) -> None:
    result.state, result.decided_by, result.decided_on = ResultState.OPEN, None, None


def has_evidence(report: ProgressReport) -> bool:
    """A document by number, symbol and date, or at least one file."""
    return bool(report.document_reference) or bool(report.files)
