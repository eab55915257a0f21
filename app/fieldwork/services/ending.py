"""The end of fieldwork at a unit, and the team's report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.deadlines import steps
from app.deadlines.models import Event, Step
from app.documents import services as documents
from app.documents.kinds import DocumentKind
from app.documents.models import Document, Paper
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.fieldwork.models import Answer
from app.fieldwork.queries.overview import overview
from app.fieldwork.report_lacks import ALL_TOLD
from app.files.models import StoredFile
from app.findings import services as findings
from app.form_library.models import Criterion
from app.form_library.values import Result
from app.inspections.composing import case_of, units_of
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    ScopeItem,
    VisitState,
)
from app.inspections.states import INSPECTED_UNIT, INSPECTION
from app.policy import Action, Actor, authorise
from app.register import services as register
from app.vietnamese import count
from app.workflow import advance, hold

OVER = (
    InspectedUnitState.ENDED,
    InspectedUnitState.REPORTED,
    InspectedUnitState.CONCLUDED,
    InspectedUnitState.TERMINATED,
)


def list_unanswered(inspected_unit_id: int) -> Sequence[ScopeItem]:
    """Scope items without an answer, in the order of the form."""
    return db.session.scalars(
        sa.select(ScopeItem)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .outerjoin(Answer, Answer.scope_item_id == ScopeItem.id)
        .where(ScopeItem.inspected_unit_id == inspected_unit_id, ScopeItem.stays(), Answer.id.is_(None))
        .order_by(Criterion.ordinal, ScopeItem.part_from, ScopeItem.starts_on, ScopeItem.id)
    ).all()


def end_fieldwork(unit: InspectedUnit, *, confirmed_missing: int, reason: str = "", actor: Actor) -> int:
    """End the inspection at one unit. Returns how many contents became “Chưa kiểm tra”.

    `confirmed_missing` = the number the leader was shown; when it is another by now Conflict is raised and
    nothing changes. A provisional end of the review period (“đến thời điểm kiểm tra”) becomes today.
    When it was the last unit, the case moves on too. Raises WrongState while a visit has no signed minutes or
    a content with a shortcoming does not say which.
    """
    findings.hold_unit(unit)
    if unit.state is not InspectedUnitState.FIELDWORK:
        advance(unit, "end", INSPECTED_UNIT, actor=actor)
    open_visits = [v for v in unit.visits if v.state not in (VisitState.SIGNED, VisitState.NOT_HELD)]
    if open_visits:
        raise WrongState(
            f"Còn {count(len(open_visits))} buổi làm việc chưa ký biên bản. Ký biên bản, hoặc ghi nhận "
            "không thực hiện, trước khi kết thúc kiểm tra tại đơn vị."
        )
    unnamed = [key for group in overview(unit) for key in group.without_finding]
    if unnamed:
        raise WrongState(
            f"Chưa nêu tồn tại, hạn chế tại: {', '.join(unnamed)}. "
            "Ghi tồn tại, hạn chế hoặc chọn lại kết quả trước khi kết thúc."
        )
    missing = list_unanswered(unit.id)
    if len(missing) != confirmed_missing:
        raise Conflict(
            f"Số nội dung chưa ghi vừa thay đổi: hiện còn {count(len(missing))} nội dung. "
            "Xem lại rồi xác nhận."
        )
    for item in missing:
        db.session.add(
            Answer(scope_item=item, result=Result.NOT_EXAMINED, reason=reason, recorded_by=actor.person_id)
        )
    day = clock.today()
    _fix_period(unit, day, actor)
    unit.ended_on = day
    inspection = unit.inspection
    for event, on in ((Event.VISIT_ENDED, day), (Event.TERM_ENDED, inspection.ends_on or day)):
        steps.count_from(inspection.profile, Step.TEAM_REPORT, event, on, inspected_unit_id=unit.id)
    advance(
        unit, "end", INSPECTED_UNIT, actor=actor, about=(inspection,), data={"not_examined": len(missing)}
    )
    if all(other.state in OVER for other in inspection.units):
        if inspection.review_to_provisional:
            inspection.review_to = _last_end(inspection) or inspection.review_to
            inspection.review_to_provisional = False
        if inspection.state is InspectionState.IN_PROGRESS:
            advance(inspection, "end_fieldwork", INSPECTION, actor=actor)
    db.session.flush()
    return len(missing)


def _last_end(inspection: Inspection) -> date | None:
    """Where the scope of the units that were inspected to the end ends (half-open); no scope, no day."""
    ended = [unit.id for unit in inspection.units if unit.state is not InspectedUnitState.TERMINATED]
    return db.session.scalar(
        sa.select(sa.func.max(ScopeItem.ends_on)).where(
            ScopeItem.inspected_unit_id.in_(ended), ScopeItem.stays()
        )
    )


def last_day(unit: InspectedUnit, day: date) -> date:
    """The last day of the review period when fieldwork at the unit ends on `day`: never past its scope."""
    claimed = db.session.scalar(
        sa.select(sa.func.max(ScopeItem.ends_on)).where(
            ScopeItem.inspected_unit_id == unit.id, ScopeItem.stays()
        )
    )
    return min(day, claimed - timedelta(days=1)) if claimed is not None else day


def _fix_period(unit: InspectedUnit, day: date, actor: Actor) -> None:
    """The provisional end becomes the day of the end: scope items and their claims shrink together."""
    inspection = unit.inspection
    if not inspection.review_to_provisional:
        return
    ends_on = day + timedelta(days=1)
    items = db.session.scalars(
        sa.select(ScopeItem).where(
            ScopeItem.inspected_unit_id == unit.id, ScopeItem.stays(), ScopeItem.ends_on > ends_on
        )
    ).all()
    if any(item.starts_on >= ends_on for item in items):
        raise WrongState("Thời kỳ kiểm tra của nội dung chưa bắt đầu nên chưa kết thúc kiểm tra được.")
    if not items or inspection.mandate is None:
        return
    register.fix_end([item.id for item in items], ends_on, actor=actor, mandate=inspection.mandate)
    for item in items:
        item.ends_on = ends_on


def list_ended(inspection: Inspection) -> list[InspectedUnit]:
    """Units that have ended and are in no report of the team yet."""
    return [unit for unit in inspection.units if unit.state is InspectedUnitState.ENDED]


def record_team_report(
    inspection: Inspection,
    *,
    number: int,
    symbol: str,
    issued_on: date,
    signer_name: str = "",
    file: StoredFile | None = None,
    unit_ids: Collection[int] | None = None,
    actor: Actor,
) -> Document:
    """Record “Báo cáo kết quả kiểm tra” of the team about units that have ended: they become *reported*.

    `unit_ids`: the inspected units it is about, none = all that have ended. With the last unit the case is
    *reported* too. Raises WrongState while no unit has ended, Conflict when one of them is no longer ended or
    the number is taken, DomainError at a field.
    """
    authorise(actor, Action.END_FIELDWORK, inspection)
    hold(inspection)
    if inspection.state is InspectionState.SUSPENDED:
        raise WrongState(findings.SUSPENDED)
    busy = [unit for unit in inspection.units if unit.state not in OVER]
    ended = list_ended(inspection)
    if busy and not ended:
        raise WrongState(f"Còn {count(len(busy))} đơn vị chưa kết thúc kiểm tra nên chưa ghi nhận báo cáo.")
    told = [unit for unit in ended if unit_ids is None or unit.id in unit_ids]
    if ended and unit_ids is not None and not unit_ids:
        raise DomainError("Chọn ít nhất một đơn vị.", field="units")
    if unit_ids is not None and len(told) != len(set(unit_ids)):
        raise Conflict("Danh sách đơn vị chờ báo cáo của Đoàn vừa thay đổi. Xem lại rồi ghi nhận.")
    days = [unit.ended_on for unit in told or inspection.units if unit.ended_on]
    if days and issued_on < max(days):
        raise DomainError("Ngày báo cáo không trước ngày kết thúc kiểm tra tại đơn vị.", field="issued_on")
    document = documents.record_elsewhere(
        kind=DocumentKind.TEAM_REPORT,
        number=number,
        symbol=symbol,
        issued_on=issued_on,
        issuer_name=_team_name(inspection),
        signer_name=signer_name,
        signer_title="Trưởng đoàn",
        subject=f"Kết quả kiểm tra: {inspection.title}",
        file=file,
        actor=actor,
    )
    _become_reported(inspection, told, document, actor)
    return document


def issue_team_report(paper: Paper, actor: Actor) -> None:
    """What follows when a report composed here is issued: units that have ended become *reported*.

    With the last one the case does. Raises Conflict while one of its units is at work, or when all of them
    are in a report already.
    """
    inspection = case_of(paper)
    hold(inspection)
    about = units_of(paper, inspection)
    busy = [unit.unit.name for unit in about if unit.state not in OVER]
    if busy:
        raise Conflict(f"Chưa kết thúc kiểm tra tại {', '.join(busy)} nên chưa ban hành được báo cáo này.")
    told = [unit for unit in about if unit.state is InspectedUnitState.ENDED]
    if not told:
        raise Conflict(ALL_TOLD)
    _become_reported(inspection, told, paper.document, actor)


def _become_reported(
    inspection: Inspection, told: Sequence[InspectedUnit], document: Document, actor: Actor
) -> None:
    day = document.issued_on or clock.today()
    data = {"citation": document.number_and_symbol, "on": day.isoformat()}
    left = [iu for iu in inspection.units if iu not in told]
    for unit in told:
        advance(unit, "report", INSPECTED_UNIT, actor=actor, about=(inspection, document), data=data)
        steps.count_from(inspection.profile, Step.NOTICE, Event.REPORT_SENT, day, inspected_unit_id=unit.id)
    if all(iu.state in OVER and iu.state is not InspectedUnitState.ENDED for iu in left):
        advance(inspection, "report", INSPECTION, actor=actor, about=(document,), data=data)
    db.session.flush()


def _team_name(inspection: Inspection) -> str:
    decision = inspection.decision
    return f"Đoàn kiểm tra theo Quyết định số {decision.number_and_symbol}" if decision else "Đoàn kiểm tra"
