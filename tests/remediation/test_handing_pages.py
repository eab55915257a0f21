"""Bàn giao khi thay đổi người: the pages of the receiver, of the office, of the unit; what they cost."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app import clock
from app.followup import reminding
from app.remediation import services
from app.remediation.models import DirectiveKind
from app.remediation.values import DirectiveAnswer, DirectiveValues
from tests import cast
from tests.factories import remediation as made
from tests.factories.handover import CHANGED, follow_on, new_head
from tests.queries import count_queries
from tests.strict_client import StrictClient

DUE = date(2026, 9, 10)
LP_HEADS = "/handovers/heads/{}"


def test_the_new_follower_sees_it_at_home_and_acknowledges(session: Session, client: StrictClient) -> None:
    (task,) = made.issued(due_on=DUE)
    made.progressed(task)
    handing = follow_on(task)
    session.commit()
    client.sign_in(cast.CONTENT_CHECKER)
    client.get("/")
    assert "01 nội dung khắc phục do đồng chí Phạm Thị Thí Dụ bàn giao" in client.text
    client.get(f"/handovers/lists/{handing.id}")
    for words in (task.code, "10/9/2026", "31/TB-UBND", "12 ngày", "Chưa xác nhận nhận bàn giao"):
        assert words in client.text, words
    client.post(f"/handovers/lists/{handing.id}/received")
    client.follow()
    assert "Đã xác nhận nhận bàn giao 01 nội dung." in client.text
    client.post(f"/handovers/lists/{handing.id}/received", expect=409)
    client.get("/")
    assert "Xem, xác nhận" not in client.text


def test_the_office_sees_who_has_not_acknowledged(session: Session, client: StrictClient) -> None:
    (task,) = made.issued(due_on=DUE)
    follow_on(task)
    new_head()
    client.sign_in(cast.FOLLOWER)
    client.get("/handovers/people")
    assert "02 danh sách chưa xác nhận" in client.text
    assert "Mai Thị Làm Mẫu" in client.text and "chưa xác nhận 07 ngày" in client.text
    client.sign_in(cast.OBSERVER)
    client.get("/handovers/people", expect=403)


def test_the_new_head_reads_everything_open_and_takes_over(session: Session, client: StrictClient) -> None:
    (task,) = made.issued(due_on=DUE)
    services.direct(
        task, DirectiveValues(DirectiveKind.EVIDENCE, "Gửi ảnh niêm yết", date(2026, 9, 25)),
        actor=cast.actor(cast.LEADER),
    )  # fmt: skip
    session.commit()
    new_head()
    address = LP_HEADS.format(cast.unit(cast.LONG_PHUOC).id)
    client.sign_in(cast.OFFICER)
    client.get("/")
    assert "chờ thủ trưởng đơn vị xác nhận nhận bàn giao từ đồng chí Nguyễn Văn Giả Thiết" in client.text
    client.get(address)
    for words in (task.code, "Chờ trả lời: Yêu cầu minh chứng", "05 ngày", "Thông báo chưa xác nhận đã nhận"):
        assert words in client.text, words
    mark = client.page.select_one("input[name=mark]")["value"]
    client.post(f"{address}/received", {"mark": "cu"}, expect=409)
    client.post(f"{address}/received", {"mark": mark})
    client.follow()
    assert "Đã xác nhận nhận bàn giao ngày 23/9/2026" in client.text
    client.get(f"/tasks/{task.id}")
    assert "Ai chịu trách nhiệm, từng thời gian" in client.text
    assert "Nguyễn Văn Giả Thiết, UBND xã Long Phước" in client.text and "quá hạn 05 ngày" in client.text


def test_the_office_records_the_paper_of_a_unit_without_accounts(
    session: Session, client: StrictClient
) -> None:
    made.issued(due_on=DUE)
    new_head()
    address = LP_HEADS.format(cast.unit(cast.LONG_PHUOC).id)
    client.sign_in(cast.FOLLOWER)
    client.get(address)
    mark = client.page.select_one("input[name=mark]")["value"]
    sent = {"mark": mark, "reference": "05/BB-UBND", "on": "15/9/2026"}
    client.post(f"{address}/recorded", sent, expect=422)
    assert "Ngày biên bản từ ngày 16/9/2026 đến hôm nay." in client.text
    assert client.page.select_one('input[name=reference][value="05/BB-UBND"]')
    client.post(f"{address}/recorded", {**sent, "on": "17/9/2026"})
    client.follow()
    assert "theo biên bản 05/BB-UBND" in client.text


def test_another_unit_never_learns_of_the_change(session: Session, client: StrictClient) -> None:
    handing = follow_on(*made.issued())
    new_head()
    client.sign_in(cast.OTHER_HEAD)
    client.get(f"/handovers/lists/{handing.id}", expect=404)
    client.get(LP_HEADS.format(cast.unit(cast.LONG_PHUOC).id), expect=404)
    client.sign_in(cast.MEMBER)  # who only inspects
    client.get(LP_HEADS.format(cast.unit(cast.LONG_PHUOC).id), expect=404)


def test_what_is_put_to_a_follower_stays_with_the_office(session: Session, client: StrictClient) -> None:
    (task,) = made.issued(due_on=DUE)
    services.direct(
        task,
        DirectiveValues(
            DirectiveKind.REASSIGN, "Chuyển phòng", date(2026, 9, 25),
            follower_id=cast.person(cast.PLANNER).id,
        ),
        actor=cast.actor(cast.LEADER),
    )  # fmt: skip
    session.commit()
    new_head()
    address = LP_HEADS.format(cast.unit(cast.LONG_PHUOC).id)
    client.sign_in(cast.OFFICER)
    client.get(address)
    assert "Chờ trả lời" not in client.text
    client.sign_in(cast.FOLLOWER)
    client.get(address)
    assert "Chờ trả lời: Giao lại" in client.text


def test_reminders_go_to_the_new_head_from_that_day_on(session: Session) -> None:
    (task,) = made.issued(due_on=date(2026, 9, 30))
    new_head(on=clock.today())
    assert cast.unit(cast.LONG_PHUOC).id == task.lead_unit_id
    with clock.frozen(clock.at(date(2026, 9, 30))):
        told = {row.person_id for row in reminding.list_due(clock.today())}
    assert cast.person(cast.OFFICER).id in told and cast.person(cast.HEAD).id not in told


def test_a_list_of_many_costs_as_much_as_a_list_of_one(session: Session, client: StrictClient) -> None:
    one = follow_on(*made.issued())
    many = follow_on(*made.issued(findings=3), *made.issued(findings=3, units=(cast.AN_PHUOC,)))
    session.commit()
    client.sign_in(cast.CONTENT_CHECKER)
    costs = []
    for handing in (one, many):
        client.get(f"/handovers/lists/{handing.id}")
        with count_queries(session) as counted:
            client.get(f"/handovers/lists/{handing.id}")
        costs.append(len(counted))
    assert costs[0] == costs[1], costs


def test_the_office_list_costs_the_same_for_many(session: Session, client: StrictClient) -> None:
    tasks = made.issued(findings=3, units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    new_head(on=CHANGED)
    client.sign_in(cast.FOLLOWER)
    client.get("/handovers/people")
    with count_queries(session) as few:
        client.get("/handovers/people")
    for task in tasks:
        services.set_follower(
            [task],
            cast.person(cast.PLANNER).id,
            reason=f"Chuyển {task.code}",
            actor=cast.actor(cast.FOLLOWER),
        )
    session.commit()
    new_head(cast.AN_PHUOC, cast.OUTSIDER)
    client.get("/handovers/people")
    with count_queries(session) as many:
        client.get("/handovers/people")
    assert len(few) == len(many)


def test_an_acknowledged_list_says_for_ever_what_it_said(session: Session, client: StrictClient) -> None:
    (task,) = made.issued(due_on=DUE)
    made.progressed(task)
    asked = services.direct(
        task, DirectiveValues(DirectiveKind.EVIDENCE, "Gửi ảnh niêm yết", date(2026, 9, 25)),
        actor=cast.actor(cast.LEADER),
    )  # fmt: skip
    session.commit()
    handing = follow_on(task)
    services.acknowledge_list(handing, actor=cast.actor(cast.CONTENT_CHECKER))
    session.commit()
    address = f"/handovers/lists/{handing.id}"
    client.sign_in(cast.CONTENT_CHECKER)
    client.get(address)
    before = client.page.select_one("main").get_text(" ", strip=True)
    for words in (
        task.code,
        "31/TB-UBND",
        "12 ngày",
        "Chờ trả lời: Yêu cầu minh chứng",
        "UBND xã Long Phước",
    ):
        assert words in before, words
    with clock.frozen(clock.at(date(2026, 10, 5))):
        services.answer(
            asked, DirectiveAnswer("Đã gửi", "40/UBND", date(2026, 10, 5)), actor=cast.actor(cast.CLERK)
        )
        made.progressed(task)
        task.text, task.lead_unit = "Nội dung khác", cast.unit(cast.AN_PHUOC)
        cast.person(cast.FOLLOWER).name = "Phạm Thị Đổi Tên"
        session.commit()
        client.sign_in(cast.CONTENT_CHECKER)
        client.get(address)
        assert client.page.select_one("main").get_text(" ", strip=True) == before
