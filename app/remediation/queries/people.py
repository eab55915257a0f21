"""Who may be asked: people at a unit, holders of a role, units that may lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.accounts.models import Appointment, Person
from app.extensions import db
from app.findings import queries as findings
from app.policy import Role
from app.units.models import Unit
from app.vietnamese import sort_key


def list_people_at(unit_id: int) -> list[tuple[int, str, str]]:
    """(person, name, post) of those who work at a unit today, head first."""
    today = clock.today()
    rows = db.session.execute(
        sa.select(Person.id, Person.name, Appointment.title)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.unit_id == unit_id,
            Appointment.from_on <= today,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
        )
        .order_by(
            sa.case((Appointment.kind == "head", 0), (Appointment.kind == "deputy", 1), else_=2), Person.id
        )
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_holders(*roles: Role) -> list[tuple[int, str, str]]:
    """(person, name, post) of those who hold any of `roles` today, by name."""
    today = clock.today()
    rows = db.session.execute(
        sa.select(Person.id, Person.name, Appointment.title, Appointment.roles)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.from_on <= today, sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today))
        .order_by(Person.search, Person.id)
    )
    wanted = {role.value for role in roles}
    found: dict[int, tuple[int, str, str]] = {}
    for person_id, name, title, held in rows:
        if wanted & set(held):
            found.setdefault(person_id, (person_id, name, title))
    return list(found.values())


def names_of(person_ids: Sequence[int | None]) -> dict[int, str]:
    """Names by person, in one read."""
    return findings.people_names([person_id for person_id in person_ids if person_id is not None])


def list_lead_units(today: date) -> list[Unit]:
    """Units that exist on the day and may lead or coordinate, in Vietnamese order of names."""
    units = db.session.scalars(
        sa.select(Unit).where(
            Unit.valid_from <= today, sa.or_(Unit.valid_to.is_(None), Unit.valid_to > today)
        )
    )
    return sorted(units, key=lambda unit: sort_key(unit.name))
