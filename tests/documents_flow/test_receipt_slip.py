"""Phiếu tiếp nhận: how a receipt became known, printed as what it is, for the unit and the office."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.documents import delivery as deliveries
from app.documents.models import ReceiptKind
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made


def test_what_the_head_confirmed_prints_with_the_hash_of_what_was_read(
    client: Browser, session: Session
) -> None:
    sent = made.delivery_of(made.issued()[0])
    path = f"/deliveries/{sent.id}/receipt-slip"
    client.sign_in(cast.HEAD).get(path, expect=404)
    client.get(f"/deliveries/{sent.id}/acknowledge")
    client.submit(f"form[action='/deliveries/{sent.id}/acknowledge']")
    client.follow()
    assert client.page.select(f"a[href='{path}']")
    client.get("/remediation/received")
    assert client.page.select(f"a[href='{path}']")
    client.get(path)
    for words in ("Thủ trưởng xác nhận trên hệ thống", "23/9/2026", sent.document.sha256, "Tôi, Nguyễn Văn"):
        assert words in client.text, words
    assert client.page.select_one("button[data-print]")
    client.sign_in(cast.OFFICER).get(path)
    client.sign_in(cast.FOLLOWER).get(path)
    for part in (cast.OTHER_HEAD, cast.OBSERVER):
        client.sign_in(part).get(path, expect=404)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (ReceiptKind.EOFFICE, "Hệ thống quản lý văn bản báo đã tiếp nhận"),
        (ReceiptKind.REPLY, "Văn bản phúc đáp: 77/UBND-VP"),
    ],
)
def test_what_the_office_recorded_says_so(
    client: Browser, session: Session, kind: ReceiptKind, told: str
) -> None:
    sent = made.delivery_of(made.issued()[0])
    deliveries.record_receipt(
        sent, kind=kind, received_on=date(2026, 9, 20),
        reference="77/UBND-VP" if kind is ReceiptKind.REPLY else "", actor=cast.actor(cast.CLERK),
    )  # fmt: skip
    session.commit()
    client.sign_in(cast.CLERK).get(f"/deliveries/{sent.id}/receipt-slip")
    assert told in client.text and "Người ghi nhận" in client.text and "Vũ Thị Ví Dụ" in client.text
