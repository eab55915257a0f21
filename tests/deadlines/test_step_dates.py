"""Rooms count their dates by the rule in force when the event comes; what was counted stays."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import moved, services, steps
from app.deadlines.models import DayKind, Event, Step, StepDate
from app.deadlines.seeds import DayEntry, shipped_days
from app.home import work
from app.notices import queries as notices
from app.notices.services import publishing
from app.remediation import queries as remediation
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork as visits
from tests.factories import notices as made

PORTAL = "Cổng thông tin điện tử của Sở Nội vụ"


def storm(on: date) -> None:
    """A calendar with one day off more, from today on."""
    added = DayEntry(on, DayKind.OFF, "Nghỉ do bão", "Công điện", True)
    services.publish_calendar(list({day.day: day for day in [*shipped_days(), added]}.values()), None)


def of_document(step: Step, document_id: int) -> StepDate:
    found = steps.find(step, document_id=document_id)
    assert found is not None
    return found


def test_a_date_is_counted_once_and_another_calendar_moves_none(session: Session) -> None:
    notice = made.issued()
    first = of_document(Step.PUBLICATION, notice.document_id)
    assert (first.event, first.event_on, first.due_on) == (
        Event.NOTICE_SIGNED, date(2026, 9, 23), date(2026, 10, 5),
    )  # fmt: skip
    assert "10 ngày kể từ ngày 23/9/2026" in first.source and "lịch phiên bản" in first.source
    storm(date(2026, 10, 5))
    again = steps.count_from(
        notice.inspection.profile, Step.PUBLICATION, Event.NOTICE_SIGNED, date(2026, 9, 23),
        document_id=notice.document_id,
    )  # fmt: skip
    assert again is first and first.due_on == date(2026, 10, 5)
    [(_row, day)] = steps.otherwise([first], steps.queries.current_calendar())
    assert day == date(2026, 10, 6)


def test_an_event_the_profile_does_not_count_from_gives_no_date(session: Session) -> None:
    notice = made.issued()
    told = steps.count_from(
        notice.inspection.profile, Step.PUBLICATION, Event.NOTICE_RECEIVED, date(2026, 9, 24),
        document_id=notice.document_id,
    )  # fmt: skip
    assert told is None


def test_the_clerk_finds_the_publication_in_their_work_until_it_is_on_record(session: Session) -> None:
    notice = made.issued()
    clerk = cast.actor(cast.CLERK)

    def listed() -> list[date | None]:
        return [
            one.due_on for group in work.of(clerk).groups for one in group.items if one.verb == "Công khai"
        ]

    assert listed() == [date(2026, 10, 5)]
    assert [one.id for one, _date in notices.list_to_publish(clerk, most=10)] == [notice.id]
    publishing.publish(notice, on=clock.today(), place=PORTAL, actor=clerk)
    assert listed() == []


def test_the_unit_owes_its_plan_from_the_publication_on(client: Browser, session: Session) -> None:
    notice = made.issued()
    assert remediation.list_plans_owed() == []
    publishing.publish(notice, on=clock.today(), place=PORTAL, actor=cast.actor(cast.CLERK))
    owed = remediation.list_plans_owed()
    assert [(one.unit.id, one.notice.id, one.date.due_on) for one in owed] == [
        (unit, notice.document_id, date(2026, 10, 5)) for unit in publishing.plan_units(notice)
    ]
    assert owed, "the notice asks for something"
    session.commit()
    client.sign_in(cast.HEAD).get("/")
    assert "Kế hoạch khắc phục phải gửi" in client.text
    client.sign_in(cast.OTHER_HEAD).get("/")
    assert "Kế hoạch khắc phục phải gửi" not in client.text


def test_another_calendar_shows_which_open_dates_of_steps_it_counts_otherwise(
    app: Flask, session: Session
) -> None:
    made.issued()
    storm(date(2026, 10, 5))
    with app.test_request_context():
        found = moved.list_moved(steps.queries.current_calendar(), cast.actor(cast.PLANNER))
    told = [one for one in found.shown if one.name.startswith("Công khai kết luận")]
    assert [(one.given, one.counted) for one in told] == [(date(2026, 10, 5), date(2026, 10, 6))]


def test_the_report_of_the_team_is_due_from_the_end_at_the_unit(session: Session) -> None:
    unit = visits.ended(visits.opened().units[0])
    found = steps.find(Step.TEAM_REPORT, inspected_unit_id=unit.id)
    assert found is not None and (found.event, found.event_on) == (Event.VISIT_ENDED, unit.ended_on)
    assert found.due_on == date(2026, 10, 7), "10 working days from 23/9/2026"
    items = [one for group in work.of(cast.actor(cast.TEAM_LEADER)).groups for one in group.items]
    assert [one.due_on for one in items if one.verb == "Ghi nhận báo cáo của Đoàn"] == [found.due_on]
