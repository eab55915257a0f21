"""Lập cuộc kiểm tra, and its first page."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, Forbidden, Stale, WrongState
from app.inspections import queries, services
from app.inspections.models import Inspection, InspectionState, ScopeItem
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make

FIELDS = {
    "title": "Kiểm tra cơ chế một cửa quý III",
    "review_from": "01/01/2026",
    "review_to": "30/6/2026",
}


def cases(session: Session) -> list[Inspection]:
    session.expire_all()
    return list(session.scalars(sa.select(Inspection)))


def test_a_planner_makes_a_draft_that_takes_nothing(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get("/inspections/new")
    client.submit(data=FIELDS)
    (made,) = cases(session)
    assert client.response.headers["Location"].endswith(f"/inspections/{made.id}/units")
    assert made.state is InspectionState.DRAFT and made.mandate_id is None
    assert made.code == f"KT2026-{made.id:03d}"
    assert (made.review_from, made.review_to) == (date(2026, 1, 1), date(2026, 7, 1))
    assert made.office_unit.name == "Sở Nội vụ"


def test_an_inspector_may_not_make_a_case(client: Browser, session: Session) -> None:
    client.sign_in(cast.MEMBER).get("/inspections/new", expect=403)
    with pytest.raises(Forbidden):
        services.create(make.case_data(), actor=cast.actor(cast.MEMBER))


def test_a_wrong_date_and_a_missing_title_keep_what_was_typed(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get("/inspections/new")
    client.submit(
        data=FIELDS | {"title": "", "review_from": "31/02/2026", "authority": "Giám đốc Sở"}, expect=422
    )
    assert "Không có ngày 31/02/2026" in client.text
    assert client.page.select_one("#review_from")["value"] == "31/02/2026"
    assert client.page.select_one("#authority")["value"] == "Giám đốc Sở"
    assert cases(session) == []


def test_a_name_that_is_too_long_is_said_to_be_and_never_cut(client: Browser, session: Session) -> None:
    long = "x" * 1200
    client.sign_in(cast.PLANNER).get("/inspections/new")
    title = client.page.select_one("#title")
    assert title is not None and not title.has_attr("maxlength"), "a browser would cut without a word"
    client.submit(data=FIELDS | {"title": long}, expect=422)
    assert "Nhập từ 3 đến 300 ký tự." in client.text
    assert client.page.select_one("#title")["value"] == long
    assert cases(session) == []


def test_an_office_or_form_that_does_not_exist_is_refused(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get("/inspections/new")
    client.submit(data=FIELDS | {"office_unit_id": "999999", "form_version_id": "abc"}, expect=422)
    assert cases(session) == []


def test_the_last_day_of_the_period_is_not_before_the_first(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get("/inspections/new")
    client.submit(data=FIELDS | {"review_to": "31/12/2025"}, expect=422)
    assert "không trước ngày đầu" in client.text


@pytest.mark.parametrize("field", ["review_from", "review_to", "starts_on"])
@pytest.mark.parametrize(
    ("typed", "told"),
    [("30/02/2026", "Không có ngày 30/02/2026 trong lịch"), ("01/01/0001", "Năm 1 nằm ngoài khoảng")],
)
def test_a_day_that_is_none_is_told_at_its_field_and_makes_nothing(
    client: Browser, session: Session, field: str, typed: str, told: str
) -> None:
    client.sign_in(cast.PLANNER).get("/inspections/new")
    client.submit(data=FIELDS | {field: typed}, expect=422)
    assert told in client.text
    assert client.page.select_one(f"#{field}")["value"] == typed
    assert cases(session) == []


def test_a_unit_that_was_not_there_on_any_day_of_the_period_is_refused(session: Session) -> None:
    made = make.draft(units=(), criteria=(), review=(date(2024, 1, 1), date(2024, 12, 31)))
    with pytest.raises(DomainError, match="nằm ngoài thời kỳ kiểm tra") as refused:
        services.add_units(
            made, [cast.unit(cast.LONG_PHUOC).id], version=None, actor=cast.actor(cast.PLANNER)
        )
    assert refused.value.field == "unit_ids" and not made.units


def test_the_same_draft_sent_twice_is_made_once(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get("/inspections/new")
    client.submit(data=FIELDS)
    client.get("/inspections/new")
    client.submit(data=FIELDS, expect=409)
    assert "cùng tên, cùng thời kỳ" in client.text
    assert len(cases(session)) == 1


def test_a_provisional_end_takes_the_planned_end_of_the_visits(session: Session) -> None:
    data = make.case_data(review=(date(2026, 1, 1), None), provisional=True, ends_on=date(2026, 10, 9))
    made = services.create(data, actor=cast.actor(cast.PLANNER))
    assert made.review_to_provisional and made.review_to == date(2026, 10, 10)


def test_without_an_end_the_period_is_refused(session: Session) -> None:
    with pytest.raises(DomainError) as refused:
        services.create(make.case_data(review=(date(2026, 1, 1), None)), actor=cast.actor(cast.PLANNER))
    assert refused.value.field == "review_to"


def test_editing_the_period_moves_the_scope_with_it(client: Browser, session: Session) -> None:
    made = make.draft()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/edit")
    client.submit(data={"review_to": "31/3/2026"})
    session.expire_all()
    ends = set(session.scalars(sa.select(ScopeItem.ends_on)))
    assert ends == {date(2026, 4, 1)}
    assert len(session.scalars(sa.select(ScopeItem)).all()) == 3


def test_a_stale_edit_is_refused_with_who_and_when_and_keeps_the_text(
    client: Browser, session: Session
) -> None:
    made = make.draft()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/edit")
    services.edit_draft(
        made, make.case_data("Tên do người khác sửa"), version=None, actor=cast.actor(cast.PLANNER)
    )
    session.commit()
    client.submit(data={"title": "Tên của bản này"}, expect=409)
    assert "vừa được đồng chí Đỗ Văn Giả Định cập nhật lúc 10:00" in client.text
    assert client.page.select_one("#title")["value"] == "Tên của bản này"
    assert "Tên do người khác sửa" in client.text
    client.submit(data={}, expect=303)
    session.expire_all()
    assert session.get_one(Inspection, made.id).title == "Tên của bản này"


def test_a_decided_case_is_no_longer_edited(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/edit", expect=409)
    with pytest.raises(WrongState):
        services.edit_draft(made, make.case_data(), version=None, actor=cast.actor(cast.PLANNER))


def test_a_service_call_with_an_older_version_is_stale(session: Session) -> None:
    made = make.draft()
    with pytest.raises(Stale):
        services.edit_draft(made, make.case_data(), version=made.version - 1, actor=cast.actor(cast.PLANNER))


def test_two_different_titles_are_two_drafts(session: Session) -> None:
    planner = cast.actor(cast.PLANNER)
    services.create(make.case_data("Một"), actor=planner)
    services.create(make.case_data("Hai"), actor=planner)
    with pytest.raises(Conflict):
        services.create(make.case_data("Hai"), actor=planner)
    assert len(queries.list_visible(planner, queries.Filters(), None)) == 2
