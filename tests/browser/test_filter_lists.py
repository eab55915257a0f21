"""Long lists of choices come when a filter is first touched; without scripts a link leads to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", ["/follow-up?unit={commune}", "/follow-up/month?unit={commune}"])
def test_lists_are_filled_when_the_filter_is_touched(
    new_page: Callable[..., Page], site: Site, path: str
) -> None:
    page = new_page("theodoi")
    page.goto(site.path(path))
    units = page.get_by_label("Đơn vị", exact=True)
    assert units.locator("option").count() == 2  # “Tất cả” and what is chosen
    chosen = units.input_value()
    page.get_by_label("Người theo dõi").focus()
    expect(units.locator("option")).not_to_have_count(2)
    assert units.input_value() == chosen
    page.get_by_label("Nhóm nội dung").select_option(index=1)
    page.get_by_role("button", name="Lọc", exact=True).click()
    page.wait_for_url(lambda url: "group=" in url and f"unit={chosen}" in url)


def test_without_scripts_a_link_leads_to_all_filters(new_page: Callable[..., Page]) -> None:
    page = new_page("theodoi", scripts=False)
    page.goto("/follow-up")
    page.get_by_role("link", name="Lọc khác", exact=True).click()
    page.get_by_label("Đơn vị", exact=True).select_option(index=1)
    page.get_by_role("button", name="Lọc", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Bảng theo dõi khắc phục")
    assert "unit=" in page.url
