"""Claims beyond the end of a unit: who stands there, and cutting held ones when a reorganisation comes late.

A concluded claim is never cut: it is named, and the ending is refused by who asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.extensions import db
from app.policy import Actor
from app.register import queries, reserved, services
from app.register.models import Claim, Coverage, Mandate, Reopening, ReopeningState
from app.register.reopened import box_of
from app.register.review import Refusal
from app.register.services import ClaimWanted

NO_SUCH_DAYS = "Đơn vị đã chấm dứt hoạt động trước thời kỳ này"


@dataclass(frozen=True)
class Held:
    """A held claim that reaches beyond the end of a unit."""

    claim_id: int
    mandate_id: int
    scope_item_id: int | None


def list_held_beyond(unit_id: int, day: date) -> list[Held]:
    """Live claims without a conclusion on the unit on `day` or after it."""
    rows = db.session.execute(
        sa.select(Claim.id, Claim.mandate_id, Claim.scope_item_id)
        .where(
            Claim.unit_id == unit_id,
            Claim.ends_on > day,
            Claim.ended_at.is_(None),
            Claim.conclusion_id.is_(None),
        )
        .order_by(Claim.id)
    )
    return [Held(*row) for row in rows]


def list_beyond(unit_id: int, day: date) -> list[Refusal]:
    """Everything that stands on the unit on `day` or after it: live claims and the coverage that counts.

    What was reopened stands as long as it may go back to its conclusion. What is only recorded (a historic
    notice, coverage of a conclusion that was voided) does not stand.
    """
    contents: set[int] = set()
    for model in (Claim, Coverage):
        contents |= set(
            db.session.scalars(
                sa.select(model.content_id).where(model.unit_id == unit_id, model.ends_on > day).distinct()
            )
        )
    if not contents:
        return []
    found = queries.taken({unit_id}, contents, day, date.max)
    standing = [refusal for spot in found.values() for refusal in spot]
    return sorted([*standing, *_reopened(unit_id, day)], key=lambda refusal: (refusal.citation, refusal.box))


def _reopened(unit_id: int, day: date) -> list[Refusal]:
    """Concluded claims that a reopening ended and that return when it comes to nothing."""
    lifted = db.session.scalars(
        sa.select(Claim)
        .join(Reopening, Reopening.id == Claim.reopening_id)
        .where(Claim.unit_id == unit_id, Claim.ends_on > day, Reopening.state == ReopeningState.GRANTED)
        .order_by(Claim.id)
    ).all()
    cited = queries.cite_conclusions({claim.conclusion_id for claim in lifted})
    return [Refusal(box_of(claim), cited[claim.conclusion_id]) for claim in lifted if claim.conclusion_id]


def recut(
    mandate: Mandate,
    unit_id: int,
    ends_on: date,
    wanted: Sequence[ClaimWanted],
    *,
    item_ids: Collection[int] = (),
    actor: Actor | None,
) -> tuple[int, int]:
    """Cut the mandate's held claims on the unit to end before `ends_on`; take `wanted` for its successors.

    `item_ids`: scope items of the unit; what they hold of its parts is cut with them. A claim that begins on
    that day or later is ended. Returns how many were cut and how many taken.
    Raises services.ClaimRefused when something of `wanted` is not free; the caller rolls back.
    """
    services.lock()
    reserved.end_lapsed(clock.today())
    mine = (
        Claim.mandate_id == mandate.id, Claim.ended_at.is_(None), Claim.conclusion_id.is_(None),
        sa.or_(Claim.unit_id == unit_id, Claim.scope_item_id.in_(item_ids)),
    )  # fmt: skip
    gone = services.change(
        sa.update(Claim)
        .where(*mine, Claim.starts_on >= ends_on)
        .values(ended_at=clock.now(), ended_reason=NO_SUCH_DAYS)
    )
    shrunk = services.change(sa.update(Claim).where(*mine, Claim.ends_on > ends_on).values(ends_on=ends_on))
    taken = services.claim(mandate, wanted, actor=actor) if wanted else 0
    audit.record(
        "claims_recut",
        mandate,
        actor=actor,
        data={"count": gone + shrunk, "taken": taken, "ends_on": ends_on},
    )
    return gone + shrunk, taken
