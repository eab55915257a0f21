"""The office before the story begins: settings, forms, units with their history, people and accounts."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

import config
from app.accounts import queries as accounts
from app.accounts import services as staff
from app.accounts.models import AppointmentKind, Person
from app.deadlines import services as deadlines
from app.example.people import day, read, sign_in_name, sign_in_password
from app.extensions import db
from app.form_library import services as forms
from app.policy import Actor, Role
from app.units import services as units
from app.units.models import BEGINNING, Relation, SuccessionKind, Unit, UnitType

REORGANISED_ON = date(2025, 7, 1)


def unit(code: str) -> Unit:
    """The unit of the example with this code."""
    return db.session.scalars(sa.select(Unit).where(Unit.code == code)).one()


def person(short: str) -> Person:
    """The person of the example with this sign-in name (without the domain)."""
    account = accounts.find_account(sign_in_name(short))
    if account is None:
        raise LookupError(short)
    return account.person


def actor(short: str) -> Actor:
    """The same person at work on the day the clock shows."""
    return accounts.actor_for(person(short))


def build() -> None:
    """Write everything; the caller holds the clock and commits."""
    deadlines.seed_defaults()
    for path in sorted((config.ROOT / "inspection_forms").glob("*/v*.yaml")):
        forms.import_form(path.read_text(encoding="utf-8"), str(path.relative_to(config.ROOT)), actor=None)
    _units()
    _successions()
    _people()


def _units() -> None:
    made: dict[str, Unit] = {}
    content = read("units")
    for item in content["units"]:
        made[item["code"]] = units.create_unit(
            units.NewUnit(
                code=item["code"],
                first=units.VersionData(
                    name=item["name"],
                    short_name=item["short"],
                    type=UnitType(item["type"]),
                    from_on=day(item.get("from")) or BEGINNING,
                    parent=made.get(item.get("parent", "")),
                    relation=Relation(item.get("relation", "under")),
                ),
                valid_to=day(item.get("to")),
            ),
            actor=None,
        )
    for item in content["versions"]:
        units.add_version(
            made[item["code"]],
            units.VersionData(
                name=item["name"],
                short_name=item["short"],
                type=UnitType(item["type"]),
                from_on=item["since"],
                parent=made.get(item.get("parent", "")),
                legal_basis=item["basis"],
            ),
            actor=None,
        )


def _successions() -> None:
    for told in read("units")["successions"]:
        for successor, predecessors in told["to"].items():
            for predecessor in predecessors:
                units.add_succession(
                    unit(predecessor),
                    unit(successor),
                    told["since"],
                    SuccessionKind(told["kind"]),
                    legal_basis=told["basis"],
                    verified=told["verified"],
                    actor=None,
                )


def _people() -> None:
    for item in read("people")["people"]:
        made = staff.create_person(item["name"], actor=None)
        staff.appoint(
            made,
            staff.Post(
                unit=unit(item["unit"]),
                title=item["title"],
                kind=AppointmentKind(item["kind"]),
                roles=frozenset(Role(role) for role in item["roles"]),
                from_on=BEGINNING if day(item.get("to")) else REORGANISED_ON,
                to_on=day(item.get("to")),
            ),
            actor=None,
        )
        if "sign_in" in item:
            staff.create_account(
                made,
                sign_in_name(item["sign_in"]),
                actor=None,
                password=sign_in_password(),
                must_change=False,
            )
