"""Pages of people: posts begin and end, accounts are given, closed and opened again."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.models import Person
from app.audit.models import Event
from app.policy import Role
from tests import cast
from tests.conftest import Browser
from tests.factories import accounts as made

NEW = {
    "name": "Tô Văn Tạm Bợ",
    "title": "Công chức Văn phòng",
    "kind": "staff",
    "roles": ["unit_officer"],
    "from_on": "01/9/2026",
    "sign_in": "totb@mau.example",
}


def password_shown(client: Browser) -> str:
    found = re.search(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", client.text)
    assert found is not None
    return found[0]


def test_people_are_found_without_marks(client: Browser) -> None:
    client.sign_in("administrator").get("/people?q=gia+thiet")
    assert "Nguyễn Văn Giả Thiết" in client.text and "Trần Văn Thử" not in client.text
    client.get("/people?q=khong-co-ai")
    assert "Không có cán bộ nào khớp" in client.text
    client.get("/people?cursor=xyz", expect=400)


def test_a_long_list_is_paged_by_key(client: Browser, session: Session) -> None:
    for number in range(60):
        made.person(f"Người Thứ {number:02d}")
    session.commit()
    client.sign_in("administrator").get("/people?q=nguoi+thu")
    first = [row.th.get_text() for row in client.page.select("tbody tr") if row.th]
    client.get(str(client.page.select_one("a[rel=next]")["href"]))
    assert len(first) == 50 and len(client.page.select("tbody tr")) == 10
    client.get(str(client.page.select_one("a[rel=prev]")["href"]))
    assert [row.th.get_text() for row in client.page.select("tbody tr") if row.th] == first


def test_a_new_person_gets_post_account_and_a_password_that_is_shown_once(
    client: Browser, session: Session
) -> None:
    client.sign_in("administrator").get("/people/new")
    client.submit(data={**NEW, "unit": str(cast.unit("AP").id)}, expect=200)
    password = password_shown(client)
    account = queries.find_account("totb@mau.example")
    assert account is not None and account.must_change_password and password not in account.password
    assert queries.actor_for(account.person).roles == {Role.UNIT_OFFICER}
    names = session.scalars(sa.select(Event.name).order_by(Event.seq.desc()).limit(3)).all()
    assert sorted(names) == ["account_created", "appointment_started", "person_created"]
    assert password not in str(session.scalars(sa.select(Event.data)).all())
    client.get(f"/people/{account.person_id}")
    assert password not in client.response.text
    client.client.delete_cookie("ket-luan")
    client.get("/sign-in")
    client.submit(data={"email": "totb@mau.example", "password": password})
    client.follow(expect=303)
    assert client.response.headers["Location"] == "/password"


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"name": ""}, 422, "Họ và tên: Cần nhập nội dung này."),
        ({"unit": ""}, 422, "Đơn vị:"),
        ({"from_on": "hôm nay"}, 422, "Nhập theo dạng ngày/tháng/năm"),
        ({"from_on": "01/01/2020"}, 422, "không hoạt động vào ngày 01/01/2020"),
        ({"sign_in": "có dấu"}, 422, "Tên đăng nhập có từ 03"),
        ({"sign_in": "planner@mau.example"}, 409, "đã được dùng"),
        ({"kind": "head"}, 409, "Đơn vị có người đứng đầu từ ngày 01/7/2025: Ngô Văn Tượng Trưng"),
        ({"roles": ["unit_head"]}, 422, "chỉ đi với chức vụ người đứng đầu"),
        ({"roles": ["king"]}, 422, "Vai trò trong hệ thống"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_adds_nobody(
    client: Browser, session: Session, change: dict[str, object], status: int, said: str
) -> None:
    before = session.scalar(sa.select(sa.func.count()).select_from(Person))
    client.sign_in("administrator").get("/people/new")
    client.post("/people/new", {**NEW, "unit": str(cast.unit("AP").id), **change}, expect=status)
    assert said in client.text
    assert "Công chức Văn phòng" in client.response.text
    session.expire_all()
    assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == before


def test_a_post_gives_its_role_until_its_last_day(client: Browser, session: Session) -> None:
    person = cast.person("outsider")
    client.sign_in("administrator").get(f"/people/{person.id}/appoint")
    client.submit(
        data={"unit": str(cast.unit("SNV").id), "title": "Thanh niên tình nguyện", "roles": ["clerk"],
              "from_on": "23/9/2026"}
    )  # fmt: skip
    assert Role.CLERK in cast.actor("outsider").roles
    post = next(a for a in person.appointments if a.roles)
    client.get(f"/appointments/{post.id}/end")
    client.submit(data={"to_on": "22/9/2026"}, expect=422)
    assert "không được trước ngày bắt đầu (23/9/2026)" in client.text
    client.submit(data={"to_on": "23/9/2026"})
    session.expire_all()
    assert Role.CLERK in cast.actor("outsider").roles
    from datetime import date

    assert cast.actor("outsider", date(2026, 9, 24)).roles == frozenset()
    client.get(f"/appointments/{post.id}/end")
    client.submit(data={"to_on": "24/9/2026"}, expect=409)


def test_the_same_post_is_not_held_twice(client: Browser) -> None:
    client.sign_in("administrator").get(f"/people/{cast.person('officer').id}/appoint")
    client.submit(
        data={"unit": str(cast.unit("LP").id), "title": "công chức văn phòng", "from_on": "01/9/2026"},
        expect=409,
    )
    assert "Mai Thị Làm Mẫu đang giữ chức vụ này" in client.text


def test_other_roles_hold_from_the_next_click(client: Browser, session: Session) -> None:
    post = cast.person("outsider").appointments[0]
    client.sign_in("administrator").get(f"/appointments/{post.id}/roles")
    client.submit(data={"roles": ["observer", "follower"]})
    client.sign_in("outsider").get("/units")
    client.sign_in("administrator").get(f"/appointments/{post.id}/roles")
    client.submit(data={"roles": ["unit_head"]}, expect=422)


def test_an_account_is_given_reset_closed_and_opened(client: Browser, session: Session) -> None:
    person = made.person()
    session.commit()
    client.sign_in("administrator").get(f"/people/{person.id}/account")
    client.submit(data={"sign_in": "Tam.Bo@mau.example"}, expect=200)
    first = password_shown(client)
    account = queries.find_account("tam.bo@mau.example")
    assert account is not None
    key = account.fs_uniquifier
    client.get(f"/people/{person.id}")
    client.submit("main form[action$='/account/reset']", expect=200)
    assert password_shown(client) != first
    session.expire_all()
    assert account.fs_uniquifier != key, "open sessions end"
    client.get(f"/people/{person.id}")
    client.submit("main form[action$='/account/disable']")
    client.follow()
    assert "Đã ngừng" in client.text and not client.page.select("main form[action$='/account/reset']")
    client.post(f"/people/{person.id}/account/reset", expect=409)
    client.get(f"/people/{person.id}")
    client.submit("main form[action$='/account/enable']")
    session.expire_all()
    assert account.active
    client.get(f"/people/{person.id}/account")
    client.submit(data={"sign_in": "another"}, expect=409)
    names = session.scalars(sa.select(Event.name).order_by(Event.seq.desc()).limit(4)).all()
    assert list(reversed(names)) == [
        "account_created",
        "password_reset",
        "account_disabled",
        "account_enabled",
    ]


def test_nobody_closes_the_account_in_use(client: Browser) -> None:
    me = cast.person("administrator").id
    client.sign_in("administrator").get(f"/people/{me}")
    client.submit("main form[action$='/account/disable']", expect=422)
    assert "Không ngừng tài khoản đang dùng." in client.text


@pytest.mark.parametrize("part", ["planner", "leader", "head", "observer", "outsider"])
def test_only_an_administrator_sees_people_and_accounts(client: Browser, part: str) -> None:
    person = cast.person("head")
    post = person.appointments[0].id
    client.sign_in(part).get("/password")
    for path in ("", "/new", f"/{person.id}", f"/{person.id}/appoint", f"/{person.id}/account"):
        client.get(f"/people{path}", expect=403)
    for path in (f"/appointments/{post}/end", f"/appointments/{post}/roles"):
        client.get(path, expect=403)
    for verb in ("reset", "disable", "enable"):
        client.post(f"/people/{person.id}/account/{verb}", expect=403)


def test_who_is_not_there_is_not_found(client: Browser) -> None:
    client.sign_in("administrator").get("/people/999999", expect=404)
    client.get("/appointments/999999/end", expect=404)
    person = made.person()
    client.get(f"/people/{person.id}")
    client.post(f"/people/{person.id}/account/reset", expect=404)
