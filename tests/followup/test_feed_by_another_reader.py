"""The calendar feed read by a second library, which shares nothing with the one that writes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import vobject
from flask import Flask, g
from sqlalchemy.orm import Session

from app.deadlines.badge import DeadlineKind
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation

LONG = "Rà soát, cập nhật đầy đủ hồ sơ trễ hạn; gửi thư xin lỗi người dân (mẫu 04)\\ " * 4
DAY = timedelta(days=1)


def feed(app: Flask, client: Browser, who: str) -> bytes:
    """What a calendar program of this person is given."""
    client.sign_in(who).get("/my-calendar")
    client.submit('form[action="/my-calendar"]', {}, expect=200)
    path = str(client.page.find(id="lich")["value"]).removeprefix("http://127.0.0.1:8000")
    g.pop("_login_user", None)
    return app.test_client().get(path).data


@pytest.mark.parametrize("who", [cast.HEAD, cast.FOLLOWER])
def test_another_library_reads_the_same_days_and_words(
    app: Flask, client: Browser, session: Session, who: str
) -> None:
    days = (date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31))
    tasks = [remediation.issued(due_on=day)[0] for day in days]
    tasks += remediation.issued(kind=DeadlineKind.CONTINUING)
    tasks[0].text = LONG.strip()
    session.commit()
    calendar = vobject.readOne(feed(app, client, who).decode(), validate=True)
    assert calendar.name == "VCALENDAR" and calendar.version.value == "2.0" and calendar.prodid.value
    events = calendar.vevent_list
    assert len(events) == len({event.uid.value for event in events}) >= len(days)
    by_address = {event.url.value: event for event in events}
    for task, day in zip(tasks[:3], days, strict=True):
        event = by_address[f"http://127.0.0.1:8000/tasks/{task.id}"]
        assert (event.dtstart.value, event.dtend.value) == (day, day + DAY)
        assert not isinstance(event.dtstart.value, datetime), "a day, no hour of some time zone"
        assert " ".join(task.text.rstrip(".; ").split()) in " ".join(event.summary.value.split())
        assert event.transp.value == "TRANSPARENT" and int(event.sequence.value) >= 0
        assert event.dtstamp.value.utcoffset() == timedelta(0)


def test_a_feed_without_dates_is_a_calendar_that_another_library_opens(
    app: Flask, client: Browser, session: Session
) -> None:
    calendar = vobject.readOne(feed(app, client, cast.OTHER_HEAD).decode())
    assert calendar.name == "VCALENDAR" and not calendar.contents.get("vevent")
