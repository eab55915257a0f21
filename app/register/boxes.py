"""Boxes: unit × part of a content × days. Pure arithmetic on half-open ranges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.form_library.models import WHOLE


@dataclass(frozen=True, order=True)
class Box:
    """Half-open in parts `[part_from, part_to)` and in days `[starts_on, ends_on)`."""

    unit_id: int
    content_id: int
    starts_on: date
    ends_on: date
    part_from: int = 0
    part_to: int = WHOLE

    def __post_init__(self) -> None:
        if self.starts_on >= self.ends_on or self.part_from >= self.part_to:
            raise ValueError("an empty box")

    @property
    def last_day(self) -> date:
        """The last day as people say it (inclusive)."""
        return self.ends_on - timedelta(days=1)

    def meets(self, other: Box) -> bool:
        """Whether the two share a unit, a content, a part and a day."""
        return (
            self.unit_id == other.unit_id
            and self.content_id == other.content_id
            and self.part_from < other.part_to
            and other.part_from < self.part_to
            and self.starts_on < other.ends_on
            and other.starts_on < self.ends_on
        )

    def common(self, other: Box) -> Box | None:
        """What the two share; None when nothing."""
        if not self.meets(other):
            return None
        return Box(
            self.unit_id,
            self.content_id,
            max(self.starts_on, other.starts_on),
            min(self.ends_on, other.ends_on),
            max(self.part_from, other.part_from),
            min(self.part_to, other.part_to),
        )

    def within(self, starts_on: date, ends_on: date, part_from: int, part_to: int) -> Box:
        """The same spot with these days and parts (a plan has ten thousand of them: `replace` is slow)."""
        return Box(self.unit_id, self.content_id, starts_on, ends_on, part_from, part_to)


def _minus(box: Box, hole: Box) -> list[Box]:
    shared = box.common(hole)
    if shared is None:
        return [box]
    left: list[Box] = []
    if box.starts_on < shared.starts_on:
        left.append(box.within(box.starts_on, shared.starts_on, box.part_from, box.part_to))
    if shared.ends_on < box.ends_on:
        left.append(box.within(shared.ends_on, box.ends_on, box.part_from, box.part_to))
    if box.part_from < shared.part_from:
        left.append(box.within(shared.starts_on, shared.ends_on, box.part_from, shared.part_from))
    if shared.part_to < box.part_to:
        left.append(box.within(shared.starts_on, shared.ends_on, shared.part_to, box.part_to))
    return left


def subtract(box: Box, holes: Iterable[Box]) -> tuple[Box, ...]:
    """What is left of `box`, in order of days and parts; the pieces do not overlap."""
    left = [box]
    for hole in holes:
        left = [piece for item in left for piece in _minus(item, hole)]
    return tuple(sorted(left))


def named_part(asked: Box, left: Iterable[Box]) -> frozenset[str]:
    """Of what something is left over: of the period, of the fields of procedure, or of both."""
    return frozenset(
        "thời kỳ" if (one.starts_on, one.ends_on) != (asked.starts_on, asked.ends_on) else "lĩnh vực"
        for one in left
    )
