"""The decision takes the claims, all or none; what changes after it names its paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines import queries as deadlines
from app.deadlines.working_days import add_working_days
from app.documents import papers
from app.documents import services as documents
from app.documents.kinds import DocumentKind
from app.documents.models import Document
from app.errors import DomainError, WrongState
from app.extensions import db
from app.files import services as files
from app.inspections import queries
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionKind,
    InspectionState,
)
from app.inspections.services.claims import Moved, claims_of_scope, move_end
from app.inspections.services.common import (
    hold_as_saved,
    post_of,
    refresh_search,
    require_running,
    require_text,
    touch,
)
from app.inspections.services.drafts import planned_end
from app.inspections.services.partial import derive_state, give_back_units, stop_unit
from app.inspections.states import INSPECTED_UNIT, INSPECTION
from app.policy import Action, Actor, authorise
from app.register import reopening, reserved
from app.register import services as register
from app.register.models import Mandate, MandateKind
from app.register.services import ClaimRefused
from app.vietnamese import count, format_date
from app.workflow import advance

FILE_KINDS = ("pdf", "docx", "png", "jpg", "jpeg")


@dataclass(frozen=True)
class DecisionData:
    """The decision as it was issued; `symbol` is what follows the slash, the file may be missing."""

    number: int
    symbol: str
    issued_on: date
    issuer_name: str
    signer_name: str = ""
    signer_title: str = ""
    subject: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    file_name: str = ""
    file_bytes: bytes = b""


def missing_for_decision(inspection: Inspection) -> list[str]:
    """What the draft still lacks before it can be decided; empty when nothing."""
    told: list[str] = []
    if not inspection.units:
        told.append("Chọn ít nhất một đơn vị được kiểm tra.")
    else:
        scoped = queries.count_scope(inspection.id)
        bare = [iu.unit.name for iu in inspection.units if not scoped.get(iu.id)]
        if bare:
            told.append(f"Chọn nội dung kiểm tra cho {', '.join(bare)}, hoặc bỏ đơn vị này.")
    moved = queries.moved_units(inspection)
    if moved:
        told.append(
            f"Phạm vi đã thay đổi theo đơn vị cũ, đơn vị kế thừa của {', '.join(moved)}. "
            "Mở phần Rà soát chồng chéo và cập nhật phạm vi."
        )
    if inspection.leader is None:
        told.append("Chọn Trưởng đoàn.")
    told += queries.broken_ties(inspection)
    if inspection.kind not in queries.CLAIMING and reopening.list_granted(inspection.id):
        told.append(
            "Cuộc kiểm tra này không đánh giá lại nội dung nào. Kết thúc việc mở lại ở phần "
            "Rà soát chồng chéo, hoặc chọn hình thức kiểm tra khác."
        )
    return told


def decide(inspection: Inspection, data: DecisionData, *, version: int | None, actor: Actor) -> None:
    """Record the decision and take the claims of the whole scope, or change nothing at all.

    What the draft had reserved goes over to the team in the same transaction.

    Raises register's ClaimRefused (with the review) when anything is concluded or held by another team,
    DomainError for a decision that cannot be or a draft that lacks something, WrongState, Stale, Forbidden.
    The caller rolls back on any of them.
    """
    authorise(actor, Action.DECIDE_INSPECTION, inspection)
    hold_as_saved(inspection)
    if inspection.state is not InspectionState.DRAFT:
        advance(inspection, "decide", INSPECTION, actor=actor)  # says in which state it is
    check_version(inspection, version)
    missing = missing_for_decision(inspection)
    if missing:
        raise DomainError(" ".join(missing))
    leader = inspection.leader
    assert leader is not None
    starts_on, ends_on = _term(inspection, data)
    stored = (
        files.keep(data.file_name, data.file_bytes, actor=actor, kinds=FILE_KINDS)
        if data.file_bytes
        else None
    )
    document = _prepared_here(inspection, data) or documents.record_elsewhere(
        kind=DocumentKind.DECISION, number=data.number, symbol=data.symbol, issued_on=data.issued_on,
        issuer_name=data.issuer_name, signer_name=data.signer_name, signer_title=data.signer_title,
        subject=data.subject or inspection.title, file=stored, actor=actor,
    )  # fmt: skip
    mandate = register.create_mandate(
        kind=MandateKind.OWN, body_name=document.issuer_name, level=queries.level(),
        decision=document.number_and_symbol, decided_on=data.issued_on, leader_name=leader.person.name,
        leader_title=post_of(leader.person, leader.post), until_on=ends_on,
        hidden=inspection.kind is InspectionKind.SURPRISE,
    )  # fmt: skip
    register.lock()
    moved = move_end(inspection, ends_on)
    taken = _take(inspection, mandate, actor) if inspection.kind in queries.CLAIMING else 0
    inspection.mandate, inspection.decision = mandate, document
    inspection.starts_on, inspection.ends_on = starts_on, ends_on
    if not inspection.authority:
        inspection.authority = document.issuer_name
    advance(
        inspection, "decide", INSPECTION, actor=actor, about=(document,),
        data={"number": document.number_and_symbol, "date": data.issued_on, "claims": taken},
    )  # fmt: skip
    _tell_stopped(inspection, moved, actor)
    refresh_search(inspection)


def _prepared_here(inspection: Inspection, data: DecisionData) -> Document | None:
    """The decision that was prepared and issued by its draft here. Raises DomainError for another number."""
    document = papers.find_issued(inspection.id, DocumentKind.DECISION)
    if document is None or document.issued_on is None:
        return None
    typed = (data.number, documents.clean_symbol(data.symbol), data.issued_on)
    if typed != (document.number, document.symbol, document.issued_on):
        raise DomainError(
            f"Dự thảo của cuộc kiểm tra này đã ban hành là Quyết định số {document.number_and_symbol} "
            f"ngày {format_date(document.issued_on)}. Ghi đúng số, ký hiệu, ngày đó.",
            field="number",
        )
    return document


def _take(inspection: Inspection, mandate: Mandate, actor: Actor) -> int:
    """Claim the whole scope; a refusal is told in the words of the review, with what is left of it."""
    review = queries.review_scope(inspection)
    try:
        return register.claim(
            mandate, claims_of_scope(review), actor=actor,
            reopenings=reopening.list_granted(inspection.id),
            reservation=reserved.of_case(inspection.id),
        )  # fmt: skip
    except ClaimRefused as error:
        if review.is_free:
            raise
        raise ClaimRefused(error.review, review.summary) from error


def _tell_stopped(inspection: Inspection, moved: Moved, actor: Actor) -> None:
    if moved.stopped:
        audit.record(
            "inspection_period_stopped", inspection, actor=actor, data={"count": count(moved.stopped)}
        )


def _term(inspection: Inspection, data: DecisionData) -> tuple[date, date]:
    """First and last day of the on-site term: as given, else from the first visit or the decision on."""
    visits = [v.on_date for v in queries.list_visits(inspection) if v.on_date]
    starts_on = data.starts_on or inspection.starts_on or (min(visits) if visits else data.issued_on)
    ends_on = data.ends_on or inspection.ends_on
    if ends_on is None:
        ends_on = max([planned_end(starts_on, inspection.term_days), *visits])
    if ends_on < starts_on:
        raise DomainError("Ngày kết thúc kiểm tra không trước ngày bắt đầu.", field="ends_on")
    if starts_on < data.issued_on:
        raise DomainError("Ngày bắt đầu kiểm tra không trước ngày quyết định.", field="starts_on")
    return starts_on, ends_on


def start(inspection: Inspection, *, actor: Actor | None) -> None:
    """The first visit is under way: in progress, and a surprise is none any more. Safe to repeat."""
    if inspection.state is InspectionState.DECIDED:
        advance(inspection, "start", INSPECTION, actor=actor)
    if inspection.mandate is not None:
        inspection.mandate.hidden = False
    db.session.flush()


def start_unit(inspected_unit: InspectedUnit, *, actor: Actor | None) -> None:
    """Work has begun at the unit; starts the case with it. Safe to repeat."""
    if inspected_unit.state is InspectedUnitState.PENDING:
        advance(inspected_unit, "start", INSPECTED_UNIT, actor=actor, about=(inspected_unit.inspection,))
    start(inspected_unit.inspection, actor=actor)


def extend_term(
    inspection: Inspection, days: int, citation: str, *, version: int | None, actor: Actor
) -> date:
    """Extend the on-site term by working days, by a written decision. Returns the new last day.

    A review period “đến thời điểm kiểm tra” goes on with it and takes the added days where they are free.
    Raises DomainError (days, citation), WrongState (not decided, or over), Stale, Forbidden.
    """
    authorise(actor, Action.DECIDE_INSPECTION, inspection)
    if inspection.state not in (
        InspectionState.DECIDED,
        InspectionState.IN_PROGRESS,
        InspectionState.SUSPENDED,
    ):
        raise WrongState("Chỉ gia hạn cuộc kiểm tra đã có quyết định và chưa kết thúc tại đơn vị.")
    check_version(inspection, version)
    paper = require_text(citation, "Ghi số, ký hiệu, ngày của văn bản gia hạn.", "citation")
    if not 1 <= days <= 90 - inspection.term_days:
        raise DomainError(
            "Tổng thời hạn kiểm tra không quá 90 ngày. Ghi số ngày gia hạn từ 01.", field="days"
        )
    register.lock()
    old = inspection.ends_on or clock.today()
    new = add_working_days(old, days, deadlines.current_calendar())
    inspection.term_days += days
    inspection.ends_on = new
    moved = move_end(inspection, new)
    if inspection.mandate is not None:
        inspection.mandate.until_on = new
        if moved.claims:
            register.claim(inspection.mandate, moved.claims, actor=actor)
    db.session.flush()
    audit.record(
        "inspection_term_extended", inspection, actor=actor,
        data={"days": count(days), "old": old, "new": new, "citation": paper},
    )  # fmt: skip
    _tell_stopped(inspection, moved, actor)
    return new


def suspend(inspection: Inspection, reason: str, citation: str, *, version: int | None, actor: Actor) -> None:
    """Stop the case for a time; it keeps its contents."""
    _changed_by_paper(inspection, "suspend", reason, citation, version, actor)
    _stand_still(inspection, clock.today())


def resume(inspection: Inspection, reason: str, citation: str, *, version: int | None, actor: Actor) -> None:
    """Go on with a suspended case; one that had visited nobody yet still waits for its first visit.

    Where the work at every unit is over already, the case has ended its fieldwork.
    """
    begun = any(iu.state is not InspectedUnitState.PENDING for iu in inspection.units)
    _changed_by_paper(inspection, "resume" if begun else "resume_waiting", reason, citation, version, actor)
    _stand_still(inspection, None)
    if begun:
        derive_state(inspection, actor=actor)


def _stand_still(inspection: Inspection, since: date | None) -> None:
    """Other planners are told since when; the contents stay the team's, nothing of them is concluded."""
    if inspection.mandate is not None:
        inspection.mandate.suspended_on = since
        db.session.flush()


def terminate(
    inspection: Inspection, reason: str, citation: str, *, version: int | None, actor: Actor
) -> int:
    """End the case for good: what is not concluded is given back, planned visits are called off.

    Returns how many claims were given back.
    """
    text, paper = _changed_by_paper(inspection, "terminate", reason, citation, version, actor)
    ended = [iu for iu in inspection.units if iu.state is not InspectedUnitState.CONCLUDED]
    for iu in ended:
        stop_unit(iu, text, paper, actor=actor)
    _stand_still(inspection, None)
    released = give_back_units(inspection, ended, f"Đình chỉ kiểm tra: {text}", actor=actor)
    db.session.flush()
    return released


def _changed_by_paper(
    inspection: Inspection, verb: str, reason: str, citation: str, version: int | None, actor: Actor
) -> tuple[str, str]:
    authorise(actor, Action.DECIDE_INSPECTION, inspection)
    require_running(inspection)
    check_version(inspection, version)
    text = require_text(reason, "Ghi lý do.", "reason")
    paper = require_text(citation, "Ghi số, ký hiệu, ngày của văn bản.", "citation")
    advance(inspection, verb, INSPECTION, actor=actor, data={"reason": text, "citation": paper})
    touch(inspection)
    db.session.flush()
    # the case is locked from here on; a notice may have concluded a unit while this waited
    mine = sa.select(InspectedUnit).where(InspectedUnit.inspection_id == inspection.id)
    db.session.scalars(mine.execution_options(populate_existing=True)).all()
    return text, paper
