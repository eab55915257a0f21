"""A unit that is no more and what it owed, a new follower, a new head: for tests of the hand-over."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.accounts.models import Appointment, AppointmentKind
from app.extensions import db
from app.policy import Actor, Role
from app.remediation import services
from app.remediation.models import HandingList, Task
from app.units.models import Unit
from tests import cast
from tests.factories import remediation as made
from tests.factories import units as unit_made

ENDED = date(2026, 9, 20)
TODAY = date(2026, 9, 23)
CHANGED = date(2026, 9, 16)
"""When another head came."""


def owed(**how: object) -> Task:
    """A task of xã Long Phước, which ends on 20/9/2026."""
    return made.issued(**how)[0]


def dissolve(*heirs: str, ended: date = ENDED) -> Unit:
    """xã Long Phước ends and is succeeded by `heirs`."""
    return unit_made.ended(cast.LONG_PHUOC, *heirs, on=ended)


def actor(part: str = cast.FOLLOWER) -> Actor:
    """Who acts, the follower unless said otherwise."""
    return cast.actor(part)


def give(task: Task, unit: Unit, *, to: str | None = None, by: str = cast.FOLLOWER) -> Unit:
    """Assign a task that the unit left; to whom it went."""
    return services.hand_over(
        unit, [task], successor_id=cast.unit(to).id if to else None, actor=cast.actor(by)
    )


def follow_on(*tasks: Task, to: str = cast.CONTENT_CHECKER, by: str = cast.FOLLOWER) -> HandingList:
    """Somebody else follows the tasks from now on; the list."""
    services.set_follower(tasks, cast.person(to).id, reason="Chuyển công tác", actor=cast.actor(by))
    return db.session.scalars(sa.select(HandingList).order_by(HandingList.id.desc()).limit(1)).one()


def new_head(code: str = cast.LONG_PHUOC, part: str = cast.OFFICER, on: date = CHANGED) -> Appointment:
    """The present head leaves the day before `on`; somebody else of the cast heads the unit from then on."""
    unit = cast.unit(code)
    for post in db.session.scalars(
        sa.select(Appointment).where(
            Appointment.unit_id == unit.id, Appointment.kind == AppointmentKind.HEAD,
            Appointment.to_on.is_(None),
        )
    ):  # fmt: skip
        post.to_on = date.fromordinal(on.toordinal() - 1)
    db.session.flush()
    post = Appointment(
        person_id=cast.person(part).id, unit_id=unit.id, title="Chủ tịch UBND xã",
        kind=AppointmentKind.HEAD, from_on=on, roles=[Role.UNIT_HEAD.value],
    )  # fmt: skip
    db.session.add(post)
    db.session.commit()
    return post
