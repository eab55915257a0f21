"""What matters most on a page is reached and done by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site

pytestmark = pytest.mark.slow

MOST_STEPS = 90


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says `words`; every stop on the way can be seen to have it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => {
              const e = document.activeElement, s = getComputedStyle(e);
              const drawn = s.outlineStyle !== "none" || s.boxShadow !== "none";
              return {text: e.innerText || e.value || "", drawn};
            }"""
        )
        if words in " ".join(str(told["text"]).split()):
            assert told["drawn"], f"the focus on “{words}” can't be seen"
            return
    raise AssertionError(f"“{words}” is not reached within {MOST_STEPS} steps")


def test_signing_in_needs_no_mouse(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").focus()
    page.keyboard.type("theodoi@vidu.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    expect(page.locator("h1")).to_have_text("Việc của tôi")


def test_the_first_stop_jumps_over_the_menu(new_page: Callable[..., Page]) -> None:
    page = new_page("kehoach")
    page.goto("/inspections")
    tab_to(page, "Đến nội dung chính")
    page.keyboard.press("Enter")
    page.wait_for_url("**#noi-dung")


@pytest.mark.parametrize(
    ("who", "path", "button"),
    [
        ("theodoi", "/tasks/{submitted}", "Công nhận hoàn thành"),
        ("kehoach", "/inspections/{draft}/review", "Nhận phạm vi còn lại"),
        ("truongdoan", "/inspected-units/{unit}/fieldwork", "Kết thúc kiểm tra tại đơn vị"),
    ],
)
def test_the_primary_button_is_reached_by_the_keyboard(
    who: str, path: str, button: str, new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page(who)
    page.goto(site.path(path))
    tab_to(page, button)
    primary = page.locator("main .btn-primary").first
    assert button in " ".join(primary.inner_text().split())


def test_a_row_of_the_table_opens_and_closes_by_the_keyboard(
    new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page("theodoi")
    page.goto("/follow-up?all=1")
    page.locator("a[data-edit-row]").first.focus()
    page.keyboard.press("F2")
    page.wait_for_url("**edit=*")
    expect(page.locator("#step")).to_be_focused()
    for cell in ("#progress_text", "#document_reference", "#document_on"):
        page.keyboard.press("Tab")
        expect(page.locator(cell)).to_be_focused()
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "edit=" not in url)
    assert page.locator(".kl-quick form").count() == 0
