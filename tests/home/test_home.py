"""Việc của tôi: what each role finds, first things first; search; the unit's page; the menu."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.audit import timeline
from app.audit.models import Event
from app.audit.sentences import SENTENCES, text_of
from app.deadlines.badge import DeadlineKind
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, IssueWay
from app.home import work
from app.inspections import services as inspections
from app.notices.models import Notice
from app.remediation.models import TaskState
from tests import cast
from tests.conftest import ROOT, Browser
from tests.factories import inspections as cases
from tests.factories import notices as papers
from tests.factories import remediation as made


def verbs(client: Browser) -> list[str]:
    return [b.get_text() for b in client.page.select(".kl-task h3 b")]


def groups(client: Browser) -> list[str]:
    return [p.get_text() for p in client.page.select(".kl-group")]


def numbers(client: Browser) -> list[str]:
    return [b.get_text() for b in client.page.select(".kl-numbers b")]


def notice_in(state: DocumentState, session: Session) -> Notice:
    """A notice at this step of its chain, drafted by the planner, to be signed by the leader."""
    inspection = cases.decided()
    numbered = state in (DocumentState.SIGNED, DocumentState.SEALED)
    document = Document(
        kind=DocumentKind.CONCLUSION_NOTICE, way=IssueWay.HERE, state=state,
        subject="Kết luận kiểm tra một cửa",
        issuer_name="Sở Nội vụ", symbol="TB-SNV", number=77 if numbered else None,
        drafter_id=cast.person(cast.PLANNER).id, signer_id=cast.person(cast.LEADER).id,
    )  # fmt: skip
    session.add(document)
    session.flush()
    notice = Notice(document_id=document.id, inspection_id=inspection.id)
    session.add(notice)
    session.commit()
    return notice


@pytest.mark.parametrize(
    ("state", "part", "verb", "group"),
    [
        (DocumentState.CONTENT_CHECK, "checker", "Kiểm tra nội dung", "Chờ tôi kiểm tra nội dung · 01"),
        (DocumentState.FORM_CHECK, "clerk", "Kiểm tra thể thức", "Chờ xử lý · 01"),
        (DocumentState.APPROVAL, "leader", "Duyệt", "Chờ tôi duyệt, ký · 01"),
        (DocumentState.APPROVED, "leader", "Ký", "Chờ tôi duyệt, ký · 01"),
        (DocumentState.SIGNED, "clerk", "Đóng dấu", "Đã ký, chờ đóng dấu, ban hành · 01"),
        (DocumentState.SEALED, "clerk", "Ban hành", "Đã ký, chờ đóng dấu, ban hành · 01"),
        (DocumentState.DRAFT, "planner", "Hoàn thiện, trình", "Chờ xử lý · 01"),
    ],
)
def test_a_notice_waits_for_the_one_whose_turn_it_is(
    client: Browser, session: Session, state: DocumentState, part: str, verb: str, group: str
) -> None:
    notice_in(state, session)
    client.sign_in(part).get("/")
    assert (verbs(client), groups(client)) == ([verb], [group])
    for other in {"checker", "clerk", "leader", "planner"} - {part}:
        client.sign_in(other).get("/")
        assert verb not in verbs(client)


def test_the_clerk_is_reminded_of_receipts_nobody_recorded(client: Browser, session: Session) -> None:
    made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    client.sign_in("clerk").get("/")
    assert "việc tiếp nhận thông báo của 02 đơn vị chưa xác nhận" in client.text


def test_nobody_sees_home_without_signing_in(client: Browser, session: Session) -> None:
    client.get("/", expect=303)
    assert "/sign-in" in client.response.headers["Location"]


def test_who_has_nothing_to_do_is_told_so(client: Browser, session: Session) -> None:
    client.sign_in("leader").get("/")
    assert "Hiện không có việc nào chờ xử lý." in client.text
    assert numbers(client) == ["00", "00", "00"]


def test_the_planner_completes_drafts_and_records_decisions(client: Browser, session: Session) -> None:
    cases.draft("Kiểm tra một cửa", team=False, criteria=())
    cases.draft("Kiểm tra kỷ luật, kỷ cương")
    session.commit()
    client.sign_in("planner").get("/")
    assert sorted(verbs(client)) == ["Ghi nhận quyết định kiểm tra", "Hoàn thiện"]


def test_after_the_last_visit_the_leader_and_the_secretary_record_the_report_of_the_team(
    client: Browser, session: Session
) -> None:
    inspection = papers.reported(tasks=False, report=False)
    for part in ("team-leader", "secretary"):
        client.sign_in(part).get("/")
        assert verbs(client) == ["Ghi nhận báo cáo của Đoàn"]
        assert client.page.select_one(f"a[href='/inspections/{inspection.id}/team-report']")
    client.sign_in("member").get("/")
    assert verbs(client) == []


def test_after_the_report_tasks_are_proposed_by_whoever_plans_them(client: Browser, session: Session) -> None:
    inspection = papers.reported(tasks=False)
    for part in ("planner", "team-leader", "secretary"):
        client.sign_in(part).get("/")
        assert verbs(client) == ["Dự kiến nội dung khắc phục"]
        assert client.page.select_one(f"a[href='/inspections/{inspection.id}/remediation']")


def test_once_the_tasks_stand_the_notice_waits_for_planner_and_secretary(
    client: Browser, session: Session
) -> None:
    inspection = papers.reported()
    for part in ("planner", "secretary"):
        client.sign_in(part).get("/")
        assert verbs(client) == ["Soạn thông báo kết luận"]
        client.get(f"/inspections/{inspection.id}/notices/new")
    client.sign_in("team-leader").get("/")
    assert verbs(client) == []
    papers.drafted(inspection)
    session.commit()
    client.sign_in("secretary").get("/")
    assert "Soạn thông báo kết luận" not in verbs(client)


def test_a_finding_excused_from_a_task_does_not_hold_the_notice_up(client: Browser, session: Session) -> None:
    inspection = papers.reported(tasks=False)
    for finding in papers.gather_findings(inspection):
        finding.no_task_reason = "Rút kinh nghiệm"
    session.commit()
    client.sign_in("planner").get("/")
    assert verbs(client) == ["Soạn thông báo kết luận"]


def test_a_day_of_review_is_not_called_a_deadline(client: Browser, session: Session) -> None:
    [task] = made.issued(kind=DeadlineKind.CONTINUING)
    made.submitted(task)
    client.sign_in("follower").get("/")
    when = client.page.select_one(".kl-task__when small")
    assert when is not None
    assert when.get_text() == "Rà soát 15/10/2026"


def test_the_follower_finds_submitted_tasks_first_then_overdue(client: Browser, session: Session) -> None:
    tasks = made.issued(findings=3)
    tasks[1].due_on, tasks[2].due_on = date(2026, 9, 11), date(2026, 12, 1)
    session.commit()
    made.submitted(tasks[0])
    client.sign_in("follower").get("/")
    assert groups(client)[0] == "Đã báo cáo, chờ thẩm tra · 01"
    assert verbs(client)[:2] == ["Thẩm tra", "Đôn đốc"]
    assert "Quá hạn 12 ngày" in client.text
    assert "Đang theo dõi 01 nội dung khác" in client.text
    assert client.page.select_one(".kl-nav .kl-count") is not None


def test_the_three_numbers_filter_the_list(client: Browser, session: Session) -> None:
    tasks = made.issued(findings=2, due_on=date(2026, 9, 11))
    tasks[1].due_on = date(2026, 9, 25)
    session.commit()
    client.sign_in("follower").get("/?show=over")
    assert numbers(client)[:2] == ["01", "01"]
    assert verbs(client) == ["Đôn đốc"]
    client.get("/?show=soon")
    assert verbs(client) == ["Nhắc"]


def test_the_team_leader_finds_visits_and_findings_to_agree(client: Browser, session: Session) -> None:
    inspection = cases.decided()
    cases.announced(inspection.units[0])
    session.commit()
    client.sign_in("team-leader").get("/")
    assert "Tổ chức buổi làm việc" in verbs(client)
    assert "làm việc tại UBND xã Long Phước" in client.text


def test_a_unit_never_learns_of_a_visit_that_was_not_announced(client: Browser, session: Session) -> None:
    inspection = cases.decided()
    cases.scheduled(inspection.units[0])
    session.commit()
    client.sign_in("head").get("/")
    assert "Đoàn kiểm tra làm việc" not in client.text
    inspections.announce(
        inspection.units[0].visits, "Công văn số 310/SNV-CCHC", actor=cast.actor(cast.SECRETARY)
    )
    session.commit()
    client.get("/")
    assert "Đoàn kiểm tra làm việc tại đơn vị" in client.text


def test_the_leader_sees_overdue_units_by_age(client: Browser, session: Session) -> None:
    tasks = made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=1, due_on=date(2026, 9, 20))
    tasks[1].due_on = date(2026, 8, 20)
    session.commit()
    client.sign_in("leader").get("/")
    card = client.page.select_one("section[aria-labelledby=qh]")
    assert card is not None
    rows = [" ".join(row.get_text(" ").split()) for row in card.select("li")]
    assert rows[0].startswith("UBND xã An Phước") and rows[0].endswith("trên 30 ngày: 01")
    assert "1–7 ngày: 01" in rows[1]


def test_observers_land_on_the_follow_up_table(client: Browser, session: Session) -> None:
    client.sign_in("observer").get("/", expect=303)
    assert client.response.headers["Location"].endswith("/follow-up")


def test_the_administrator_has_a_home(client: Browser, session: Session) -> None:
    client.sign_in("administrator").get("/")
    assert "Hiện không có việc nào chờ xử lý." in client.text


def test_somebody_without_a_role_is_told_whom_to_ask(client: Browser, session: Session) -> None:
    client.sign_in("outsider").get("/")
    assert "Tài khoản chưa được phân công vai trò nào" in client.text
    assert cast.person(cast.ADMINISTRATOR).name in client.text
    client.get("/guide")
    client.get("/catalogue", expect=403)


def test_the_bar_of_an_administrators_phone_leads_to_the_catalogue(client: Browser, session: Session) -> None:
    labels = {}
    for part in ("administrator", "planner", "head"):
        client.sign_in(part).get("/")
        labels[part] = [a.get_text(" ", strip=True) for a in client.page.select(".kl-bottom a")]
        if part == "head":
            assert client.page.select_one(".kl-nav a[href='/my-visits']") is not None
    client.sign_in("administrator").get("/")
    assert client.page.select_one(".kl-empty a[href='/catalogue']") is not None
    assert labels["administrator"] == ["Việc của tôi", "Danh mục", "Thêm"]
    assert "Danh mục" not in labels["planner"]


def test_a_unit_without_anything_due_gets_no_warning(client: Browser, session: Session) -> None:
    client.sign_in("head").get("/")
    assert client.page.select(".kl-lead") == []
    assert "Không còn nội dung nào sắp đến hạn." in client.text


def test_a_report_its_follower_keyed_in_waits_for_the_head_of_the_division(
    client: Browser, session: Session
) -> None:
    task = made.submitted(made.issued()[0], by=cast.FOLLOWER)
    client.sign_in("checker").get("/")
    assert verbs(client) == ["Thẩm tra"]
    client.sign_in("follower").get(f"/tasks/{task.id}")
    assert "Giao lại người theo dõi" in client.page.select_one(".kl-note").get_text()
    assert cast.person(cast.CONTENT_CHECKER).name in client.text
    assert client.page.select("form[action$='/accept']") == []
    client.sign_in("checker").get(f"/tasks/{task.id}")
    client.submit(".kl-object form[action$='/accept']")
    session.expire_all()
    assert task.state is TaskState.ACCEPTED
    assert task.accepted_by == cast.person(cast.CONTENT_CHECKER).id


def test_the_unit_finds_its_nearest_date_and_the_notice_to_acknowledge(
    client: Browser, session: Session
) -> None:
    tasks = made.issued(findings=2)
    tasks[1].due_on = date(2026, 9, 11)
    session.commit()
    client.sign_in("head").get("/")
    lead = client.page.select_one(".kl-lead")
    assert lead is not None
    assert [b.get_text() for b in lead.select("b")] == ["Quá hạn 12 ngày", "Còn 05 ngày làm việc"]
    assert "01 nội dung quá hạn" in lead.get_text()
    oath = client.page.select_one(".kl-oath")
    assert oath is not None
    assert oath.get_text().startswith(
        "Tôi, Nguyễn Văn Giả Thiết, Chủ tịch UBND xã Long Phước, xác nhận đã nhận đầy đủ"
    )
    client.submit("form[action$='/acknowledge']")
    client.get("/")
    assert client.page.select_one(".kl-oath") is None


def test_an_officer_reads_the_notice_but_only_the_head_confirms(client: Browser, session: Session) -> None:
    made.issued()
    client.sign_in("officer").get("/")
    assert "Thủ trưởng đơn vị xác nhận đã nhận." in client.text
    assert client.page.select("form[action$='/acknowledge']") == []


def test_what_was_assigned_to_the_officer_stands_first(client: Browser, session: Session) -> None:
    from app.remediation import services
    from app.remediation.values import AssignValues, Officer

    first, second = made.issued(findings=2)
    officer = Officer(person_id=cast.person(cast.OFFICER).id)
    services.assign(second, AssignValues(officer), actor=cast.actor(cast.HEAD))
    session.commit()
    client.sign_in("officer").get("/")
    links = [a["href"] for a in client.page.select(".kl-work h3 a")]
    assert links == [f"/tasks/{second.id}", f"/tasks/{first.id}"]


def test_another_unit_finds_nothing_of_it(client: Browser, session: Session) -> None:
    made.issued()
    client.sign_in("other-head").get("/")
    assert "Đơn vị không có nội dung nào đang khắc phục." in client.text
    client.get("/search?q=long+phuoc")
    assert "Không tìm thấy nội dung phù hợp" in client.text


@pytest.mark.parametrize("typed", ["long phuoc", "LONG PHƯỚC", "  Phước long "])
def test_search_ignores_marks_and_finds_unit_task_and_case(
    client: Browser, session: Session, typed: str
) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get(f"/search?q={typed}")
    assert "UBND xã Long Phước" in client.text
    assert task.code in client.text


def test_search_shows_the_units_own_things_only(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("head").get("/search?q=long+phuoc")
    assert task.code in client.text
    assert client.page.select("section[aria-labelledby=t-ckt]") == []


def test_the_whole_menu_and_the_guide_open_for_everybody(client: Browser, session: Session) -> None:
    for part in ("planner", "head", "observer"):
        client.sign_in(part).get("/more")
        client.get("/guide")
    first = client.page.select_one("main h2")
    assert first is not None
    assert first.get_text() == "Quan sát"


def test_news_say_who_did_what_to_which_task(client: Browser, session: Session) -> None:
    task = made.progressed(made.issued()[0])
    client.sign_in("follower").get("/")
    assert (
        f"Cập nhật kết quả: Đã khắc phục xong, {task.code}, UBND xã Long Phước – Mai Thị Làm Mẫu"
        in client.text
    )


def test_a_sentence_leaves_out_what_it_was_not_told() -> None:
    assert text_of("task_assigned", {}) == "Giao người thực hiện"
    assert (
        text_of("task_assigned", {"officers": "Mai Thị Làm Mẫu"}) == "Giao người thực hiện: Mai Thị Làm Mẫu"
    )
    assert text_of("task_returned", {"comment": "Thiếu ảnh"}) == "Đề nghị bổ sung: Thiếu ảnh"
    assert text_of("something_new", {}) == "Cập nhật hồ sơ"


def test_sentences_speak_without_a_subject_and_without_shouting() -> None:
    for sentence in SENTENCES.values():
        assert sentence.text[0].isupper()
        assert "!" not in sentence.text and "bạn" not in sentence.text.lower()


def test_a_timeline_can_leave_out_who_acted(session: Session) -> None:
    task = made.progressed(made.issued()[0])
    assert {entry.who for entry in timeline.timeline(task, names=False)} == {""}
    assert "Mai Thị Làm Mẫu" in {entry.who for entry in timeline.timeline(task)}
    assert timeline.timeline(task)[0].when == "10:00 hôm nay"


def test_an_event_of_another_day_says_its_date(session: Session) -> None:
    with clock.frozen(clock.at(date(2026, 9, 22), 16, 20)):
        task = made.progressed(made.issued()[0])
    assert session.query(Event).count() > 0
    assert timeline.timeline(task)[0].when == "16:20 ngày 22/9/2026"


def test_the_list_of_work_is_empty_for_who_has_no_part(session: Session) -> None:
    assert work.of(cast.actor(cast.GUEST)).total == 0


def test_every_event_the_product_records_has_a_sentence() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    recorded = set(re.findall(r"audit\.record\(\s*\"([a-z_]+)\"", code))
    moved = set(re.findall(r"Transition\(\s*\"[a-z_]+\", \([^)]*\), [A-Z]\.[A-Z_]+, \"([a-z_]+)\"", code))
    assert len(recorded) > 20 and len(moved) > 20
    assert (recorded | moved) - set(SENTENCES) == set()
