"""How long a session lasts, and what ends it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from app import clock
from app.accounts import queries
from tests.conftest import NOON, Browser

MINUTE = timedelta(minutes=1)


def test_half_an_hour_without_a_click_ends_it(client: Browser) -> None:
    client.sign_in("planner")
    with clock.frozen(NOON + 29 * MINUTE):
        client.get("/password")
    with clock.frozen(NOON + 58 * MINUTE):
        client.get("/password")
    with clock.frozen(NOON + 89 * MINUTE):
        client.get("/password", expect=303)
        client.follow()
        assert "Phiên làm việc đã hết." in client.text


def test_eight_hours_end_it_whatever_is_clicked(client: Browser) -> None:
    client.sign_in("planner")
    for minutes in range(0, 480, 25):
        with clock.frozen(NOON + minutes * MINUTE):
            client.get("/password")
    with clock.frozen(NOON + 481 * MINUTE):
        client.get("/password", expect=303)


def test_signing_out_ends_it_by_post_alone(client: Browser) -> None:
    client.sign_in("planner").get("/password")
    client.post("/sign-out")
    client.follow()
    assert "Đã đăng xuất." in client.text
    client.get("/password", expect=303)
    client.get("/sign-out", expect=405)


def test_a_disabled_account_is_out_at_the_next_click(client: Browser, session: Session) -> None:
    client.sign_in("planner").get("/password")
    account = queries.find_account("planner@mau.example")
    assert account is not None
    account.active = False
    session.commit()
    client.get("/password", expect=303)
