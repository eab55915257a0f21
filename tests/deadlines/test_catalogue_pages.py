"""Calendar, deadlines and settings on screen."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.deadlines import queries
from app.deadlines.models import DayKind
from app.deadlines.settings import MAX_MILESTONES, ONE_STEP_ACCEPTANCE, REGISTRY
from tests.conftest import Browser
from tests.queries import count_queries


def test_the_catalogue_shows_the_rooms_one_may_enter(client: Browser) -> None:
    client.sign_in("administrator").get("/catalogue")
    assert "Cán bộ, tài khoản" in client.text and "Nhập từ tệp" in client.text
    assert "Chữ ký số của cơ quan" in client.text and "Ủy quyền ký văn bản" not in client.text
    client.sign_in("clerk").get("/catalogue")
    assert "Ủy quyền ký văn bản" in client.text and "Chữ ký số của cơ quan" not in client.text
    client.get("/documents")
    assert client.page.select_one(
        'main a[href="/documents/delegations"], header a[href="/documents/delegations"]'
    )
    client.sign_in("member").get("/catalogue")
    assert "Cài đặt của cơ quan" in client.text and "Cán bộ, tài khoản" not in client.text
    for link in client.page.select("main a"):
        client.get(str(link["href"]))


def test_the_calendar_shows_the_days_of_a_year_with_what_is_unchecked(client: Browser) -> None:
    client.sign_in("member").get("/calendar?year=2026")
    assert "31/8/2026" in client.text and "Dự kiến" in client.text
    client.get("/calendar?version=99", expect=404)


def test_a_new_version_adds_replaces_and_removes_days(client: Browser, session: Session) -> None:
    client.sign_in("administrator").get("/calendar/publish")
    client.submit(
        data={
            "added": "28/9/2026; Nghỉ; Nghỉ thử; Thông báo số 12/TB-BNV ngày 20/9/2026\n"
            "03/10/2026; Làm việc; Làm bù ngày 28/9",
            "removed": ["2026-11-24"],
            "effective_from": "23/9/2026",
            "note": "Thử",
        }
    )
    session.expire_all()
    days = {entry.day: entry for entry in queries.get_calendar_version(2).days}
    assert days[date(2026, 9, 28)].verified and not days[date(2026, 10, 3)].verified
    assert days[date(2026, 10, 3)].kind is DayKind.WORKED
    assert date(2026, 11, 24) not in days and date(2026, 8, 31) in days
    assert date(2026, 11, 24) in {entry.day for entry in queries.get_calendar_version(1).days}
    client.follow()
    assert "Đã công bố lịch phiên bản 2." in client.text


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"added": "ngày mai"}, 422, "Dòng 1: nhập “ngày; Nghỉ hoặc Làm việc; tên; nguồn”."),
        ({"added": "31/02/2027; Nghỉ; Tết"}, 422, "Dòng 1: Không có ngày 31/02/2027"),
        ({"added": "28/9/2026; Nghỉ; A\n28/9/2026; Nghỉ; B"}, 422, "Ngày 28/9/2026 được nhập hai lần."),
        ({"added": "28/9/2026; Làm việc; A"}, 422, "ngày làm bù phải là thứ Bảy hoặc Chủ nhật"),
        ({"added": "  "}, 422, "Nhập ít nhất một ngày thêm"),
        ({"note": ""}, 422, "Ghi chú: Cần nhập nội dung này."),
        ({"effective_from": "01/01/1900"}, 303, ""),
    ],
)
def test_a_calendar_with_a_mistake_is_not_published(
    client: Browser, session: Session, change: dict[str, str], status: int, said: str
) -> None:
    typed = {"added": "28/9/2026; Nghỉ; Nghỉ thử", "effective_from": "23/9/2026", "note": "Ghi chú thử"}
    client.sign_in("administrator").get("/calendar/publish")
    client.submit(data={**typed, **change}, expect=status)
    if status == 303:
        return
    assert said in client.text
    assert change.get("added", typed["added"]).split("\n")[0] in client.response.text
    session.expire_all()
    assert len(queries.list_calendar_versions()) == 1


def test_a_deadline_changes_for_the_future_and_notices_another_edit(
    client: Browser, session: Session
) -> None:
    client.sign_in("administrator").get("/deadline-profiles")
    path = "/deadline-profiles/noi_bo_cchc/notice"
    client.get(path)
    client.submit(data={"days": "400"}, expect=422)
    client.get(path)
    client.submit(data={"days": "7", "basis": "Quy chế thử", "event": "draft_received"})
    session.expire_all()
    rule = queries.find_rule("noi_bo_cchc", "notice")
    assert rule is not None and (rule.days, rule.number, rule.event) == (7, 2, "draft_received")
    client.get(path)
    assert "07 ngày làm việc kể từ ngày nhận dự thảo kết luận" in client.text
    stale = {"days": "9", "mode": "working", "until": "end", "rolls": "1", "event": "report_sent",
             "effective_from": "01/10/2026", "basis": "Căn cứ thử", "version": "1"}  # fmt: skip
    client.post(path, stale, expect=409)
    assert "vừa được người khác sửa" in client.text and "Căn cứ thử" in client.response.text
    client.get("/deadline-profiles/none/notice", expect=404)
    client.get("/deadline-profiles/noi_bo_cchc/none", expect=404)


def test_a_rule_is_looked_at_before_it_is_written(client: Browser, session: Session) -> None:
    client.sign_in("administrator").get("/deadline-profiles/noi_bo_cchc/remediation")
    typed = {"days": "10", "mode": "calendar", "until": "before", "start": "20/8/2026", "look": "1"}
    client.submit(data=typed, expect=200)
    assert "Trước ngày 03/9/2026 – 10 ngày kể từ ngày 20/8/2026; ngày 30/8/2026 là ngày nghỉ" in client.text
    client.submit(data={**typed, "days": ""}, expect=422)
    assert "Trước ngày 03/9" not in client.text
    session.expire_all()
    rule = queries.find_rule("noi_bo_cchc", "remediation")
    assert rule is not None and rule.number == 1


def test_anybody_sees_what_the_deadlines_of_a_day_would_be(client: Browser, session: Session) -> None:
    client.sign_in("member")
    with count_queries(session) as sent:
        client.get("/deadline-profiles?start=12/8/2026")
    assert len(sent) <= 12
    row = next(row for row in client.page.select("tbody tr") if "Khắc phục tồn tại" in row.text)
    assert "20 ngày làm việc kể từ ngày ký thông báo" in row.text and "11/9/2026 (thứ Sáu)" in row.text
    client.get("/deadline-profiles?start=hôm nào", expect=422)
    assert client.page.select(".is-invalid")


def test_all_settings_stand_on_one_page_with_few_queries(client: Browser, session: Session) -> None:
    client.sign_in("member")
    with count_queries(session) as sent:
        client.get("/settings")
    assert len(client.page.select("tbody tr")) == len(REGISTRY)
    assert len(sent) <= 10


def test_a_setting_gets_a_new_value_from_a_day_on_and_keeps_its_history(
    client: Browser, session: Session
) -> None:
    client.sign_in("administrator").get(f"/settings/{MAX_MILESTONES.key}")
    client.submit(data={"value": "2", "effective_from": "01/10/2026"})
    client.follow()
    assert len(client.page.select("tbody tr")) == 2
    session.expire_all()
    assert queries.setting(MAX_MILESTONES) == 3
    assert queries.setting(MAX_MILESTONES, date(2026, 10, 1)) == 2
    client.get(f"/settings/{ONE_STEP_ACCEPTANCE.key}")
    client.submit(data={"value": "0", "effective_from": "23/9/2026"})
    session.expire_all()
    assert queries.setting(ONE_STEP_ACCEPTANCE) is False


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"value": "nhiều", "effective_from": "01/10/2026"}, 422, "nhập số nguyên từ 1 đến 3"),
        ({"value": "2", "effective_from": "22/9/2026"}, 422, "Ngày áp dụng không sớm hơn hôm nay"),
        ({"value": "", "effective_from": ""}, 422, "Cần nhập nội dung này."),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(
    client: Browser, typed: dict[str, str], status: int, said: str
) -> None:
    client.sign_in("administrator").get(f"/settings/{MAX_MILESTONES.key}")
    client.submit(data=typed, expect=status)
    assert said in client.text
    assert client.page.select(".is-invalid")


def test_only_an_administrator_changes_them(client: Browser) -> None:
    client.sign_in("planner").get("/settings")
    for path in (
        "/calendar/publish",
        "/deadline-profiles/noi_bo_cchc/notice",
        f"/settings/{ONE_STEP_ACCEPTANCE.key}",
    ):
        client.get(path, expect=403)
        client.post(path, expect=403)
    client.sign_in("administrator").get("/settings/none", expect=404)
