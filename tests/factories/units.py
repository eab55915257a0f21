"""Units for tests of any feature, through the real service."""

from __future__ import annotations

from datetime import date

from app.units import services
from app.units.models import BEGINNING, Relation, Unit, UnitType
from tests import cast


def unit(
    code: str,
    name: str = "",
    *,
    type_: UnitType = UnitType.COMMUNE,
    parent: str | None = cast.PROVINCE,
    relation: Relation = Relation.UNDER,
    valid_from: date = BEGINNING,
    valid_to: date | None = None,
) -> Unit:
    """A unit with one version."""
    first = services.VersionData(
        name=name or f"UBND xã Thử {code}",
        type=type_,
        from_on=valid_from,
        parent=cast.unit(parent) if parent else None,
        relation=relation,
    )
    return services.create_unit(services.NewUnit(code, first, valid_to), actor=None)
