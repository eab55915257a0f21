"""Công khai: an issued notice is made public within ten days of its signature, or it is said why not."""

from __future__ import annotations

from datetime import date, timedelta

from app import clock
from app.audit import services as audit
from app.documents.models import IN_FORCE
from app.errors import DomainError, WrongState
from app.extensions import db
from app.notices.models import Notice, NoticePublication
from app.policy import Action, Actor, authorise
from app.vietnamese import format_date, nfc

WITHIN = timedelta(days=10)
"""No rule names days for a notice of an inspection; those of inspection conclusions are taken by analogy."""


def publish_by(notice: Notice) -> date | None:
    """The last day of the term; None before the issue."""
    issued_on = notice.document.issued_on
    return issued_on + WITHIN if issued_on is not None and notice.document.is_issued else None


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
