"""What a reopening does to claims: it splits the concluded one, holds the piece, gives it back when it ends.

Called under the register's lock, by the services of this feature alone. A claim is cut by one UPDATE that
makes it the piece and ends it; the database writes what is around it again (migration 0023).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.errors import Conflict
from app.extensions import db
from app.policy import Actor
from app.register import queries, wording
from app.register.boxes import Box, subtract
from app.register.models import (
    Claim,
    Conclusion,
    ConclusionState,
    Mandate,
    Reopening,
    ReopeningState,
)
from app.register.states import REOPENING
from app.workflow import advance

GIVEN_TO_THE_TEAM = "Chuyển Đoàn kiểm tra theo quyết định"
NOT_IN_SCOPE = "Quyết định kiểm tra không có nội dung đã mở lại"
RESTORED = frozenset({ConclusionState.IN_FORCE, ConclusionState.REPLACED})
"""Conclusions to which a piece returns; one that was recalled or voided says nothing any more."""


def box_of(row: Claim) -> Box:
    """The box of a claim."""
    return Box(row.unit_id, row.content_id, row.starts_on, row.ends_on, row.part_from, row.part_to)


def standing(conclusion: Conclusion, box: Box) -> list[Claim]:
    """Live claims of the conclusion that meet the box."""
    return [
        row
        for row in db.session.scalars(
            sa.select(Claim)
            .where(
                Claim.conclusion_id == conclusion.id,
                Claim.ended_at.is_(None),
                Claim.unit_id == box.unit_id,
                Claim.content_id == box.content_id,
            )
            .order_by(Claim.id)
            .execution_options(populate_existing=True)
        )
        if box.meets(box_of(row))
    ]


def ask_concluded(conclusion: Conclusion, boxes: Iterable[Box]) -> None:
    """Raise Conflict unless the claims of this conclusion cover the boxes wholly, and nothing higher does."""
    for box in boxes:
        there = standing(conclusion, box)
        if subtract(box, [box_of(row) for row in there]):
            named = wording.notice(conclusion.number_and_symbol, conclusion.concluded_on)
            raise Conflict(
                f"Phần nội dung thời kỳ {wording.period_of(box)} không còn thuộc {named}: đã được mở lại, "
                "đã hủy ghi nhận hoặc thuộc kết luận khác. Tải lại trang để xem kết luận hiện hành."
            )
        for row in there:
            if _under_higher(row):
                raise Conflict(
                    f"Cơ quan cấp trên đã có kết luận hoặc đang kiểm tra nội dung này, thời kỳ "
                    f"{wording.period_of(box)}. Việc mở lại thuộc thẩm quyền của cơ quan đó."
                )


def _under_higher(row: Claim) -> bool:
    found = db.session.scalar(
        sa.select(Claim.id)
        .where(
            Claim.ended_at.is_(None),
            Claim.unit_id == row.unit_id,
            Claim.content_id == row.content_id,
            Claim.level > row.level,
            Claim.starts_on < row.ends_on,
            Claim.ends_on > row.starts_on,
            Claim.part_from < row.part_to,
            Claim.part_to > row.part_from,
        )
        .limit(1)
    )
    return found is not None


def split(reopening: Reopening, boxes: Sequence[Box], *, actor: Actor | None) -> int:
    """End exactly `boxes` of the conclusion's claims; what is around them stays. Returns how many pieces."""
    cut = 0
    for box in boxes:
        for row in standing(reopening.conclusion, box):
            piece = box.common(box_of(row))
            assert piece is not None
            db.session.execute(
                sa.update(Claim)
                .where(Claim.id == row.id)
                .values(
                    starts_on=piece.starts_on,
                    ends_on=piece.ends_on,
                    part_from=piece.part_from,
                    part_to=piece.part_to,
                    ended_at=clock.now(),
                    ended_reason=f"Mở lại theo Quyết định số {reopening.decision}",
                    reopening_id=reopening.id,
                )
                .execution_options(synchronize_session=False)
            )
            db.session.expire(row)
            cut += 1
    audit.record("claims_reopened", reopening.conclusion, reopening, actor=actor, data={"count": cut})
    return cut


def reserve(reopening: Reopening, mandate: Mandate, boxes: Sequence[Box]) -> None:
    """Hold the boxes for the case, so that nobody else takes them before it is decided."""
    db.session.execute(
        sa.insert(Claim),
        [
            {
                "mandate_id": mandate.id, "level": mandate.level, "unit_id": box.unit_id,
                "content_id": box.content_id, "part_from": box.part_from, "part_to": box.part_to,
                "starts_on": box.starts_on, "ends_on": box.ends_on, "created_at": clock.now(),
                "override_reason": f"Mở lại theo Quyết định số {reopening.decision}",
            }
            for box in boxes
        ],
    )  # fmt: skip


def hand_over(reopenings: Sequence[Reopening], mandate: Mandate) -> None:
    """The case was decided: what was reserved for it is the team's to claim, in the same transaction."""
    for reopening in reopenings:
        give_up(reopening, GIVEN_TO_THE_TEAM)
        reopening.mandate = mandate
    db.session.flush()


def give_up(reopening: Reopening, reason: str) -> None:
    """End what is held under the reopening's mandate."""
    db.session.execute(
        sa.update(Claim)
        .where(
            Claim.mandate_id == reopening.mandate_id,
            Claim.ended_at.is_(None),
            Claim.conclusion_id.is_(None),
        )
        .values(ended_at=clock.now(), ended_reason=reason)
        .execution_options(synchronize_session=False)
    )


def settle(mandate: Mandate, *, actor: Actor | None, reason: str = NOT_IN_SCOPE) -> int:
    """After anything happened to claims of `mandate`: what was reopened for it and nobody holds or has
    concluded goes back to the old conclusion; a reopening of which nothing is open is used or ended, and one
    whose new conclusion was recalled is open again.

    Returns how many pieces were restored.
    """
    found = db.session.scalars(
        sa.select(Reopening)
        .where(
            Reopening.mandate_id == mandate.id,
            Reopening.state.in_((ReopeningState.GRANTED, ReopeningState.USED)),
        )
        .order_by(Reopening.id)
    ).all()
    return sum(_settle(reopening, actor, reason) for reopening in found)


def _settle(reopening: Reopening, actor: Actor | None, reason: str) -> int:
    lifted = db.session.scalars(
        sa.select(Claim).where(Claim.reopening_id == reopening.id).order_by(Claim.id)
    ).all()
    there = queries.live_boxes([box_of(row) for row in lifted])
    rows = [
        {
            "scope_item_id": row.scope_item_id, "mandate_id": row.mandate_id,
            "conclusion_id": row.conclusion_id, "level": row.level, "unit_id": piece.unit_id,
            "content_id": piece.content_id, "part_from": piece.part_from, "part_to": piece.part_to,
            "starts_on": piece.starts_on, "ends_on": piece.ends_on, "override_reason": row.override_reason,
            "created_at": clock.now(),
        }
        for row in lifted
        for piece in subtract(box_of(row), there[(row.unit_id, row.content_id)])
    ]  # fmt: skip
    if rows and reopening.conclusion.state in RESTORED:
        db.session.execute(sa.insert(Claim), rows)
        audit.record(
            "claims_restored", reopening.conclusion, reopening, actor=actor, data={"count": len(rows)}
        )
    else:
        rows = []
    held, concluded = _taken(reopening, [box_of(row) for row in lifted])
    if not held and concluded and reopening.state is ReopeningState.GRANTED:
        advance(reopening, "use", REOPENING, actor=actor, about=(reopening.conclusion,))
    elif not held and not concluded:
        end(reopening, reason, actor=actor)
    elif held and reopening.state is ReopeningState.USED:
        advance(reopening, "open_again", REOPENING, actor=actor, about=(reopening.conclusion,))
    db.session.flush()
    return len(rows)


def _taken(reopening: Reopening, boxes: Sequence[Box]) -> tuple[bool, bool]:
    """Whether anything of the boxes is held, and whether anything is concluded, by who may have them now."""
    rows = db.session.scalars(
        sa.select(Claim).where(
            Claim.mandate_id == reopening.mandate_id,
            Claim.ended_at.is_(None),
            Claim.unit_id.in_({box.unit_id for box in boxes}),
            Claim.content_id.in_({box.content_id for box in boxes}),
        )
    )
    mine = [row.conclusion_id for row in rows if any(box.meets(box_of(row)) for box in boxes)]
    return None in mine, any(one is not None for one in mine)


def end(reopening: Reopening, reason: str, *, actor: Actor | None) -> None:
    """Nothing is open any more."""
    advance(reopening, "end", REOPENING, actor=actor, about=(reopening.conclusion,), data={"reason": reason})
    reopening.ended_reason = reason
