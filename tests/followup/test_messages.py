"""What reaches people on screen: each act once, whom it concerns, nothing of another unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Appointment
from app.extensions import db
from app.followup import inbox, jobs, reminding
from app.followup.models import Message, MessageCursor, Reminder
from app.jobs.models import Job
from app.remediation import services
from app.remediation.models import Task
from app.remediation.values import ExtensionValues
from app.web.paging import Cursor, parse_cursor
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation
from tests.queries import count_queries


def delivered() -> None:
    """The job, as the worker runs it."""
    jobs.deliver_messages(Job(kind="deliver_messages", payload={}))
    db.session.commit()


@pytest.fixture
def begun(session: Session) -> None:
    """The chain was read up to here."""
    delivered()


def given(unit: str = cast.LONG_PHUOC) -> Task:
    [task] = remediation.issued(due_on=date(2026, 9, 30), units=(unit,))
    return task


def texts(who: str) -> list[str]:
    return [one.text for one in inbox.list_messages(cast.actor(who))]


def unread(who: str) -> int:
    return inbox.count_unread(cast.person(who).id)


def extend(task: Task) -> None:
    values = ExtensionValues(
        new_due_on=date(2026, 10, 9), reason="Chờ thiết bị", requested_by=cast.person(cast.HEAD).id,
        requested_on=date(2026, 9, 20), decided_by=cast.person(cast.LEADER).id,
        reference="Công văn số 12/SNV-CCHC ngày 21/9/2026",
    )  # fmt: skip
    services.extend(task, values, actor=cast.actor(cast.FOLLOWER))
    db.session.commit()


def test_acts_reach_whom_they_concern_once_and_not_who_did_them(begun: None) -> None:
    task = given()
    extend(task)
    remediation.submitted(task)
    services.send_back(
        task, comment="Thiếu biên bản", due_on=date(2026, 10, 5), actor=cast.actor(cast.FOLLOWER)
    )
    db.session.commit()
    delivered()
    delivered()
    assert texts(cast.HEAD) == [
        "Đề nghị bổ sung: Thiếu biên bản", "Gia hạn từ 30/9/2026 đến 09/10/2026: Chờ thiết bị",
    ]  # fmt: skip
    assert texts(cast.FOLLOWER) == ["Gửi kết quả khắc phục: 87/BC-UBND"]
    assert unread(cast.HEAD) == 2 and unread(cast.FOLLOWER) == 1
    for who in (cast.OTHER_HEAD, cast.OFFICER, cast.LEADER, cast.OBSERVER):
        assert texts(who) == [] and unread(who) == 0, who


def test_what_was_before_the_first_run_is_no_news(session: Session) -> None:
    extend(given())
    delivered()
    assert session.query(Message).count() == 0 and session.query(MessageCursor).one().seq > 0


def test_a_run_that_dies_loses_nothing_and_many_events_take_several_runs(
    session: Session, begun: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        extend(given())
    inbox.deliver_events()
    session.rollback()  # killed before the commit
    monkeypatch.setattr(inbox, "AT_ONCE", 2)
    delivered()
    assert unread(cast.HEAD) == 2
    delivered()
    delivered()
    assert unread(cast.HEAD) == 3


def test_reminders_of_the_ladder_are_there_too(session: Session) -> None:
    given()
    with clock.frozen(datetime(2026, 9, 25, 8, tzinfo=clock.VIETNAM)):
        reminding.remind(clock.today())
        session.commit()
    assert texts(cast.HEAD) == ["Nhắc việc: trước 03 ngày, thời hạn 30/9/2026"] and unread(cast.HEAD) == 1


def test_the_bell_counts_and_each_is_marked_as_read(client: Browser, session: Session, begun: None) -> None:
    first, second = given(), given()
    extend(first)
    extend(second)
    delivered()
    client.sign_in("head").get("/")
    assert "Nhắc việc (02 chưa đọc)" in " ".join(client.page.find("header").text.split())
    client.get("/messages")
    assert client.page.select(f'a[href="/tasks/{first.id}"]') and client.page.select(
        f'a[href="/tasks/{second.id}"]'
    )
    forms = client.page.select('td form[action="/messages/read"]')
    client.post("/messages/read", data={"what": forms[0].find("input", {"name": "what"})["value"]})
    client.get("/messages")
    assert "(01 chưa đọc)" in client.page.find("header").text
    client.submit('main .kl-object form[action="/messages/read"]', {}, expect=303)
    client.get("/messages")
    assert "chưa đọc" not in client.page.find("header").text
    assert len(client.page.select("tbody tr")) == 2, "read ones stay in the list"


@pytest.mark.parametrize("what", ["m999999", "r1", "x1", "", "m", "m²", "m" + "9" * 30])
def test_nothing_of_anybody_else_can_be_marked(client: Browser, begun: None, what: str) -> None:
    extend(given())
    delivered()
    client.sign_in("other-head").get("/messages")
    client.post("/messages/read", data={"what": what}, expect=404)
    assert unread(cast.HEAD) == 1


def test_another_persons_message_is_not_found(client: Browser, session: Session, begun: None) -> None:
    extend(given())
    delivered()
    [message] = session.query(Message)
    with pytest.raises(inbox.NotFound):
        inbox.mark_read(f"m{message.id}", actor=cast.actor(cast.OTHER_HEAD))
    inbox.mark_read(f"m{message.id}", actor=cast.actor(cast.HEAD))
    assert unread(cast.HEAD) == 0


def test_who_moved_on_reads_nothing_of_the_unit(session: Session, begun: None) -> None:
    task = given()
    extend(task)
    delivered()
    post = session.query(Appointment).filter_by(person_id=cast.person(cast.HEAD).id).one()
    post.to_on = clock.today()
    session.commit()
    with clock.frozen(datetime(2026, 12, 1, 8, tzinfo=clock.VIETNAM)):
        [entry] = inbox.list_messages(cast.actor(cast.HEAD))
    assert entry.task_id is None and task.text not in repr(entry) and "Gia hạn" not in entry.text


def test_the_list_asks_as_much_for_many_as_for_one(client: Browser, session: Session, begun: None) -> None:
    client.sign_in("head")
    sent = []
    for _ in range(2):
        extend(given())
        delivered()
        client.get("/messages")
        with count_queries(session) as asked:
            client.get("/messages")
        sent.append(len(asked))
    assert sent[0] == sent[1] <= 9


def _many(number: int) -> list[str]:
    """So many messages and reminders for the head, several at one instant; their keys, newest first."""
    for _ in range(number):
        extend(task := given())
    db.session.commit()
    delivered()
    person, other = cast.person(cast.HEAD).id, cast.person(cast.OTHER_HEAD).id
    for turn in range(number):
        for whose in (person, other):
            db.session.add(
                Reminder(
                    task_id=task.id, person_id=whose, due_on=date(2026, 9, 30), rung=f"after-{turn}",
                    rung_on=clock.today(), made_at=clock.now() + timedelta(minutes=turn // 3),
                )
            )  # fmt: skip
    db.session.commit()
    rows = [(m.made_at, "m", m.id) for m in db.session.query(Message).filter_by(person_id=person)]
    rows += [(r.made_at, "r", r.id) for r in db.session.query(Reminder).filter_by(person_id=person)]
    return [f"{kind}{key}" for _, kind, key in sorted(rows, reverse=True)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 20])
def test_pages_hold_every_entry_once_in_both_directions(session: Session, begun: None, size: int) -> None:
    expected = _many(3)
    head = cast.actor(cast.HEAD)
    seen, cursor, pages = [], None, []
    while True:
        page = inbox.list_messages(head, cursor=cursor, size=size)
        pages.append([one.key for one in page])
        seen += pages[-1]
        if page.next_cursor is None:
            break
        cursor = parse_cursor(page.next_cursor, str, str, int)
    assert seen == expected and len(expected) == 6
    for earlier in reversed(pages[:-1]):
        assert page.previous_cursor is not None
        page = inbox.list_messages(head, cursor=parse_cursor(page.previous_cursor, str, str, int), size=size)
        assert [one.key for one in page] == earlier
    assert page.previous_cursor is None


def test_the_page_leads_on_and_back_and_refuses_what_it_did_not_write(
    client: Browser, session: Session, begun: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox.list_messages, "__kwdefaults__", {"cursor": None, "size": 4})
    _many(3)
    client.sign_in("head").get("/messages")
    assert len(client.page.select("tbody tr")) == 4
    client.get(client.page.select("a[rel='next']")[0]["href"])
    assert len(client.page.select("tbody tr")) == 2 and not client.page.select("a[rel='next']")
    client.get(client.page.select("a[rel='prev']")[0]["href"])
    assert len(client.page.select("tbody tr")) == 4 and not client.page.select("a[rel='prev']")
    for at in ("mai", "2026-09-23T10:00:00", ""):
        client.get(f"/messages?cursor={Cursor((at, 'm', 1)).encode()}", expect=400)
    client.get("/messages?cursor=x", expect=400)


def test_an_empty_list_says_what_will_stand_there(client: Browser) -> None:
    client.sign_in("other-head").get("/messages")
    assert "Chưa có việc nào được nhắc." in client.text and not client.page.select("table")
