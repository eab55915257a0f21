"""A whole case over HTTP, from the first page of the plan to the refusal of planning it again."""

from __future__ import annotations

import hashlib
import io
from datetime import date

import openpyxl
import pypdfium2
import pytest
import sqlalchemy as sa

from app.documents.models import Delivery
from app.inspections.models import InspectedUnitState, Inspection, InspectionState, VisitState
from app.notices.models import Notice
from app.register.models import Claim, Coverage
from app.remediation.models import Task, TaskState
from tests import cast
from tests.journeys import acts
from tests.journeys.acts import MET, NOT_EXAMINED, NOT_MET, Planned
from tests.journeys.walk import Walk

pytestmark = pytest.mark.slow

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
DECIDED, VISITED, REPORTED = date(2026, 9, 1), date(2026, 9, 8), date(2026, 9, 15)
PLANNED_ON, ISSUED, DUE, REPORT_DUE = (
    date(2026, 9, 16),
    date(2026, 9, 23),
    date(2026, 10, 23),
    date(2026, 10, 28),
)
KEYS = ("MC-05", "MC-11", "CĐ-01")
FINDING = "21/45 hồ sơ quá hạn không có phiếu xin lỗi và hẹn lại ngày trả kết quả"


def refuse_post(walk: Walk, path: str, *parts: str) -> None:
    for part in parts:
        walk.refused(part, "POST", path)


def test_one_case_from_its_plan_to_the_refusal_of_planning_it_again(walk: Walk) -> None:
    case = _plan(walk)
    unit = _fieldwork(walk, case)
    _agree(walk, case, unit)
    notice = _notice(walk, case)
    task = _remediate(walk, notice)
    _followed(walk, task)
    _again(walk, "01/TB-ĐKT")
    assert walk.refusals >= 20


def _plan(walk: Walk) -> int:
    """Draft, team, schedule, decision, letter."""
    walk.at(DECIDED)
    walk.refused(cast.MEMBER, "GET", "/inspections/new")
    case = acts.create(walk, Planned(acts.TITLE, FIRST, LAST, (cast.LONG_PHUOC,), KEYS))
    assert "03 nội dung" in walk.client.text
    acts.staff(walk, case)
    acts.assign(walk, case)
    acts.schedule(walk, case, [(cast.LONG_PHUOC, VISITED)])
    assert walk.session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 0, "a draft takes nothing"
    refuse_post(walk, f"/inspections/{case}/decide", cast.MEMBER, cast.TEAM_LEADER, cast.HEAD)
    acts.decide(walk, case, 98, DECIDED)
    walk.session.expire_all()
    assert walk.session.get_one(Inspection, case).state is InspectionState.DECIDED
    assert len(walk.session.scalars(sa.select(Claim)).all()) == len(KEYS)
    refuse_post(walk, f"/inspections/{case}/visits/announce", cast.MEMBER, cast.HEAD)
    acts.announce(walk, case, "Công văn số 2210/SNV-CCHC ngày 01/9/2026")
    return case


def _fieldwork(walk: Walk, case: int) -> int:
    """The day in the hall, until the signed minutes and the end."""
    walk.at(VISITED, 8)
    visit, unit = acts.visit_of(walk, case, cast.LONG_PHUOC), walk.units(case)[cast.LONG_PHUOC].id
    item = walk.items(unit)["MC-05"]
    refuse_post(walk, f"/visits/{visit}/open", cast.MEMBER, cast.PLANNER, cast.HEAD)
    acts.open_visit(walk, visit, "7:55")
    walk.at(VISITED, 9)
    path = f"/scope-items/{item.id}/answer"
    refuse_post(walk, path, cast.GUEST, cast.HEAD, cast.PLANNER)
    acts.answer(
        walk, unit, "MC-05", NOT_MET,
        {
            "ratio-total": "45", "ratio-sample": "45", "ratio-failing": "21", "sample_method": "all",
            "new-description": FINDING, "new-responsible_post": "Công chức tiếp nhận hồ sơ",
            "new-subjective_causes": ["no_supervision"],
        },
    )  # fmt: skip
    acts.answer(walk, unit, "MC-11", MET)
    acts.answer(walk, unit, "CĐ-01", NOT_EXAMINED, {"na_reason": "Chưa đủ thời gian"})
    acts.strengths(walk, unit, "MC-11", "Tỷ lệ giải quyết trước và đúng hạn đạt 98,70%.")
    walk.at(VISITED, 11)
    refuse_post(walk, f"/visits/{visit}/minutes/compose", cast.MEMBER, cast.HEAD)
    acts.minutes(
        walk, visit, "Nguyễn Văn Giả Thiết, Chủ tịch UBND xã", VISITED,
        opinion="UBND xã thống nhất với tồn tại nêu trong biên bản, cam kết khắc phục.",
    )  # fmt: skip
    paper = walk.client.get(f"/visits/{visit}/minutes.pdf")
    assert FINDING in _text_of(paper.data)
    assert acts.signed_minutes(walk, visit).visit.state is VisitState.SIGNED
    refuse_post(walk, f"/inspected-units/{unit}/end", cast.MEMBER, cast.PLANNER, cast.HEAD)
    acts.end(walk, unit)
    assert walk.units(case)[cast.LONG_PHUOC].state is InspectedUnitState.ENDED
    return unit


def _agree(walk: Walk, case: int, unit: int) -> None:
    """The team's report, the leader's agreement, what is to be remedied by when."""
    walk.at(REPORTED)
    refuse_post(walk, f"/inspections/{case}/team-report", cast.MEMBER, cast.HEAD)
    acts.report(walk, case, 12, REPORTED)
    leader = walk.as_(cast.TEAM_LEADER, f"/inspections/{case}/agreement")
    form = leader.page.select_one("form[action*='/findings/'][action$='/agree']:has([name=back])")
    assert form is not None
    agree = str(form["action"])
    refuse_post(walk, agree, cast.SECRETARY, cast.PLANNER, cast.HEAD)
    walk.as_(cast.TEAM_LEADER, f"/inspections/{case}/agreement").submit(f"form[action='{agree}']")
    acts.explain_clean(walk, case)
    walk.at(PLANNED_ON)
    refuse_post(walk, f"/inspections/{case}/remediation/propose", cast.MEMBER, cast.HEAD)
    acts.plan_remediation(walk, case, ISSUED, DUE, REPORT_DUE)
    task = walk.session.scalars(sa.select(Task)).one()
    assert (task.due_on, task.report_due_on, task.state) == (DUE, REPORT_DUE, TaskState.DRAFT)
    walk.refused(cast.HEAD, "GET", f"/tasks/{task.id}")


def _notice(walk: Walk, case: int) -> int:
    """Drafted, checked twice, approved, signed, sealed, issued; each by one person and nobody else."""
    walk.at(PLANNED_ON, 14)
    walk.refused(cast.MEMBER, "GET", f"/inspections/{case}/notices/new")
    acts.open_book(walk, "TB-ĐKT")
    notice = acts.draft_notice(walk, case, "here", "TB-ĐKT")
    for part, verb, others in (
        (cast.PLANNER, "submit", (cast.SECRETARY, cast.LEADER)),
        (cast.CONTENT_CHECKER, "check-content", (cast.PLANNER, cast.CLERK)),
        (cast.CLERK, "check-form", (cast.PLANNER, cast.CONTENT_CHECKER)),
        (cast.LEADER, "approve", (cast.PLANNER, cast.TEAM_LEADER)),
    ):
        refuse_post(walk, f"/notices/{notice}/{verb}", *others)
        acts.act(walk, notice, part, verb)
    walk.at(ISSUED)
    for part, verb, others in (
        (cast.LEADER, "sign", (cast.PLANNER, cast.CLERK)),
        (cast.CLERK, "seal", (cast.LEADER, cast.PLANNER)),
        (cast.CLERK, "issue", (cast.LEADER, cast.HEAD)),
    ):
        refuse_post(walk, f"/notices/{notice}/{verb}", *others)
        acts.act(walk, notice, part, verb)
    walk.session.expire_all()
    document = walk.session.get_one(Notice, notice).document
    assert (document.number_and_symbol, document.issued_on) == ("01/TB-ĐKT", ISSUED)
    assert "01/TB-ĐKT" in _row_of_the_unit(walk, case)
    paper = walk.as_(cast.CLERK).get(f"/documents/{document.id}/file")
    assert hashlib.sha256(paper.data).hexdigest() == document.sha256
    text = _text_of(paper.data)
    for words in ("Số: 01/TB-ĐKT", "ngày 23 tháng 9 năm 2026", FINDING, "23/10/2026", "CĐ-01"):
        assert words in text, words
    _concluded(walk, case)
    return notice


def _row_of_the_unit(walk: Walk, case: int) -> str:
    """What the table of units on the page of the case says."""
    row = walk.as_(cast.PLANNER, f"/inspections/{case}").page.select_one("main table tbody tr")
    assert row is not None
    return row.get_text(" ")


def _concluded(walk: Walk, case: int) -> None:
    """What was answered is concluded, what was not examined is free again, nothing waits in between."""
    assert walk.session.get_one(Inspection, case).state is InspectionState.CONCLUDED
    covered = walk.session.scalars(sa.select(Coverage.criterion_key)).all()
    assert sorted(covered) == ["MC-05", "MC-11"]
    claims = {claim.scope_item_id: claim for claim in walk.session.scalars(sa.select(Claim))}
    for key, item in walk.items(walk.units(case)[cast.LONG_PHUOC].id).items():
        claim = claims[item.id]
        concluded, released = claim.conclusion_id is not None, claim.ended_at is not None
        assert (concluded, released) == ((False, True) if key == "CĐ-01" else (True, False)), key


def _remediate(walk: Walk, notice: int) -> Task:
    """The head acknowledges and assigns, the officer reports, the head submits, the follower accepts."""
    walk.at(date(2026, 9, 24))
    delivery = walk.session.scalars(sa.select(Delivery)).one()
    path = f"/deliveries/{delivery.id}/acknowledge"
    refuse_post(walk, path, cast.OFFICER, cast.OTHER_HEAD, cast.CLERK)
    head = walk.as_(cast.HEAD, path)
    assert "Tôi, Nguyễn Văn Giả Thiết, Chủ tịch UBND xã" in head.text
    head.submit(f"form[action$='{path}']")
    task = walk.session.scalars(sa.select(Task)).one()
    assign = f"/tasks/{task.id}/assign"
    refuse_post(walk, assign, cast.OFFICER, cast.OTHER_HEAD, cast.FOLLOWER)
    walk.as_(cast.HEAD, assign).submit(
        f"form[action$='{assign}']",
        {"lead": str(cast.person(cast.OFFICER).id), "instruction": "Thực hiện trước ngày 16/10/2026"},
    )
    walk.at(date(2026, 10, 14))
    progress = f"/tasks/{task.id}/progress"
    refuse_post(walk, progress, cast.OTHER_HEAD, cast.FOLLOWER)
    walk.as_(cast.OFFICER, progress).submit(
        f"form[action$='{progress}']",
        {
            "status": "done", "text": "Đã gửi phiếu xin lỗi và hẹn lại đối với 21 hồ sơ",
            "reference": "Báo cáo số 87/BC-UBND", "document_on": "14/10/2026",
        },
    )  # fmt: skip
    walk.at(date(2026, 10, 15))
    refuse_post(walk, f"/tasks/{task.id}/submit", cast.OFFICER, cast.OTHER_HEAD, cast.FOLLOWER)
    walk.as_(cast.HEAD, f"/tasks/{task.id}").submit("form[action$='/submit']")
    walk.at(date(2026, 10, 19))
    refuse_post(walk, f"/tasks/{task.id}/accept", cast.HEAD, cast.OFFICER, cast.PLANNER)
    walk.as_(cast.FOLLOWER, f"/tasks/{task.id}").submit(f"form[action$='/tasks/{task.id}/accept']")
    walk.session.expire_all()
    assert walk.session.get_one(Task, task.id).state is TaskState.ACCEPTED
    return task


def _followed(walk: Walk, task: Task) -> None:
    """The table and its xlsx say what happened."""
    follower = walk.as_(cast.FOLLOWER, "/follow-up")
    for words in (task.code, "01/TB-ĐKT", "UBND xã Long Phước", "Hoàn thành đúng hạn"):
        assert words in follower.text, words
    sheet = openpyxl.load_workbook(io.BytesIO(follower.get("/follow-up/export.xlsx").data)).active
    assert sheet is not None
    cells = " ".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row if value)
    assert "01/TB-ĐKT" in cells
    assert "UBND xã Long Phước" in cells
    walk.refused(cast.OTHER_HEAD, "GET", f"/tasks/{task.id}")


def _again(walk: Walk, number: str) -> None:
    """The same content and an overlapping period is refused by the notice's number; the next day is free."""
    walk.at(date(2026, 11, 2))
    inside = Planned(
        "Kiểm tra lại tháng 3", date(2026, 3, 1), date(2026, 3, 31), (cast.LONG_PHUOC,), ("MC-05",)
    )
    one_day = Planned("Kiểm tra quý III", LAST, date(2026, 9, 30), (cast.LONG_PHUOC,), ("MC-05",))
    for decision, plan in enumerate((inside, one_day), start=150):
        case = acts.create(walk, plan)
        assert number in walk.client.text, "the review says which notice"
        assert "thì không đánh giá lại" in walk.client.text
        acts.staff(walk, case, acts.LEADER_ONLY)
        acts.decide(walk, case, decision, date(2026, 11, 2), expect=409)
        assert f"Thông báo số {number} ngày 23/9/2026" in walk.client.text
        assert walk.session.get_one(Inspection, case).state is InspectionState.DRAFT
    assert "từ 01/7/2026 đến 30/9/2026" in walk.client.text, "and what is left"
    across = Planned(
        "Kiểm tra cuối năm 2025", date(2025, 12, 1), date(2026, 1, 31), (cast.LONG_PHUOC,), ("MC-05",)
    )
    acts.create(walk, across)
    assert "từ 01/12/2025 đến 31/12/2025" in walk.client.text
    after = Planned("Kiểm tra quý III", date(2026, 7, 1), date(2026, 9, 30), (cast.LONG_PHUOC,), ("MC-05",))
    case = acts.create(walk, after)
    acts.staff(walk, case, acts.LEADER_ONLY)
    acts.decide(walk, case, 160, date(2026, 11, 2))
    walk.session.expire_all()
    assert walk.session.get_one(Inspection, case).state is InspectionState.DECIDED


def _text_of(data: bytes) -> str:
    """What a PDF says, with single spaces."""
    paper = pypdfium2.PdfDocument(data)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in paper)
    paper.close()
    return " ".join(text.split())
