"""What recalling or replacing a conclusion of ours does to claims: nothing is lost, nothing stays silently.

A recalled conclusion gives its very claims back, held by the team that had them. A replacing one, of the same
case, takes them over in one statement; what it leaves out is held again, what it adds is concluded from held.
Pieces that a reopening took out before are another team's and stay so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.audit import services as audit
from app.documents.models import Document
from app.errors import Conflict, WrongState
from app.extensions import db
from app.policy import Actor
from app.register import reopened, services, wording
from app.register.models import Claim, Conclusion, ConclusionState, Coverage
from app.register.services import Concluded
from app.register.states import CONCLUSION
from app.workflow import advance

HIGHER_STANDS = "Cơ quan cấp trên đã có kết luận hoặc đang kiểm tra"


@dataclass(frozen=True)
class Returned:
    """How many pieces are held again, and how many are not because a higher body stands on them."""

    held: int
    ended: int


@dataclass(frozen=True)
class Replaced:
    """How many pieces moved to the new conclusion, how many it added, and what became of the rest."""

    moved: int
    added: int
    returned: Returned


def recall(conclusion: Conclusion, reason: str, *, actor: Actor | None) -> Returned:
    """Take a conclusion of ours out of force: what it concluded is held again by the team that concluded it.

    Its document was recalled before. What was not examined stays given back. Raises WrongState unless it is
    in force.
    """
    services.lock()
    advance(conclusion, "recall", CONCLUSION, actor=actor, about=_papers(conclusion), data={"reason": reason})
    db.session.flush()
    returned = _give_back(conclusion, actor)
    reopened.settle(conclusion.mandate, actor=actor)
    return returned


def replace(old: Conclusion, new: Conclusion, items: Sequence[Concluded], *, actor: Actor | None) -> Replaced:
    """Let `new`, of the same case and in force, take the place of `old`, whose document was replaced before.

    `items`: what `new` decides. What `old` had of it passes over without a gap, with its coverage as `new`
    has it; the rest of `items` is concluded from held. Raises Conflict (another case; an item of which the
    team has nothing), WrongState.
    """
    if new.mandate_id != old.mandate_id:
        raise Conflict("Kết luận thay thế phải của cùng cuộc kiểm tra với kết luận được thay thế.")
    services.lock()
    if new.state is not ConclusionState.IN_FORCE:
        raise WrongState("Kết luận thay thế không còn hiệu lực trong danh mục.")
    data = {"by": wording.notice(new.number_and_symbol, new.concluded_on)}
    advance(old, "replace", CONCLUSION, actor=actor, about=(new, *_papers(old)), data=data)
    db.session.flush()
    moved = _move(old, new, items, actor)
    returned = _give_back(old, actor)
    left = [item for item in items if item.scope_item_id not in moved]
    more = _held_of(new, moved)
    added = services.conclude([*left, *(i for i in items if i.scope_item_id in more)], new, actor=actor)
    reopened.settle(new.mandate, actor=actor)
    return Replaced(sum(moved.values()), added, returned)


def _papers(conclusion: Conclusion) -> tuple[Document, ...]:
    return (conclusion.document,) if conclusion.document is not None else ()


def _live_of(conclusion: Conclusion) -> tuple[sa.ColumnElement[bool], ...]:
    return (Claim.conclusion_id == conclusion.id, Claim.ended_at.is_(None))


def _give_back(conclusion: Conclusion, actor: Actor | None) -> Returned:
    """Hold again what the conclusion still has; what a higher body has gone over since is given up."""
    ended = _change(
        sa.update(Claim)
        .where(*_live_of(conclusion), _under_higher())
        .values(ended_at=clock.now(), ended_reason=HIGHER_STANDS)
    )
    held = _change(sa.update(Claim).where(*_live_of(conclusion)).values(conclusion_id=None))
    for event, number in (("claims_returned", held), ("claims_not_returned", ended)):
        if number:
            audit.record(event, conclusion, conclusion.mandate, actor=actor, data={"count": number})
    return Returned(held, ended)


def _under_higher() -> sa.ColumnElement[bool]:
    other = aliased(Claim)
    return sa.exists().where(
        other.ended_at.is_(None),
        other.unit_id == Claim.unit_id,
        other.content_id == Claim.content_id,
        other.level > Claim.level,
        other.starts_on < Claim.ends_on,
        Claim.starts_on < other.ends_on,
        other.part_from < Claim.part_to,
        Claim.part_from < other.part_to,
    )


def _move(
    old: Conclusion, new: Conclusion, items: Sequence[Concluded], actor: Actor | None
) -> dict[int, int]:
    """Pass what `old` has of `items` to `new`, and write its coverage. Returns pieces by scope item."""
    by_item = {item.scope_item_id: item for item in items}
    claims = db.session.execute(
        sa.select(
            Claim.id, Claim.scope_item_id, Claim.unit_id, Claim.content_id, Claim.part_from, Claim.part_to,
            Claim.starts_on, Claim.ends_on,
        )
        .where(*_live_of(old), Claim.scope_item_id.in_(by_item))
        .order_by(Claim.id)
    ).all()  # fmt: skip
    if not claims:
        return {}
    _change(sa.update(Claim).where(Claim.id.in_([row.id for row in claims])).values(conclusion_id=new.id))
    db.session.execute(
        sa.insert(Coverage),
        [
            {
                "conclusion_id": new.id, "unit_id": row.unit_id, "content_id": row.content_id,
                "part_from": row.part_from, "part_to": row.part_to, "starts_on": row.starts_on,
                "ends_on": row.ends_on, "result": by_item[row.scope_item_id].result,
                "criterion_key": by_item[row.scope_item_id].criterion_key,
            }
            for row in claims
        ],
    )  # fmt: skip
    audit.record("claims_moved", new, old, actor=actor, data={"count": len(claims)})
    pieces = [row.scope_item_id for row in claims]
    return {item_id: pieces.count(item_id) for item_id in set(pieces)}


def _held_of(conclusion: Conclusion, moved: dict[int, int]) -> set[int]:
    """Of the items that moved, those of which the team holds a piece beside."""
    return set(
        db.session.scalars(
            sa.select(Claim.scope_item_id).where(
                Claim.scope_item_id.in_(moved),
                Claim.mandate_id == conclusion.mandate_id,
                Claim.conclusion_id.is_(None),
                Claim.ended_at.is_(None),
            )
        )
    )


def _change(statement: sa.Update) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[object]", done).rowcount
