"""The form at a unit: saved while one works, and complete without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.slow

SHEET = "/inspected-units/{unit}/groups/{group}?view=all"


def row(page: Page, key: str) -> Locator:
    """One content of the sheet, opened."""
    found = page.locator("details.kl-crit").filter(has=page.locator(f".kl-code:text-is('{key}')"))
    expect(found).to_have_count(1)
    if found.get_attribute("open") is None:
        found.locator("summary").first.click()
    return found


def result(of: Locator) -> str | None:
    return of.locator("input[type=radio]:checked").get_attribute("value")


def test_one_tap_is_saved_without_a_button(new_page: Callable[..., Page], site: Site) -> None:
    page = new_page("thanhvien", width=360)
    page.goto(site.path(SHEET))
    before = page.locator(".kl-strip b").inner_text()
    row(page, "MC-03").get_by_text("Đạt", exact=True).click()
    expect(page.locator("[data-save-status]")).to_contain_text("Đã lưu lúc")
    assert page.locator(".kl-strip b").inner_text() != before, "what is left goes down in sight"
    page.reload()
    saved = row(page, "MC-03")
    assert result(saved) == "met"
    ticks = saved.locator("[data-looked-at] input[type=checkbox]:checked")
    assert ticks.count() > 0, "what was looked at was ticked with it"


def test_typing_is_saved_too_and_a_finding_is_recorded_once(
    new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page("thanhvien", width=360)
    page.goto(site.path(SHEET))
    found = row(page, "MC-04")
    found.get_by_text("Chưa đạt", exact=True).click()
    words = found.locator(".kl-finding textarea").first
    words.fill("08/20 hồ sơ trả lại không có phiếu từ chối")
    words.blur()
    expect(page.locator("[data-save-status]")).to_contain_text("Đã lưu lúc")
    words.fill("08/20 hồ sơ trả lại không có phiếu từ chối, không nêu lý do")
    words.blur()
    page.wait_for_timeout(2500)
    expect(page.locator("[data-save-status]")).to_contain_text("Đã lưu lúc")
    page.reload()
    again = row(page, "MC-04")
    texts = [area.input_value() for area in again.locator(".kl-finding textarea").all()]
    assert [t for t in texts if t.startswith("08/20")] == [
        "08/20 hồ sơ trả lại không có phiếu từ chối, không nêu lý do"
    ]


def test_without_scripts_the_same_page_saves_by_its_button(new_page: Callable[..., Page], site: Site) -> None:
    page = new_page("thanhvien", width=360, scripts=False)
    page.goto(site.path(SHEET))
    found = row(page, "MC-06")
    found.get_by_text("Chưa kiểm tra", exact=True).click()
    found.get_by_role("button", name="Lưu tạm").click()
    assert result(row(page, "MC-06")) == "not_examined"
    page.goto(site.path(SHEET))
    assert result(row(page, "MC-06")) == "not_examined"
