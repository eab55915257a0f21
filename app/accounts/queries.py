"""Reading people, posts and rights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.accounts.models import Account, Appointment, AppointmentKind, Person
from app.errors import NotFound
from app.extensions import db
from app.policy import Actor, Role
from app.units.models import Unit
from app.vietnamese import search_key, sort_key


def actor_for(person: Person, on: date | None = None) -> Actor:
    """What `person` is at work on `on` (default today): posts, units, roles from appointments in force."""
    day = on or clock.today()
    held = [a for a in person.appointments if a.holds_on(day)]
    roles: set[Role] = set()
    headed: set[int] = set()
    for appointment in held:
        roles |= appointment.role_set
        if Role.UNIT_HEAD in appointment.role_set:
            headed.add(appointment.unit_id)
    main = held[0] if held else None
    return Actor(
        person_id=person.id,
        name=person.name,
        post=main.title if main else "",
        unit_id=main.unit_id if main else None,
        unit_name=main.unit.name if main else "",
        roles=frozenset(roles),
        unit_ids=frozenset(a.unit_id for a in held),
        headed_unit_ids=frozenset(headed),
    )


def find_account(sign_in: str) -> Account | None:
    """The account with this sign-in name (any case)."""
    return db.session.scalar(sa.select(Account).where(Account.email == sign_in.strip().lower()))


def get_person(person_id: int) -> Person:
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound()
    return found


def head_of(unit: Unit, on: date | None = None) -> Appointment | None:
    """Who heads `unit` on the day (default today)."""
    day = on or clock.today()
    return db.session.scalar(
        sa.select(Appointment)
        .where(
            Appointment.unit_id == unit.id,
            Appointment.kind == AppointmentKind.HEAD,
            Appointment.from_on <= day,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= day),
        )
        .order_by(Appointment.from_on.desc())
        .limit(1)
    )


def list_holders(role: Role, on: date | None = None) -> Sequence[Person]:
    """People whose appointments give `role` on the day, in Vietnamese order of names."""
    day = on or clock.today()
    rows = db.session.scalars(
        sa.select(Appointment).where(
            Appointment.from_on <= day, sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= day)
        )
    )
    people = {a.person_id: a.person for a in rows if role in a.role_set}
    return sorted(people.values(), key=lambda person: sort_key(person.name))


def list_people_of(unit_id: int, on: date | None = None) -> Sequence[Appointment]:
    """Appointments at a unit in force on the day, head first."""
    day = on or clock.today()
    rank = sa.case(
        (Appointment.kind == AppointmentKind.HEAD, 0),
        (Appointment.kind == AppointmentKind.DEPUTY, 1),
        else_=2,
    )
    return db.session.scalars(
        sa.select(Appointment)
        .where(
            Appointment.unit_id == unit_id,
            Appointment.from_on <= day,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= day),
        )
        .order_by(rank, Appointment.id)
    ).all()


def search_people(text: str, *, limit: int = 20) -> Sequence[Person]:
    """People whose name holds `text`, typed with or without marks."""
    return db.session.scalars(
        sa.select(Person)
        .where(Person.search.contains(search_key(text), autoescape=True))
        .order_by(Person.id)
        .limit(limit)
    ).all()
