"""Writing units: creation, dated versions, end, succession. Everything is an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.exc import DBAPIError

from app.audit import services as audit
from app.errors import Conflict, DomainError, WrongState, explain_integrity
from app.extensions import db
from app.policy import Actor
from app.units import holds, queries
from app.units.models import BEGINNING, Relation, Succession, SuccessionKind, Unit, UnitType, UnitVersion
from app.vietnamese import format_date, has_hidden_characters, nfc, search_key


@dataclass(frozen=True)
class VersionData:
    """What a unit is called and where it belongs from `from_on` on."""

    name: str
    type: UnitType
    from_on: date = BEGINNING
    short_name: str = ""
    parent: Unit | None = None
    relation: Relation = Relation.UNDER
    legal_basis: str = ""


@dataclass(frozen=True)
class NewUnit:
    """A unit to be created; it exists from `first.from_on` until before `valid_to` (None = still)."""

    code: str
    first: VersionData
    valid_to: date | None = None
    verified: bool = True


def create_unit(new: NewUnit, *, actor: Actor | None) -> Unit:
    """Create a unit with its first version. Raises DomainError (422) and Conflict (code taken)."""
    return create_units([new], actor=actor)[0]


def create_units(items: Sequence[NewUnit], *, actor: Actor | None) -> list[Unit]:
    """Create several units (parents exist already); flushes twice, however many there are."""
    codes = [_clean_code(item.code) for item in items]
    taken = queries.taken_codes(codes)
    units: list[Unit] = []
    for item, code in zip(items, codes, strict=True):
        if code in taken:
            raise Conflict(f"Mã đơn vị {code} đã được dùng cho đơn vị khác.", field="code")
        taken.add(code)
        _check_version(item.first)
        if item.valid_to is not None and item.valid_to <= item.first.from_on:
            raise DomainError("Ngày kết thúc của đơn vị phải sau ngày hình thành.", field="valid_to")
        units.append(
            Unit(
                code=code,
                valid_from=item.first.from_on,
                valid_to=item.valid_to,
                verified=item.verified,
                search=search_key(f"{code} {item.first.name} {item.first.short_name}"),
            )
        )
    db.session.add_all(units)
    db.session.flush()
    for unit, item in zip(units, items, strict=True):
        unit.versions.append(_version(unit, item.first))
        audit.record(
            "unit_created",
            unit,
            actor=actor,
            data={
                "unit": item.first.name,
                "code": unit.code,
                "from": unit.valid_from,
                "to": unit.valid_to,
                "type": item.first.type,
                "parent": item.first.parent.code if item.first.parent else None,
            },
        )
    db.session.flush()
    return units


def add_version(unit: Unit, data: VersionData, *, actor: Actor | None) -> UnitVersion:
    """Record a change of name, type or parent from `data.from_on` on.

    Raises DomainError for a day outside the unit's life or a parent that is not there, Conflict when a change
    from that day is recorded already.
    """
    _check_version(data, of=unit)
    if data.from_on <= unit.valid_from:
        raise DomainError(
            f"Thay đổi phải từ sau ngày hình thành của đơn vị ({format_date(unit.valid_from)}).",
            field="from_on",
        )
    if not unit.exists_on(data.from_on):
        raise DomainError("Đơn vị đã chấm dứt hoạt động trước ngày này.", field="from_on")
    if any(version.from_on == data.from_on for version in unit.versions):
        raise Conflict("Đơn vị đã có thay đổi ghi từ ngày này. Chọn ngày khác.", field="from_on")
    before = unit.version_on(data.from_on)
    version = _version(unit, data)
    db.session.add(version)
    unit.search = search_key(
        " ".join(
            [unit.code, *(f"{v.name} {v.short_name}" for v in unit.versions), data.name, data.short_name]
        )
    )
    db.session.flush()
    db.session.expire(unit, ["versions"])
    audit.record(
        "unit_version_added",
        unit,
        actor=actor,
        data={
            "unit": version.name,
            "before": before.name,
            "from": version.from_on,
            "type": version.type,
            "parent": data.parent.code if data.parent else None,
            "basis": version.legal_basis,
        },
    )
    return version


@dataclass(frozen=True)
class Recorded:
    """A succession, and what recording it did to cases that are under way."""

    row: Succession
    recuts: tuple[holds.Recut, ...] = ()


def end_unit(
    unit: Unit, ended_on: date, *, legal_basis: str = "", remainder: bool = False, actor: Actor | None
) -> tuple[holds.Recut, ...]:
    """Record that `unit` no longer exists from `ended_on` on (the first day without it).

    What cases under way ask of it beyond that day goes over to its recorded successors; what others hold or
    concluded there stands in the way, or with `remainder` is left to them. Returns what became of each case.

    Raises WrongState when it has ended already, DomainError for a day before its life or a part that goes on,
    holds.InTheWay (nothing is changed then) with what was concluded or cannot be moved beyond that day.
    """
    _not_ended(unit)
    if ended_on <= unit.valid_from:
        raise DomainError(
            f"Ngày chấm dứt phải sau ngày hình thành ({format_date(unit.valid_from)}).", field="ended_on"
        )
    if any(version.from_on >= ended_on for version in unit.versions):
        raise DomainError("Đơn vị có thay đổi ghi từ ngày này hoặc sau ngày này.", field="ended_on")
    left = queries.names_of_parts(unit, ended_on)
    if left:
        raise DomainError(
            f"Còn {len(left):02d} đơn vị trực thuộc đang hoạt động: {', '.join(left[:5])}. "
            "Ghi đơn vị cấp trên mới hoặc ngày chấm dứt của các đơn vị này trước.",
            field="ended_on",
        )
    with db.session.begin_nested():
        recuts = holds.follow(holds.Ending(unit, ended_on, legal_basis.strip(), remainder), actor=actor)
        # the row is taken after everything that claims take before it; who came second meets the first's end
        db.session.refresh(unit, ["valid_to"], with_for_update=True)
        _not_ended(unit)
        unit.valid_to = ended_on
        _flush()
    audit.record(
        "unit_ended", unit, actor=actor, data={"unit": unit.name, "from": ended_on, "basis": legal_basis}
    )
    return recuts


def add_succession(
    predecessor: Unit,
    successor: Unit,
    on_date: date,
    kind: SuccessionKind,
    *,
    legal_basis: str = "",
    verified: bool = True,
    actor: Actor | None,
) -> Succession:
    """`record_succession`, for who does not ask what it did to cases."""
    return record_succession(
        predecessor, successor, on_date, kind, legal_basis=legal_basis, verified=verified, actor=actor
    ).row


def record_succession(
    predecessor: Unit,
    successor: Unit,
    on_date: date,
    kind: SuccessionKind,
    *,
    legal_basis: str = "",
    verified: bool = True,
    remainder: bool = False,
    actor: Actor | None,
) -> Recorded:
    """Record that `successor` takes over from `predecessor` on `on_date`, by a decision.

    Going back in time every step is earlier than the one before (DESIGN §2): what was given away may come
    back on a later day, but nothing passes through a unit within one day, which also rules out a circle.
    Where the predecessor's end was recorded before, cases that followed it then follow to this one too.
    Raises DomainError (422) otherwise, Conflict when it is recorded already, holds.InTheWay as `end_unit`.
    """
    if predecessor.id == successor.id:
        raise DomainError("Đơn vị kế thừa phải khác đơn vị cũ.", field="other")
    if not successor.exists_on(on_date):
        raise DomainError(
            f"{successor.name} không hoạt động vào ngày {format_date(on_date)}.", field="on_date"
        )
    if not predecessor.exists_on(on_date - timedelta(days=1)):
        raise DomainError(
            f"{predecessor.name} không hoạt động trước ngày {format_date(on_date)}.", field="on_date"
        )
    known = queries.list_successions([predecessor.id, successor.id])
    for row in known:
        if (row.predecessor_id, row.successor_id, row.on_date) == (predecessor.id, successor.id, on_date):
            raise Conflict("Việc kế thừa này đã được ghi.")
        if row.on_date != on_date:
            continue
        if row.successor_id == predecessor.id:
            raise DomainError(
                f"{predecessor.name} kế thừa đơn vị khác trong cùng ngày {format_date(on_date)}. "
                f"Ghi {successor.name} kế thừa thẳng từ đơn vị đó, hoặc ghi ngày sau.",
                field="on_date",
            )
        if row.predecessor_id == successor.id:
            raise DomainError(
                f"{successor.name} được đơn vị khác kế thừa trong cùng ngày {format_date(on_date)}. "
                "Ghi đơn vị đó kế thừa thẳng, hoặc ghi ngày trước.",
                field="on_date",
            )
    row = Succession(
        predecessor_id=predecessor.id,
        successor_id=successor.id,
        on_date=on_date,
        kind=kind,
        legal_basis=legal_basis.strip(),
        verified=verified,
    )
    db.session.add(row)
    _flush()
    audit.record(
        "succession_recorded",
        successor,
        predecessor,
        actor=actor,
        data={
            "unit": successor.name,
            "predecessor": predecessor.name,
            "on": on_date,
            "kind": kind,
            "basis": row.legal_basis,
            "verified": verified,
        },
    )
    ended_on = predecessor.valid_to
    if ended_on is None or ended_on > on_date:
        return Recorded(row)
    with db.session.begin_nested():
        ending = holds.Ending(predecessor, ended_on, row.legal_basis, remainder)
        return Recorded(row, holds.follow(ending, actor=actor))


def undo_succession(row: Succession, reason: str, *, actor: Actor) -> None:
    """Take back a succession recorded by mistake. Raises DomainError (no reason), Conflict (relied upon)."""
    reason = nfc(reason).strip()
    if not reason:
        raise DomainError("Ghi lý do bỏ ghi việc kế thừa.", field="reason")
    holds.ask_free(row)
    audit.record(
        "succession_undone",
        row.successor,
        row.predecessor,
        actor=actor,
        data={
            "unit": row.successor.name,
            "predecessor": row.predecessor.name,
            "on": row.on_date,
            "kind": row.kind,
            "basis": row.legal_basis,
            "reason": reason,
        },
    )
    db.session.delete(row)
    db.session.flush()


def _not_ended(unit: Unit) -> None:
    if unit.valid_to is not None:
        raise WrongState(f"Đơn vị đã chấm dứt hoạt động từ ngày {format_date(unit.valid_to)}.")


def _clean_code(code: str) -> str:
    cleaned = nfc(code).strip().upper()
    if not 2 <= len(cleaned) <= 40 or not all(char.isalnum() or char in "-._" for char in cleaned):
        raise DomainError("Mã đơn vị gồm 02 đến 40 chữ, số, dấu gạch ngang, dấu chấm.", field="code")
    return cleaned


def _check_version(data: VersionData, of: Unit | None = None) -> None:
    if len(data.name.strip()) < 2:
        raise DomainError("Tên đơn vị có ít nhất 02 ký tự.", field="name")
    if has_hidden_characters(data.name):
        raise DomainError("Tên đơn vị có ký tự không hiển thị. Nhập lại tên.", field="name")
    if has_hidden_characters(data.short_name):
        raise DomainError("Tên viết ngắn có ký tự không hiển thị. Nhập lại tên.", field="short_name")
    if data.parent is None:
        return
    if not data.parent.exists_on(data.from_on):
        raise DomainError(
            f"{data.parent.name} không hoạt động vào ngày {format_date(data.from_on)}. "
            "Chọn đơn vị cấp trên khác.",
            field="parent",
        )
    if of is not None and of.id in queries.ids_above(data.parent, data.from_on):
        raise DomainError(
            "Chọn đơn vị cấp trên không phải là đơn vị trực thuộc của chính đơn vị này.", field="parent"
        )


def _version(unit: Unit, data: VersionData) -> UnitVersion:
    name = " ".join(data.name.split())
    return UnitVersion(
        unit_id=unit.id,
        from_on=data.from_on,
        name=name,
        short_name=" ".join(data.short_name.split()) or name,
        type=data.type,
        parent_id=data.parent.id if data.parent else None,
        relation=data.relation,
        legal_basis=data.legal_basis.strip(),
    )


def _flush() -> None:
    """Flush; a refusal of the database becomes its sentence."""
    try:
        db.session.flush()
    except DBAPIError as error:
        raise explain_integrity(error) or error from error
