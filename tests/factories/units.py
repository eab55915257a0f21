"""Units for tests of any feature, through the real service."""

from __future__ import annotations

from datetime import date

from app.extensions import db
from app.units import services
from app.units.models import BEGINNING, Relation, SuccessionKind, Unit, UnitType
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


def ended(code: str, *heirs: str, on: date) -> Unit:
    """The unit no longer exists from the day on; these take over from it. Its parts go with it."""
    gone = cast.unit(code)
    for part in services.queries.list_lines(on):
        if part.parent_id == gone.id:
            ended(part.code, on=on)
    services.end_unit(gone, on, actor=None)
    for heir in heirs:
        services.add_succession(gone, cast.unit(heir), on, SuccessionKind.MERGE, actor=None)
    db.session.commit()
    return gone
