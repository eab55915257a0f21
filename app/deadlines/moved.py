"""Which open dates another calendar would count otherwise. It moves none: people see them and decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.deadlines.working_days import Calendar
from app.policy import Actor


@dataclass(frozen=True)
class Moved:
    """An open deadline as it was given, and where this calendar puts it; `unit` has to keep it."""

    name: str
    unit: str
    given: date
    counted: date
    url: str


@dataclass(frozen=True)
class MovedDates:
    """How many open dates are counted otherwise, and the nearest of those that somebody may read of."""

    total: int = 0
    shown: tuple[Moved, ...] = ()


Counter = Callable[[Calendar, Actor], MovedDates]
_counters: dict[str, Counter] = {}


def add_counter(counter: Counter) -> None:
    """Let a feature above tell which of its open dates would be others, as far as `actor` may see them."""
    _counters[f"{counter.__module__}.{counter.__qualname__}"] = counter


def list_moved(calendar: Calendar, actor: Actor) -> MovedDates:
    """Every open date that this calendar counts otherwise, the nearest first."""
    found = [counter(calendar, actor) for counter in _counters.values()]
    shown = sorted(
        (one for part in found for one in part.shown), key=lambda one: (one.given, one.unit, one.name)
    )
    return MovedDates(sum(part.total for part in found), tuple(shown))
