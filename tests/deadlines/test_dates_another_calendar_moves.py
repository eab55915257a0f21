"""A changed calendar shows which open dates it would count otherwise, and moves none."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.deadlines import queries, steps
from app.deadlines.models import Step
from app.deadlines.working_days import next_working_day
from app.extensions import db
from app.inspections.models import InspectedUnitState
from app.remediation.models import Task
from app.vietnamese import format_date
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork, remediation
from tests.queries import count_queries

CHANGE = {"added": "08/9/2026; Nghỉ; Nghỉ thử; Thông báo thử", "effective_from": "23/9/2026", "note": "Thử"}


def counted(*units: str) -> list[Task]:
    """Issued tasks of twenty working days from the day of the notice, the cast's first unit by default."""
    tasks = remediation.issued(units=units or (cast.LONG_PHUOC,), due_on=date(2026, 9, 11))
    for task in tasks:
        task.term_days, task.counted_from = 20, remediation.ISSUED_ON
    db.session.commit()
    return tasks


def look(client: Browser, **change: str) -> None:
    client.get("/calendar/publish")
    client.submit(data={**CHANGE, **change, "look": "1"}, expect=200)


def test_before_publishing_one_sees_how_many_open_dates_are_counted_otherwise(
    client: Browser, session: Session
) -> None:
    [task] = counted()
    assert task.due_on == date(2026, 9, 11)
    look(client.sign_in("administrator"))
    assert "01 thời hạn." in client.text and task.text not in client.text
    assert CHANGE["added"] in client.response.text, "what was typed stays"
    session.expire_all()
    assert len(queries.list_calendar_versions()) == 1 and task.due_on == date(2026, 9, 11)
    look(client, added="25/12/2026; Nghỉ; Nghỉ thử")
    assert "Không có thời hạn đang theo dõi nào bị tính khác." in client.text


def test_the_published_calendar_names_them_to_who_follows_and_moves_none(
    client: Browser, session: Session
) -> None:
    task, other = counted(cast.LONG_PHUOC, cast.AN_PHUOC)
    client.sign_in("administrator").get("/calendar/publish")
    client.submit(data=CHANGE)
    client.sign_in("follower").get("/calendar?version=2")
    row = next(row for row in client.page.select("tbody tr") if task.text in row.text)
    assert "11/9/2026" in row.text and "14/9/2026" in row.text
    assert other.text in client.text
    session.expire_all()
    assert {one.due_on for one in session.query(Task)} == {date(2026, 9, 11)}
    client.get("/calendar?version=1")
    assert task.text not in client.text


def test_a_date_set_by_hand_counts_for_itself(client: Browser) -> None:
    remediation.issued(due_on=date(2026, 9, 11))
    look(client.sign_in("administrator"))
    assert "Không có thời hạn đang theo dõi nào bị tính khác." in client.text


def test_many_dates_are_asked_for_in_as_many_questions_as_one(client: Browser, session: Session) -> None:
    sent = []
    client.sign_in("administrator").get("/calendar/publish")
    client.submit(data=CHANGE)
    client.sign_in("follower")
    for _ in range(2):
        counted()
        client.get("/calendar?version=2")
        with count_queries(session) as asked:
            client.get("/calendar?version=2")
        sent.append(len(asked))
    assert sent[0] == sent[1] <= 15


def test_a_report_that_the_team_still_owes_is_among_them_until_it_is_made(
    client: Browser, session: Session
) -> None:
    unit, other = fieldwork.opened(units=(cast.LONG_PHUOC, cast.AN_PHUOC)).units
    fieldwork.ended(unit)
    fieldwork.ended(other)
    session.commit()
    rows = steps.list_of(Step.TEAM_REPORT, inspected_unit_ids=[unit.id])
    first = min(rows, key=lambda row: row.due_on)
    day = next_working_day(first.event_on, queries.current_calendar())
    added = f"{format_date(day)}; Nghỉ; Nghỉ thử; Thông báo thử"
    look(client.sign_in("administrator"), added=added, effective_from=format_date(first.event_on))
    assert "02 thời hạn." in client.text
    client.submit(data={**CHANGE, "added": added, "effective_from": format_date(first.event_on)})
    client.sign_in("planner").get("/calendar?version=2")
    row = next(row for row in client.page.select("tbody tr") if unit.unit.name in row.text)
    assert "Báo cáo của Đoàn kiểm tra:" in row.text and format_date(first.due_on) in row.text
    sent = []
    for state, owed in ((InspectedUnitState.ENDED, 2), (InspectedUnitState.REPORTED, 1)):
        other.state = state
        session.commit()
        with count_queries(session) as asked:
            client.get("/calendar?version=2")
        sent.append(len(asked))
        assert client.text.count("Báo cáo của Đoàn kiểm tra:") == owed
    assert sent[0] == sent[1]
    unit.state = InspectedUnitState.REPORTED
    session.commit()
    client.get("/calendar?version=2")
    assert "Báo cáo của Đoàn kiểm tra" not in client.text
