"""Signing in: the right password, a wrong one, an unknown name, and where it leads."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts import queries
from app.audit.models import Event
from tests import cast
from tests.conftest import Browser

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
NAME = "planner@mau.example"


def sign_in(
    client: Browser, name: str = NAME, password: str = cast.PASSWORD, *, expect: int, to: str = ""
) -> None:
    client.get(f"/sign-in{to}")
    client.submit(data={"email": name, "password": password}, expect=expect)


def names(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(sa.select(Event.name).order_by(Event.seq)))


def test_the_right_password_opens_the_home_page_and_is_an_event(client: Browser, session: Session) -> None:
    sign_in(client, expect=303)
    assert client.response.headers["Location"] == "/"
    assert names(session)[-1] == "signed_in"
    client.get("/password")
    assert "Đỗ Văn Giả Định" in client.page.get_text()
    assert "Vai trò: Người lập kế hoạch" in client.page.get_text()


def test_the_name_may_be_typed_in_capitals_and_with_spaces(client: Browser) -> None:
    sign_in(client, " Planner@Mau.example ", expect=303)


def test_a_wrong_password_and_an_unknown_name_get_the_same_page(client: Browser, session: Session) -> None:
    pages = []
    for name in (NAME, "nobody@mau.example"):
        sign_in(client, name, "sai-mat-khau-nay", expect=422)
        pages.append(re.sub(r'name="csrf_token"[^>]*', "", client.response.text).replace(name, "…"))
        assert WRONG in client.text
        assert name in client.response.text, "the typed name is kept"
        assert "sai-mat-khau-nay" not in client.response.text
    assert pages[0] == pages[1]
    assert names(session)[-2:] == ["sign_in_failed", "sign_in_failed"]


def test_an_empty_form_says_what_is_missing(client: Browser, session: Session) -> None:
    before = names(session)
    sign_in(client, "", "", expect=422)
    assert "Tên đăng nhập: Cần nhập nội dung này." in client.text
    assert names(session) == before


def test_a_disabled_account_stays_outside(client: Browser, session: Session) -> None:
    account = queries.find_account(NAME)
    assert account is not None
    account.active = False
    session.commit()
    sign_in(client, expect=422)
    assert client.client.get("/password").status_code == 303


def test_the_cookie_changes_at_sign_in_and_a_planted_one_is_dropped(client: Browser) -> None:
    client.get("/sign-in")
    with client.client.session_transaction() as kept:
        kept["planted"] = "by somebody else"
    before = client.client.get_cookie("ket-luan")
    client.submit(data={"email": NAME, "password": cast.PASSWORD})
    after = client.client.get_cookie("ket-luan")
    assert before is not None and after is not None and before.value != after.value
    with client.client.session_transaction() as kept:
        assert "planted" not in kept and "signed_in_at" in kept


@pytest.mark.parametrize(
    ("wish", "goes"),
    [
        ("/password?a=1", "/password?a=1"),
        ("https://xau.example/", "/"),
        ("//xau.example/a", "/"),
        ("/\\xau.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_leads_to_own_pages_only(client: Browser, wish: str, goes: str) -> None:
    from urllib.parse import quote

    client.get(f"/sign-in?next={quote(wish, safe='')}")
    client.submit(data={"email": NAME, "password": cast.PASSWORD})
    assert client.response.headers["Location"] == goes


def test_who_asks_for_a_page_comes_back_to_it(client: Browser) -> None:
    client.get("/password", expect=303)
    client.follow()
    client.submit(data={"email": NAME, "password": cast.PASSWORD})
    assert client.response.headers["Location"] == "/password"


def test_json_is_no_way_in(client: Browser) -> None:
    client.get("/sign-in")
    client.post("/sign-in?include_auth_token", '{"email": "a"}', content_type="application/json", expect=400)
