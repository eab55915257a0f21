"""What becomes of reserved claims: ended on their day, given back, cut to the scope, handed to the team.

Called under the register's lock, by the services of this feature alone. A reservation holds under a mandate
of its own, for a draft, without scope items: those are rewritten while the case is a draft.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.extensions import db
from app.policy import Actor
from app.register import panels, reopened
from app.register.boxes import Box, subtract
from app.register.models import Claim, Mandate, Reservation, ReservationState
from app.register.states import RESERVATION
from app.workflow import advance

LAPSED = "Hết thời hạn giữ chỗ"
GIVEN_TO_THE_TEAM = "Chuyển Đoàn kiểm tra theo quyết định"
RESERVED_ANEW = "Cập nhật phạm vi giữ chỗ"
NOT_IN_SCOPE = "Không còn trong phạm vi dự kiến"


def end_lapsed(day: date) -> int:
    """End reservations whose day has passed; their cases' timelines say so. Returns how many claims."""
    lapsed = (Claim.ended_at.is_(None), Claim.conclusion_id.is_(None), Claim.lapses_on < day)
    counts: dict[int, int] = dict(
        db.session.execute(
            sa.select(Claim.mandate_id, sa.func.count()).where(*lapsed).group_by(Claim.mandate_id)
        ).all()
    )
    if counts:
        db.session.execute(
            sa.update(Claim)
            .where(*lapsed)
            .values(ended_at=clock.now(), ended_reason=LAPSED)
            .execution_options(synchronize_session=False)
        )
    for mandate_id, count in counts.items():
        mandate = db.session.get_one(Mandate, mandate_id)
        audit.record("claims_lapsed", mandate, actor=None, data={"count": count})
        reopened.settle(mandate, actor=None, reason=LAPSED, freed=True)
    over = _held(Reservation.lapses_on < day)
    cases = panels.cases_of([one.mandate_id for one in over])
    for one in over:
        advance(
            one, "lapse", RESERVATION, actor=None, about=(cases[one.mandate_id].subject,),
            data={"count": counts.get(one.mandate_id, 0)},
        )  # fmt: skip
    db.session.flush()
    return sum(counts.values())


def of_case(inspection_id: int) -> Reservation | None:
    """What stands reserved for the case today, read anew."""
    return next(
        iter(_held(Reservation.inspection_id == inspection_id, Reservation.lapses_on >= clock.today())), None
    )


def _held(*which: sa.ColumnElement[bool]) -> Sequence[Reservation]:
    return db.session.scalars(
        sa.select(Reservation)
        .where(Reservation.state == ReservationState.HELD, *which)
        .order_by(Reservation.id)
        .execution_options(populate_existing=True)
    ).all()


def newest(inspection_ids: Collection[int]) -> dict[int, Reservation]:
    """The last reservation of each of these cases that ever had one, whatever became of it: one read."""
    last = (
        sa.select(sa.func.max(Reservation.id))
        .where(Reservation.inspection_id.in_(inspection_ids))
        .group_by(Reservation.inspection_id)
    )
    return {
        one.inspection_id: one
        for one in db.session.scalars(sa.select(Reservation).where(Reservation.id.in_(last)))
    }


def _live(reservation: Reservation) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Claim.mandate_id == reservation.mandate_id, Claim.ended_at.is_(None), Claim.conclusion_id.is_(None)
    )  # fmt: skip


def boxes(reservation: Reservation) -> list[Box]:
    """What it holds."""
    rows = db.session.execute(
        sa.select(
            Claim.unit_id, Claim.content_id, Claim.starts_on, Claim.ends_on, Claim.part_from, Claim.part_to
        ).where(*_live(reservation))
    )
    return [Box(*row) for row in rows]


def outside(asked: Iterable[Box], there: Iterable[Box]) -> list[tuple[Box, tuple[Box, ...]]]:
    """Of each asked box what `there` does not cover; boxes that are wholly covered are left out."""
    spots: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for box in there:
        spots[(box.unit_id, box.content_id)].append(box)
    told = [(box, tuple(subtract(box, spots[(box.unit_id, box.content_id)]))) for box in asked]
    return [(box, bare) for box, bare in told if bare]


def give_up(reservation: Reservation, reason: str) -> int:
    """End everything it holds. Returns how many claims."""
    ended = db.session.execute(
        sa.update(Claim)
        .where(*_live(reservation))
        .values(ended_at=clock.now(), ended_reason=reason)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def hand_over(reservation: Reservation, mandate: Mandate, *, actor: Actor | None) -> None:
    """What was reserved is for `mandate` to claim in the same transaction: the team's, or its own again."""
    if reservation.state is not ReservationState.HELD:
        return
    if mandate.id == reservation.mandate_id:
        give_up(reservation, RESERVED_ANEW)
        return
    give_up(reservation, GIVEN_TO_THE_TEAM)
    cases = panels.cases_of([reservation.mandate_id])
    advance(reservation, "use", RESERVATION, actor=actor, about=(cases[reservation.mandate_id].subject,))
    db.session.flush()


def cut(reservation: Reservation, kept: Sequence[Box]) -> int:
    """Give back what it holds outside `kept`. Returns how many claims were ended or shortened."""
    rows = {
        Box(
            row.unit_id, row.content_id, row.starts_on, row.ends_on, row.part_from, row.part_to
        ): row
        for row in db.session.execute(
            sa.select(
                Claim.id, Claim.unit_id, Claim.content_id, Claim.starts_on, Claim.ends_on, Claim.part_from,
                Claim.part_to, Claim.level, Claim.lapses_on, Claim.override_reason,
            ).where(*_live(reservation))
        )
    }  # fmt: skip
    gone = outside(rows, kept)
    if not gone:
        return 0
    db.session.execute(
        sa.update(Claim)
        .where(Claim.id.in_([rows[box].id for box, _ in gone]))
        .values(ended_at=clock.now(), ended_reason=NOT_IN_SCOPE)
        .execution_options(synchronize_session=False)
    )
    rest = [
        {
            "mandate_id": reservation.mandate_id, "level": rows[box].level, "unit_id": piece.unit_id,
            "content_id": piece.content_id, "part_from": piece.part_from, "part_to": piece.part_to,
            "starts_on": piece.starts_on, "ends_on": piece.ends_on, "lapses_on": rows[box].lapses_on,
            "override_reason": rows[box].override_reason, "created_at": clock.now(),
        }
        for box, bare in gone
        for piece in subtract(box, bare)
    ]  # fmt: skip
    if rest:
        db.session.execute(sa.insert(Claim), rest)
    return len(gone)
