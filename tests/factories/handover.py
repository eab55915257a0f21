"""A unit that is no more and what it owed, for tests of the hand-over."""

from __future__ import annotations

from datetime import date

from app.policy import Actor
from app.remediation import services
from app.remediation.models import Task
from app.units.models import Unit
from tests import cast
from tests.factories import remediation as made
from tests.factories import units as unit_made

ENDED = date(2026, 9, 20)
TODAY = date(2026, 9, 23)


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
