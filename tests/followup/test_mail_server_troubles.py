"""Mail servers as offices have them: away, silent, choosy, rude at the end. No mail lost, none twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

import config
from app import clock
from app.extensions import db
from app.followup import jobs, undelivered
from app.followup.models import Mail, MailState
from app.jobs.models import Job
from app.postbox import Letter, postbox
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation
from tests.followup.mail_server import Kept, mail_server
from tests.queries import count_queries

DAY = date(2026, 9, 30)
UNITS = (cast.LONG_PHUOC, cast.AN_PHUOC)


@pytest.fixture
def server() -> Iterator[Kept]:
    with mail_server() as kept:
        yield kept


def run(hour: int, minute: int = 0, day: date = DAY) -> str:
    with clock.frozen(clock.at(day, hour, minute)):
        jobs.remind(Job(kind="", payload={}))
        told = jobs.send_mails(Job(kind="", payload={}))
        db.session.commit()
    return told


def states(session: Session) -> list[MailState]:
    session.expire_all()
    return [mail.state for mail in session.query(Mail).order_by(Mail.id)]


@contextmanager
def to_port(port: int) -> Iterator[None]:
    """The product's mails go there instead."""
    before = postbox._smtp
    postbox.open(config.Smtp("127.0.0.1", port, "none", "nhacviec@vidu.example"))
    try:
        yield
    finally:
        postbox.open(before)


@contextmanager
def talking(*answers: str) -> Iterator[int]:
    """A server that greets and answers each line with the next words, then hangs without closing."""
    listener = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            kept.append(peer)
            lines = peer.makefile("rb")
            for place, answer in enumerate(answers):
                if place and answers[place - 1].startswith("354"):
                    while lines.readline().strip() != b".":
                        pass
                elif place:
                    lines.readline()
                peer.sendall(answer.encode() + b"\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for peer in kept:
            peer.close()
        thread.join(5)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nobody_listens_for_a_day_and_each_mail_comes_once(session: Session, server: Kept) -> None:
    remediation.issued(due_on=DAY, units=UNITS)
    with to_port(closed_port()):
        for hour in range(8, 24):
            told = run(hour)
            assert "máy chủ thư chưa nhận: ConnectionRefusedError" in told
    assert len(states(session)) == 2 and MailState.SENT not in states(session)
    run(8, day=date(2026, 10, 1))
    run(9, day=date(2026, 10, 1))
    assert states(session) == [MailState.SENT] * 2
    assert sorted(str(mail["To"]) for mail in server.mails) == sorted({str(m["To"]) for m in server.mails})
    assert len(server.mails) == 2


@pytest.mark.parametrize(
    "said",
    [(), ("220 here",), ("220 here", "250 go on", "250 sender", "250 you"), ("421 busy",)],
    ids=["silent", "greets", "until-data", "busy"],
)
def test_a_server_that_hangs_before_it_has_the_mail_is_asked_again(
    session: Session, server: Kept, monkeypatch: pytest.MonkeyPatch, said: tuple[str, ...]
) -> None:
    monkeypatch.setattr(postbox, "patience", 0.3)
    remediation.issued(due_on=DAY, units=(cast.LONG_PHUOC,))
    with talking(*said) as port, to_port(port):
        run(8)
    assert states(session) == [MailState.FAILED]
    run(9)
    run(10)
    assert states(session) == [MailState.SENT] and len(server.mails) == 1


def test_a_server_that_hangs_with_the_mail_in_hand_is_not_given_it_twice(
    session: Session, server: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postbox, "patience", 0.3)
    remediation.issued(due_on=DAY, units=(cast.LONG_PHUOC,))
    with talking("220 here", "250 go on", "250 sender", "250 you", "354 speak") as port, to_port(port):
        run(8)
    run(9)
    assert states(session) == [MailState.SENDING] and not server.mails
    with clock.frozen(clock.at(DAY, 9)):
        [unclear] = undelivered.list_unsent()
    assert "imeout" in unclear.error or "timed out" in unclear.error


def test_a_server_that_is_rude_at_the_end_has_the_mail_all_the_same(session: Session) -> None:
    remediation.issued(due_on=DAY, units=(cast.LONG_PHUOC,))
    polite = ("220 here", "250 go on", "250 sender", "250 you", "354 speak", "250 taken")
    with talking(*polite, "421 go away") as port, to_port(port):
        assert run(8) == "Đã gửi 01 thư"
    assert states(session) == [MailState.SENT]


def test_mailboxes_that_are_refused_keep_nobody_else_waiting(session: Session, server: Kept) -> None:
    remediation.issued(due_on=DAY, units=UNITS)

    async def refuse(_server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address == refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    with clock.frozen(clock.at(DAY, 8)):
        jobs.remind(Job(kind="", payload={}))
        db.session.commit()
    first = session.query(Mail).order_by(Mail.id).first()
    assert first is not None
    refused = first.address
    server.handle_RCPT = refuse  # type: ignore[attr-defined]
    assert run(8, 1) == "Đã gửi 01 thư; máy chủ thư từ chối 01 thư"
    assert states(session) == [MailState.FAILED, MailState.SENT]
    del server.handle_RCPT  # type: ignore[attr-defined]
    run(9)
    run(10)
    assert states(session) == [MailState.SENT] * 2 and len(server.mails) == 2


def test_who_keeps_the_product_sees_that_mails_do_not_leave(
    client: Browser, session: Session, server: Kept
) -> None:
    remediation.issued(due_on=DAY, units=(cast.LONG_PHUOC,))
    with to_port(closed_port()):
        run(8)
    with clock.frozen(datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=clock.VIETNAM)):
        client.sign_in("administrator").get("/")
        assert "01 thư nhắc việc chưa gửi được" in client.text
        client.get("/mails")
        assert "ConnectionRefusedError" in client.text and "Chưa gửi được" in client.text
        client.sign_in("head").get("/mails", expect=403)


def test_the_list_of_unsent_mails_asks_as_much_for_many_as_for_one(
    client: Browser, session: Session, server: Kept
) -> None:
    sent = []
    for units in ((cast.LONG_PHUOC,), (cast.AN_PHUOC, cast.LONG_THANH)):
        remediation.issued(due_on=DAY, units=units)
        with to_port(closed_port()):
            run(8)
        with clock.frozen(datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=clock.VIETNAM)):
            client.sign_in("administrator").get("/mails")
            with count_queries(session) as asked:
                client.get("/mails")
        sent.append((len(client.page.select("main tbody tr")), len(asked)))
    (few, asked_few), (many, asked_many) = sent
    assert few < many and asked_few == asked_many <= 10


def test_a_long_subject_arrives_word_for_word(server: Kept) -> None:
    words = [
        "Nhắc",
        "việc",
        "khắc",
        "phục",
        "sau",
        "kiểm",
        "tra:",
        "01",
        "yêu",
        "cầu",
        "chờ",
        "trả",
        "lời,",
        "01",
        "việc",
        "trong",
        "lộ",
        "trình,",
        "02",
        "nội",
        "dung",
        "đến",
        "hạn",
        "ngày",
        "11/11/2026",
        "–",
        "UBND",
        "xã",
        "An",
        "Phước",
    ]
    for turned in range(len(words)):
        subject = " ".join((*words[turned:], *words[:turned]))
        postbox.send(Letter(f"thu-{turned}", "head@mau.example", subject, "Kính gửi.\n.\n"))
        assert server.mails[-1]["Subject"] == subject
