"""The record of a head: facts of the days when they headed the unit, for themselves and for leaders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Appointment, AppointmentKind, Person
from app.deadlines.badge import DeadlineKind
from app.documents.models import Document, DocumentState
from app.errors import NotFound
from app.remediation import services
from app.remediation.models import DirectiveKind, Task, TaskHandover
from app.remediation.values import DirectiveAnswer, DirectiveValues
from app.responsibility import heads
from app.responsibility.record import Figure, record_of
from app.web.paging import parse_cursor
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as cases
from tests.factories import notices, old_tables, remediation
from tests.factories import responsibility as made
from tests.queries import count_queries

YEAR, TODAY = date(2026, 1, 1), date(2026, 9, 23)


def figures(
    who: str = cast.HEAD, *, by: str = cast.LEADER, start: date = YEAR, end: date = TODAY
) -> dict[str, Figure]:
    reader = cast.actor(by)
    head = heads.get_headship(reader, cast.person(who).id)
    return {one.key: one for one in record_of(head, start, end, actor=reader).figures}


def numbers(**asked: object) -> dict[str, int]:
    """Figures that are not nought."""
    found = figures(**asked)  # type: ignore[arg-type]
    return {key: len(one.facts) for key, one in found.items() if one.facts}


def task(due_on: date | None, **changes: object) -> Task:
    [one] = remediation.issued(due_on=due_on, **changes)  # type: ignore[arg-type]
    return one


def test_each_figure_is_the_number_of_its_facts(session: Session) -> None:
    made.concluded(remediation.accepted(task(date(2026, 9, 10)), on=date(2026, 9, 9)))
    remediation.accepted(task(date(2026, 9, 1)), on=date(2026, 9, 5))
    task(date(2026, 9, 20))
    remediation.submitted(task(date(2026, 9, 22)), on=date(2026, 9, 21))
    task(None, kind=DeadlineKind.CONTINUING)
    task(date(2026, 9, 30))  # not due within the period
    task(date(2026, 9, 2), units=(cast.AN_PHUOC,))
    assert numbers() == {
        "findings": 1, "on_time": 1, "done_late": 1, "overdue": 1, "waiting": 1, "unjudged": 1
    }  # fmt: skip
    late = figures()["done_late"].facts[0]
    assert (late.on, late.detail.partition("; ")[2]) == (
        date(2026, 9, 1),
        "thời hạn 01/9/2026; báo cáo ngày 05/9/2026; đã hoàn thành quá hạn 04 ngày",
    )
    assert numbers(end=date(2026, 9, 30))["waiting"] == 2
    assert numbers(who=cast.OTHER_HEAD) == {"overdue": 1}


def test_what_came_from_an_old_table_is_never_late(session: Session) -> None:
    old_tables.taken(old_tables.table(old_tables.line(notice="19/TB-SNV, ngày 14/11/2025")))
    [one] = session.scalars(sa.select(Task)).all()
    who = cast.HEAD if one.lead_unit_id == cast.unit(cast.LONG_PHUOC).id else cast.OTHER_HEAD
    assert numbers(who=who, start=date(2025, 7, 1)) == {"unjudged": 1}
    assert "dữ liệu chuyển đổi" in figures(who, start=date(2025, 7, 1))["unjudged"].facts[0].detail


def test_a_fact_belongs_to_who_headed_the_unit_on_its_day(session: Session) -> None:
    task(date(2026, 9, 1))
    task(date(2026, 9, 20))
    unit = cast.unit(cast.LONG_PHUOC)
    old = session.scalars(
        sa.select(Appointment).where(Appointment.unit_id == unit.id, Appointment.kind == AppointmentKind.HEAD)
    ).one()
    old.to_on = date(2026, 9, 10)
    session.flush()
    after = Person(name="Lâm Văn Kế Nhiệm", search="lam van ke nhiem")
    session.add(after)
    session.flush()
    session.add(
        Appointment(
            person_id=after.id, unit_id=unit.id, title="Chủ tịch UBND xã", kind=AppointmentKind.HEAD,
            from_on=date(2026, 9, 11), roles=["unit_head"],
        )
    )  # fmt: skip
    session.commit()
    assert numbers() == {"overdue": 1}
    reader = cast.actor(cast.LEADER)
    record = record_of(heads.get_headship(reader, after.id), YEAR, TODAY, actor=reader)
    assert [one.from_on for one in record.tenures] == [date(2026, 9, 11)]
    assert [f.on for one in record.figures if one.key == "overdue" for f in one.facts] == [date(2026, 9, 20)]
    assert numbers(by=cast.HEAD) == {"overdue": 1}  # who left the post still reads their own


def test_a_task_handed_over_counts_for_the_unit_that_led_it_when_it_was_due(session: Session) -> None:
    one = task(date(2026, 9, 1))
    theirs = cast.unit(cast.AN_PHUOC)
    session.add(
        TaskHandover(
            task_id=one.id, from_unit_id=one.lead_unit_id, to_unit_id=theirs.id, assigned_on=date(2026, 9, 5),
            assigned_by=cast.person(cast.FOLLOWER).id,
        )
    )  # fmt: skip
    one.lead_unit_id = theirs.id
    session.commit()
    assert numbers() == {"overdue": 1} and numbers(who=cast.OTHER_HEAD) == {}


def test_directives_are_answered_in_time_late_or_not(session: Session) -> None:
    def asked(answer_due_on: date) -> object:
        values = DirectiveValues(DirectiveKind.URGE, "Báo cáo tiến độ", answer_due_on)
        return services.direct(task(date(2026, 9, 30)), values, actor=cast.actor(cast.LEADER))

    with clock.frozen(clock.at(date(2026, 9, 15))):
        answered, late = asked(date(2026, 9, 23)), asked(date(2026, 9, 17))
        asked(date(2026, 9, 18))
        session.commit()
    for one in (answered, late):
        services.answer(one, DirectiveAnswer("Đang làm", "", None, ()), actor=cast.actor(cast.HEAD))  # type: ignore[arg-type]
    session.commit()
    assert numbers() == {"answered": 1, "answered_late": 1, "unanswered": 1}
    assert figures()["unanswered"].facts[0].detail.endswith("quá hạn 05 ngày")


def test_a_letter_that_is_not_out_is_told_to_leaders_alone(session: Session) -> None:
    paper = services.begin_reminder([task(date(2026, 9, 1))], actor=cast.actor(cast.FOLLOWER))
    session.commit()
    assert numbers() == {"overdue": 1, "drafts": 1}
    assert "drafts" not in figures(by=cast.HEAD)
    session.execute(
        sa.update(Document).where(Document.id == paper.document_id).values(
            state=DocumentState.ISSUED, number=512, symbol="SNV-CCHC", issued_on=date(2026, 9, 22),
            issue_year=2026,
        )
    )  # fmt: skip
    session.expire_all()
    assert numbers() == numbers(by=cast.HEAD) == {"overdue": 1, "letters": 1}
    fact = figures()["letters"].facts[0]
    assert fact.text == "Công văn số 512/SNV-CCHC" and fact.detail == "01 nội dung của đơn vị"


def test_what_was_found_before_is_told_as_recurring(session: Session) -> None:
    before = notices.issued().document
    later = cases.decided(
        "Kiểm tra kỳ sau", criteria=("MC-05",), review=(date(2026, 7, 1), date(2026, 9, 15))
    )
    remediation.finding(later.units[0], "Lại chưa có phiếu xin lỗi")
    made.concluded(remediation.issued(inspection=later, issued_on=date(2026, 9, 22))[0])
    assert len(figures()["findings"].facts) == 2
    [again] = figures()["recurring"].facts
    assert again.text == "Lại chưa có phiếu xin lỗi"
    assert f"đã nêu tại Thông báo số {before.number_and_symbol} ngày 23/9/2026" in again.detail


def test_only_the_head_and_leaders_read_it(client: Browser, session: Session) -> None:
    head = cast.person(cast.HEAD).id
    for part, status in (
        (cast.HEAD, 200), (cast.LEADER, 200), (cast.OTHER_HEAD, 404), (cast.OFFICER, 404),
        (cast.FOLLOWER, 404), (cast.CONTENT_CHECKER, 404), (cast.PLANNER, 404), (cast.OBSERVER, 404),
        (cast.ADMINISTRATOR, 404),
    ):  # fmt: skip
        client.sign_in(part).get(f"/heads/{head}/record", expect=status)
    client.sign_in("leader").get("/heads/987654/record", expect=404)
    client.get(f"/heads/{cast.person(cast.OFFICER).id}/record", expect=404)
    client.get("/heads?q=long phuoc")
    assert "Nguyễn Văn Giả Thiết" in client.text and "Ngô Văn Tượng Trưng" not in client.text
    client.get("/heads?q=khong-co-ai")
    assert "Không có người đứng đầu nào phù hợp." in client.text
    client.sign_in("head").get("/heads", expect=404)
    client.get("/my-record", expect=303)
    client.sign_in("officer").get("/my-record", expect=403)


def test_the_page_opens_the_facts_of_a_figure_and_prints_them(client: Browser, session: Session) -> None:
    one = task(date(2026, 9, 1))
    made.concluded(one)
    head = cast.person(cast.HEAD).id
    client.sign_in("head").get(f"/heads/{head}/record")
    assert f"/tasks/{one.id}" in str(client.page) and "Tồn tại, hạn chế đã kết luận (01)" in client.text
    assert "không chấm điểm, không xếp hạng" in client.text and "Tỷ lệ" not in client.text
    client.get(f"/heads/{head}/record?show=findings&start=01/8/2026&end=31/8/2026")
    assert "Xem tất cả sự việc trong kỳ" in client.text and one.text not in client.text
    client.sign_in("leader").get(f"/heads/{head}/record?show=letters")
    assert "Không có sự việc nào trong kỳ." in client.text
    client.get(f"/heads/{head}/record?start=01/01/2024&end=31/12/2024")
    assert "Không giữ chức người đứng đầu trong kỳ này." in client.text
    client.get(f"/heads/{head}/record?start=ngay-kia", expect=422)
    client.get(f"/heads/{head}/record?start=02/9/2026&end=01/9/2026", expect=422)
    assert "Ngày cuối không trước ngày đầu." in client.text


def test_a_longer_record_asks_no_more_of_the_database(session: Session) -> None:
    def asked() -> int:
        session.expire_all()
        reader = cast.actor(cast.LEADER)
        head = heads.get_headship(reader, cast.person(cast.HEAD).id)
        head.tenures(YEAR, TODAY)
        with count_queries(session) as sent:
            record_of(head, YEAR, TODAY, actor=reader)
        return len(sent)

    made.a_finding()
    services.begin_reminder([task(date(2026, 9, 1))], actor=cast.actor(cast.FOLLOWER))
    few = asked()
    for days in range(4):
        made.concluded(task(date(2026, 9, 2) + timedelta(days=days)))
    assert asked() <= few <= 12


def test_heads_stand_by_unit_page_by_page(session: Session) -> None:
    page = heads.list_heads("", size=2)
    seen = [row.unit.name for row in page]
    while page.next_cursor:
        page = heads.list_heads("", parse_cursor(page.next_cursor, str, int), size=2)
        seen += [row.unit.name for row in page]
    assert seen == ["Phòng Cải cách hành chính", "UBND xã An Phước", "UBND xã Long Phước"]
    back = heads.list_heads("", parse_cursor(page.previous_cursor, str, int), size=2)
    assert [row.unit.name for row in back] == seen[:2]


def test_who_never_headed_a_unit_has_no_record(session: Session) -> None:
    for who in (cast.OFFICER, cast.FOLLOWER):
        with pytest.raises(NotFound):
            heads.get_headship(cast.actor(cast.LEADER), cast.person(who).id)
