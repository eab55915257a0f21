"""The team: members, ties to inspected units, assignments."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Appointment, AppointmentKind, Person
from app.errors import Conflict, DomainError, Forbidden, Stale
from app.form_library import queries as forms
from app.inspections import queries, services
from app.inspections.models import Inspection, TeamRole
from app.inspections.services import MemberData
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make


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
