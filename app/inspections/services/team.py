"""The team: who leads, who writes, who looks at which group in which unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts import services as accounts
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import Conflict, DomainError
from app.extensions import db
from app.inspections import queries
from app.inspections.models import Assignment, Inspection, InspectionState, TeamMember, TeamRole, VisitState
from app.inspections.queries.team import ROLE_NAMES, Tie, TieKind
from app.inspections.services.common import (
    post_of,
    require_citation,
    require_running,
    require_text,
    touch,
)
from app.policy import Action, Actor, authorise
from app.vietnamese import has_hidden_characters, nfc

Cell = tuple[int, int]
"""(inspected unit, group) of the assignment matrix."""


@dataclass(frozen=True)
class MemberData:
    """Somebody for the team: a known person, or (`name` with `agency`) somebody of another agency.

    `declared_tie`: what ties them to an inspected unit; `tie_decision`: the decider's written opinion on it.
    """

    role: TeamRole
    person_id: int | None = None
    name: str = ""
    agency: str = ""
    post: str = ""
    declared_tie: str = ""
    tie_decision: str = ""


def add_member(
    inspection: Inspection, data: MemberData, *, citation: str = "", version: int | None, actor: Actor
) -> TeamMember:
    """Put somebody into the team; after the decision with the paper that says so.

    Raises DomainError (nobody chosen, a tie without opinion), Conflict (in the team already, second leader,
    works at an inspected unit or was sent by one), WrongState, Stale, Forbidden.
    """
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_running(inspection)
    check_version(inspection, version)
    paper = require_citation(inspection, citation)
    person = _person(inspection, data, actor)
    if inspection.member_of(person.id) is not None:
        raise Conflict("Cán bộ này đã có trong Đoàn.", field="person_id")
    if data.role is TeamRole.LEADER and inspection.leader is not None:
        raise Conflict(
            f"Đoàn đã có Trưởng đoàn: {inspection.leader.person.name}. "
            "Chọn vai trò khác, hoặc thay Trưởng đoàn.",
            field="role",
        )
    declared = _check_ties(inspection, person, data)
    member = TeamMember(
        person=person,
        person_id=person.id,
        role=data.role,
        agency=nfc(data.agency).strip(),
        post=post_of(person, nfc(data.post).strip()),
        declared_tie=declared,
        tie_decision=data.tie_decision.strip(),
        ordinal=list(TeamRole).index(data.role) * 100 + len(inspection.members),
        assignments=[],
    )
    inspection.members.append(member)
    touch(inspection)
    db.session.flush()
    _tell_leader(inspection)
    audit.record(
        "team_member_added",
        inspection,
        actor=actor,
        data={"name": person.name, "role": ROLE_NAMES[member.role], "citation": paper, "tie": declared},
    )
    return member


def _person(inspection: Inspection, data: MemberData, actor: Actor) -> Person:
    if data.person_id is not None:
        known = db.session.get(Person, data.person_id)
        if known is None:
            raise DomainError("Chọn cán bộ trong danh sách.", field="person_id")
        return known
    if not data.name.strip():
        raise DomainError(
            "Chọn cán bộ trong danh sách, hoặc ghi họ tên người của cơ quan khác.", field="person_id"
        )
    agency = require_text(data.agency, "Ghi cơ quan cử người tham gia Đoàn.", "agency")
    if has_hidden_characters(agency) or has_hidden_characters(data.post):
        raise DomainError("Cơ quan, chức vụ có ký tự không hiển thị. Nhập lại.", field="agency")
    bound = queries.inspected_agency(inspection, agency)
    if bound is not None:
        raise Conflict(
            f"{bound} là đơn vị được kiểm tra, hoặc thuộc đơn vị được kiểm tra, nên người của cơ quan này "
            "không tham gia Đoàn.",
            field="agency",
        )
    return queries.find_guest(data.name, agency) or accounts.create_person(nfc(data.name), actor=actor)


def _check_ties(inspection: Inspection, person: Person, data: MemberData) -> str:
    bound = queries.ties(inspection, [person.id]).get(person.id, [])
    now = next((tie for tie in bound if tie.kind is TieKind.WORKS_THERE), None)
    if now is not None:
        raise Conflict(now.text, field="person_id")
    declared = nfc(data.declared_tie).strip()
    known = _told(bound)
    if (known or declared) and not data.tie_decision.strip():
        message = (
            bound[0].text
            if bound
            else "Đã khai báo mối liên hệ với đơn vị; cần ý kiến của người ra quyết định."
        )
        raise DomainError(message, field="tie_decision")
    return declared or known


def _told(bound: list[Tie]) -> str:
    return "; ".join(f"Từng công tác tại {tie.unit_name} trong thời kỳ kiểm tra" for tie in bound)


def remove_member(
    inspection: Inspection, member_id: int, *, citation: str = "", version: int | None, actor: Actor
) -> None:
    """Take somebody out of the team; their assignments and the visits to come they were to lead become
    free. What they recorded stays theirs.

    After the decision a paper is needed, and the leader is replaced, not removed.
    """
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_running(inspection)
    check_version(inspection, version)
    paper = require_citation(inspection, citation)
    member = _member(inspection, member_id)
    if member.role is TeamRole.LEADER and inspection.state is not InspectionState.DRAFT:
        raise Conflict("Đoàn đang hoạt động phải có Trưởng đoàn. Dùng Thay Trưởng đoàn.")
    name, role = member.person.name, ROLE_NAMES[member.role]
    for visit in queries.list_visits(inspection):
        if visit.chair_id == member.person_id and visit.state in (
            VisitState.UNSCHEDULED,
            VisitState.SCHEDULED,
        ):
            visit.chair = None
    inspection.members.remove(member)
    touch(inspection)
    db.session.flush()
    audit.record(
        "team_member_removed", inspection, actor=actor, data={"name": name, "role": role, "citation": paper}
    )


def replace_leader(
    inspection: Inspection, member_id: int, *, citation: str = "", version: int | None, actor: Actor
) -> None:
    """Another member leads from now on; the former leader stays as a member."""
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_running(inspection)
    check_version(inspection, version)
    paper = require_citation(inspection, citation)
    new, old = _member(inspection, member_id), inspection.leader
    if old is new:
        raise Conflict("Cán bộ này đang là Trưởng đoàn.")
    if old is not None:
        old.role = TeamRole.MEMBER
        db.session.flush()  # one leader at a time, also between two statements
    new.role = TeamRole.LEADER
    touch(inspection)
    db.session.flush()
    _tell_leader(inspection)
    audit.record(
        "team_leader_replaced", inspection, actor=actor,
        data={"name": new.person.name, "old": old.person.name if old else "", "citation": paper},
    )  # fmt: skip


def _tell_leader(inspection: Inspection) -> None:
    """Refusals of others name the leader of the mandate."""
    if inspection.mandate is not None and inspection.leader is not None:
        inspection.mandate.leader_name = inspection.leader.person.name
        inspection.mandate.leader_title = inspection.leader.post
        db.session.flush()


def _member(inspection: Inspection, member_id: int) -> TeamMember:
    found = next((m for m in inspection.members if m.id == member_id), None)
    if found is None:
        raise Conflict("Cán bộ này không còn trong Đoàn. Tải lại trang để xem danh sách mới nhất.")
    return found


def assign(
    inspection: Inspection, wanted: Mapping[Cell, int | None], *, version: int | None, actor: Actor
) -> int:
    """Say who looks at which group in which unit: (inspected unit, group) → member id, None for nobody.

    Cells that are not named stay. Returns how many changed. Raises DomainError for a unit, group or member
    that is not of this case.
    """
    authorise(actor, Action.ASSIGN_MEMBERS, inspection)
    require_running(inspection)
    check_version(inspection, version)
    units = {iu.id for iu in inspection.units}
    groups = {group.id for group in queries.list_group_heads(inspection.form_version_id)}
    members = {member.id: member for member in inspection.members}
    for (unit_id, group_id), member_id in wanted.items():
        if (
            unit_id not in units
            or group_id not in groups
            or (member_id is not None and member_id not in members)
        ):
            raise DomainError("Chọn đơn vị, nhóm nội dung và thành viên trong danh sách của cuộc kiểm tra.")
    standing = {
        (a.inspected_unit_id, a.group_id): (member, a)
        for member in inspection.members
        for a in member.assignments
    }
    changed = 0
    for cell, member_id in wanted.items():
        present = standing.get(cell)
        if (present[0].id if present else None) == member_id:
            continue
        changed += 1
        if present is not None:
            present[0].assignments.remove(present[1])
        if member_id is not None:
            members[member_id].assignments.append(Assignment(inspected_unit_id=cell[0], group_id=cell[1]))
    if changed:
        touch(inspection)
        db.session.flush()
        audit.record("team_assigned", inspection, actor=actor, data={"cells": changed})
    return changed
