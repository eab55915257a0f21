"""Reading people: whom to choose for a team, what ties them to the inspected units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts.models import Appointment, Person
from app.extensions import db
from app.inspections.models import Inspection, TeamMember, TeamRole
from app.inspections.planning import last_day
from app.inspections.queries.scope import unit_names
from app.policy import OFFICE_ROLES
from app.units import lineage
from app.units.models import Unit
from app.units.queries import list_kin
from app.vietnamese import nfc, search_key, sort_key

ROLE_NAMES: dict[TeamRole, str] = {
    TeamRole.LEADER: "Trưởng đoàn",
    TeamRole.DEPUTY: "Phó Trưởng đoàn",
    TeamRole.SECRETARY: "Thư ký",
    TeamRole.MEMBER: "Thành viên",
}


class TieKind(StrEnum):
    """What binds a person to an inspected unit."""

    WORKS_THERE = "works_there"
    WORKED_THERE = "worked_there"


@dataclass(frozen=True)
class Tie:
    """A person works, or worked within the review period, at an inspected unit or a part of it."""

    kind: TieKind
    person_name: str
    unit_name: str

    @property
    def text(self) -> str:
        """In the words of users.md no. 31."""
        if self.kind is TieKind.WORKS_THERE:
            return (
                f"Đồng chí {self.person_name} đang công tác tại đơn vị được kiểm tra nên không "
                f"tham gia kiểm tra đơn vị này ({self.unit_name})."
            )
        return (
            f"Đồng chí {self.person_name} từng công tác tại đơn vị trong thời kỳ kiểm tra "
            f"({self.unit_name}); cần ý kiến của người ra quyết định."
        )


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be chosen for a team."""

    person_id: int
    name: str
    post: str
    unit_name: str


def list_candidates() -> Sequence[Candidate]:
    """People of the office today, in Vietnamese order of names."""
    day = clock.today()
    rows = db.session.scalars(
        sa.select(Appointment)
        .where(Appointment.from_on <= day, sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= day))
        .options(joinedload(Appointment.person))
        .order_by(Appointment.id)
    )
    found: dict[int, Candidate] = {}
    for appointment in rows:
        if not appointment.unit.exists_on(day):
            continue
        if appointment.role_set & OFFICE_ROLES and appointment.person_id not in found:
            person = appointment.person
            found[person.id] = Candidate(person.id, person.name, appointment.title, appointment.unit.name)
    return sorted(found.values(), key=lambda candidate: sort_key(candidate.name))


def ties(inspection: Inspection, person_ids: Sequence[int]) -> dict[int, list[Tie]]:
    """What binds these people to the units of the case; few queries for all.

    Works there now (also in a part of the unit) forbids; worked there, or at what it was formed from, within
    the period needs a decision.
    """
    if not inspection.units or not person_ids:
        return {}
    units: dict[int, str] = {iu.unit_id: iu.unit.name for iu in inspection.units}
    present = set(units)
    before = unit_names(set(lineage.with_predecessors(present) - present))
    units |= {unit_id: unit.name for unit_id, unit in before.items()}
    parts = {one.unit_id: unit_id for unit_id, kin in list_kin(units).items() for one in kin if one.is_part}
    today, first, last = clock.today(), inspection.review_from, last_day(inspection.review_to)
    rows = db.session.execute(
        sa.select(Appointment.person_id, Person.name, Unit.id, Appointment.from_on, Appointment.to_on)
        .join(Person, Person.id == Appointment.person_id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.person_id.in_(person_ids), Appointment.unit_id.in_([*units, *parts]))
        .order_by(Appointment.id)
    )
    found: dict[int, list[Tie]] = {}
    for person_id, name, unit_id, from_on, to_on in rows:
        where = units.get(unit_id) or units[parts[unit_id]]
        if {unit_id, parts.get(unit_id)} & present and from_on <= today and (to_on is None or today <= to_on):
            kind = TieKind.WORKS_THERE
        elif from_on <= last and (to_on is None or first <= to_on):
            kind = TieKind.WORKED_THERE
        else:
            continue
        found.setdefault(person_id, []).append(Tie(kind, name, where))
    return found


def inspected_agency(inspection: Inspection, agency: str) -> str | None:
    """The inspected unit, or its part, that is meant by what somebody typed as the agency of a member.

    “Văn phòng HĐND và UBND xã Long Phước” is of UBND xã Long Phước: the name stands at the end.
    """
    ids = {iu.unit_id for iu in inspection.units}
    ids |= {one.unit_id for kin in list_kin(ids).values() for one in kin if one.is_part}
    typed = search_key(agency)
    for unit in unit_names(ids).values():
        for version in unit.versions:
            for name in (version.name, version.short_name):
                if typed == search_key(name) or typed.endswith(f" {search_key(name)}"):
                    return name
    return None


def _spoken(name: str) -> str:
    """A name as it sounds: marks count, capitals and spaces do not."""
    return " ".join(nfc(name).casefold().split())


def find_guest(name: str, agency: str) -> Person | None:
    """Somebody known by this name who works at this agency, or came from it into another team."""
    same, called = search_key(agency), _spoken(name)
    alike = db.session.scalars(sa.select(Person).where(Person.search == search_key(name)).order_by(Person.id))
    people = [person for person in alike if _spoken(person.name) == called]
    sent = db.session.execute(
        sa.select(TeamMember.person_id, TeamMember.agency).where(
            TeamMember.person_id.in_([person.id for person in people]), TeamMember.agency != ""
        )
    ).all()
    day = clock.today()
    for person in people:
        places = [a.unit.version_on(day) for a in person.appointments if a.holds_on(day)]
        known = {search_key(text) for place in places for text in (place.name, place.short_name)}
        known |= {search_key(text) for person_id, text in sent if person_id == person.id}
        if same in known:
            return person
    return None


def broken_ties(inspection: Inspection) -> list[str]:
    """What forbids the team as it stands: sentences, empty when nothing does."""
    bound = ties(inspection, [m.person_id for m in inspection.members])
    return [
        tie.text
        for member in inspection.members
        for tie in bound.get(member.person_id, ())
        if tie.kind is TieKind.WORKS_THERE or not _decided(member)
    ]


def _decided(member: TeamMember) -> bool:
    return bool(member.tie_decision.strip())


def creator_name(inspection: Inspection) -> str:
    """Who began the case."""
    return db.session.scalars(sa.select(Person.name).where(Person.id == inspection.created_by)).one()


def place_of(member: TeamMember, day: date) -> str:
    """“Phó Giám đốc Sở Nội vụ”: the post and where from, as the decision gave it, else as held on `day`."""
    held = next((a for a in member.person.appointments if a.holds_on(day)), None)
    post = member.post or (held.title if held else "")
    agency = member.agency or (held.unit.version_on(day).name if held else "")
    return post if agency in post else f"{post} {agency}".strip()


def full_name(member: TeamMember, day: date | None = None) -> str:
    """“Nguyễn Văn Mẫu, Phó Giám đốc Sở Nội vụ, Trưởng đoàn”, as decision and minutes name a member."""
    parts = (member.person.name, place_of(member, day or clock.today()), ROLE_NAMES[member.role])
    return ", ".join(part for part in parts if part)
