"""Changing one's password."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts import queries
from app.audit.models import Event
from tests import cast
from tests.conftest import Browser

NEW = "Một câu dài dễ nhớ 2026"


def change(client: Browser, old: str, new: str, again: str, *, expect: int) -> None:
    client.get("/password")
    client.submit(
        "main form[action='/password']",
        {"password": old, "new_password": new, "new_password_confirm": again},
        expect=expect,
    )


def test_a_new_password_keeps_this_session_and_ends_the_others(client: Browser, session: Session) -> None:
    client.sign_in("planner")
    other = client.client.get_cookie("ket-luan")
    assert other is not None
    change(client, cast.PASSWORD, NEW, NEW, expect=303)
    client.get("/password")
    assert "Đã đổi mật khẩu." in client.page.get_text()
    client.client.set_cookie("ket-luan", other.value)
    client.get("/password", expect=303)
    names = session.scalars(sa.select(Event.name).order_by(Event.seq.desc()).limit(1)).all()
    assert names == ["password_changed"]
    client.get("/sign-in")
    client.submit(data={"email": "planner@mau.example", "password": NEW})


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("sai-mat-khau", NEW, NEW, "Mật khẩu đang dùng không đúng."),
        (cast.PASSWORD, "ngắn", "ngắn", "Mật khẩu có từ 12 đến 128 ký tự."),
        (cast.PASSWORD, NEW, NEW + "x", "Hai lần nhập mật khẩu mới không giống nhau."),
        (cast.PASSWORD, cast.PASSWORD, cast.PASSWORD, "Mật khẩu mới phải khác mật khẩu đang dùng."),
        ("", "", "", "Cần nhập nội dung này."),
    ],
)
def test_a_mistake_changes_nothing(
    client: Browser, session: Session, old: str, new: str, again: str, said: str
) -> None:
    change(client.sign_in("planner"), old, new, again, expect=422)
    assert said in client.text
    session.expire_all()
    account = queries.find_account("planner@mau.example")
    assert account is not None and account.fs_uniquifier == "cast-planner"


def test_a_temporary_password_is_changed_before_anything_else(client: Browser, session: Session) -> None:
    account = queries.find_account("planner@mau.example")
    assert account is not None
    account.must_change_password = True
    session.commit()
    client.sign_in("planner").get("/units", expect=303)
    client.follow()
    assert "Đây là mật khẩu tạm." in client.text
    client.submit(
        "main form[action='/password']",
        {"password": cast.PASSWORD, "new_password": NEW, "new_password_confirm": NEW},
    )
    session.expire_all()
    assert not account.must_change_password


def test_a_visitor_is_asked_to_sign_in(client: Browser) -> None:
    client.get("/password", expect=303)
    assert client.response.headers["Location"].startswith("/sign-in")
