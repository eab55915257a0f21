"""The schedule, its announcement, and what a unit's own people see of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, Forbidden, NotFound, WrongState
from app.inspections import queries, services
from app.inspections.models import HalfDay, Inspection, InspectionKind, Visit, VisitState
from app.inspections.services import VisitData
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make

THURSDAY, SATURDAY = date(2026, 9, 24), date(2026, 9, 26)
LETTER = "Công văn số 310/SNV-CCHC ngày 21/9/2026"


def test_a_visit_is_planned_and_the_unit_learns_nothing(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/inspections/{made.id}/visits")
    client.submit(
        f"form[action='/inspections/{made.id}/visits']",
        {"on_date": "24/9/2026", "place": "Hội trường UBND xã"},
    )
    client.follow()
    assert "Đã xếp lịch, chưa báo đơn vị" in client.text and "Hội trường UBND xã" in client.text
    client.sign_in(cast.HEAD).get("/my-visits")
    assert "Chưa có lịch làm việc nào" in client.text
    client.get(f"/inspections/{made.id}", expect=404)


def test_an_announced_visit_is_seen_by_its_own_unit_alone(client: Browser, session: Session) -> None:
    made = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    make.scheduled(made.units[0], THURSDAY)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/inspections/{made.id}/visits")
    client.submit("form[action$='/visits/announce']", {"citation": LETTER})
    client.sign_in(cast.HEAD).get("/my-visits")
    assert "Thứ Năm, 24/9/2026, buổi sáng." in client.text and LETTER in client.text
    assert "An Phước" not in client.text
    client.sign_in(cast.OTHER_HEAD).get("/my-visits")
    assert "Chưa có lịch làm việc nào" in client.text
    head, other = cast.actor(cast.HEAD), cast.actor(cast.OTHER_HEAD)
    assert queries.get_unit_visible(head, made.units[0].id).id == made.units[0].id
    for actor, unit in ((head, made.units[1]), (other, made.units[0]), (other, made.units[1])):
        with pytest.raises(NotFound):
            queries.get_unit_visible(actor, unit.id)


def test_a_whole_day_is_said_without_repeating_itself(client: Browser, session: Session) -> None:
    made = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    make.scheduled(made.units[0], THURSDAY, HalfDay.WHOLE)
    make.scheduled(made.units[1], THURSDAY)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/inspections/{made.id}/visits")
    assert "UBND xã Long Phước – cả ngày 24/9/2026" in client.text
    assert "UBND xã An Phước – buổi sáng ngày 24/9/2026" in client.text


def test_a_surprise_has_no_letter_and_shows_only_when_it_is_under_way(
    client: Browser, session: Session
) -> None:
    made = make.decided(kind=InspectionKind.SURPRISE)
    visit = make.scheduled(made.units[0])
    session.commit()
    with pytest.raises(WrongState, match="đột xuất không báo lịch trước"):
        services.announce([visit], LETTER, actor=cast.actor(cast.SECRETARY))
    client.sign_in(cast.HEAD).get("/my-visits")
    assert "Chưa có lịch làm việc nào" in client.text
    visit.state = VisitState.UNDER_WAY
    session.commit()
    client.get("/my-visits")
    assert "Đang làm việc" in client.text


def test_a_draft_announces_nothing(session: Session) -> None:
    made = make.draft()
    visit = make.scheduled(made.units[0], THURSDAY)
    with pytest.raises(WrongState, match="Chưa có quyết định"):
        services.announce([visit], LETTER, actor=cast.actor(cast.PLANNER))


def test_announcing_needs_a_letter_and_happens_once(client: Browser, session: Session) -> None:
    made = make.decided()
    visit = make.scheduled(made.units[0], THURSDAY)
    session.commit()
    path = f"/inspections/{made.id}/visits"
    client.sign_in(cast.SECRETARY).get(path)
    client.submit("form[action$='/visits/announce']", {"citation": " "}, expect=422)
    client.submit("form[action$='/visits/announce']", {"citation": LETTER})
    client.get(path)
    client.post(f"{path}/announce", {"visits": str(visit.id), "citation": LETTER}, expect=409)
    assert "đã báo" in client.text


def test_days_off_the_term_and_two_places_at_once_are_warned_of(session: Session) -> None:
    made = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first = make.scheduled(made.units[0], SATURDAY)
    second = make.scheduled(made.units[1], SATURDAY)
    late = make.scheduled(made.units[1], date(2026, 12, 1))
    warnings = queries.visit_warnings(made, cast.actor(cast.PLANNER))
    chair = cast.person(cast.TEAM_LEADER).name
    assert warnings[first.id] == [
        "Ngày 26/9/2026 (thứ Bảy) là ngày nghỉ.",
        f"Trùng buổi với UBND xã An Phước: cùng người chủ trì {chair}.",
    ]
    assert f"Trùng buổi với UBND xã Long Phước: cùng người chủ trì {chair}." in warnings[second.id]
    assert warnings[late.id] == ["Sau ngày kết thúc kiểm tra 06/10/2026."]
    first.chair = first.chair_id = None
    session.flush()
    warnings = queries.visit_warnings(made, cast.actor(cast.PLANNER))
    assert "Trùng buổi với UBND xã Long Phước: cùng Tổ 1." in warnings[second.id]


def test_a_chair_of_another_case_at_the_same_time_is_warned_of(client: Browser, session: Session) -> None:
    here = make.decided()
    visit = make.scheduled(here.units[0], THURSDAY)
    there = make.decided("Kiểm tra chuyên đề", units=(cast.AN_PHUOC,))
    make.scheduled(there.units[0], THURSDAY, HalfDay.WHOLE)
    session.commit()
    chair = cast.person(cast.TEAM_LEADER).name
    told = f"{chair} cùng buổi chủ trì buổi làm việc với UBND xã An Phước ({there.code})."
    assert queries.visit_warnings(here, cast.actor(cast.PLANNER)) == {visit.id: [told]}
    client.sign_in(cast.PLANNER).get(f"/inspections/{here.id}/visits")
    assert told in client.text
    there.members = [m for m in there.members if m.person_id != cast.person(cast.SECRETARY).id]
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/inspections/{here.id}/visits")
    assert f"{chair} cùng buổi chủ trì buổi làm việc của cuộc kiểm tra khác." in client.text
    assert "An Phước" not in client.text


def test_the_same_half_day_twice_and_a_past_day_are_refused(client: Browser, session: Session) -> None:
    made = make.decided()
    make.scheduled(made.units[0], THURSDAY)
    session.commit()
    form = f"form[action='/inspections/{made.id}/visits']"
    client.sign_in(cast.SECRETARY).get(f"/inspections/{made.id}/visits")
    client.submit(form, {"on_date": "24/9/2026", "half_day": "whole", "place": "Nhà văn hóa"}, expect=409)
    assert client.page.select_one("#place")["value"] == "Nhà văn hóa"
    client.submit(form, {"on_date": "22/9/2026"}, expect=422)
    client.submit(form, {"on_date": "ngày mai"}, expect=422)
    session.expire_all()
    assert len(session.get_one(Inspection, made.id).units[0].visits) == 1


def test_an_announced_visit_is_moved_by_a_written_word(client: Browser, session: Session) -> None:
    made = make.decided()
    visit = make.announced(made.units[0], THURSDAY)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}/move")
    client.submit("form[action$='/move']", {"on_date": "25/9/2026"}, expect=422)
    client.submit("form[action$='/move']", {"citation": "Công văn số 311/SNV-CCHC ngày 23/9/2026"})
    session.expire_all()
    moved = session.get_one(Visit, visit.id)
    assert moved.on_date == date(2026, 9, 25) and moved.announcement.startswith("Công văn số 311")


def test_a_visit_is_called_off_with_a_reason(client: Browser, session: Session) -> None:
    made = make.decided()
    visit = make.announced(made.units[0], THURSDAY)
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/visits/{visit.id}/move")
    client.submit("form[action$='/call-off']", {"reason": ""}, expect=422)
    client.submit("form[action$='/call-off']", {"reason": "Đơn vị ứng phó mưa lũ"})
    session.expire_all()
    assert session.get_one(Visit, visit.id).state is VisitState.NOT_HELD
    client.get(f"/visits/{visit.id}/move")
    client.submit("form[action$='/call-off']", {"reason": "Lần nữa"}, expect=409)


def test_a_signed_visit_is_not_moved(session: Session) -> None:
    made = make.decided()
    visit = make.announced(made.units[0], THURSDAY)
    visit.state = VisitState.SIGNED
    with pytest.raises(WrongState):
        services.move_visit(visit, VisitData(date(2026, 9, 25)), LETTER, actor=cast.actor(cast.SECRETARY))


def test_the_chair_is_of_the_team(session: Session) -> None:
    made = make.decided()
    data = VisitData(THURSDAY, HalfDay.MORNING, chair_id=cast.person(cast.FOLLOWER).id)
    with pytest.raises(DomainError, match="Chọn người chủ trì trong Đoàn"):
        services.schedule_visit(made.units[0], data, actor=cast.actor(cast.SECRETARY))


def test_members_do_not_schedule_and_strangers_find_nothing(client: Browser, session: Session) -> None:
    made = make.decided()
    visit = make.scheduled(made.units[0], THURSDAY)
    session.commit()
    client.sign_in(cast.MEMBER).get(f"/inspections/{made.id}/visits", expect=403)
    client.get(f"/visits/{visit.id}/move", expect=403)
    client.sign_in(cast.HEAD).get(f"/visits/{visit.id}/move", expect=404)
    client.sign_in(cast.GUEST).get(f"/visits/{visit.id}/move", expect=404)
    with pytest.raises(Forbidden):
        services.call_off(visit, "Không", actor=cast.actor(cast.MEMBER))


def test_two_letters_for_one_visit_are_a_conflict(session: Session) -> None:
    made = make.decided()
    visit = make.announced(made.units[0], THURSDAY)
    with pytest.raises(Conflict):
        services.announce([visit], LETTER, actor=cast.actor(cast.SECRETARY))


def test_the_units_own_report_is_recorded(client: Browser, session: Session) -> None:
    made = make.decided()
    visit = make.announced(made.units[0], THURSDAY)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/inspections/{made.id}/units/{visit.inspected_unit_id}/report")
    client.submit(
        data={"report_due_on": "23/9/2026", "report_citation": "Báo cáo số 92/BC-UBND ngày 16/9/2026"}
    )
    client.follow()
    assert "Báo cáo số 92/BC-UBND ngày 16/9/2026" in client.text
    client.sign_in(cast.HEAD).get("/my-visits")
    assert "đã gửi, Báo cáo số 92/BC-UBND" in client.text
