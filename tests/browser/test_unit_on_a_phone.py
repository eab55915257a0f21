"""The unit's side on a phone of 360 pixels, from the receipt to the result that is sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.extensions import db
from app.remediation.models import Task
from app.vietnamese import format_date
from tests import cast
from tests.browser.stage import Stage
from tests.browser.test_pages import measure
from tests.factories import remediation as made
from tests.journeys.test_unit_remedies import PHOTO

pytestmark = pytest.mark.slow

PHONE = 360


def at(page: Page, words: str) -> None:
    """The page says so and is as wide as the phone."""
    expect(page.locator("main")).to_contain_text(words)
    assert measure(page) == "", f"{page.url}: {measure(page)}"


def test_from_receipt_to_the_result_that_is_sent(stage: Stage, tmp_path: Path) -> None:
    with stage.app.app_context():
        today = clock.today()
        task = made.issued(issued_on=today - timedelta(days=10), due_on=today + timedelta(days=20))[0]
        key, text = task.id, task.text
        day = format_date(today + timedelta(days=5))
    head = stage.as_(cast.HEAD, "/", width=PHONE)
    at(head, "Thông báo chưa xác nhận")
    head.get_by_role("button", name="Xác nhận đã nhận thông báo").click()
    at(head, "Thủ trưởng xác nhận trên hệ thống")
    head.goto("/")
    head.get_by_role("link", name="Giao người thực hiện").click()
    head.get_by_label("Người chủ trì").select_option(label="Mai Thị Làm Mẫu – Công chức Văn phòng")
    head.get_by_role("button", name="Giao người thực hiện").click()
    at(head, "Đã giao người thực hiện.")
    head.get_by_role("link", name="Chưa làm được ngay").click()
    head.get_by_label("Lý do chưa làm được ngay").fill("Chờ nâng cấp phần mềm")
    head.get_by_label("Việc phải làm").first.fill("Rà soát 60 hồ sơ")
    head.get_by_role("button", name="Lưu lộ trình").click()
    at(head, "Cần nhập sản phẩm, kết quả.")
    expect(head.get_by_label("Việc phải làm").first).to_have_value("Rà soát 60 hồ sơ")
    head.get_by_label("Sản phẩm, kết quả").first.fill("Danh sách hồ sơ")
    head.get_by_label("Người chịu trách nhiệm").first.fill("Mai Thị Làm Mẫu")
    head.get_by_label("Chậm nhất ngày").first.fill(day)
    head.get_by_role("button", name="Lưu lộ trình").click()
    at(head, "Chưa làm được ngay: lý do, lộ trình")
    head.get_by_role("button", name="Ghi đã xong").click()
    at(head, "Đã ghi xong bước của lộ trình.")

    photo = tmp_path / "bang-niem-yet.png"
    photo.write_bytes(PHOTO)
    officer = stage.as_(cast.OFFICER, "/", width=PHONE)
    at(officer, text)
    officer.get_by_role("link", name="Cập nhật kết quả").click()
    officer.get_by_label("Đã khắc phục xong").check()
    officer.get_by_label("Việc đã làm").fill("Đã niêm yết đủ 120 thủ tục")
    officer.get_by_label("Ảnh, tệp kèm theo").set_input_files(photo)
    officer.get_by_role("button", name="Lưu kết quả").click()
    at(officer, "bang-niem-yet.png")
    assert officer.get_by_role("button", name="Gửi kết quả khắc phục").count() == 0, "the head sends it"

    head.goto(f"/tasks/{key}")
    head.get_by_role("button", name="Gửi kết quả khắc phục").click()
    at(head, "Đã gửi kết quả khắc phục")
    with stage.app.app_context():
        assert db.session.get_one(Task, key).submitted_on == clock.today()
