"""Units, scope and what is left of it: all of it while the case is a draft."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import Conflict, DomainError
from app.extensions import db
from app.form_library import queries as forms
from app.inspections import queries
from app.inspections.models import InspectedUnit, Inspection, ScopeItem
from app.inspections.planning import (
    ScopePiece,
    Selection,
    criterion_box,
    days_told,
    field_label,
    left_of,
    period_text,
    pieces_told,
    select,
    without_repeats,
)
from app.inspections.queries.review import ReviewedItem, ScopeReview
from app.inspections.services.common import refresh_search, require_draft, require_text, touch
from app.inspections.services.overlap import keep_record
from app.inspections.services.reserving import follow_reservation
from app.policy import Action, Actor, authorise
from app.register.boxes import Box, subtract
from app.units import lineage
from app.units.lineage import Piece
from app.units.models import Unit
from app.vietnamese import count, format_date


class RemainderChanged(Conflict):
    """What is left changed since the page was shown; `review` is the present answer."""

    def __init__(self, message: str, review: ScopeReview) -> None:
        super().__init__(message)
        self.review = review


@dataclass(frozen=True)
class Remainder:
    """What a person saw and accepts: the review's fingerprint and the items that were refused then."""

    fingerprint: str
    refused: frozenset[int]


def add_units(
    inspection: Inspection, unit_ids: Collection[int], *, version: int | None, actor: Actor
) -> list[InspectedUnit]:
    """Add units to the case, asked what its other units are asked; those in it already are passed over.

    Raises DomainError when a unit, its predecessors included, did not exist on any day of the period.
    """
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_draft(inspection)
    check_version(inspection, version)
    cuts = cuts_of(inspection)
    present = {iu.unit_id for iu in inspection.units}
    wanted = [unit_id for unit_id in dict.fromkeys(unit_ids) if unit_id not in present]
    units = {unit.id: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.id.in_(wanted)))}
    if len(units) != len(wanted):
        raise DomainError("Chọn đơn vị trong danh sách.", field="unit_ids")
    added: list[InspectedUnit] = []
    ordinal = max((iu.ordinal for iu in inspection.units), default=0)
    selection = _union(queries.selections(inspection).values())
    for unit_id in wanted:
        unit = units[unit_id]
        if not lineage.expand(unit, inspection.review_from, inspection.review_to):
            raise DomainError(_never_existed(unit, inspection), field="unit_ids")
        ordinal += 1
        added.append(InspectedUnit(unit_id=unit_id, unit=unit, ordinal=ordinal))
        inspection.units.append(added[-1])
    if not added:
        return added
    touch(inspection)
    db.session.flush()
    if selection.parts:
        chosen = queries.selections(inspection)
        write(inspection, chosen | {iu.id: selection for iu in added}, cuts)
    refresh_search(inspection)
    audit.record(
        "inspection_units_added",
        inspection,
        *added,
        actor=actor,
        data={"units": [iu.unit.name for iu in added]},
    )
    return added


def _never_existed(unit: Unit, inspection: Inspection) -> str:
    life = f"hình thành ngày {format_date(unit.valid_from)}"
    if unit.valid_to is not None:
        life += f", kết thúc ngày {format_date(unit.valid_to)}"
    period = period_text(inspection.review_from, inspection.review_to)
    return (
        f"{unit.name} {life}, nằm ngoài thời kỳ kiểm tra {period}. "
        "Chọn thời kỳ khác, hoặc chọn đơn vị tồn tại trong thời kỳ này."
    )


def remove_unit(inspection: Inspection, inspected_unit_id: int, *, version: int | None, actor: Actor) -> None:
    """Take a unit, its scope, schedule and assignments out of a draft."""
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_draft(inspection)
    check_version(inspection, version)
    gone = next((iu for iu in inspection.units if iu.id == inspected_unit_id), None)
    if gone is None:
        raise Conflict("Đơn vị này không còn trong cuộc kiểm tra. Tải lại trang để xem danh sách mới nhất.")
    chosen = {key: value for key, value in queries.selections(inspection).items() if key != gone.id}
    cuts = cuts_of(inspection)
    name = gone.unit.name
    db.session.execute(sa.delete(ScopeItem).where(ScopeItem.inspected_unit_id == gone.id))
    for member in inspection.members:
        member.assignments[:] = [a for a in member.assignments if a.inspected_unit_id != gone.id]
    db.session.flush()
    inspection.units.remove(gone)
    touch(inspection)
    db.session.flush()
    # A piece that was asked through the removed unit may now belong to another successor of the same unit.
    write(inspection, chosen, cuts)
    refresh_search(inspection)
    audit.record("inspection_unit_removed", inspection, actor=actor, data={"unit": name})


def set_scope(
    inspection: Inspection,
    criterion_ids: Collection[int],
    field_ids: Collection[int] = (),
    *,
    inspected_unit_ids: Collection[int] | None = None,
    version: int | None,
    actor: Actor,
) -> int:
    """Ask these criteria (by the chosen fields) of these units (default: all). Returns how many items.

    A piece asked twice, also through two successors of one unit, is one scope item.
    Raises DomainError for an unknown criterion, field or unit, or none at all.
    """
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_draft(inspection)
    check_version(inspection, version)
    if not inspection.units:
        raise DomainError("Chọn đơn vị được kiểm tra trước khi chọn nội dung.")
    criteria = {c.id: c for c in forms.list_criteria(inspection.form_version_id)}
    fields = {f.id: f for f in forms.list_fields()}
    units = {iu.id for iu in inspection.units}
    targets = units if inspected_unit_ids is None else set(inspected_unit_ids)
    if not set(criterion_ids) <= set(criteria):
        raise DomainError("Chọn nội dung trong danh sách của phiếu kiểm tra.", field="criteria")
    if not set(field_ids) <= set(fields):
        raise DomainError("Chọn lĩnh vực trong danh sách.", field="fields")
    if not targets <= units or not targets:
        raise DomainError("Chọn đơn vị thuộc cuộc kiểm tra.", field="units")
    if not criterion_ids:
        raise DomainError("Chọn ít nhất một gói, một nhóm hoặc một nội dung.", field="criteria")
    selection = select((criteria[i] for i in criterion_ids), [fields[i] for i in sorted(field_ids)])
    chosen = queries.selections(inspection) | dict.fromkeys(targets, selection)
    touch(inspection)
    total = write(inspection, chosen, cuts_of(inspection))
    audit.record(
        "inspection_scope_set", inspection, actor=actor,
        data={"criteria": len(set(criterion_ids)), "units": len(targets), "items": total},
    )  # fmt: skip
    return total


def clear(inspection: Inspection) -> None:
    """Forget the scope and who looks at what (another form asks other criteria, in other groups)."""
    for member in inspection.members:
        member.assignments.clear()
    write(inspection, {}, {})


def replan(inspection: Inspection) -> None:
    """Write the scope again for another period or lineage; a unit outside it makes the change refused."""
    for iu in inspection.units:
        if not lineage.expand(iu.unit, inspection.review_from, inspection.review_to):
            raise DomainError(_never_existed(iu.unit, inspection), field="review_from")
    write(inspection, queries.selections(inspection), cuts_of(inspection))


def follow_lineage(inspection: Inspection, *, version: int | None, actor: Actor) -> None:
    """Write the scope again after a unit's succession or end was recorded; what was cut stays cut."""
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_draft(inspection)
    check_version(inspection, version)
    moved = queries.moved_units(inspection)
    if not moved:
        raise Conflict("Phạm vi đã theo đúng đơn vị cũ và đơn vị kế thừa. Tải lại trang để xem kết quả.")
    replan(inspection)
    touch(inspection)
    audit.record("inspection_scope_followed", inspection, actor=actor, data={"units": ", ".join(moved)})


def accept_remainder(
    inspection: Inspection, seen: Remainder, *, version: int | None, actor: Actor
) -> ScopeReview:
    """Cut the scope to what is free (no. 25). Returns the review that was accepted.

    Recomputed here: when it is not what was seen, nothing changes and RemainderChanged says the difference.
    """
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_draft(inspection)
    check_version(inspection, version)
    review = queries.review_scope(inspection)
    if review.fingerprint != seen.fingerprint:
        raise RemainderChanged(_difference(review, seen), review)
    refused = [item for item in review.items if item.refusals]
    if not refused:
        return review
    kept: list[tuple[ScopePiece, str | None]] = [
        (piece, item.higher_reason) for item in refused for piece in item.left
    ]
    if len(refused) == len(review.items) and not kept:
        raise Conflict(
            "Toàn bộ nội dung đã chọn đều đã có kết luận hoặc đang được kiểm tra. Chọn thời kỳ khác, "
            "hoặc lập cuộc kiểm tra việc khắc phục."
        )
    keep_record(inspection, review, left_out=len(refused), actor=actor)
    _delete([item.item_id for item in refused])
    insert(kept)
    follow_reservation(inspection)
    touch(inspection)
    audit.record(
        "inspection_remainder_accepted", inspection, actor=actor,
        data={"cut": len(refused), "left": len(kept), "free": review.counts.free},
    )  # fmt: skip
    return review


def _difference(review: ScopeReview, seen: Remainder) -> str:
    now = {item.item_id: item for item in review.items if item.refusals}
    newly = [now[i] for i in sorted(set(now) - seen.refused)]
    freed = [item for item in review.items if item.item_id in seen.refused and not item.refusals]
    told = ["Phần còn lại đã thay đổi trong lúc xem nên chưa nhận."]
    if newly:
        told.append(f"Không còn được kiểm tra: {_named(newly)}.")
    if freed:
        told.append(f"Nay được kiểm tra: {_named(freed)}.")
    if not newly and not freed:
        told.append("Thời kỳ hoặc phạm vi của một số nội dung đã khác.")
    told.append("Xem lại kết quả dưới đây rồi nhận.")
    return " ".join(told)


def _named(items: Sequence[ReviewedItem]) -> str:
    shown = "; ".join(f"{item.criterion_key} – {item.unit_name}" for item in items[:5])
    more = len(items) - 5
    return shown if more <= 0 else f"{shown} và {count(more)} nội dung khác"


def give_higher_reason(
    inspection: Inspection,
    reason: str,
    *,
    item_ids: Collection[int] | None = None,
    version: int | None,
    actor: Actor,
) -> int:
    """Say why what a lower body, a whole or a part concluded is inspected again (no. 27), for the plan or
    for single items.

    Returns to how many items the reason was given.
    """
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_draft(inspection)
    check_version(inspection, version)
    text = require_text(reason, "Ghi rõ lý do vẫn cần kiểm tra nội dung đã có kết luận.", "reason")
    warned = [item.item_id for item in queries.review_scope(inspection).items if item.reason_needed]
    targets = [i for i in warned if item_ids is None or i in set(item_ids)]
    if not targets:
        raise Conflict("Không có nội dung nào cần ghi lý do.")
    db.session.execute(sa.update(ScopeItem).where(ScopeItem.id.in_(targets)).values(higher_reason=text))
    touch(inspection)
    db.session.expire_all()
    audit.record(
        "inspection_higher_reason_given",
        inspection,
        actor=actor,
        data={"items": len(targets), "reason": text},
    )
    return len(targets)


def _union(selections: Iterable[Selection]) -> Selection:
    whole = Selection()
    for selection in selections:
        whole |= selection
    return whole


Spot = tuple[int, int]
"""(unit, criterion)."""


def _asked(
    inspection: Inspection, chosen: Mapping[int, Selection], days: Mapping[int, Sequence[Piece]]
) -> list[ScopePiece]:
    """What `chosen` (by inspected unit) asks on the days of each; what is asked twice is asked once.

    Days of predecessors that were dropped are not asked.
    """
    dropped = {unit.id for unit in inspection.dropped}
    wanted: list[ScopePiece] = []
    for iu in sorted(inspection.units, key=lambda iu: iu.ordinal):
        selection = chosen.get(iu.id, Selection())
        wanted += [
            ScopePiece(iu.id, day.unit_id, criterion_id, first, last, day.starts_on, day.ends_on)
            for day in days[iu.id]
            if day.unit_id == iu.unit_id or day.unit_id not in dropped
            for criterion_id, first, last in sorted(selection.parts)
        ]
    return without_repeats(wanted)


def cuts_of(inspection: Inspection) -> dict[Spot, list[Box]]:
    """What accepting the remainder took out of the scope: it stays out when the scope is rewritten."""
    rows = queries.scope_rows(inspection)
    standing: dict[Spot, list[Box]] = {}
    for row in rows:
        spot = (row.piece.unit_id, row.piece.criterion_id)
        standing.setdefault(spot, []).append(criterion_box(row.piece))
    planned = {iu.id: pieces_told(iu.planned_days or ()) for iu in inspection.units}
    found: dict[Spot, list[Box]] = {}
    for piece in _asked(inspection, queries.selections(inspection), planned):
        spot = (piece.unit_id, piece.criterion_id)
        found.setdefault(spot, []).extend(subtract(criterion_box(piece), standing.get(spot, ())))
    return found


def write(inspection: Inspection, chosen: Mapping[int, Selection], cuts: Mapping[Spot, Sequence[Box]]) -> int:
    """Make the scope items what `chosen` (by inspected unit) asks without `cuts`; what stays keeps its row.

    A piece that is written anew keeps the reason that was given for what it stands for.
    """
    lives = lineage.expand_all(
        [iu.unit for iu in inspection.units], inspection.review_from, inspection.review_to
    )
    for iu in inspection.units:
        iu.planned_days = days_told(lives[iu.unit_id])
    pieces = [
        left
        for piece in _asked(inspection, chosen, {iu.id: lives[iu.unit_id] for iu in inspection.units})
        for left in left_of(piece, cuts.get((piece.unit_id, piece.criterion_id), ()))
    ]
    rows = queries.scope_rows(inspection)
    standing = {row.piece: row.item_id for row in rows}
    reasons = [(criterion_box(row.piece), row.higher_reason) for row in rows if row.higher_reason]
    kept = set(pieces)
    _delete([item_id for piece, item_id in standing.items() if piece not in kept])
    insert(
        [
            (piece, next((reason for box, reason in reasons if box.meets(criterion_box(piece))), None))
            for piece in pieces
            if piece not in standing
        ]
    )
    follow_reservation(inspection)
    return len(pieces)


def _delete(item_ids: Sequence[int]) -> None:
    if item_ids:
        db.session.execute(sa.delete(ScopeItem).where(ScopeItem.id.in_(item_ids)))


def insert(pieces: Sequence[tuple[ScopePiece, str | None]]) -> None:
    if not pieces:
        return
    fields = forms.list_fields()
    by_field = forms.list_by_field({piece.criterion_id for piece, _ in pieces})
    db.session.execute(
        sa.insert(ScopeItem),
        [
            {
                "inspected_unit_id": piece.inspected_unit_id, "unit_id": piece.unit_id,
                "criterion_id": piece.criterion_id, "part_from": piece.part_from, "part_to": piece.part_to,
                "starts_on": piece.starts_on, "ends_on": piece.ends_on, "higher_reason": reason,
                "field_label": field_label(
                    piece.part_from, piece.part_to, fields if piece.criterion_id in by_field else ()
                ),
            }
            for piece, reason in pieces
        ],
    )  # fmt: skip
