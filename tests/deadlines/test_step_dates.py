"""Rooms count their dates by the rule in force when the event comes; what was counted stays."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import moved, services, steps
from app.deadlines.models import DayKind, Event, Step, StepDate
from app.deadlines.seeds import DayEntry, shipped_days
from app.deadlines.working_days import add_working_days
from app.fieldwork import services as fieldwork
from app.home import work
from app.notices import queries as notices
from app.notices.services import publishing
from app.remediation import queries as remediation
from app.remediation import services as services_of_tasks
from app.remediation.values import RequestValues
from app.vietnamese import format_date
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork as visits
from tests.factories import notices as made
from tests.factories import remediation as tasks

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


def lines_of(part: str, verb: str) -> list[date | None]:
    return [
        one.due_on for group in work.of(cast.actor(part)).groups for one in group.items if one.verb == verb
    ]


def test_the_notice_is_due_from_the_report_of_the_team(client: Browser, session: Session) -> None:
    unit = visits.ended(visits.opened().units[0])
    inspection = unit.inspection
    fieldwork.record_team_report(
        inspection, number=12, symbol="BC-ĐKT", issued_on=clock.today(), actor=cast.actor(cast.TEAM_LEADER)
    )
    found = steps.find(Step.NOTICE, inspected_unit_id=unit.id)
    assert found is not None and found.event is Event.REPORT_SENT
    assert found.due_on == add_working_days(found.event_on, 10, steps.queries.current_calendar())
    session.commit()
    assert lines_of(cast.PLANNER, "Soạn thông báo kết luận") == [found.due_on]
    client.sign_in(cast.PLANNER).get(f"/inspections/{inspection.id}/notices/new")
    assert f"Thông báo kết luận: {found.source}" in client.text


def test_by_the_law_on_inspectorates_the_notice_is_due_from_its_draft(session: Session) -> None:
    inspection = made.reported()
    inspection.profile = "thanh_tra_84"
    notice = made.drafted(inspection)
    unit_id = inspection.units[0].id
    before = steps.find(Step.NOTICE, inspected_unit_id=unit_id)
    made.submitted(notice)
    found = steps.find(Step.NOTICE, inspected_unit_id=unit_id)
    assert found is not None and found is not before
    assert (found.event, found.event_on) == (Event.DRAFT_RECEIVED, clock.today())


def test_a_request_for_more_time_is_answered_by_a_day(app: Flask, client: Browser, session: Session) -> None:
    (task,) = tasks.issued()
    asked = RequestValues(
        date(2026, 10, 20), "Chờ kinh phí", reference="31/UBND-VP", document_on=date(2026, 9, 20)
    )
    request = services_of_tasks.request_extension(task, asked, actor=cast.actor(cast.HEAD))
    session.commit()
    session.expire_all()
    assert request.answer_date is not None
    assert (request.answer_date.event_on, request.answer_date.due_on) == (
        request.requested_on, add_working_days(request.requested_on, 5, steps.queries.current_calendar()),
    )  # fmt: skip
    day = request.answer_date.due_on
    assert day <= task.due_on and lines_of(cast.LEADER, "Đề nghị gia hạn") == [day]
    task.due_on = day - timedelta(days=1)
    session.flush()
    assert lines_of(cast.LEADER, "Đề nghị gia hạn") == [task.due_on], "what runs out first is told"
    session.rollback()
    for path in (f"/tasks/{task.id}", "/extension-requests"):
        client.sign_in(cast.LEADER).get(path)
        assert format_date(day) in client.text and "Trả lời chậm nhất" in client.text
    storm(day)
    with app.test_request_context():
        found = moved.list_moved(steps.queries.current_calendar(), cast.actor(cast.LEADER))
    [told] = [one for one in found.shown if one.name.startswith("Trả lời đề nghị gia hạn")]
    assert told.given == day < told.counted
    services_of_tasks.refuse_oneself(task, reason="Đủ điều kiện làm ngay", actor=cast.actor(cast.LEADER))
    session.commit()
    client.get(f"/tasks/{task.id}")
    assert "Trả lời chậm nhất" not in client.text


def test_what_is_reported_may_be_looked_at_on_the_spot_for_a_while(client: Browser, session: Session) -> None:
    (task,) = tasks.issued()
    assert remediation.check_window(task) is None
    tasks.submitted(tasks.progressed(task))
    session.commit()
    assert task.submitted_on is not None
    window = remediation.check_window(task)
    assert window is not None and (window[0] - task.submitted_on).days >= 30 <= (window[1] - window[0]).days
    told = f"Kiểm tra việc khắc phục tại đơn vị, nếu cần: từ ngày {format_date(window[0])}"
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}")
    assert told in client.text
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}")
    assert told not in client.text
