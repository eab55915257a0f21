"""Boxes: unit × part of a content × days. Pure arithmetic on half-open ranges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, Self

from app.form_library.models import WHOLE

_new = tuple.__new__


class _Edges(NamedTuple):
    unit_id: int
    content_id: int
    starts_on: date
    ends_on: date
    part_from: int = 0
    part_to: int = WHOLE


class Box(_Edges):
    """Half-open in parts `[part_from, part_to)` and in days `[starts_on, ends_on)`; never empty.

    A tuple: a plan has ten thousand of them, each compared and cut several times.
    """

    __slots__ = ()

    def __new__(
        cls, unit_id: int, content_id: int, starts_on: date, ends_on: date,
        part_from: int = 0, part_to: int = WHOLE,
    ) -> Self:  # fmt: skip
        if starts_on >= ends_on or part_from >= part_to:
            raise ValueError("an empty box")
        return _new(cls, (unit_id, content_id, starts_on, ends_on, part_from, part_to))

    @property
    def last_day(self) -> date:
        """The last day as people say it (inclusive)."""
        return self.ends_on - timedelta(days=1)

    def meets(self, other: Box) -> bool:
        """Whether the two share a unit, a content, a part and a day."""
        unit, content, first, end, part, part_end = self
        unit_, content_, first_, end_, part_, part_end_ = other
        return (
            unit == unit_ and content == content_ and part < part_end_ and part_ < part_end
            and first < end_ and first_ < end
        )  # fmt: skip

    def common(self, other: Box) -> Box | None:
        """What the two share; None when nothing."""
        unit, content, first, end, part, part_end = self
        unit_, content_, first_, end_, part_, part_end_ = other
        if unit != unit_ or content != content_:
            return None
        first, end = max(first, first_), min(end, end_)
        part, part_end = max(part, part_), min(part_end, part_end_)
        return Box(unit, content, first, end, part, part_end) if first < end and part < part_end else None

    def within(self, starts_on: date, ends_on: date, part_from: int, part_to: int) -> Box:
        """The same spot with these days and parts."""
        return Box(self[0], self[1], starts_on, ends_on, part_from, part_to)


def _minus(box: Box, hole: Box) -> list[Box]:
    shared = box.common(hole)
    if shared is None:
        return [box]
    _, _, starts_on, ends_on, part_from, part_to = box
    _, _, first, end, part, part_end = shared
    left: list[Box] = []
    if starts_on < first:
        left.append(box.within(starts_on, first, part_from, part_to))
    if end < ends_on:
        left.append(box.within(end, ends_on, part_from, part_to))
    if part_from < part:
        left.append(box.within(first, end, part_from, part))
    if part_end < part_to:
        left.append(box.within(first, end, part_end, part_to))
    return left


def subtract(box: Box, holes: Iterable[Box]) -> tuple[Box, ...]:
    """What is left of `box`, in order of days and parts; the pieces do not overlap."""
    left = [box]
    for hole in holes:
        left = [piece for item in left for piece in _minus(item, hole)]
    return tuple(left) if len(left) < 2 else tuple(sorted(left))


def named_part(asked: Box, left: Iterable[Box]) -> frozenset[str]:
    """Of what something is left over: of the period, of the fields of procedure, or of both."""
    return frozenset(
        "thời kỳ" if (one.starts_on, one.ends_on) != (asked.starts_on, asked.ends_on) else "lĩnh vực"
        for one in left
    )
