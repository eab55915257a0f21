"""Lý do, lộ trình: what can't be mended at once, by the unit or from its paper, to the papers it prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.audit import queries as audit
from app.errors import DomainError, Forbidden, Stale, WrongState
from app.extensions import db
from app.remediation import queries, services, unit_papers
from app.remediation.models import Task
from app.remediation.values import AssignValues, Officer, ScheduleValues, StepValues
from tests import cast
from tests.conftest import Browser
from tests.factories import handover
from tests.factories import remediation as made

FIRST, SECOND, AFTER = date(2026, 9, 15), date(2026, 9, 28), date(2026, 10, 20)
STEPS = (
    StepValues("Rà soát 60 hồ sơ", "Danh sách hồ sơ", "Mai Thị Làm Mẫu, công chức", FIRST),
    StepValues("Ban hành quy trình", "Quyết định", "Chủ tịch UBND xã", SECOND),
)
PLAN = ScheduleValues("Phần mềm một cửa đang nâng cấp", STEPS)


def set_by(task: Task, part: str, values: ScheduleValues = PLAN):
    return services.set_schedule(task, values, actor=cast.actor(part))


def given_to(task: Task, part: str) -> None:
    lead = Officer(person_id=cast.person(part).id)
    services.assign(task, AssignValues(lead), actor=cast.actor(cast.HEAD))


def test_the_head_says_why_and_by_which_steps_and_no_date_moves(session: Session) -> None:
    task = made.issued()[0]
    later = replace(STEPS[1], due_on=AFTER)
    schedule = set_by(task, cast.HEAD, replace(PLAN, steps=(later, STEPS[0])))
    session.commit()
    assert [step.due_on for step in schedule.steps] == [FIRST, AFTER], "in the order of their days"
    assert (task.due_on, schedule.on_behalf) == (date(2026, 9, 30), False)
    assert audit.list_events(task, limit=1)[0].name == "task_scheduled"


@pytest.mark.parametrize("part", [cast.OFFICER, cast.OTHER_HEAD, cast.OBSERVER, cast.PLANNER, cast.OUTSIDER])
def test_nobody_else_of_the_unit_or_outside_it(session: Session, part: str) -> None:
    task = made.issued()[0]
    with pytest.raises(Forbidden):
        set_by(task, part)


def test_the_officer_who_leads_the_task_may(session: Session) -> None:
    task = made.issued()[0]
    given_to(task, cast.OFFICER)
    assert not set_by(task, cast.OFFICER).on_behalf
    services.assign(task, AssignValues(Officer("Hồ Văn Thí Nghiệm")), actor=cast.actor(cast.HEAD))
    with pytest.raises(Forbidden):
        set_by(task, cast.OFFICER)


def test_taken_from_paper_it_is_marked(session: Session) -> None:
    task = made.issued()[0]
    values = replace(PLAN, reference="15/KH-UBND", document_on=date(2026, 9, 10))
    assert set_by(task, cast.CLERK, values).on_behalf
    session.commit()
    assert audit.list_events(task, limit=1)[0].on_behalf_of == "UBND xã Long Phước"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (replace(PLAN, reason=" "), "reason"),
        (replace(PLAN, steps=()), "steps-0-text"),
        (replace(PLAN, steps=(STEPS[0], replace(STEPS[1], product=" "))), "steps-1-product"),
        (replace(PLAN, steps=(replace(STEPS[0], answerable=""),)), "steps-0-answerable"),
        (replace(PLAN, steps=(replace(STEPS[0], due_on=date(2026, 8, 1)),)), "steps-0-due_on"),
        (replace(PLAN, steps=(replace(STEPS[0], done_on=date(2027, 1, 1)),)), "steps-0-done_on"),
        (replace(PLAN, reference="15/KH-UBND"), "document_on"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(session: Session, values: ScheduleValues, field: str) -> None:
    task = made.issued()[0]
    with pytest.raises(DomainError) as refused:
        set_by(task, cast.HEAD, values)
    assert refused.value.field == field and not task.schedules


def test_a_new_one_keeps_the_one_before_and_the_second_form_is_refused(session: Session) -> None:
    task = made.scheduled(made.issued()[0])
    seen = task.version
    with clock.frozen(clock.at(date(2026, 9, 24))):
        set_by(task, cast.HEAD)
        session.commit()
    assert [one.replaced_at is None for one in task.schedules] == [False, True]
    with pytest.raises(Stale):
        services.set_schedule(task, PLAN, actor=cast.actor(cast.HEAD), version=seen)


def test_a_step_is_done_once_on_a_day_that_was(session: Session) -> None:
    task = made.scheduled(made.issued()[0])
    step = task.schedules[0].steps[0]
    for day in (date(2026, 8, 1), date(2027, 1, 1)):
        with pytest.raises(DomainError) as refused:
            services.finish_step(task, step, day, actor=cast.actor(cast.HEAD))
        assert refused.value.field == "done_on"
    services.finish_step(task, step, date(2026, 9, 17), actor=cast.actor(cast.HEAD))
    session.commit()
    assert step.days_late(clock.today()) == 2
    with pytest.raises(WrongState):
        services.finish_step(task, step, None, actor=cast.actor(cast.HEAD))


def test_what_was_handed_in_takes_no_schedule(session: Session) -> None:
    task = made.submitted(made.scheduled(made.issued()[0]))
    with pytest.raises(WrongState):
        set_by(task, cast.HEAD)
    with pytest.raises(WrongState):
        services.finish_step(task, task.schedules[0].steps[0], None, actor=cast.actor(cast.HEAD))


def test_the_follower_sees_steps_past_their_day(session: Session, client: Browser) -> None:
    quiet, late = made.issued(findings=2)
    made.scheduled(quiet, date(2026, 12, 15))
    made.scheduled(late, FIRST)
    client.sign_in(cast.FOLLOWER).get("/")
    assert "Bước lộ trình quá ngày" in client.text and client.text.count("Xem lộ trình") == 1
    client.get("/follow-up?state=step_late")
    assert late.code in client.text and quiet.code not in client.text
    client.get(f"/tasks/{late.id}")
    assert "Chưa làm được ngay: lý do, lộ trình" in client.text and "Quá hạn 08 ngày" in client.text
    client.sign_in(cast.HEAD).get("/")
    assert "Bước lộ trình quá ngày" in client.text
    services.finish_step(late, late.schedules[0].steps[0], None, actor=cast.actor(cast.HEAD))
    session.commit()
    assert not queries.list_late_steps(clock.today(), follower_id=cast.person(cast.FOLLOWER).id)
    client.sign_in(cast.FOLLOWER).get("/follow-up?state=step_late")
    assert late.code not in client.text


def test_late_steps_stop_once_the_unit_handed_in(session: Session) -> None:
    task = made.scheduled(made.issued()[0], FIRST)
    follower = cast.person(cast.FOLLOWER).id
    assert len(queries.list_late_steps(clock.today(), follower_id=follower)) == 1
    made.submitted(task)
    assert not queries.list_late_steps(clock.today(), follower_id=follower)


def test_plan_and_report_print_the_steps(session: Session) -> None:
    plain, task = made.issued(findings=2)
    made.scheduled(task)
    services.finish_step(task, task.schedules[0].steps[1], None, actor=cast.actor(cast.HEAD))
    session.commit()
    for paper in (unit_papers.plan(task.lead_unit, [task]), unit_papers.report(task.lead_unit, [task])):
        assert [annex.label for annex in paper.annexes] == ["Phụ lục I", "Phụ lục II"]
        assert "theo Phụ lục I kèm theo" in str(paper)
    steps = unit_papers.report(task.lead_unit, [plain, task]).annexes[1].blocks[0].rows
    assert steps[0].cells[:3] == ("1", task.text, "Chờ nâng cấp phần mềm")
    assert steps[0].cells[3:] == (
        "Bước việc 1", "Văn bản", "Mai Thị Làm Mẫu, công chức", "15/9/2026", "Chưa xong, quá 08 ngày",
    )  # fmt: skip
    assert steps[1].cells[:3] == ("", "", "") and steps[1].cells[7] == "Xong ngày 23/9/2026"
    rows = unit_papers.report(task.lead_unit, [task]).annexes[0].blocks[0].rows
    assert rows[0].cells[6] == "Chờ nâng cấp phần mềm (lộ trình tại Phụ lục II)"
    (alone,) = unit_papers.plan(plain.lead_unit, [plain]).annexes
    assert alone.label == "Phụ lục"


def test_made_on_a_phone_mended_and_a_step_ticked_in_pages(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}")
    (way,) = client.page.select(f"a[href='/tasks/{task.id}/schedule']")
    client.get(str(way["href"]))
    client.submit(data={"reason": "Chờ nâng cấp phần mềm"}, expect=422)
    assert "Ghi ít nhất 01 bước của lộ trình." in client.text
    row = {"steps-1-text": "Rà soát 60 hồ sơ", "steps-1-due_on": "31/2/2026"}
    client.submit(data=row, expect=422)
    assert "Cần nhập sản phẩm, kết quả." in client.text
    assert client.page.select_one("input[name='steps-1-text']")["value"] == "Rà soát 60 hồ sơ"
    assert client.page.select_one("input[name='steps-1-due_on']")["value"] == "31/2/2026"
    more = {"steps-1-product": "Danh sách", "steps-1-answerable": "Mai Thị Làm Mẫu"}
    client.submit(data={**more, "steps-1-due_on": "01/8/2026"}, expect=422)
    assert client.page.select_one("input[name='steps-1-due_on'][aria-invalid]"), "the row that is wrong"
    client.submit(data={"steps-1-due_on": "15/9/2026"})
    client.follow()
    assert "Rà soát 60 hồ sơ" in client.text and "Thời hạn của nội dung giữ nguyên" in client.text
    client.submit("form[action$='/finish']", {"done_on": "30/12/2026"}, expect=422)
    assert "Ngày đã xong không sau ngày hôm nay." in client.text
    client.submit("form[action$='/finish']", {"done_on": "22/9/2026"})
    client.follow()
    assert "Xong ngày 22/9/2026" in client.text and "chậm 07 ngày" in client.text
    client.get(f"/tasks/{task.id}/schedule")
    assert client.page.select_one("input[name='steps-0-done_on']")["value"] == "22/9/2026"


def test_entered_for_the_unit_in_pages(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    client.sign_in(cast.CLERK).get(f"/tasks/{task.id}/for-unit/schedule")
    client.submit(
        data={
            "reason": "Chờ kinh phí", "steps-0-text": "Lập dự toán", "steps-0-product": "Dự toán",
            "steps-0-answerable": "Kế toán", "steps-0-due_on": "15/9/2026", "reference": "15/KH-UBND",
            "document_on": "10/9/2026",
        }
    )  # fmt: skip
    client.follow()
    assert "Văn bản: 15/KH-UBND ngày 10/9/2026" in client.text and "nhập thay đơn vị" in client.text
    client.submit("form[action*='/for-unit/schedule/'][action$='/finish']", {"done_on": "16/9/2026"})
    client.follow()
    assert "Xong ngày 16/9/2026" in client.text


def test_a_schedule_that_came_second_shows_both(session: Session, client: Browser) -> None:
    task = made.scheduled(made.issued()[0])
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}/schedule")
    client.submit("form[action$='/schedule']", {"reason": "Lý do khác", "version": "0"}, expect=409)
    assert "Lộ trình đang lưu" in client.text and "Lý do khác" in client.text


def test_observers_read_steps_without_the_names(session: Session, client: Browser) -> None:
    task = made.scheduled(made.issued()[0])
    client.sign_in(cast.OBSERVER).get(f"/tasks/{task.id}")
    assert "Bước việc 1" in client.text and "Mai Thị Làm Mẫu" not in client.text


def test_what_was_sent_back_is_not_reported_as_done(session: Session) -> None:
    task = made.submitted(made.issued()[0])
    with clock.frozen(clock.at(date(2026, 9, 24))):
        services.send_back(
            task, comment="Thiếu ảnh", due_on=date(2026, 9, 30), actor=cast.actor(cast.FOLLOWER)
        )
        session.commit()
        (row,) = unit_papers.report(task.lead_unit, [task]).annexes[0].blocks[0].rows
        assert (row.cells[2], row.cells[3]) == ("", "Đã khắc phục xong; đang bổ sung: Thiếu ảnh")


def test_the_same_again_writes_nothing_and_says_so(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    values = replace(PLAN, reference="15/KH-UBND", document_on=date(2026, 9, 10))
    held = set_by(task, cast.CLERK, values)
    session.commit()
    version, events = task.version, len(audit.list_events(task, limit=50))
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}/schedule")
    client.submit()
    client.follow()
    assert "Lộ trình không có gì thay đổi nên không ghi bản mới." in client.text
    backwards = replace(values, steps=tuple(reversed(STEPS)), reason=f" {PLAN.reason} ")
    assert set_by(task, cast.HEAD, backwards) is held
    session.expire_all()
    assert (task.version, len(audit.list_events(task, limit=50))) == (version, events)
    assert len(task.schedules) == 1 and held.document_reference == "15/KH-UBND"
    client.get(f"/tasks/{task.id}/schedule")
    client.submit(data={"steps-0-done_on": "15/9/2026"})
    client.follow()
    assert "Đã lưu lý do, lộ trình." in client.text
    session.expire_all()
    assert len(task.schedules) == 2


def written_before(task: Task) -> None:
    with clock.frozen(clock.at(date(2026, 9, 10))):
        set_by(task, cast.HEAD)
        db.session.commit()


NOW = "Hiện nay chịu trách nhiệm các bước chưa xong:"


def test_nobody_is_named_anew_while_nothing_changed(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    given_to(task, cast.OFFICER)
    with clock.frozen(clock.at(date(2026, 9, 25))):
        set_by(task, cast.HEAD)
        session.commit()
        client.sign_in(cast.HEAD).get(f"/tasks/{task.id}")
    assert "Mai Thị Làm Mẫu, công chức" in client.text and NOW not in client.text


def test_another_officer_and_another_head_are_named_until_the_schedule_is_written_again(
    session: Session, client: Browser
) -> None:
    task = made.issued()[0]
    written_before(task)
    services.assign(task, AssignValues(Officer("Hồ Văn Thí Nghiệm")), actor=cast.actor(cast.HEAD))
    handover.new_head()
    session.commit()
    officer = cast.person(cast.OFFICER)
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}")
    assert f"{NOW} Hồ Văn Thí Nghiệm (chủ trì); {officer.name}, " in client.text
    rows = unit_papers.plan(task.lead_unit, [task]).annexes[-1].blocks[0].rows
    assert "; nay: Hồ Văn Thí Nghiệm (chủ trì), " in rows[0].cells[5]
    client.get(f"/tasks/{task.id}/for-unit/schedule")
    assert "Sửa tên ở các bước chưa xong." in client.text
    client.submit(
        data={
            "steps-0-answerable": "Hồ Văn Thí Nghiệm",
            "steps-1-answerable": officer.name,
            "reference": "44/UBND",
            "document_on": "22/9/2026",
        }
    )
    client.follow()
    assert NOW not in client.text
    client.sign_in(cast.OBSERVER).get(f"/tasks/{task.id}")
    assert "Giao người thực hiện" in client.text, "the act, without who was given it"
    assert "Hồ Văn Thí Nghiệm" not in client.text and officer.name not in client.text


def test_the_successors_head_is_named_in_place_of_the_people_of_the_former_unit(
    session: Session, client: Browser
) -> None:
    task = handover.owed()
    written_before(task)
    former = handover.dissolve(cast.AN_PHUOC)
    handover.give(task, former)
    session.commit()
    other = cast.person(cast.OTHER_HEAD)
    client.sign_in(cast.OTHER_HEAD).get(f"/tasks/{task.id}")
    assert f"{NOW} {other.name}, " in client.text and "Mai Thị Làm Mẫu, công chức" in client.text
    for step in task.schedules[0].steps:
        step.done_on = date(2026, 9, 15)
    session.commit()
    client.get(f"/tasks/{task.id}")
    assert NOW not in client.text, "nothing is left to be done"
