"""Ten wrong passwords in five minutes: the next waits, per account and per address, and nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.accounts import throttle
from app.audit.models import Event
from tests import cast
from tests.conftest import NOON, Browser


def attempt(client: Browser, name: str, password: str, address: str, expect: int) -> None:
    client.get("/sign-in")
    data = {"email": name, "password": password}
    client.post("/sign-in", data, expect=expect, environ_overrides={"REMOTE_ADDR": address})


def test_the_eleventh_wrong_password_for_one_account_waits_even_from_elsewhere(client: Browser) -> None:
    for n in range(throttle.MOST):
        attempt(client, "planner@mau.example", "sai", f"10.0.0.{n}", 422)
    attempt(client, "Planner@mau.example", cast.PASSWORD, "10.9.9.9", 429)
    assert client.response.headers["Retry-After"] == "300"
    assert "Đã nhập sai 10 lần. Chờ 05 phút rồi đăng nhập lại." in client.text


def test_the_eleventh_attempt_from_one_address_waits_whatever_the_name(client: Browser) -> None:
    for n in range(throttle.MOST):
        attempt(client, f"khong-co-{n}@mau.example", "sai", "10.0.0.1", 422)
    attempt(client, "leader@mau.example", cast.PASSWORD, "10.0.0.1", 429)
    attempt(client, "leader@mau.example", cast.PASSWORD, "10.0.0.2", 303)


def test_waiting_is_not_made_longer_by_trying_and_ends_after_five_minutes(client: Browser) -> None:
    for _ in range(throttle.MOST):
        attempt(client, "leader@mau.example", "sai", "10.0.0.1", 422)
    with clock.frozen(NOON + timedelta(minutes=4)):
        attempt(client, "leader@mau.example", cast.PASSWORD, "10.0.0.1", 429)
        assert client.response.headers["Retry-After"] == "60"
    with clock.frozen(NOON + timedelta(minutes=5, seconds=1)):
        attempt(client, "leader@mau.example", cast.PASSWORD, "10.0.0.1", 303)


def test_a_right_password_starts_the_account_anew(client: Browser) -> None:
    for _ in range(throttle.MOST - 1):
        attempt(client, "leader@mau.example", "sai", "10.0.0.1", 422)
    attempt(client, "leader@mau.example", cast.PASSWORD, "10.0.0.1", 303)
    client.get("/password")
    client.post("/sign-out")
    attempt(client, "leader@mau.example", "sai", "10.0.0.3", 422)


def test_what_was_typed_as_name_is_not_kept(session: Session) -> None:
    row = throttle.begin("Mật khẩu gõ nhầm", "10.0.0.1")
    assert len(row.sign_in) == 64 and "khẩu" not in row.sign_in


@pytest.mark.parametrize("typed", [" A@b.vn", "a@B.vn", "a@b.vn "])
def test_one_name_counts_as_one_however_it_is_typed(typed: str) -> None:
    assert throttle.name_key(typed) == throttle.name_key("a@b.vn")


def guess(client: Browser, old: str, expect: int) -> None:
    client.get("/password")
    new = "Một câu dài dễ nhớ 2026"
    client.submit(
        "main form[action='/password']",
        {"password": old, "new_password": new, "new_password_confirm": new},
        expect=expect,
    )


def test_guessing_the_present_password_at_its_change_waits_too(client: Browser, session: Session) -> None:
    client.sign_in("planner")
    for _ in range(throttle.MOST):
        guess(client, "sai", 422)
    guess(client, cast.PASSWORD, 429)
    assert "Chờ 05 phút rồi thực hiện lại." in client.text
    wrong = session.scalars(sa.select(Event.name).where(Event.name == "sign_in_failed")).all()
    assert len(wrong) == throttle.MOST
    with clock.frozen(NOON + timedelta(minutes=5, seconds=1)):
        client.sign_in("planner")
        guess(client, cast.PASSWORD, 303)


def test_a_right_password_with_a_new_one_that_does_not_fit_is_no_guess(client: Browser) -> None:
    client.sign_in("planner")
    for _ in range(throttle.MOST + 1):
        client.get("/password")
        client.submit(
            "main form[action='/password']",
            {"password": cast.PASSWORD, "new_password": "ngắn", "new_password_confirm": "ngắn"},
            expect=422,
        )
