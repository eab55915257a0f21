"""Bàn giao khi sắp xếp đơn vị: the list of the office, the page of the successor, the work list."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import WrongState
from app.home import work
from app.remediation import services
from app.remediation.models import Task
from tests import cast
from tests.factories import remediation as made
from tests.factories.handover import ENDED, actor, dissolve, give, owed
from tests.queries import count_queries
from tests.strict_client import StrictClient


def picks(*tasks: Task) -> list[str]:
    return [f"t{task.id}:{task.version}" for task in tasks]


def test_many_lines_go_to_the_successor_by_one_button(session: Session, client: StrictClient) -> None:
    tasks = made.issued(findings=3)
    gone = dissolve(cast.AN_PHUOC)
    client.sign_in(cast.FOLLOWER)
    client.get("/handovers")
    assert "UBND xã Long Phước" in client.text and "đơn vị kế thừa: UBND xã An Phước" in client.text
    chosen = [*picks(*tasks[:2]), f"d{made.delivery_of(tasks[0]).id}"]
    (only,) = client.page.select(f"#giao-{gone.id} option")
    client.post(f"/handovers/{gone.id}", {"pick": chosen, "successor_id": only["value"]})
    client.follow()
    assert "Đã giao 03 việc cho đơn vị kế thừa." in client.text
    assert "Đã giao, chờ đơn vị kế thừa xác nhận" in client.text
    session.expire_all()
    assert [task.lead_unit.code for task in tasks] == [cast.AN_PHUOC, cast.AN_PHUOC, cast.LONG_PHUOC]


def test_a_refusal_keeps_the_ticks(session: Session, client: StrictClient) -> None:
    first, second = made.issued(findings=2)
    gone = dissolve(cast.AN_PHUOC, cast.LONG_THANH)
    client.sign_in(cast.PLANNER)
    client.get("/handovers")
    client.post(f"/handovers/{gone.id}", {"pick": picks(second)}, expect=422)
    assert "Đơn vị kế thừa: Chọn đơn vị kế thừa." in client.text
    ticked = [box["value"] for box in client.page.select("input[name=pick][checked]")]
    assert ticked == picks(second)
    assert client.page.select(f'input[value="{picks(first)[0]}"]')


def test_without_a_successor_the_page_leads_to_the_unit(session: Session, client: StrictClient) -> None:
    task = owed()
    gone = dissolve()
    client.sign_in(cast.FOLLOWER)
    client.get("/handovers")
    assert client.page.select_one(f'a[href="/units/{gone.id}/succession"]')
    client.post(f"/handovers/{gone.id}", {"pick": picks(task)}, expect=409)


def test_the_follower_records_the_paper_on_the_page(session: Session, client: StrictClient) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    give(task, gone)
    session.commit()
    client.sign_in(cast.FOLLOWER)
    client.get("/handovers")
    sent = {"pick": f"h{task.handovers[0].id}", "reference": "05/BB-UBND", "on": "25/9/2026"}
    client.post(f"/handovers/{gone.id}/received", sent, expect=422)
    assert "Ngày biên bản từ ngày 20/9/2026 đến hôm nay." in client.text
    assert client.page.select_one('input[name=reference][value="05/BB-UBND"]')
    client.post(f"/handovers/{gone.id}/received", {**sent, "on": "21/9/2026"})
    client.follow()
    assert "Đã ghi nhận biên bản bàn giao 01 nội dung." in client.text
    assert "chờ đơn vị kế thừa xác nhận" not in client.text.replace(
        "00 nội dung chờ đơn vị kế thừa xác nhận", ""
    )


def test_the_head_sees_it_at_home_and_acknowledges_on_the_page(
    session: Session, client: StrictClient
) -> None:
    task = owed()
    give(task, dissolve(cast.AN_PHUOC))
    session.commit()
    client.sign_in(cast.OTHER_HEAD)
    client.get("/")
    assert "kế thừa từ UBND xã Long Phước chờ thủ trưởng đơn vị xác nhận" in client.text
    client.get("/handovers/received")
    client.post("/handovers/received", expect=422)
    assert "Chọn ít nhất 01 nội dung." in client.text
    client.post("/handovers/received", {"pick": f"h{task.handovers[0].id}"})
    client.follow()
    assert "Đã xác nhận nhận bàn giao 01 nội dung." in client.text
    client.get(f"/tasks/{task.id}")
    told = "Kế thừa từ UBND xã Long Phước, giao ngày 23/9/2026; xác nhận nhận bàn giao ngày 23/9/2026"
    assert told in client.text


def test_the_successor_can_read_the_notice_it_carries_out(session: Session, client: StrictClient) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    client.sign_in(cast.OTHER_HEAD)
    client.get(f"/documents/{task.document_id}", expect=404)
    give(task, gone)
    session.commit()
    client.get(f"/documents/{task.document_id}")
    assert "UBND xã An Phước – gửi ngày 23/9/2026" in client.text
    assert "UBND xã Long Phước" not in client.page.select_one("section[aria-labelledby=received]").text


def test_an_officer_of_the_successor_reads_but_does_not_acknowledge(
    session: Session, client: StrictClient
) -> None:
    client.sign_in(cast.OFFICER)
    client.get("/handovers/received")
    client.post("/handovers/received", expect=403)


@pytest.mark.parametrize("part", [cast.HEAD, cast.OBSERVER])
def test_units_and_observers_do_not_open_the_office_list(
    session: Session, client: StrictClient, part: str
) -> None:
    gone = dissolve(cast.AN_PHUOC)
    client.sign_in(part)
    client.get("/handovers", expect=403)
    client.post(f"/handovers/{gone.id}", expect=404)


def test_the_task_page_says_that_it_waits_for_a_successor(session: Session, client: StrictClient) -> None:
    task = owed()
    dissolve(cast.AN_PHUOC)
    client.sign_in(cast.FOLLOWER)
    client.get(f"/tasks/{task.id}")
    assert "UBND xã Long Phước đã chấm dứt hoạt động từ ngày 20/9/2026" in client.text
    assert client.page.select_one('main a[href="/handovers"]')


def test_the_paper_says_to_whom_its_receipt_was_handed_on(session: Session, client: StrictClient) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    services.hand_over(gone, [], [made.delivery_of(task)], actor=actor())
    session.commit()
    client.sign_in(cast.FOLLOWER)
    client.get(f"/documents/{task.document_id}")
    assert "bàn giao việc tiếp nhận cho UBND xã An Phước" in client.text


@pytest.mark.parametrize("part", [cast.FOLLOWER, cast.PLANNER])
def test_the_list_stands_in_the_work_of_follower_and_planner_until_it_is_empty(
    session: Session, part: str
) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)

    def told() -> list[str]:
        groups = work.of(actor(part)).groups
        return [item.text for group in groups for item in group.items if item.verb == "Bàn giao"]

    assert told() == ["01 nội dung khắc phục và việc tiếp nhận 01 thông báo của đơn vị đã chấm dứt hoạt động"]
    services.hand_over(gone, [task], [made.delivery_of(task)], actor=actor())
    assert told() == []


def test_the_page_asks_as_much_for_many_lines_as_for_one(session: Session, client: StrictClient) -> None:
    made.issued(findings=1)
    dissolve(cast.AN_PHUOC, cast.LONG_THANH)
    client.sign_in(cast.FOLLOWER)
    client.get("/handovers")
    with count_queries(session) as one:
        client.get("/handovers")
    cast.unit(cast.LONG_PHUOC).valid_to = None
    session.commit()
    made.issued(findings=3)
    cast.unit(cast.LONG_PHUOC).valid_to = ENDED
    session.commit()
    with count_queries(session) as many:
        client.get("/handovers")
    assert len(many) == len(one)


@pytest.mark.parametrize("paper", ["", "05/BB-UBND"])
def test_what_a_successor_acknowledged_can_be_read_for_ever(
    session: Session, client: StrictClient, paper: str
) -> None:
    task = owed()
    made.progressed(task)
    give(task, dissolve(cast.AN_PHUOC))
    session.commit()
    by = cast.CLERK if paper else cast.OTHER_HEAD
    services.acknowledge_handover(task.handovers, actor=actor(by), reference=paper)
    session.commit()
    client.sign_in(cast.OTHER_HEAD)
    client.get(f"/tasks/{task.id}")
    address = client.page.find("a", string="Danh sách bàn giao")["href"]
    client.get(address)
    before = client.page.select_one("main").get_text(" ", strip=True)
    for words in (task.code, "31/TB-UBND", "UBND xã Long Phước", "Đã xác nhận nhận bàn giao", paper):
        assert words in before, words
    with clock.frozen(clock.at(date(2026, 10, 5))):
        task.text = "Nội dung khác"
        made.progressed(task, by=cast.OTHER_HEAD)
        cast.unit(cast.AN_PHUOC).versions[-1].name = "UBND xã Đổi Tên"
        session.commit()
        client.sign_in(cast.OTHER_HEAD)
        client.get(address)
        assert client.page.select_one("main").get_text(" ", strip=True) == before
    client.sign_in(cast.HEAD)  # of another unit
    client.get(address, expect=404)
    client.sign_in(cast.FOLLOWER)
    client.get(address)


def test_an_acknowledged_hand_over_between_units_stays(session: Session) -> None:
    task = owed()
    give(task, dissolve(cast.AN_PHUOC))
    services.acknowledge_handover(task.handovers, actor=actor(cast.OTHER_HEAD))
    session.commit()
    with pytest.raises(WrongState):
        services.acknowledge_handover(task.handovers, actor=actor(cast.OTHER_HEAD))
    task.handovers[0].reference = "99/BB"
    with pytest.raises(IntegrityError, match="task_handover_fixed"):
        session.flush()
    session.rollback()


def test_the_clerk_records_the_paper_and_assigns_nothing(session: Session, client: StrictClient) -> None:
    first, second = made.issued(findings=2)
    gone = dissolve(cast.AN_PHUOC, cast.LONG_THANH)
    give(first, gone, to=cast.AN_PHUOC)
    session.commit()
    client.sign_in(cast.CLERK).get("/follow-up")
    assert client.page.select("a[href='/handovers']") and not client.page.select(
        "a[href='/handovers/people']"
    )
    client.get("/handovers")
    assert first.code in client.text and second.code not in client.text
    assert not client.page.select(f"form[action='/handovers/{gone.id}']"), "neither assigns nor assigns again"
    assert "chờ giao đơn vị kế thừa" not in client.text
    client.post(f"/handovers/{gone.id}", {"pick": picks(second), "successor_id": "1"}, expect=403)
    client.get("/handovers/people", expect=403)
    client.get("/handovers")
    paper = {"pick": f"h{first.handovers[0].id}", "reference": "05/BB-UBND", "on": "21/9/2026"}
    client.post(f"/handovers/{gone.id}/received", paper)
    client.follow()
    assert "Đã ghi nhận biên bản bàn giao 01 nội dung." in client.text
    assert "Không có nội dung nào chờ đơn vị kế thừa xác nhận nhận bàn giao." in client.text
    session.expire_all()
    assert first.handovers[0].on_behalf and second.lead_unit is gone


@pytest.mark.parametrize(
    "part", [cast.LEADER, cast.CONTENT_CHECKER, cast.SECRETARY, cast.HEAD, cast.OBSERVER]
)
def test_the_page_opens_for_whose_work_it_is(client: StrictClient, part: str) -> None:
    client.sign_in(part).get("/remediation" if part == cast.HEAD else "/follow-up")
    assert not client.page.select("a[href='/handovers']")
    client.get("/handovers", expect=403)


def test_the_planner_who_may_not_enter_for_a_unit_is_offered_no_paper(
    session: Session, client: StrictClient
) -> None:
    task = owed()
    gone = dissolve(cast.AN_PHUOC)
    give(task, gone)
    session.commit()
    client.sign_in(cast.PLANNER).get("/handovers")
    assert task.code in client.text and not client.page.select(f"#nhan-{gone.id}")
