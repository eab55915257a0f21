"""Bàn giao khi thay đổi người: lists of followers and heads, each answers for the own time."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.remediation import queries, services
from app.remediation.models import HandingKind, HandingList
from app.remediation.periods import answerable
from app.remediation.services.past import why_not_undone
from app.remediation.values import ExtensionValues
from tests import cast
from tests.factories import past
from tests.factories import remediation as made
from tests.factories.handover import CHANGED, follow_on, new_head

TODAY, DUE = date(2026, 9, 23), date(2026, 9, 10)


def told(periods: tuple[object, ...]) -> list[tuple[str, int]]:
    return [(row.who, row.days_overdue) for row in periods]  # type: ignore[attr-defined]  # periods


def test_tasks_given_by_one_act_are_one_list_with_what_stood_then(session: Session) -> None:
    tasks = made.issued(findings=3, due_on=DUE)
    handing = follow_on(*tasks)
    assert [line.task_id for line in handing.lines] == [task.id for task in tasks]
    assert (handing.giver.name, handing.receiver.name) == ("Phạm Thị Thí Dụ", "Lê Thị Mẫu")
    line = handing.lines[0]
    assert (line.term_on, line.state, line.days_overdue) == (DUE, tasks[0].state, 12)
    assert tasks[0].due_on == DUE


def test_the_new_follower_acknowledges_once_and_nobody_else(session: Session) -> None:
    handing = follow_on(*made.issued())
    session.commit()
    with pytest.raises(Forbidden):
        services.acknowledge_list(handing, actor=cast.actor(cast.FOLLOWER))
    services.acknowledge_list(handing, actor=cast.actor(cast.CONTENT_CHECKER))
    assert handing.acknowledged_on == TODAY
    with pytest.raises(WrongState, match="đã được xác nhận ngày 23/9/2026"):
        services.acknowledge_list(handing, actor=cast.actor(cast.CONTENT_CHECKER))


def test_each_follower_keeps_the_days_overdue_of_the_own_time(session: Session) -> None:
    (task,) = made.issued(due_on=DUE)
    with clock.frozen(clock.at(CHANGED)):
        follow_on(task)
        session.commit()
    session.refresh(task)
    assert told(answerable(task).followers) == [("Phạm Thị Thí Dụ", 5), ("Lê Thị Mẫu", 8)]
    with clock.frozen(clock.at(date(2026, 9, 30))):  # what is past stays what it was
        assert told(answerable(task).followers) == [("Phạm Thị Thí Dụ", 5), ("Lê Thị Mẫu", 15)]


def test_days_before_a_late_extension_stay_with_who_let_them_pass(session: Session) -> None:
    (task,) = made.issued(due_on=DUE)
    with clock.frozen(clock.at(CHANGED)):
        follow_on(task, to=cast.PLANNER)
        session.commit()
    asked = date(2026, 9, 18)
    services.extend(
        task,
        ExtensionValues(
            date(2026, 10, 9), "Chờ phần mềm", cast.person(cast.HEAD).id, asked,
            cast.person(cast.LEADER).id, reference="Công văn số 31/SNV-CCHC ngày 22/9/2026",
        ),
        actor=cast.actor(cast.FOLLOWER),
    )  # fmt: skip
    session.commit()
    assert told(answerable(task).followers) == [("Phạm Thị Thí Dụ", 5), ("Đỗ Văn Giả Định", 3)]


def test_a_task_that_went_on_to_a_third_waits_for_the_third_only(session: Session) -> None:
    (task,) = made.issued()
    follow_on(task)
    session.refresh(task)
    follow_on(task, to=cast.PLANNER)
    session.commit()
    assert [row.receiver.name for row, _number in queries.list_handings()] == ["Đỗ Văn Giả Định"]


def test_the_new_head_takes_over_what_was_open(session: Session) -> None:
    (task,) = made.issued(due_on=DUE)
    new_head()
    (change,) = queries.list_head_changes()
    assert (change.before.name, change.number) == ("Nguyễn Văn Giả Thiết", 1)
    found = queries.read_head_change(cast.unit(cast.LONG_PHUOC))
    with pytest.raises(Forbidden):
        services.take_over_as_head(found.unit, actor=cast.actor(cast.OTHER_HEAD), mark=found.mark)
    services.take_over_as_head(found.unit, actor=cast.actor(cast.OFFICER), mark=found.mark)
    session.commit()
    handing = session.scalars(sa.select(HandingList)).one()
    assert (handing.kind, handing.lines[0].days_overdue, handing.from_on) == (HandingKind.HEAD, 5, CHANGED)
    assert queries.list_head_changes() == []
    heads = answerable(task).heads
    assert told(heads) == [
        ("Nguyễn Văn Giả Thiết, UBND xã Long Phước", 5), ("Mai Thị Làm Mẫu, UBND xã Long Phước", 8)
    ]  # fmt: skip
    with pytest.raises(WrongState, match="không còn danh sách"):
        services.take_over_as_head(found.unit, actor=cast.actor(cast.OFFICER), mark=found.mark)


def test_a_list_that_changed_since_it_was_read_is_read_again(session: Session) -> None:
    made.issued(findings=2)
    new_head()
    found = queries.read_head_change(cast.unit(cast.LONG_PHUOC))
    seen = found.mark
    made.submitted(found.tasks[0], by=cast.FOLLOWER)
    with pytest.raises(Conflict, match="Danh sách đã thay đổi"):
        services.take_over_as_head(found.unit, actor=cast.actor(cast.OFFICER), mark=seen)


@pytest.mark.parametrize(
    ("reference", "on", "field"),
    [("", TODAY, "reference"), ("05/BB-UBND", date(2026, 9, 15), "on"), ("05/BB-UBND", None, "on")],
)
def test_the_office_names_the_paper_and_its_day(
    session: Session, reference: str, on: date | None, field: str
) -> None:
    made.issued()
    new_head()
    found = queries.read_head_change(cast.unit(cast.LONG_PHUOC))
    with pytest.raises(DomainError) as refused:
        services.take_over_as_head(
            found.unit, actor=cast.actor(cast.FOLLOWER), mark=found.mark, on=on, reference=reference
        )
    assert refused.value.field == field


def test_a_task_given_to_the_unit_afterwards_is_not_handed_over(session: Session) -> None:
    new_head(on=date(2026, 8, 12))
    made.issued(issued_on=date(2026, 8, 12))
    assert queries.list_head_changes() == []


def test_the_first_head_on_record_has_nothing_to_take_over(session: Session) -> None:
    made.issued()
    assert queries.list_head_changes() == []


def test_the_same_person_in_a_new_post_hands_nothing_over(session: Session) -> None:
    made.issued()
    new_head(part=cast.HEAD)
    assert queries.list_head_changes() == []


def test_a_head_takes_over_once_also_in_the_database(session: Session) -> None:
    made.issued()
    new_head()
    found = queries.read_head_change(cast.unit(cast.LONG_PHUOC))
    first = services.take_over_as_head(found.unit, actor=cast.actor(cast.OFFICER), mark=found.mark)
    session.flush()
    session.add(
        HandingList(
            kind=HandingKind.HEAD, appointment_id=first.appointment_id, unit_id=first.unit_id,
            from_person_id=first.from_person_id, to_person_id=first.to_person_id, from_on=first.from_on,
            given_by=first.given_by, acknowledged_on=first.acknowledged_on,
            acknowledged_by=first.acknowledged_by,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_past_task_that_another_follows_on_is_not_taken_back(session: Session) -> None:
    task = past.task(past.notice(cast.LONG_PHUOC))
    who = cast.actor(cast.PLANNER if task.entered_by == cast.person(cast.PLANNER).id else cast.CLERK)
    assert why_not_undone(task, who) is None
    follow_on(task)
    assert "đã có việc thực hiện" in (why_not_undone(task, who) or "")
