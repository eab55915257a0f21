"""Tasks for tests of every room: from an agreed finding to an accepted task, by the real services."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from app import clock
from app.deadlines.badge import DeadlineKind
from app.documents import delivery as deliveries
from app.documents.kinds import DocumentKind
from app.documents.models import Delivery, Document, DocumentState, IssueWay
from app.extensions import db
from app.files import services as files
from app.findings.models import Finding, FindingState
from app.form_library.schema import Level
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, Inspection
from app.remediation import services
from app.remediation.models import Product, ProgressStatus, Task
from app.remediation.values import (
    ProductValues,
    ProgressValues,
    ReportValues,
    ScheduleValues,
    StepValues,
    TaskValues,
)
from tests import cast
from tests.factories import inspections as cases
from tests.replaying import counter, replayed

ISSUED_ON = date(2026, 8, 12)
"""Twenty working days from this day end on 11/9/2026."""
PDF = b"%PDF-1.7\n% ban thu nghiem\n%%EOF\n"
_next_number = counter("notices", 45)
_next_day = counter("days", 0)


@replayed
def finding(
    inspected_unit: InspectedUnit,
    description: str = "Hồ sơ quá hạn chưa có phiếu xin lỗi",
    *,
    criterion: str = "MC-05",
) -> Finding:
    """A finding agreed in the team, as it stands in the signed minutes."""
    item = next(i for i in inspections.list_scope(inspected_unit.id) if i.criterion.key == criterion)
    known = db.session.query(Finding).filter_by(inspected_unit_id=inspected_unit.id).count()
    made = Finding(
        scope_item_id=item.id, inspected_unit_id=inspected_unit.id, ordinal=known + 1,
        state=FindingState.AGREED, description=description, total=120, sample=60, failing=45,
        severity=Level.MODERATE, in_minutes=True,
        recorded_by=cast.person(cast.MEMBER).id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


@replayed
def case(*, units: Sequence[str] = (cast.LONG_PHUOC,), findings: int = 2) -> Inspection:
    """A decided case with so many agreed findings at each unit (MC-05, MC-11, CĐ-01 in turn)."""
    day = date(2025, 7, 1) + timedelta(days=_next_day() % 400)  # a day of its own: nothing is asked twice
    inspection = cases.decided(units=units, review=(day, day))
    for unit in inspection.units:
        for key in ("MC-05", "MC-11", "CĐ-01")[:findings]:
            finding(unit, f"Tồn tại về {key} tại {unit.unit.name}", criterion=key)
    return inspection


@replayed
def notice(inspection: Inspection, *, number: int | None = None, issued_on: date = ISSUED_ON) -> Document:
    """An issued conclusion notice of Sở Nội vụ, recorded with its bytes."""
    stored = files.keep("thong-bao.pdf", PDF, actor=None)
    made = Document(
        kind=DocumentKind.CONCLUSION_NOTICE, way=IssueWay.RECORDED, state=DocumentState.ISSUED,
        subject=f"Kết luận {inspection.title[0].lower()}{inspection.title[1:]}", issuer_name="Sở Nội vụ",
        issuer_unit=inspection.office_unit,
        number=number or _next_number(), symbol="TB-SNV", issued_on=issued_on, issue_year=issued_on.year,
        signer_name="Trần Văn Thử", signer_title="Phó Giám đốc", file_id=stored.id,
        sha256=hashlib.sha256(PDF).hexdigest(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


@replayed
def drafts(inspection: Inspection, *, start_on: date = ISSUED_ON) -> list[Task]:
    """Proposed tasks of all findings of the case."""
    return services.propose(
        inspection, inspection.units, start_on=start_on, actor=cast.actor(cast.TEAM_LEADER)
    )


def values_of(task: Task, **changes: object) -> TaskValues:
    """The values a form would send for a stored task, with some changed."""
    values = TaskValues(
        text=task.text, lead_unit_id=task.lead_unit_id, deadline_kind=task.deadline_kind,
        milestone=task.milestone, due_on=task.due_on, report_due_on=task.report_due_on,
        review_on=task.review_on,
        no_date_reason=task.no_date_reason, follower_id=task.follower_id,
        coordinating_unit_ids=tuple(unit.id for unit in task.coordinating),
        products=tuple(ProductValues(r.product, r.text) for r in task.results),
        finding_ids=tuple(f.id for f in task.findings),
    )  # fmt: skip
    return replace(values, **changes)


@replayed
def issued(
    *,
    units: Sequence[str] = (cast.LONG_PHUOC,),
    due_on: date | None = date(2026, 9, 30),
    issued_on: date = ISSUED_ON,
    findings: int = 1,
    kind: DeadlineKind = DeadlineKind.FIXED,
    products: Sequence[Product] = (Product.REPORT,),
    inspection: Inspection | None = None,
    deliver: bool = True,
) -> list[Task]:
    """Issued tasks of a notice, followed by the cast's follower, all due on one day."""
    inspection = inspection or case(units=units, findings=findings)
    made = drafts(inspection, start_on=issued_on)
    for task in made:
        dated = kind in (DeadlineKind.FIXED, DeadlineKind.AT_ONCE)
        values = values_of(
            task, deadline_kind=kind, due_on=due_on if dated else None, report_due_on=None,
            review_on=None if dated else date(2026, 10, 15),
            no_date_reason="" if dated else "Chờ nâng cấp phần mềm một cửa",
            products=tuple(ProductValues(product) for product in products),
        )  # fmt: skip
        services.edit_task(task, values, actor=cast.actor(cast.TEAM_LEADER))
    document = notice(inspection, issued_on=issued_on)
    services.issue_tasks(
        made, document=document, follower_id=cast.person(cast.FOLLOWER).id, issued_on=issued_on, actor=None
    )
    if deliver:
        for unit in inspection.units:
            deliveries.deliver(document, unit.unit, sent_on=issued_on, actor=None)
    db.session.commit()
    return made


def delivery_of(task: Task) -> Delivery:
    """How the task's notice went to its unit."""
    return db.session.query(Delivery).filter_by(document_id=task.document_id, unit_id=task.lead_unit_id).one()


@replayed
def progressed(task: Task, *, by: str = cast.OFFICER, status: ProgressStatus = ProgressStatus.DONE) -> Task:
    """The unit reported what it did, with a document as evidence."""
    services.report_progress(
        task,
        ProgressValues(
            status,
            "Đã ban hành và niêm yết",
            cause="" if status is ProgressStatus.DONE else "Thiếu nhân lực",
            reference="31/TB-UBND",
            document_on=date(2026, 9, 10),
        ),
        actor=cast.actor(by),
    )
    db.session.commit()
    return task


@replayed
def scheduled(task: Task, *days: date, by: str = cast.HEAD) -> Task:
    """The unit can't do it at once: a reason, and a step for each day (default 15/9 and 25/9/2026)."""
    steps = tuple(
        StepValues(f"Bước việc {number}", "Văn bản", "Mai Thị Làm Mẫu, công chức", day)
        for number, day in enumerate(days or (date(2026, 9, 15), date(2026, 9, 25)), start=1)
    )
    services.set_schedule(task, ScheduleValues("Chờ nâng cấp phần mềm", steps), actor=cast.actor(by))
    db.session.commit()
    return task


@replayed
def submitted(task: Task, *, on: date | None = None, by: str = cast.OFFICER) -> Task:
    """The unit's signed report was entered; `on` is its date (default today)."""
    services.submit_report(
        [task], ReportValues("87/BC-UBND", on or clock.today(), "Đã khắc phục xong"), actor=cast.actor(by)
    )
    db.session.commit()
    return task


@replayed
def accepted(task: Task, *, on: date | None = None) -> Task:
    """Submitted and accepted."""
    submitted(task, on=on)
    services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))
    db.session.commit()
    return task


def owing_proofs(since: date, *, unit: str = cast.LONG_PHUOC) -> Task:
    """A continuing task whose first proof came on that day; it is watched and owes one each month after."""
    with clock.frozen(clock.at(since, 8)):
        [task] = issued(kind=DeadlineKind.CONTINUING, units=(unit,))
        submitted(task, on=since, by=cast.HEAD)
        until = since.replace(year=since.year + 1)
        services.watch(task, until=until, every=1, actor=cast.actor(cast.FOLLOWER))
        db.session.commit()
    return task
