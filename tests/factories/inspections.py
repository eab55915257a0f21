"""Cases for tests of every room, made by the real services and played by the cast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock
from app.accounts.models import Person
from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Criterion
from app.inspections import services
from app.inspections.models import (
    HalfDay,
    InspectedUnit,
    Inspection,
    InspectionKind,
    Method,
    TeamMember,
    TeamRole,
    Visit,
)
from app.inspections.services import CaseData, DecisionData, VisitData
from tests import cast
from tests.replaying import counter, replayed

FIRST_HALF = (date(2026, 1, 1), date(2026, 6, 30))
"""A review period, both days included."""
TODAY = date(2026, 9, 23)
TEAM = {cast.TEAM_LEADER: TeamRole.LEADER, cast.SECRETARY: TeamRole.SECRETARY, cast.MEMBER: TeamRole.MEMBER}
next_number = counter("papers", 1000)
"""Numbers of papers."""


def case_data(
    title: str = "Kiểm tra công tác cải cách hành chính, công vụ năm 2026",
    *,
    kind: InspectionKind = InspectionKind.PLANNED,
    review: tuple[date, date | None] = FIRST_HALF,
    provisional: bool = False,
    includes_parts: bool = False,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> CaseData:
    """The first page of a case of Sở Nội vụ."""
    return CaseData(
        title=title,
        kind=kind,
        method=Method.ON_SITE,
        office_unit_id=cast.unit(cast.OFFICE).id,
        form_version_id=forms.latest_version().id,
        review_from=review[0],
        review_to=review[1],
        provisional=provisional,
        includes_parts=includes_parts,
        starts_on=starts_on,
        ends_on=ends_on,
        plan_citation="Kế hoạch số 12/KH-SNV ngày 05/01/2026",
        authority="Giám đốc Sở Nội vụ",
        legal_bases=("Nghị định số 217/2025/NĐ-CP",),
    )


@replayed
def draft(
    title: str = "Kiểm tra công tác cải cách hành chính, công vụ năm 2026",
    *,
    units: Sequence[str] = (cast.LONG_PHUOC,),
    criteria: Sequence[str] | None = ("MC-05", "MC-11", "CĐ-01"),
    fields: Sequence[str] = (),
    team: bool = True,
    kind: InspectionKind = InspectionKind.PLANNED,
    review: tuple[date, date | None] = FIRST_HALF,
    provisional: bool = False,
    includes_parts: bool = False,
) -> Inspection:
    """A draft with units, scope (`criteria` None = all 79) and, unless `team` is False, a team of three."""
    planner = cast.actor(cast.PLANNER)
    data = case_data(title, kind=kind, review=review, provisional=provisional, includes_parts=includes_parts)
    inspection = services.create(data, actor=planner)
    unit_ids = [cast.unit(code).id for code in units]
    services.add_units(inspection, unit_ids, version=None, actor=planner)
    asked = sa.select(Criterion.id).where(Criterion.version_id == inspection.form_version_id)
    if criteria is not None:
        asked = asked.where(Criterion.key.in_(criteria))
    chosen = list(db.session.scalars(asked.order_by(Criterion.ordinal)))
    field_ids = [f.id for f in forms.list_fields() if f.code in fields]
    if chosen:
        services.set_scope(inspection, chosen, field_ids, version=None, actor=planner)
    if team:
        # written as `add_member` writes them, without its dozen questions each: nearly every test begins here
        people = db.session.scalars(
            sa.select(Person)
            .where(Person.id.in_([cast.key_of(part) for part in TEAM]))
            .options(selectinload(Person.appointments))
            .order_by(Person.id)
        )
        seats = enumerate(zip(people, TEAM.items(), strict=True))
        for seat, (person, (part, role)) in seats:
            assert person.id == cast.key_of(part)
            post = person.post_on(clock.today())
            ordinal = list(TeamRole).index(role) * 100 + seat
            inspection.members.append(
                TeamMember(person=person, role=role, ordinal=ordinal, post=post, assignments=[])
            )
    db.session.flush()
    return inspection


def decision_data(number: int | None = None, *, issued_on: date | None = None) -> DecisionData:
    """A decision of Sở Nội vụ, of today unless said otherwise, with a number of its own."""
    return DecisionData(
        number=number or next_number(),
        symbol="QĐ-SNV",
        issued_on=issued_on or clock.today(),
        issuer_name="Sở Nội vụ",
        signer_name="Trần Văn Thử",
        signer_title="Phó Giám đốc",
    )


@replayed
def decided(
    title: str = "Kiểm tra công tác cải cách hành chính, công vụ năm 2026",
    *,
    units: Sequence[str] = (cast.LONG_PHUOC,),
    criteria: Sequence[str] | None = ("MC-05", "MC-11", "CĐ-01"),
    fields: Sequence[str] = (),
    kind: InspectionKind = InspectionKind.PLANNED,
    review: tuple[date, date | None] = FIRST_HALF,
    provisional: bool = False,
    includes_parts: bool = False,
    number: int | None = None,
) -> Inspection:
    """A decided case that holds its claims; the member is assigned every group of every unit."""
    planner = cast.actor(cast.PLANNER)
    inspection = draft(
        title,
        units=units,
        criteria=criteria,
        fields=fields,
        kind=kind,
        review=review,
        provisional=provisional,
        includes_parts=includes_parts,
    )
    member = inspection.member_of(cast.person(cast.MEMBER).id)
    assert member is not None
    groups = forms.list_groups(inspection.form_version_id)
    services.assign(
        inspection,
        {(iu.id, group.id): member.id for iu in inspection.units for group in groups},
        version=None,
        actor=planner,
    )
    services.decide(inspection, decision_data(number), version=None, actor=planner)
    return inspection


@replayed
def scheduled(
    inspected_unit: InspectedUnit, on_date: date = TODAY, half_day: HalfDay = HalfDay.MORNING
) -> Visit:
    """A visit that is planned and not announced."""
    data = VisitData(
        on_date=on_date,
        half_day=half_day,
        place=f"Trụ sở {inspected_unit.unit.name}",
        subteam="Tổ 1",
        chair_id=cast.person(cast.TEAM_LEADER).id,
    )
    return services.schedule_visit(inspected_unit, data, actor=cast.actor(cast.PLANNER))


@replayed
def announced(
    inspected_unit: InspectedUnit, on_date: date = TODAY, half_day: HalfDay = HalfDay.MORNING
) -> Visit:
    """A visit that the unit was told of by letter."""
    visit = scheduled(inspected_unit, on_date, half_day)
    services.announce([visit], "Công văn số 310/SNV-CCHC ngày 21/9/2026", actor=cast.actor(cast.SECRETARY))
    return visit
