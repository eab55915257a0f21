"""Which units existed on which days: a period asked of one unit, told in the units of its lineage.

Only merge and split carry content; a transfer of function moves tasks only (DESIGN: succession).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.extensions import db
from app.units.models import Succession, SuccessionKind, Unit
from app.vietnamese import sort_key


@dataclass(frozen=True)
class Piece:
    """Half-open days of one unit; `inherited` when it is a predecessor of the unit that was asked for."""

    unit_id: int
    starts_on: date
    ends_on: date
    inherited: bool


@dataclass(frozen=True)
class _Life:
    """Half-open life of a unit, without an end while it exists."""

    unit_id: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class _Before:
    """A predecessor and the day on which it was succeeded."""

    life: _Life
    on_date: date


def expand(unit: Unit, starts_on: date, ends_on: date) -> tuple[Piece, ...]:
    """The half-open period told in the units that existed on each day, predecessors first.

    Days on which neither the unit nor a predecessor existed yield nothing.
    """
    return expand_all([unit], starts_on, ends_on)[unit.id]


def expand_all(units: Iterable[Unit], starts_on: date, ends_on: date) -> dict[int, tuple[Piece, ...]]:
    """`expand` of many units at once, by unit id: one read for each generation of predecessors."""
    lives = [_Life(unit.id, unit.valid_from, unit.valid_to) for unit in units]
    before = _predecessors([life.unit_id for life in lives if starts_on < life.valid_from], starts_on)
    expanded: dict[int, tuple[Piece, ...]] = {}
    for life in lives:
        found: list[Piece] = []
        _walk(life, starts_on, ends_on, since=None, before=before, found=found, seen=frozenset())
        expanded[life.unit_id] = _once(found)
    return expanded


def _once(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """A unit reached along two ways is told once."""
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda item: (item.unit_id, item.starts_on, item.ends_on)):
        last = kept[-1] if kept else None
        if last is not None and last.unit_id == piece.unit_id and piece.starts_on <= last.ends_on:
            kept[-1] = replace(last, ends_on=max(last.ends_on, piece.ends_on))
        else:
            kept.append(piece)
    return tuple(sorted(kept, key=lambda piece: (piece.starts_on, piece.unit_id)))


def with_predecessors(unit_ids: Collection[int]) -> frozenset[int]:
    """These units and everything they were formed from, generation by generation."""
    known = set(unit_ids)
    newest = set(unit_ids)
    while newest:
        rows = db.session.scalars(
            sa.select(Succession.predecessor_id).where(
                Succession.successor_id.in_(newest), Succession.kind != SuccessionKind.TRANSFER
            )
        )
        newest = set(rows) - known
        known |= newest
    return frozenset(known)


def afterwards(unit_id: int, starts_on: date, ends_on: date) -> tuple[Piece, ...]:
    """The half-open days from a unit's end on, told in the units that took over from it by merge or split.

    Where a successor has ended too, its own successors follow. One read for each generation; days on which
    nobody took over yield nothing.
    """
    found: list[Piece] = []
    reached = {(unit_id, starts_on)}
    while reached:
        rows = db.session.execute(
            sa.select(
                Succession.predecessor_id, Succession.on_date, Unit.id, Unit.valid_from, Unit.valid_to
            )
            .join(Unit, Unit.id == Succession.successor_id)
            .where(
                Succession.predecessor_id.in_({here for here, _ in reached}),
                Succession.kind != SuccessionKind.TRANSFER,
                Succession.on_date < ends_on,
            )
        )  # fmt: skip
        further: set[tuple[int, date]] = set()
        for before_id, on_date, here, valid_from, valid_to in rows:
            if not any(before == before_id and since <= on_date for before, since in reached):
                continue
            first = max(on_date, valid_from)
            last = min(ends_on, valid_to) if valid_to else ends_on
            if first < last:
                found.append(Piece(here, first, last, inherited=False))
            if valid_to is not None and valid_to < ends_on:
                further.add((here, valid_to))
        reached = further
    return _once(found)


def heirs(unit_ids: Collection[int], on: date) -> dict[int, frozenset[int]]:
    """Of each unit those that exist on the day and took over from it, whether at once or one after another.

    Every kind of succession moves what is owed (DESIGN §2). Only what came later goes further, so that what
    was given away and came back runs in no circle. One read for each generation.
    """
    found: dict[int, set[int]] = {unit_id: set() for unit_id in unit_ids}
    reached = {(unit_id, unit_id, date.min) for unit_id in unit_ids}
    while reached:
        after: dict[int, list[tuple[int, date, bool]]] = defaultdict(list)
        for predecessor_id, on_date, unit_id, valid_from, valid_to in db.session.execute(
            sa.select(
                Succession.predecessor_id, Succession.on_date, Unit.id, Unit.valid_from, Unit.valid_to
            )
            .join(Unit, Unit.id == Succession.successor_id)
            .where(Succession.predecessor_id.in_({here for _, here, _ in reached}), Succession.on_date <= on)
        ):  # fmt: skip
            exists = valid_from <= on and (valid_to is None or on < valid_to)
            after[predecessor_id].append((unit_id, on_date, exists))
        further: set[tuple[int, int, date]] = set()
        for origin, here, since in reached:
            for unit_id, on_date, exists in after.get(here, ()):
                if on_date <= since:
                    continue
                if exists:
                    found[origin].add(unit_id)
                else:
                    further.add((origin, unit_id, on_date))
        reached = further
    return {unit_id: frozenset(heirs) for unit_id, heirs in found.items()}


def heir_units(unit_ids: Collection[int], on: date) -> dict[int, tuple[Unit, ...]]:
    """The same as units, in Vietnamese order of names."""
    after = heirs(unit_ids, on)
    asked = frozenset().union(*after.values())
    known = {unit.id: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.id.in_(asked)))}
    return {
        key: tuple(sorted((known[one] for one in found), key=lambda unit: sort_key(unit.name)))
        for key, found in after.items()
    }


def inherited_by(unit_ids: Collection[int], on: date) -> sa.Select[int]:
    """SELECT of the units that are no more on the day and have one of these, which exists then, as an heir.

    `heirs` told from the other side, in the statement that asks.
    """
    before, after = aliased(Unit), aliased(Unit)
    gone = before.valid_to <= on
    given = (
        sa.select(Succession.predecessor_id.label("unit_id"), Succession.on_date.label("on_date"))
        .join(before, before.id == Succession.predecessor_id)
        .join(after, after.id == Succession.successor_id)
        .where(
            Succession.successor_id.in_(sorted(unit_ids)), Succession.on_date <= on, gone,
            after.valid_from <= on, sa.or_(after.valid_to.is_(None), after.valid_to > on),
        )
        .cte("given", recursive=True)
    )  # fmt: skip
    earlier = (
        sa.select(Succession.predecessor_id, Succession.on_date)
        .join(before, before.id == Succession.predecessor_id)
        .join(
            given, sa.and_(given.c.unit_id == Succession.successor_id, Succession.on_date < given.c.on_date)
        )
        .where(gone)
    )
    return sa.select(given.union(earlier).c.unit_id)


def with_successors(unit_ids: Collection[int]) -> frozenset[int]:
    """These units and everything that took over from them by any kind of succession."""
    return _closure(unit_ids, Succession.predecessor_id, Succession.successor_id)


def with_givers(unit_ids: Collection[int]) -> frozenset[int]:
    """These units and everything they took over from by any kind of succession."""
    return _closure(unit_ids, Succession.successor_id, Succession.predecessor_id)


def _closure(
    unit_ids: Collection[int], asked: InstrumentedAttribute[int], told: InstrumentedAttribute[int]
) -> frozenset[int]:
    known = set(unit_ids)
    newest = set(unit_ids)
    while newest:
        newest = set(db.session.scalars(sa.select(told).where(asked.in_(newest)))) - known
        known |= newest
    return frozenset(known)


def _walk(
    life: _Life,
    starts_on: date,
    ends_on: date,
    *,
    since: date | None,
    before: dict[int, Sequence[_Before]],
    found: list[Piece],
    seen: frozenset[int],
) -> None:
    """`since`: the day on which the unit was succeeded by the one it is asked for; what it took over itself
    on that day or later is not of that one."""
    first = max(starts_on, life.valid_from)
    last = min(ends_on, life.valid_to) if life.valid_to else ends_on
    if first < last:
        found.append(Piece(life.unit_id, first, last, inherited=since is not None))
    for earlier in before.get(life.unit_id, ()):
        # a day is told the same way wherever the period begins: from its formation on the unit answers alone
        until = min(ends_on, life.valid_from)
        in_order = since is None or earlier.on_date < since
        if earlier.life.unit_id not in seen and in_order and starts_on < until:
            _walk(
                earlier.life, starts_on, until, since=earlier.on_date, before=before, found=found,
                seen=seen | {life.unit_id},
            )  # fmt: skip


def _predecessors(unit_ids: Collection[int], starts_on: date) -> dict[int, Sequence[_Before]]:
    """Successor → its predecessors, newest first, back to the units that existed on `starts_on`."""
    found: dict[int, list[_Before]] = defaultdict(list)
    asked: set[int] = set()
    wanted = set(unit_ids)
    while wanted:
        asked |= wanted
        rows = db.session.execute(
            sa.select(
                Succession.successor_id, Succession.on_date, Unit.id, Unit.valid_from, Unit.valid_to
            )
            .join(Unit, Unit.id == Succession.predecessor_id)
            .where(Succession.successor_id.in_(wanted), Succession.kind != SuccessionKind.TRANSFER)
            .order_by(Succession.on_date.desc(), Succession.predecessor_id)
        )  # fmt: skip
        wanted = set()
        for successor_id, on_date, unit_id, valid_from, valid_to in rows:
            found[successor_id].append(_Before(_Life(unit_id, valid_from, valid_to), on_date))
            if starts_on < valid_from and unit_id not in asked:
                wanted.add(unit_id)
    return dict(found)
