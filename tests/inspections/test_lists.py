"""Lists and the page of a case: who sees what, search without marks, pages by key, few queries."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.inspections import panels, queries
from app.inspections.models import Inspection
from app.policy import Actor
from app.web.paging import parse_cursor
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.queries import count_queries

FIVE = (cast.LONG_PHUOC, cast.AN_PHUOC, cast.LONG_THANH, cast.CULTURE, cast.PROVINCE)


def test_the_office_sees_all_and_an_inspector_the_cases_of_their_teams(
    client: Browser, session: Session
) -> None:
    mine = make.decided("Có thành viên", criteria=("MC-05",))
    other = make.draft("Không có thành viên", criteria=("MC-11",), team=False)
    session.commit()
    client.sign_in(cast.LEADER).get("/inspections")
    assert mine.code in client.text and other.code in client.text
    client.sign_in(cast.MEMBER).get("/inspections")
    assert mine.code in client.text and other.code not in client.text
    client.get(f"/inspections/{mine.id}")
    client.get(f"/inspections/{other.id}", expect=404)
    with pytest.raises(NotFound):
        queries.get_visible(cast.actor(cast.MEMBER), other.id)


@pytest.mark.parametrize("part", [cast.HEAD, cast.OFFICER, cast.OBSERVER, cast.OUTSIDER])
def test_nobody_outside_the_office_lists_cases(client: Browser, session: Session, part: str) -> None:
    made = make.decided()
    session.commit()
    client.sign_in(part).get("/inspections", expect=403)
    client.get("/inspections/plan", expect=403)
    client.get(f"/inspections/{made.id}", expect=404)


def test_an_office_role_has_no_page_of_a_units_own_visits(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get("/my-visits", expect=403)


def test_cases_are_found_without_marks_by_unit_title_code_and_decision(session: Session) -> None:
    made = make.decided("Kiểm tra đột nhập liệu", number=377)
    make.draft("Cuộc khác", units=(cast.AN_PHUOC,))
    actor = cast.actor(cast.PLANNER)
    for text in ("long phuoc", "dot nhap", made.code.lower(), "377/qd-snv"):
        found = queries.list_visible(actor, queries.Filters(text=text), None)
        assert [row.id for row in found] == [made.id], text


def test_the_list_is_filtered_and_an_empty_answer_says_the_way_on(client: Browser, session: Session) -> None:
    make.draft()
    session.commit()
    client.sign_in(cast.PLANNER).get("/inspections?state=decided&year=2026")
    assert "Không có cuộc kiểm tra nào khớp" in client.text
    client.get("/inspections?state=draft&year=2026")
    assert "01 cuộc kiểm tra" in client.text
    client.get("/inspections?cursor=xyz", expect=400)
    client.get("/inspections?state=nonsense&year=99999")


def test_pages_follow_each_other_by_key(session: Session) -> None:
    actor = cast.actor(cast.PLANNER)
    made = [make.draft(f"Cuộc {n}", units=(), criteria=(), team=False).id for n in range(5)]
    first = queries.list_visible(actor, queries.Filters(), None, size=2)
    assert [row.id for row in first] == made[:-3:-1]
    second = queries.list_visible(actor, queries.Filters(), parse_cursor(first.next_cursor, int), size=2)
    assert [row.id for row in second] == [made[2], made[1]]
    back = queries.list_visible(actor, queries.Filters(), parse_cursor(second.previous_cursor, int), size=2)
    assert [row.id for row in back] == [row.id for row in first]


def test_the_plan_groups_by_month_and_shows_drafts_in_each_others_way(
    client: Browser, session: Session
) -> None:
    make.decided("Tháng chín", units=(cast.AN_PHUOC,))
    make.draft("Một", criteria=("MC-05",))
    make.draft("Hai", criteria=("MC-05",))
    session.commit()
    client.sign_in(cast.PLANNER).get("/inspections/plan")
    assert "Tháng 9 năm 2026" in client.text and "Chưa xếp thời gian" in client.text
    assert "cùng chọn 01 nội dung của UBND xã Long Phước" in client.text
    assert "Rà soát chồng chéo: KT2026-" in client.text


def test_the_wait_strip_says_who_what_and_until_when(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/inspections/{made.id}")
    strip = " ".join(client.page.select_one(".kl-wait").get_text(" ").split())
    assert strip.startswith("Đang chờ Trưởng đoàn Nguyễn Văn Mẫu Việc Báo lịch và tổ chức buổi làm việc")
    assert "23/9/2026" in strip


def test_features_above_fill_columns_and_sections(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()

    def cells(inspection: Inspection, _actor: Actor) -> dict[int, panels.CellText]:
        return {iu.id: panels.CellText("07 tồn tại", "/findings/1") for iu in inspection.units}

    before = dict(panels._columns)
    panels.add_column("findings", cells)
    try:
        client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}")
        assert client.page.select_one("td a[href='/findings/1']").get_text(" ").startswith("07 tồn tại")
    finally:
        panels._columns.clear()
        panels._columns.update(before)
    with pytest.raises(KeyError):
        panels.add_column("unknown", cells)


def many(session: Session) -> Inspection:
    made = make.decided(units=FIVE, criteria=None)
    for unit in made.units:
        make.announced(unit)
    session.commit()
    session.expire_all()
    return made


def test_the_list_asks_as_many_queries_for_ten_cases_as_for_one(client: Browser, session: Session) -> None:
    make.draft("Cuộc đầu")
    session.commit()
    client.sign_in(cast.PLANNER)

    def asked() -> int:
        session.expire_all()
        with count_queries(session) as sent:
            client.get("/inspections")
        return len(sent)

    one = asked()
    for n in range(9):
        make.draft(f"Cuộc {n}", units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    session.commit()
    assert asked() <= one + 1
    assert one <= 14


def test_the_pages_of_a_large_case_ask_few_queries(client: Browser, session: Session) -> None:
    made = many(session)
    client.sign_in(cast.PLANNER)
    root = f"/inspections/{made.id}"
    for path, most in (("", 30), ("/review", 30), ("/visits", 30), ("/assignments", 40), ("/team", 30)):
        session.expire_all()
        with count_queries(session) as sent:
            client.get(root + path)
        assert len(sent) <= most, (path, len(sent), "\n".join(sent))


def test_the_scope_of_a_unit_comes_in_form_order_in_a_few_queries(session: Session) -> None:
    made = many(session)
    unit = made.units[0]
    session.expire_all()
    unit_id = unit.id
    with count_queries(session) as sent:
        items = queries.list_scope(unit_id)
        keys = [(item.criterion.group.code, item.criterion.key, item.unit.name) for item in items]
    assert len(keys) == 79 and keys[0][:2] == ("CĐ", "CĐ-01") and keys[-1][:2] == ("PA", "PA-06")
    assert len(sent) <= 6, "\n".join(sent)


def test_after_the_decision_no_page_reviews_the_scope_again(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make.decided()
    session.commit()
    monkeypatch.setattr("app.inspections.queries.review_scope", None)
    for page in ("visits", "team", "assignments"):
        client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/{page}")


def test_a_case_is_called_by_its_decision_in_every_path(client: Browser, session: Session) -> None:
    made, draft = make.decided(number=201), make.draft("Kiểm tra chuyên đề", units=(cast.AN_PHUOC,))
    session.commit()
    client.sign_in(cast.PLANNER)
    pages = ("", "/visits", "/team", "/changes", "/remediation", "/agreement")
    for page in pages:
        client.get(f"/inspections/{made.id}{page}")
        path = [step.get_text() for step in client.page.select(".kl-path li")]
        assert path[:2] == ["Cuộc kiểm tra", "Quyết định số 201/QĐ-SNV"], page
    client.get(f"/inspections/{draft.id}/edit")
    assert [step.get_text() for step in client.page.select(".kl-path li")][1] == draft.code
