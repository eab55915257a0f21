"""After a recall: each recipient deletes the paper or sends it back, and says so (rules of recalling, Đ18).

The unit confirms here, or the office records what it knows from eOffice or on paper.
"""

from __future__ import annotations

from datetime import date

from app import clock
from app.audit import services as audit
from app.documents.models import Delivery, DeliveryRemoval, DocumentState
from app.errors import DomainError, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.vietnamese import format_date, nfc


def waits(delivery: Delivery) -> bool:
    """Whether this recipient of a recalled paper has still to confirm."""
    return (
        delivery.document.state is DocumentState.RECALLED
        and delivery.handed_to_id is None
        and delivery.removal is None
    )


def ask_waits(delivery: Delivery) -> None:
    """Raises WrongState when there is nothing to confirm."""
    if delivery.document.state is not DocumentState.RECALLED:
        raise WrongState("Văn bản không bị thu hồi nên không phải xác nhận xóa, thu hồi.")
    if not waits(delivery):
        raise WrongState("Việc xóa, thu hồi bản đã nhận đã được xác nhận.")


def confirm_removed(delivery: Delivery, *, actor: Actor) -> None:
    """The head of the unit confirms here. Raises Forbidden, WrongState."""
    authorise(actor, Action.ACKNOWLEDGE, delivery)
    ask_waits(delivery)
    delivery.removal = DeliveryRemoval(removed_on=clock.today(), confirmed_by=actor.person_id)
    db.session.flush()
    audit.record("delivery_removed", delivery.document, delivery.unit, actor=actor)


def record_removed(delivery: Delivery, *, removed_on: date, reference: str, actor: Actor) -> None:
    """The office records what it knows. Raises Forbidden, WrongState, DomainError (removed_on, reference)."""
    authorise(actor, Action.RECORD_RECEIPT, delivery)
    ask_waits(delivery)
    if removed_on < delivery.sent_on or removed_on > clock.today():
        raise DomainError(
            f"Ngày xác nhận từ ngày gửi {format_date(delivery.sent_on)} đến hôm nay. Kiểm tra lại ngày.",
            field="removed_on",
        )
    reference = " ".join(nfc(reference).split())
    if len(reference) < 3:
        raise DomainError("Ghi căn cứ: văn bản của đơn vị, hoặc hệ thống quản lý văn bản.", field="reference")
    delivery.removal = DeliveryRemoval(
        removed_on=removed_on, recorded_by=actor.person_id, reference=reference
    )
    db.session.flush()
    audit.record(
        "delivery_removal_recorded", delivery.document, delivery.unit, actor=actor,
        data={"unit": delivery.unit.name, "reference": reference}, on_behalf_of=delivery.unit.name,
    )  # fmt: skip
