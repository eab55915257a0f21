"""People for tests of any feature, through the real services."""

from __future__ import annotations

from datetime import date

from app.accounts import services
from app.accounts.models import Appointment, AppointmentKind, Person
from app.policy import Role
from app.units.models import Unit


def person(name: str = "Tô Văn Tạm Bợ") -> Person:
    """Somebody without post or account."""
    return services.create_person(name, actor=None)


def post(
    who: Person,
    unit: Unit,
    *roles: Role,
    title: str = "Chuyên viên",
    kind: AppointmentKind = AppointmentKind.STAFF,
    from_on: date = date(2026, 1, 1),
    to_on: date | None = None,
) -> Appointment:
    """A post of `who` at `unit`."""
    return services.appoint(
        who, services.Post(unit, title, kind, from_on, to_on, frozenset(roles)), actor=None
    )
