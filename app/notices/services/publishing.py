"""Công khai: an issued notice is made public by the date of its profile's rule, or it is said why not."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines import steps
from app.deadlines.models import Event, Step, StepDate
from app.documents.models import IN_FORCE, Delivery, Document
from app.errors import DomainError, WrongState
from app.extensions import db
from app.notices.models import Notice, NoticePublication
from app.policy import Action, Actor, authorise
from app.remediation.models import Task, TaskState
from app.vietnamese import format_date, nfc

_NOT_OWED = (TaskState.DRAFT, TaskState.WITHDRAWN)


def publication_date(notice: Notice) -> StepDate | None:
    """The date as it was counted at the issue; None before, and for a notice whose profile has no rule."""
    return steps.find(Step.PUBLICATION, document_id=notice.document_id)


def publish_by(notice: Notice) -> date | None:
    """The last day of the term; None before the issue. Of a notice issued before dates were kept it is
    counted by the rule of its day."""
    counted = publication_date(notice)
    if counted is not None:
        return counted.due_on
    issued_on = notice.document.issued_on
    if issued_on is None or not notice.document.is_issued:
        return None
    return deadlines.due_on(notice.inspection.profile, Step.PUBLICATION, issued_on).due_on


def count_dates(notice: Notice, event: Event, on: date) -> None:
    """What an event of the notice begins: its publication, and the plan of each unit that received it."""
    profile, document_id = notice.inspection.profile, notice.document_id
    steps.count_from(profile, Step.PUBLICATION, event, on, document_id=document_id)
    for unit in plan_units(notice):
        steps.count_from(profile, Step.REMEDIATION_PLAN, event, on, document_id=document_id, unit_id=unit)


def count_from_receipt(delivery: Delivery) -> None:
    """The receipt of a notice by a unit, where the profile counts the unit's plan from that day."""
    notice = db.session.scalar(sa.select(Notice).where(Notice.document_id == delivery.document_id))
    if notice is not None and delivery.received_on is not None and delivery.unit_id in plan_units(notice):
        steps.count_from(
            notice.inspection.profile, Step.REMEDIATION_PLAN, Event.NOTICE_RECEIVED, delivery.received_on,
            document_id=notice.document_id, unit_id=delivery.unit_id,
        )  # fmt: skip


def count_from_draft(document: Document, _actor: Actor) -> None:
    """The draft that its signer is handed, where the profile counts the notice itself from that day."""
    notice = db.session.scalar(sa.select(Notice).where(Notice.document_id == document.id))
    if notice is not None:
        profile, today = notice.inspection.profile, clock.today()
        for unit in notice.units:
            steps.count_from(profile, Step.NOTICE, Event.DRAFT_RECEIVED, today, inspected_unit_id=unit.id)


def plan_units(notice: Notice) -> list[int]:
    """Which units have something to mend by the notice."""
    return list(
        db.session.scalars(
            sa.select(Task.lead_unit_id)
            .where(Task.document_id == notice.document_id, Task.state.not_in(_NOT_OWED))
            .distinct()
            .order_by(Task.lead_unit_id)
        )
    )


def find_publication(notice: Notice) -> NoticePublication | None:
    """What is on record."""
    return db.session.get(NoticePublication, notice.id)


def publish(notice: Notice, *, on: date, place: str, actor: Actor) -> None:
    """Record where it was made public, and when. Raises Forbidden, WrongState, DomainError (on, place)."""
    _ask_issued(notice, actor)
    issued_on = notice.document.issued_on
    if on > clock.today() or (issued_on is not None and on < issued_on):
        raise DomainError("Ngày công khai từ ngày thông báo đến hôm nay. Kiểm tra lại ngày.", field="on")
    place = " ".join(nfc(place).split())
    if len(place) < 3:
        raise DomainError("Ghi nơi công khai, ví dụ cổng thông tin điện tử của Sở.", field="place")
    _keep(notice, actor, published_on=on, place=place, reason="")
    count_dates(notice, Event.NOTICE_PUBLISHED, on)
    data = {"place": place, "on": format_date(on)}
    audit.record("notice_published", notice, notice.document, notice.inspection, actor=actor, data=data)


def withhold(notice: Notice, reason: str, *, actor: Actor) -> None:
    """Record why it is not made public. Raises Forbidden, WrongState, DomainError (reason)."""
    _ask_issued(notice, actor)
    reason = " ".join(nfc(reason).split())
    if len(reason) < 3:
        raise DomainError("Ghi lý do không công khai.", field="reason")
    _keep(notice, actor, published_on=None, place="", reason=reason)
    data = {"reason": reason}
    audit.record("notice_not_published", notice, notice.document, notice.inspection, actor=actor, data=data)


def _ask_issued(notice: Notice, actor: Actor) -> None:
    authorise(actor, Action.PUBLISH_NOTICE, notice)
    if notice.document.state not in IN_FORCE:
        raise WrongState("Chỉ công khai thông báo đã ban hành, đang có hiệu lực.")


def _keep(notice: Notice, actor: Actor, *, published_on: date | None, place: str, reason: str) -> None:
    row = find_publication(notice)
    if row is None:
        row = NoticePublication(notice_id=notice.id)
        db.session.add(row)
    row.published_on, row.place, row.reason = published_on, place, reason
    row.recorded_by, row.recorded_at = actor.person_id, clock.now()
    db.session.flush()
