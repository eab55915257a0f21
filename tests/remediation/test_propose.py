"""Proposing tasks from the agreed findings, and adjusting them before the notice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.deadlines.badge import DeadlineKind
from app.deadlines.proposals import MilestoneKind
from app.deadlines.queries import current_calendar
from app.deadlines.working_days import add_working_days
from app.errors import Conflict, DomainError, Forbidden
from app.remediation import queries, services
from app.remediation.models import Product, TaskState
from app.remediation.values import ProductValues, TaskValues
from tests import cast
from tests.factories import inspections as cases
from tests.factories import remediation as made

START = made.ISSUED_ON


def test_each_agreed_finding_gets_one_draft_task_led_by_its_own_unit(session: Session) -> None:
    inspection = made.case(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    tasks = made.drafts(inspection)
    assert [task.state for task in tasks] == [TaskState.DRAFT] * 4
    assert [len(task.findings) for task in tasks] == [1] * 4
    assert {task.lead_unit.code for task in tasks} == {cast.LONG_PHUOC, cast.AN_PHUOC}
    assert len({task.code for task in tasks}) == 4
    assert tasks[0].code.startswith("KP-2026-")


def test_dates_are_counted_in_working_days_from_the_day_of_issue_and_say_so(session: Session) -> None:
    task = made.drafts(made.case(findings=1))[0]
    assert (task.term_days, task.due_on) == (3, date(2026, 8, 17))
    assert task.rule.endswith(
        "03 ngày làm việc kể từ ngày 12/8/2026, không tính ngày nghỉ hằng tuần và ngày lễ"
    )
    assert task.calendar_version == 1
    assert task.report_due_on is not None
    assert task.report_due_on > task.due_on


def test_a_unit_never_gets_more_than_three_dates(session: Session) -> None:
    tasks = made.drafts(made.case(findings=3))
    assert len({task.due_on for task in tasks}) <= 3


def test_proposing_again_makes_nothing_new(session: Session) -> None:
    inspection = made.case()
    assert len(made.drafts(inspection)) == 2
    assert made.drafts(inspection) == []


def test_what_was_mended_on_the_spot_or_excused_gets_no_task(session: Session) -> None:
    inspection = made.case(findings=2)
    first, second = queries.list_agreed(inspection.units[0].id)
    first.fixed_on_spot, first.fixed_note = True, "Đã bổ sung bảng niêm yết ngay"
    services.excuse_finding(second, "Rút kinh nghiệm", actor=cast.actor(cast.TEAM_LEADER))
    assert made.drafts(inspection) == []
    plan = queries.list_plan(inspection)[0]
    assert [finding.id for finding in plan.without] == [first.id, second.id]


def test_a_finding_with_a_task_is_not_excused(session: Session) -> None:
    task = made.drafts(made.case(findings=1))[0]
    with pytest.raises(Conflict, match="đang có nội dung khắc phục"):
        services.excuse_finding(task.findings[0], "Rút kinh nghiệm", actor=cast.actor(cast.TEAM_LEADER))


@pytest.mark.parametrize("part", [cast.FOLLOWER, cast.HEAD, cast.OBSERVER, cast.MEMBER, cast.LEADER])
def test_only_the_team_leader_the_secretary_and_the_planner_plan(session: Session, part: str) -> None:
    inspection = made.case()
    with pytest.raises(Forbidden):
        services.propose(inspection, inspection.units, start_on=START, actor=cast.actor(part))


def test_merging_keeps_every_finding_and_the_first_date(session: Session) -> None:
    first, second = made.drafts(made.case())
    due = first.due_on
    services.merge_tasks(first, [second], actor=cast.actor(cast.SECRETARY))
    assert [finding.ordinal for finding in first.findings] == [1, 2]
    assert first.due_on == due
    assert list(queries.list_draft(first.inspection_id)) == [first]


def test_tasks_of_two_units_are_not_merged(session: Session) -> None:
    first, second = made.drafts(made.case(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=1))
    with pytest.raises(DomainError, match="cùng một đơn vị"):
        services.merge_tasks(first, [second], actor=cast.actor(cast.SECRETARY))


def test_the_common_date_replaces_all_kinds_of_deadline(session: Session) -> None:
    tasks = made.drafts(made.case())
    day = date(2026, 9, 30)
    services.set_common_date(tasks, due_on=day, report_due_on=None, actor=cast.actor(cast.TEAM_LEADER))
    assert {(task.due_on, task.deadline_kind, task.milestone) for task in tasks} == {
        (day, DeadlineKind.FIXED, MilestoneKind.COMMON)
    }
    assert {task.term_days for task in tasks} == {None}


def test_counting_anew_moves_proposed_dates_and_leaves_those_set_by_hand(session: Session) -> None:
    proposed, by_hand = made.drafts(made.case())
    actor = cast.actor(cast.TEAM_LEADER)
    kind = DeadlineKind.FIXED
    services.edit_task(
        by_hand,
        made.values_of(by_hand, deadline_kind=kind, due_on=date(2026, 12, 31), report_due_on=None),
        actor=actor,
    )
    moved = services.recount([proposed, by_hand], start_on=date(2026, 8, 26), actor=actor)
    assert moved == 1
    # 31/8 to 02/9/2026 are days off
    assert (proposed.due_on, by_hand.due_on) == (date(2026, 9, 3), date(2026, 12, 31))


def test_the_day_of_review_is_counted_from_the_day_of_issue_and_moves_with_it(session: Session) -> None:
    actor = cast.actor(cast.TEAM_LEADER)
    inspection = cases.decided(criteria=("PA-06",))  # a thing to be done all the time: 10 days in the form
    made.finding(inspection.units[0], criterion="PA-06")
    [task] = made.drafts(inspection)
    assert task.review_on == add_working_days(START, 10, current_calendar())
    assert services.recount([task], start_on=date(2026, 8, 26), actor=actor) == 1
    assert task.review_on == add_working_days(date(2026, 8, 26), 10, current_calendar())
    assert (task.due_on, task.report_due_on, task.rule) == (None, None, "")
    services.edit_task(task, made.values_of(task, review_on=date(2026, 12, 1)), actor=actor)
    assert services.recount([task], start_on=START, actor=actor) == 0
    assert task.review_on == date(2026, 12, 1)


def test_a_task_moved_to_a_milestone_takes_the_date_that_stands_there(session: Session) -> None:
    tasks = made.drafts(made.case(findings=3))
    by_kind = {task.milestone: task for task in tasks if task.due_on}
    source, target = list(by_kind.values())[:2]
    services.move_tasks([source], target.milestone, actor=cast.actor(cast.TEAM_LEADER))
    assert (source.due_on, source.milestone) == (target.due_on, target.milestone)


def test_a_task_for_no_finding_may_be_led_by_a_unit_that_was_not_inspected(session: Session) -> None:
    inspection = made.case(findings=1)
    values = TaskValues(
        text="Bổ sung chức năng gửi phiếu xin lỗi trên phần mềm một cửa",
        lead_unit_id=cast.unit(cast.LONG_THANH).id,
        deadline_kind=DeadlineKind.CONDITIONAL,
        review_on=date(2026, 10, 15),
        no_date_reason="Chờ bố trí kinh phí",
        coordinating_unit_ids=(cast.unit(cast.AN_PHUOC).id,),
        products=(ProductValues(Product.FIGURES, "Số liệu tháng 10"),),
    )
    task = services.add_task(inspection.units[0], values, actor=cast.actor(cast.SECRETARY))
    assert (task.lead_unit.code, task.findings, task.due_on) == (cast.LONG_THANH, [], None)
    assert [unit.code for unit in task.coordinating] == [cast.AN_PHUOC]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2026, 9, 30), "report_due_on": date(2026, 9, 29)}, "report_due_on"),
        ({"deadline_kind": DeadlineKind.CONTINUING, "review_on": None}, "review_on"),
        ({"deadline_kind": DeadlineKind.CONDITIONAL, "review_on": date(2026, 10, 1)}, "no_date_reason"),
        ({"text": " x "}, "text"),
        ({"lead_unit_id": 999_999}, "lead_unit_id"),
        ({"finding_ids": (999_999,)}, "finding_ids"),
        ({"coordinating_unit_ids": (999_999,)}, "coordinating_unit_ids"),
    ],
)
def test_a_wrong_task_is_refused_at_its_field(
    session: Session, changes: dict[str, object], field: str
) -> None:
    task = made.drafts(made.case(findings=1))[0]
    plain = {"deadline_kind": DeadlineKind.FIXED}
    with pytest.raises(DomainError) as refused:
        services.edit_task(
            task, made.values_of(task, **{**plain, **changes}), actor=cast.actor(cast.TEAM_LEADER)
        )
    assert refused.value.field == field


def test_an_issued_task_is_no_longer_edited(session: Session) -> None:
    task = made.issued()[0]
    with pytest.raises(Conflict, match="không được sửa"):
        services.edit_task(task, made.values_of(task), actor=cast.actor(cast.TEAM_LEADER))


def test_issue_gives_document_follower_and_original_date_to_each_task(session: Session) -> None:
    task = made.issued()[0]
    assert (task.state, task.issued_on, task.original_due_on) == (TaskState.ISSUED, START, date(2026, 9, 30))
    assert task.follower_id == cast.person(cast.FOLLOWER).id
    assert list(queries.list_for_document(task.document_id or 0)) == [task]


def test_a_date_that_is_not_after_the_issue_is_refused(session: Session) -> None:
    with pytest.raises(DomainError, match="không sau ngày ban hành"):
        made.issued(due_on=START)
