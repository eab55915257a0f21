"""Reading people, posts and rights."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from app import clock
from app.accounts.models import Account, Appointment, AppointmentKind, FocalPoint, Person
from app.errors import NotFound
from app.extensions import db
from app.policy import Actor, Role
from app.units.models import Relation, Unit
from app.vietnamese import search_key, sort_key
from app.web.paging import Cursor, Page, slice_page


def actor_for(person: Person, on: date | None = None) -> Actor:
    """What `person` is at work on `on` (default today): posts, units, roles from appointments in force.

    A post at a unit that does not exist that day gives nothing.
    """
    day = on or clock.today()
    held = [a for a in person.appointments if a.holds_on(day) and a.unit.exists_on(day)]
    places = [a.unit.version_on(day) for a in held]
    roles: set[Role] = set()
    headed: set[int] = set()
    for appointment in held:
        roles |= appointment.role_set
        if Role.UNIT_HEAD in appointment.role_set:
            headed.add(appointment.unit_id)
    focal = {
        point.unit_id
        for point in (person.focal_points if held else ())
        if point.holds_on(day) and point.unit_id in {a.unit_id for a in held} - headed
    }
    if focal:  # who speaks for the unit reads what its officers read
        roles.add(Role.UNIT_OFFICER)
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
        focal_unit_ids=frozenset(focal),
        whole_unit_ids=frozenset(
            place.parent_id
            for place in places
            if place.relation is Relation.PART_OF and place.parent_id is not None
        ),
    )


def find_account(sign_in: str) -> Account | None:
    """The account with this sign-in name (any case)."""
    return db.session.scalar(sa.select(Account).where(Account.email == sign_in.strip().lower()))


def find_signed_in(uniquifier: str) -> Account | None:
    """The account a session names, with person, posts, units and their names in one read: every page asks."""
    found = db.session.scalars(_signed_in(), {"uniquifier": uniquifier})
    return found.unique().one_or_none()


@cache
def _signed_in() -> sa.Select[Account]:
    person = joinedload(Account.person)
    posts = person.joinedload(Person.appointments)
    return (
        sa.select(Account)
        .where(Account.fs_uniquifier == sa.bindparam("uniquifier"))
        .options(
            posts.joinedload(Appointment.unit).joinedload(Unit.versions),
            joinedload(Account.roles),
            person.joinedload(Person.focal_points),
        )
    )


def account_of(person: Person) -> Account | None:
    """The account of this person, if there is one."""
    return db.session.scalar(sa.select(Account).where(Account.person_id == person.id))


def accounts_of(person_ids: Sequence[int]) -> dict[int, Account]:
    """Person → account, for a page of people."""
    rows = db.session.scalars(sa.select(Account).where(Account.person_id.in_(person_ids)))
    return {row.person_id: row for row in rows}


def load_person(_actor: Actor, person_id: int) -> Person:
    """A person, for pages whose right (accounts) is asked beside. Raises NotFound."""
    return get_person(person_id)


def load_account(_actor: Actor, person_id: int) -> Account:
    """The account of a person. Raises NotFound."""
    found = db.session.scalar(sa.select(Account).where(Account.person_id == person_id))
    if found is None:
        raise NotFound()
    return found


def load_appointment(_actor: Actor, appointment_id: int) -> Appointment:
    """An appointment. Raises NotFound."""
    found = db.session.get(Appointment, appointment_id)
    if found is None:
        raise NotFound()
    return found


def list_overlapping(unit_id: int, from_on: date, to_on: date | None) -> Sequence[Appointment]:
    """Appointments at a unit that share a day with `[from_on, to_on]` (both inside, None = open)."""
    query = sa.select(Appointment).where(
        Appointment.unit_id == unit_id, sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= from_on)
    )
    if to_on is not None:
        query = query.where(Appointment.from_on <= to_on)
    return db.session.scalars(query.order_by(Appointment.id)).all()


def list_appointments(unit_id: int) -> Sequence[Appointment]:
    """Every post ever held at a unit, newest first, people loaded."""
    return db.session.scalars(
        sa.select(Appointment)
        .where(Appointment.unit_id == unit_id)
        .options(joinedload(Appointment.person))
        .order_by(Appointment.from_on.desc(), Appointment.id.desc())
    ).all()


def page_people(text: str, cursor: Cursor | None, *, size: int) -> Page[Person]:
    """A page of people by name; `text` is searched without accents."""
    query = sa.select(Person).options(selectinload(Person.appointments))
    if text:
        query = query.where(Person.search.contains(search_key(text), autoescape=True))
    place = sa.tuple_(Person.search, Person.id)
    if cursor is not None:
        query = query.where(place < cursor.values if cursor.backwards else place > cursor.values)
    backwards = cursor is not None and cursor.backwards
    order = (Person.search.desc(), Person.id.desc()) if backwards else (Person.search, Person.id)
    rows = db.session.scalars(query.order_by(*order).limit(size + 1)).all()
    return slice_page(rows, size=size, key=lambda person: (person.search, person.id), cursor=cursor)


def list_focal_points(unit_id: int) -> Sequence[FocalPoint]:
    """Every đầu mối a unit ever had, newest first, with the people."""
    return db.session.scalars(
        sa.select(FocalPoint)
        .where(FocalPoint.unit_id == unit_id)
        .options(joinedload(FocalPoint.person), joinedload(FocalPoint.appointer))
        .order_by(FocalPoint.from_on.desc(), FocalPoint.id.desc())
    ).all()


def get_focal_point(focal_point_id: int) -> FocalPoint:
    """One of them. Raises NotFound."""
    found = db.session.get(FocalPoint, focal_point_id)
    if found is None:
        raise NotFound()
    return found


def focal_point_of(unit_id: int, on: date | None = None) -> FocalPoint | None:
    """Who speaks for a unit on the day (default today)."""
    day = on or clock.today()
    return db.session.scalar(
        sa.select(FocalPoint).where(
            FocalPoint.unit_id == unit_id,
            FocalPoint.from_on <= day,
            sa.or_(FocalPoint.to_on.is_(None), FocalPoint.to_on >= day),
        )
    )


def gets_mail() -> sa.ColumnElement[bool]:
    """The account has a way in, and its sign-in name is an address that mail reaches."""
    return sa.and_(Account.active, Account.email.like("%_@_%._%"))


def works_at(person_id: Any, unit_id: Any, day: date) -> sa.ColumnElement[bool]:
    """The person (a column) holds a post at the unit (a column) on the day."""
    post = aliased(Appointment)
    return sa.exists().where(
        post.person_id == person_id, post.unit_id == unit_id, post.from_on <= day,
        sa.or_(post.to_on.is_(None), post.to_on >= day),
    )  # fmt: skip


def list_speakers(unit_ids: Collection[int], on: date | None = None) -> list[tuple[int, int]]:
    """(unit, person): the head and the đầu mối of each unit on the day (default today) who have a way in."""
    day = on or clock.today()

    def holds(row: Any) -> sa.ColumnElement[bool]:
        return sa.and_(row.from_on <= day, sa.or_(row.to_on.is_(None), row.to_on >= day))

    def way_in(person_id: Any) -> sa.ColumnElement[bool]:
        return sa.exists().where(Account.person_id == person_id, Account.active)

    heads = sa.select(Appointment.unit_id, Appointment.person_id).where(
        Appointment.unit_id.in_(unit_ids), Appointment.kind == AppointmentKind.HEAD, holds(Appointment),
        way_in(Appointment.person_id),
    )  # fmt: skip
    works_there = works_at(FocalPoint.person_id, FocalPoint.unit_id, day)
    focal = sa.select(FocalPoint.unit_id, FocalPoint.person_id).where(
        FocalPoint.unit_id.in_(unit_ids), holds(FocalPoint), works_there, way_in(FocalPoint.person_id)
    )
    return [(unit_id, person_id) for unit_id, person_id in db.session.execute(heads.union(focal))]


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


def list_posts(*roles: Role, on: date | None = None) -> Sequence[Appointment]:
    """Posts on the day that give any of `roles`, one a person, in Vietnamese order of people's names."""
    day = on or clock.today()
    rows = db.session.scalars(
        sa.select(Appointment)
        .where(Appointment.from_on <= day, sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= day))
        .options(joinedload(Appointment.person), joinedload(Appointment.unit))
        .order_by(Appointment.id)
    )
    found: dict[int, Appointment] = {}
    for post in rows:
        if post.role_set & set(roles) and post.unit.exists_on(day):
            found.setdefault(post.person_id, post)
    return sorted(found.values(), key=lambda post: sort_key(post.person.name))


def list_holders(*roles: Role, on: date | None = None) -> Sequence[Person]:
    """People whose posts give any of `roles` on the day, in Vietnamese order of names."""
    return [post.person for post in list_posts(*roles, on=on)]


def has_other_administrator(but: Appointment) -> bool:
    """Whether somebody can administer today without the post `but`.

    The posts asked about are held until the transaction ends: two administrators cannot both leave.
    """
    day = clock.today()
    rows = db.session.scalars(
        sa.select(Appointment)
        .join(Account, Account.person_id == Appointment.person_id)
        .where(
            Account.active,
            Appointment.from_on <= day,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= day),
        )
        .order_by(Appointment.id)
        .with_for_update(of=Appointment)
        .execution_options(populate_existing=True)
    ).all()
    return any(
        row.id != but.id and Role.ADMINISTRATOR in row.role_set and row.unit.exists_on(day) for row in rows
    )


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
        .options(joinedload(Appointment.person), joinedload(Appointment.unit))
        .order_by(rank, Appointment.id)
    ).all()
