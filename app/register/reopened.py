"""What a reopening does to claims: it splits the concluded one, holds the piece, gives it back when it ends.

Called under the register's lock, by the services of this feature alone. A claim is cut by one UPDATE that
makes it the piece and ends it; the database writes what is around it again (migration 0023).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased

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
            above = _under_higher(row)
            if above is not None:
                raise Conflict(
                    f"Cơ quan cấp trên đã có kết luận hoặc đang kiểm tra nội dung này, thời kỳ "
                    f"{wording.period_of(above)}. Việc mở lại thuộc thẩm quyền của cơ quan đó."
                )


def _under_higher(row: Claim) -> Box | None:
    """On which of its days a higher body stands on the claim. One that reaches under it beyond what is asked
    is not cut either: what is left of it could not be written again."""
    found = db.session.scalar(
        sa.select(Claim)
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
        .order_by(Claim.starts_on, Claim.id)
        .limit(1)
    )
    return None if found is None else box_of(found).common(box_of(row))


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


def is_taken_over(reopening: Reopening) -> bool:
    """Whether a decided case claims what was reopened for it: by its scope, as nothing only reserved is."""
    mine = sa.exists().where(Claim.mandate_id == reopening.mandate_id, Claim.scope_item_id.is_not(None))
    return bool(db.session.scalar(sa.select(mine)))


def settle(mandate: Mandate, *, actor: Actor | None, reason: str = NOT_IN_SCOPE, freed: bool = False) -> int:
    """After anything happened to claims of `mandate`: what was reopened for it and nobody holds or has
    concluded goes back to the old conclusion; a reopening of which nothing is open is used or ended, and one
    whose new conclusion was recalled is open again.

    `freed`: claims of it ended or end earlier, and what they stood above goes back too. Returns how many
    pieces were restored.
    """
    found = db.session.scalars(
        sa.select(Reopening)
        .where(
            Reopening.mandate_id == mandate.id,
            Reopening.state.in_((ReopeningState.GRANTED, ReopeningState.USED)),
        )
        .order_by(Reopening.id)
    ).all()
    restored = sum(_settle(reopening, actor, reason) for reopening in found)
    return restored + (_make_way(mandate, actor) if freed else 0)


def _make_way(mandate: Mandate, actor: Actor | None) -> int:
    """What could not go back to an old conclusion, because claims of `mandate` stood above it."""
    above = aliased(Claim)
    found = db.session.scalars(
        sa.select(Reopening)
        .where(
            Reopening.state.in_((ReopeningState.GRANTED, ReopeningState.USED, ReopeningState.ENDED)),
            Reopening.mandate_id != mandate.id,
            sa.exists().where(
                Claim.reopening_id == Reopening.id,
                above.mandate_id == mandate.id,
                above.unit_id == Claim.unit_id,
                above.content_id == Claim.content_id,
                above.level > Claim.level,
            ),
        )
        .order_by(Reopening.id)
    ).all()
    return sum(_restore(reopening, _lifted(reopening), actor) for reopening in found)


def _lifted(reopening: Reopening) -> Sequence[Claim]:
    return db.session.scalars(
        sa.select(Claim).where(Claim.reopening_id == reopening.id).order_by(Claim.id)
    ).all()


def _settle(reopening: Reopening, actor: Actor | None, reason: str) -> int:
    lifted = _lifted(reopening)
    restored = _restore(reopening, lifted, actor)
    taken = _taken(reopening, [box_of(row) for row in lifted])
    held = any(row.conclusion_id is None for row in taken)
    if not held and taken and reopening.state is ReopeningState.GRANTED:
        advance(reopening, "use", REOPENING, actor=actor, about=(reopening.conclusion,))
    elif not taken:
        end(reopening, reason, actor=actor)
    elif held and reopening.state is ReopeningState.USED:
        advance(reopening, "open_again", REOPENING, actor=actor, about=(reopening.conclusion,))
    db.session.flush()
    return restored


def _restore(reopening: Reopening, lifted: Sequence[Claim], actor: Actor | None) -> int:
    """Write again what of the lifted claims is not decided anew and nothing of their level or above is on.

    What a lower body claimed before stands beside it, as it did.
    """
    if reopening.conclusion.state not in RESTORED or not lifted:
        return 0
    anew = [box_of(row) for row in _taken(reopening, [box_of(row) for row in lifted])]
    there: dict[int, dict[queries.Spot, list[Box]]] = {}
    for level in {row.level for row in lifted}:
        there[level] = queries.live_boxes([box_of(row) for row in lifted], from_level=level)
    rows = [
        {
            "scope_item_id": row.scope_item_id, "mandate_id": row.mandate_id,
            "conclusion_id": row.conclusion_id, "level": row.level, "unit_id": piece.unit_id,
            "content_id": piece.content_id, "part_from": piece.part_from, "part_to": piece.part_to,
            "starts_on": piece.starts_on, "ends_on": piece.ends_on, "override_reason": row.override_reason,
            "created_at": clock.now(),
        }
        for row in lifted
        for piece in subtract(box_of(row), [*there[row.level][(row.unit_id, row.content_id)], *anew])
    ]  # fmt: skip
    if rows:
        db.session.execute(sa.insert(Claim), rows)
        audit.record(
            "claims_restored", reopening.conclusion, reopening, actor=actor, data={"count": len(rows)}
        )
    return len(rows)


def _taken(reopening: Reopening, boxes: Sequence[Box]) -> list[Claim]:
    """Claims on the boxes, held or concluded, of who may have them now; what was reopened of these again
    was concluded by them all the same."""
    rows = db.session.scalars(
        sa.select(Claim).where(
            Claim.mandate_id == reopening.mandate_id,
            sa.or_(Claim.ended_at.is_(None), Claim.reopening_id.is_not(None)),
            Claim.unit_id.in_({box.unit_id for box in boxes}),
            Claim.content_id.in_({box.content_id for box in boxes}),
        )
    )
    return [row for row in rows if any(box.meets(box_of(row)) for box in boxes)]


def end(reopening: Reopening, reason: str, *, actor: Actor | None) -> None:
    """Nothing is open any more."""
    advance(reopening, "end", REOPENING, actor=actor, about=(reopening.conclusion,), data={"reason": reason})
    reopening.ended_reason = reason
