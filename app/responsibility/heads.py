"""Who heads or headed a unit, and when: whose record there is, and who may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts.models import Appointment, AppointmentKind, Person
from app.errors import NotFound
from app.extensions import db
from app.policy import Action, Actor, Role, Standing, can
from app.units.models import Unit
from app.vietnamese import search_key, sort_key
from app.web.paging import Cursor, Page, slice_page

PAGE = 50


@dataclass(frozen=True)
class Tenure:
    """A time as head of a unit, both days inside, cut to the period."""

    unit_id: int
    unit: str
    title: str
    from_on: date
    to_on: date


@dataclass(frozen=True)
class Headship:
    """Somebody who heads or headed units; they themselves are `ONESELF` to it."""

    person: Person
    appointments: tuple[Appointment, ...]

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to it."""
        return frozenset({Standing.ONESELF} if actor.person_id == self.person.id else ())

    def tenures(self, from_on: date, to_on: date) -> list[Tenure]:
        """When they headed which unit within the period, the earliest first."""
        found = [
            Tenure(
                one.unit_id,
                one.unit.name,
                one.title,
                max(one.from_on, from_on),
                min(one.to_on or to_on, to_on),
            )
            for one in self.appointments
            if one.from_on <= to_on and (one.to_on is None or one.to_on >= from_on)
        ]
        return sorted(found, key=lambda one: (one.from_on, one.unit_id))


def get_headship(actor: Actor, person_id: int) -> Headship:
    """Whose record it is, for the head and for who may see those of others. Raises NotFound to all else."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    held = db.session.scalars(
        sa.select(Appointment)
        .where(Appointment.person_id == person_id, _heads())
        .options(joinedload(Appointment.unit).selectinload(Unit.versions))
        .order_by(Appointment.from_on, Appointment.id)
    ).all()
    found = Headship(person, tuple(held))
    if not held or not can(actor, Action.VIEW_HEAD_RECORD, found):
        raise NotFound
    return found


def _heads() -> sa.ColumnElement[bool]:
    """Posts that head a unit: its head, or who was given the duties of one."""
    acting = sa.cast(Appointment.roles, sa.Text).contains(f'"{Role.UNIT_HEAD.value}"')
    return sa.or_(Appointment.kind == AppointmentKind.HEAD, acting)


def list_heads(text: str, cursor: Cursor | None = None, *, size: int = PAGE) -> Page[Appointment]:
    """Who heads a unit today, by unit, never by figures. Cursor: (unit's name for sorting, appointment)."""
    today = clock.today()
    rows = db.session.scalars(
        sa.select(Appointment)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            _heads(),
            Appointment.from_on <= today,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
            *_words(text),
        )
        .options(joinedload(Appointment.person), joinedload(Appointment.unit).selectinload(Unit.versions))
    ).all()
    ordered = sorted(rows, key=_place)
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        there = (str(cursor.values[0]), int(cursor.values[1] or 0))
        ordered = [row for row in ordered if (_place(row) < there if backwards else _place(row) > there)]
    if backwards:
        ordered.reverse()
    return slice_page(ordered[: size + 1], size=size, key=_place, cursor=cursor)


def _place(row: Appointment) -> tuple[str, int]:
    return str(sort_key(row.unit.name)), row.id


def _words(text: str) -> list[sa.ColumnElement[bool]]:
    unit, person = sa.literal(" ") + Unit.search, sa.literal(" ") + Person.search
    return [
        sa.or_(unit.contains(f" {word}", autoescape=True), person.contains(f" {word}", autoescape=True))
        for word in search_key(text[:200]).split()
    ]
