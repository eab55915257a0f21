"""The table as a month: the same lines and filters, counted by day, at any size by one read."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.deadlines.badge import DeadlineKind
from app.followup import month, queries
from app.followup.filters import Filters, conditions_of
from app.remediation import services
from app.remediation.models import Task
from tests import cast
from tests.conftest import ENGINE, Browser
from tests.factories import remediation as made
from tests.queries import count_queries

SEPTEMBER = date(2026, 9, 1)


def days(first: date = SEPTEMBER, **wanted: object) -> dict[int, month.Day]:
    shown = month.month(cast.actor(cast.FOLLOWER), Filters(**wanted), first)
    return {day.on.day: day for week in shown.weeks for day in week if day is not None and day.many}


def test_every_task_stands_on_the_day_of_its_date(session: Session) -> None:
    made.issued(due_on=date(2026, 9, 4))
    made.issued(units=(cast.AN_PHUOC,), due_on=date(2026, 9, 30), findings=2)
    review = made.issued(units=(cast.LONG_THANH,), kind=DeadlineKind.CONTINUING)[0]
    review.due_on, review.report_due_on, review.review_on = None, None, date(2026, 9, 15)
    review.no_date_reason = "Thường xuyên"
    session.flush()
    found = days()
    assert {on: (day.many, day.late) for on, day in found.items()} == {4: (1, 1), 15: (1, 0), 30: (2, 0)}
    assert (found[15].entries[0].review, found[4].entries[0].late) == (True, True)
    assert found[30].entries[0].unit == "UBND xã An Phước"
    assert days(date(2026, 10, 1)) == {}


def test_what_may_be_supplemented_stands_on_the_later_day(session: Session) -> None:
    task = made.submitted(made.issued(due_on=date(2026, 9, 4))[0], on=date(2026, 9, 3))
    services.send_back(task, actor=cast.actor(cast.FOLLOWER), comment="Thiếu ảnh", due_on=date(2026, 9, 25))
    session.flush()
    assert list(days()) == [25]


def test_a_day_shows_its_first_lines_and_counts_the_rest(client: Browser, session: Session) -> None:
    made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=3, due_on=date(2026, 9, 30))
    [day] = days().values()
    assert (day.many, len(day.entries), day.more) == (6, month.SHOWN, 2)
    client.sign_in("follower").get("/follow-up/month")
    [more] = [a for a in client.page.select(".kl-month a") if "khác" in a.get_text()]
    assert more.get_text() == "và 02 nội dung khác ngày 30/9/2026"
    client.get(str(more["href"]))
    assert len(client.page.select("tbody tr")) == 6
    client.get("/follow-up?day=2026-09-29")
    assert client.page.select("tbody tr") == []


def test_filters_are_those_of_the_table_and_stay(client: Browser, session: Session) -> None:
    made.issued(due_on=date(2026, 9, 4))
    made.issued(units=(cast.AN_PHUOC,), due_on=date(2026, 9, 30))
    actor = cast.actor(cast.FOLLOWER)
    for wanted in ({"text": "an phuoc"}, {"state": "open_late"}, {"mine": True}, {"recurring": True}):
        lines = [line.id for line in queries.table(actor, Filters(**wanted))]
        shown = [entry.id for day in days(**wanted).values() for entry in day.entries]
        assert sorted(shown) == sorted(lines)
    client.sign_in("follower").get("/follow-up?q=an+phuoc")
    client.get(str(client.page.select_one("a[href*='/follow-up/month']")["href"]))
    assert "UBND xã Long Phước" not in client.page.select_one(".kl-month").get_text()
    forward = client.page.select_one("a[rel=next]")["href"]
    assert forward == "/follow-up/month?month=2026-10&q=an+phuoc"
    client.get(forward)
    assert "Không có thời hạn" in client.text
    client.get("/follow-up/filters?view=month&month=2026-10")
    assert client.page.select_one("main form")["action"] == "/follow-up/month"


@pytest.mark.parametrize(
    ("text", "first"),
    [("2024-02", date(2024, 2, 1)), ("", SEPTEMBER), ("2026-13", SEPTEMBER), ("x", SEPTEMBER),
     ("1899-12", SEPTEMBER), ("2200-01", SEPTEMBER)],
)  # fmt: skip
def test_an_address_names_a_month_or_this_one_opens(text: str, first: date) -> None:
    assert month.read_month(text) == first


@pytest.mark.parametrize("first", [date(2024, 2, 1), date(2026, 9, 1), date(2026, 11, 1), date(2027, 2, 1)])
def test_weeks_begin_on_monday_and_hold_every_day_once(session: Session, first: date) -> None:
    shown = month.month(cast.actor(cast.FOLLOWER), Filters(), first)
    assert all(len(week) == 7 for week in shown.weeks)
    found = [(day.on, place) for week in shown.weeks for place, day in enumerate(week) if day is not None]
    assert all(on.weekday() == place for on, place in found)
    assert [on.day for on, _place in found] == list(range(1, len(found) + 1))


def test_the_first_and_the_last_month_lead_no_further(session: Session) -> None:
    actor = cast.actor(cast.FOLLOWER)
    first = month.month(actor, Filters(), date(1900, 1, 1))
    last = month.month(actor, Filters(), date(2199, 12, 1))
    assert (first.before, first.after, last.before, last.after) == (None, "1900-02", "2199-11", None)


def test_a_month_is_one_read_whatever_stands_in_it(session: Session) -> None:
    made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=3)
    actor = cast.actor(cast.FOLLOWER)
    with count_queries(session) as sent:
        month.month(actor, Filters(), SEPTEMBER)
    assert sum(" task" in statement for statement in sent) == 1
    assert len(sent) <= 4


def test_the_days_of_a_month_are_found_by_an_index(session: Session) -> None:
    asked = sa.select(Task.falls_on, sa.func.count()).where(
        *conditions_of(cast.actor(cast.FOLLOWER), Filters()),
        Task.falls_on.between(SEPTEMBER, date(2026, 9, 30)),
    ).group_by(Task.falls_on)  # fmt: skip
    text = asked.compile(session.connection(), compile_kwargs={"literal_binds": True})
    if ENGINE == "sqlite":
        plan = " ".join(row[3] for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {text}")))
    else:  # a table of six rows is read whole, by whatever index, unless that is forbidden
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        plan = " ".join(row[0] for row in session.execute(sa.text(f"EXPLAIN {text}")))
    assert "ix_task_falls" in plan


def test_the_calendar_names_no_person_and_is_the_offices_alone(client: Browser, session: Session) -> None:
    made.issued()
    client.sign_in("observer").get("/follow-up/month")
    assert "Phạm Thị Thí Dụ" not in client.page.get_text()
    client.sign_in("head").get("/follow-up/month", expect=404)
