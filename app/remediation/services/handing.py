"""Biên bản bàn giao between people: lists that the new follower, the new head of a unit acknowledges.

No date moves, nothing is asked of the new one for days before: each answers for the own time.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise, can
from app.remediation import periods, queries, sheets
from app.remediation.models import HandingKind, HandingLine, HandingList, Task
from app.remediation.queries import ToTakeOver
from app.remediation.services.guards import about
from app.units.models import Unit
from app.vietnamese import format_date


def put_on_list(task: Task, to_person_id: int, *, reason: str, actor: Actor) -> HandingList:
    """Write down that `task` goes from its follower to another, before it does.

    Tasks given by one act are one list: the same people, day and reason.
    """
    assert task.follower_id is not None
    today = clock.today()
    listed = sa.exists().where(HandingLine.list_id == HandingList.id, HandingLine.task_id == task.id)
    found = db.session.scalars(
        sa.select(HandingList)
        .where(
            HandingList.kind == HandingKind.FOLLOWER, HandingList.acknowledged_on.is_(None),
            HandingList.from_person_id == task.follower_id, HandingList.to_person_id == to_person_id,
            HandingList.given_by == actor.person_id, HandingList.from_on == today,
            HandingList.reason == reason, sa.not_(listed),
        )
        .order_by(HandingList.id.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    if found is None:
        found = HandingList(
            kind=HandingKind.FOLLOWER, from_person_id=task.follower_id, to_person_id=to_person_id,
            from_on=today, reason=reason, given_by=actor.person_id,
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
    began = queries.follower_turns(task)[-1].first
    db.session.add(_line(found, task, periods.days_within(periods.late_spans(task, today), began, today)))
    db.session.flush()
    return found


def _line(found: HandingList, task: Task, days: int) -> HandingLine:
    return HandingLine(
        list_id=found.id, task_id=task.id, state=task.state, term_on=task.term, days_overdue=days
    )


def acknowledge_list(handing: HandingList, *, actor: Actor) -> None:
    """The new follower has read the list and takes it over; it stays so. Raises Forbidden, WrongState."""
    authorise(actor, Action.TAKE_OVER_TASKS, handing)
    db.session.scalars(
        sa.select(HandingList)
        .where(HandingList.id == handing.id)
        .with_for_update(of=HandingList)
        .execution_options(populate_existing=True)
    ).one()
    if handing.acknowledged_on is not None:
        raise WrongState(f"Danh sách này đã được xác nhận ngày {format_date(handing.acknowledged_on)}.")
    handing.acknowledged_on, handing.acknowledged_by = clock.today(), actor.person_id
    db.session.flush()
    sheets.keep(sheets.of_list(handing))
    for line in handing.lines:
        if line.task.follower_id == handing.to_person_id:  # what went on to a third is that one's to take
            audit.record(
                "task_followed_on", line.task, actor=actor,
                data={**about(line.task), "to": handing.receiver.name, "from": f"từ {handing.giver.name}"},
            )  # fmt: skip


def take_over_as_head(
    unit: Unit, *, actor: Actor, mark: str, on: date | None = None, reference: str = ""
) -> HandingList:
    """The new head takes over what was open when they came, or the office records it from the signed paper.

    `mark`: what was on the page (`ToTakeOver.mark`). Raises Conflict when the list has changed since,
    WrongState when nothing waits, DomainError at a field, Forbidden.
    """
    db.session.execute(sa.select(Unit.id).where(Unit.id == unit.id).with_for_update())
    found = queries.read_head_change(unit)
    change = found.change
    if change is None:
        raise WrongState(f"{unit.name} không còn danh sách chờ người đứng đầu nhận bàn giao.")
    on_behalf = _ask_head(actor, found)
    if mark != found.mark:
        raise Conflict("Danh sách đã thay đổi từ khi mở trang. Xem lại danh sách rồi xác nhận.")
    reference = " ".join(reference.split())
    if on_behalf:
        if len(reference) < 3:
            raise DomainError("Ghi số, ký hiệu của biên bản bàn giao.", field="reference")
        if on is None or not change.post.from_on <= on <= clock.today():
            raise DomainError(
                f"Ngày biên bản từ ngày {format_date(change.post.from_on)} đến hôm nay.", field="on"
            )
    made = HandingList(
        kind=HandingKind.HEAD, appointment_id=change.post.id, unit_id=unit.id,
        from_person_id=change.before.id, to_person_id=change.post.person_id, from_on=change.post.from_on,
        given_by=actor.person_id, acknowledged_on=on if on_behalf else clock.today(),
        acknowledged_by=actor.person_id, on_behalf=on_behalf, reference=reference if on_behalf else "",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    for task in found.tasks:
        before = periods.days_within(periods.late_spans(task, clock.today()), date.min, change.post.from_on)
        db.session.add(_line(made, task, before))
        audit.record(
            "task_head_changed", task, actor=actor, on_behalf_of=unit.name if on_behalf else None,
            data={
                **about(task), "to": change.post.person.name, "from": f"từ {change.before.name}",
                "reference": made.reference,
            },
        )  # fmt: skip
    db.session.flush()
    sheets.keep(sheets.of_list(made))
    return made


def _ask_head(actor: Actor, found: ToTakeOver) -> bool:
    """False for the new head, True for the office in the unit's place. Raises Forbidden."""
    if can(actor, Action.TAKE_OVER_TASKS, found):
        return False
    if found.unit.id not in actor.unit_ids and can(actor, Action.ENTER_FOR_UNIT):
        return True
    authorise(actor, Action.TAKE_OVER_TASKS, found)
    raise AssertionError("the right was refused above")
