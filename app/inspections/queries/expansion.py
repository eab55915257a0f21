"""Units of a case told in those that existed on each day: what a planner sees and may drop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.inspections.models import Inspection, InspectionState
from app.inspections.planning import last_day, pieces_told
from app.inspections.queries.scope import unit_names
from app.units import lineage


@dataclass(frozen=True)
class ExpandedPiece:
    """Days (both inclusive) of one unit, under its name at the end of them; `former` = names before."""

    unit_id: int
    name: str
    former: tuple[str, ...]
    first_on: date
    last_on: date
    inherited: bool
    dropped: bool


@dataclass(frozen=True)
class Expansion:
    """A unit of the case whose period reaches into its predecessors."""

    inspected_unit_id: int
    name: str
    formed_on: date
    pieces: tuple[ExpandedPiece, ...]


def list_expansions(inspection: Inspection) -> list[Expansion]:
    """Units of the case that reach into predecessors, in its order, predecessors first.

    Once the case is decided: what stood then.
    """
    if inspection.state is InspectionState.DRAFT:
        lives = lineage.expand_all(
            [iu.unit for iu in inspection.units], inspection.review_from, inspection.review_to
        )
        days = {iu.id: lives[iu.unit_id] for iu in inspection.units}
    else:
        days = {iu.id: tuple(pieces_told(iu.planned_days or ())) for iu in inspection.units}
    reaching = [iu for iu in inspection.units if any(piece.unit_id != iu.unit_id for piece in days[iu.id])]
    if not reaching:
        return []
    dropped = {unit.id for unit in inspection.dropped}
    units = unit_names({piece.unit_id for iu in reaching for piece in days[iu.id]})
    found = []
    for iu in reaching:
        pieces = []
        for piece in days[iu.id]:
            unit, last = units[piece.unit_id], last_day(piece.ends_on)
            name = unit.version_on(last).name
            names = [version.name for version in unit.versions if version.from_on <= last]
            inherited = piece.unit_id != iu.unit_id
            pieces.append(
                ExpandedPiece(
                    piece.unit_id,
                    name,
                    tuple(one for one in dict.fromkeys(names) if one != name),
                    piece.starts_on,
                    last,
                    inherited,
                    inherited and piece.unit_id in dropped,
                )
            )
        found.append(Expansion(iu.id, iu.unit.name, iu.unit.valid_from, tuple(pieces)))
    return found
