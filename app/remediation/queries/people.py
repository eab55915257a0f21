"""Who may be asked: people at a unit, holders of a role, units that may lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.extensions import db
from app.findings import queries as findings
from app.policy import Role
from app.units.models import Unit
from app.vietnamese import sort_key


def list_people_at(unit_id: int) -> list[tuple[int, str, str]]:
    """(person, name, post) of those who work at a unit today, head first."""
    return [
        (post.person_id, post.person.name, post.title)
        for post in accounts.list_people_of(unit_id)
        if post.unit.exists_on(clock.today())
    ]


def list_holders(*roles: Role) -> list[tuple[int, str, str]]:
    """(person, name, post) of those who hold any of `roles` today, by name."""
    return [(post.person_id, post.person.name, post.title) for post in accounts.list_posts(*roles)]


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
