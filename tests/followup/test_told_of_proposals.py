"""What becomes of a proposal reaches head and đầu mối of its unit: once on screen, in one mail a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.accounts import services as accounts
from app.accounts.models import Account, Appointment
from app.accounts.services import FocalPointValues
from app.extensions import db
from app.findings import services
from app.findings.models import ProposalKind, UnitProposal
from app.findings.services import SentValues
from app.followup import inbox, jobs, mailing
from app.followup.models import Mail, Message
from app.jobs.models import Job
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork, remediation
from tests.factories import findings as made
from tests.factories.handover import dissolve
from tests.followup.mail_server import Kept, mail_server

BODY = "Sở Khoa học và Công nghệ"
TEXT = "Bổ sung chức năng gửi phiếu xin lỗi trên phần mềm một cửa."
FRIDAY, MONDAY = date(2026, 9, 25), date(2026, 9, 28)


@pytest.fixture
def server() -> Iterator[Kept]:
    with mail_server() as kept:
        yield kept


@pytest.fixture(autouse=True)
def begun(session: Session) -> None:
    """The chain was read up to here."""
    delivered()


def delivered() -> None:
    """The job, as the worker runs it."""
    jobs.deliver_messages(Job(kind="deliver_messages", payload={}))
    db.session.commit()


def mailed(day: date, hour: int = 8) -> None:
    """The jobs of a morning."""
    with clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=clock.VIETNAM)):
        delivered()
        jobs.remind(Job(kind="remind", payload={}))
        db.session.commit()
        jobs.send_mails(Job(kind="send", payload={}))
        db.session.commit()


def sent(text: str = TEXT) -> UnitProposal:
    found = services.send_proposal(
        cast.unit(cast.LONG_PHUOC), SentValues(ProposalKind.PROPOSAL, text), actor=cast.actor(cast.HEAD)
    )
    db.session.commit()
    return found


def route(proposal: UnitProposal, body: str = BODY, due_on: date | None = date(2026, 10, 15)) -> None:
    services.route_proposal(proposal, body, due_on, actor=cast.actor(cast.FOLLOWER))
    db.session.commit()


def answer(proposal: UnitProposal) -> None:
    services.answer_proposal(
        proposal, answer="Bổ sung trong quý IV.", reference="99/SNV-CCHC", on=date(2026, 9, 22),
        actor=cast.actor(cast.FOLLOWER),
    )  # fmt: skip
    db.session.commit()


def texts(who: str) -> list[str]:
    return [one.text for one in inbox.list_messages(cast.actor(who))]


def appoint(part: str = cast.OFFICER) -> None:
    """The officer of xã Long Phước speaks for it."""
    accounts.appoint_focal_point(
        cast.unit(cast.LONG_PHUOC),
        FocalPointValues(from_on=date(2026, 9, 1), person_id=cast.person(part).id),
        actor=cast.actor(cast.HEAD),
    )
    db.session.commit()


def test_head_and_focal_point_learn_who_answers_and_that_it_is_answered(client: Browser) -> None:
    appoint()
    proposal = sent()
    route(proposal)
    delivered()
    answer(proposal)
    delivered()
    delivered()
    told = [
        "Trả lời kiến nghị của đơn vị: 99/SNV-CCHC",
        f"Xác định cơ quan, thời hạn trả lời kiến nghị: {BODY}, chậm nhất hết ngày 15/10/2026",
    ]
    assert texts(cast.HEAD) == texts(cast.OFFICER) == told
    for who in (cast.OTHER_HEAD, cast.FOLLOWER, cast.LEADER, cast.OBSERVER):
        assert texts(who) == [], who
    client.sign_in(cast.HEAD).get("/messages")
    links = {link["href"] for link in client.page.select("tbody a")}
    assert links == {f"/proposals/{proposal.id}"} and TEXT in client.text
    assert "(02 chưa đọc)" in client.page.find("header").text


def test_a_mere_officer_is_not_told(client: Browser) -> None:
    route(sent())
    delivered()
    assert texts(cast.OFFICER) == [] and len(texts(cast.HEAD)) == 1


def test_one_form_that_names_who_answers_and_the_answer_is_told_once(client: Browser) -> None:
    proposal = sent()
    client.sign_in(cast.FOLLOWER).get(f"/proposals/{proposal.id}")
    client.submit(
        data={
            "answering_body": BODY, "answer_due_on": "30/9/2026", "answer": "Tập huấn trong tháng 10.",
            "answer_reference": "99/SNV-CCHC", "answered_on": "22/9/2026",
        }
    )  # fmt: skip
    delivered()
    assert texts(cast.HEAD) == ["Trả lời kiến nghị của đơn vị: 99/SNV-CCHC"]


def test_the_same_body_and_day_written_again_are_no_news() -> None:
    proposal = sent()
    route(proposal)
    route(proposal)
    delivered()
    assert len(texts(cast.HEAD)) == 1
    route(proposal, due_on=date(2026, 10, 20))
    delivered()
    assert len(texts(cast.HEAD)) == 2


def test_what_was_said_in_a_case_is_told_once_the_minutes_are_signed(session: Session) -> None:
    unit = fieldwork.opened().units[0]
    proposal = made.proposal(unit)
    session.commit()
    route(proposal)
    delivered()
    assert texts(cast.HEAD) == []
    fieldwork.signed(unit.visits[0])
    session.commit()
    answer(proposal)
    delivered()
    assert texts(cast.HEAD) == ["Trả lời kiến nghị của đơn vị: 99/SNV-CCHC"]


def test_a_mistake_that_is_taken_away_takes_its_messages_along(session: Session) -> None:
    unit = fieldwork.opened().units[0]
    fieldwork.signed(unit.visits[0])
    proposal = made.proposal(unit)
    session.commit()
    route(proposal)
    delivered()
    assert len(texts(cast.HEAD)) == 1
    services.remove_proposal(proposal, actor=cast.actor(cast.SECRETARY))
    session.commit()
    delivered()
    assert texts(cast.HEAD) == [] and session.query(Message).count() == 0


def test_the_successor_is_told_and_the_former_head_is_not(client: Browser, session: Session) -> None:
    proposal = sent()
    gone = dissolve(cast.AN_PHUOC)
    session.commit()
    answer(proposal)
    delivered()
    assert texts(cast.OTHER_HEAD) == ["Trả lời kiến nghị của đơn vị: 99/SNV-CCHC"]
    assert texts(cast.HEAD) == []
    client.sign_in(cast.OTHER_HEAD).get("/messages")
    client.get(client.page.select("tbody a")[0]["href"])
    assert f"kế thừa từ {gone.name}" in client.text


def test_who_moved_on_reads_nothing_of_it(session: Session) -> None:
    route(sent())
    delivered()
    post = session.query(Appointment).filter_by(person_id=cast.person(cast.HEAD).id).one()
    post.to_on = clock.today()
    session.commit()
    with clock.frozen(datetime(2026, 12, 1, 8, tzinfo=clock.VIETNAM)):
        [entry] = inbox.list_messages(cast.actor(cast.HEAD))
    assert entry.proposal_id is None and TEXT not in repr(entry)
    assert entry.text == "Kiến nghị không còn thuộc phạm vi công việc"


def test_the_mail_of_the_day_tells_it_once(server: Kept, session: Session) -> None:
    proposal = sent()
    route(proposal)
    mailed(FRIDAY)
    [mail] = server.mails
    words = mail.get_content()
    assert mail["Subject"] == (
        "Kiến nghị của đơn vị: 01 kiến nghị có cơ quan, hạn trả lời – UBND xã Long Phước"
    )
    assert f"1. {BODY} trả lời, chậm nhất hết ngày 15/10/2026: {TEXT}" in words
    assert "Kính gửi: Đồng chí" in words and "gửi đề nghị gia hạn" not in words
    mailed(FRIDAY, 9)
    mailed(MONDAY)
    assert len(server.mails) == 1
    answer(proposal)
    mailed(MONDAY, 9)
    assert len(server.mails) == 2
    assert f"1. Đã trả lời ngày 22/9/2026 (99/SNV-CCHC): {TEXT}" in server.mails[1].get_content()
    assert [mail.told_on for mail in session.query(Mail).order_by(Mail.id)] == [FRIDAY, MONDAY]


def test_it_joins_the_mail_on_tasks_and_the_second_of_a_day_waits(server: Kept) -> None:
    remediation.issued(due_on=date(2026, 9, 30))
    first, second = sent(), sent("Bổ sung biên chế.")
    answer(first)
    mailed(FRIDAY)
    answer(second)
    mailed(FRIDAY, 15)
    to_head = [mail for mail in server.mails if "Long Phước" in mail["Subject"]]
    assert len(to_head) == 1
    assert to_head[0]["Subject"] == (
        "Nhắc việc khắc phục sau kiểm tra: 01 nội dung đến hạn ngày 30/9/2026, 01 kiến nghị đã được trả lời "
        "– UBND xã Long Phước"
    )
    words = to_head[0].get_content()
    assert "Kiến nghị của đơn vị:" in words and "chỉ đạo thực hiện" in words and "biên chế" not in words
    mailed(MONDAY)
    assert (
        "Bổ sung biên chế." in server.mails[-1].get_content() and TEXT not in server.mails[-1].get_content()
    )


def test_nothing_leaves_on_a_day_off_nor_to_who_has_no_way_in(server: Kept, session: Session) -> None:
    answer(sent())
    delivered()
    mailed(date(2026, 9, 26))
    assert not server.mails
    account = session.query(Account).filter_by(person_id=cast.person(cast.HEAD).id).one()
    account.active = False
    session.commit()
    mailed(MONDAY)
    assert not server.mails
    account.active = True
    session.commit()
    mailed(MONDAY, 15)
    assert len(server.mails) == 1


def test_news_that_no_mail_can_bring_is_shown_to_who_keeps_the_product(
    server: Kept, session: Session, client: Browser
) -> None:
    session.query(Account).filter_by(person_id=cast.person(cast.HEAD).id).one().email = "chutichlongphuoc"
    route(sent())
    mailed(FRIDAY)
    assert not server.mails
    with clock.frozen(clock.at(FRIDAY)):
        client.sign_in(cast.ADMINISTRATOR).get("/mails")
    assert "Chưa có địa chỉ thư: 01 đồng chí" in client.text and "chutichlongphuoc" in client.text


def test_old_news_is_not_mailed_when_a_mail_server_comes_weeks_later(session: Session) -> None:
    answer(sent())
    delivered()
    with mail_server() as kept:
        mailed(date(2026, 10, 12))
        assert not kept.mails
    assert session.query(Message).count() == 1


def test_what_is_foretold_of_a_day_is_what_is_sent(server: Kept) -> None:
    answer(sent())
    delivered()
    with clock.frozen(datetime(2026, 9, 25, 7, tzinfo=clock.VIETNAM)):
        foretold = [(one.address, one.subject) for one in mailing.plan(FRIDAY, "http://localhost:5000", [])]
    mailed(FRIDAY)
    assert foretold == [(mail["To"], mail["Subject"]) for mail in server.mails] and len(foretold) == 1


def test_the_follower_gets_words_to_paste_for_a_unit_without_accounts(
    client: Browser, session: Session
) -> None:
    values = SentValues(ProposalKind.PROPOSAL, TEXT, reference="31/UBND-VP", sent_on=date(2026, 9, 18))
    proposal = services.send_proposal(
        cast.unit(cast.LONG_THANH), values, actor=cast.actor(cast.FOLLOWER), on_behalf=True
    )
    session.commit()
    client.sign_in(cast.FOLLOWER).get(f"/proposals/{proposal.id}")
    assert not client.page.select("[data-copy]"), "there is nothing to tell yet"
    answer(proposal)
    delivered()
    client.get(f"/proposals/{proposal.id}")
    [box] = client.page.select("textarea[readonly]")
    unit = cast.unit(cast.LONG_THANH).name
    assert box.text == f"{unit}, kiến nghị: Đã trả lời ngày 22/9/2026 (99/SNV-CCHC): {TEXT}"
    assert session.query(Message).count() == 0
    client.sign_in(cast.LEADER).get(f"/proposals/{proposal.id}")
    assert not client.page.select("[data-copy]")


def test_a_unit_with_accounts_needs_no_pasting(client: Browser, session: Session) -> None:
    proposal = sent()
    answer(proposal)
    client.sign_in(cast.FOLLOWER).get(f"/proposals/{proposal.id}")
    assert not client.page.select("[data-copy]")
    dissolve(cast.AN_PHUOC, cast.LONG_THANH)
    session.commit()
    client.get(f"/proposals/{proposal.id}")
    [box] = client.page.select("textarea[readonly]")
    assert box.text.startswith(f"{cast.unit(cast.LONG_THANH).name} (kế thừa từ UBND xã Long Phước)")
