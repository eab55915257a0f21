"""The pages of remediation through the strict client: who sees what, and what a wrong entry answers."""

from __future__ import annotations

import io
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.remediation.models import ProgressStatus, TaskState
from tests import cast
from tests.conftest import Browser
from tests.factories import notices as papers
from tests.factories import remediation as made


def test_the_plan_proposes_and_shows_every_unit(client: Browser, session: Session) -> None:
    inspection = made.case(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    session.commit()
    client.sign_in("team-leader").get(f"/inspections/{inspection.id}/remediation")
    client.submit("form[action$='/propose']", {"start_on": "12/8/2026"})
    client.follow()
    assert "Đã dự kiến 04 nội dung khắc phục" in client.text
    assert "17/8/2026" in client.text
    assert client.page.select_one("input[name=start_on]")["value"] == "12/8/2026"


def test_the_plan_of_a_concluded_unit_shows_the_issued_tasks_and_proposes_no_more(
    client: Browser, session: Session
) -> None:
    inspection = papers.issued().inspection
    path = f"/inspections/{inspection.id}/remediation"
    client.sign_in("planner").get(path)
    [row] = client.page.select("tbody tr")
    task = row.select_one("th a")
    assert task is not None
    assert "Chưa thực hiện" in row.get_text()
    assert "01 nội dung khắc phục" in client.text
    assert "Dự kiến nội dung khắc phục" not in client.text
    assert client.page.select("input[name=task_ids], a[href$='/remediation/add']") == []
    client.get(str(task["href"]))
    unit = inspection.units[0]
    client.get(f"/inspected-units/{unit.id}/remediation/add")
    answer = {"text": "Nội dung thêm sau", "deadline_kind": "fixed", "due_on": "30/12/2026"}
    client.submit("form[action$='/add']", answer, expect=409)
    assert "đã có thông báo kết luận" in client.text


def test_a_wrong_day_is_shown_at_its_field_and_kept(client: Browser, session: Session) -> None:
    inspection = made.case()
    session.commit()
    client.sign_in("team-leader").get(f"/inspections/{inspection.id}/remediation")
    client.submit("form[action$='/propose']", {"start_on": "31/02/2026"}, expect=422)
    assert client.page.select_one("input[name=start_on]")["value"] == "31/02/2026"


def test_ticked_drafts_get_the_common_date(client: Browser, session: Session) -> None:
    inspection = made.case()
    tasks = made.drafts(inspection)
    session.commit()
    client.sign_in("team-leader").get(f"/inspections/{inspection.id}/remediation")
    client.submit(
        "form[action$='/set-common-date']",
        {"task_ids": [str(task.id) for task in tasks], "due_on": "30/9/2026"},
    )
    session.expire_all()
    assert {task.due_on for task in tasks} == {date(2026, 9, 30)}


def test_drafts_are_moved_and_merged_from_the_same_table(client: Browser, session: Session) -> None:
    inspection = made.case(findings=3)
    tasks = [task for task in made.drafts(inspection) if task.due_on]
    session.commit()
    client.sign_in("secretary").get(f"/inspections/{inspection.id}/remediation")
    path = f"/inspections/{inspection.id}/remediation"
    ids = [str(task.id) for task in tasks[:2]]
    client.post(f"{path}/move", {"task_ids": ids[:1], "milestone": "long"})
    client.get(path)
    client.post(f"{path}/move", {"task_ids": ids, "milestone": "xyz"}, expect=422)
    client.post(f"{path}/merge", {"task_ids": ids[:1]}, expect=422)
    client.post(f"{path}/merge", {"task_ids": ids})
    client.get(path)
    assert client.text.count("KP-2026-") >= 1


def test_a_draft_is_edited_and_removed(client: Browser, session: Session) -> None:
    inspection = made.case(findings=1)
    task = made.drafts(inspection)[0]
    session.commit()
    task_id = task.id
    client.sign_in("team-leader").get(f"/tasks/{task_id}/edit")
    client.submit(
        "form[action$='/edit']",
        {"text": "Ban hành quy chế", "deadline_kind": "fixed", "due_on": "30/9/2026", "report_due_on": ""},
    )
    client.get(f"/tasks/{task_id}/edit")
    client.submit("form[action$='/edit']", {"due_on": "32/9/2026"}, expect=422)
    client.get(f"/tasks/{task_id}/edit")
    client.submit("form[action$='/remove']")
    client.get(f"/tasks/{task_id}/edit", expect=404)


def test_a_stale_draft_form_is_refused_and_keeps_the_text(client: Browser, session: Session) -> None:
    task = made.drafts(made.case(findings=1))[0]
    session.commit()
    client.sign_in("team-leader").get(f"/tasks/{task.id}/edit")
    client.submit(
        "form[action$='/edit']", {"text": "Bản của tôi", "version": str(task.version - 1)}, expect=409
    )
    assert "Phần vừa nhập vẫn được giữ" in client.text
    assert client.page.select_one("textarea[name=text]").get_text().strip() == "Bản của tôi"
    client.submit(
        "form[action$='/edit']", {"deadline_kind": "fixed", "due_on": "30/9/2026", "report_due_on": ""}
    )


def test_a_task_is_added_by_hand(client: Browser, session: Session) -> None:
    inspection = made.case(findings=1)
    session.commit()
    client.sign_in("planner").get(f"/inspected-units/{inspection.units[0].id}/remediation/add")
    client.submit("form[action$='/add']", {"text": "Rà soát quy trình nội bộ"}, expect=422)
    client.submit("form[action$='/add']", {"due_on": "30/9/2026"})
    client.follow()
    assert "Rà soát quy trình nội bộ" in client.text


def test_a_finding_without_a_task_says_why(client: Browser, session: Session) -> None:
    inspection = made.case(findings=1)
    session.commit()
    client.sign_in("team-leader").get(f"/inspections/{inspection.id}/remediation")
    assert client.page.select("form[action$='/no-task'] [maxlength]") == []
    client.submit("form[action$='/no-task']", {"reason": "x" * 501}, expect=422)
    assert "500" in client.page.select_one("p.invalid-feedback").get_text()
    client.submit("form[action$='/no-task']", {"reason": "Rút kinh nghiệm"})
    client.follow()
    assert client.page.select_one("input[name=reason]")["value"] == "Rút kinh nghiệm"


@pytest.mark.parametrize("part", ["head", "officer", "observer", "outsider"])
def test_the_plan_is_unknown_to_units_and_observers(client: Browser, session: Session, part: str) -> None:
    inspection = made.case()
    session.commit()
    client.sign_in(part).get(f"/inspections/{inspection.id}/remediation", expect=404)


def test_a_draft_task_has_no_page(client: Browser, session: Session) -> None:
    task = made.drafts(made.case(findings=1))[0]
    session.commit()
    client.sign_in("head").get(f"/tasks/{task.id}", expect=404)
    client.sign_in("follower").get(f"/tasks/{task.id}", expect=404)


def test_the_units_people_see_their_task_and_others_never_learn_of_it(
    client: Browser, session: Session
) -> None:
    task = made.issued()[0]
    client.sign_in("head").get(f"/tasks/{task.id}")
    assert "Chậm nhất hết ngày 30/9/2026 (thứ Tư)" in client.text
    assert "Còn 05 ngày làm việc" in client.text
    for part in ("other-head", "outsider"):
        client.sign_in(part).get(f"/tasks/{task.id}", expect=404)


def test_the_head_assigns_the_officer_reports_the_head_submits_the_follower_accepts(
    client: Browser, session: Session
) -> None:
    task = made.issued()[0]
    task_id = task.id
    client.sign_in("head").get(f"/tasks/{task_id}/assign")
    client.submit("form[action$='/assign']", {"lead": str(cast.person(cast.OFFICER).id)})
    client.sign_in("officer").get(f"/tasks/{task_id}/progress")
    client.submit(
        "form[action$='/progress']",
        {"status": "done", "text": "Đã niêm yết", "reference": "31/TB-UBND", "document_on": "10/9/2026"},
    )
    client.sign_in("head").get(f"/tasks/{task_id}")
    client.submit("form[action$='/submit']")
    client.sign_in("follower").get(f"/tasks/{task_id}")
    client.submit("form[action$='/accept']:not([action*='results'])")
    client.follow()
    assert "Đã công nhận hoàn thành" in client.text
    session.expire_all()
    assert task.state is TaskState.ACCEPTED


def test_a_click_that_comes_too_late_says_so(client: Browser, session: Session) -> None:
    task = made.submitted(made.issued()[0])
    client.sign_in("follower").get(f"/tasks/{task.id}")
    client.submit("form[action$='/accept']:not([action*='results'])")
    client.get(f"/tasks/{task.id}")
    client.post(f"/tasks/{task.id}/accept", {"version": "1"}, expect=409)
    assert "vừa được đồng chí" in client.text
    assert client.page.select("form[action$='/accept']") == []


def test_a_file_is_sent_and_read_back_only_by_those_who_see_the_task(
    client: Browser, session: Session
) -> None:
    task = made.issued()[0]
    client.sign_in("officer").get(f"/tasks/{task.id}/progress")
    token = client.page.select_one("input[name=csrf_token]")["value"]
    data = {
        "csrf_token": token, "status": "done", "text": "Đã chụp ảnh niêm yết", "version": str(task.version),
        "files": (io.BytesIO(made.PDF), "anh.pdf"),
    }  # fmt: skip
    client.client.post(
        f"/tasks/{task.id}/progress",
        data=data,
        content_type="multipart/form-data",
        headers={"Referer": "http://localhost/"},
    )
    session.expire_all()
    stored = task.progress[0].files[0]
    path = f"/tasks/{task.id}/files/{stored.id}"
    assert client.get(path).get_data() == made.PDF
    client.sign_in("other-head").get(path, expect=404)


def test_the_office_enters_a_paper_report_for_several_tasks(client: Browser, session: Session) -> None:
    tasks = made.issued(findings=2)
    unit_id = tasks[0].lead_unit_id
    client.sign_in("clerk").get(f"/units/{unit_id}/for-unit/remediation-report?task={tasks[0].id}")
    client.submit(
        "form[action$='/remediation-report']",
        {"reference": "87/BC-UBND", "document_on": "18/9/2026", "task_ids": [str(task.id) for task in tasks]},
    )
    session.expire_all()
    assert {task.state for task in tasks} == {TaskState.SUBMITTED}
    client.get(f"/tasks/{tasks[0].id}")
    assert "nhập thay đơn vị" in client.text
    assert "Vũ Thị Ví Dụ (nhập thay UBND xã Long Phước)" in client.text


def test_the_units_own_report_is_refused_for_another_unit(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("officer").get(f"/units/{task.lead_unit_id}/remediation-report")
    client.submit("form[action$='/remediation-report']", {"reference": "1/BC"}, expect=422)
    client.sign_in("other-head").get(f"/units/{task.lead_unit_id}/remediation-report", expect=404)
    client.sign_in("follower").get(f"/units/{task.lead_unit_id}/remediation-report", expect=403)
    client.sign_in("head").get(f"/units/{task.lead_unit_id}/for-unit/remediation-report", expect=403)


def test_returned_extended_and_handed_over_through_their_forms(client: Browser, session: Session) -> None:
    task = made.submitted(made.issued()[0])
    client.sign_in("follower").get(f"/tasks/{task.id}/send-back")
    client.submit("form[action$='/send-back']", {"comment": "Thiếu ảnh"}, expect=422)
    client.submit("form[action$='/send-back']", {"due_on": "28/9/2026"})
    client.get(f"/tasks/{task.id}/extend")
    client.submit(
        "form[action$='/extend']", {"new_due_on": "30/10/2026", "reason": "Chờ phần mềm"}, expect=422
    )
    head, leader = str(cast.person(cast.HEAD).id), str(cast.person(cast.LEADER).id)
    client.submit("form[action$='/extend']", {"requested_by": head, "decided_by": leader}, expect=422)
    client.submit("form[action$='/extend']", {"reference": "512/SNV-CCHC ngày 23/9/2026"})
    client.follow()
    assert "Đã gia hạn 01 lần; thời hạn ban đầu 30/9/2026" in client.text
    client.get(f"/tasks/{task.id}/hand-over")
    checker = str(cast.person(cast.CONTENT_CHECKER).id)
    client.submit("form[action$='/hand-over']", {"follower_id": checker, "reason": "Nghỉ phép"})
    client.sign_in("officer").get(f"/tasks/{task.id}")
    assert "Thiếu ảnh" in client.text


def test_products_are_judged_one_by_one(client: Browser, session: Session) -> None:
    task = made.submitted(made.issued()[0])
    result = task.results[0].id
    client.sign_in("follower").get(f"/tasks/{task.id}")
    client.submit(f"form[action$='/results/{result}/accept']")
    client.get(f"/tasks/{task.id}")
    version = client.page.select_one("input[name=version]")
    assert version is not None
    values = {"comment": "", "version": str(version["value"])}
    client.post(f"/tasks/{task.id}/results/{result}/return", values, expect=422)
    told = client.page.select_one(f"#nx-{result}-error")
    assert told is not None
    assert "Nêu rõ nội dung cần bổ sung." in told.get_text()
    assert client.page.select_one(f"#nx-{result}[aria-invalid=true][aria-describedby='nx-{result}-error']")
    assert client.text.count("Nêu rõ nội dung cần bổ sung.") == 1
    client.get(f"/tasks/{task.id}")
    client.post(f"/tasks/{task.id}/results/999999/accept", {"comment": ""}, expect=404)
    client.sign_in("head").get(f"/tasks/{task.id}")
    client.post(f"/tasks/{task.id}/results/{result}/accept", {"comment": ""}, expect=403)


def test_the_units_lists_show_what_is_overdue_and_what_is_not_acknowledged(
    client: Browser, session: Session
) -> None:
    made.issued(due_on=date(2026, 9, 11))
    made.progressed(made.issued(units=(cast.AN_PHUOC,))[0], by=cast.OTHER_HEAD, status=ProgressStatus.DOING)
    client.sign_in("head").get("/remediation?show=overdue")
    assert "Quá hạn 12 ngày" in client.text
    assert "An Phước" not in client.text
    client.get("/remediation/received")
    assert "Chưa xác nhận" in client.text
    client.get("/remediation?q=khong+co+gi")
    assert "Không có nội dung khắc phục nào phù hợp" in client.text
    client.get("/remediation?cursor=xyz", expect=400)


def test_an_observer_reads_a_task_without_names(client: Browser, session: Session) -> None:
    task = made.submitted(made.issued()[0])
    client.sign_in("observer").get(f"/tasks/{task.id}")
    assert "Mai Thị Làm Mẫu" not in client.text
    assert "Phạm Thị Thí Dụ" not in client.text
