"""Acts of a leader at the edge: a deputy in the place, a former head, an ended task, a unit that is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Appointment, AppointmentKind
from app.audit.models import Event
from app.deadlines.badge import DeadlineKind
from app.errors import DomainError, Forbidden, WrongState
from app.extensions import db
from app.policy import Role
from app.remediation import services
from app.remediation.models import Directive, DirectiveKind, RequestState, Task
from app.remediation.values import (
    DirectiveAnswer,
    DirectiveValues,
    ExtensionValues,
    LineStep,
    LineValues,
    RequestValues,
)
from tests import cast
from tests.factories import remediation as made
from tests.factories.handover import dissolve, give

K = DirectiveKind
TODAY, NEW = date(2026, 9, 23), date(2026, 10, 9)
KINDS = list(DirectiveKind)


def told(kind: K) -> DirectiveValues:
    """The act with everything it asks for."""
    return DirectiveValues(
        kind, "Khẩn trương thực hiện", TODAY + timedelta(2), new_due_on=NEW,
        requested_by=cast.person(cast.HEAD).id, requested_on=TODAY,
        follower_id=cast.person(cast.PLANNER).id,
    )  # fmt: skip


def refused(session: Session, task: Task, error: type[DomainError], act: Callable[[], object]) -> str:
    """The act is refused with words, and nothing of the task, no event, stays behind."""
    session.commit()
    before = stands(session, task)
    with pytest.raises(error) as told_:
        act()
    session.commit()
    session.expire_all()
    assert stands(session, task) == before
    return told_.value.message


def stands(session: Session, task: Task) -> tuple[object, ...]:
    events = session.scalar(sa.select(sa.func.count()).select_from(Event))
    asked = session.scalar(sa.select(sa.func.count()).select_from(Directive))
    return (
        task.version, task.state, task.due_on, task.follower_id, task.urged_count, len(task.extensions),
        [one.state for one in task.extension_requests], asked, events,
    )  # fmt: skip


def holds_office(
    part: str, kind: AppointmentKind, *roles: Role, first: date, last: date | None = None
) -> None:
    """A post at the office, besides what the person has."""
    db.session.add(
        Appointment(
            person_id=cast.person(part).id, unit_id=cast.unit(cast.OFFICE).id, title="Phó Giám đốc",
            kind=kind, from_on=first, to_on=last, roles=[role.value for role in roles],
        )
    )  # fmt: skip
    db.session.commit()


@pytest.mark.parametrize("kind", KINDS)
def test_a_deputy_leads_from_the_first_day_to_the_last_and_not_a_day_longer(
    session: Session, kind: K
) -> None:
    task = made.issued()[0]
    holds_office(cast.MEMBER, AppointmentKind.DEPUTY, Role.LEADER, first=TODAY, last=TODAY)
    with clock.frozen(clock.at(TODAY - timedelta(1))):
        early = cast.actor(cast.MEMBER)
        refused(session, task, Forbidden, lambda: services.direct(task, told(kind), actor=early))
    with clock.frozen(clock.at(TODAY + timedelta(1))):
        late = cast.actor(cast.MEMBER)
        refused(session, task, Forbidden, lambda: services.direct(task, told(kind), actor=late))
    services.direct(task, told(kind), actor=cast.actor(cast.MEMBER))


def test_leader_and_deputy_do_not_put_the_same_act_twice_on_one_day(session: Session) -> None:
    task = made.issued()[0]
    holds_office(cast.MEMBER, AppointmentKind.DEPUTY, Role.LEADER, first=TODAY)
    for kind in KINDS:
        services.direct(task, told(kind), actor=cast.actor(cast.LEADER))
        again = replace(told(kind), new_due_on=NEW + timedelta(3), follower_id=cast.person(cast.FOLLOWER).id)
        refused(
            session, task, DomainError, partial(services.direct, task, again, actor=cast.actor(cast.MEMBER))
        )


def asked_as_head(task: Task) -> None:
    """The head asks for more time, leaves the unit the same day and leads the office from the next."""
    values = RequestValues(NEW, "Chờ kinh phí", reference="31/UBND-VP", document_on=TODAY)
    services.request_extension(task, values, actor=cast.actor(cast.HEAD))
    for post in db.session.scalars(
        sa.select(Appointment).where(Appointment.person_id == cast.person(cast.HEAD).id)
    ):
        post.to_on = TODAY
    db.session.commit()
    holds_office(cast.HEAD, AppointmentKind.DEPUTY, Role.LEADER, Role.FOLLOWER, first=TODAY + timedelta(1))


@pytest.mark.parametrize("named", [cast.OFFICER, cast.HEAD])
def test_a_former_head_does_not_decide_what_that_head_asked_whoever_is_named(
    session: Session, named: str
) -> None:
    task = made.issued()[0]
    asked_as_head(task)
    with clock.frozen(clock.at(TODAY + timedelta(1))):
        today, actor, me = clock.today(), cast.actor(cast.HEAD), cast.person(cast.HEAD).id
        values = replace(told(K.EXTEND), requested_by=cast.person(named).id, answer_due_on=NEW)
        refused(session, task, DomainError, lambda: services.direct(task, values, actor=actor))
        moved = ExtensionValues(NEW, "Chờ kinh phí", cast.person(named).id, today, decided_by=me)
        refused(session, task, DomainError, lambda: services.extend(task, moved, actor=actor))
        refused(
            session, task, DomainError,
            lambda: services.refuse_extension(task, decided_by=me, reason="Đủ thời gian", actor=actor),
        )  # fmt: skip
        services.direct(task, values, actor=cast.actor(cast.LEADER))  # another leader may
        assert [one.state for one in task.extension_requests] == [RequestState.GRANTED]
        assert task.extensions[0].requested_by == me


def test_a_former_head_does_not_accept_what_that_head_reported_nor_answer_for_the_unit(
    session: Session,
) -> None:
    task = made.issued()[0]
    asked = services.direct(task, told(K.URGE), actor=cast.actor(cast.LEADER))
    made.progressed(task)
    services.submit(task, actor=cast.actor(cast.HEAD))
    for post in session.scalars(
        sa.select(Appointment).where(Appointment.person_id == cast.person(cast.HEAD).id)
    ):
        post.to_on = TODAY
    holds_office(cast.HEAD, AppointmentKind.HEAD, Role.LEADER, Role.CONTENT_CHECKER, first=date(2026, 9, 24))
    with clock.frozen(clock.at(date(2026, 9, 24))):
        actor = cast.actor(cast.HEAD)
        result = task.results[0].id
        for act in (
            lambda: services.accept_whole(task, actor=actor),
            lambda: services.accept_result(task, result, actor=actor),
            lambda: services.send_back(task, actor=actor, comment="Thiếu ảnh", due_on=NEW),
            lambda: services.answer(asked, DirectiveAnswer("Đã giao"), actor=actor),
        ):
            refused(session, task, Forbidden, act)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["accepted", "withdrawn", "draft"])
def test_nothing_is_put_to_a_task_that_is_not_followed(session: Session, kind: K, end: str) -> None:
    task = made.issued()[0]
    if end == "accepted":
        made.progressed(task)
        services.submit(task, actor=cast.actor(cast.HEAD))
        services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))
    elif end == "withdrawn":
        services.withdraw([task], "Thông báo thu hồi", about_also=(), actor=None)
    else:
        task = made.drafts(made.case())[0]
    refused(
        session, task, WrongState, lambda: services.direct(task, told(kind), actor=cast.actor(cast.LEADER))
    )


@pytest.mark.parametrize("kind", [K.URGE, K.EVIDENCE, K.EXTEND])
def test_nothing_is_asked_of_a_unit_that_ended_the_day_before(session: Session, kind: K) -> None:
    task = made.issued()[0]
    gone = dissolve(cast.AN_PHUOC, ended=TODAY - timedelta(1))
    leader = cast.actor(cast.LEADER)
    said = refused(session, task, WrongState, lambda: services.direct(task, told(kind), actor=leader))
    assert said.startswith("UBND xã Long Phước đã chấm dứt hoạt động.") and "đơn vị kế thừa" in said
    give(task, gone)
    heir = replace(told(kind), requested_by=cast.person(cast.OTHER_HEAD).id)
    asked = services.direct(task, heir, actor=leader)  # of who took it over
    assert asked.who == "UBND xã An Phước"
    values = DirectiveAnswer("Đã giao Văn phòng", "40/UBND", TODAY)
    refused(session, task, Forbidden, lambda: services.answer(asked, values, actor=cast.actor(cast.HEAD)))
    services.answer(asked, values, actor=cast.actor(cast.OTHER_HEAD))


def test_another_follower_is_given_though_the_unit_is_no_more(session: Session) -> None:
    task = made.issued()[0]
    dissolve(cast.AN_PHUOC, ended=TODAY - timedelta(1))
    services.direct(task, told(K.REASSIGN), actor=cast.actor(cast.LEADER))
    assert task.follower_id == cast.person(cast.PLANNER).id


@pytest.mark.parametrize("way", ["progress", "line"])
def test_who_keys_in_a_proof_in_the_time_of_watch_does_not_end_the_watch(session: Session, way: str) -> None:
    task = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0], on=TODAY)
    services.watch(task, until=date(2027, 9, 30), every=1, actor=cast.actor(cast.FOLLOWER))
    if way == "progress":
        made.progressed(task, by=cast.FOLLOWER)
    else:
        line = LineValues(step=LineStep.DONE, document_reference="31/TB-UBND", document_on=TODAY)
        services.edit_line(task, line, actor=cast.actor(cast.FOLLOWER))
    follower = cast.actor(cast.FOLLOWER)
    refused(session, task, Forbidden, lambda: services.finish_watch(task, actor=follower))
    refused(
        session, task, Forbidden,
        lambda: services.recur(task, actor=follower, comment="Lại thiếu", due_on=NEW),
    )  # fmt: skip
    services.finish_watch(task, actor=cast.actor(cast.CONTENT_CHECKER))
