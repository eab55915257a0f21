"""What a draft has reserved: until which day, what of its scope is not, and what it would be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.inspections.models import Inspection, InspectionState
from app.inspections.queries.review import CLAIMING, ScopeReview
from app.register import reopening, reserved, reserving
from app.register.boxes import Box, subtract
from app.register.models import Reservation


@dataclass(frozen=True)
class Reserved:
    """Where a draft stands.

    `until`: the last day of what is or was reserved, None without any or given back; `bare`: items
    of the scope of which something is not reserved; `next_day`: the last day of what is reserved or extended
    today; `offered`: whether there is something to reserve and nothing refuses it.
    """

    holds: bool
    lapsed: bool
    until: date | None
    bare: int
    next_day: date
    offered: bool

    @property
    def extendable(self) -> bool:
        """Whether extending today would gain a day."""
        return self.holds and self.until is not None and self.next_day > self.until


def reserved_of(inspection: Inspection, review: ScopeReview) -> Reserved | None:
    """The reservation of a draft beside its present review; None for a case that cannot reserve."""
    if inspection.state is not InspectionState.DRAFT or inspection.kind not in CLAIMING:
        return None
    last = reserved.newest([inspection.id]).get(inspection.id)
    holds = last is not None and last.holds
    bare = _bare(inspection, review, last if holds else None)
    return Reserved(
        holds=holds,
        lapsed=last is not None and last.has_lapsed,
        until=last.lapses_on if last is not None and (holds or last.has_lapsed) else None,
        bare=bare,
        next_day=reserving.last_day(),
        offered=bool(bare) and review.is_free and not review.without_reason and not review.moved,
    )


def _bare(inspection: Inspection, review: ScopeReview, held: Reservation | None) -> int:
    there = reserved.boxes(held) if held is not None else []
    asked: dict[Box, int] = {
        box: item.item_id for item in review.items for one in item.reviewed for box in one.free
    }
    return len({asked[box] for box, _ in reserved.outside(asked, [*there, *reopened_for(inspection)])})


def reopened_for(inspection: Inspection) -> list[Box]:
    """What is held for the case anyway, because a leader reopened it."""
    return [box for one in reopening.list_granted(inspection.id) for box in reopening.boxes_of(one)]


def without(boxes: Iterable[Box], held: Sequence[Box]) -> list[Box]:
    """What of the boxes is not held already."""
    return [piece for box in boxes for piece in subtract(box, [h for h in held if h.meets(box)])]


def list_reservations(inspection_ids: Iterable[int]) -> dict[int, Reservation]:
    """The last reservation of each of these cases that ever had one: one read."""
    ids = list(inspection_ids)
    return reserved.newest(ids) if ids else {}


def list_reserved_until(inspection_ids: Iterable[int]) -> dict[int, date]:
    """The last day of what stands reserved, by case; cases without a reservation are left out: one read."""
    found = list_reservations(inspection_ids)
    return {key: one.lapses_on for key, one in found.items() if one.holds}
