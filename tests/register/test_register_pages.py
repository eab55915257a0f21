"""Screen 10: the quick question, the matrix, the list, one unit, one conclusion, as each person sees them."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pytest
from sqlalchemy.orm import Session

from tests import cast
from tests.conftest import Browser
from tests.factories import register as factory

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
QUESTION = {"unit": "long phuoc", "criterion": "MC-05", "starts_on": "01/01/2026", "ends_on": "30/9/2026"}


def ask(**changes: str) -> str:
    return "/register?" + urlencode({**QUESTION, "field": "", **changes})


@pytest.fixture
def notice(session: Session) -> int:
    """Notice 45/TB-SNV concluded MC-05 and MC-06 of Long Phước and CĐ-01 of An Phước; a team holds KL-01."""
    made = factory.concluded(
        [
            (factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST), "MC-05"),
            (factory.box(cast.LONG_PHUOC, "MC-06", FIRST, LAST), "MC-06"),
            (factory.box(cast.AN_PHUOC, "CĐ-01", FIRST, LAST), "CĐ-01"),
        ],
        result="partly",
    )
    factory.held([factory.box(cast.LONG_PHUOC, "KL-01", FIRST, LAST)])
    session.commit()
    return made.id


def test_the_planner_is_told_what_is_concluded_and_what_is_left(client: Browser, notice: int) -> None:
    client.sign_in(cast.PLANNER).get(ask())
    assert (
        "Nội dung MC-05 – Phiếu xin lỗi và hẹn lại của UBND xã Long Phước, thời kỳ 01/01/2026–30/6/2026, "
        "đã có kết luận tại Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ. "
        "Nội dung đã có thông báo kết luận thì không đánh giá lại."
    ) in client.text
    assert "Còn được kiểm tra: từ 01/7/2026 đến 30/9/2026." in client.text
    link = client.page.select_one(".kl-note a[href*='/conclusions/']")
    assert link is not None and link["href"] == f"/register/conclusions/{notice}"
