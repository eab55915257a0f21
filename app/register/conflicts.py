"""What a team holds though another body has decided it, or a higher one went over it.

Derived from claims and coverage each time, never stored: it is over when the team gives the piece back
(partial termination; NĐ 217/2025 Đ7.2đ), or the other body's conclusion is voided, recalled or reopened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.audit import services as audit
from app.errors import Conflict
from app.extensions import db
from app.policy import Actor
from app.register import panels, queries, wording
from app.register.boxes import Box
from app.register.models import Claim, Conclusion, ConclusionState, Coverage, Mandate
from app.register.review import Cited, Ground
from app.vietnamese import count

MOST_NAMED = 3
SUSPENDED = "Cuộc kiểm tra đang tạm dừng. Thực hiện sau khi có văn bản tiếp tục kiểm tra."


class Overrun(NamedTuple):
    """A piece of what a scope item holds, and who has decided it or took it over."""

    scope_item_id: int | None
    box: Box
    cited: Cited


def list_of(mandate: Mandate) -> tuple[Overrun, ...]:
    """Every such piece of what `mandate` holds, in order of units, contents and days; five reads.

    A conclusion counts from the team's own level up, a team at work only above it. What a leader reopened
    for the case is no conflict.
    """
    held = db.session.execute(
        sa.select(
            Claim.scope_item_id, Claim.unit_id, Claim.content_id, Claim.starts_on, Claim.ends_on,
            Claim.part_from, Claim.part_to,
        ).where(Claim.mandate_id == mandate.id, *_held(Claim))
    ).all()  # fmt: skip
    if not held:
        return ()
    boxes = [(row.scope_item_id, Box(*row[1:])) for row in held]
    standing = queries.taken(
        {box.unit_id for _, box in boxes},
        {box.content_id for _, box in boxes},
        min(box.starts_on for _, box in boxes),
        max(box.ends_on for _, box in boxes),
        own={mandate.id},
    )
    found = [
        Overrun(item_id, shared, other.cited)
        for item_id, box in boxes
        for other in standing.get((box.unit_id, box.content_id), ())
        if _stands_over(other.cited, mandate) and (shared := box.common(other.box)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.box, one.scope_item_id or 0, one.cited.citation)))


def _stands_over(cited: Cited, mandate: Mandate) -> bool:
    if cited.mandate_id == mandate.id:
        return False
    return cited.level > mandate.level or (cited.ground is Ground.CONCLUDED and cited.level == mandate.level)


def _held(claim: type[Claim]) -> tuple[Any, ...]:
    return claim.ended_at.is_(None), claim.conclusion_id.is_(None)


def _meets(mine: type[Claim], other: type[Claim] | type[Coverage]) -> sa.ColumnElement[bool]:
    return sa.and_(
        other.unit_id == mine.unit_id,
        other.content_id == mine.content_id,
        other.part_from < mine.part_to,
        mine.part_from < other.part_to,
        other.starts_on < mine.ends_on,
        mine.starts_on < other.ends_on,
    )


def among(mandate_ids: Collection[int]) -> dict[int, tuple[Overrun, ...]]:
    """Those of the mandates that have a conflict, with it: one read, and five for each that has."""
    if not mandate_ids:
        return {}
    other = aliased(Claim)
    decided = (
        sa.select(Coverage.id)
        .join(Conclusion, Conclusion.id == Coverage.conclusion_id)
        .where(
            _meets(Claim, Coverage),
            Conclusion.state == ConclusionState.IN_FORCE,
            Conclusion.record_only.is_(False),
            Conclusion.level >= Claim.level,
            Conclusion.mandate_id != Claim.mandate_id,
        )
    )
    over = sa.select(other.id).where(
        _meets(Claim, other), other.ended_at.is_(None), other.level > Claim.level
    )
    rows = db.session.scalars(
        sa.select(Mandate).where(
            Mandate.id.in_(
                sa.select(Claim.mandate_id).where(
                    Claim.mandate_id.in_(mandate_ids),
                    *_held(Claim),
                    sa.or_(decided.exists(), over.exists()),
                )
            )
        )
    )
    found = {mandate.id: list_of(mandate) for mandate in rows}
    return {mandate_id: overruns for mandate_id, overruns in found.items() if overruns}


def find(mandate_id: int) -> tuple[Overrun, ...]:
    """The conflicts of one mandate: one read when there is none."""
    return among([mandate_id]).get(mandate_id, ())


def tell(cited: Conclusion, boxes: Sequence[Box], *, actor: Actor | None) -> tuple[str, ...]:
    """After a conclusion was recorded: an event on every case that holds something of `boxes`.

    Returns what these cases are called. Nobody outside the office may be told.
    """
    paper = wording.notice(cited.number_and_symbol, cited.concluded_on)
    over = (Claim.level <= cited.level, Claim.mandate_id != cited.mandate_id)
    return _tell(boxes, over, {"notice": paper, "body": cited.body_name}, actor)


def tell_taken(higher: Mandate, boxes: Sequence[Box], *, actor: Actor | None) -> tuple[str, ...]:
    """The same after a higher body took `boxes` over lower teams at work."""
    over = (Claim.level < higher.level, Claim.mandate_id != higher.id)
    return _tell(
        boxes, over, {"notice": _case(higher.decision, higher.decided_on), "body": higher.body_name}, actor
    )


def _tell(
    boxes: Sequence[Box], over: Sequence[sa.ColumnElement[bool]], by: dict[str, object], actor: Actor | None
) -> tuple[str, ...]:
    met = _holders(boxes, over)
    cases = panels.cases_of(met)
    names: list[str] = []
    for mandate in db.session.scalars(sa.select(Mandate).where(Mandate.id.in_(met)).order_by(Mandate.id)):
        case = cases.get(mandate.id)
        audit.record(
            "claims_overrun",
            *((case.subject, mandate) if case is not None else (mandate,)),
            actor=actor,
            data={"count": count(met[mandate.id]), **by},
        )
        names.append(case.name if case is not None else wording.dated(mandate.decision, mandate.decided_on))
    return tuple(names)


def _holders(boxes: Sequence[Box], over: Sequence[sa.ColumnElement[bool]]) -> dict[int, int]:
    """Mandates that hold something of `boxes` which is overruled (`over`), with how many contents."""
    rows = db.session.execute(
        sa.select(
            Claim.mandate_id, Claim.unit_id, Claim.content_id, Claim.starts_on, Claim.ends_on,
            Claim.part_from, Claim.part_to, Claim.scope_item_id,
        ).where(
            Claim.unit_id.in_({box.unit_id for box in boxes}),
            Claim.content_id.in_({box.content_id for box in boxes}),
            Claim.starts_on < max(box.ends_on for box in boxes),
            Claim.ends_on > min(box.starts_on for box in boxes),
            *over,
            *_held(Claim),
        )
    )  # fmt: skip
    spots: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for box in boxes:
        spots[(box.unit_id, box.content_id)].append(box)
    met: dict[int, set[Any]] = defaultdict(set)
    for row in rows:
        held = Box(*row[1:7])
        if any(held.meets(box) for box in spots[(held.unit_id, held.content_id)]):
            met[row.mandate_id].add(row.scope_item_id or held)
    return {mandate_id: len(items) for mandate_id, items in met.items()}


def ask_free(mandate: Mandate, scope_item_ids: Collection[int]) -> None:
    """Raise Conflict when something of these scope items may not be concluded: the team stands still, or
    another body has decided it (or a higher one went over it); with the way out."""
    if mandate.suspended_on is not None:
        raise Conflict(SUSPENDED)
    met = [one for one in find(mandate.id) if one.scope_item_id in scope_item_ids]
    if met:
        raise Conflict(refused(met))


def refused(met: Sequence[Overrun]) -> str:
    """Why these pieces may not be concluded, and what to do."""
    papers = list(dict.fromkeys(told(one.cited) for one in met))
    named = "; ".join(papers[:MOST_NAMED])
    more = f" và {count(len(papers) - MOST_NAMED)} văn bản khác" if len(papers) > MOST_NAMED else ""
    return (
        f"Có {count(len({one.scope_item_id for one in met}))} nội dung trùng với {named}{more}. "
        "Đình chỉ một phần (mục Thay đổi) đối với phần trùng trước khi kết luận."
    )


def told(cited: Cited) -> str:
    """“Kết luận số 05/KL-TTr ngày 02/9/2026 của Thanh tra tỉnh”, or the team of a higher body at work."""
    if cited.ground is Ground.CONCLUDED:
        return f"{wording.notice(cited.citation, cited.dated_on)} của {cited.body_name}"
    return f"{_case(cited.citation, cited.dated_on)} của {cited.body_name}"


def _case(decision: str, decided_on: date | None) -> str:
    return "cuộc kiểm tra" + (
        f" theo Quyết định số {wording.dated(decision, decided_on)}" if decision else ""
    )
