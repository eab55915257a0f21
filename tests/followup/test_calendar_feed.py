"""The calendar feed: secret, one's own, read anew each time, and in the form that calendars read."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta

import pytest
from flask import Flask, g
from icalendar import Calendar
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Account, Appointment
from app.audit.models import Event
from app.db import Base
from app.deadlines.badge import DeadlineKind
from app.extensions import db, limiter
from app.followup.models import CalendarFeed
from app.remediation import services
from app.remediation.models import Task, TaskAssignment
from app.remediation.values import ExtensionValues
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation
from tests.queries import count_queries

DUE = date(2026, 9, 30)


def given(due_on: date = DUE, unit: str = cast.LONG_PHUOC) -> Task:
    [task] = remediation.issued(due_on=due_on, units=(unit,))
    return task


def opened(client: Browser, who: str) -> str:
    """The path of this person's new secret address."""
    client.sign_in(who).get("/my-calendar")
    client.submit('form[action="/my-calendar"]', {}, expect=200)
    address = client.page.find(id="lich")["value"]
    assert address.startswith("http://127.0.0.1:8000/feeds/")
    return str(address).removeprefix("http://127.0.0.1:8000")


def asked(app: Flask, path: str, **headers: str) -> TestResponse:
    """As a calendar program asks: no session, no cookie, and nobody signed in by the request before."""
    g.pop("_login_user", None)
    return app.test_client().get(
        path, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def events(response: TestResponse) -> dict[str, object]:
    assert response.status_code == 200, response.text
    found = Calendar.from_ical(response.data).walk("VEVENT")
    return {str(event["UID"]): event for event in found}


def extend(task: Task, until: date) -> None:
    values = ExtensionValues(
        new_due_on=until, reason="Chờ thiết bị", requested_by=cast.person(cast.HEAD).id,
        requested_on=date(2026, 9, 20), decided_by=cast.person(cast.LEADER).id,
        reference="Công văn số 12/SNV-CCHC ngày 21/9/2026",
    )  # fmt: skip
    services.extend(task, values, actor=cast.actor(cast.FOLLOWER))
    db.session.commit()


def test_a_date_is_an_all_day_event_whose_end_is_exclusive(
    app: Flask, client: Browser, session: Session
) -> None:
    task = given()
    response = asked(app, opened(client, "head"))
    assert response.content_type == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in response.headers
    text = response.data.decode()
    assert "\r\nDTSTART;VALUE=DATE:20260930\r\n" in text and "\r\nDTEND;VALUE=DATE:20261001\r\n" in text
    assert "\r\nTRANSP:TRANSPARENT\r\n" in text and "VTIMEZONE" not in text
    [(uid, event)] = events(response).items()
    assert uid == f"{task.code.lower()}@127.0.0.1"
    assert event["SUMMARY"] == f"Thời hạn khắc phục: {task.text.rstrip('.;')} – UBND xã Long Phước"
    assert event["URL"] == f"http://127.0.0.1:8000/tasks/{task.id}"
    assert event["DTSTAMP"].dt.tzinfo is not None
    assert Calendar.from_ical(response.data)["X-WR-CALNAME"] == "Thời hạn khắc phục – UBND xã Long Phước"


def test_lines_end_with_crlf_and_are_folded_at_75_octets_between_letters(
    app: Flask, client: Browser, session: Session
) -> None:
    task = given()
    task.text = "Rà soát, cập nhật đầy đủ hồ sơ trễ hạn; gửi thư xin lỗi người dân, doanh nghiệp " * 4
    session.commit()
    data = asked(app, opened(client, "head")).data
    assert data.endswith(b"\r\n") and not re.search(rb"[^\r]\n|\r[^\n]", data)
    lines = data.split(b"\r\n")[:-1]
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two
    unfolded = data.replace(b"\r\n ", b"").decode()
    assert r"Rà soát\, cập nhật đầy đủ hồ sơ trễ hạn\; gửi thư xin lỗi" in unfolded


def test_a_moved_date_keeps_its_uid_and_raises_its_sequence(
    app: Flask, client: Browser, session: Session
) -> None:
    task = given()
    path = opened(client, "head")
    [before] = events(asked(app, path)).values()
    with clock.frozen(datetime(2026, 9, 24, 9, tzinfo=clock.VIETNAM)):
        extend(task, date(2026, 10, 9))
        [after] = events(asked(app, path)).values()
    assert before["UID"] == after["UID"]
    assert (before["DTSTART"].dt, after["DTSTART"].dt) == (DUE, date(2026, 10, 9))
    assert after["DTEND"].dt == date(2026, 10, 10)
    assert after["SEQUENCE"] > before["SEQUENCE"] and after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt


def test_the_same_dates_are_the_same_bytes_and_not_sent_twice(
    app: Flask, client: Browser, session: Session
) -> None:
    task = given()
    path = opened(client, "head")
    first = asked(app, path)
    again = asked(app, path, If_None_Match=first.headers["ETag"])
    assert again.status_code == 304 and again.data == b""
    assert asked(app, path).data == first.data
    extend(task, date(2026, 10, 9))
    assert asked(app, path, If_None_Match=first.headers["ETag"]).status_code == 200


def test_each_person_reads_their_own_and_no_persons_name(
    app: Flask, client: Browser, session: Session
) -> None:
    here, there = given(), given(unit=cast.AN_PHUOC)
    session.add(
        TaskAssignment(
            task=here, person_id=cast.person(cast.OFFICER).id, officer_name="Mai Thị Làm Mẫu",
            assigned_by=cast.person(cast.HEAD).id,
        )
    )  # fmt: skip
    session.commit()
    wanted = {
        "head": {here}, "officer": {here}, "other-head": {there}, "follower": {here, there},
        "leader": set(), "observer": set(), "outsider": set(), "administrator": set(),
    }  # fmt: skip
    for who, tasks in wanted.items():
        response = asked(app, opened(client, who))
        assert set(events(response)) == {f"{task.code.lower()}@127.0.0.1" for task in tasks}, who
        for person in cast.PEOPLE:
            assert person.name not in response.data.replace(b"\r\n ", b"").decode(), who


def test_what_is_handed_in_leaves_and_what_is_to_be_reviewed_comes(
    app: Flask, client: Browser, session: Session
) -> None:
    task = given()
    [waiting] = remediation.issued(kind=DeadlineKind.CONDITIONAL)
    path = opened(client, "head")
    told = events(asked(app, path))
    assert len(told) == 2
    review = told[f"{waiting.code.lower()}@127.0.0.1"]
    assert review["DTSTART"].dt == date(2026, 10, 15) and review["SUMMARY"].startswith("Rà soát: ")
    remediation.submitted(task)
    assert set(events(asked(app, path))) == {f"{waiting.code.lower()}@127.0.0.1"}


def test_who_moves_on_sees_what_they_may_see_now(app: Flask, client: Browser, session: Session) -> None:
    given()
    path = opened(client, "head")
    assert len(events(asked(app, path))) == 1
    post = session.query(Appointment).filter_by(person_id=cast.person(cast.HEAD).id).one()
    post.to_on = clock.today() - timedelta(days=1)
    session.commit()
    assert events(asked(app, path)) == {}


def test_only_the_hash_is_kept_and_the_address_is_shown_once(client: Browser, session: Session) -> None:
    path = opened(client, "head")
    token = path.removeprefix("/feeds/").removesuffix(".ics")
    assert len(token) >= 43, "256 bits"
    kept = session.query(CalendarFeed).one()
    assert kept.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    for table in Base.metadata.tables.values():
        for row in session.execute(table.select()):
            assert token not in repr(row), table.name
    client.get("/my-calendar")
    assert token not in client.page.decode() and client.page.find(id="lich") is None
    names = [event.name for event in session.query(Event).order_by(Event.seq)]
    assert names[-1] == "calendar_feed_opened"


def test_renewing_and_closing_end_the_address_at_once(app: Flask, client: Browser, session: Session) -> None:
    given()
    old = opened(client, "head")
    new = opened(client, "head")
    assert old != new and asked(app, old).status_code == 404 and asked(app, new).status_code == 200
    assert session.query(CalendarFeed).count() == 1
    client.get("/my-calendar")
    client.submit('form[action="/my-calendar/close"]', {}, expect=303)
    assert asked(app, new).status_code == 404
    client.get("/my-calendar")
    assert "Chưa có địa chỉ lịch." in client.text


def test_a_closed_account_and_a_wrong_address_read_nothing(
    app: Flask, client: Browser, session: Session
) -> None:
    path = opened(client, "head")
    account = session.query(Account).filter_by(person_id=cast.person(cast.HEAD).id).one()
    account.active = False
    session.commit()
    assert asked(app, path).status_code == 404
    assert asked(app, "/feeds/khong-co-dia-chi-nay.ics").status_code == 404
    assert asked(app, f"/feeds/{'a' * 300}.ics").status_code == 404
    assert app.test_client().post(path).status_code == 405, "read-only"


@pytest.mark.parametrize("path", ["/feeds/khong-co-dia-chi-nay.ics"])
def test_asking_is_throttled(app: Flask, session: Session, path: str) -> None:
    limiter.enabled = True
    try:
        answers = [asked(app, path).status_code for _ in range(61)]
        elsewhere = asked(app, "/feeds/dia-chi-khac.ics").status_code
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers[:60] == [404] * 60 and answers[60] == 429 and elsewhere == 404


def test_a_feed_asks_as_much_for_many_as_for_one(app: Flask, client: Browser, session: Session) -> None:
    path = opened(client, "follower")
    given()
    asked(app, path)
    sent = []
    for _ in range(2):
        given()
        session.expire_all()
        with count_queries(session) as asked_of:
            assert asked(app, path).status_code == 200
        sent.append(len(asked_of))
    assert sent[0] == sent[1] <= 10
