"""The one clock. Instants are aware UTC; days are those of Việt Nam (UTC+7, no summer time)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "+07")

_frozen: list[datetime] = []


def now() -> datetime:
    """The present instant, aware, UTC, whole microseconds."""
    return _frozen[-1] if _frozen else datetime.now(UTC)


def today() -> date:
    """The present day in Việt Nam."""
    return now().astimezone(VIETNAM).date()


def local(instant: datetime) -> datetime:
    """The same instant on a Vietnamese clock."""
    return instant.astimezone(VIETNAM)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """The instant at which a Vietnamese clock shows `hour:minute` on `day`."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM).astimezone(UTC)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Hold the clock at `instant` (aware): tests and the example, which replays a past year."""
    if instant.tzinfo is None:
        raise ValueError("an aware instant is needed")
    _frozen.append(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.pop()
