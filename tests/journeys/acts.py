"""The steps of a whole case through its real forms, each by the person whose job it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.fieldwork.models import Minutes
from app.form_library import queries as forms
from app.inspections.models import Inspection, Visit
from app.vietnamese import format_date
from tests import cast
from tests.journeys.walk import Walk

MET, NOT_MET, NOT_EXAMINED = "met", "not_met", "not_examined"
TITLE = "Kiểm tra công tác cải cách hành chính, công vụ 6 tháng đầu năm 2026"


@dataclass(frozen=True)
class Planned:
    """What the planner types of a new case; days inclusive."""

    title: str
    first: date
    last: date
    units: tuple[str, ...]
    criteria: tuple[str, ...]


def create(walk: Walk, plan: Planned) -> int:
    """Lập cuộc kiểm tra: information, units, contents; the id of the draft."""
    planner = walk.as_(cast.PLANNER, "/inspections/new")
    planner.submit(
        data={
            "title": plan.title,
            "review_from": format_date(plan.first),
            "review_to": format_date(plan.last),
            "plan_citation": "Kế hoạch số 15/KH-SNV ngày 20/01/2026",
            "authority": "Giám đốc Sở Nội vụ",
            "legal_bases": "Luật Thanh tra số 84/2025/QH15\nChỉ thị số 27/CT-TTg ngày 27/10/2023",
        }
    )
    case = walk.id_in(r"/inspections/(\d+)/units")
    planner.follow()
    chosen = [str(cast.unit(code).id) for code in plan.units]
    planner.submit("form[action$='/units']:has([name=unit_ids])", {"unit_ids": chosen})
    planner.get(f"/inspections/{case}/scope")
    version = walk.session.get_one(Inspection, case).form_version_id
    wanted = [str(c.id) for c in forms.list_criteria(version) if c.key in plan.criteria]
    planner.submit("form[action$='/scope']", {"criteria": wanted})
    planner.follow()
    return case


LEADER_ONLY = ((cast.TEAM_LEADER, "leader"),)
TEAM = (*LEADER_ONLY, (cast.SECRETARY, "secretary"), (cast.MEMBER, "member"))


def staff(walk: Walk, case: int, team: Sequence[tuple[str, str]] = TEAM) -> None:
    """Đoàn kiểm tra: (part, role) each."""
    planner = walk.as_(cast.PLANNER)
    for part, role in team:
        planner.get(f"/inspections/{case}/team")
        who = str(cast.person(part).id)
        planner.submit("form[action$='/team']", {"person_id": who, "role": role})


def assign(walk: Walk, case: int) -> None:
    """Phân công: the member gets every group of every unit."""
    planner = walk.as_(cast.PLANNER)
    planner.get(f"/inspections/{case}/assignments")
    inspection = walk.session.get_one(Inspection, case)
    member = inspection.member_of(cast.person(cast.MEMBER).id)
    assert member is not None
    columns = [s["name"] for s in planner.page.select("select[name^=g]")]
    planner.submit("form[action$='/assignments']", {str(name): str(member.id) for name in columns})


def schedule(walk: Walk, case: int, visits: Sequence[tuple[str, date]]) -> None:
    """Lịch: a morning at each unit."""
    planner = walk.as_(cast.PLANNER)
    for code, day in visits:
        planner.get(f"/inspections/{case}/visits")
        planner.submit(
            "form[action$='/visits']",
            {
                "inspected_unit_id": str(walk.units(case)[code].id),
                "on_date": format_date(day),
                "place": f"trụ sở {cast.unit(code).name}",
                "subteam": "Tổ 1",
            },
        )


def decide(walk: Walk, case: int, number: int, on: date, *, expect: int = 303) -> None:
    """Ghi nhận quyết định: takes the claims, or is refused."""
    planner = walk.as_(cast.PLANNER, f"/inspections/{case}/decision")
    planner.submit(
        "form[action$='/decide']",
        {
            "number": str(number), "symbol": "QĐ-SNV", "issued_on": format_date(on),
            "signer_name": "Trần Văn Thử", "signer_title": "Phó Giám đốc",
        },
        expect=expect,
    )  # fmt: skip


def announce(walk: Walk, case: int, letter: str) -> None:
    """The letter with the schedule goes out."""
    planner = walk.as_(cast.PLANNER, f"/inspections/{case}/visits")
    planner.submit("form[action$='/announce']", {"citation": letter})


def visit_of(walk: Walk, case: int, code: str) -> int:
    """The id of the one visit at a unit."""
    found: Visit = walk.units(case)[code].visits[0]
    return found.id


def open_visit(walk: Walk, visit: int, hour: str) -> None:
    """Công bố quyết định in the hall."""
    leader = walk.as_(cast.TEAM_LEADER, f"/visits/{visit}")
    leader.submit("form[action$='/open']", {"opened_at": hour, "note": "Trưởng đoàn công bố trực tiếp"})


def answer(walk: Walk, unit: int, key: str, result: str, data: dict[str, Any] | None = None) -> None:
    """The member records one answer; `data` names fields without the row's prefix (`new-…`: the finding)."""
    item = walk.items(unit)[key]
    member = walk.as_(
        cast.MEMBER, f"/inspected-units/{unit}/groups/{item.criterion.group_id}?view=all&open={item.id}"
    )
    form = f"form[data-row][action*='/scope-items/{item.id}/answer']"
    typed: dict[str, Any] = {f"a{item.id}-result": result}
    if result != NOT_EXAMINED:
        typed[f"a{item.id}-looked_at"] = ["1"]
    for name, value in (data or {}).items():
        new = name.startswith("new-")
        typed[f"n{item.id}-{name[4:]}" if new else f"a{item.id}-{name}"] = value
    member.submit(form, typed)


def strengths(walk: Walk, unit: int, key: str, text: str) -> None:
    """Kết quả đạt được of the group that holds this criterion."""
    group = walk.items(unit)[key].criterion.group_id
    member = walk.as_(cast.MEMBER, f"/inspected-units/{unit}/groups/{group}")
    member.submit("form[action$='/strengths']", {"kq-strengths": text})


def minutes(walk: Walk, visit: int, signatory: str, on: date, *, opinion: str) -> None:
    """Lập biên bản, ý kiến đơn vị, in để ký, ghi nhận chữ ký."""
    secretary = walk.as_(cast.SECRETARY, f"/visits/{visit}")
    secretary.submit("form[action$='/minutes/compose']")
    secretary.follow()
    secretary.submit(
        "form[action$='/minutes/edit']",
        {
            "closed_time": "11:30", "unit_present": f"{signatory}", "unit_opinion": opinion,
            "unit_signatory": signatory, "print": "1",
        },
    )  # fmt: skip
    secretary.follow()
    secretary.submit(
        "form[action$='/minutes/sign']", {"ky-signatory": signatory, "ky-signed_on": format_date(on)}
    )


def signed_minutes(walk: Walk, visit: int) -> Minutes:
    """The minutes of a visit."""
    walk.session.expire_all()
    return walk.session.scalars(sa.select(Minutes).where(Minutes.visit_id == visit)).one()


def end(walk: Walk, unit: int) -> None:
    """Kết thúc kiểm tra tại đơn vị."""
    leader = walk.as_(cast.TEAM_LEADER, f"/inspected-units/{unit}/end")
    leader.submit("form[action$='/end']")


def report(walk: Walk, case: int, number: int, on: date) -> None:
    """Báo cáo của Đoàn."""
    leader = walk.as_(cast.TEAM_LEADER, f"/inspections/{case}/team-report")
    leader.submit("form[action$='/team-report']", {"number": str(number), "issued_on": format_date(on)})


def explain_clean(walk: Walk, case: int) -> None:
    """Where a whole group has no shortcoming the leader says why and what was looked at."""
    leader = walk.as_(cast.TEAM_LEADER, f"/inspections/{case}/agreement")
    for link in [str(a["href"]) for a in leader.page.select("a[href$='/clean']")]:
        leader.get(link)
        leader.submit(
            "form[action$='/clean']",
            {"reason": "Đối chiếu hồ sơ, không sai lệch", "sample": "Toàn bộ 20 hồ sơ của quý II"},
        )


def plan_remediation(walk: Walk, case: int, start: date, due: date, report_due: date) -> None:
    """Propose the tasks and gather them at one date."""
    leader = walk.as_(cast.TEAM_LEADER, f"/inspections/{case}/remediation")
    leader.submit("form[action$='/remediation/propose']", {"start_on": format_date(start)})
    leader.follow()
    boxes = [str(box["value"]) for box in leader.page.select("input[name=task_ids]")]
    leader.submit(
        "form[action$='/remediation/set-common-date']",
        {"task_ids": boxes, "due_on": format_date(due), "report_due_on": format_date(report_due)},
    )


def open_book(walk: Walk, symbol: str) -> None:
    """The clerk opens a book of numbers; who drafts does not."""
    walk.refused(cast.PLANNER, "POST", "/documents/books")
    walk.as_(cast.CLERK, "/documents/books").submit(data={"symbol": symbol})


def draft_notice(walk: Walk, case: int, way: str, symbol: str) -> int:
    """Soạn thông báo for all open units; the planner drafts, the leader will sign; the notice's id."""
    planner = walk.as_(cast.PLANNER, f"/inspections/{case}")
    way_there = planner.page.select_one("main a.btn-primary[href$='/notices/new']")
    assert way_there is not None, "the case leads to its notice"
    planner.get(str(way_there["href"]))
    planner.submit("form[action$='/notices/new']")
    notice = walk.id_in(r"/notices/(\d+)")
    planner.get(f"/notices/{notice}/details")
    planner.submit(
        "form[action$='/details']",
        {
            "way": way, "symbol": symbol, "signer_id": str(cast.person(cast.LEADER).id),
            "signature_prefix": "KT. Giám đốc\nPhó Giám đốc",
            "follow_unit_id": str(cast.unit(cast.REFORM).id),
            "follower_id": str(cast.person(cast.FOLLOWER).id),
        },
    )  # fmt: skip
    return notice


def act(walk: Walk, notice: int, part: str, verb: str) -> None:
    """One act of the chain on its own page."""
    someone = walk.as_(part, f"/notices/{notice}/{verb}")
    someone.submit(f"form[action$='/{verb}']")
