"""Nơi nhận of an issued paper: who stands there, who was sent it and how, a wrong entry taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.audit import timeline
from app.documents import delivery as deliveries
from app.documents import queries
from app.documents.canonical import from_json
from app.documents.kinds import DocumentKind
from app.documents.models import Document, Recipient, SendingWay
from app.documents.rendering import load_sample
from app.errors import DomainError, Forbidden, WrongState
from tests import cast
from tests.conftest import Browser
from tests.factories import documents, notices
from tests.queries import count_queries

TODAY = date(2026, 9, 23)


def issued() -> Document:
    return notices.issued().document


def lines(document: Document) -> list[str]:
    return [one.name for one in queries.list_recipients(document)]


def send(document: Document, *recipients: Recipient, by: str = cast.CLERK, **change: object) -> int:
    values: dict[str, object] = {"sent_on": TODAY, "way": SendingWay.EOFFICE, **change}
    return deliveries.record_sent(document, [one.id for one in recipients], **values, actor=cast.actor(by))


def test_every_line_becomes_a_recipient_at_the_issue_and_the_file_copy_does_not(session: Session) -> None:
    document = issued()
    printed = [line.rstrip(";.") for line in from_json(str(document.content)).recipients]
    assert printed[-1] == "Lưu: VT, CCHC" and "UBND xã Long Phước" in printed and len(printed) > 2
    assert lines(document) == printed[:-1]
    deliveries.list_up(document)
    assert lines(document) == printed[:-1]


def test_a_paper_recorded_from_eoffice_has_its_recipients_too(session: Session) -> None:
    document = notices.recorded().document
    assert "UBND xã Long Phước" in lines(document)


@pytest.mark.parametrize(
    ("recipients", "addressees", "wanted"),
    [
        (("- Như Điều 3;", "- Thanh tra tỉnh;", "- Lưu: VT, CCHC."), (), ("Như Điều 3", "Thanh tra tỉnh")),
        (("Như trên", "Lưu: VT"), ("UBND xã A;", "UBND xã B."), ("UBND xã A", "UBND xã B")),
        (("Như trên", "lưu VT"), (), ("Như trên",)),
        (("Sở Tài chính", "Sở Tài chính"), (), ("Sở Tài chính",)),
        (("Trường Lưu Văn Mẫu", "Lưu hồ sơ"), (), ("Trường Lưu Văn Mẫu",)),
    ],
)
def test_the_lines_are_read_as_they_are_meant(
    recipients: tuple[str, ...], addressees: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    sample = replace(load_sample(DocumentKind.REMINDER_LETTER), recipients=recipients, addressees=addressees)
    assert deliveries.named_recipients(sample) == wanted


def test_the_clerk_records_day_way_and_note_line_by_line(session: Session) -> None:
    document = issued()
    first, second, *rest = queries.list_recipients(document)
    assert send(document, first, way=SendingWay.POST, note=" phiếu  gửi 118 ") == 1
    assert (first.sent_on, first.way, first.note) == (TODAY, SendingWay.POST, "phiếu gửi 118")
    assert first.recorded_by == cast.person(cast.CLERK).id and first.recorded_at is not None
    session.commit()
    told = [entry.text for entry in timeline.timeline(document)]
    assert f"Ghi nhận đã gửi 01 nơi nhận: ngày 23/9/2026, Bưu điện: {first.name}" in told
    assert send(document, first, second, *rest) == 1 + len(rest)
    assert first.way is SendingWay.POST


def test_what_cannot_be_is_refused(session: Session) -> None:
    document = issued()
    first = queries.list_recipients(document)[0]
    with pytest.raises(Forbidden):
        send(document, first, by=cast.PLANNER)
    for day in (date(2026, 9, 22), date(2026, 9, 24)):
        with pytest.raises(DomainError, match="Ngày gửi từ ngày văn bản 23/9/2026") as refused:
            send(document, first, sent_on=day)
        assert refused.value.field == "sent_on"
    with pytest.raises(DomainError, match="ít nhất 01 nơi nhận"):
        send(document)
    with pytest.raises(WrongState, match="đã ban hành"):
        deliveries.list_up(notices.drafted(notices.reported(units=(cast.AN_PHUOC,))).document)


def test_what_is_over_is_sent_to_nobody(session: Session) -> None:
    notice = notices.recalled()
    first = queries.list_recipients(notice.document)[0]
    with pytest.raises(WrongState, match="thu hồi"):
        send(notice.document, first)


def test_a_wrong_entry_is_taken_back_with_the_reason(session: Session) -> None:
    document = issued()
    first = queries.list_recipients(document)[0]
    clerk = cast.actor(cast.CLERK)
    with pytest.raises(WrongState, match="chưa được ghi nhận"):
        deliveries.take_back_sent(first, "Ghi nhầm", actor=clerk)
    send(document, first, note="118")
    with pytest.raises(Forbidden):
        deliveries.take_back_sent(first, "Ghi nhầm", actor=cast.actor(cast.PLANNER))
    with pytest.raises(DomainError, match="Ghi lý do"):
        deliveries.take_back_sent(first, " ", actor=clerk)
    deliveries.take_back_sent(first, "Ghi nhầm ngày", actor=clerk)
    session.commit()
    assert (first.sent_on, first.way, first.note, first.recorded_by) == (None, None, "", None)
    told = [entry.text for entry in timeline.timeline(document)]
    assert f"Bỏ ghi nhận đã gửi {first.name}: Ghi nhầm ngày" in told
    assert send(document, first) == 1


def test_the_bytes_stay_as_they_were_issued(session: Session) -> None:
    document = issued()
    before = (document.sha256, document.content)
    send(document, *queries.list_recipients(document))
    session.commit()
    session.refresh(document)
    assert (document.sha256, document.content) == before


def test_the_clerk_sends_to_everybody_in_one_act(client: Browser, session: Session) -> None:
    document = issued()
    many = len(lines(document))
    client.sign_in(cast.CLERK).get("/")
    assert f"{many:02d} nơi nhận chưa ghi nhận gửi" in client.text
    client.get(f"/documents/{document.id}")
    assert "Gửi đến nơi nhận" in client.text and f"{many:02d} nơi nhận chưa gửi" in client.text
    link = next(a for a in client.page.select("main a") if a.text == "Ghi nhận gửi văn bản")
    client.get(str(link["href"]))
    client.submit(data={"recipients": [], "sent_on": "23/9/2026", "note": "chuyển cả gói"}, expect=422)
    assert "ít nhất 01 nơi nhận" in str(client.page) and "chuyển cả gói" in str(client.page)
    client.post(
        f"/documents/{document.id}/sending",
        data={"everybody": "1", "sent_on": "23/9/2026", "way": "eoffice"}, expect=303,
    )  # fmt: skip
    client.get(f"/documents/{document.id}")
    assert f"Đã gửi đủ {many:02d} nơi nhận" in client.text
    client.get("/")
    assert "chưa ghi nhận gửi" not in client.text
    client.get(f"/documents/{document.id}/sending")
    assert "Mọi nơi nhận đều đã được ghi nhận gửi" in client.text


def test_a_wrong_entry_is_taken_back_on_its_page(client: Browser, session: Session) -> None:
    document = issued()
    first = queries.list_recipients(document)[0]
    send(document, first)
    session.commit()
    client.sign_in(cast.CLERK).get(f"/recipients/{first.id}/taken-back")
    client.submit(data={"reason": ""}, expect=422)
    client.submit(data={"reason": "Ghi nhầm"}, expect=303)
    client.get(f"/recipients/{first.id}/taken-back")
    assert "chưa được ghi nhận đã gửi" in client.text


def test_an_entry_made_since_the_page_was_opened_is_not_taken_back_unseen(
    client: Browser, session: Session
) -> None:
    document = issued()
    first = queries.list_recipients(document)[0]
    send(document, first)
    session.commit()
    client.sign_in(cast.CLERK).get(f"/recipients/{first.id}/taken-back")
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        deliveries.take_back_sent(first, "Ghi nhầm ngày", actor=cast.actor(cast.CLERK))
        send(document, first, note="Số vận đơn 118")
        session.commit()
    client.submit(data={"reason": "Ghi nhầm"}, expect=409)
    assert "vừa được đồng chí" in client.text and "Số vận đơn 118" in client.text
    assert client.page.select_one("#reason")["value"] == "Ghi nhầm"
    session.refresh(first)
    assert first.sent_on is not None
    client.submit(data={"reason": "Ghi nhầm"}, expect=303)


def test_a_paper_of_before_gets_its_list_by_one_click(client: Browser, session: Session) -> None:
    document = issued()
    for one in queries.list_recipients(document):
        session.delete(one)
    session.commit()
    client.sign_in(cast.CLERK).get(f"/documents/{document.id}")
    assert "ban hành trước khi có danh sách nơi nhận" in client.text
    client.post(f"/documents/{document.id}/recipients", expect=303)
    assert "UBND xã Long Phước" in lines(document)


def test_a_paper_entered_by_its_number_has_no_recipients(client: Browser, session: Session) -> None:
    document = documents.delivered().document
    assert deliveries.list_up(document) == []
    client.sign_in(cast.CLERK).get(f"/documents/{document.id}")
    assert "Gửi đến nơi nhận" not in client.text


def test_units_learn_nothing_of_where_else_it_went(client: Browser, session: Session) -> None:
    document = issued()
    first = queries.list_recipients(document)[0]
    client.sign_in(cast.HEAD).get(f"/documents/{document.id}")
    assert "Gửi đến nơi nhận" not in client.text
    client.get(f"/documents/{document.id}/sending", expect=404)
    client.get(f"/recipients/{first.id}/taken-back", expect=404)
    client.sign_in(cast.MEMBER).get(f"/documents/{document.id}/sending", expect=403)


def test_the_list_is_read_at_once_however_long_it_is(client: Browser, session: Session) -> None:
    document = issued()
    client.sign_in(cast.CLERK)
    with count_queries(session) as few:
        client.get(f"/documents/{document.id}/sending")
    clerk = cast.person(cast.CLERK)
    for place in range(50, 80):
        session.add(
            Recipient(
                document_id=document.id, ordinal=place, name=f"Nơi {place}", sent_on=TODAY,
                way=SendingWay.MAIL, recorded_by=clerk.id, recorded_at=clock.now(),
            )
        )  # fmt: skip
    session.commit()
    with count_queries(session) as many:
        client.get(f"/documents/{document.id}/sending")
    assert len(many) == len(few)
