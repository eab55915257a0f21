"""A year of the calendar waits for its announcement: who keeps it is told until it is confirmed."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import queries, services
from app.deadlines.models import CalendarVersion
from app.deadlines.seeds import DayEntry
from app.errors import Conflict
from app.extensions import db
from app.followup import mailing
from app.followup.models import Mail
from tests.conftest import Browser

NOVEMBER = date(2026, 11, 2)


def confirm_all(upto: int) -> CalendarVersion:
    newest = queries.get_calendar_version(queries.list_calendar_versions()[0].number)
    days = [DayEntry(e.day, e.kind, e.name, e.source, e.verified or e.day.year <= upto) for e in newest.days]
    return services.publish_calendar(days, None, effective_from=newest.effective_from)


def test_the_next_year_is_asked_for_from_november_until_it_is_confirmed(session: Session) -> None:
    assert queries.year_to_confirm(date(2026, 10, 31)) is None
    waiting = queries.year_to_confirm(NOVEMBER)
    assert waiting is not None and waiting.year == 2027 and date(2027, 2, 8) in waiting.days
    assert waiting.told == f"còn {len(waiting.days):02d} ngày dự kiến"
    under_way = queries.year_to_confirm(date(2027, 1, 4))
    assert under_way is not None and under_way.year == 2027, "it goes on in the year itself"
    confirm_all(2027)
    assert queries.year_to_confirm(NOVEMBER) is None
    assert queries.year_to_confirm(date(2027, 10, 31)) is None


def test_a_year_without_its_days_is_not_confirmed(session: Session) -> None:
    confirm_all(2027)
    waiting = queries.year_to_confirm(date(2027, 11, 1))
    assert waiting is not None and (waiting.year, waiting.days) == (2028, ())
    assert waiting.told == "chưa có đủ ngày nghỉ của năm"


def test_a_year_is_added_as_far_as_it_can_be_computed(client: Browser, session: Session) -> None:
    client.sign_in("administrator").get("/calendar")
    client.submit("main form[action$='/add-year']")
    client.follow()
    assert "Đã thêm các ngày dự kiến của năm 2028." in client.text and "Năm 2028" in client.text
    session.expire_all()
    days = {entry.day: entry for entry in queries.get_calendar_version(2).days}
    assert days[date(2028, 9, 1)].verified is False and days[date(2028, 5, 1)].verified
    assert {entry.day for entry in queries.get_calendar_version(1).days} < set(days)
    waiting = queries.year_to_confirm(date(2027, 12, 1))
    assert waiting is not None
    with pytest.raises(Conflict, match="Lịch đã có đến năm 2028"):
        services.add_computed_year(None)
    client.sign_in("planner").get("/calendar")
    client.post("/calendar/add-year", expect=403)


def test_who_keeps_the_catalogue_finds_it_among_the_work_and_nobody_else(client: Browser) -> None:
    with clock.frozen(clock.at(NOVEMBER)):
        client.sign_in("administrator").get("/")
        assert "Lịch làm việc năm 2027" in client.text
        client.get("/calendar?year=2027")
        assert "Lịch làm việc năm 2027 còn" in client.text and "Dự kiến" in client.text
        client.sign_in("planner").get("/")
        assert "Lịch làm việc năm 2027" not in client.text
        client.get("/calendar?year=2027")
        assert "Lịch làm việc năm 2027 còn" not in client.text


def test_the_mail_goes_once_a_year_to_each_keeper_and_never_on_a_day_off(session: Session) -> None:
    def told() -> list[Mail]:
        return list(session.scalars(sa.select(Mail).order_by(Mail.id)))

    assert mailing.tell_keepers(date(2026, 10, 30), "https://kl.example") == 0
    assert mailing.tell_keepers(date(2026, 11, 1), "https://kl.example") == 0, "a Sunday"
    first = mailing.tell_keepers(NOVEMBER, "https://kl.example")
    db.session.commit()
    assert first >= 1
    [mail, *_rest] = told()
    assert "2027" in mail.subject and "https://kl.example/calendar?year=2027" in mail.body
    for day in (NOVEMBER, date(2026, 11, 3), date(2027, 1, 5)):
        assert mailing.tell_keepers(day, "https://kl.example") == 0
    assert len(told()) == first
    confirm_all(2027)
    assert mailing.tell_keepers(date(2027, 11, 2), "https://kl.example") == first, "another year"


@pytest.mark.parametrize(
    ("source", "sure"),
    [
        ("Thông báo số 9441/TB-BNV ngày 16/10/2025", True),
        ("Bộ luật Lao động 2019, Điều 112", True),
        ("Công văn số 12729/VPCP-KGVX, chưa đối chiếu văn bản gốc", False),
        ("Theo tin đã đưa ngày 01/10/2026", False),
        ("", False),
    ],
)
def test_a_paper_with_number_and_day_or_an_article_confirms_a_day(source: str, sure: bool) -> None:
    assert services.is_confirmed_by(source) is sure
