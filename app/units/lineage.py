"""Which units existed on which days: a period asked of one unit, told in the units of its lineage.

Only merge and split carry content; a transfer of function moves tasks only (DESIGN: succession).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.extensions import db
from app.units.models import Succession, SuccessionKind, Unit


@dataclass(frozen=True)
class Piece:
    """Half-open days of one unit; `inherited` when it is a predecessor of the unit that was asked for."""

    unit_id: int
    starts_on: date
    ends_on: date
    inherited: bool


def expand(unit: Unit, starts_on: date, ends_on: date) -> tuple[Piece, ...]:
    """The half-open period told in the units that existed on each day, predecessors first.

    Days on which neither the unit nor a predecessor existed yield nothing.
    """
    found: dict[tuple[int, date, date], Piece] = {}
    _walk(unit, starts_on, ends_on, inherited=False, found=found, seen=frozenset())
    return tuple(sorted(found.values(), key=lambda piece: (piece.starts_on, piece.unit_id)))


def _walk(
    unit: Unit,
    starts_on: date,
    ends_on: date,
    *,
    inherited: bool,
    found: dict[tuple[int, date, date], Piece],
    seen: frozenset[int],
) -> None:
    first = max(starts_on, unit.valid_from)
    last = min(ends_on, unit.valid_to) if unit.valid_to else ends_on
    if first < last:
        found[(unit.id, first, last)] = Piece(unit.id, first, last, inherited)
    if starts_on >= unit.valid_from:
        return
    for succession in _predecessors(unit.id):
        before = min(ends_on, succession.on_date)
        if succession.predecessor_id not in seen and starts_on < before:
            _walk(
                succession.predecessor, starts_on, before, inherited=True, found=found, seen=seen | {unit.id}
            )


def _predecessors(unit_id: int) -> Iterable[Succession]:
    return db.session.scalars(
        sa.select(Succession)
        .where(Succession.successor_id == unit_id, Succession.kind != SuccessionKind.TRANSFER)
        .order_by(Succession.on_date.desc(), Succession.predecessor_id)
    )
