"""The follower verifies, accepts or returns, extends and hands over; never who reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.badge import DeadlineKind, Progress, progress
from app.errors import Conflict, DomainError, Forbidden, NotFound, WrongState
from app.followup import queries as table
from app.followup.filters import Filters
from app.remediation import lateness, services
from app.remediation.models import Product, ResultState, Task, TaskState
from app.remediation.values import ExtensionValues, LineValues, ReportValues
from tests import cast
from tests.factories import remediation as made

TODAY = date(2026, 9, 23)


def label(task: Task) -> str:
    return lateness.badge(task, clock.today(), deadlines.current_calendar()).label


def test_accepting_all_products_accepts_the_task(session: Session) -> None:
    task = made.submitted(made.issued(products=(Product.REPORT, Product.PHOTO))[0])
    services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))
    assert (task.state, task.accepted_on) == (TaskState.ACCEPTED, TODAY)
    assert {result.state for result in task.results} == {ResultState.ACCEPTED}


def test_the_task_is_not_accepted_while_a_product_is_open(session: Session) -> None:
    task = made.submitted(made.issued(products=(Product.REPORT, Product.PHOTO))[0])
    services.accept_result(task, task.results[0].id, actor=cast.actor(cast.FOLLOWER))
    with pytest.raises(WrongState, match="Còn 01 sản phẩm"):
        services.accept(task, actor=cast.actor(cast.FOLLOWER))
    assert (task.accepted_on, task.accepted_by) == (None, None)


@pytest.mark.parametrize(
    "part", [cast.HEAD, cast.OFFICER, cast.PLANNER, cast.LEADER, cast.CLERK, cast.OBSERVER]
)
def test_only_its_follower_accepts(session: Session, part: str) -> None:
    task = made.submitted(made.issued()[0])
    with pytest.raises(Forbidden):
        services.accept_whole(task, actor=cast.actor(part))


def test_who_entered_the_report_does_not_accept_it(session: Session) -> None:
    task = made.submitted(made.issued()[0], by=cast.FOLLOWER)
    with pytest.raises(Forbidden, match="không công nhận kết quả do mình báo cáo"):
        services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))


def test_the_way_out_is_another_follower(session: Session) -> None:
    task = made.submitted(made.issued()[0], by=cast.FOLLOWER)
    checker = cast.person(cast.CONTENT_CHECKER)
    services.set_follower(
        [task], checker.id, reason="Người theo dõi đã nhập thay đơn vị", actor=cast.actor(cast.FOLLOWER)
    )
    services.accept_whole(task, actor=cast.actor(cast.CONTENT_CHECKER))
    assert task.accepted_by == checker.id


def test_returning_needs_a_comment(session: Session) -> None:
    task = made.submitted(made.issued()[0])
    with pytest.raises(DomainError, match="Nêu rõ nội dung cần bổ sung"):
        services.return_result(task, task.results[0].id, actor=cast.actor(cast.FOLLOWER), comment=" ")


def test_what_was_returned_says_what_to_supplement_and_runs_again(session: Session) -> None:
    task = made.submitted(made.issued(due_on=date(2026, 9, 20))[0], on=date(2026, 9, 18))
    assert label(task) == "Gửi đúng hạn"
    actor = cast.actor(cast.FOLLOWER)
    services.return_result(task, task.results[0].id, actor=actor, comment="Thiếu danh sách 45 hồ sơ")
    services.send_back(task, actor=actor, comment="", due_on=date(2026, 9, 28))
    assert task.state is TaskState.RETURNED
    assert task.return_reason == "“Báo cáo”: Thiếu danh sách 45 hồ sơ"
    # handed in on time: late only after the day until which it is to be supplemented
    assert (task.term, label(task)) == (date(2026, 9, 28), "Còn 03 ngày làm việc")


def test_a_new_submission_opens_the_returned_products_again(session: Session) -> None:
    task = made.submitted(made.issued()[0])
    actor = cast.actor(cast.FOLLOWER)
    services.return_result(task, task.results[0].id, actor=actor, comment="Thiếu ảnh")
    services.send_back(task, actor=actor, comment="", due_on=date(2026, 9, 28))
    services.submit_report([task], ReportValues("96/BC-UBND", TODAY), actor=cast.actor(cast.OFFICER))
    assert [result.state for result in task.results] == [ResultState.OPEN]
    services.accept_whole(task, actor=actor)
    assert task.state is TaskState.ACCEPTED


def test_a_returned_product_stands_in_the_way_of_one_click_acceptance(session: Session) -> None:
    task = made.submitted(made.issued()[0])
    actor = cast.actor(cast.FOLLOWER)
    services.return_result(task, task.results[0].id, actor=actor, comment="Thiếu ảnh")
    with pytest.raises(Conflict, match="đề nghị bổ sung"):
        services.accept_whole(task, actor=actor)


@pytest.mark.parametrize("day", [None, date(2026, 9, 22)])
def test_sending_back_needs_a_date_from_today_on(session: Session, day: date | None) -> None:
    task = made.submitted(made.issued()[0])
    with pytest.raises(DomainError) as refused:
        services.send_back(task, actor=cast.actor(cast.FOLLOWER), comment="Thiếu ảnh", due_on=day)
    assert refused.value.field == "due_on"


def test_accepting_twice_is_refused(session: Session) -> None:
    task = made.accepted(made.issued()[0])
    with pytest.raises(WrongState):
        services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))


def test_a_product_of_another_task_is_not_found(session: Session) -> None:
    task = made.submitted(made.issued()[0])
    with pytest.raises(NotFound):
        services.accept_result(task, 999_999, actor=cast.actor(cast.FOLLOWER))


def test_on_time_is_judged_by_the_submission_not_by_the_acceptance(session: Session) -> None:
    task = made.accepted(made.issued(due_on=date(2026, 9, 20))[0], on=date(2026, 9, 18))
    assert progress(lateness.position(task), clock.today()) is Progress.DONE_ON_TIME


def test_a_continuing_task_is_watched_and_may_recur(session: Session) -> None:
    task = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0])
    actor = cast.actor(cast.FOLLOWER)
    services.watch(task, until=date(2026, 12, 31), actor=actor)
    assert task.state is TaskState.WATCHING
    with pytest.raises(DomainError) as refused:
        services.recur(task, actor=actor, comment="Tháng 9 lại có 03 hồ sơ")
    assert refused.value.field == "due_on"
    services.recur(task, actor=actor, comment="Tháng 9 lại có 03 hồ sơ", due_on=date(2026, 10, 5))
    assert (task.state, task.results[0].state) == (TaskState.RETURNED, ResultState.OPEN)
    assert (task.return_due_on, task.verdict) == (date(2026, 10, 5), "Tái diễn, đề nghị khắc phục lại")


def test_only_what_has_no_end_is_watched(session: Session) -> None:
    task = made.submitted(made.issued()[0])
    with pytest.raises(WrongState, match="Chỉ theo dõi duy trì nội dung thực hiện thường xuyên"):
        services.watch(task, until=date(2026, 12, 31), actor=cast.actor(cast.FOLLOWER))


def test_a_watched_task_ends_when_it_has_lasted(session: Session) -> None:
    task = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0])
    actor = cast.actor(cast.FOLLOWER)
    services.watch(task, until=date(2026, 12, 31), actor=actor)
    services.finish_watch(task, actor=actor)
    assert (task.state, task.accepted_by) == (TaskState.ACCEPTED, actor.person_id)


def extension(**changes: object) -> ExtensionValues:
    plain = ExtensionValues(
        date(2026, 10, 30),
        "Chờ phần mềm",
        cast.person(cast.HEAD).id,
        date(2026, 9, 22),
        cast.person(cast.LEADER).id,
        "512/SNV-CCHC ngày 22/9/2026",
    )
    return replace(plain, **changes)


def test_an_extension_moves_the_date_and_keeps_the_old_one(session: Session) -> None:
    task = made.issued()[0]
    services.extend(task, extension(), actor=cast.actor(cast.FOLLOWER))
    assert (task.original_due_on, task.due_on) == (date(2026, 9, 30), date(2026, 10, 30))
    assert [(row.old_due_on, row.new_due_on) for row in task.extensions] == [
        (date(2026, 9, 30), date(2026, 10, 30))
    ]


def test_who_asks_for_an_extension_does_not_decide_it(session: Session) -> None:
    task = made.issued()[0]
    head = cast.person(cast.HEAD).id
    with pytest.raises(DomainError, match="không quyết định việc gia hạn"):
        services.extend(task, extension(decided_by=head), actor=cast.actor(cast.FOLLOWER))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"new_due_on": date(2026, 9, 30)}, "new_due_on"),
        ({"reason": " "}, "reason"),
        ({"requested_on": date(2026, 9, 24)}, "requested_on"),
        ({"requested_on": date(2026, 8, 11)}, "requested_on"),
        ({"decided_by": 999_999}, "decided_by"),
        ({"decided_by": None}, "decided_by"),
        ({"reference": " "}, "reference"),
    ],
)
def test_a_wrong_extension_is_refused_at_its_field(
    session: Session, changes: dict[str, object], field: str
) -> None:
    task = made.issued()[0]
    if changes.get("decided_by", 0) is None:
        changes = {"decided_by": cast.person(cast.FOLLOWER).id}  # somebody who decides nothing
    with pytest.raises(DomainError) as refused:
        services.extend(task, extension(**changes), actor=cast.actor(cast.FOLLOWER))
    assert refused.value.field == field
    assert task.due_on == date(2026, 9, 30)


def test_an_urging_is_counted_with_its_paper(session: Session) -> None:
    task = made.issued()[0]
    actor = cast.actor(cast.FOLLOWER)
    values = LineValues(note="Đã gọi điện", urged_reference="CV 688/SNV-CCHC")
    services.edit_line(task, values, actor=actor)
    with pytest.raises(DomainError, match="đã được ghi"):
        services.edit_line(task, values, actor=actor)
    assert (task.urged_count, task.last_urged_on, task.note) == (1, TODAY, "Đã gọi điện")
    services.edit_line(task, replace(values, urged_on=date(2026, 9, 21)), actor=actor)
    assert (task.urged_count, task.last_urged_on) == (1, date(2026, 9, 21))


@pytest.mark.parametrize("day", [date(1901, 1, 1), date(2026, 8, 11), date(2026, 9, 24)])
def test_an_urging_lies_between_the_notice_and_today(session: Session, day: date) -> None:
    task = made.issued()[0]
    with pytest.raises(DomainError) as refused:
        services.edit_line(
            task,
            LineValues(urged_reference="CV 688/SNV-CCHC", urged_on=day),
            actor=cast.actor(cast.FOLLOWER),
        )
    assert (refused.value.field, task.urged_count) == ("urged_on", 0)


def test_saving_a_line_unchanged_leaves_it_as_it_was(session: Session) -> None:
    task = made.issued()[0]
    before = (task.version, task.updated_at)
    with clock.frozen(clock.at(date(2026, 9, 24))):
        services.edit_line(task, LineValues(note=task.note), actor=cast.actor(cast.FOLLOWER))
    session.commit()
    assert (task.version, task.updated_at) == before


@pytest.mark.parametrize("part", [cast.HEAD, cast.OBSERVER, cast.PLANNER, cast.CLERK])
def test_a_line_is_edited_by_followers_only(session: Session, part: str) -> None:
    task = made.issued()[0]
    with pytest.raises(Forbidden):
        services.edit_line(task, LineValues(note="x"), actor=cast.actor(part))


def extended(task: Task, new_due_on: date, requested_on: date = TODAY) -> None:
    values = ExtensionValues(
        new_due_on, "Chờ nâng cấp phần mềm", cast.person(cast.HEAD).id, requested_on,
        cast.person(cast.LEADER).id, "Công văn số 9/SNV-CCHC",
    )  # fmt: skip
    services.extend(task, values, actor=cast.actor(cast.FOLLOWER))


def test_the_day_of_report_moves_with_the_date_although_the_calendar_must_be_read_first(
    session: Session,
) -> None:
    task = made.issued()[0]
    task.report_due_on = date(2026, 10, 5)
    session.flush()
    deadlines.forget_calendars()
    extended(task, date(2026, 10, 9))
    assert (task.due_on, task.report_due_on) == (date(2026, 10, 9), date(2026, 10, 14))


def test_what_may_be_supplemented_until_a_later_day_is_extended_from_that_day(session: Session) -> None:
    task = made.submitted(made.issued(due_on=date(2026, 9, 20))[0], on=date(2026, 9, 18))
    services.send_back(task, actor=cast.actor(cast.FOLLOWER), comment="Thiếu ảnh", due_on=date(2026, 9, 28))
    with pytest.raises(DomainError, match="28/9/2026"):
        extended(task, date(2026, 9, 27))
    extended(task, date(2026, 10, 5))
    line = next(iter(table.table(cast.actor(cast.FOLLOWER), Filters())))
    assert (task.extensions[0].old_due_on, line.overdue_days) == (date(2026, 9, 28), 0)


def test_the_follower_of_today_is_not_given_the_task_again(session: Session) -> None:
    task = made.issued()[0]
    with pytest.raises(WrongState, match="đang do đồng chí"):
        services.set_follower(
            [task], cast.person(cast.FOLLOWER).id, reason="Nhấn hai lần", actor=cast.actor(cast.FOLLOWER)
        )


def test_a_watch_has_an_end_on_which_it_is_reviewed(session: Session) -> None:
    task = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0])
    actor = cast.actor(cast.FOLLOWER)
    with pytest.raises(DomainError) as refused:
        services.watch(task, until=TODAY, actor=actor)
    assert refused.value.field == "until"
    services.watch(task, until=date(2026, 12, 31), actor=actor)
    assert (task.state, task.review_on) == (TaskState.WATCHING, date(2026, 12, 31))
