"""What is looked at before a notice goes up."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.documents import chain
from app.documents.chain import TextChange
from app.errors import DomainError
from app.findings.models import FindingState
from app.form_library.schema import Level as Severity
from app.form_library.values import Result
from app.inspections.models import Inspection
from app.notices import annex_checks, annexes, checks, services
from app.notices.checked import Check, Page
from app.notices.models import Notice
from app.notices.record import gather
from tests import cast
from tests.conftest import Browser
from tests.factories import notices


def run(notice: Notice) -> tuple[Check, ...]:
    return checks.run(notice, gather(notice))


def looks(notice: Notice) -> list[str]:
    return [check.text for check in run(notice) if not check.ok]


def found(notice: Notice, words: str) -> Check:
    return next(check for check in run(notice) if words in check.text and not check.ok)


def say(notice: Notice, key: str, text: str) -> None:
    services.edit_texts(notice, [TextChange(key, text)], version=None, actor=cast.actor(cast.PLANNER))


def test_a_sound_notice_has_only_its_near_date_to_look_at(session: Session) -> None:
    notice = notices.drafted()
    assert looks(notice) == ["Thời hạn 28/9/2026 quá gần: còn 03 ngày làm việc."]
    assert checks.refusing(run(notice)) == ()
    assert "Không có lời khen mâu thuẫn với tồn tại" in [check.text for check in run(notice) if check.ok]


def test_a_content_without_answer_stops_it(session: Session) -> None:
    notice = notices.drafted(notices.reported(results={"MC-05": Result.NOT_MET, "MC-11": Result.MET}))
    check = found(notice, "chưa có kết quả")
    assert (
        check.hard
        and check.text == "Có 01 nội dung trong phạm vi chưa có kết quả."
        and "CĐ-01" in check.detail
    )


def test_findings_nobody_decided_or_nobody_included_stop_it(session: Session) -> None:
    notice = notices.drafted()
    notices.finding(notice.units[0], "Chưa thống nhất", state=FindingState.OPINION_TAKEN)
    notices.finding(notice.units[0], "Chưa đưa vào", criterion="MC-11")
    assert found(notice, "chưa được thống nhất").hard and found(notice, "chưa có trong thông báo").hard


def test_a_finding_the_unit_was_not_asked_about_stops_it(session: Session) -> None:
    notice = notices.drafted()
    notice.items[0].finding.in_minutes = False
    with session.no_autoflush:
        check = next(c for c in checks._minutes(gather(notice), _pieces(notice)))
    assert check.text == "Có 01 tồn tại, hạn chế chưa nêu trong biên bản đã ký." and check.hard
    assert check.where == "Mục II.1"
    notice.items[0].finding.in_minutes = True


def _pieces(notice: Notice):
    from app.notices import texts

    return texts.pieces_of(notice, gather(notice))


def test_praise_beside_a_serious_finding_of_the_same_group_is_pointed_at(session: Session) -> None:
    inspection = notices.reported()
    notices.finding(
        inspection.units[0], "Nhận hồ sơ ngoài quy định", criterion="MC-11", severity=Severity.SERIOUS
    )
    notices.propose(inspection)
    check = found(notices.drafted(inspection), "mâu thuẫn")
    assert not check.hard and check.where == "Mục I.1"


def test_a_date_on_a_day_off_is_pointed_at_with_a_better_one(session: Session) -> None:
    notice = notices.drafted()
    task = gather(notice).tasks[0]
    task.due_on, task.report_due_on = date(2026, 10, 31), date(2026, 11, 4)
    check = found(notice, "31/10/2026")
    assert check.text == "Thời hạn 31/10/2026 rơi vào thứ Bảy." and check.detail == "Đề xuất 30/10/2026."
    assert check.where == "Phụ lục, dòng 1"


def test_a_date_that_has_passed_stops_it(session: Session) -> None:
    notice = notices.drafted()
    task = gather(notice).tasks[0]
    task.due_on = date(2026, 9, 22)
    assert found(notice, "không sau ngày hôm nay").hard


def test_a_citation_out_of_force_in_the_period_is_pointed_at(session: Session) -> None:
    notice = notices.drafted()
    notice.items[0].finding.basis = "Điều 5 Nghị định số 61/2018/NĐ-CP"
    assert "61/2018/NĐ-CP không có hiệu lực trong thời kỳ kiểm tra" in " ".join(looks(notice))


def test_names_of_people_in_the_common_part_are_pointed_at(session: Session) -> None:
    notice = notices.drafted()
    say(
        notice,
        "organisation",
        "Giao Nguyễn Văn Giả Thiết tổ chức thực hiện.\nBáo cáo đồng chí Trần Thị Thí Dụ.",
    )
    told = [check.text for check in run(notice) if "tên cá nhân" in check.text]
    assert told == [
        "Có tên cá nhân trong phần chung: Nguyễn Văn Giả Thiết.",
        "Có tên cá nhân trong phần chung: Trần Thị Thí Dụ.",
    ]


def test_a_broken_chain_says_what_is_missing(session: Session) -> None:
    inspection = notices.reported(report=False)
    inspection.plan_citation = ""
    assert found(notices.drafted(inspection), "Chuỗi văn bản").text == (
        "Chuỗi văn bản còn thiếu: kế hoạch, báo cáo của Đoàn."
    )


def test_tasks_need_a_product_and_a_lead_that_exists(session: Session) -> None:
    notice = notices.drafted()
    task = gather(notice).tasks[0]
    task.results = []
    task.lead_unit.valid_to = date(2026, 9, 1)
    with session.no_autoflush:
        check = next(iter(annex_checks.tasks(notice, gather(notice), notices.NOTICE_DAY)))
    assert check.hard and check.text == (
        "Nội dung khắc phục ở dòng 1 chưa có đơn vị chủ trì đang hoạt động, sản phẩm, kết quả."
    )
    session.rollback()


def test_tasks_without_follower_are_one_line_that_leads_to_the_field(
    client: Browser, session: Session
) -> None:
    notice = notices.drafted(notices.reported(units=(cast.LONG_PHUOC, cast.LONG_THANH)))
    for task in gather(notice).tasks:
        task.follower_id = None
    assert not [text for text in looks(notice) if "người theo dõi" in text]
    notice.follower_id = None
    check = found(notice, "người theo dõi")
    assert check.text == (
        "Nội dung khắc phục ở Phụ lục I, dòng 1; Phụ lục II, dòng 1 chưa có người theo dõi."
    )
    assert check.hard
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/notices/{notice.id}")
    line = next(line for line in client.page.select(".kl-checks li") if "Phụ lục II, dòng 1" in line.text)
    assert line.a is not None and line.a["href"] == f"/notices/{notice.id}/details"
    assert annexes.in_runs([1, 2, 3, 5]) == "1–3, 5"


def test_a_cause_or_responsibility_that_is_missing_is_pointed_at(session: Session) -> None:
    notice = notices.drafted()
    one = notice.items[0].finding
    one.subjective_causes, one.objective_causes = [], []
    one.responsible_collective = one.responsible_post = ""
    check = found(notice, "nguyên nhân")
    assert not check.hard and check.page is Page.AGREEMENT
    assert check.text == (
        "Phụ lục I: 01 tồn tại, hạn chế chưa ghi nguyên nhân, 01 tồn tại, hạn chế chưa ghi trách nhiệm."
    )


def test_the_missing_report_of_the_team_leads_to_where_it_is_recorded(
    client: Browser, session: Session
) -> None:
    notice = notices.drafted(notices.reported(report=False))
    case = f"/inspections/{notice.inspection_id}"
    for part, address in ((cast.TEAM_LEADER, f"{case}/team-report"), (cast.PLANNER, case)):
        client.sign_in(part).get(f"/notices/{notice.id}")
        line = next(line for line in client.page.select(".kl-checks li") if "báo cáo của Đoàn" in line.text)
        assert line.a is not None and line.a["href"] == address


def test_a_finding_without_task_needs_its_reason(session: Session) -> None:
    notice = notices.drafted(notices.reported(tasks=False))
    assert found(notice, "chưa có nội dung khắc phục").hard
    notice.items[0].finding.no_task_reason = "Đã hết hiệu lực thủ tục"
    assert "chưa có nội dung khắc phục" not in " ".join(looks(notice))


def test_a_clean_group_needs_reason_and_sample(session: Session) -> None:
    inspection: Inspection = notices.reported(
        results={"MC-05": Result.NOT_MET, "MC-11": Result.MET, "CĐ-01": Result.MET}
    )
    notice = notices.drafted(inspection)
    check = found(notice, "không có tồn tại")
    assert check.hard
    assert check.detail == "Ghi tại trang Tổng hợp, thống nhất trong Đoàn: Chỉ đạo, điều hành."
    with pytest.raises(DomainError, match="chưa ghi lý do và mẫu đã xem"):
        chain.submit(notice.document, actor=cast.actor(cast.PLANNER))
    notices.explain_clean(notice.units[0], "CĐ-01")
    assert "không có tồn tại" not in " ".join(looks(notice))
    chain.submit(notice.document, actor=cast.actor(cast.PLANNER))


def test_a_group_whose_finding_was_left_out_comes_out_clean(session: Session) -> None:
    notice = notices.drafted(
        notices.reported(results={"MC-05": Result.NOT_MET, "MC-11": Result.MET, "CĐ-01": Result.PARTLY})
    )
    made = notices.finding(notice.units[0], "Ban hành chậm", criterion="CĐ-01")
    assert "chưa ghi lý do" not in " ".join(looks(notice))
    made.state, made.left_out_reason = FindingState.LEFT_OUT, "Đã giải trình"
    assert found(notice, "chưa ghi lý do và mẫu đã xem").hard


def test_not_applicable_needs_its_reason(session: Session) -> None:
    inspection = notices.reported(
        results={"MC-05": Result.NOT_MET, "MC-11": Result.NOT_APPLICABLE, "CĐ-01": Result.NOT_EXAMINED}
    )
    assert "không áp dụng" not in " ".join(looks(notices.drafted(inspection)))


def test_dates_are_judged_from_the_day_of_the_paper(session: Session) -> None:
    notice = notices.drafted()
    with clock.frozen(clock.at(date(2026, 9, 28))):
        assert any("28/9/2026 không sau ngày hôm nay" in c.text for c in checks.run(notice, gather(notice)))
        late = checks.run(notice, gather(notice), on=date(2026, 9, 22))
    assert not checks.refusing(late)


@pytest.mark.parametrize(
    "line",
    [
        "Chỉ đạo khắc phục 02 nội dung tại Phụ lục kèm theo",
        "Hoàn thành chậm nhất ngày 29/9/2026",
        "Báo cáo kết quả khắc phục về Sở Nội vụ trước ngày 28/9/2026",
    ],
)
def test_figures_typed_into_the_requests_agree_with_the_annex(session: Session, line: str) -> None:
    notice = notices.drafted()
    notice.sections = {"requests": line}
    stopping = checks.refusing(checks.run(notice, gather(notice)))
    assert [check.text for check in stopping] == ["Số liệu ở mục đề nghị không khớp Phụ lục."]
    assert not checks.refusing(checks.run(notice, gather(notice), elsewhere=True))
    notice.sections = {
        "requests": "Khắc phục 01 nội dung chậm nhất ngày 28/9/2026\nBáo cáo trước ngày 01/10/2026"
    }
    assert not checks.refusing(checks.run(notice, gather(notice)))
