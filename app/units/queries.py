"""Reading units: the tree on a day, one unit, its parts, where it came from and what followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.policy import Actor
from app.units.models import Relation, Succession, Unit, UnitType, UnitVersion
from app.vietnamese import search_key, sort_key

TYPE_ORDER = list(UnitType)


@dataclass(frozen=True)
class UnitLine:
    """A unit as a list shows it on a day."""

    id: int
    code: str
    name: str
    type: UnitType
    parent_id: int | None
    relation: Relation
    search: str
    verified: bool

    @property
    def order(self) -> tuple[int, str, int]:
        """Sort values among siblings: type, Vietnamese order of names, id."""
        return TYPE_ORDER.index(self.type), sort_key(self.name), self.id


@dataclass(frozen=True)
class Branch:
    """A unit with those below it; `hidden` = how many direct ones are not shown at this depth."""

    line: UnitLine
    below: tuple[Branch, ...] = ()
    hidden: int = 0


@dataclass(frozen=True)
class Kin:
    """A whole or a part of a unit on half-open days; `ends_on` None = still."""

    unit_id: int
    is_part: bool
    starts_on: date
    ends_on: date | None


def get_visible(actor: Actor, unit_id: int) -> Unit:
    """A unit; every signed-in person with a role may know of units. Raises NotFound."""
    found = db.session.get(Unit, unit_id)
    if found is None:
        raise NotFound()
    return found


def body_of(unit: Unit) -> Unit:
    """The body that a unit acts for: the unit itself, or the body whose part it is."""
    while unit.current.relation is Relation.PART_OF and unit.current.parent is not None:
        unit = unit.current.parent
    return unit


def find_by_code(code: str) -> Unit | None:
    """The unit with this code (any case)."""
    return db.session.scalar(sa.select(Unit).where(Unit.code == code.strip().upper()))


def taken_codes(codes: Iterable[str]) -> set[str]:
    """Those of `codes` that units have already."""
    wanted = list(codes)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        found |= set(
            db.session.scalars(sa.select(Unit.code).where(Unit.code.in_(wanted[start : start + 500])))
        )
    return found


def list_all() -> Sequence[Unit]:
    """Every unit with its versions, by code."""
    return db.session.scalars(sa.select(Unit).order_by(Unit.code)).all()


def list_lines(on: date | None = None, *, text: str = "", type_: UnitType | None = None) -> list[UnitLine]:
    """Units that exist on the day, as they were then; `text` is searched without accents."""
    day = on or clock.today()
    other = aliased(UnitVersion)
    latest = (
        sa.select(sa.func.max(other.from_on))
        .where(other.unit_id == Unit.id, other.from_on <= day)
        .correlate(Unit)
        .scalar_subquery()
    )
    query = (
        sa.select(
            Unit.id,
            Unit.code,
            UnitVersion.name,
            UnitVersion.type,
            UnitVersion.parent_id,
            UnitVersion.relation,
            Unit.search,
            Unit.verified,
        )
        .join(UnitVersion, sa.and_(UnitVersion.unit_id == Unit.id, UnitVersion.from_on == latest))
        .where(Unit.valid_from <= day, sa.or_(Unit.valid_to.is_(None), Unit.valid_to > day))
    )
    if text:
        query = query.where(Unit.search.contains(search_key(text), autoescape=True))
    if type_ is not None:
        query = query.where(UnitVersion.type == type_)
    lines = [UnitLine(*row) for row in db.session.execute(query)]
    return sorted(lines, key=lambda line: line.order)


def grow(lines: Sequence[UnitLine], top: int | None = None, *, depth: int = 3) -> list[Branch]:
    """The tree under `top` (None = from the units without a parent in `lines`), `depth` levels deep."""
    known = {line.id for line in lines}
    below: dict[int | None, list[UnitLine]] = defaultdict(list)
    for line in lines:
        below[line.parent_id if line.parent_id in known else None].append(line)

    def branch(line: UnitLine, levels: int) -> Branch:
        children = below.get(line.id, [])
        if levels <= 1:
            return Branch(line, hidden=len(children))
        return Branch(line, tuple(branch(child, levels - 1) for child in children))

    return [branch(line, depth) for line in below.get(top, [])]


def names_of_parts(unit: Unit, on: date) -> list[str]:
    """Names of the units whose parent is `unit` on the day."""
    return [line.name for line in list_lines(on) if line.parent_id == unit.id]


def ids_above(unit: Unit, on: date) -> set[int]:
    """`unit` and everything above it on the day."""
    found: set[int] = set()
    step: Unit | None = unit
    while step is not None and step.id not in found:
        found.add(step.id)
        step = step.version_on(on).parent
    return found


def list_kin(unit_ids: Collection[int]) -> dict[int, list[Kin]]:
    """Of each unit the bodies it is a part of and the parts it has (one level), on which days; one query."""
    concerned = sa.select(UnitVersion.unit_id).where(
        UnitVersion.relation == Relation.PART_OF,
        sa.or_(UnitVersion.unit_id.in_(unit_ids), UnitVersion.parent_id.in_(unit_ids)),
    )
    rows = db.session.execute(
        sa.select(
            UnitVersion.unit_id, UnitVersion.from_on, UnitVersion.parent_id, UnitVersion.relation,
            Unit.valid_to,
        )
        .join(Unit, Unit.id == UnitVersion.unit_id)
        .where(UnitVersion.unit_id.in_(concerned))
        .order_by(UnitVersion.unit_id, UnitVersion.from_on)
    ).all()  # fmt: skip
    found: dict[int, list[Kin]] = defaultdict(list)
    for row, after in zip(rows, [*rows[1:], None], strict=False):
        if row.relation is not Relation.PART_OF or row.parent_id is None:
            continue
        ends_on = after.from_on if after is not None and after.unit_id == row.unit_id else row.valid_to
        found[row.parent_id].append(Kin(row.unit_id, True, row.from_on, ends_on))
        found[row.unit_id].append(Kin(row.parent_id, False, row.from_on, ends_on))
    return {unit_id: found[unit_id] for unit_id in set(unit_ids) & set(found)}


def list_successions(unit_ids: Sequence[int]) -> Sequence[Succession]:
    """Successions into and out of these units, oldest first, both units loaded."""
    of_these = sa.or_(Succession.predecessor_id.in_(unit_ids), Succession.successor_id.in_(unit_ids))
    return db.session.scalars(_successions().where(of_these)).all()


def list_all_successions() -> Sequence[Succession]:
    """Every succession on record, oldest first, both units loaded: for a file that is compared with them."""
    return db.session.scalars(_successions()).all()


def _successions() -> sa.Select[Succession]:
    return (
        sa.select(Succession)
        .options(joinedload(Succession.predecessor), joinedload(Succession.successor))
        .order_by(Succession.on_date, Succession.id)
    )


def get_succession(_actor: Actor, succession_id: int) -> Succession:
    """A recorded succession, for pages whose right (units) is asked beside. Raises NotFound."""
    found = db.session.get(Succession, succession_id)
    if found is None:
        raise NotFound()
    return found


def choices(on: date | None = None, *, but: int | None = None) -> list[tuple[str, str]]:
    """(id, name) of the units of the day for a select field, in the order of the tree."""
    return [(str(line.id), f"{line.name} ({line.code})") for line in list_lines(on) if line.id != but]


def choices_ever(*, but: int | None = None) -> list[tuple[str, str]]:
    """(id, name) of all units there are or were, in Vietnamese order: for succession."""
    units = sorted(list_all(), key=lambda unit: sort_key(unit.name))
    return [(str(unit.id), f"{unit.name} ({unit.code})") for unit in units if unit.id != but]
