"""The matrix of many units: by keyboard, within its own region, on a phone, on paper."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from tests import cast
from tests.browser.stage import Stage
from tests.browser.test_keyboard import tab_to
from tests.browser.test_pages import measure
from tests.factories import large

pytestmark = pytest.mark.slow

UNITS = 60
PERIOD = "starts_on=01/01/2026&ends_on=30/6/2026"
A4 = (595, 842)


def focused(page: Page) -> str:
    """The address of the link that has the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('href') || ''"))


def hidden(page: Page) -> str:
    """What lies over the focused cell, the head of the table or the names of units; empty when it is seen."""
    return str(
        page.evaluate(
            """() => {
              const e = document.activeElement, r = e.getBoundingClientRect();
              const there = document.elementFromPoint(r.left + r.width / 2, r.top + 3);
              return e === there || e.contains(there) ? "" : `${there?.outerHTML} at ${r.left}, ${r.top}`;
            }"""
        )
    )


def test_the_matrix_works_by_keyboard_on_phones_and_on_paper(stage: Stage) -> None:
    with stage.app.app_context():
        draft = large.province(UNITS).draft.id
        db.session.commit()
    page = stage.as_(cast.PLANNER, f"/inspections/{draft}/review?rows=all")
    _keyboard(page)
    _region(page)
    _phone(page, draft)
    _paper(page, f"/inspections/{draft}/review?rows=all")
    _paper(page, f"/register?q=mau+so&rows=250&{PERIOD}")


def _keyboard(page: Page) -> None:
    """Tab comes to the region, then to one cell, then goes on; arrows go from cell to cell."""
    tab_to(page, "CĐ")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"
    page.keyboard.press("Tab")
    first = focused(page)
    assert "group=1#" in first
    page.keyboard.press("ArrowRight")
    assert "group=2#" in focused(page)
    page.keyboard.press("ArrowDown")
    below = focused(page)
    assert "group=2#" in below and below != first
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert focused(page) == first
    page.keyboard.press("ArrowUp")
    assert focused(page) == first, "the first row has none above"
    page.keyboard.press("Control+End")
    assert "group=10#" in focused(page) and not hidden(page), hidden(page)
    for _ in range(15):
        page.keyboard.press("ArrowUp")
    assert not hidden(page), hidden(page)
    page.keyboard.press("PageUp")
    page.keyboard.press("Home")
    assert not hidden(page), hidden(page)
    here = focused(page)
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('table')"), "one stop for the whole table"
    page.keyboard.press("Shift+Tab")
    assert focused(page) == here, "and back to where one was"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Từng nội dung của ô đã chọn")).to_be_visible()


def _region(page: Page) -> None:
    """Down in the table its head and the names still stand, and the page itself does not go sideways."""
    assert measure(page) == ""
    told = page.evaluate(
        """() => {
          const region = document.querySelector(".kl-scroll--tall");
          region.scrollTop = 900; region.scrollLeft = 200;
          const box = region.getBoundingClientRect();
          const head = region.querySelector("thead th").getBoundingClientRect();
          const name = region.querySelector("tbody th").getBoundingClientRect();
          return {down: region.scrollTop, head: Math.round(head.top - box.top),
            left: Math.round(head.left - box.left), name: Math.round(name.left - box.left)};
        }"""
    )
    assert told["down"] == 900
    assert (told["head"], told["left"], told["name"]) == (1, 1, 1), told


def _phone(page: Page, draft: int) -> None:
    """One sheet for each unit; what is left stands in words above its cells."""
    page.set_viewport_size({"width": 360, "height": 740})
    for path in (f"/inspections/{draft}/review?only=settled", f"/register?q=mau+so&{PERIOD}"):
        page.goto(path)
        assert measure(page) == ""
        sheet = page.locator(".kl-matrix tbody tr").first
        assert "Còn được kiểm tra: 60/79" in sheet.inner_text().replace("\n", " ")
    page.set_viewport_size({"width": 1280, "height": 900})


def _paper(page: Page, path: str) -> None:
    """Landscape; the head on every page of the table, every unit once and whole, the legend."""
    page.goto(path)
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    texts = [" ".join(one.get_textpage().get_text_bounded().split()) for one in paper]
    assert all((round(one.get_width()), round(one.get_height())) == A4[::-1] for one in paper)
    paper.close()
    assert "đoàn khác đang kiểm tra" in " ".join(texts), "the legend"
    for number in range(1, UNITS + 1):
        rows = [text for text in texts if re.search(rf"UBND xã Mẫu số {number:03} [0-9]+/79", text)]
        assert len(rows) == 1, f"unit {number} on {len(rows)} pages"
        assert "Kiểm soát TTHC" in rows[0], "the head stands on each page"
