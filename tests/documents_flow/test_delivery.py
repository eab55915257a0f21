"""Receipt: four ways, each shown as what it is; an acknowledgement is bound to the bytes."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Appointment, AppointmentKind
from app.documents import delivery as deliveries
from app.documents.models import Delivery, ReceiptKind
from app.errors import Conflict, DomainError, Forbidden, WrongState, constraint_of
from app.policy import Role
from tests import cast
from tests.factories import documents

STATEMENT = (
    "Tôi, Nguyễn Văn Giả Thiết, Chủ tịch UBND xã Long Phước, xác nhận đã nhận đầy đủ Thông báo số 45/TB-SNV "
    "ngày 12/8/2026 của Sở Nội vụ và có trách nhiệm chỉ đạo, tổ chức thực hiện các nội dung nêu trong Thông "
    "báo theo đúng thời hạn. Việc xác nhận này không thay thế báo cáo kết quả khắc phục và không ảnh hưởng "
    "đến quyền kiến nghị, phản ánh của đơn vị theo quy định."
)


def acknowledge(delivery: Delivery, by: str = cast.HEAD, **change: object) -> Delivery:
    values: dict[str, object] = {
        "kind": ReceiptKind.HEAD_HERE,
        "statement": STATEMENT,
        "document_sha256": delivery.document.sha256,
        **change,
    }
    return deliveries.acknowledge(delivery, **values, actor=cast.actor(by))


def test_the_statement_reads_word_for_word(session: Session) -> None:
    delivery = documents.delivered()
    person = cast.person(cast.HEAD)
    post = deliveries.post_at(person, delivery.unit)
    assert post == "Chủ tịch UBND xã Long Phước"
    assert deliveries.acknowledgement_statement(delivery, person, post) == STATEMENT


def test_the_head_acknowledges_and_the_hash_is_kept(session: Session) -> None:
    delivery = acknowledge(documents.delivered())
    assert delivery.receipt is ReceiptKind.HEAD_HERE and delivery.received_on == date(2026, 9, 23)
    assert delivery.document_sha256 == delivery.document.sha256 and delivery.statement == STATEMENT
    assert not delivery.on_behalf


def test_a_second_click_changes_nothing(session: Session) -> None:
    delivery = documents.delivered()
    acknowledge(delivery)
    assert acknowledge(delivery).received_on == date(2026, 9, 23)


def test_another_hash_or_another_statement_is_refused(session: Session) -> None:
    delivery = documents.delivered()
    with pytest.raises(Conflict, match="không khớp bản đã ban hành"):
        acknowledge(delivery, document_sha256="0" * 64)
    with pytest.raises(Conflict, match="không khớp bản đã ban hành"):
        acknowledge(delivery, statement="Đã nhận")
    assert delivery.receipt is None


@pytest.mark.parametrize("part", [cast.OFFICER, cast.OTHER_HEAD, cast.CLERK])
def test_nobody_but_the_head_acknowledges(session: Session, part: str) -> None:
    with pytest.raises(Forbidden):
        acknowledge(documents.delivered(), part)


def test_somebody_authorised_is_shown_as_such(session: Session) -> None:
    delivery = documents.delivered()
    deputy = cast.person(cast.OFFICER)
    session.add(
        Appointment(
            person_id=deputy.id,
            unit_id=delivery.unit_id,
            title="Phó Chủ tịch UBND xã",
            kind=AppointmentKind.DEPUTY,
            from_on=date(2026, 1, 1),
            roles=[Role.UNIT_HEAD.value],
        )
    )
    session.commit()
    session.expire_all()
    assert deliveries.receipt_kind_of(delivery, deputy.id) is ReceiptKind.AUTHORISED_HERE
    wanted = deliveries.acknowledgement_statement(delivery, deputy, deliveries.post_at(deputy, delivery.unit))
    with pytest.raises(DomainError, match="Cách xác nhận"):
        acknowledge(delivery, cast.OFFICER, statement=wanted)
    acknowledge(delivery, cast.OFFICER, statement=wanted, kind=ReceiptKind.AUTHORISED_HERE)
    assert delivery.receipt is ReceiptKind.AUTHORISED_HERE


def test_the_office_records_a_receipt_for_the_unit(session: Session) -> None:
    delivery = documents.delivered()
    deliveries.record_receipt(
        delivery,
        kind=ReceiptKind.REPLY,
        received_on=date(2026, 8, 14),
        reference=" 210/UBND-VP ",
        actor=cast.actor(cast.FOLLOWER),
    )
    assert delivery.on_behalf and delivery.reference == "210/UBND-VP"
    with pytest.raises(WrongState, match="đã được ghi nhận"):
        acknowledge(delivery)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("kind", {"kind": ReceiptKind.HEAD_HERE}),
        ("received_on", {"received_on": date(2026, 8, 11)}),
        ("received_on", {"received_on": date(2026, 9, 24)}),
        ("reference", {"kind": ReceiptKind.REPLY, "reference": " "}),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(session: Session, field: str, change: dict[str, object]) -> None:
    values: dict[str, object] = {
        "kind": ReceiptKind.EOFFICE,
        "received_on": date(2026, 8, 13),
        "reference": "",
        **change,
    }
    delivery = documents.delivered()
    with pytest.raises(DomainError) as refused:
        deliveries.record_receipt(delivery, **values, actor=cast.actor(cast.CLERK))
    assert refused.value.field == field and delivery.receipt is None


def test_a_unit_never_records_its_receipt_as_the_office(session: Session) -> None:
    with pytest.raises(Forbidden):
        deliveries.record_receipt(
            documents.delivered(),
            kind=ReceiptKind.EOFFICE,
            received_on=date(2026, 8, 13),
            reference="",
            actor=cast.actor(cast.HEAD),
        )


def test_a_paper_is_sent_to_a_unit_once_and_only_when_issued(session: Session) -> None:
    delivery = documents.delivered()
    again = deliveries.deliver(delivery.document, delivery.unit, sent_on=date(2026, 9, 1), actor=None)
    assert again.id == delivery.id
    with pytest.raises(WrongState, match="đã ban hành"):
        deliveries.deliver(documents.draft(), delivery.unit, sent_on=date(2026, 9, 1), actor=None)


def test_the_database_fixes_a_receipt(session: Session) -> None:
    acknowledge(documents.delivered())
    session.commit()
    with pytest.raises(IntegrityError) as refused:
        session.execute(sa.text("UPDATE delivery SET received_on = '2026-09-01'"))
    assert constraint_of(refused.value) == "delivery_receipt_fixed"
