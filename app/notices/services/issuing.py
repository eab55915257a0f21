"""What an issued notice does: claims concluded or given back, findings frozen, tasks given."""

from __future__ import annotations

from app.deadlines import queries as deadlines
from app.deadlines.models import Event, Step
from app.documents.delivery import deliver
from app.errors import DomainError
from app.extensions import db
from app.findings.models import FindingState
from app.findings.states import FINDING
from app.inspections.models import InspectedUnitState
from app.inspections.states import INSPECTED_UNIT, INSPECTION
from app.notices import annexes, texts
from app.notices.models import Notice
from app.notices.record import WITHOUT_CLAIMS, Record
from app.notices.services import publishing, replacing
from app.policy import Actor
from app.register import services as register
from app.register.services import Concluded
from app.remediation.services import issue_tasks
from app.workflow import advance, hold

OVER = (InspectedUnitState.CONCLUDED, InspectedUnitState.TERMINATED)


def lock(notice: Notice) -> None:
    """Lock order: the case, then the document; register, series and chain come later."""
    hold(notice.inspection)
    hold(notice.document)
    db.session.refresh(notice.document)


def take_effect(notice: Notice, record: Record, *, actor: Actor) -> None:
    """Everything that follows from an issued notice. The document is issued already."""
    if notice.replacement is not None:
        replacing.take_effect(notice, record, actor=actor)
        if notice.document.issued_on is not None:
            publishing.count_dates(notice, Event.NOTICE_SIGNED, notice.document.issued_on)
        return
    document, inspection = notice.document, notice.inspection
    assert document.issued_on is not None
    if inspection.kind not in WITHOUT_CLAIMS:
        _conclude_claims(notice, record, actor)
    for item in record.items:
        if item.finding.state is not FindingState.CONCLUDED:
            advance(item.finding, "conclude", FINDING, actor=actor, about=(notice, inspection))
    if record.tasks:
        if notice.follower_id is None:
            raise DomainError("Chọn người theo dõi trước khi ban hành.", field="follower_id")
        issue_tasks(
            record.tasks, document=document, follower_id=notice.follower_id,
            issued_on=document.issued_on, actor=actor,
        )  # fmt: skip
    acknowledge_by = deadlines.due_on(inspection.profile, Step.ACKNOWLEDGEMENT, document.issued_on).due_on
    for unit in [*(unit.unit for unit in record.units), *texts.outside_leads(record)]:
        deliver(
            document, unit, sent_on=document.issued_on, acknowledge_by=acknowledge_by,
            annex=annexes.of_recipient(record, unit), actor=actor,
        )  # fmt: skip
    publishing.count_dates(notice, Event.NOTICE_SIGNED, document.issued_on)
    for inspected in record.units:
        advance(
            inspected, "conclude", INSPECTED_UNIT, actor=actor, about=(inspection, document),
            data={"notice": document.number_and_symbol},
        )  # fmt: skip
    inspection.follow_unit_id = notice.follow_unit_id or inspection.follow_unit_id
    inspection.follower_id = notice.follower_id or inspection.follower_id
    if all(unit.state in OVER for unit in inspection.units):
        advance(inspection, "conclude", INSPECTION, actor=actor, about=(document,))
    db.session.flush()


def _conclude_claims(notice: Notice, record: Record, actor: Actor) -> None:
    document, mandate = notice.document, notice.inspection.mandate
    assert mandate is not None and document.issued_on is not None
    conclusion = register.record_conclusion(
        mandate=mandate,
        document=document,
        title=document.subject,
        number_and_symbol=document.number_and_symbol,
        concluded_on=document.issued_on,
        body_name=document.issuer_name,
        level=mandate.level,
        actor=actor,
    )
    notice.conclusion = conclusion
    register.conclude(
        [
            Concluded(item.scope_item_id, item.result.value, item.criterion_key)
            for item in record.concluding
            if item.result is not None
        ],
        conclusion,
        actor=actor,
    )
    register.release(
        [item.scope_item_id for item in record.not_examined],
        f"Chưa kiểm tra; trả lại theo Thông báo số {document.number_and_symbol}",
        actor=actor,
        mandate=mandate,
    )
