"""Giving back exact pieces of what a team holds; the rest stays held without a gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.errors import Conflict
from app.extensions import db
from app.policy import Actor
from app.register import conflicts, reopened, services
from app.register.boxes import Box, subtract
from app.register.models import Claim, Mandate


@dataclass(frozen=True)
class Recut:
    """What is left of a scope item: (scope item that has it from now on, days and parts of it).

    Unit and content of these boxes are not looked at, the days and parts hold for every claim of the item.
    `elsewhere`: holes at one included unit alone, by its id.
    """

    kept: Sequence[tuple[int, Box]] = ()
    elsewhere: Mapping[int, Sequence[Box]] = field(default_factory=dict)


@dataclass
class _Rows:
    ended: list[dict[str, Any]] = field(default_factory=list)
    live: list[dict[str, Any]] = field(default_factory=list)


def give_back(recuts: Mapping[int, Recut], reason: str, *, mandate: Mandate, actor: Actor | None) -> int:
    """End what `recuts` (by scope item) leaves out of the held claims. Returns how many pieces ended.

    A claim that is cut becomes the piece that ends, what is left is written again in the same transaction.
    Raises Conflict when what is left would lie under a higher body's claim: it is given back as well.
    """
    if not recuts:
        return 0
    services.lock()
    held = db.session.scalars(
        sa.select(Claim)
        .where(
            Claim.scope_item_id.in_(recuts), Claim.mandate_id == mandate.id, Claim.ended_at.is_(None),
            Claim.conclusion_id.is_(None),
        )
        .order_by(Claim.id)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    over = [one for one in conflicts.find(mandate.id) if one.cited.level > mandate.level]
    rows, whole = _Rows(), []
    pieces = 0
    for claim in held:
        assert claim.scope_item_id is not None
        box = reopened.box_of(claim)
        kept = _kept(claim, box, recuts[claim.scope_item_id])
        if kept == [(claim.scope_item_id, box)]:
            continue
        gone = subtract(box, [there for _, there in kept])
        pieces += len(gone)
        if not kept:
            whole.append(claim.id)
            continue
        still = [one for one in over for _, there in kept if one.box.meets(there)]
        if still:
            raise Conflict(
                f"Phần còn lại vẫn trùng với {conflicts.told(still[0].cited)}. Chọn đình chỉ cả phần đó."
            )
        first, *others = gone or (box,)
        _end([claim.id], reason, first)
        rows.ended += [_row(claim, claim.scope_item_id, piece, reason) for piece in others]
        rows.live += [_row(claim, item_id, piece) for item_id, piece in kept]
    if whole:
        _end(whole, reason)
    for made in (rows.ended, rows.live):
        if made:
            db.session.execute(sa.insert(Claim), made)
    for claim in held:
        db.session.expire(claim)
    if pieces:
        audit.record("claims_released", mandate, actor=actor, data={"count": pieces, "reason": reason})
        reopened.settle(mandate, actor=actor, reason=reason, freed=True)
    return pieces


def _kept(claim: Claim, box: Box, recut: Recut) -> list[tuple[int, Box]]:
    holes = [box.within(*_span(hole)) for hole in recut.elsewhere.get(claim.unit_id, ())]
    return [
        (item_id, piece)
        for item_id, left in recut.kept
        if (shared := box.common(box.within(*_span(left)))) is not None
        for piece in subtract(shared, holes)
    ]


def _span(box: Box) -> tuple[Any, Any, int, int]:
    return box.starts_on, box.ends_on, box.part_from, box.part_to


def _end(ids: Sequence[int], reason: str, piece: Box | None = None) -> None:
    values: dict[str, Any] = {"ended_at": clock.now(), "ended_reason": reason}
    if piece is not None:
        values |= dict(zip(("starts_on", "ends_on", "part_from", "part_to"), _span(piece), strict=True))
    db.session.execute(
        sa.update(Claim)
        .where(Claim.id.in_(ids))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _row(claim: Claim, item_id: int, piece: Box, reason: str | None = None) -> dict[str, Any]:
    return {
        "scope_item_id": item_id, "mandate_id": claim.mandate_id, "level": claim.level,
        "unit_id": piece.unit_id, "content_id": piece.content_id, "part_from": piece.part_from,
        "part_to": piece.part_to, "starts_on": piece.starts_on, "ends_on": piece.ends_on,
        "lapses_on": claim.lapses_on, "override_reason": claim.override_reason,
        "created_at": clock.now(), "ended_at": clock.now() if reason else None, "ended_reason": reason,
    }  # fmt: skip
