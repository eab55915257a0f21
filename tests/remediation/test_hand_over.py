"""What a dissolved unit still owed: a derived list, assigned to a successor, acknowledged by its head."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import create_app
from app.audit.models import Event
from app.documents import delivery as deliveries
from app.documents.models import Delivery, DocumentState, ReceiptKind
from app.errors import Conflict, DomainError, Forbidden, NotFound, Stale, WrongState
from app.extensions import db
from app.remediation import queries, services
from app.remediation.models import Task, TaskHandover, TaskState
from app.remediation.values import AssignValues, Officer
from app.units import services as units
from app.units.models import SuccessionKind, Unit
from tests import cast
from tests.conftest import settings_for
from tests.factories import remediation as made
from tests.factories import units as unit_made
from tests.factories.handover import ENDED, TODAY, actor, dissolve, give, owed
from tests.racing import race


def succeeds(before: Unit, after: Unit, on: date) -> None:
    units.add_succession(before, after, on, SuccessionKind.MERGE, actor=None)


def events(name: str) -> list[Event]:
    db.session.commit()
    return list(db.session.scalars(sa.select(Event).where(Event.name == name)))


# --- the list is derived


def test_nothing_is_left_while_every_unit_goes_on(session: Session) -> None:
    owed()
    assert queries.list_left() == ([], 0)
    assert queries.count_left() == (0, 0)


def test_what_a_dissolved_unit_owes_is_listed_with_its_successor(session: Session) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    (left,), more = queries.list_left()
    assert (left.unit, left.tasks, more) == (gone, (task,), 0)
    assert [heir.code for heir in left.heirs] == [cast.AN_PHUOC]
    assert [delivery.unit for delivery in left.deliveries] == [gone]
    assert queries.count_left() == (1, 1)


@pytest.mark.parametrize("day", [date(2026, 9, 23), date(2026, 9, 24)])
def test_the_day_of_the_end_is_the_first_without_the_unit(session: Session, day: date) -> None:
    owed()
    dissolve(cast.AN_PHUOC, ended=day)
    assert bool(queries.list_left()[0]) is (day <= TODAY)


def test_accepted_withdrawn_and_received_things_are_not_listed(session: Session) -> None:
    first, second = made.issued(findings=2)
    made.accepted(first)
    second.state = TaskState.WITHDRAWN
    delivery = made.delivery_of(first)
    deliveries.record_receipt(
        delivery, kind=ReceiptKind.EOFFICE, received_on=date(2026, 8, 20), reference="", actor=actor()
    )
    dissolve(cast.AN_PHUOC)
    assert queries.list_left() == ([], 0)


def test_a_recalled_notice_waits_for_nobody(session: Session) -> None:
    task = owed()
    dissolve(cast.AN_PHUOC)
    task.document.state = DocumentState.RECALLED
    db.session.flush()
    assert queries.list_left()[0][0].deliveries == ()


def test_a_successor_that_is_dissolved_too_passes_on_to_its_own(session: Session) -> None:
    owed()
    between = unit_made.unit("TG", "UBND xã Trung Gian")
    gone = dissolve()
    succeeds(gone, between, ENDED)
    between.valid_to = date(2026, 9, 22)
    succeeds(between, cast.unit(cast.AN_PHUOC), date(2026, 9, 22))
    db.session.commit()
    assert [heir.code for heir in queries.list_left()[0][0].heirs] == [cast.AN_PHUOC]


# --- a person assigns


def test_the_only_successor_is_the_default_and_leads_from_now_on(session: Session) -> None:
    task = owed()
    services.assign(task, AssignValues(lead=Officer(name="Mai Thị Làm Mẫu")), actor=actor(cast.HEAD))
    gone = dissolve(cast.AN_PHUOC)
    give(task, gone)
    assert task.lead_unit.code == cast.AN_PHUOC
    assert (task.due_on, task.original_due_on, task.state) == (
        date(2026, 9, 30), date(2026, 9, 30), TaskState.ISSUED,
    )  # fmt: skip
    assert [row.ended_at is not None for row in task.assignments] == [True]
    (row,) = task.handovers
    assert (row.from_unit, row.to_unit, row.assigned_on) == (gone, task.lead_unit, TODAY)
    assert row.acknowledged_on is None
    assert queries.list_left()[0][0].tasks == ()
    assert queries.taken_over(task) is row
    assert len(events("task_handed_over")) == 1


def test_with_several_successors_one_is_chosen(session: Session) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC, cast.LONG_THANH)
    with pytest.raises(DomainError) as refused:
        give(task, gone)
    assert refused.value.field == "successor_id"
    give(task, gone, to=cast.LONG_THANH)
    assert task.lead_unit.code == cast.LONG_THANH


def test_only_a_successor_may_be_chosen(session: Session) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    with pytest.raises(DomainError, match="Chọn đơn vị kế thừa"):
        give(task, gone, to=cast.OFFICE)


def test_without_a_successor_on_record_it_says_what_to_do(session: Session) -> None:
    task = owed()
    gone = dissolve()
    with pytest.raises(Conflict, match="Ghi việc kế thừa của đơn vị"):
        give(task, gone)


def test_a_unit_that_goes_on_hands_nothing_over(session: Session) -> None:
    task = owed()
    with pytest.raises(WrongState, match="đang hoạt động"):
        give(task, cast.unit(cast.LONG_PHUOC))


@pytest.mark.parametrize("part", [cast.HEAD, cast.OTHER_HEAD, cast.LEADER, cast.CLERK, cast.OBSERVER])
def test_only_follower_and_planner_assign(session: Session, part: str) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    with pytest.raises(Forbidden):
        give(task, gone, by=part)


def test_a_task_is_assigned_once(session: Session) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    give(task, gone)
    with pytest.raises(WrongState, match="đã giao"):
        give(task, gone)


def test_nothing_ticked_is_refused(session: Session) -> None:
    gone = dissolve(cast.AN_PHUOC)
    with pytest.raises(DomainError, match="Chọn ít nhất 01"):
        services.hand_over(gone, [], actor=actor())


def test_a_task_that_moved_on_meanwhile_is_refused(session: Session) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    with pytest.raises(Stale):
        services.hand_over(gone, [task], actor=actor(), versions=[task.version - 1])


def test_a_task_accepted_meanwhile_is_refused(session: Session) -> None:
    task = made.accepted(owed())
    gone = dissolve(cast.AN_PHUOC)
    with pytest.raises(WrongState, match="không còn chờ bàn giao"):
        give(task, gone)


def test_before_it_is_acknowledged_another_successor_may_get_it(session: Session) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC, cast.LONG_THANH)
    give(task, gone, to=cast.AN_PHUOC)
    give(task, gone, to=cast.LONG_THANH)
    assert task.lead_unit.code == cast.LONG_THANH
    assert len(task.handovers) == 1
    services.acknowledge_handover(task.handovers, actor=actor(), on=TODAY, reference="05/BB-UBND")
    with pytest.raises(WrongState, match="đã xác nhận nhận bàn giao"):
        give(task, gone, to=cast.AN_PHUOC)


def test_the_successor_of_the_successor_takes_over_in_its_turn(session: Session) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    give(task, gone)
    second = cast.unit(cast.AN_PHUOC)
    second.valid_to = date(2026, 9, 22)
    succeeds(second, cast.unit(cast.LONG_THANH), date(2026, 9, 22))
    db.session.commit()
    assert [(left.unit, bool(left.tasks)) for left in queries.list_left()[0]] == [
        (second, True),
        (gone, False),
    ]
    give(task, second)
    assert [(row.from_unit.code, row.to_unit.code) for row in task.handovers] == [
        (cast.LONG_PHUOC, cast.AN_PHUOC), (cast.AN_PHUOC, cast.LONG_THANH),
    ]  # fmt: skip


# --- the notice that nobody received


def test_a_notice_goes_to_the_successor_and_the_first_delivery_keeps_its_unit(session: Session) -> None:
    task = owed()
    delivery = made.delivery_of(task)
    delivery.acknowledge_by = date(2026, 9, 30)
    gone = dissolve(cast.AN_PHUOC)
    services.hand_over(gone, [], [delivery], actor=actor())
    after = delivery.handed_to
    assert after is not None
    assert (delivery.unit, after.unit.code) == (gone, cast.AN_PHUOC)
    assert (after.sent_on, after.acknowledge_by) == (TODAY, date(2026, 9, 30))
    assert queries.count_left() == (1, 0)
    with pytest.raises(WrongState, match="đã bàn giao cho UBND xã An Phước"):
        deliveries.record_receipt(
            delivery, kind=ReceiptKind.EOFFICE, received_on=TODAY, reference="", actor=actor()
        )


def test_a_successor_that_had_the_notice_receives_it_once(session: Session) -> None:
    task = made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC))[0]
    delivery = made.delivery_of(task)
    gone = dissolve(cast.AN_PHUOC)
    services.hand_over(gone, [], [delivery], actor=actor())
    of_notice = sa.select(sa.func.count()).where(Delivery.document_id == task.document_id)
    assert session.scalar(of_notice) == 2
    assert delivery.handed_to is not None
    assert delivery.handed_to.sent_on == made.ISSUED_ON


def test_a_notice_of_a_unit_that_goes_on_is_not_handed_on(session: Session) -> None:
    delivery = made.delivery_of(owed())
    with pytest.raises(WrongState, match="đang hoạt động"):
        deliveries.hand_on(delivery, cast.unit(cast.AN_PHUOC), actor=actor())


def test_a_delivery_of_another_unit_is_not_found(session: Session) -> None:
    tasks = made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    other = next(made.delivery_of(task) for task in tasks if task.lead_unit.code == cast.AN_PHUOC)
    gone = dissolve(cast.LONG_THANH)
    with pytest.raises(NotFound):
        queries.list_deliveries(gone, [other.id])


# --- the successor's head acknowledges


def test_the_head_of_the_successor_acknowledges(session: Session) -> None:
    task = owed()
    give(task, dissolve(cast.AN_PHUOC))
    head = actor(cast.OTHER_HEAD)
    rows = queries.get_received(head).rows
    services.acknowledge_handover(rows, actor=head)
    (row,) = task.handovers
    assert (row.acknowledged_on, row.acknowledged_by, row.on_behalf) == (TODAY, head.person_id, False)
    assert queries.get_received(head).rows == ()
    assert len(events("task_handover_acknowledged")) == 1
    with pytest.raises(WrongState, match="đã được xác nhận"):
        services.acknowledge_handover(rows, actor=head)


@pytest.mark.parametrize("part", [cast.HEAD, cast.OFFICER, cast.PLANNER, cast.OBSERVER])
def test_nobody_else_acknowledges_in_its_place(session: Session, part: str) -> None:
    task = owed()
    give(task, dissolve(cast.AN_PHUOC))
    with pytest.raises(Forbidden):
        services.acknowledge_handover(task.handovers, actor=actor(part), on=TODAY, reference="05/BB-UBND")


def test_the_office_records_the_paper_of_a_unit_without_accounts(session: Session) -> None:
    task = owed()
    give(task, dissolve(cast.AN_PHUOC))
    with pytest.raises(DomainError) as refused:
        services.acknowledge_handover(task.handovers, actor=actor(), on=TODAY)
    assert refused.value.field == "reference"
    services.acknowledge_handover(task.handovers, actor=actor(), on=ENDED, reference=" 05/BB-UBND ")
    (row,) = task.handovers
    assert (row.on_behalf, row.reference, row.acknowledged_on) == (True, "05/BB-UBND", ENDED)


@pytest.mark.parametrize("day", [date(2026, 9, 19), date(2026, 9, 24)])
def test_the_paper_is_of_a_day_since_the_end(session: Session, day: date) -> None:
    task = owed()
    give(task, dissolve(cast.AN_PHUOC))
    with pytest.raises(DomainError) as refused:
        services.acknowledge_handover(task.handovers, actor=actor(), on=day, reference="05/BB-UBND")
    assert refused.value.field == "on"


def test_who_does_not_click_freezes_nothing(session: Session) -> None:
    task = owed()
    give(task, dissolve(cast.AN_PHUOC))
    made.submitted(task, by=cast.OTHER_HEAD)
    services.accept_whole(task, actor=actor())
    assert task.state is TaskState.ACCEPTED
    assert queries.get_received(actor(cast.OTHER_HEAD)).rows == ()


# --- what relies on a succession


def test_a_succession_by_which_something_was_handed_over_stays(session: Session) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    row = session.scalars(sa.select(units.Succession)).one()
    give(task, gone)
    with pytest.raises(Conflict, match=task.code):
        units.undo_succession(row, "Ghi nhầm", actor=actor(cast.PLANNER))


def test_a_succession_by_which_a_notice_was_handed_over_stays(session: Session) -> None:
    task = owed()
    delivery = made.delivery_of(task)
    gone = dissolve(cast.AN_PHUOC)
    row = session.scalars(sa.select(units.Succession)).one()
    services.hand_over(gone, [], [delivery], actor=actor())
    with pytest.raises(Conflict, match="Thông báo đã bàn giao"):
        units.undo_succession(row, "Ghi nhầm", actor=actor(cast.PLANNER))


def test_the_database_keeps_one_successor_a_unit(session: Session) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC, cast.LONG_THANH)
    give(task, gone, to=cast.AN_PHUOC)
    session.add(
        TaskHandover(
            task_id=task.id, from_unit_id=gone.id, to_unit_id=cast.unit(cast.LONG_THANH).id,
            assigned_by=actor().person_id, assigned_on=TODAY,
        )
    )  # fmt: skip
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


def test_two_who_assign_at_once_give_it_to_one_successor(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    app = create_app(settings_for(new_database("handed"), tmp_path))
    with app.app_context():
        task = owed()
        dissolve(cast.AN_PHUOC, cast.LONG_THANH)
        task_id, seen = task.id, task.version
        db.session.remove()

    def to(code: str) -> Callable[[Task], object]:
        return lambda task: services.hand_over(
            cast.unit(cast.LONG_PHUOC), [task], successor_id=cast.unit(code).id, versions=[seen],
            actor=actor(),
        )  # fmt: skip

    told = race(app, lambda: db.session.get_one(Task, task_id), [to(cast.AN_PHUOC), to(cast.LONG_THANH)])
    assert told == ["done", "refused"]
    with app.app_context():
        (row,) = db.session.scalars(sa.select(TaskHandover))
        assert row.to_unit_id == db.session.get_one(Task, task_id).lead_unit_id
        db.session.remove()
