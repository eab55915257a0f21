"""What a plan may take: values that `queries.review` answers with."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.register.boxes import Box


class Ground(StrEnum):
    """Why a box is not free; what says most stands first."""

    CONCLUDED = "concluded"
    HELD = "held"
    RESERVED = "reserved"


@dataclass(frozen=True)
class Wanted:
    """A box asked for, under a key of the asker's own (a scope item's id, a tuple …).

    `along`: units asked beside it under the same key, so that a whole is not held against its own parts.
    """

    key: Hashable
    box: Box
    along: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Cited:
    """Who is there, one for many boxes: a conclusion (number, date, body), a decision (leader, until), or a
    draft that has reserved (`planned` its name, `leader` who reserved, `until_on` the last day)."""

    ground: Ground
    level: int
    body_name: str
    citation: str
    dated_on: date | None
    leader: str = ""
    until_on: date | None = None
    conclusion_id: int | None = None
    mandate_id: int | None = None
    planned: str = ""
    suspended_on: date | None = None


class Refusal(NamedTuple):
    """The shared box and who is there. A tuple: a plan may have ten thousand of them."""

    box: Box
    cited: Cited

    @property
    def ground(self) -> Ground:
        return self.cited.ground

    @property
    def level(self) -> int:
        return self.cited.level

    @property
    def body_name(self) -> str:
        return self.cited.body_name

    @property
    def citation(self) -> str:
        return self.cited.citation

    @property
    def dated_on(self) -> date | None:
        return self.cited.dated_on

    @property
    def leader(self) -> str:
        return self.cited.leader

    @property
    def until_on(self) -> date | None:
        return self.cited.until_on

    @property
    def planned(self) -> str:
        return self.cited.planned

    @property
    def suspended_on(self) -> date | None:
        return self.cited.suspended_on

    @property
    def conclusion_id(self) -> int | None:
        return self.cited.conclusion_id

    @property
    def mandate_id(self) -> int | None:
        return self.cited.mandate_id


class Reviewed(NamedTuple):
    """One wanted box: the pieces that are free, what refuses the rest, what only warns (lower levels).

    `near`: what stands on the body the unit is a part of, or on a part of it; it needs a recorded reason.
    """

    wanted: Wanted
    free: tuple[Box, ...]
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[Refusal, ...] = ()
    near: tuple[Refusal, ...] = ()

    @property
    def is_free(self) -> bool:
        """Nothing of it is refused."""
        return not self.refusals

    @property
    def ground(self) -> Ground | None:
        """What refuses it, a conclusion before a held claim before a reservation; None when it is free."""
        return foremost(refusal.cited.ground for refusal in self.refusals)


def foremost(grounds: Iterable[Ground]) -> Ground | None:
    """The one of them that says most; None of none."""
    found = set(grounds)
    return next((ground for ground in Ground if ground in found), None)


@dataclass(frozen=True)
class Counts:
    """Items of a plan: wholly free, refused by a conclusion, by another team, reserved for another draft."""

    total: int
    free: int
    concluded: int
    held: int
    reserved: int = 0

    @classmethod
    def of(cls, grounds: Sequence[Ground | None]) -> Counts:
        """Counted from the ground of each item."""
        return cls(
            len(grounds), grounds.count(None), *(grounds.count(ground) for ground in Ground)
        )  # fmt: skip


@dataclass(frozen=True)
class Review:
    """The answer to a whole plan."""

    items: tuple[Reviewed, ...] = field(default=())

    @property
    def counts(self) -> Counts:
        return Counts.of([item.ground for item in self.items])

    @property
    def is_free(self) -> bool:
        """Everything asked for may be taken."""
        return all(item.is_free for item in self.items)

    @property
    def remainder(self) -> tuple[tuple[Hashable, Box], ...]:
        """Everything that is left, piece by piece, with the asker's keys."""
        return tuple((item.wanted.key, piece) for item in self.items for piece in item.free)
