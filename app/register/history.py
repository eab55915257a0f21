"""What happened to one unit in the register, its predecessors included: the timeline of screen 10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.extensions import db
from app.policy import Actor
from app.register import queries, wording
from app.register.boxes import Box
from app.register.listing import box_columns, box_of, units_by_id
from app.register.models import Claim, Conclusion, ConclusionState, Coverage, Mandate, Reservation
from app.register.review import Cited, Ground, Refusal
from app.units import lineage
from app.units.models import BEGINNING, Unit
from app.vietnamese import count, format_date, format_period

MOST = 100
STATE_REMARKS = {
    ConclusionState.REPLACED: "đã được thay thế",
    ConclusionState.RECALLED: "đã thu hồi",
    ConclusionState.VOIDED: "đã hủy ghi nhận",
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `link`: "conclusion" or "" with its id; `kind` as the timeline shows it."""

    on: date
    head: str
    text: str
    kind: str = ""
    sealed: bool = False
    conclusion_id: int | None = None
    remark: str = ""


@dataclass(frozen=True)
class Former:
    """A conclusion of ours that says nothing any more about what is asked, and why."""

    conclusion_id: int
    number_and_symbol: str
    concluded_on: date
    body_name: str
    state: ConclusionState

    @property
    def sentence(self) -> str:
        """“Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ đã thu hồi, không còn được áp dụng.”"""
        named = wording.notice(self.number_and_symbol, self.concluded_on)
        return f"{named} của {self.body_name} {STATE_REMARKS[self.state]}, không còn được áp dụng."


NO_MORE = (ConclusionState.REPLACED, ConclusionState.RECALLED)


def former(boxes: Sequence[Box]) -> dict[tuple[int, int], list[tuple[Box, Former]]]:
    """By unit and content: what recalled or replaced conclusions had decided within the days of `boxes`."""
    found: dict[tuple[int, int], list[tuple[Box, Former]]] = {}
    rows = db.session.execute(
        sa.select(
            Conclusion.id, Conclusion.number_and_symbol, Conclusion.concluded_on, Conclusion.body_name,
            Conclusion.state, *box_columns(Coverage),
        )
        .join(Coverage, Coverage.conclusion_id == Conclusion.id)
        .where(
            Conclusion.state.in_(NO_MORE),
            Coverage.unit_id.in_({box.unit_id for box in boxes}),
            Coverage.content_id.in_({box.content_id for box in boxes}),
            Coverage.starts_on < max(box.ends_on for box in boxes),
            Coverage.ends_on > min(box.starts_on for box in boxes),
        )
        .order_by(Conclusion.concluded_on.desc(), Conclusion.id.desc(), Coverage.id)
    )  # fmt: skip
    for row in rows:
        told = Former(row.id, row.number_and_symbol, row.concluded_on, row.body_name, row.state)
        found.setdefault((row.unit_id, row.content_id), []).append((box_of(row), told))
    return found


def of_unit(actor: Actor, unit: Unit) -> list[Entry]:
    """Newest first. Held claims only for those who may know of them."""
    ids = lineage.with_predecessors([unit.id])
    units = units_by_id(ids)
    entries = _conclusions(unit, ids, units)
    if queries.sees_holds(actor):
        entries += _holds(unit, ids, units)
    if unit.valid_from > BEGINNING:
        former = sorted(units[item].name for item in ids - {unit.id})
        told = f", kế thừa từ {', '.join(former)}" if former else ""
        entries.append(
            Entry(unit.valid_from, "", f"{unit.version_on(unit.valid_from).name} hình thành{told}")
        )
    if unit.valid_to is not None:
        entries.append(Entry(unit.valid_to, "", f"{unit.name} kết thúc hoạt động"))
    return sorted(entries, key=lambda entry: (entry.on, entry.head, entry.text), reverse=True)


def _inherited(unit: Unit, unit_id: int, units: dict[int, Unit]) -> str:
    return "" if unit_id == unit.id else f"kế thừa từ {units[unit_id].name}"


def _conclusions(unit: Unit, ids: frozenset[int], units: dict[int, Unit]) -> list[Entry]:
    rows = db.session.execute(
        sa.select(
            Conclusion.id,
            Conclusion.number_and_symbol,
            Conclusion.concluded_on,
            Conclusion.body_name,
            Conclusion.record_only,
            Conclusion.state,
            Coverage.unit_id,
            sa.func.count(sa.distinct(Coverage.content_id)).label("contents"),
            sa.func.min(Coverage.starts_on).label("first"),
            sa.func.max(Coverage.ends_on).label("last"),
            sa.func.max(Coverage.starts_on).label("latest"),
        )
        .join(Coverage, Coverage.conclusion_id == Conclusion.id)
        .where(Coverage.unit_id.in_(ids))
        .group_by(Conclusion.id, Coverage.unit_id)
        .order_by(Conclusion.concluded_on.desc(), Conclusion.id.desc())
        .limit(MOST)
    )
    found: list[Entry] = []
    for row in rows:
        remarks = [
            _inherited(unit, row.unit_id, units),
            "chỉ ghi nhận" if row.record_only else "",
            STATE_REMARKS.get(row.state, ""),
        ]
        period = format_period(row.first, row.last - timedelta(days=1))
        if row.latest > row.first:
            period += f", một số nội dung từ ngày {format_date(row.latest)}"
        found.append(
            Entry(
                on=row.concluded_on,
                head=wording.notice(row.number_and_symbol, None),
                text=f"của {row.body_name}: {count(row.contents)} nội dung đã kết luận, thời kỳ {period}",
                kind="" if row.record_only else "key",
                sealed=not row.record_only and row.state is ConclusionState.IN_FORCE,
                conclusion_id=row.id,
                remark="; ".join(filter(None, remarks)),
            )
        )
    return found


def _holds(unit: Unit, ids: frozenset[int], units: dict[int, Unit]) -> list[Entry]:
    rows = db.session.execute(
        sa.select(
            Mandate.id,
            Mandate.body_name,
            Mandate.level,
            Mandate.decision,
            Mandate.decided_on,
            Mandate.until_on,
            Reservation.planned,
            Reservation.lapses_on,
            Claim.unit_id,
            sa.func.count(sa.distinct(Claim.content_id)).label("contents"),
            sa.func.min(Claim.starts_on).label("first"),
            sa.func.max(Claim.ends_on).label("last"),
        )
        .join(Claim, Claim.mandate_id == Mandate.id)
        .outerjoin(Reservation, Reservation.mandate_id == Mandate.id)
        .where(
            Claim.unit_id.in_(ids),
            Claim.ended_at.is_(None),
            Claim.conclusion_id.is_(None),
            sa.or_(Claim.lapses_on.is_(None), Claim.lapses_on >= clock.today()),
        )
        .group_by(Mandate.id, Reservation.id, Claim.unit_id)
        .order_by(Mandate.id)
        .limit(MOST)
    )
    found: list[Entry] = []
    for row in rows:
        box = Box(row.unit_id, 0, row.first, row.last)
        reserved = row.lapses_on is not None
        ground = Ground.RESERVED if reserved else Ground.HELD
        cited = Cited(
            ground, row.level, row.body_name, row.decision, row.decided_on, planned=row.planned or ""
        )  # fmt: skip
        source = wording.source(Refusal(box, cited))
        what = "đang giữ chỗ" if reserved else "đang kiểm tra"
        last = ", giữ chỗ đến hết ngày này" if reserved else ", thực hiện đến hết ngày này"
        until = row.lapses_on or row.until_on
        found.append(
            Entry(
                on=until or row.decided_on or clock.today(),
                head=source[0].upper() + source[1:],
                text=f"{what} {count(row.contents)} nội dung, thời kỳ {wording.period_of(box)}"
                + (last if until else ""),
                kind="next",
                remark=_inherited(unit, row.unit_id, units),
            )
        )
    return found
