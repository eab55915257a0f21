"""The head of a page with many acts: they wrap, the name keeps its room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site

pytestmark = pytest.mark.slow

OF_A_DRAFT = (
    "Bỏ dự thảo",
    "Giao người soạn khác",
    "Chọn lại đơn vị",
    "Trích yếu, người ký",
    "Ghi nhận văn bản đã ban hành",
    "Trình kiểm tra nội dung",
)


@pytest.mark.parametrize("width", [1280, 1024, 360])
def test_six_acts_stay_on_the_page_and_leave_the_name_its_room(
    new_page: Callable[..., Page], site: Site, width: int
) -> None:
    page = new_page("lanhdao", width=width)
    page.goto(site.path("/notices/{here}"))
    page.locator(".kl-object__act").evaluate(
        """(act, labels) => act.replaceChildren(...labels.map(label => {
            const link = document.createElement("a");
            link.className = "btn btn-outline-primary";
            link.append(label);
            return link;
        }))""",
        list(OF_A_DRAFT),
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    name, last = (
        page.locator(".kl-object h1").bounding_box(),
        page.locator(".kl-object__act a").last.bounding_box(),
    )
    assert name is not None and last is not None
    assert last["x"] >= 0 and last["x"] + last["width"] <= width and last["y"] < 700
    assert name["height"] < 150
