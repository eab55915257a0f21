"""A register of the size of a province: many communes, a plan of the whole form at all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import CriterionGroup
from app.inspections.models import Inspection
from app.register import services
from app.register.boxes import Box
from app.register.services import ClaimWanted
from app.units.models import Relation, Succession, SuccessionKind, Unit, UnitType, UnitVersion
from app.vietnamese import search_key
from tests import cast
from tests.factories import inspections
from tests.factories import register as factory

MERGED_ON = date(2025, 7, 1)
FIRST, BEYOND = date(2026, 1, 1), date(2026, 7, 1)
"""The plan's review period, half-open: `inspections.FIRST_HALF`."""


@dataclass(frozen=True)
class Province:
    """Communes (by ordinal) and a draft that asks all contents of all of them."""

    units: tuple[Unit, ...]
    draft: Inspection


def communes(many: int) -> list[Unit]:
    """Communes that were each formed on 1/7/2025 out of two former ones."""
    known = (db.session.scalar(sa.select(sa.func.max(Unit.id))) or 0) + 1
    rows: list[tuple[int, str, date, date | None]] = []
    for n in range(many):
        key = known + 3 * n
        rows += [
            (key, f"UBND xã Mẫu số {n + 1:03}", MERGED_ON, None),
            (key + 1, f"UBND xã Mẫu cũ số {n + 1:03} A", date(1900, 1, 1), MERGED_ON),
            (key + 2, f"UBND xã Mẫu cũ số {n + 1:03} B", date(1900, 1, 1), MERGED_ON),
        ]
    db.session.execute(
        sa.insert(Unit),
        [
            {"id": k, "code": f"M{k}", "valid_from": a, "valid_to": b, "search": search_key(f"M{k} {name}")}
            for k, name, a, b in rows
        ],
    )
    above = cast.unit(cast.PROVINCE).id
    db.session.execute(
        sa.insert(UnitVersion),
        [
            {
                "unit_id": key, "from_on": first, "name": name, "short_name": name.removeprefix("UBND "),
                "type": UnitType.COMMUNE, "relation": Relation.UNDER, "parent_id": above,
            }
            for key, name, first, _ in rows
        ],
    )  # fmt: skip
    db.session.execute(
        sa.insert(Succession),
        [
            {
                "predecessor_id": known + 3 * n + former, "successor_id": known + 3 * n, "on_date": MERGED_ON,
                "kind": SuccessionKind.MERGE,
            }
            for n in range(many)
            for former in (1, 2)
        ],
    )  # fmt: skip
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SELECT setval('unit_id_seq', (SELECT max(id) FROM unit))"))
    wanted = [key for key, _, first, _ in rows if first == MERGED_ON]
    return list(db.session.scalars(sa.select(Unit).where(Unit.id.in_(wanted)).order_by(Unit.id)))


def boxes(unit: Unit, group: CriterionGroup, first: date, beyond: date) -> list[tuple[Box, str]]:
    """Every content of a group at a unit, whole, with the key of its criterion."""
    return [
        (Box(unit.id, part.content_id, first, beyond, part.part_from, part.part_to), criterion.key)
        for criterion in group.criteria
        for part in criterion.parts
    ]


def province(many: int, review: tuple[date, date] = inspections.FIRST_HALF) -> Province:
    """`many` communes; of every six one has three groups concluded, one has one concluded for half of the
    period, one is being inspected by another team in two; a draft asks everything of all of them."""
    units = communes(many)
    groups = forms.whole_latest_version().groups
    other = factory.mandate("131/QĐ-SNV")
    held: list[ClaimWanted] = []
    for n, unit in enumerate(units):
        if n % 6 == 0:
            made = factory.conclusion(f"{unit.id}/TB-SNV", under=factory.mandate(f"{unit.id}/QĐ-SNV"))
            told = [one for group in groups[:3] for one in boxes(unit, group, FIRST, BEYOND)]
            services.cover(made, [(box, "met", key) for box, key in told], actor=None)
        elif n % 6 == 1:
            made = factory.conclusion(f"{unit.id}/TB-SNV", under=factory.mandate(f"{unit.id}/QĐ-SNV"))
            told = boxes(unit, groups[3], FIRST, date(2026, 4, 1))
            services.cover(made, [(box, "not_met", key) for box, key in told], actor=None)
        elif n % 6 == 2:
            held += [
                ClaimWanted(None, box)
                for group in groups[-2:]
                for box, _ in boxes(unit, group, FIRST, BEYOND)
            ]
    services.claim(other, held, actor=None)
    draft = inspections.draft(
        f"Kiểm tra toàn bộ nội dung tại {many} xã",
        units=[unit.code for unit in units],
        criteria=None,
        review=review,
    )
    return Province(tuple(units), draft)
