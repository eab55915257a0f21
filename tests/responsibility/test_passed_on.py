"""Passed-on cases are followed to their answer, and the pages of the room."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import Conflict, DomainError, Forbidden, Stale, WrongState
from app.findings.models import Finding, FindingState
from app.responsibility import queries, services
from app.responsibility.models import Answerable, Referral, Stand, Track
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation
from tests.factories import responsibility as made
from tests.factories.responsibility import ANSWER, DECISION, NAME, PERSON, REFERRAL
from tests.queries import count_queries

TODAY = date(2026, 9, 23)


def actor(part: str = cast.FOLLOWER):  # type: ignore[no-untyped-def]
    return cast.actor(part)


def test_a_passed_on_case_waits_for_its_answer_and_is_late_after_its_day(session: Session) -> None:
    one = made.referred()
    assert [one.stand(d) for d in (REFERRAL.due_on, date(2026, 10, 1))] == [Stand.WAITING, Stand.LATE]
    services.answer(one, ANSWER, actor=actor(), version=one.version)
    session.commit()
    assert one.stand(date(2026, 10, 1)) is Stand.ANSWERED
    with pytest.raises(WrongState):
        services.refer(one.finding, REFERRAL, actor=actor(), known=one)
    told = session.scalars(sa.select(Event).where(Event.name == "referral_answered")).one()
    assert told.data["reference"] == "33/TTr-VP ngày 20/9/2026"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": "x"}, "body"),
        ({"reference": "công văn"}, "reference"),
        ({"sent_on": date(2026, 9, 24)}, "sent_on"),
        ({"due_on": date(2026, 8, 31)}, "due_on"),
    ],
)
def test_a_paper_names_its_body_number_and_days(
    session: Session, change: dict[str, object], field: str
) -> None:
    finding = made.passed_on()
    with pytest.raises(DomainError) as refused:
        services.refer(finding, replace(REFERRAL, **change), actor=actor())  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"answer": " "}, "answer"),
        ({"reference": "x"}, "reference"),
        ({"answered_on": date(2026, 8, 31)}, "answered_on"),
        ({"answered_on": date(2026, 9, 24)}, "answered_on"),
    ],
)
def test_an_answer_carries_words_number_and_day(
    session: Session, change: dict[str, object], field: str
) -> None:
    one = made.referred()
    with pytest.raises(DomainError) as refused:
        services.answer(one, replace(ANSWER, **change), actor=actor())  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_case_goes_once_and_only_where_the_leader_sent_it(session: Session) -> None:
    with pytest.raises(WrongState):
        services.refer(made.a_finding(), REFERRAL, actor=actor())
    one = made.referred()
    with pytest.raises(Conflict, match="đã có văn bản chuyển"):
        services.refer(one.finding, REFERRAL, actor=actor())
    version = one.version
    services.refer(one.finding, replace(REFERRAL, track=Track.INVESTIGATION), actor=actor(), known=one)
    session.commit()
    assert one.track is Track.INVESTIGATION
    with pytest.raises(Stale):
        services.refer(one.finding, REFERRAL, actor=actor(), known=one, version=version)
    with pytest.raises(Stale):
        services.answer(one, ANSWER, actor=actor(), version=version)
    for part in (cast.LEADER, cast.PLANNER, cast.HEAD):
        with pytest.raises(Forbidden):
            services.answer(one, ANSWER, actor=cast.actor(part))


def test_the_unanswered_are_listed_and_counted(session: Session) -> None:
    unsent, waits, late, answered = (made.passed_on() for _ in range(4))
    made.referred(waits)
    made.referred(late, replace(REFERRAL, due_on=date(2026, 9, 10)))
    services.answer(made.referred(answered), ANSWER, actor=actor())
    session.commit()

    def listed(**filters: object) -> list[Finding]:
        return [case.finding for case in queries.list_cases(queries.Filters(**filters), TODAY)]  # type: ignore[arg-type]

    assert listed() == [answered, late, waits, unsent]
    for state, one in (("unsent", unsent), ("waiting", waits), ("late", late), ("answered", answered)):
        assert listed(state=state) == [one], state
    assert listed(unit_id=cast.unit(cast.AN_PHUOC).id) == []
    assert queries.count_cases(TODAY) == dict.fromkeys(queries.CASE_STATES, 1)
    with count_queries(session) as sent:
        queries.list_cases(queries.Filters(), TODAY)
    assert len(sent) == 1


# --- Pages


def test_the_follower_records_who_answers_and_what_was_decided(client: Browser, session: Session) -> None:
    finding = made.a_finding()
    client.sign_in("follower").get("/responsibility?state=unset")
    client.get(f"/findings/{finding.id}/responsibility/new")
    typed = {
        "kind": "person", "collective": "Bộ phận Một cửa", "post": "Công chức tiếp nhận", "name": NAME,
        "recommended": "review", "competent_body": "Chủ tịch UBND xã", "asked_on": "12/8/2026",
        "due_on": "01/8/2026",
    }  # fmt: skip
    form = f'form[action="/findings/{finding.id}/responsibility/new"]'
    client.submit(form, typed, expect=422)
    assert "Hạn trả lời không trước ngày kiến nghị." in client.text
    assert client.page.find(id="collective")["value"] == "Bộ phận Một cửa"
    client.submit(form, {"due_on": "30/9/2026"}, expect=303)
    one = session.scalars(sa.select(Answerable)).one()
    client.get(f"/findings/{finding.id}/responsibility")
    assert "Công chức tiếp nhận, Bộ phận Một cửa" in client.text and "có ghi họ tên" in client.text
    assert NAME not in client.text and "Xem họ tên" not in client.text
    client.get(f"/answerables/{one.id}/edit")
    assert NAME not in client.text
    client.submit(f'form[action="/answerables/{one.id}/edit"]', {"post": "Công chức đất đai"}, expect=303)
    client.get(f"/answerables/{one.id}/decision")
    decision = f'form[action="/answerables/{one.id}/decision"]'
    client.submit(decision, {"reference": "quyết định", "decided_on": "15/9/2026"}, expect=422)
    client.submit(decision, {"reference": "12/QĐ-UBND", "decided_on": "15/9/2026"}, expect=303)
    client.get("/responsibility?state=answered")
    assert "12/QĐ-UBND ngày 15/9/2026" in client.text and "Công chức đất đai" in client.text
    assert "Kiến nghị xử lý: 00 tập thể (đã xử lý 00), 01 cá nhân (đã xử lý 01)" in client.text


def test_a_leader_sees_the_name_by_a_look_that_is_recorded_and_never_printed(
    client: Browser, session: Session
) -> None:
    one = made.answerable(made.a_finding())
    client.sign_in("leader").get(f"/findings/{one.finding_id}/responsibility")
    assert NAME not in client.text
    client.submit(f'form[action="/findings/{one.finding_id}/responsibility/names"]', {}, expect=200)
    assert NAME in client.text and "Xem họ tên người chịu trách nhiệm (01 người)" in client.text
    shown = client.page.find(string=lambda text: NAME in (text or ""))
    assert any("kl-no-print" in (above.get("class") or ()) for above in shown.parents)
    client.get("/responsibility")
    assert NAME not in client.text
    client.get(f"/findings/{one.finding_id}/responsibility")
    assert NAME not in client.text


def test_the_panel_stands_on_the_pages_of_finding_and_task_for_the_office_alone(
    client: Browser, session: Session
) -> None:
    [task] = remediation.issued()
    finding = made.concluded(task)
    client.sign_in("follower").get(f"/tasks/{task.id}")
    assert "Chưa xác định tập thể, cá nhân chịu trách nhiệm." in client.text
    made.answerable(finding)
    client.get(f"/tasks/{task.id}")
    assert PERSON.post in client.text and NAME not in client.text
    client.sign_in("leader").get(f"/findings/{finding.id}")
    assert PERSON.post in client.text and NAME not in client.text
    client.sign_in("head").get(f"/tasks/{task.id}")
    assert PERSON.post not in client.text
    away = made.passed_on()
    client.sign_in("leader").get(f"/findings/{away.id}")
    assert "Chưa ghi văn bản chuyển" in client.text


def test_the_follower_records_the_paper_of_a_case_and_its_answer(client: Browser, session: Session) -> None:
    finding = made.passed_on()
    client.sign_in("follower").get("/referrals?state=unsent")
    assert "Dấu hiệu thu thêm giấy tờ" in client.text
    client.get(f"/findings/{finding.id}/referral")
    assert client.page.find(id="body")["value"] == "Thanh tra thành phố"
    form = f'form[action="/findings/{finding.id}/referral"]'
    typed = {
        "track": "inspectorate",
        "reference": "81/SNV-CCHC",
        "sent_on": "01/9/2026",
        "due_on": "31/8/2026",
    }
    client.submit(form, typed, expect=422)
    client.submit(form, {"due_on": "15/9/2026"}, expect=303)
    sent = session.scalars(sa.select(Referral)).one()
    client.get("/referrals?state=late")
    assert "81/SNV-CCHC ngày 01/9/2026" in client.text
    client.get(f"/findings/{finding.id}/referral")
    client.submit(form, {"due_on": "30/9/2026"}, expect=303)
    client.get(f"/referrals/{sent.id}/answer")
    answer = f'form[action="/referrals/{sent.id}/answer"]'
    client.submit(answer, {"answer": "Đã thụ lý", "reference": "33", "answered_on": "24/9/2026"}, expect=422)
    client.submit(answer, {"answered_on": "20/9/2026"}, expect=303)
    client.get(f"/findings/{finding.id}/responsibility")
    assert "Đã thụ lý (33 ngày 20/9/2026)" in client.text


def test_what_was_entered_by_mistake_is_taken_back(client: Browser, session: Session) -> None:
    one = made.answerable(made.a_finding())
    finding_id = one.finding_id
    client.sign_in("follower").get(f"/findings/{finding_id}/responsibility")
    client.submit(f'form[action="/answerables/{one.id}/remove"]', {}, expect=303)
    assert session.scalar(sa.select(sa.func.count()).select_from(Answerable)) == 0
    client.get(f"/findings/{finding_id}/responsibility")
    assert "Bỏ việc xác định trách nhiệm nhập nhầm" in client.text


def test_lists_without_anything_say_so(client: Browser, session: Session) -> None:
    client.sign_in("follower").get("/responsibility")
    assert "Chưa có tồn tại, hạn chế nào được kết luận trên hệ thống." in client.text
    client.get("/responsibility?state=late&unit=x&measure=zzz")
    assert "Không có dòng nào phù hợp với bộ lọc." in client.text
    client.get("/referrals")
    assert "Chưa có vụ việc nào được chuyển cơ quan có thẩm quyền." in client.text
    client.get("/referrals?q=abc")
    assert "Không có vụ việc nào phù hợp với bộ lọc." in client.text


def test_only_the_office_opens_the_room(client: Browser, session: Session) -> None:
    one = made.answerable(made.a_finding())
    services.decide(one, DECISION, actor=actor())
    session.commit()
    paths = ("/responsibility", "/referrals", f"/findings/{one.finding_id}/responsibility")
    for part, status in (("head", 404), ("observer", 404), ("clerk", 403), ("planner", 200)):
        for path in paths:
            client.sign_in(part).get(path, expect=status)


@pytest.mark.parametrize("act", ["reconsider", "redraft"])
def test_the_database_too_keeps_a_case_where_its_paper_went(session: Session, act: str) -> None:
    one = made.referred()
    session.commit()
    state = {"reconsider": "opinion_taken", "redraft": "draft"}[act]
    moved = sa.text("UPDATE finding SET state = :state WHERE id = :key")
    with pytest.raises(IntegrityError, match="referral_of_passed_on"), session.begin_nested():
        session.execute(moved, {"state": state, "key": one.finding_id})


def test_what_was_recommended_stays_as_it_was_once_the_notice_was_recalled(session: Session) -> None:
    finding = made.a_finding()
    one = made.answerable(finding)
    finding.state = FindingState.AGREED
    with pytest.raises(WrongState, match="đã kết luận"), session.no_autoflush:
        services.change(one, replace(PERSON, due_on=date(2026, 12, 31)), actor=actor(), version=one.version)
    session.rollback()
