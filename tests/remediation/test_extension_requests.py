"""Đề nghị gia hạn by the unit: taken late as well, marked so, decided by somebody else, one way in."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.remediation import services
from app.remediation.models import RequestState, Task
from app.remediation.services.issuing import withdraw
from app.remediation.values import ExtensionValues, RequestValues
from app.vietnamese import format_date
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

LATER = date(2026, 10, 20)
ASKED = RequestValues(LATER, "Chờ kinh phí", reference="31/UBND-VP", document_on=date(2026, 9, 20))


def asked(task: Task, part: str = cast.HEAD, values: RequestValues = ASKED):
    return services.request_extension(task, values, actor=cast.actor(part))


def granting(task: Task, **changes: object) -> ExtensionValues:
    values = {
        "new_due_on": LATER, "reason": "Chờ kinh phí", "requested_by": cast.person(cast.OFFICER).id,
        "requested_on": date(2026, 9, 22), "decided_by": cast.person(cast.CONTENT_CHECKER).id,
        "reference": "52/SNV-CCHC ngày 23/9/2026",
    }  # fmt: skip
    return ExtensionValues(**{**values, **changes})


def test_the_date_stays_until_somebody_else_grants_it(session: Session) -> None:
    task = made.issued()[0]
    request = asked(task)
    assert task.due_on == date(2026, 9, 30) and request.state is RequestState.OPEN
    services.extend(task, granting(task), actor=cast.actor(cast.FOLLOWER))
    session.commit()
    assert (task.due_on, request.state) == (LATER, RequestState.GRANTED)
    head = cast.person(cast.HEAD).id
    assert task.extensions[0].requested_by == head  # who asked, whatever was typed
    assert request.decided_by == cast.person(cast.CONTENT_CHECKER).id != head


def test_a_late_request_is_taken_and_marked(session: Session) -> None:
    task = made.issued(due_on=date(2026, 9, 11))[0]
    with clock.frozen(clock.at(date(2026, 9, 23))):
        assert asked(task).days_late == 12
        services.extend(task, granting(task), actor=cast.actor(cast.FOLLOWER))
    session.commit()
    extension = task.extensions[0]
    assert (extension.requested_on - extension.old_due_on).days == 12


def test_a_leader_refuses_with_the_reason(session: Session) -> None:
    task = made.issued()[0]
    request = asked(task)
    checker = cast.person(cast.CONTENT_CHECKER).id
    for wrong in (
        {"decided_by": cast.person(cast.CLERK).id, "reason": "x"},
        {"decided_by": checker, "reason": " "},
        {"decided_by": checker, "reason": "x"},
    ):
        with pytest.raises(DomainError):
            services.refuse_extension(task, actor=cast.actor(cast.FOLLOWER), **wrong)
    services.refuse_extension(
        task, decided_by=checker, reason="Đủ điều kiện", reference="52/SNV", actor=cast.actor(cast.FOLLOWER)
    )
    session.commit()
    assert (request.state, request.answer) == (RequestState.REFUSED, "Đủ điều kiện (52/SNV)")
    with pytest.raises(WrongState):
        services.refuse_extension(
            task, decided_by=checker, reason="x", reference="y", actor=cast.actor(cast.FOLLOWER)
        )
    assert asked(task).state is RequestState.OPEN  # may ask again


def test_one_waits_at_a_time(session: Session) -> None:
    task = made.issued()[0]
    asked(task)
    with pytest.raises(Conflict):
        asked(task)


@pytest.mark.parametrize("part", [cast.OFFICER, cast.OTHER_HEAD, cast.OBSERVER, cast.PLANNER])
def test_nobody_else_asks(session: Session, part: str) -> None:
    task = made.issued()[0]
    with pytest.raises(Forbidden):
        asked(task, part)


@pytest.mark.parametrize(
    "values, field",
    [
        (RequestValues(date(2026, 9, 30), "Chờ kinh phí", "31/UBND", date(2026, 9, 20)), "new_due_on"),
        (RequestValues(LATER, " ", "31/UBND", date(2026, 9, 20)), "reason"),
        (RequestValues(LATER, "Chờ kinh phí"), "reference"),
        (RequestValues(LATER, "Chờ kinh phí", "31/UBND"), "document_on"),
    ],
)
def test_wrong_values_are_refused_at_their_field(session: Session, values: RequestValues, field: str) -> None:
    task = made.issued()[0]
    with pytest.raises(DomainError) as refused:
        asked(task, values=values)
    assert refused.value.field == field


@pytest.mark.parametrize("on", [date(2027, 1, 1), date(2026, 8, 1)])
def test_the_day_of_an_entered_request_lies_between_notice_and_today(session: Session, on: date) -> None:
    task = made.issued()[0]
    values = RequestValues(date(2027, 3, 1), "Chờ kinh phí", "31/UBND", date(2026, 8, 20), requested_on=on)
    with pytest.raises(DomainError) as refused:
        asked(task, cast.CLERK, values)
    assert refused.value.field == "requested_on"


def test_who_keyed_a_units_request_in_does_not_decide_it(session: Session) -> None:
    task = made.issued()[0]
    request = asked(task, cast.FOLLOWER)
    assert request.on_behalf
    values = granting(task, decided_by=cast.person(cast.FOLLOWER).id)
    with pytest.raises(DomainError) as refused:
        services.extend(task, values, actor=cast.actor(cast.FOLLOWER))
    assert refused.value.field == "decided_by" and request.state is RequestState.OPEN


def test_asked_by_the_head_and_granted_by_the_office_in_pages(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    session.commit()
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}/extension-request")
    client.submit(data={"new_due_on": "20/10/2026", "reason": "Chờ kinh phí"}, expect=422)
    assert "đính kèm ảnh, tệp" in client.text
    client.submit(data={"reference": "31/UBND-VP", "document_on": "20/9/2026"})
    client.follow()
    assert "Chờ quyết định. Từ 30/9/2026 đến 20/10/2026" in client.text
    client.sign_in(cast.FOLLOWER).get("/")
    assert "Đề nghị gia hạn" in client.text and "đến ngày 20/10/2026" in client.text
    client.get(f"/tasks/{task.id}/extend")
    decider = str(cast.person(cast.CONTENT_CHECKER).id)
    client.submit(data={"decided_by": decider, "reference": "52/SNV-CCHC ngày 23/9/2026"})
    client.follow()
    assert "Đã gia hạn. Từ 30/9/2026 đến 20/10/2026" in client.text


def test_entered_for_the_unit_and_refused_in_pages(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    session.commit()
    client.sign_in(cast.CLERK).get(f"/tasks/{task.id}/for-unit/extension-request")
    client.submit(
        data={
            "new_due_on": "20/10/2026", "reason": "Chờ kinh phí", "reference": "31/UBND-VP",
            "document_on": "20/9/2026", "requested_on": "20/9/2026",
        },
    )  # fmt: skip
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}/refuse-extension")
    client.submit(data={"reason": "Đủ điều kiện"}, expect=422)
    decider = str(cast.person(cast.CONTENT_CHECKER).id)
    client.submit(data={"decided_by": decider}, expect=422)
    client.submit(data={"reference": "52/SNV-CCHC ngày 23/9/2026"})
    client.follow()
    assert "Không đồng ý gia hạn. Từ 30/9/2026" in client.text and "nhập thay đơn vị" in client.text


def submitted_on(task: Task, day: date) -> Task:
    with clock.frozen(clock.at(day)):
        return made.submitted(task)


def test_handed_in_within_its_date_there_is_nothing_left_to_decide(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    request = asked(task)
    submitted_on(task, date(2026, 9, 25))
    assert (request.state, request.decided_by) == (RequestState.LAPSED, None)
    assert request.answer == "Đơn vị đã gửi kết quả ngày 25/9/2026, trong thời hạn."
    client.sign_in(cast.FOLLOWER).get("/")
    assert "Xem đề nghị" not in client.text
    client.get(f"/tasks/{task.id}")
    assert "Không còn phải quyết định. Từ 30/9/2026" in client.text
    services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))


def test_handed_in_late_what_was_asked_still_waits_and_goes_first(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    request = asked(task)
    submitted_on(task, date(2026, 10, 5))
    assert request.state is RequestState.OPEN
    with clock.frozen(clock.at(date(2026, 10, 6))):
        client.sign_in(cast.FOLLOWER).get("/")
        assert "Xem đề nghị" in client.text
        client.get(f"/tasks/{task.id}")
        client.submit(f"form[action$='/tasks/{task.id}/accept']", expect=409)
        assert "Đề nghị gia hạn của đơn vị còn chờ quyết định" in client.text
        client.get(f"/tasks/{task.id}/extend")
        decider = str(cast.person(cast.CONTENT_CHECKER).id)
        client.submit(data={"decided_by": decider, "reference": "52/SNV-CCHC ngày 06/10/2026"})
        session.expire_all()
        assert (task.due_on, request.state) == (LATER, RequestState.GRANTED)
        assert request.answer == "Gia hạn đến ngày 20/10/2026, đúng thời hạn đề nghị."
        client.get(f"/tasks/{task.id}")
        client.submit(f"form[action$='/tasks/{task.id}/accept']")
        client.follow()
        assert "Hoàn thành đúng hạn" in client.text


def test_refused_after_it_was_handed_in_late_it_stays_late(session: Session) -> None:
    task = made.issued()[0]
    request = asked(task)
    submitted_on(task, date(2026, 10, 5))
    with clock.frozen(clock.at(date(2026, 10, 6))):
        services.refuse_extension(
            task, decided_by=cast.person(cast.CONTENT_CHECKER).id, reason="Đủ điều kiện", reference="52/SNV",
            actor=cast.actor(cast.FOLLOWER),
        )  # fmt: skip
        services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))
    assert (request.state, task.due_on) == (RequestState.REFUSED, date(2026, 9, 30))


def test_without_a_request_nothing_is_extended_after_it_was_handed_in(session: Session) -> None:
    task = submitted_on(made.issued()[0], date(2026, 10, 5))
    with pytest.raises(WrongState):
        services.extend(task, granting(task), actor=cast.actor(cast.FOLLOWER))


def test_a_withdrawn_task_leaves_no_request_behind(session: Session) -> None:
    task = made.issued()[0]
    request = asked(task)
    withdraw([task], "Thông báo bị thu hồi", about_also=(), actor=None)
    assert (request.state, request.answer) == (RequestState.LAPSED, "Nội dung đã rút.")


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (LATER, "Gia hạn đến ngày 20/10/2026, đúng thời hạn đề nghị."),
        (date(2026, 10, 12), "Gia hạn đến ngày 12/10/2026, khác thời hạn đề nghị 20/10/2026."),
    ],
)
def test_a_leaders_directive_says_whether_it_was_as_asked(
    session: Session, client: Browser, day: date, told: str
) -> None:
    task = made.issued()[0]
    request = asked(task)
    session.commit()
    client.sign_in(cast.LEADER).get(f"/tasks/{task.id}/direct?kind=extend")
    assert "Đơn vị đề nghị gia hạn đến ngày 20/10/2026" in client.text
    assert client.page.select_one("input[name=new_due_on]")["value"] == "20/10/2026"
    client.submit(
        "form[action$='/direct']",
        {"text": "Đồng ý, khẩn trương", "answer_due_on": "30/9/2026", "new_due_on": format_date(day)},
    )
    client.follow()
    assert told in client.text
    session.expire_all()
    assert (task.due_on, request.state, request.answer) == (day, RequestState.GRANTED, told)
    extension = task.extensions[0]
    assert (extension.requested_by, extension.requested_on) == (request.requested_by, request.requested_on)


def test_the_units_lists_say_that_it_waits(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    asked(task)
    session.commit()
    for page in ("/", "/remediation"):
        client.sign_in(cast.HEAD).get(page)
        assert "Đã đề nghị gia hạn đến 20/10/2026, chờ quyết định" in client.text


def test_a_leader_refuses_by_their_own_click_from_their_own_work(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    request = asked(task)
    session.commit()
    client.sign_in(cast.LEADER).get("/")
    assert "Đề nghị gia hạn" in client.text and "đến ngày 20/10/2026" in client.text
    client.get(f"/tasks/{task.id}")
    client.get(client.page.select("a[href$='/refuse-extension/own']")[0]["href"])
    assert not client.page.select("[name=decided_by], [name=reference]")
    client.submit(data={"reason": " "}, expect=422)
    client.submit(data={"reason": "Đủ điều kiện làm trong hạn"})
    client.follow()
    assert "Không đồng ý gia hạn. Từ 30/9/2026" in client.text
    session.expire_all()
    leader = cast.person(cast.LEADER).id
    assert (request.state, request.decided_by, request.answer) == (
        RequestState.REFUSED, leader, "Đủ điều kiện làm trong hạn",
    )  # fmt: skip
    assert task.due_on == date(2026, 9, 30)
    client.get("/")
    assert "đến ngày 20/10/2026" not in client.text
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}")
    assert "Trả lời: Đủ điều kiện làm trong hạn" in client.text
    asked(task)  # may ask again


@pytest.mark.parametrize("part", [cast.FOLLOWER, cast.CLERK, cast.PLANNER, cast.HEAD, cast.OBSERVER])
def test_nobody_else_refuses_as_if_it_were_theirs_to_decide(
    session: Session, client: Browser, part: str
) -> None:
    task = made.issued()[0]
    request = asked(task)
    session.commit()
    address = f"/tasks/{task.id}/refuse-extension/own"
    client.sign_in(part).get(address, expect=403)
    client.post(address, {"reason": "Đủ điều kiện"}, expect=403)
    with pytest.raises(Forbidden):
        services.refuse_oneself(task, reason="Đủ điều kiện", actor=cast.actor(part))
    session.expire_all()
    assert request.state is RequestState.OPEN


def test_who_asked_in_the_units_place_neither_finds_it_to_decide_nor_decides(
    session: Session, client: Browser
) -> None:
    task = made.issued()[0]
    checker = cast.actor(cast.CONTENT_CHECKER)
    request = asked(task, cast.FOLLOWER)
    request.requested_by = checker.person_id  # who keyed it in moved up since
    session.commit()
    with pytest.raises(Forbidden, match="không phải là người đề nghị"):
        services.refuse_oneself(task, reason="Đủ điều kiện", actor=checker)
    client.sign_in(cast.CONTENT_CHECKER).get("/")
    assert "đến ngày 20/10/2026" not in client.text
    client.get(f"/tasks/{task.id}")
    assert not client.page.select("a[href$='/refuse-extension/own']")
    client.post(f"/tasks/{task.id}/refuse-extension/own", {"reason": "Đủ điều kiện"}, expect=403)
    client.get(f"/tasks/{task.id}/refuse-extension/own", expect=403)
    assert "Người quyết định không phải là người đề nghị" in client.text
    session.expire_all()
    assert request.state is RequestState.OPEN


def test_refusing_twice_or_from_an_old_page_changes_nothing_and_says_so(
    session: Session, client: Browser
) -> None:
    task = made.issued()[0]
    request = asked(task)
    session.commit()
    client.sign_in(cast.LEADER).get(f"/tasks/{task.id}/refuse-extension/own")
    made.progressed(task)
    session.commit()
    client.submit(data={"reason": "Đủ điều kiện"}, expect=409)
    assert "Đủ điều kiện" in client.text and "vừa được" in client.text
    session.expire_all()
    assert request.state is RequestState.OPEN
    client.submit(data={"reason": "Đủ điều kiện"})  # both were compared
    session.expire_all()
    assert request.state is RequestState.REFUSED
    client.get(f"/tasks/{task.id}/refuse-extension/own")
    client.submit(data={"reason": "Lần hai"}, expect=409)
    assert "Không có đề nghị gia hạn nào chờ quyết định" in client.text
    assert request.answer == "Đủ điều kiện"
