"""What upper layers tell about contents: what stands on them in the register.

`register` provides one function at start-up; without it nothing stands anywhere. It is asked once for a
whole form version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Range:
    """Half-open parts of one content."""

    content_id: int
    part_from: int
    part_to: int


@dataclass(frozen=True)
class Standing:
    """How many conclusions in force and how many teams at work stand on some contents, in how many units."""

    conclusions: int = 0
    teams: int = 0
    units: int = 0


class StandingOn(Protocol):
    """Tells for each group of ranges what stands on it, in the same order; teams only when `teams`."""

    def __call__(self, asked: Sequence[Sequence[Range]], *, teams: bool) -> Sequence[Standing]: ...


_providers: list[StandingOn] = []


def provide_standing(provider: StandingOn) -> None:
    """Let `provider` tell what stands on contents; the last one given is asked."""
    _providers[:] = [provider]


def standing_on(asked: Sequence[Sequence[Range]], *, teams: bool) -> Sequence[Standing]:
    """What stands on each group of ranges; `teams`: whether the reader may know who is inspecting."""
    return _providers[0](asked, teams=teams) if _providers and asked else [Standing()] * len(asked)
