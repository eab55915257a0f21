"""The file of overlaps: what the review said when the remainder was taken; what was sent and answered."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.documents.canonical import canonical_json
from app.errors import Conflict, DomainError
from app.extensions import db
from app.inspections import overlap, queries
from app.inspections.models import Inspection, OverlapRecord, OverlapReferral
from app.inspections.queries import ScopeReview
from app.policy import Action, Actor, authorise
from app.vietnamese import format_date, nfc, one_line


def send_plan(
    inspection: Inspection, *, recipient: str, reference: str, sent_on: date, actor: Actor
) -> OverlapReferral:
    """Record that the plan went out by a paper. Raises Forbidden, DomainError at the field,
    Conflict when this was recorded before."""
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    recipient, reference = one_line(recipient), one_line(reference)
    if len(recipient) < 2:
        raise DomainError("Nhập cơ quan nhận.", field="recipient")
    if len(reference) < 2:
        raise DomainError("Nhập số, ký hiệu văn bản gửi.", field="reference")
    _not_later(sent_on, "sent_on")
    # the same form sent twice comes one after the other
    db.session.execute(sa.select(Inspection.id).where(Inspection.id == inspection.id).with_for_update())
    same = sa.select(OverlapReferral.id).where(
        OverlapReferral.inspection_id == inspection.id, OverlapReferral.recipient == recipient,
        OverlapReferral.reference == reference, OverlapReferral.sent_on == sent_on,
    )  # fmt: skip
    if db.session.scalar(same.limit(1)) is not None:
        raise Conflict(
            f"Việc gửi {recipient} theo văn bản số {reference} ngày {format_date(sent_on)} đã được ghi.",
            field="reference",
        )
    made = OverlapReferral(
        inspection_id=inspection.id, recipient=recipient, reference=reference, sent_on=sent_on,
        sent_by=actor.person_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(
        "overlap_sent", inspection, made, actor=actor, data={"to": recipient, "by": reference, "on": sent_on}
    )
    return made


def record_answer(
    inspection: Inspection,
    referral: OverlapReferral,
    *,
    reference: str,
    answered_on: date,
    answer: str,
    actor: Actor,
) -> None:
    """Record what was answered, once. Raises Forbidden, Conflict, DomainError at the field."""
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    db.session.refresh(referral, with_for_update=True)
    if referral.answered_on is not None:
        raise Conflict(f"Kết quả đã được ghi ngày {format_date(referral.answered_on)}.")
    answer = nfc(answer).strip()
    if len(answer) < 3:
        raise DomainError("Ghi kết quả xử lý chồng chéo.", field="answer")
    _not_later(answered_on, "answered_on")
    if answered_on < referral.sent_on:
        raise DomainError(
            f"Ngày trả lời trước ngày gửi {format_date(referral.sent_on)}. Kiểm tra lại ngày.",
            field="answered_on",
        )
    referral.answer_reference, referral.answered_on, referral.answer = (
        one_line(reference),
        answered_on,
        answer,
    )
    data = {"by": referral.answer_reference, "on": answered_on, "answer": answer}
    audit.record("overlap_answered", inspection, referral, actor=actor, data=data)


def keep_record(inspection: Inspection, review: ScopeReview, *, left_out: int, actor: Actor) -> OverlapRecord:
    """Keep the record of the review as it stands, before what is refused leaves the scope."""
    paper = overlap.compose(
        inspection, review, queries.list_referrals(inspection), on=clock.today(), maker=actor.name
    )
    made = OverlapRecord(
        inspection_id=inspection.id, made_by=actor.person_id, left_out=left_out,
        content=canonical_json(paper),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _not_later(day: date, field: str) -> None:
    if day > clock.today():
        raise DomainError(f"Ngày {format_date(day)} sau ngày hôm nay. Kiểm tra lại ngày.", field=field)
