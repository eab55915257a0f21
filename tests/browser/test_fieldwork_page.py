"""The form at a unit: saved while one works, and complete without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site, sign_in

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


SLOW = """const plain = window.fetch;
window.fetch = async (...given) => {
  const answer = await plain(...given);
  await new Promise((done) => setTimeout(done, 1500));
  return answer;
};"""
LOST = """const plain = window.fetch;
let lost = false;
window.fetch = async (...given) => {
  const answer = await plain(...given);
  if (lost) return answer;
  lost = true;
  throw new TypeError("the answer was lost");
};"""


def test_the_button_waits_for_the_save_that_is_under_way(new_page: Callable[..., Page], site: Site) -> None:
    page = new_page("thanhvien", width=360)
    page.add_init_script(SLOW)
    page.goto(site.path(SHEET))
    found = row(page, "MC-07")
    found.get_by_text("Chưa kiểm tra", exact=True).click()
    page.wait_for_timeout(400)
    expect(page.locator("[data-save-status]")).to_have_text("Đang lưu…")
    found.get_by_role("button", name="Lưu tạm").click()
    page.wait_for_url("**open=**")
    expect(page.get_by_text("vừa được đồng chí")).to_have_count(0)
    assert result(row(page, "MC-07")) == "not_examined"


def test_a_lost_answer_does_not_stop_the_saving(new_page: Callable[..., Page], site: Site) -> None:
    page = new_page("thanhvien", width=360)
    page.add_init_script(LOST)
    page.goto(site.path(SHEET))
    found = row(page, "MC-08")
    found.get_by_text("Chưa kiểm tra", exact=True).click()
    expect(page.locator("[data-save-status]")).to_contain_text("chưa được lưu")
    found.get_by_label("Ghi chú").first.fill("Hết giờ làm việc")
    expect(page.locator("[data-save-status]")).to_contain_text("Đã lưu lúc")
    page.reload()
    expect(row(page, "MC-08").get_by_label("Ghi chú").first).to_have_value("Hết giờ làm việc")


def test_sending_one_form_does_not_forget_another(new_page: Callable[..., Page], site: Site) -> None:
    page = new_page("thanhvien")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(site.path(SHEET))
    strengths = page.locator("form[action$='/strengths'] textarea")
    strengths.fill("Bố trí quầy hỗ trợ người cao tuổi.")
    found = row(page, "MC-09")
    found.get_by_text("Chưa kiểm tra", exact=True).click()
    expect(page.locator("[data-save-status]")).to_contain_text("Đã lưu lúc")
    found.get_by_role("button", name="Lưu tạm").click()
    page.wait_for_url("**#nd-*")
    assert asked == []
    assert strengths.input_value() == "Bố trí quầy hỗ trợ người cao tuổi."


def test_what_is_saved_shows_at_its_content_and_what_is_wrong_at_its_field(
    new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page("thanhvien", width=360)
    page.goto(site.path(SHEET))
    found = row(page, "MC-12")
    found.locator("details[data-reason] summary").click()
    found.get_by_text("Không áp dụng", exact=True).click()
    told = found.locator(".invalid-feedback")
    expect(told).to_have_text("Nêu lý do không áp dụng.")
    found.get_by_label("Lý do", exact=True).fill("Đơn vị không tiếp nhận thủ tục này")
    expect(page.locator("[data-save-status]")).to_contain_text("Đã lưu lúc")
    expect(told).to_have_count(0)
    expect(found.locator("summary .kl-res").first).to_have_text("Không áp dụng")


def test_a_session_that_ended_costs_no_text(new_page: Callable[..., Page], site: Site) -> None:
    page = new_page("thanhvien")
    page.goto(site.path(SHEET))
    found = row(page, "MC-02")
    page.context.clear_cookies()
    found.get_by_text("Chưa kiểm tra", exact=True).click()
    status = page.locator("[data-save-status]")
    expect(status).to_contain_text("Phiên làm việc đã hết.")
    expect(status.get_by_role("link", name="Đăng nhập")).to_have_attribute("target", "_blank")
    other = page.context.new_page()
    sign_in(other, "thanhvien")
    found.get_by_label("Ghi chú").first.fill("Ghi tiếp")
    expect(status).to_contain_text("Đã lưu lúc")
    strengths = page.locator("form[action$='/strengths']")
    strengths.locator("textarea").fill("Có mã QR tra cứu từng thủ tục.")
    page.context.clear_cookies()
    strengths.get_by_role("button", name="Lưu tạm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phiên làm việc đã hết")
    sign_in(other, "thanhvien")
    page.get_by_role("button", name="Gửi lại").click()
    expect(page.locator("form[action$='/strengths'] textarea")).to_have_value(
        "Có mã QR tra cứu từng thủ tục."
    )
