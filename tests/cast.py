"""The fixed cast: who plays which part in every test. Names are invented and plainly so.

`build()` writes them into the template database once; tests address them by the constants below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.accounts.models import Account, Appointment, AppointmentKind, Person
from app.extensions import db
from app.policy import Actor, Role
from app.units.models import BEGINNING, Relation, Unit, UnitType, UnitVersion
from app.vietnamese import search_key

PASSWORD = "Mau-thu-2026-an-toan"
"""Everybody's password in tests."""


@dataclass(frozen=True)
class UnitPart:
    code: str
    name: str
    type: UnitType
    parent: str | None = None
    relation: Relation = Relation.UNDER
    valid_from: date = BEGINNING
    valid_to: date | None = None


@dataclass(frozen=True)
class PersonPart:
    sign_in: str
    name: str
    unit: str
    title: str
    kind: AppointmentKind
    roles: tuple[Role, ...]


PROVINCE, OFFICE, REFORM = "DN", "SNV", "SNV-CCHC"
LONG_PHUOC, AN_PHUOC, LONG_THANH, CULTURE = "LP", "AP", "LT", "LP-VHXH"

UNITS = (
    UnitPart(PROVINCE, "UBND thành phố Đồng Nai", UnitType.PROVINCE),
    UnitPart(OFFICE, "Sở Nội vụ", UnitType.DEPARTMENT, PROVINCE),
    UnitPart(REFORM, "Phòng Cải cách hành chính", UnitType.DIVISION, OFFICE, Relation.PART_OF),
    UnitPart(LONG_PHUOC, "UBND xã Long Phước", UnitType.COMMUNE, PROVINCE, valid_from=date(2025, 7, 1)),
    UnitPart(AN_PHUOC, "UBND xã An Phước", UnitType.COMMUNE, PROVINCE, valid_from=date(2025, 7, 1)),
    UnitPart(LONG_THANH, "UBND phường Long Thành", UnitType.WARD, PROVINCE, valid_from=date(2025, 7, 1)),
    UnitPart(CULTURE, "Phòng Văn hóa – Xã hội xã Long Phước", UnitType.DIVISION, LONG_PHUOC, Relation.PART_OF,
             valid_from=date(2025, 7, 1)),
)  # fmt: skip

PLANNER, LEADER, CONTENT_CHECKER, CLERK = "planner", "leader", "checker", "clerk"
TEAM_LEADER, SECRETARY, MEMBER, FOLLOWER = "team-leader", "secretary", "member", "follower"
HEAD, OFFICER, OTHER_HEAD, OBSERVER = "head", "officer", "other-head", "observer"
ADMINISTRATOR, OUTSIDER, GUEST = "administrator", "outsider", "guest"

_STAFF, _DEPUTY, _HEAD = AppointmentKind.STAFF, AppointmentKind.DEPUTY, AppointmentKind.HEAD
PEOPLE = (
    PersonPart(PLANNER, "Đỗ Văn Giả Định", REFORM, "Chuyên viên", _STAFF, (Role.PLANNER,)),
    PersonPart(LEADER, "Trần Văn Thử", OFFICE, "Phó Giám đốc", _DEPUTY, (Role.LEADER,)),
    PersonPart(CONTENT_CHECKER, "Lê Thị Mẫu", REFORM, "Trưởng phòng", _HEAD, (Role.CONTENT_CHECKER,)),
    PersonPart(CLERK, "Vũ Thị Ví Dụ", OFFICE, "Văn thư", _STAFF, (Role.CLERK,)),
    PersonPart(TEAM_LEADER, "Nguyễn Văn Mẫu", OFFICE, "Phó Giám đốc", _DEPUTY, (Role.INSPECTOR,)),
    PersonPart(SECRETARY, "Hoàng Thị Minh Họa", REFORM, "Chuyên viên", _STAFF, (Role.INSPECTOR,)),
    PersonPart(MEMBER, "Bùi Văn Thí Dụ", REFORM, "Chuyên viên", _STAFF, (Role.INSPECTOR,)),
    PersonPart(FOLLOWER, "Phạm Thị Thí Dụ", REFORM, "Chuyên viên", _STAFF, (Role.FOLLOWER,)),
    PersonPart(HEAD, "Nguyễn Văn Giả Thiết", LONG_PHUOC, "Chủ tịch UBND xã", _HEAD, (Role.UNIT_HEAD,)),
    PersonPart(OFFICER, "Mai Thị Làm Mẫu", LONG_PHUOC, "Công chức Văn phòng", _STAFF, (Role.UNIT_OFFICER,)),
    PersonPart(OTHER_HEAD, "Ngô Văn Tượng Trưng", AN_PHUOC, "Chủ tịch UBND xã", _HEAD, (Role.UNIT_HEAD,)),
    PersonPart(OBSERVER, "Đặng Thị Quan Sát", PROVINCE, "Chuyên viên", _STAFF, (Role.OBSERVER,)),
    PersonPart(ADMINISTRATOR, "Cao Văn Quản Trị", OFFICE, "Quản trị hệ thống", _STAFF, (Role.ADMINISTRATOR,)),
    PersonPart(OUTSIDER, "Tạ Thị Ngoài Cuộc", LONG_THANH, "Công chức", _STAFF, ()),
    PersonPart(GUEST, "Lý Văn Biệt Phái", OFFICE, "Chuyên viên Sở Tư pháp", _STAFF, (Role.INSPECTOR,)),
)  # fmt: skip


def build(hash_password: str) -> None:
    """Write units, people, appointments and accounts (all with `hash_password`) and flush."""
    units: dict[str, Unit] = {}
    for part in UNITS:
        unit = Unit(
            code=part.code,
            valid_from=part.valid_from,
            valid_to=part.valid_to,
            search=search_key(f"{part.code} {part.name}"),
        )
        db.session.add(unit)
        db.session.flush()
        db.session.add(
            UnitVersion(
                unit_id=unit.id,
                from_on=part.valid_from,
                name=part.name,
                short_name=part.name,
                type=part.type,
                parent_id=units[part.parent].id if part.parent else None,
                relation=part.relation,
            )
        )
        units[part.code] = unit
    for who in PEOPLE:
        person = Person(name=who.name, search=search_key(who.name))
        db.session.add(person)
        db.session.flush()
        db.session.add(
            Appointment(
                person_id=person.id,
                unit_id=units[who.unit].id,
                title=who.title,
                kind=who.kind,
                from_on=date(2025, 7, 1),
                roles=[role.value for role in who.roles],
            )
        )
        db.session.add(
            Account(
                person_id=person.id,
                email=f"{who.sign_in}@mau.example",
                password=hash_password,
                fs_uniquifier=f"cast-{who.sign_in}",
            )
        )
    db.session.flush()


def person(sign_in: str) -> Person:
    """The person who plays this part."""
    return db.session.get_one(Person, key_of(sign_in))


def key_of(sign_in: str) -> int:
    """The key of this part's person."""
    return next(n for n, who in enumerate(PEOPLE, start=1) if who.sign_in == sign_in)


def actor(sign_in: str, on: date | None = None) -> Actor:
    """The person of this part as the policy sees them today (or on a day)."""
    posts = joinedload(Person.appointments).joinedload(Appointment.unit).joinedload(Unit.versions)
    key = key_of(sign_in)
    found = db.session.scalars(sa.select(Person).where(Person.id == key).options(posts)).unique().one()
    return accounts.actor_for(found, on)


def unit(code: str) -> Unit:
    """The unit with this code."""
    key = next((n for n, part in enumerate(UNITS, start=1) if part.code == code), None)
    if key is not None:
        return db.session.get_one(Unit, key)
    return db.session.scalars(sa.select(Unit).where(Unit.code == code)).one()
