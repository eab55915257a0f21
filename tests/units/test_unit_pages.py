"""Pages of units: who sees them, what they show, what they refuse."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.units import queries, services
from app.units.models import SuccessionKind, Unit, UnitType
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as cases
from tests.factories import register, units
from tests.queries import count_queries

NEW = {"parent": "", "code": "q1", "name": "UBND xã Thử Nghiệm", "type": "commune", "from_on": "01/7/2025"}


def test_the_tree_holds_every_unit_of_the_day(client: Browser) -> None:
    client.sign_in("member").get("/units")
    assert client.page.select("details summary") and "UBND xã Long Phước" in client.text
    client.get("/units?on=30/6/2025")
    assert "UBND xã Long Phước" not in client.text and "Sở Nội vụ" in client.text


def test_a_search_without_marks_and_a_type_give_a_list(client: Browser) -> None:
    client.sign_in("member").get("/units?q=long%20phuoc&type=commune")
    assert [row.th.get_text() for row in client.page.select("tbody tr") if row.th] == ["LP"]
    client.get("/units?q=khong-co-gi")
    assert "Không có đơn vị nào khớp" in client.text


def test_a_day_that_cannot_be_read_is_said_and_kept(client: Browser) -> None:
    client.sign_in("member").get("/units?on=31/02/2026", expect=422)
    assert "Không có ngày 31/02/2026 trong lịch" in client.text
    assert 'value="31/02/2026"' in client.response.text


def test_a_long_list_is_paged_by_key(client: Browser) -> None:
    for number in range(60):
        units.unit(f"T{number:02d}", f"UBND xã Dài {number:02d}")
    client.sign_in("member").get("/units?q=dai")
    first = [row.th.get_text() for row in client.page.select("tbody tr") if row.th]
    client.get(str(client.page.select_one("a[rel=next]")["href"]))
    second = [row.th.get_text() for row in client.page.select("tbody tr") if row.th]
    assert (len(first), len(second)) == (50, 10) and not set(first) & set(second)
    client.get(str(client.page.select_one("a[rel=prev]")["href"]))
    assert [row.th.get_text() for row in client.page.select("tbody tr") if row.th] == first


def test_the_tree_and_a_unit_cost_few_queries_however_many_units(client: Browser, session: Session) -> None:
    for number in range(30):
        units.unit(f"T{number:02d}")
    session.commit()
    client.sign_in("administrator")
    for path in ("/units", f"/units/{cast.unit('LP').id}", "/people"):
        session.expire_all()
        with count_queries(session) as sent:
            client.get(path)
        assert len(sent) <= 15, (path, len(sent))


def test_a_unit_shows_names_heads_and_successions_over_time(client: Browser, session: Session) -> None:
    old = units.unit("CU", "UBND xã Cũ Mẫu", valid_to=date(2025, 7, 1))
    services.add_succession(
        old,
        cast.unit("LP"),
        date(2025, 7, 1),
        SuccessionKind.MERGE,
        verified=False,
        actor=cast.actor("planner"),
    )
    session.commit()
    client.sign_in("member").get(f"/units/{cast.unit('LP').id}")
    for text in ("UBND xã Cũ Mẫu", "Chưa xác minh", "Nguyễn Văn Giả Thiết", "Chủ tịch UBND xã",
                 "Mai Thị Làm Mẫu",
                 "Ghi việc kế thừa giữa các đơn vị", "Đơn vị trực thuộc (01)"):  # fmt: skip
        assert text in client.text, text


def test_officers_of_another_unit_are_not_shown_to_units(client: Browser) -> None:
    client.sign_in("other-head").get(f"/units/{cast.unit('LP').id}")
    assert "Nguyễn Văn Giả Thiết" in client.text
    assert "Mai Thị Làm Mẫu" not in client.text


def test_a_unit_that_is_not_there_is_not_found(client: Browser) -> None:
    client.sign_in("planner").get("/units/999999", expect=404)
    client.get("/units/999999/change", expect=404)
    client.get("/units?under=999999", expect=404)


@pytest.mark.parametrize("page", ["new", "{}/change", "{}/end", "{}/succession"])
def test_only_those_who_manage_units_change_them(client: Browser, page: str) -> None:
    address = f"/units/{page.format(cast.unit('LP').id)}"
    client.sign_in("leader").get(address, expect=403)
    client.post(address, expect=403)
    client.sign_in("planner").get(address)


def test_a_person_without_any_role_sees_no_catalogue(client: Browser) -> None:
    client.sign_in("outsider").get("/units", expect=403)
    client.get("/catalogue", expect=403)


def test_a_unit_is_created_with_its_event(client: Browser, session: Session) -> None:
    client.sign_in("planner").get("/units/new")
    client.submit(data={**NEW, "parent": str(cast.unit("DN").id)})
    client.follow()
    assert "Đã thêm đơn vị." in client.text
    made = queries.find_by_code("Q1")
    assert made is not None and made.valid_from == date(2025, 7, 1)
    assert session.scalars(sa.select(Event.name).order_by(Event.seq.desc())).first() == "unit_created"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Tên đơn vị: Cần nhập nội dung này."),
        ({"from_on": "31/02/2026"}, "Không có ngày 31/02/2026 trong lịch"),
        ({"type": "castle"}, "Loại đơn vị: Chọn một giá trị trong danh sách."),
        ({"code": "A B"}, "Mã đơn vị gồm"),
        ({"parent": "999999"}, "Đơn vị cấp trên: Chọn một giá trị trong danh sách."),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_makes_nothing(
    client: Browser, session: Session, change: dict[str, str], said: str
) -> None:
    before = session.scalar(sa.select(sa.func.count()).select_from(Unit))
    client.sign_in("planner").get("/units/new")
    client.post(
        "/units/new", {**NEW, "relation": "under", "legal_basis": "Quyết định thử", **change}, expect=422
    )
    assert said in client.text
    assert "Quyết định thử" in client.response.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Unit)) == before


def test_a_code_in_use_is_a_conflict(client: Browser) -> None:
    client.sign_in("planner").get("/units/new")
    client.submit(data={**NEW, "code": "LP"}, expect=409)
    assert "Mã đơn vị LP đã được dùng" in client.text


def test_a_change_of_name_keeps_the_old_one(client: Browser, session: Session) -> None:
    unit = cast.unit("LP")
    client.sign_in("planner").get(f"/units/{unit.id}/change")
    client.submit(data={"from_on": "30/4/2026", "name": "UBND phường Long Phước", "type": "ward"})
    session.expire_all()
    assert (unit.version_on(date(2026, 1, 1)).name, unit.name) == (
        "UBND xã Long Phước",
        "UBND phường Long Phước",
    )
    client.get(f"/units/{unit.id}/change")
    client.submit(data={"from_on": "30/4/2026"}, expect=409)
    assert "đã có thay đổi ghi từ ngày này" in client.text
    client.submit(data={"from_on": ""}, expect=422)


def test_a_unit_is_ended_and_keeps_its_page(client: Browser, session: Session) -> None:
    made = units.unit("Q1")
    session.commit()
    client.sign_in("planner").get(f"/units/{made.id}/end")
    client.submit(data={"ended_on": "01/9/2026"}, expect=422)
    client.submit(data={"ended_on": "01/9/2026", "legal_basis": "Nghị quyết thử"})
    client.follow()
    assert "Đã chấm dứt hoạt động" in client.text
    assert not made.exists_on(date(2026, 9, 1))


def test_a_unit_with_claims_beyond_the_day_is_not_cut(client: Browser, session: Session) -> None:
    unit = cast.unit("AP")
    register.held([register.box(unit, "MC-05", date(2026, 7, 1), date(2026, 9, 30))])
    session.commit()
    client.sign_in("planner").get(f"/units/{unit.id}/end")
    client.submit(data={"ended_on": "01/9/2026", "legal_basis": "Nghị quyết thử"}, expect=409)
    assert "Đoàn kiểm tra theo Quyết định số 120/QĐ-SNV ngày 03/9/2026 của Sở Nội vụ đang giữ" in client.text
    assert "Nghị quyết thử" in client.response.text
    session.expire_all()
    assert unit.valid_to is None


def test_a_succession_is_recorded_from_either_side(client: Browser, session: Session) -> None:
    old = units.unit("CU", valid_to=date(2025, 7, 1))
    session.commit()
    said = {"on_date": "01/7/2025", "legal_basis": "Nghị quyết thử", "other": str(old.id)}
    client.sign_in("planner").get(f"/units/{cast.unit('LP').id}/succession")
    client.submit(data={**said, "on_date": "02/7/2025"}, expect=422)
    assert "không hoạt động trước ngày 02/7/2025" in client.text
    client.submit(data=said)
    client.get(f"/units/{old.id}/succession")
    client.submit(data={**said, "side": "successor", "other": str(cast.unit("AP").id)})
    assert len(queries.list_successions([old.id])) == 2


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("30/02/2025", "Không có ngày 30/02/2025 trong lịch"),
        ("01/01/0001", "Năm 1 nằm ngoài khoảng"),
    ],
)
def test_a_day_that_is_none_ends_nothing_and_succeeds_nobody(
    client: Browser, session: Session, typed: str, told: str
) -> None:
    old, unit_id = units.unit("CU", valid_to=date(2025, 7, 1)), cast.unit("LP").id
    session.commit()
    client.sign_in("planner").get(f"/units/{unit_id}/succession")
    client.submit(data={"on_date": typed, "legal_basis": "Thử", "other": str(old.id)}, expect=422)
    assert told in client.text and client.page.select_one("#on_date")["value"] == typed
    assert not queries.list_successions([old.id])
    client.get(f"/units/{unit_id}/end")
    client.submit(data={"ended_on": typed, "legal_basis": "Thử"}, expect=422)
    assert told in client.text and cast.unit("LP").valid_to is None


def test_a_succession_recorded_by_mistake_is_undone_with_a_reason(client: Browser, session: Session) -> None:
    old, new = units.unit("CU", valid_to=date(2025, 7, 1)), cast.unit("LP")
    row = services.add_succession(old, new, date(2025, 7, 1), SuccessionKind.MERGE, actor=None)
    session.commit()
    path = f"/successions/{row.id}/undo"
    client.sign_in(cast.HEAD).get(path, expect=403)
    client.sign_in("planner").get(f"/units/{new.id}")
    assert client.page.select(f"a[href='{path}']")
    client.get(path)
    client.submit(data={"reason": "   "}, expect=422)
    client.submit(data={"reason": "Nhập nhầm đơn vị"})
    client.follow()
    assert "Đã bỏ ghi việc kế thừa." in client.text
    assert list(queries.list_successions([old.id])) == []
    said = session.scalars(sa.select(Event).where(Event.name == "succession_undone")).one()
    assert said.data["reason"] == "Nhập nhầm đơn vị" and said.data["predecessor"] == old.name
    client.get(path, expect=404)


def test_a_succession_that_a_scope_was_expanded_by_stays(client: Browser, session: Session) -> None:
    old = units.unit("CU", valid_to=date(2026, 4, 1))
    new = units.unit("MOI", valid_from=date(2026, 4, 1))
    row = services.add_succession(old, new, date(2026, 4, 1), SuccessionKind.MERGE, actor=None)
    made = cases.draft(units=("MOI",))
    session.commit()
    client.sign_in("planner").get(f"/successions/{row.id}/undo")
    client.submit(data={"reason": "Nhập nhầm"}, expect=409)
    assert f"Phạm vi của {made.code} đã tính theo việc kế thừa này" in client.text
    assert client.page.select_one("#reason").get_text().strip() == "Nhập nhầm"
    assert len(queries.list_successions([old.id])) == 1


def test_type_order_holds_every_type() -> None:
    assert set(queries.TYPE_ORDER) == set(UnitType)


@pytest.mark.parametrize("page", ["end", "succession"])
def test_a_basis_of_blanks_is_none(client: Browser, session: Session, page: str) -> None:
    old = units.unit("CU", valid_to=date(2025, 7, 1))
    session.commit()
    client.sign_in("planner").get(f"/units/{cast.unit('LP').id}/{page}")
    days = {"end": {"ended_on": "01/9/2026"}, "succession": {"on_date": "01/7/2025", "other": str(old.id)}}
    client.submit(data={**days[page], "legal_basis": "   "}, expect=422)
    error = client.page.find(id="legal_basis-error")
    assert error is not None and "Cần nhập nội dung này." in error.get_text()
    assert list(queries.list_successions([old.id])) == []
