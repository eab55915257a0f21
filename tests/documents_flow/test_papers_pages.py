"""Screens of papers: who reads which, the file and its name, receipt by form."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.documents.kinds import DocumentKind as Renders
from app.documents.models import ReceiptKind
from app.documents.rendering import load_sample
from tests import cast
from tests.conftest import Browser
from tests.factories import documents


def real_notice() -> object:
    return documents.recorded(file=documents.stored(documents.pdf(load_sample(Renders.CONCLUSION_NOTICE))))


def test_the_recipients_head_reads_the_whole_paper_and_acknowledges(
    client: Browser, session: Session
) -> None:
    delivery = documents.delivered(real_notice())
    client.sign_in(cast.HEAD).get(f"/documents/{delivery.document_id}")
    assert "Xác nhận đã nhận thông báo" in client.text and "Dòng thời gian" not in client.text
    assert len(client.page.select("img.kl-page")) >= 2
    client.get(f"/documents/{delivery.document_id}/pages/1.png")
    assert client.response.mimetype == "image/png"
    client.get(f"/deliveries/{delivery.id}/acknowledge")
    assert "Tôi, Nguyễn Văn Giả Thiết, Chủ tịch UBND xã Long Phước" in client.text
    client.submit()
    session.expire_all()
    assert delivery.receipt is ReceiptKind.HEAD_HERE
    client.follow()
    assert "Thủ trưởng xác nhận trên hệ thống" in client.text
    client.get(f"/deliveries/{delivery.id}/acknowledge", expect=303)


def test_a_form_filled_from_another_paper_is_refused(client: Browser, session: Session) -> None:
    delivery = documents.delivered()
    client.sign_in(cast.HEAD).get(f"/deliveries/{delivery.id}/acknowledge")
    client.submit(data={"document_sha256": "0" * 64}, expect=409)
    session.expire_all()
    assert delivery.receipt is None and "không khớp bản đã ban hành" in client.text
    client.submit()  # the page that was shown again holds the right ones


@pytest.mark.parametrize("part", [cast.OTHER_HEAD, cast.OUTSIDER])
@pytest.mark.parametrize("path", ["/documents/{0}", "/documents/{0}/file", "/documents/{0}/pages/1.png"])
def test_other_units_never_learn_of_it(client: Browser, session: Session, part: str, path: str) -> None:
    delivery = documents.delivered()
    client.sign_in(part).get(path.format(delivery.document_id), expect=404)
    client.get(f"/deliveries/{delivery.id}/acknowledge", expect=404)


def test_the_units_officer_reads_and_does_not_acknowledge(client: Browser, session: Session) -> None:
    delivery = documents.delivered()
    client.sign_in(cast.OFFICER).get(f"/documents/{delivery.document_id}/file")
    client.get(f"/deliveries/{delivery.id}/acknowledge", expect=403)
    client.get(f"/deliveries/{delivery.id}/receipt", expect=403)
    client.get("/documents", expect=403)


def test_a_unit_sees_only_its_own_receipt(client: Browser, session: Session) -> None:
    delivery = documents.delivered()
    documents.delivered(delivery.document, cast.AN_PHUOC)
    client.sign_in(cast.HEAD).get(f"/documents/{delivery.document_id}")
    assert "UBND xã Long Phước" in client.text and "UBND xã An Phước" not in client.text


def test_drafts_are_for_the_office_alone(client: Browser, session: Session) -> None:
    document = documents.draft()
    session.commit()
    client.sign_in(cast.CLERK).get(f"/documents/{document.id}")
    client.get(f"/documents/{document.id}/file", expect=404)
    for part in (cast.OBSERVER, cast.MEMBER, cast.HEAD):
        client.sign_in(part).get(f"/documents/{document.id}", expect=404)


def test_the_file_is_read_inline_or_saved_under_a_name_people_find(client: Browser, session: Session) -> None:
    delivery = documents.delivered()
    client.sign_in(cast.OBSERVER).get(f"/documents/{delivery.document_id}/file")
    shown = client.response.headers["Content-Disposition"]
    assert shown.startswith("inline") and client.response.mimetype == "application/pdf"
    client.get(f"/documents/{delivery.document_id}/file?save=1")
    saved = client.response.headers["Content-Disposition"]
    assert saved.startswith("attachment")
    assert (
        "filename*=UTF-8''Th%C3%B4ng%20b%C3%A1o%20k%E1%BA%BFt%20lu%E1%BA%ADn" in saved
        and "45-TB-SNV.pdf" in saved
    )
    client.get(f"/documents/{delivery.document_id}/pages/99.png", expect=404)


def test_the_office_enters_a_receipt_and_keeps_what_was_typed_when_refused(
    client: Browser, session: Session
) -> None:
    delivery = documents.delivered()
    client.sign_in(cast.FOLLOWER).get(f"/deliveries/{delivery.id}/receipt")
    client.submit(data={"kind": "reply", "received_on": "14/8/2026", "reference": ""}, expect=422)
    assert "Nhập số, ký hiệu của văn bản phúc đáp" in client.text
    assert client.page.select_one("#received_on")["value"] == "14/8/2026"
    client.submit(data={"received_on": "31/2/2026"}, expect=422)
    client.submit(data={"received_on": "14/8/2026", "reference": "210/UBND-VP"})
    session.expire_all()
    assert delivery.received_on == date(2026, 8, 14)
    client.follow()
    assert "210/UBND-VP" in client.text and "cơ quan ghi nhận" in client.text


def test_the_book_of_outgoing_papers_finds_without_marks(client: Browser, session: Session) -> None:
    documents.recorded(45)
    documents.recorded(7, symbol="QĐ-SNV", issued_on=date(2025, 8, 12))
    session.commit()
    client.sign_in(cast.CLERK).get("/documents?q=45/tb")
    assert "45/TB-SNV" in client.text and "07/QĐ-SNV" not in client.text
    client.get("/documents?year=2025")
    assert "07/QĐ-SNV" in client.text and "45/TB-SNV" not in client.text
    client.get("/documents?q=khong+co")
    assert "Chưa có văn bản nào" in client.text
    client.get("/documents?cursor=hong", expect=400)


def test_the_book_turns_its_pages_by_day(client: Browser, session: Session) -> None:
    for number in range(1, 54):
        documents.recorded(number)
    session.commit()
    client.sign_in(cast.CLERK).get("/documents")
    assert "53/TB-SNV" in client.text and "03/TB-SNV" not in client.text
    client.get(str(client.page.select_one("a[rel=next]")["href"]))
    assert "03/TB-SNV" in client.text
    client.get(str(client.page.select_one("a[rel=prev]")["href"]))
    assert "53/TB-SNV" in client.text


def test_a_damaged_file_can_still_be_saved(client: Browser, session: Session) -> None:
    delivery = documents.delivered(documents.recorded(file=documents.stored(b"%PDF-1.7 hong")))
    client.sign_in(cast.CLERK).get(f"/documents/{delivery.document_id}")
    assert "không xem trước được" in client.text
    client.get(f"/documents/{delivery.document_id}/pages/1.png", expect=404)
    client.get(f"/documents/{delivery.document_id}/file?save=1")
