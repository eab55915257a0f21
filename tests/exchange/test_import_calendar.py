"""Days off from an official announcement: shown first, errors by line, then a new version of the calendar."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.deadlines import queries
from app.deadlines.models import DayKind
from app.exchange.calendar_file import COLUMNS
from app.extensions import db
from tests.conftest import Browser
from tests.exchange.files import csv_file, upload, xlsx
from tests.factories import remediation

PAPER = "Thông báo số 12/TB-BNV ngày 20/9/2026"
SWAP = [("28/9/2026", "Nghỉ", PAPER), ("03/10/2026", "Làm bù", PAPER)]


def look(client: Browser, rows: list[tuple[str, str, str]], *, csv: bool = False, expect: int = 200) -> None:
    data = csv_file(rows, COLUMNS, ";") if csv else xlsx(rows, COLUMNS)
    name = "lich.csv" if csv else "lich.xlsx"
    upload(client.sign_in("administrator"), data, name, "calendar", expect=expect)


def confirm(client: Browser, expect: int = 303) -> None:
    client.submit("main form[action$='/confirm']", expect=expect)


def versions(session: Session) -> list[int]:
    session.expire_all()
    return [version.number for version in queries.list_calendar_versions()]


@pytest.mark.parametrize("csv", [False, True])
def test_an_announcement_is_shown_first_and_becomes_the_next_version(
    client: Browser, session: Session, csv: bool
) -> None:
    confirmed = ("08/02/2027", "Nghỉ lễ", PAPER)
    rest = ("07/02/2027", "Nghỉ", PAPER)
    look(client, [*SWAP, confirmed, rest], csv=csv)
    assert [n.get_text() for n in client.page.select(".kl-numbers b")] == ["02", "01", "01", "00"]
    assert "nghỉ, dự kiến → đã xác nhận" in client.text and "đã là ngày nghỉ hằng tuần" in client.text
    assert versions(session) == [1]
    confirm(client)
    client.follow()
    assert "Đã ghi 02 dòng thêm mới, 01 dòng thay đổi." in client.text
    assert versions(session) == [2, 1]
    days = {entry.day: entry for entry in queries.get_calendar_version(2).days}
    assert all(days[day].verified for day in (date(2026, 9, 28), date(2026, 10, 3), date(2027, 2, 8)))
    assert days[date(2026, 10, 3)].kind is DayKind.WORKED and days[date(2027, 2, 8)].source == PAPER
    assert not days[date(2027, 2, 9)].verified and date(2027, 2, 7) not in days
    calendar = queries.current_calendar()
    assert not calendar.is_working(date(2026, 9, 28)) and calendar.is_working(date(2026, 10, 3))


def test_the_same_file_again_changes_nothing(client: Browser, session: Session) -> None:
    look(client, SWAP)
    confirm(client)
    look(client, SWAP)
    assert not client.page.select("main form[action$='/confirm']")
    assert versions(session) == [2, 1]


def test_each_wrong_line_is_named_and_nothing_is_written(client: Browser, session: Session) -> None:
    wrong = [
        ("", "Nghỉ", PAPER),
        ("31/02/2027", "Nghỉ", PAPER),
        ("28/9/2026", "Ốm", PAPER),
        ("29/9/2026", "Làm bù", PAPER),
        ("30/9/2026", "Nghỉ", ""),
        ("01/10/2026", "Nghỉ", PAPER),
        ("01/10/2026", "Nghỉ", PAPER),
    ]
    look(client, wrong, expect=422)
    for said in (
        "Nhập ngày.",
        "Không có ngày 31/02/2027",
        "Nhập “Nghỉ” hoặc “Làm bù”.",
        "ngày làm bù phải là thứ Bảy hoặc Chủ nhật",
        "Nhập số, ngày của văn bản thông báo.",
        "Ngày này đã có ở dòng 7.",
    ):
        assert said in client.text
    assert not client.page.select("main form[action$='/confirm']")
    assert versions(session) == [1]


def test_a_source_without_number_and_day_leaves_the_day_computed(client: Browser, session: Session) -> None:
    look(client, [("28/9/2026", "Nghỉ", "Theo tin đã đưa"), ("31/8/2026", "Nghỉ", "Theo tin đã đưa")])
    assert "ghi là dự kiến vì căn cứ chưa nêu số, ngày văn bản" in client.text
    assert "đã được xác nhận; căn cứ trong tệp chưa nêu số, ngày văn bản" in client.text
    confirm(client)
    session.expire_all()
    days = {entry.day: entry for entry in queries.get_calendar_version(2).days}
    assert not days[date(2026, 9, 28)].verified and days[date(2026, 8, 31)].verified


def test_a_day_may_turn_from_work_to_rest_and_open_dates_are_told_of(
    client: Browser, session: Session
) -> None:
    [task] = remediation.issued(due_on=date(2026, 9, 11))
    task.term_days, task.counted_from = 20, remediation.ISSUED_ON
    db.session.commit()
    look(client, [("22/8/2026", "Nghỉ", PAPER)])
    assert "làm việc → nghỉ" in client.text
    assert "lịch mới tính khác 01 thời hạn đang theo dõi, không thời hạn nào bị đổi" in client.text
    confirm(client)
    session.expire_all()
    assert task.due_on == date(2026, 9, 11)


def test_a_calendar_that_was_published_meanwhile_is_looked_at_again(
    client: Browser, session: Session
) -> None:
    look(client, SWAP)
    page = client.page
    client.get("/calendar/publish")
    client.submit(
        data={"added": f"28/9/2026; Nghỉ; Nghỉ thử; {PAPER}", "effective_from": "23/9/2026", "note": "Thử"}
    )
    form = page.select_one("main form[action$='/confirm']")
    assert form is not None
    fields = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    client.post("/import/calendar/confirm", fields, expect=409)
    assert versions(session) == [2, 1]


def test_who_keeps_no_catalogue_imports_no_calendar(client: Browser) -> None:
    client.sign_in("planner")
    for path in ("/import/calendar", "/import/calendar/template.xlsx"):
        client.get(path, expect=403)
    client.post("/import/calendar/confirm", expect=403)
    client.sign_in("administrator").get("/import/calendar")
    assert "Căn cứ" in client.text
    client.get("/import/calendar/template.csv")
