"""The follow-up table: one function for "Tiến độ", figures by SQL, filters, quick edit, several lines."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import clock
from app.deadlines.badge import DeadlineKind, Progress, days_overdue, is_overdue
from app.extensions import db
from app.findings.models import Classification
from app.followup import conditions, figures, queries
from app.followup.filters import Filters
from app.remediation import lateness, services
from app.remediation.models import ProgressStatus, Task, TaskState
from app.web.paging import parse_cursor
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

TODAY = date(2026, 9, 23)
DAYS = (None, date(2026, 9, 1), TODAY, date(2026, 10, 1))


def task_term(due: date | None, supplement_on: date | None) -> date | None:
    return due if due is None or supplement_on is None else max(due, supplement_on)


def test_the_sql_classes_are_those_of_the_one_function(session: Session) -> None:
    """Every state × kind × date × submission is set on a row and asked both ways."""
    task = made.issued()[0]
    names = (Progress.DONE_ON_TIME, Progress.DONE_LATE, Progress.WAITING)
    asked = sa.select(
        *(
            sa.func.sum(sa.case((condition, 1), else_=0))
            for condition in (
                conditions.done_on_time(), conditions.done_late(), conditions.waiting(),
                conditions.owed_late(TODAY), conditions.open_late(TODAY), conditions.open_in_time(TODAY),
            )
        )
    ).select_from(Task)  # fmt: skip
    states = [state for state in TaskState if state not in (TaskState.DRAFT, TaskState.WITHDRAWN)]
    tried = 0
    for state, kind, due, submitted, extra in product(states, DeadlineKind, DAYS, DAYS, (None, TODAY)):
        proof = due if kind is DeadlineKind.CONTINUING and state is not TaskState.ACCEPTED else None
        session.execute(
            sa.update(Task)
            .where(Task.id == task.id)
            .values(
                state=state, deadline_kind=kind, due_on=None if proof else due, proof_due_on=proof,
                report_due_on=None, submitted_on=submitted, supplement_on=extra,
                completed_on=None, review_on=TODAY, no_date_reason="Chờ", accepted_on=TODAY,
                accepted_by=task.follower_id,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        position = lateness.position_of(
            kind, task_term(due, extra), TODAY, state, submitted, None, proof_due_on=proof, converted=False
        )
        told, still = queries.progress(position, TODAY), state is not TaskState.ACCEPTED
        late = still and days_overdue(position, TODAY) > 0
        owed = is_overdue(position, TODAY)
        expected = [*(told is name for name in names), owed, late, still and not late]
        found = [bool(value) for value in session.execute(asked).one()]
        assert found == expected, (state, kind, due, submitted, extra)
        tried += 1
    assert tried == 6 * 4 * 4 * 4 * 2


def fill() -> list[Task]:
    """Long Phước: done on time, done late, waiting. An Phước: overdue, and two in time."""
    inspection = made.case(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=3)
    tasks = made.issued(inspection=inspection)
    dates = (date(2026, 9, 20), date(2026, 9, 10), date(2026, 9, 30), date(2026, 9, 4))
    for task, due in zip(tasks, dates, strict=False):
        task.due_on = due
    db.session.commit()
    made.accepted(tasks[0], on=date(2026, 9, 18))
    made.accepted(tasks[1], on=date(2026, 9, 15))
    made.submitted(tasks[2], on=date(2026, 9, 22))
    return tasks


def test_the_four_numbers_and_the_quality_of_the_data_are_counted(session: Session) -> None:
    fill()
    found = figures.figures(cast.actor(cast.FOLLOWER), Filters())
    assert (found.done_on_time, found.done_late, found.open_in_time, found.open_late) == (1, 1, 3, 1)
    assert (found.total, found.waiting, found.notices, found.units) == (6, 1, 1, 2)
    assert (found.undated, found.no_evidence, found.quiet) == (0, 0, 0)


def test_what_was_handed_in_late_counts_as_late_but_is_not_urged(client: Browser, session: Session) -> None:
    task = made.submitted(made.issued(due_on=date(2026, 9, 4))[0], on=date(2026, 9, 22))
    found = figures.figures(cast.actor(cast.FOLLOWER), Filters())
    assert (found.open_in_time, found.open_late, found.owed_late) == (0, 1, 0)
    assert lines(state="open_in_time") == lines(state="owed_late") == []
    [line] = lines(state="open_late")
    assert (line.id, line.badge.label) == (task.id, "Gửi quá hạn 18 ngày")
    client.sign_in("follower").get("/follow-up")
    assert "đôn đốc" not in client.page.select_one(".kl-wait").get_text()


def test_the_day_to_supplement_stands_beside_the_date_when_lateness_is_counted_from_it(
    client: Browser, session: Session
) -> None:
    task = made.submitted(made.issued(due_on=date(2026, 9, 4))[0], on=date(2026, 9, 3))
    services.send_back(task, actor=cast.actor(cast.FOLLOWER), comment="Thiếu ảnh", due_on=date(2026, 9, 25))
    session.commit()
    with clock.frozen(clock.at(date(2026, 9, 28))):
        [line] = lines()
        assert (line.badge.label, line.supplement_on) == ("Quá hạn 03 ngày", date(2026, 9, 25))
        client.sign_in("follower").get("/follow-up")
        assert "04/9/2026 bổ sung đến 25/9/2026" in client.text
        client.get("/follow-up?columns=all")
        assert "bổ sung đến 25/9/2026" in client.text
        client.get(f"/tasks/{task.id}")
        assert "Bổ sung chậm nhất hết ngày 25/9/2026" in client.text


def test_what_lacks_a_date_evidence_or_news_is_counted(session: Session) -> None:
    made.issued(kind=DeadlineKind.CONTINUING)
    quiet = made.issued(units=(cast.AN_PHUOC,))[0]
    session.execute(sa.update(Task).where(Task.id == quiet.id).values(updated_at=clock.at(date(2026, 8, 20))))
    bare = made.issued(units=(cast.LONG_THANH,))[0]
    session.execute(
        sa.update(Task).where(Task.id == bare.id).values(
            state=TaskState.ACCEPTED, accepted_on=TODAY, accepted_by=bare.follower_id
        )
    )  # fmt: skip
    found = figures.figures(cast.actor(cast.FOLLOWER), Filters())
    assert (found.undated, found.no_evidence, found.quiet) == (0, 1, 1)


def test_what_is_done_all_the_time_lacks_no_date(session: Session) -> None:
    task = made.issued()[0]
    task.due_on, task.report_due_on, task.no_date_reason, task.review_on = None, None, "Chờ", TODAY
    session.flush()
    assert [line.id for line in lines(state="undated")] == [task.id]
    task.deadline_kind = DeadlineKind.CONTINUING
    session.flush()
    assert lines(state="undated") == []


def lines(actor: str = cast.FOLLOWER, **wanted: object) -> list[queries.Line]:
    return list(queries.table(cast.actor(actor), Filters(**wanted)))


def test_a_line_holds_everything_the_sheet_asks(session: Session) -> None:
    task = made.progressed(made.issued(due_on=date(2026, 9, 11))[0], status=ProgressStatus.DOING)
    line = lines()[0]
    assert (line.code, line.lead, line.head) == (task.code, "UBND xã Long Phước", "Nguyễn Văn Giả Thiết")
    assert line.findings == "Tồn tại về MC-05 tại UBND xã Long Phước"
    assert (line.products, line.follower) == ("Báo cáo", "Phạm Thị Thí Dụ")
    assert (line.progress, line.overdue_days, line.badge.label) == (Progress.OVERDUE, 12, "Quá hạn 12 ngày")
    assert line.evidence == "31/TB-UBND, 10/9/2026"
    assert line.notice.endswith("/TB-SNV, 12/8/2026")


@pytest.mark.parametrize(
    ("wanted", "many"),
    [
        ({"text": "long phuoc"}, 3),
        ({"text": "gia thiet"}, 3),
        ({"text": "AN PHƯỚC"}, 3),
        ({"text": "khong co"}, 0),
        ({"state": "open_late"}, 1),
        ({"state": "late_8_30"}, 1),
        ({"state": "late_1_7"}, 0),
        ({"state": "waiting"}, 1),
        ({"state": "due_soon"}, 2),
        ({"state": "done_late"}, 1),
        ({"group": "khong"}, 0),
        ({"mine": True}, 6),
        ({"recurring": True}, 0),
    ],
)
def test_filters_narrow_the_table(session: Session, wanted: dict[str, object], many: int) -> None:
    fill()
    assert len(lines(**wanted)) == many


def test_filters_by_notice_unit_head_group_and_follower(session: Session) -> None:
    tasks = fill()
    one = lines(text="an phuoc")[0]
    head = cast.person(cast.OTHER_HEAD).id
    groups = [task.findings[0].scope_item.criterion.group.code for task in tasks]
    assert len(lines(document_id=one.document_id)) == 6
    assert lines(document_id=999_999) == []
    assert len(lines(unit_id=one.lead_unit_id)) == len(lines(head_id=head)) == 3
    assert len(lines(group=groups[0])) == groups.count(groups[0])
    assert lines(follower_id=head) == []


def test_what_came_back_is_found_as_recurring(session: Session) -> None:
    task = made.issued()[0]
    task.findings[0].classification = Classification.RECURRENCE
    session.flush()
    assert [line.id for line in lines(recurring=True)] == [task.id]


def test_pages_follow_each_other_without_gap(session: Session) -> None:
    inspection = made.case(units=(cast.LONG_PHUOC, cast.AN_PHUOC, cast.LONG_THANH), findings=3)
    made.issued(inspection=inspection)
    actor = cast.actor(cast.FOLLOWER)
    seen: list[int] = []
    cursor = None
    while True:
        page = queries.table(actor, Filters(), parse_cursor(cursor, date, int), size=4)
        seen += [line.id for line in page]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 9
    back = queries.table(actor, Filters(), parse_cursor(page.previous_cursor, date, int), size=4)
    assert [line.id for line in back] == seen[4:8]


def test_a_units_people_get_their_own_list_instead(client: Browser, session: Session) -> None:
    made.issued()
    client.sign_in("head").get("/follow-up", expect=303)
    client.sign_in("outsider").get("/follow-up", expect=403)


def test_the_page_shows_numbers_filters_and_lines(client: Browser, session: Session) -> None:
    fill()
    client.sign_in("follower").get("/follow-up")
    assert [b.get_text() for b in client.page.select(".kl-numbers b")] == ["01", "01", "03", "01"]
    assert "Quá hạn 19 ngày" in client.text
    client.get("/follow-up?state=open_late")
    assert len(client.page.select("tbody tr")) == 1
    client.get("/follow-up?columns=all")
    heads = [th.get_text(strip=True) for th in client.page.select("thead th")]
    assert len(heads) == 22
    assert (heads[0], heads[13], heads[21]) == ("STT", "Tiến độ", "Ghi chú")
    client.get("/follow-up/filters")
    client.get("/follow-up?cursor=abc", expect=400)


def test_the_observer_reads_the_leaders_version_only(client: Browser, session: Session) -> None:
    fill()
    client.sign_in("observer").get("/follow-up?columns=all")
    heads = [th.get_text(strip=True) for th in client.page.select("thead th")]
    assert "Người theo dõi" not in heads
    assert "Phạm Thị Thí Dụ" not in client.page.get_text()
    assert client.page.select("main form[method=post], input[name=pick]") == []
    client.post("/follow-up/accept", {"pick": "1"}, expect=403)


def test_a_line_is_edited_in_place_and_the_filters_stay(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get(f"/follow-up?edit={task.id}&q=long")
    client.submit(
        "form[action*='edit-line']",
        {"urged_reference": "CV 688/SNV-CCHC", "note": "Đã gọi điện", "progress_text": "Đang in"},
    )
    assert client.response.headers["Location"].endswith(f"/follow-up?q=long#dong-{task.id}")
    client.follow()
    assert client.page.select_one(f"#dong-{task.id}") is not None
    session.expire_all()
    assert (task.urged_count, task.note, task.state) == (1, "Đã gọi điện", TaskState.IN_PROGRESS)
    assert task.progress[0].on_behalf


def test_a_wrong_or_stale_line_keeps_what_was_typed(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get(f"/follow-up?edit={task.id}")
    client.submit("form[action*='edit-line']", {"urged_on": "30/02/2026", "note": "Ghi chú mới"}, expect=422)
    assert client.page.select_one("input[name=note]")["value"] == "Ghi chú mới"
    client.get(f"/follow-up?edit={task.id}")
    client.submit("form[action*='edit-line']", {"version": "99", "note": "Ghi chú mới"}, expect=409)
    assert client.page.select_one("input[name=note]")["value"] == "Ghi chú mới"
    client.submit("form[action*='edit-line']")


def test_several_lines_are_accepted_where_it_is_allowed(client: Browser, session: Session) -> None:
    ready = made.submitted(made.issued()[0])
    open_ = made.issued(units=(cast.AN_PHUOC,))[0]
    client.sign_in("follower").get("/follow-up")
    ticks = [f"{task.id}:{task.version}" for task in (ready, open_)]
    assert {str(box["value"]) for box in client.page.select("input[name=pick]")} == set(ticks)
    client.post("/follow-up/accept", {"pick": ticks})
    client.follow()
    assert "Đã công nhận hoàn thành 01 nội dung" in client.text
    assert f"{open_.code}: đơn vị chưa gửi kết quả" in client.text
    client.post("/follow-up/accept", {}, expect=422)
    client.get("/follow-up")
    client.post("/follow-up/accept", {"pick": "999999"}, expect=404)


def test_ticked_lines_of_one_unit_lead_to_its_report(client: Browser, session: Session) -> None:
    one, other = made.issued()[0], made.issued(units=(cast.AN_PHUOC,))[0]
    client.sign_in("clerk").get("/follow-up")
    client.post("/follow-up/report", {"pick": [str(one.id), str(other.id)]}, expect=422)
    assert "cùng một đơn vị" in client.text
    client.post("/follow-up/report", {"pick": str(one.id)})
    client.follow()
    assert client.page.select_one(f"input[name=task_ids][value='{one.id}'][checked]") is not None


def test_one_paper_urges_several_lines_that_are_still_owed(client: Browser, session: Session) -> None:
    owed, sent = made.issued(findings=2)
    made.submitted(sent)
    owed.note = "Đã gọi điện"
    session.commit()
    picked = {"pick": [str(owed.id), str(sent.id)]}
    client.sign_in("follower").get("/follow-up?q=ubnd")
    client.post("/follow-up/choose", {"act": "urge"}, expect=422)
    client.post("/follow-up/choose?q=ubnd", {**picked, "act": "urge"})
    client.follow()
    client.submit(
        "form[action*='/urge']", {"reference": "CV 688/SNV-CCHC", "urged_on": "24/9/2026"}, expect=422
    )
    assert len(client.page.select("input[name=pick]")) == 2
    client.submit("form[action*='/urge']", {"urged_on": "22/9/2026"})
    assert client.response.headers["Location"].endswith("/follow-up?q=ubnd")
    client.follow()
    assert "Đã ghi đôn đốc 01 nội dung" in client.text
    assert f"{sent.code}: đơn vị không còn phải thực hiện" in client.text
    session.expire_all()
    assert (owed.urged_count, owed.last_urged_reference, owed.note) == (1, "CV 688/SNV-CCHC", "Đã gọi điện")
    assert (owed.last_urged_on, sent.urged_count) == (date(2026, 9, 22), 0)
    client.post("/follow-up/urge", {**picked, "reference": "CV 688/SNV-CCHC", "urged_on": "22/9/2026"})
    session.expire_all()
    assert owed.urged_count == 1


def test_several_lines_get_another_follower_with_the_reason(client: Browser, session: Session) -> None:
    tasks = made.issued(findings=2)
    ids = [str(task.id) for task in tasks]
    client.sign_in("follower").get("/follow-up")
    client.post("/follow-up/choose", {"pick": ids, "act": "hand_over"})
    client.follow()
    other = str(cast.person(cast.CONTENT_CHECKER).id)
    client.submit("form[action*='/hand-over']", {"follower_id": other, "reason": ""}, expect=422)
    client.submit("form[action*='/hand-over']", {"reason": "Đồng chí theo dõi nghỉ phép"})
    session.expire_all()
    assert {task.follower_id for task in tasks} == {cast.person(cast.CONTENT_CHECKER).id}
    tasks[0].state = TaskState.WITHDRAWN
    session.commit()
    client.get("/follow-up")
    again = {"follower_id": str(cast.person(cast.FOLLOWER).id), "reason": "Trở lại làm việc"}
    ticked = [f"{tasks[0].id}:{tasks[0].version}", f"{tasks[1].id}:{tasks[1].version - 1}"]
    client.post("/follow-up/hand-over", {**again, "pick": ticked})
    client.follow()
    assert f"{tasks[0].code}: không còn được theo dõi" in client.text
    assert f"{tasks[1].code}: vừa được cập nhật" in client.text
    session.expire_all()
    assert tasks[1].follower_id == cast.person(cast.CONTENT_CHECKER).id
    client.sign_in("observer").get("/follow-up")
    client.post("/follow-up/hand-over", {**again, "pick": ticked}, expect=403)


def test_the_table_is_printed_whole_without_names_for_observers(client: Browser, session: Session) -> None:
    made.issued(findings=3)
    client.sign_in("follower").get("/follow-up")
    link = next(
        a for a in client.page.select("a[href*='/follow-up/print']") if a.get_text(strip=True) == "In"
    )
    client.get(str(link["href"]))
    assert len(client.page.select("thead tr:first-child th")) == 22
    assert len(client.page.select("tbody tr")) == 3
    assert client.page.select_one("main.kl-print-wide, .kl-print-wide") is not None
    client.sign_in("observer").get("/follow-up/print?names=1")
    assert len(client.page.select("thead tr:first-child th")) == 20


@pytest.mark.parametrize(
    "path", ["/follow-up", "/follow-up?columns=all&q=long", "/remediation", "/remediation/received", "/"]
)
@pytest.mark.parametrize("part", ["follower", "head"])
def test_lists_ask_the_database_twelve_times_at_most(
    client: Browser, session: Session, path: str, part: str
) -> None:
    inspection = made.case(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=3)
    made.issued(inspection=inspection)
    asked: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            asked.append(statement)

    client.sign_in(part)
    engine = db.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get(path, expect=303 if part == "head" and path.startswith("/follow-up") else 200)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    budget = 12 if path != "/" else 24
    assert len(asked) <= budget, f"{len(asked)}:\n" + "\n".join(line[:160] for line in asked)
