"""What relies on units: asked and told through here, since units know nothing of the features above them.

holds.add(used_by_a_scope)        # in a setup; holds.ask_free(succession) before one is taken back
holds.add_follower(recut_scopes)  # in a setup; holds.follow(ending, actor=…) before a unit's end is written
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import Conflict
from app.holds import Holds
from app.policy import Actor
from app.units.models import Succession, Unit

_holds = Holds[Succession]()
add, ask_free = _holds.add, _holds.ask_free


@dataclass(frozen=True)
class Ending:
    """`unit` does not exist from `on` on (the first day without it); its successors are on record.

    `basis`: the paper. `remainder`: what others hold or concluded of the successors is left to them.
    """

    unit: Unit
    on: date
    basis: str = ""
    remainder: bool = False


@dataclass(frozen=True)
class Recut:
    """What an ending does to one case, in sentences."""

    title: str
    lines: tuple[str, ...]


class InTheWay(Conflict):
    """Why an ending cannot be recorded, reason by reason; `leavable`: leaving it to others would do."""

    def __init__(self, reasons: Sequence[str], *, leavable: bool = False) -> None:
        super().__init__(" ".join(reasons))
        self._reasons = tuple(reasons)
        self.leavable = leavable

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each case, conclusion or paper that stands in the way."""
        return self._reasons


def fingerprint(recuts: Sequence[Recut]) -> str:
    """Stands for what was shown before it is recorded; empty when no case is touched."""
    told = [[recut.title, *recut.lines] for recut in recuts]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest() if told else ""


Follower = Callable[[Ending, Actor | None], Sequence[Recut]]
_followers: dict[str, Follower] = {}


def add_follower(follower: Follower) -> None:
    """Let `follower` move what it keeps of a unit to its successors, or raise InTheWay."""
    _followers[f"{follower.__module__}.{follower.__qualname__}"] = follower


def follow(ending: Ending, *, actor: Actor | None) -> tuple[Recut, ...]:
    """Let everybody move what they keep. Raises InTheWay; the caller takes back what was written."""
    return tuple(told for follower in _followers.values() for told in follower(ending, actor))
