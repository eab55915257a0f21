"""Giữ chỗ: a planner reserves the scope of a draft for some working days; extends it, gives it back.

A reservation stands in others' way as a claim does, explained in its own words, until the end of its last day
or until the case is decided. What a draft's scope loses is given back at once; what it gains is reserved on
request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.accounts.models import Person
from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines.settings import RESERVE_WORKING_DAYS
from app.deadlines.working_days import add_working_days
from app.errors import Conflict
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.register import panels, reopened, reserved, services
from app.register.boxes import Box
from app.register.models import Claim, MandateKind, Reservation
from app.register.services import ClaimWanted
from app.register.states import RESERVATION
from app.vietnamese import format_date
from app.workflow import advance

OTHER_BODY = "Cuộc kiểm tra đã đổi cơ quan kiểm tra"
GONE = "Phạm vi không còn được giữ chỗ. Tải lại trang để xem kết quả rà soát mới nhất."


@dataclass(frozen=True)
class Planned:
    """The draft for which content is reserved, as others are told; `secret`: neither its name nor planner."""

    inspection_id: int
    title: str
    body_name: str
    level: int
    secret: bool = False

    @property
    def told(self) -> str:
        return "" if self.secret else self.title


def last_day() -> date:
    """The last day of a reservation that is made or extended today: the office's setting, in working days."""
    days = deadlines.setting(RESERVE_WORKING_DAYS)
    return add_working_days(clock.today(), days, deadlines.current_calendar())


def reserve(planned: Planned, wanted: Sequence[ClaimWanted], *, actor: Actor) -> Reservation:
    """Hold all of `wanted` for the draft, or nothing. What it holds already keeps its last day.

    Raises ClaimRefused with the review of the whole plan, Conflict (all of it is reserved, or there is
    nothing to reserve), Forbidden. The caller rolls back on any.
    """
    authorise(actor, Action.RESERVE_SCOPE)
    if not wanted:
        raise Conflict("Phạm vi không có nội dung nào cần giữ chỗ.")
    services.lock()
    reserved.end_lapsed(clock.today())
    held = reserved.of_case(planned.inspection_id)
    if held is None:
        return _first(planned, wanted, actor)
    if not reserved.outside([item.box for item in wanted], reserved.boxes(held)):
        raise Conflict(f"Phạm vi đã được giữ chỗ đến hết ngày {format_date(held.lapses_on)}.")
    services.claim(held.mandate, wanted, actor=actor, lapses_on=held.lapses_on, reservation=held)
    _record("reservation_updated", held, actor, count=len(wanted), day=held.lapses_on)
    return held


def _first(planned: Planned, wanted: Sequence[ClaimWanted], actor: Actor) -> Reservation:
    day = last_day()
    mandate = services.create_mandate(
        kind=MandateKind.OWN, body_name=planned.body_name, level=planned.level,
        leader_name="" if planned.secret else actor.name, hidden=planned.secret,
    )  # fmt: skip
    made = Reservation(
        inspection_id=planned.inspection_id, mandate=mandate, planned=planned.told, lapses_on=day,
        made_by=actor.person_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    services.claim(mandate, wanted, actor=actor, lapses_on=day)
    _record("reservation_made", made, actor, count=len(wanted), day=day)
    return made


def extend(inspection_id: int, *, actor: Actor) -> Reservation:
    """Let what stands reserved go on as if it were reserved today. Raises Conflict (lapsed, none gained)."""
    authorise(actor, Action.RESERVE_SCOPE)
    services.lock()
    held = _standing(inspection_id)
    day = last_day()
    if day <= held.lapses_on:
        raise Conflict(
            f"Phạm vi đã được giữ chỗ đến hết ngày {format_date(held.lapses_on)}; hôm nay gia hạn không thêm "
            "được ngày nào."
        )
    db.session.execute(
        sa.update(Claim)
        .where(Claim.mandate_id == held.mandate_id, Claim.ended_at.is_(None))
        .values(lapses_on=day)
        .execution_options(synchronize_session=False)
    )
    held.lapses_on = day
    db.session.flush()
    _record("reservation_extended", held, actor, day=day)
    return held


def release(inspection_id: int, *, actor: Actor) -> int:
    """Bỏ giữ chỗ. Returns how many claims were given back. Raises Conflict (none reserved), Forbidden."""
    authorise(actor, Action.RESERVE_SCOPE)
    services.lock()
    return _give_back(_standing(inspection_id), "", actor)


def follow(planned: Planned, kept: Sequence[Box], *, actor: Actor | None = None) -> None:
    """After the draft was edited: what its scope lost is given back, and others are told its present name.

    Nothing happens without a reservation. One of which nothing is left, or of another body by now, is ended.
    """
    if reserved.of_case(planned.inspection_id) is None:
        return
    services.lock()
    held = reserved.of_case(planned.inspection_id)
    if held is None:
        return
    if held.mandate.body_name != planned.body_name:
        _give_back(held, OTHER_BODY, actor)
        return
    count = reserved.cut(held, kept)
    if not reserved.boxes(held):
        _give_back(held, reserved.NOT_IN_SCOPE, actor, already=count)
        return
    held.planned, held.mandate.hidden = planned.told, planned.secret
    held.mandate.leader_name = "" if planned.secret else db.session.get_one(Person, held.made_by).name
    db.session.flush()
    if count:
        reopened.settle(held.mandate, actor=actor, freed=True)
        _record("reservation_cut", held, actor, count=count)


def _standing(inspection_id: int) -> Reservation:
    reserved.end_lapsed(clock.today())
    held = reserved.of_case(inspection_id)
    if held is None:
        raise Conflict(GONE)
    return held


def _give_back(held: Reservation, reason: str, actor: Actor | None, *, already: int = 0) -> int:
    count = already + reserved.give_up(held, reason or "Bỏ giữ chỗ")
    reopened.settle(held.mandate, actor=actor, freed=True)
    case = panels.cases_of([held.mandate_id])[held.mandate_id].subject
    data = {"count": count, "reason": reason}
    advance(held, "release", RESERVATION, actor=actor, about=(case,), data=data)
    db.session.flush()
    return count


def _record(
    name: str, held: Reservation, actor: Actor | None, *, count: int = 0, day: date | None = None
) -> None:
    case = panels.cases_of([held.mandate_id])[held.mandate_id].subject
    told = {"count": count} | ({"day": format_date(day)} if day else {})
    audit.record(name, held, case, actor=actor, data=told)
