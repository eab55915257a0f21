"""A case of a unit nobody of which has an account; its notice is signed and numbered in the office's eOffice.

The unit does not sign the minutes; the office enters what the unit's papers say, and marks it so.
"""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from app.documents.chain import Issued
from app.documents.models import Delivery, DocumentState, ReceiptKind
from app.inspections.models import Inspection, InspectionState, VisitState
from app.notices.models import Notice
from app.register.models import Conclusion, Coverage
from app.remediation.models import Task, TaskState
from tests import cast
from tests.factories import notices as papers
from tests.journeys import acts
from tests.journeys.acts import MET, NOT_MET, Planned
from tests.journeys.walk import Walk, upload

pytestmark = pytest.mark.slow

DECIDED, VISITED, REPORTED = date(2026, 9, 1), date(2026, 9, 8), date(2026, 9, 15)
ISSUED, DUE, REPORT_DUE = date(2026, 9, 22), date(2026, 10, 22), date(2026, 10, 27)
FINDING = "Phiếu kiểm soát quá trình của 12/20 hồ sơ mẫu không ghi giờ giao, nhận giữa các bộ phận"
WARD = "UBND phường Long Thành"


def test_a_case_signed_in_eoffice_of_a_unit_without_accounts(walk: Walk) -> None:
    case = _until_the_report(walk)
    notice = _record(walk, case)
    task = _enter_for_the_unit(walk, notice)
    table = walk.as_(cast.FOLLOWER, "/follow-up?columns=all")
    for words in (task.code, "45/TB-SNV", WARD, "Hoàn thành đúng hạn"):
        assert words in table.text, words
    register = walk.as_(cast.PLANNER, "/register")
    register.submit(
        "form:has([name=criterion])",
        {"unit": "phuong long thanh", "criterion": "MC-08", "starts_on": "01/3/2026", "ends_on": "31/3/2026"},
        expect=200,
    )
    assert "Thông báo số 45/TB-SNV ngày 22/9/2026" in register.text


def _until_the_report(walk: Walk) -> int:
    walk.at(DECIDED)
    plan = Planned(acts.TITLE, date(2026, 1, 1), date(2026, 6, 30), (cast.LONG_THANH,), ("MC-08", "MC-09"))
    case = acts.create(walk, plan)
    acts.staff(walk, case)
    acts.assign(walk, case)
    acts.schedule(walk, case, [(cast.LONG_THANH, VISITED)])
    acts.decide(walk, case, 99, DECIDED)
    acts.announce(walk, case, "Công văn số 2211/SNV-CCHC ngày 01/9/2026")
    visit, unit = acts.visit_of(walk, case, cast.LONG_THANH), walk.units(case)[cast.LONG_THANH].id
    walk.at(VISITED, 8)
    acts.open_visit(walk, visit, "7:50")
    walk.at(VISITED, 10)
    acts.answer(
        walk, unit, "MC-08", NOT_MET,
        {
            "ratio-total": "3.468", "ratio-sample": "20", "ratio-failing": "12", "sample_method": "random",
            "new-description": FINDING, "new-subjective_causes": ["sense_of_duty"],
        },
    )  # fmt: skip
    acts.answer(walk, unit, "MC-09", MET)
    walk.at(VISITED, 11)
    _unsigned_minutes(walk, visit)
    acts.end(walk, unit)
    walk.at(REPORTED)
    acts.report(walk, case, 13, REPORTED)
    leader = walk.as_(cast.TEAM_LEADER, f"/inspections/{case}/agreement")
    leader.submit("form[action*='/findings/'][action$='/agree']:has([name=back])")
    acts.plan_remediation(walk, case, ISSUED, DUE, REPORT_DUE)
    return case


def _unsigned_minutes(walk: Walk, visit: int) -> None:
    """Printed, read out, not signed by the unit: the reason and a witness stand in the record."""
    secretary = walk.as_(cast.SECRETARY, f"/visits/{visit}")
    secretary.submit("form[action$='/minutes/compose']")
    secretary.follow()
    secretary.submit(
        "form[action$='/minutes/edit']",
        {
            "closed_time": "10:50", "unit_present": "Phan Thị Hư Cấu, Phó Chủ tịch UBND phường",
            "unit_opinion": "Đơn vị đề nghị xem lại số hồ sơ mẫu.", "print": "1",
        },
    )  # fmt: skip
    secretary.follow()
    refusal = {
        "tc-reason": "Người đại diện từ chối ký, đề nghị xem lại số liệu",
        "tc-witness": "",
        "tc-signed_on": "08/9/2026",
    }
    secretary.submit("form[action$='/minutes/refuse']", refusal, expect=422)
    assert acts.signed_minutes(walk, visit).visit.state is VisitState.UNDER_WAY
    secretary.submit(
        "form[action$='/minutes/refuse']", {**refusal, "tc-witness": "Lý Thị Chứng Kiến, Chủ tịch Mặt trận"}
    )
    kept = acts.signed_minutes(walk, visit)
    assert kept.visit.state is VisitState.SIGNED
    assert kept.witness == "Lý Thị Chứng Kiến, Chủ tịch Mặt trận"


def _record(walk: Walk, case: int) -> int:
    """The PDF that eOffice issued is dropped back: what it says is read from it."""
    walk.at(date(2026, 9, 16))
    notice = acts.draft_notice(walk, case, "recorded", "TB-SNV")
    acts.act(walk, notice, cast.PLANNER, "submit")
    acts.act(walk, notice, cast.CONTENT_CHECKER, "check-content")
    walk.at(date(2026, 9, 23))
    path = f"/notices/{notice}/record"
    walk.refused(cast.MEMBER, "POST", path)
    walk.refused(cast.FOLLOWER, "POST", path)
    stands = walk.session.get_one(Notice, notice)
    issued = papers.issued_pdf(stands, Issued(45, "TB-SNV", ISSUED, "Trần Văn Thử", "Phó Giám đốc"))
    clerk = walk.as_(cast.CLERK, path)
    clerk.submit(f"form[action$='{path}']", {"file": upload("TB 45.pdf", b"MZ, not a paper")}, expect=422)
    clerk.submit(f"form[action$='{path}']", {"file": upload("TB 45.pdf", issued)})
    clerk.follow()
    form = clerk.page.select_one(f"form[action*='{path}/']")
    assert form is not None
    shown = {str(i["name"]): str(i.get("value", "")) for i in form.select("input[name]")}
    assert {name: shown[name] for name in ("number", "symbol", "issued_on", "signer_name")} == {
        "number": "45", "symbol": "TB-SNV", "issued_on": "22/9/2026", "signer_name": "Trần Văn Thử",
    }  # fmt: skip
    assert "khớp bản đã chuẩn bị" in clerk.text
    clerk.submit(f"form[action*='{path}/']")
    walk.session.expire_all()
    document = walk.session.get_one(Notice, notice).document
    assert (document.state, document.number_and_symbol) == (DocumentState.ISSUED, "45/TB-SNV")
    kept = clerk.get(f"/documents/{document.id}/file").data
    assert kept == issued, "the bytes are those that eOffice issued"
    assert walk.session.get_one(Inspection, case).state is InspectionState.CONCLUDED
    assert sorted(walk.session.scalars(sa.select(Coverage.criterion_key))) == ["MC-08", "MC-09"]
    assert walk.session.scalars(sa.select(Conclusion.number_and_symbol)).all() == ["45/TB-SNV"]
    return notice


def _enter_for_the_unit(walk: Walk, notice: int) -> Task:
    """Receipt, report and result by the unit's papers; who enters them does not accept them."""
    walk.at(date(2026, 9, 25))
    delivery = walk.session.scalars(sa.select(Delivery)).one()
    path = f"/deliveries/{delivery.id}/receipt"
    walk.refused(cast.HEAD, "POST", path)
    walk.refused(cast.OUTSIDER, "POST", path)
    walk.as_(cast.CLERK, path).submit(
        f"form[action$='{path}']", {"kind": "eoffice", "received_on": "23/9/2026"}
    )
    walk.session.expire_all()
    assert walk.session.get_one(Delivery, delivery.id).receipt is ReceiptKind.EOFFICE
    task = walk.session.scalars(sa.select(Task)).one()
    walk.at(date(2026, 10, 15))
    ward = cast.unit(cast.LONG_THANH).id
    path = f"/units/{ward}/for-unit/remediation-report"
    walk.refused(cast.OBSERVER, "POST", path)
    walk.refused(cast.HEAD, "POST", path)
    _report(walk, path, task, "131/BC-UBND", "14/10/2026")
    walk.refused(cast.CLERK, "POST", f"/tasks/{task.id}/accept")
    walk.at(date(2026, 10, 16))
    back = f"/tasks/{task.id}/send-back"
    walk.as_(cast.FOLLOWER, back).submit(
        f"form[action$='{back}']", {"comment": "Gửi kèm danh sách phiếu", "due_on": "20/10/2026"}
    )
    walk.at(date(2026, 10, 20))
    _report(walk, path, task, "140/BC-UBND", "19/10/2026")
    walk.at(date(2026, 10, 21))
    follower = walk.as_(cast.FOLLOWER, f"/tasks/{task.id}")
    assert "nhập thay đơn vị" in follower.text
    follower.submit(f"form[action$='/tasks/{task.id}/accept']")
    walk.session.expire_all()
    assert walk.session.get_one(Task, task.id).state is TaskState.ACCEPTED
    return task


def _report(walk: Walk, path: str, task: Task, reference: str, on: str) -> None:
    walk.as_(cast.CLERK, path).submit(
        f"form[action$='{path}']",
        {
            "reference": reference, "document_on": on, "task_ids": [str(task.id)],
            "text": "Đã chấn chỉnh việc ghi phiếu kiểm soát quá trình đối với toàn bộ hồ sơ",
        },
    )  # fmt: skip
