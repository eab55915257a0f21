"""The one place that claims scope, concludes it and gives it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import clock
from app.audit import services as audit
from app.documents.models import Document
from app.errors import Conflict, explain_integrity
from app.extensions import db
from app.policy import Actor
from app.register import conflicts, queries, reopened, reserved, wording
from app.register.boxes import Box, subtract
from app.register.models import (
    Claim,
    Conclusion,
    Coverage,
    Mandate,
    MandateKind,
    Reopening,
    Reservation,
)
from app.register.review import Review, Reviewed, Wanted
from app.units.models import Unit
from app.vietnamese import search_key

REGISTER_LOCK = 7_230_452
CLAIM_RULES = frozenset(
    {"claim_overlap", "claim_below_higher", "claim_above_needs_reason", "claim_outside_unit_life"}
)
LAPSED = "Hết thời hạn giữ chỗ"
ASKED_TWICE = "Nội dung này đã có trong phạm vi của Đoàn; một nội dung, một thời kỳ chỉ nhận một lần."


@dataclass(frozen=True)
class ClaimWanted:
    """A box for one scope item; `override_reason` when a lower level's conclusion stands there, or
    something on the whole or a part of the unit; `along` = units claimed beside it for the same item."""

    scope_item_id: int | None
    box: Box
    override_reason: str | None = None
    along: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Concluded:
    """What was decided about one scope item."""

    scope_item_id: int
    result: str
    criterion_key: str


class ClaimRefused(Conflict):
    """Some of the plan is concluded or under inspection; `review` says what, and what is left."""

    def __init__(self, review: Review, message: str | None = None) -> None:
        super().__init__(message or wording.summary(review.counts))
        self.review = review


def lock() -> None:
    """Take the register's lock until the transaction ends (SQLite writers already exclude each other)."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(REGISTER_LOCK)))


def create_mandate(
    *,
    kind: MandateKind,
    body_name: str,
    level: int,
    decision: str = "",
    decided_on: date | None = None,
    leader_name: str = "",
    leader_title: str = "",
    until_on: date | None = None,
    hidden: bool = False,
) -> Mandate:
    """Say on whose authority content will be claimed. `decision` = number and symbol only."""
    mandate = Mandate(
        kind=kind, body_name=body_name, level=level, decision=decision, decided_on=decided_on,
        leader_name=leader_name, leader_title=leader_title, until_on=until_on, hidden=hidden,
    )  # fmt: skip
    db.session.add(mandate)
    db.session.flush()
    return mandate


def claim(
    mandate: Mandate,
    wanted: Sequence[ClaimWanted],
    *,
    actor: Actor | None,
    lapses_on: date | None = None,
    reopenings: Sequence[Reopening] = (),
    reservation: Reservation | None = None,
) -> int:
    """Take every box under `mandate`, or none. Returns how many.

    What was reopened for the case goes over to `mandate`; what of it the plan leaves out is restored. What
    was reserved for it is given up for this under the same lock, so that nobody gets in between.

    Raises ClaimRefused with the review of the whole plan when something of the same or a higher level is
    in the way, or when no reason is given though a lower level's conclusion is there, or something stands
    on the body of which the unit is a part or on one of its parts.
    """
    lock()
    reserved.end_lapsed(clock.today())
    if reservation is not None:
        reserved.hand_over(reservation, mandate, actor=actor)
    reopened.hand_over(reopenings, mandate)
    plan = [Wanted(position, item.box, item.along) for position, item in enumerate(wanted)]
    review = queries.review(plan, level=mandate.level, mandate_id=mandate.id)
    if not review.is_free:
        raise ClaimRefused(review)
    for reviewed, item in zip(review.items, wanted, strict=True):
        if reviewed.warnings and not (item.override_reason or "").strip():
            raise ClaimRefused(review, wording.lower_concluded(reviewed.warnings[0]))
        if reviewed.near and not (item.override_reason or "").strip():
            raise ClaimRefused(review, _near_told(reviewed))
    rows = [
        {
            "scope_item_id": item.scope_item_id, "mandate_id": mandate.id, "level": mandate.level,
            "unit_id": item.box.unit_id, "content_id": item.box.content_id, "part_from": item.box.part_from,
            "part_to": item.box.part_to, "starts_on": item.box.starts_on, "ends_on": item.box.ends_on,
            "override_reason": item.override_reason, "lapses_on": lapses_on, "created_at": clock.now(),
        }
        for item in wanted
    ]  # fmt: skip
    try:
        with db.session.begin_nested():
            if rows:
                db.session.execute(sa.insert(Claim), rows)
    except IntegrityError as error:
        raise _explained(error, plan, mandate) from error
    audit.record(
        "claims_taken", mandate, actor=actor, data={"count": len(rows), "decision": mandate.decision}
    )
    reopened.settle(mandate, actor=actor)
    if reservation is not None:
        reopened.settle(reservation.mandate, actor=actor, freed=True)
    if any(reviewed.warnings for reviewed in review.items):
        conflicts.tell_taken(mandate, [item.box for item in wanted], actor=actor)
    return len(rows)


def _near_told(reviewed: Reviewed) -> str:
    near = reviewed.near[0]
    there, asked = (
        db.session.get_one(Unit, unit_id).version_on(near.box.last_day).name
        for unit_id in (near.box.unit_id, reviewed.wanted.box.unit_id)
    )
    return wording.near(near, unit_name=there, asked_name=asked)


def _explained(error: IntegrityError, plan: Sequence[Wanted], mandate: Mandate) -> Exception:
    """The database refused what the review let through: somebody outside the lock, or the plan itself."""
    broken = explain_integrity(error)
    if broken is None or broken.constraint not in CLAIM_RULES:
        return error
    review = queries.review(plan, level=mandate.level, mandate_id=mandate.id)
    if not review.is_free:
        return ClaimRefused(review)
    if broken.constraint == "claim_overlap":
        return ClaimRefused(review, ASKED_TWICE)
    return ClaimRefused(review, broken.message)


def release(scope_item_ids: Sequence[int], reason: str, *, actor: Actor | None, mandate: Mandate) -> int:
    """Give held claims of these scope items back. Returns how many; concluded ones are never touched."""
    if not scope_item_ids:
        return 0
    lock()
    count = change(
        sa.update(Claim)
        .where(
            Claim.scope_item_id.in_(scope_item_ids),
            Claim.mandate_id == mandate.id,
            Claim.ended_at.is_(None),
            Claim.conclusion_id.is_(None),
        )
        .values(ended_at=clock.now(), ended_reason=reason)
    )
    if count:
        audit.record("claims_released", mandate, actor=actor, data={"count": count, "reason": reason})
        reopened.settle(mandate, actor=actor, reason=reason, freed=True)
    return count


def change(statement: sa.Update) -> int:
    """Run an UPDATE of claims; how many rows it changed."""
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[object]", done).rowcount


def fix_end(scope_item_ids: Sequence[int], ends_on: date, *, actor: Actor | None, mandate: Mandate) -> int:
    """Shrink held claims to end before `ends_on` (half-open): a provisional end becomes real.

    A claim that begins on or after that day is given back. Returns how many rows changed.
    """
    if not scope_item_ids:
        return 0
    lock()
    mine = (
        Claim.scope_item_id.in_(scope_item_ids), Claim.mandate_id == mandate.id, Claim.ended_at.is_(None),
        Claim.conclusion_id.is_(None),
    )  # fmt: skip
    gone = change(
        sa.update(Claim)
        .where(*mine, Claim.starts_on >= ends_on)
        .values(ended_at=clock.now(), ended_reason="Ngoài thời điểm kết thúc kiểm tra")
    )
    shrunk = change(sa.update(Claim).where(*mine, Claim.ends_on > ends_on).values(ends_on=ends_on))
    count = gone + shrunk
    if count:
        audit.record("claims_end_fixed", mandate, actor=actor, data={"count": count, "ends_on": ends_on})
        reopened.settle(mandate, actor=actor, freed=True)
    return count


def record_conclusion(
    *,
    mandate: Mandate,
    document: Document | None,
    title: str,
    number_and_symbol: str,
    concluded_on: date,
    body_name: str,
    level: int,
    record_only: bool = False,
    note: str = "",
    actor: Actor | None,
) -> Conclusion:
    """Write a notice's effect: ours (with its document), another body's, or a historic one."""
    conclusion = Conclusion(
        mandate_id=mandate.id, document_id=document.id if document else None, title=title,
        number_and_symbol=number_and_symbol, concluded_on=concluded_on, body_name=body_name, level=level,
        record_only=record_only, note=note, recorded_by=actor.person_id if actor else None,
        search=search_key(f"{number_and_symbol} {body_name} {title}"),
    )  # fmt: skip
    db.session.add(conclusion)
    db.session.flush()
    about = (document,) if document is not None else ()
    audit.record(
        "conclusion_recorded", conclusion, *about, actor=actor,
        data={"number": number_and_symbol, "date": concluded_on, "body": body_name},
    )  # fmt: skip
    return conclusion


def conclude(items: Sequence[Concluded], conclusion: Conclusion, *, actor: Actor | None) -> int:
    """Turn the held claims of these scope items into concluded ones and write the coverage.

    Raises Conflict when a scope item has no held claim (given back or concluded before), when another body
    decided something of it meanwhile, and while the team stands still.
    """
    if not items:
        return 0
    lock()
    by_item = {item.scope_item_id: item for item in items}
    conflicts.ask_free(conclusion.mandate, by_item)
    claims = db.session.execute(
        sa.select(
            Claim.id, Claim.scope_item_id, Claim.unit_id, Claim.content_id, Claim.part_from, Claim.part_to,
            Claim.starts_on, Claim.ends_on,
        ).where(
            Claim.scope_item_id.in_(by_item),
            Claim.mandate_id == conclusion.mandate_id,
            Claim.ended_at.is_(None),
            Claim.conclusion_id.is_(None),
        )
    ).all()  # fmt: skip
    missing = set(by_item) - {row.scope_item_id for row in claims}
    if missing:
        keys = ", ".join(sorted(by_item[item].criterion_key for item in missing)[:5])
        raise Conflict(
            f"Có {len(missing):02d} nội dung không còn thuộc phạm vi của Đoàn ({keys}). "
            "Xem lại phạm vi kiểm tra trước khi ban hành."
        )
    db.session.execute(
        sa.update(Claim)
        .where(Claim.id.in_([row.id for row in claims]))
        .values(conclusion_id=conclusion.id)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        sa.insert(Coverage),
        [
            {
                "conclusion_id": conclusion.id, "unit_id": row.unit_id, "content_id": row.content_id,
                "part_from": row.part_from, "part_to": row.part_to, "starts_on": row.starts_on,
                "ends_on": row.ends_on, "result": by_item[row.scope_item_id].result,
                "criterion_key": by_item[row.scope_item_id].criterion_key,
            }
            for row in claims
        ],
    )  # fmt: skip
    audit.record("claims_concluded", conclusion, actor=actor, data={"count": len(claims)})
    reopened.settle(conclusion.mandate, actor=actor)
    return len(claims)


def cover(conclusion: Conclusion, boxes: Sequence[tuple[Box, str, str]], *, actor: Actor | None) -> int:
    """Record what another body or a historic notice decided: (box, result, criterion key).

    Coverage is always recorded as it was decided; what is free is claimed, unless it is only recorded.
    Returns how many boxes were claimed.
    """
    lock()
    _write_coverage(conclusion, boxes)
    claimed = 0 if conclusion.record_only else _claim_free(conclusion, [box for box, _, _ in boxes])
    audit.record("coverage_recorded", conclusion, actor=actor, data={"boxes": len(boxes), "claimed": claimed})
    return claimed


def apply_mapped(
    conclusion: Conclusion,
    added: Sequence[tuple[Box, str, str]],
    standing: Sequence[Box],
    *,
    actor: Actor | None,
) -> int:
    """Add what was mapped of an entered conclusion to what it covers (`standing`); it applies from now on.

    What is free of both is claimed. Returns how many pieces.
    """
    lock()
    _write_coverage(conclusion, added)
    conclusion.record_only = False
    db.session.flush()
    claimed = _claim_free(conclusion, [*standing, *(box for box, _, _ in added)])
    audit.record("conclusion_mapped", conclusion, actor=actor, data={"boxes": len(added), "claimed": claimed})
    return claimed


def _write_coverage(conclusion: Conclusion, boxes: Sequence[tuple[Box, str, str]]) -> None:
    if boxes:
        db.session.execute(
            sa.insert(Coverage),
            [
                {
                    "conclusion_id": conclusion.id, "unit_id": box.unit_id, "content_id": box.content_id,
                    "part_from": box.part_from, "part_to": box.part_to, "starts_on": box.starts_on,
                    "ends_on": box.ends_on, "result": result, "criterion_key": key,
                }
                for box, result, key in boxes
            ],
        )  # fmt: skip


def _claim_free(conclusion: Conclusion, boxes: Sequence[Box]) -> int:
    """Claim for the conclusion what of `boxes` no live claim stands on. Returns how many pieces."""
    reserved.end_lapsed(clock.today())
    claimed: list[dict[str, object]] = [
        {
            "mandate_id": conclusion.mandate_id, "conclusion_id": conclusion.id, "level": conclusion.level,
            "unit_id": piece.unit_id, "content_id": piece.content_id, "part_from": piece.part_from,
            "part_to": piece.part_to, "starts_on": piece.starts_on, "ends_on": piece.ends_on,
            "created_at": clock.now(),
        }
        for piece in _free_pieces(boxes)
    ]  # fmt: skip
    if claimed:
        db.session.execute(sa.insert(Claim), claimed)
    return len(claimed)


def end_voided(conclusion: Conclusion) -> int:
    """End the claims of a conclusion that was voided: what it covered may be inspected. Returns how many."""
    lock()
    return change(
        sa.update(Claim)
        .where(Claim.conclusion_id == conclusion.id, Claim.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_reason=f"Hủy ghi nhận: {conclusion.void_reason}")
    )


def _free_pieces(boxes: Sequence[Box]) -> list[Box]:
    """What of `boxes` no live claim stands on, each spot once though it be asked twice."""
    standing = queries.live_boxes(boxes)
    found: list[Box] = []
    for box in boxes:
        there = standing[(box.unit_id, box.content_id)]
        found += subtract(box, there)
        there.append(box)
    return found
