"""The team: members, ties to inspected units, assignments."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Appointment, AppointmentKind, Person
from app.audit.models import Event
from app.errors import Conflict, DomainError, Forbidden, Stale
from app.form_library import queries as forms
from app.inspections import queries, services
from app.inspections.models import Inspection, TeamRole
from app.inspections.services import MemberData
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.factories import register


def case(session: Session, made: Inspection) -> Inspection:
    session.expire_all()
    return session.get_one(Inspection, made.id)


def once_worked_at(part: str, unit: str, until: date) -> Person:
    person = cast.person(part)
    person.appointments.append(
        Appointment(
            unit_id=cast.unit(unit).id,
            title="Công chức",
            kind=AppointmentKind.STAFF,
            from_on=date(2025, 7, 1),
            to_on=until,
            roles=[],
        )
    )
    return person


def test_a_member_of_the_office_is_added_with_their_post(client: Browser, session: Session) -> None:
    made = make.draft(team=False)
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/team")
    client.submit(data={"person_id": str(cast.person(cast.TEAM_LEADER).id), "role": "leader"})
    (member,) = case(session, made).members
    assert (member.person.name, member.role, member.post) == (
        "Nguyễn Văn Mẫu", TeamRole.LEADER, "Phó Giám đốc",
    )  # fmt: skip


def test_somebody_of_another_agency_needs_the_name_of_the_agency(client: Browser, session: Session) -> None:
    made = make.draft(team=False)
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/team")
    typed = {"name": "Lê Văn Giả Định", "role": "member", "post": "Chuyên viên"}
    client.submit(data=typed, expect=422)
    assert client.page.select_one("#name")["value"] == "Lê Văn Giả Định"
    client.submit(data={"agency": "Sở Tư pháp"})
    (member,) = case(session, made).members
    assert (member.person.name, member.agency) == ("Lê Văn Giả Định", "Sở Tư pháp")


def guest(name: str, agency: str) -> MemberData:
    return MemberData(TeamRole.MEMBER, name=name, agency=agency)


@pytest.mark.parametrize(
    "agency",
    ["UBND xã Long Phước", "ubnd  XÃ long phuoc", "Văn phòng HĐND và UBND xã Long Phước",
     "Phòng Văn hóa – Xã hội xã Long Phước"],
)  # fmt: skip
def test_a_typed_agency_that_is_inspected_sends_nobody(session: Session, agency: str) -> None:
    made, planner = make.draft(), cast.actor(cast.PLANNER)
    chairman = cast.person(cast.HEAD).name
    with pytest.raises(Conflict, match="là đơn vị được kiểm tra") as refused:
        services.add_member(made, guest(chairman, agency), version=None, actor=planner)
    assert refused.value.field == "agency"
    assert session.scalars(sa.select(Person.id).where(Person.name == chairman)).all() == [
        cast.person(cast.HEAD).id
    ]


def test_the_same_guest_typed_in_two_cases_is_one_person(session: Session) -> None:
    planner = cast.actor(cast.PLANNER)
    first, second = make.draft("Một"), make.draft("Hai", units=(cast.AN_PHUOC,))
    one = services.add_member(first, guest("Lê Văn Giả Định", "Sở Tư pháp"), version=None, actor=planner)
    same = services.add_member(second, guest("lê văn  giả định", "sở tư pháp"), version=None, actor=planner)
    assert same.person_id == one.person_id
    other = make.draft("Ba", units=(cast.AN_PHUOC,))
    third = services.add_member(other, guest("Lê Văn Giả Định", "Sở Y tế"), version=None, actor=planner)
    assert third.person_id != one.person_id
    session.commit()
    made = session.scalars(sa.select(Event).where(Event.name == "person_created")).all()
    assert [event.data["person"] for event in made] == ["Lê Văn Giả Định", "Lê Văn Giả Định"]


def test_somebody_typed_who_is_known_at_that_agency_is_that_person(session: Session) -> None:
    made = make.draft()
    chairman = cast.person(cast.OTHER_HEAD)
    member = services.add_member(
        made, guest(chairman.name, "UBND xã An Phước"), version=None, actor=cast.actor(cast.PLANNER)
    )
    assert member.person_id == chairman.id


@pytest.mark.parametrize(("name", "agency"), [("Lê\u202e Văn", "Sở Tư pháp"), ("Lê Văn", "Sở\u200b Tư pháp")])
def test_names_with_letters_that_are_not_seen_are_refused(session: Session, name: str, agency: str) -> None:
    with pytest.raises(DomainError):
        services.add_member(make.draft(), guest(name, agency), version=None, actor=cast.actor(cast.PLANNER))


def test_who_left_the_team_leads_no_visit_to_come(session: Session) -> None:
    made, planner = make.draft(), cast.actor(cast.PLANNER)
    visit = make.scheduled(made.units[0])
    assert visit.chair is not None
    services.remove_member(made, made.members[0].id, version=None, actor=planner)
    assert visit.chair_id is None


def test_who_worked_at_what_the_unit_was_formed_from_has_a_tie(session: Session) -> None:
    old = register.unit("LT-CU", "UBND thị trấn Long Thành", valid_to=date(2025, 7, 1))
    register.succeeds(cast.unit(cast.LONG_THANH), old, on=date(2025, 7, 1))
    made = make.draft(units=(cast.LONG_THANH,), team=False, review=(date(2025, 1, 1), date(2025, 12, 31)))
    person = cast.person(cast.MEMBER)
    person.appointments.append(
        Appointment(unit_id=old.id, title="Công chức", kind=AppointmentKind.STAFF, from_on=date(2024, 1, 1),
                    to_on=None, roles=[])
    )  # fmt: skip
    session.flush()
    (tie,) = queries.ties(made, [person.id])[person.id]
    assert (tie.kind.value, tie.unit_name) == ("worked_there", "UBND thị trấn Long Thành")


def test_nobody_chosen_is_refused(client: Browser, session: Session) -> None:
    made = make.draft(team=False)
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/team")
    client.submit(data={"role": "member"}, expect=422)
    assert "Chọn cán bộ trong danh sách" in client.text


def test_who_works_at_an_inspected_unit_or_a_part_of_it_is_refused(session: Session) -> None:
    made = make.draft(units=(cast.OFFICE,), criteria=(), team=False)
    planner = cast.actor(cast.PLANNER)
    for part in (cast.TEAM_LEADER, cast.SECRETARY):
        with pytest.raises(Conflict) as refused:
            services.add_member(
                made, MemberData(TeamRole.MEMBER, cast.person(part).id), version=None, actor=planner
            )
        assert (
            f"Đồng chí {cast.person(part).name} đang công tác tại đơn vị được kiểm tra nên không tham gia "
            "kiểm tra đơn vị này" in refused.value.message
        )
    assert made.members == []


def test_who_once_worked_there_needs_the_deciders_written_opinion(client: Browser, session: Session) -> None:
    made = make.draft(team=False, review=(date(2026, 1, 1), date(2026, 6, 30)))
    person = once_worked_at(cast.MEMBER, cast.LONG_PHUOC, date(2026, 2, 28))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/team")
    client.submit(data={"person_id": str(person.id), "role": "member"}, expect=422)
    assert "từng công tác tại đơn vị trong thời kỳ kiểm tra" in client.text
    client.submit(data={"tie_decision": "Công văn số 5/SNV ngày 20/9/2026: đồng ý"})
    (member,) = case(session, made).members
    assert member.declared_tie == "Từng công tác tại UBND xã Long Phước trong thời kỳ kiểm tra"


def test_who_left_before_the_period_is_free_of_ties(session: Session) -> None:
    made = make.draft(team=False)
    person = once_worked_at(cast.MEMBER, cast.LONG_PHUOC, date(2025, 12, 31))
    session.flush()
    assert queries.ties(made, [person.id]) == {}


def test_a_second_leader_and_a_second_time_are_refused(session: Session) -> None:
    made, planner = make.draft(), cast.actor(cast.PLANNER)
    with pytest.raises(Conflict, match="Đoàn đã có Trưởng đoàn"):
        services.add_member(
            made, MemberData(TeamRole.LEADER, cast.person(cast.GUEST).id), version=None, actor=planner
        )
    with pytest.raises(Conflict, match="đã có trong Đoàn"):
        services.add_member(
            made, MemberData(TeamRole.MEMBER, cast.person(cast.MEMBER).id), version=None, actor=planner
        )


def test_after_the_decision_a_change_names_its_paper(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/team")
    client.submit(data={"person_id": str(cast.person(cast.GUEST).id), "role": "member"}, expect=422)
    client.submit(data={"citation": "Quyết định số 130/QĐ-SNV ngày 23/9/2026"})
    assert len(case(session, made).members) == 4
    client.get(f"/inspections/{made.id}")
    assert "Đưa vào Đoàn kiểm tra: Lý Văn Biệt Phái: Quyết định số 130/QĐ-SNV" in client.text


def test_a_member_is_removed_by_paper_and_the_leader_only_replaced(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    leader, member = made.members[0].id, made.members[-1].id
    client.sign_in(cast.PLANNER).get(f"/team-members/{leader}")
    client.submit("form[action$='/remove']", {"citation": "Quyết định số 131/QĐ-SNV"}, expect=409)
    client.get(f"/team-members/{member}")
    client.submit("form[action$='/remove']", {"citation": ""}, expect=422)
    client.post(
        f"/team-members/{member}/lead",
        {"citation": "Quyết định số 131/QĐ-SNV", "version": str(case(session, made).version)},
    )
    again = case(session, made)
    assert again.leader is not None and again.leader.id == member
    assert again.mandate is not None and again.mandate.leader_name == "Bùi Văn Thí Dụ"


def test_an_outsider_learns_nothing_of_the_team(client: Browser, session: Session) -> None:
    made = make.draft()
    session.commit()
    for part in (cast.HEAD, cast.OUTSIDER, cast.OBSERVER, cast.GUEST):
        client.sign_in(part).get(f"/inspections/{made.id}/team", expect=404)
        client.get(f"/team-members/{made.members[0].id}", expect=404)
    client.sign_in(cast.LEADER).get(f"/inspections/{made.id}/team", expect=403)


class TestAssigning:
    def test_the_matrix_gives_groups_of_units_to_members(self, client: Browser, session: Session) -> None:
        made = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC), criteria=("MC-05", "CĐ-01"))
        session.commit()
        groups = {g.code: g.id for g in forms.list_groups(made.form_version_id)}
        first, second = made.units
        secretary = made.members[1].id
        client.sign_in(cast.TEAM_LEADER).get(f"/inspections/{made.id}/assignments")
        client.submit(data={f"g{groups['MC']}": str(secretary), f"c{first.id}-{groups['CĐ']}": ""})
        session.expire_all()
        person = cast.person(cast.SECRETARY).id
        assert queries.assigned_group_ids(first, person) == {groups["MC"]}
        assert queries.assigned_group_ids(second, person) == {groups["MC"]}
        member = cast.person(cast.MEMBER).id
        assert groups["CĐ"] not in queries.assigned_group_ids(first, member)
        assert groups["CĐ"] in queries.assigned_group_ids(second, member)

    def test_a_member_of_another_case_and_nonsense_are_refused(
        self, client: Browser, session: Session
    ) -> None:
        made, other = make.draft("Một"), make.draft("Hai")
        session.commit()
        group = next(g for g in forms.list_groups(made.form_version_id) if g.code == "MC")
        client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/assignments")
        for wrong in (str(other.members[0].id), "x"):
            client.submit(data={f"g{group.id}": wrong}, expect=422)
        with pytest.raises(DomainError):
            services.assign(
                made, {(made.units[0].id, 999_999): made.members[0].id}, version=None,
                actor=cast.actor(cast.PLANNER),
            )  # fmt: skip

    def test_a_plain_member_does_not_assign_and_a_stale_matrix_is_refused(self, session: Session) -> None:
        made = make.draft()
        group = forms.list_groups(made.form_version_id)[0]
        cell = {(made.units[0].id, group.id): made.members[0].id}
        with pytest.raises(Forbidden):
            services.assign(made, cell, version=None, actor=cast.actor(cast.MEMBER))
        with pytest.raises(Stale):
            services.assign(made, cell, version=made.version - 1, actor=cast.actor(cast.PLANNER))
        assert services.assign(made, cell, version=made.version, actor=cast.actor(cast.PLANNER)) == 1
        assert services.assign(made, cell, version=None, actor=cast.actor(cast.PLANNER)) == 0
