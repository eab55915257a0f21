"""Notices for tests of every room: a case that is ready for its notice, and the notice at every step.

Fieldwork is written as rows here, so that these tests say exactly what the record holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.documents import services as documents
from app.documents.chain import Issued
from app.documents.kinds import DocumentKind
from app.documents.models import IssueWay
from app.extensions import db
from app.fieldwork import services as fieldwork
from app.fieldwork.models import Answer, GroupNote
from app.findings.models import Finding, FindingState
from app.form_library.schema import Level as Severity
from app.form_library.values import Result
from app.inspections.models import (
    HalfDay,
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    ScopeItem,
    Visit,
    VisitState,
)
from app.inspections.states import INSPECTED_UNIT, INSPECTION
from app.notices import services
from app.notices.models import Notice, NoticeRecall
from app.notices.services import Details, RecallPaper
from app.remediation import services as remediation
from app.remediation.models import Task
from app.workflow import advance
from tests import cast
from tests.factories import chain
from tests.factories import inspections as cases
from tests.factories.documents import stored
from tests.replaying import replayed

CRITERIA = ("MC-05", "MC-11", "CĐ-01")
RESULTS: dict[str, Result] = {
    "MC-05": Result.NOT_MET,
    "MC-11": Result.MET,
    "CĐ-01": Result.NOT_EXAMINED,
}
NOTICE_DAY = date(2026, 9, 23)


@replayed
def reported(
    *,
    units: Sequence[str] = (cast.LONG_PHUOC,),
    results: Mapping[str, Result | None] = RESULTS,
    criteria: Sequence[str] = CRITERIA,
    tasks: bool = True,
    report: bool = True,
) -> Inspection:
    """A case whose team has reported: answers, one agreed finding a unit (MC-05), strengths, draft tasks."""
    with clock.frozen(clock.at(date(2026, 9, 1))):
        inspection = cases.decided(units=units, criteria=criteria)
    return worked(inspection, results=results, tasks=tasks, report=report)


def worked(
    inspection: Inspection,
    *,
    results: Mapping[str, Result | None] = RESULTS,
    tasks: bool = True,
    report: bool = True,
    units: Sequence[InspectedUnit] = (),
) -> Inspection:
    """What the team of a decided case did until it reported; of a case that is inspecting others still when
    only some `units` are named."""
    for unit in units or inspection.units:
        criteria = {item.criterion.key for item in scope(unit)}
        _visit(unit)
        for item in scope(unit):
            result = results.get(item.criterion.key)
            if result is not None:
                db.session.add(
                    Answer(
                        scope_item_id=item.id,
                        result=result,
                        recorded_by=cast.person(cast.MEMBER).id,
                        looked_at=["Sổ theo dõi hồ sơ"] if result is Result.MET else [],
                        reason="Không phát sinh hồ sơ" if result is Result.NOT_APPLICABLE else "",
                    )
                )
        if "MC-11" in criteria:
            note_strengths(
                unit, "MC-11", "Bố trí quầy hỗ trợ người cao tuổi, người khuyết tật; niêm yết rõ ràng."
            )
        finding(unit, criterion="MC-05" if "MC-05" in criteria else min(criteria))
    inspection.follow_unit_id = cast.unit(cast.REFORM).id
    inspection.follower_id = cast.person(cast.FOLLOWER).id
    if units:
        _report_of(inspection, units)
    else:
        _finish(inspection, report=report)
    db.session.flush()
    if tasks:
        propose(inspection, units)
    db.session.commit()
    return inspection


def _visit(unit: InspectedUnit) -> None:
    db.session.add(
        Visit(
            inspected_unit=unit,
            state=VisitState.SIGNED,
            on_date=date(2026, 9, 8),
            half_day=HalfDay.MORNING,
            place=f"Trụ sở {unit.unit.name}",
            opened_at=clock.at(date(2026, 9, 8), 8),
            closed_at=clock.at(date(2026, 9, 8), 11, 30),
        )
    )


def _report_of(inspection: Inspection, units: Sequence[InspectedUnit]) -> None:
    leader = cast.actor(cast.TEAM_LEADER)
    for unit in units:
        advance(unit, "start", INSPECTED_UNIT, actor=leader)
        advance(unit, "end", INSPECTED_UNIT, actor=leader)
        unit.ended_on = date(2026, 9, 8)
    fieldwork.record_team_report(
        inspection, number=cases.next_number(), symbol="BC-ĐKT", issued_on=date(2026, 9, 18), actor=leader
    )


def _finish(inspection: Inspection, *, report: bool) -> None:
    leader = cast.actor(cast.TEAM_LEADER)
    if inspection.state is InspectionState.DECIDED:
        advance(inspection, "start", INSPECTION, actor=leader)
    for unit in inspection.units:
        if unit.state is InspectedUnitState.PENDING:
            advance(unit, "start", INSPECTED_UNIT, actor=leader)
        advance(unit, "end", INSPECTED_UNIT, actor=leader)
        unit.ended_on = date(2026, 9, 8)
    advance(inspection, "end_fieldwork", INSPECTION, actor=leader)
    if not report:
        return
    paper = documents.record_elsewhere(
        kind=DocumentKind.TEAM_REPORT,
        number=cases.next_number(),
        symbol="BC-ĐKT",
        issued_on=date(2026, 9, 18),
        issuer_name="Đoàn kiểm tra",
        subject="Kết quả kiểm tra",
        actor=leader,
    )
    data = {"citation": paper.number_and_symbol, "on": "2026-09-18"}
    for unit in inspection.units:
        advance(unit, "report", INSPECTED_UNIT, actor=leader)
    advance(inspection, "report", INSPECTION, actor=leader, about=(paper,), data=data)


def scope(unit: InspectedUnit) -> Sequence[ScopeItem]:
    """The scope items of a unit."""
    return db.session.scalars(
        sa.select(ScopeItem).where(ScopeItem.inspected_unit_id == unit.id).order_by(ScopeItem.id)
    ).all()


@replayed
def note_strengths(unit: InspectedUnit, criterion: str, text: str) -> GroupNote:
    """Strengths of the group that holds a criterion."""
    group = next(item.criterion.group for item in scope(unit) if item.criterion.key == criterion)
    note = GroupNote(inspected_unit_id=unit.id, group_id=group.id, strengths=text)
    db.session.add(note)
    db.session.flush()
    return note


@replayed
def explain_clean(unit: InspectedUnit, criterion: str) -> GroupNote:
    """Why the group that holds a criterion comes out without shortcoming, and on what sample."""
    group = next(item.criterion.group for item in scope(unit) if item.criterion.key == criterion)
    return fieldwork.set_clean(
        unit, group, reason="Hồ sơ đầy đủ, đúng hạn", sample="20 hồ sơ", seen=None,
        actor=cast.actor(cast.TEAM_LEADER),
    )  # fmt: skip


@replayed
def finding(
    unit: InspectedUnit,
    description: str = "Việc giải quyết hồ sơ còn quá hạn, chưa có phiếu xin lỗi và hẹn lại",
    *,
    criterion: str = "MC-05",
    severity: Severity = Severity.MODERATE,
    state: FindingState = FindingState.AGREED,
    in_minutes: bool = True,
) -> Finding:
    """A finding of a unit: 45 of 3.468."""
    item = next(item for item in scope(unit) if item.criterion.key == criterion)
    known = db.session.scalar(
        sa.select(sa.func.max(Finding.ordinal)).where(Finding.inspected_unit_id == unit.id)
    )
    made = Finding(
        scope_item_id=item.id,
        inspected_unit_id=unit.id,
        ordinal=(known or 0) + 1,
        state=state,
        description=description,
        total=3468,
        sample=3468,
        failing=45,
        severity=severity,
        in_minutes=in_minutes,
        basis="Nghị định số 118/2025/NĐ-CP",
        subjective_causes=["no_supervision"],
        objective_causes=["software"],
        responsible_collective="Trung tâm Phục vụ hành chính công",
        responsible_post="Công chức tiếp nhận hồ sơ",
        recorded_by=cast.person(cast.MEMBER).id,
        application_codes=["000.00.01.H19-260501-0001"],
    )
    db.session.add(made)
    db.session.flush()
    return made


@replayed
def propose(inspection: Inspection, units: Sequence[InspectedUnit] = ()) -> list[Task]:
    """Draft tasks of the agreed findings (of all units unless some are named), counted from the day of the
    tests."""
    made = remediation.propose(
        inspection, units or inspection.units, start_on=NOTICE_DAY, actor=cast.actor(cast.TEAM_LEADER)
    )
    for task in made:
        task.text = "Ban hành phiếu xin lỗi và hẹn lại đối với 100% hồ sơ quá hạn"
    db.session.flush()
    return made


@replayed
def drafted(inspection: Inspection | None = None, *, way: IssueWay = IssueWay.HERE) -> Notice:
    """A notice in the drafter's hands, to be signed by the cast's leader; committed."""
    inspection = inspection or reported()
    notice = services.draft(inspection, inspection.units, actor=cast.actor(cast.PLANNER))
    services.edit_details(notice, details_of(notice, way), version=None, actor=cast.actor(cast.PLANNER))
    db.session.commit()
    return notice


def details_of(notice: Notice, way: IssueWay = IssueWay.HERE) -> Details:
    """What stands around the text."""
    return Details(
        subject=notice.document.subject,
        type_name=notice.type_name,
        symbol="TB-SNV",
        way=way,
        signer_id=cast.person(cast.LEADER).id,
        signature_prefix="KT. Giám đốc\nPhó Giám đốc",
        follow_unit_id=cast.unit(cast.REFORM).id,
        follower_id=cast.person(cast.FOLLOWER).id,
    )


@replayed
def submitted(notice: Notice | None = None) -> Notice:
    notice = notice or drafted()
    chain.submit(notice.document)
    return notice


@replayed
def checked(notice: Notice | None = None) -> Notice:
    """Content and form are checked: it waits for the signer's approval."""
    notice = submitted(notice)
    chain.check(notice.document)
    return notice


@replayed
def approved(notice: Notice | None = None) -> Notice:
    notice = checked(notice)
    chain.approve(notice.document)
    return notice


@replayed
def signed(notice: Notice | None = None, *, part: str = cast.LEADER) -> Notice:
    """Numbered and signed here, with its real PDF."""
    notice = approved(notice)
    chain.sign(notice.document, part=part)
    return notice


@replayed
def sealed(notice: Notice | None = None) -> Notice:
    notice = signed(notice)
    chain.seal(notice.document)
    return notice


@replayed
def issued(notice: Notice | None = None) -> Notice:
    """Issued here, with all its effects."""
    notice = sealed(notice)
    chain.issue(notice.document)
    return notice


ISSUED = Issued(45, "TB-SNV", date(2026, 9, 22), "Trần Văn Thử", "Phó Giám đốc")
"""What stands on a notice that eOffice issued."""


def issued_pdf(notice: Notice, issued: Issued = ISSUED) -> bytes:
    """The prepared text as eOffice would have issued it."""
    from app.notices.compose import compose
    from app.notices.record import gather

    return chain.printed(compose(notice, gather(notice)), issued)


@replayed
def recorded(notice: Notice | None = None) -> Notice:
    """Its issue in eOffice recorded, text as prepared."""
    notice = notice or drafted(way=IssueWay.RECORDED)
    chain.record(notice.document, issued_pdf(notice), ISSUED)
    return notice


def recall_asked(notice: Notice, *, by: str = cast.CLERK) -> NoticeRecall:
    """The clerk asks that an issued notice be recalled."""
    made = services.request_recall(notice, "Số liệu hồ sơ quá hạn không đúng", actor=cast.actor(by))
    db.session.commit()
    return made


def recall_paper(number: int = 152) -> RecallPaper:
    """The decision to recall, of today."""
    scan = stored(b"%PDF-1.7 quyet dinh thu hoi")
    return RecallPaper(number, "QĐ-SNV", clock.today(), "Trần Văn Thử", "Giám đốc", scan)


def recalled(notice: Notice | None = None, *, number: int = 152) -> Notice:
    """Recalled by the leader's paper, with all its effects."""
    notice = notice or issued()
    services.recall_notice(recall_asked(notice), recall_paper(number), actor=cast.actor(cast.LEADER))
    db.session.commit()
    return notice


def gather_findings(inspection: Inspection) -> Sequence[Finding]:
    """All findings of a case."""
    return db.session.scalars(
        sa.select(Finding).where(Finding.inspected_unit_id.in_([unit.id for unit in inspection.units]))
    ).all()


def replacement(notice: Notice | None = None, *, reason: str = "Số hồ sơ quá hạn ghi sai") -> Notice:
    """The draft of a notice that is to replace an issued one, to be signed here; committed."""
    made = services.draft_replacement(notice or issued(), reason, actor=cast.actor(cast.PLANNER))
    services.edit_details(made, details_of(made), version=None, actor=cast.actor(cast.PLANNER))
    db.session.commit()
    return made
