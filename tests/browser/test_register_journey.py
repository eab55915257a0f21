"""The promise in a browser: what is concluded is refused, what is left is taken, the one way on is asked for.

Everybody signs in and does their part by the pages; the day at the unit and the drafting of the notice, which
have journeys of their own, are brought forward through the services.
"""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.form_library.values import Result
from app.inspections.models import Inspection
from app.notices.models import Notice
from tests import cast
from tests.browser.stage import Stage
from tests.browser.test_pages import measure
from tests.factories import notices
from tests.factories import register as factory

pytestmark = pytest.mark.slow

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
KEYS = ("MC-05", "MC-06", "MC-11")
RESULTS = {"MC-06": Result.NOT_MET, "MC-11": Result.MET}
OURS = "01/TB-SNV"


def test_plan_refused_remainder_concluded_refused_followed_and_reopened(stage: Stage) -> None:
    _concluded_before(stage)
    case = _plan(stage, "Kiểm tra 6 tháng đầu năm")
    _accept_remainder(stage, case)
    _decide(stage, case, 98, "01/09/2026")
    _conclude(stage, case)
    again = _plan(stage, "Kiểm tra lại 6 tháng đầu năm", KEYS[1:2])
    _refused(stage, again)
    _follow_up(stage)
    _reopen(stage, again)
    _decide(stage, again, 150, "23/09/2026")
    page = stage.as_(cast.OBSERVER, f"/register/units/{_unit(stage)}")
    expect(page.locator(".kl-timeline")).to_contain_text(f"Thông báo số {OURS}")


def _unit(stage: Stage) -> int:
    with stage.app.app_context():
        return cast.unit(cast.LONG_PHUOC).id


def _concluded_before(stage: Stage) -> None:
    """Another notice of ours concluded MC-05 there."""
    with stage.app.app_context():
        factory.concluded([(factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST), "MC-05")])
        db.session.commit()


def _plan(stage: Stage, title: str, keys: tuple[str, ...] = KEYS) -> int:
    """The planner names the case, a unit and its contents; the id of the draft."""
    page = stage.as_(cast.PLANNER, "/inspections/new")
    page.get_by_label("Tên cuộc kiểm tra").fill(title)
    page.get_by_label("Thời kỳ kiểm tra từ").fill("01/01/2026")
    page.get_by_label("Đến hết ngày").first.fill("30/6/2026")
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/units")
    case = int(page.url.split("/")[-2])
    page.get_by_label("UBND xã Long Phước").check()
    page.get_by_role("button", name="Thêm đơn vị đã chọn").click()
    page.get_by_role("link", name="Tiếp: Nội dung").click()
    for key in keys:
        box = page.get_by_label(key)
        box.evaluate("box => box.closest('details').open = true")
        box.check()
    page.get_by_role("button", name="Lưu và rà soát chồng chéo").click()
    page.wait_for_url("**/review")
    return case


def _accept_remainder(stage: Stage, case: int) -> None:
    """One of three is refused by the notice that stands; the others are taken in one press."""
    page = stage.as_(cast.PLANNER)
    verdict = page.locator(".kl-verdict")
    expect(verdict).to_contain_text(
        "Trong 03 nội dung đã chọn: 02 được kiểm tra, 01 đã có kết luận, 00 đoàn khác đang thực hiện."
    )
    expect(verdict).to_contain_text("Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ")
    row = page.locator(".kl-matrix tbody tr", has_text="UBND xã Long Phước")
    expect(row.locator(".kl-matrix__left")).to_contain_text("02/03")
    expect(page.locator("#noi-dung-chon")).to_contain_text("thì không đánh giá lại")
    page.get_by_role("button", name="Nhận phạm vi còn lại (02)").click()
    expect(page.get_by_text("Đã nhận phạm vi còn lại: 02 nội dung.")).to_be_visible()
    expect(verdict).to_contain_text("Toàn bộ nội dung đã chọn được kiểm tra.")
    page.get_by_role("link", name="Tiếp: Đoàn kiểm tra").click()
    expect(page).to_have_url(f"{stage.address}/inspections/{case}/team")


def _decide(stage: Stage, case: int, number: int, on: str, *, refused: bool = False) -> None:
    """A leader of the team where there is none yet; then the decision is recorded, or refused."""
    page = stage.as_(cast.PLANNER, f"/inspections/{case}/team")
    if page.get_by_text("Đoàn chưa có ai.").count():
        page.get_by_label("Cán bộ").select_option(label="Nguyễn Văn Mẫu – Phó Giám đốc, Sở Nội vụ")
        page.get_by_label("Vai trò").select_option("leader")
        page.get_by_role("button", name="Thêm vào Đoàn").click()
        expect(page.get_by_text("Đã thêm vào Đoàn kiểm tra.")).to_be_visible()
    page.goto(f"/inspections/{case}/decision")
    page.locator("[name=number]").fill(str(number))
    page.locator("[name=issued_on]").fill(on)
    page.get_by_role("button", name="Ghi nhận quyết định").click()
    if refused:
        expect(page.locator(".kl-note--stop, .kl-note").first).to_contain_text("đã có kết luận")
        assert page.locator("[name=number]").input_value() == str(number), "what was typed is kept"
    else:
        expect(page.get_by_text("Đã ghi nhận quyết định; phạm vi kiểm tra thuộc về Đoàn.")).to_be_visible()


def _conclude(stage: Stage, case: int) -> None:
    """Fieldwork, report and checked draft are brought forward; a leader signs, the clerk issues."""
    with stage.app.app_context():
        inspection = notices.worked(db.session.get_one(Inspection, case), results=RESULTS)
        notice = notices.checked(notices.drafted(inspection)).id
    for part, verb, button in (
        (cast.LEADER, "approve", "Duyệt"),
        (cast.LEADER, "sign", "Ký"),
        (cast.CLERK, "seal", "Đóng dấu"),
        (cast.CLERK, "issue", "Ban hành"),
    ):
        page = stage.as_(part, f"/notices/{notice}/{verb}")
        page.locator(f"form[action$='/{verb}'] button", has_text=button).click()
        page.wait_for_url(lambda url, verb=verb: not url.endswith(verb))
    with stage.app.app_context():
        assert db.session.get_one(Notice, notice).document.number_and_symbol == OURS


def _refused(stage: Stage, case: int) -> None:
    """The same content again: nothing is left, and the decision is refused."""
    page = stage.as_(cast.PLANNER, f"/inspections/{case}/review")
    verdict = page.locator(".kl-verdict")
    expect(verdict).to_contain_text("Toàn bộ nội dung đã chọn đều đã có kết luận")
    expect(verdict).to_contain_text(f"Thông báo số {OURS}")
    expect(page.get_by_role("button", name="Nhận phạm vi còn lại")).to_have_count(0)
    expect(page.locator(".kl-matrix__left")).to_contain_text("không còn")
    _decide(stage, case, 149, "23/09/2026", refused=True)


def _follow_up(stage: Stage) -> None:
    """The commune, on phones: received, assigned, done, submitted; the office accepts."""
    head = stage.as_(cast.HEAD, "/remediation/received", width=360)
    assert measure(head) == ""
    head.locator("main a.btn-primary", has_text="Xác nhận").first.click()
    assert measure(head) == ""
    head.locator("form[action$='/acknowledge'] button").click()
    head.goto("/remediation")
    head.locator("main a[href^='/tasks/']").first.click()
    task = head.url.split("/")[-1]
    head.goto(f"/tasks/{task}/assign")
    head.get_by_label("Chủ trì").select_option(label="Mai Thị Làm Mẫu – Công chức Văn phòng")
    head.locator("form[action$='/assign'] button[type=submit]").click()
    officer = stage.as_(cast.OFFICER, f"/tasks/{task}/progress", width=360)
    assert measure(officer) == ""
    officer.locator("[name=status][value=done]").check()
    officer.locator("[name=text]").fill("Đã gửi phiếu xin lỗi và hẹn lại đối với 45 hồ sơ")
    officer.locator("[name=reference]").fill("Báo cáo số 87/BC-UBND")
    officer.locator("[name=document_on]").fill("23/9/2026")
    officer.locator("form[action$='/progress'] button[type=submit]").click()
    officer.wait_for_url(lambda url: not url.endswith("/progress"))
    head.goto(f"/tasks/{task}")
    assert measure(head) == ""
    head.locator("form[action$='/submit'] button[type=submit]").click()
    follower = stage.as_(cast.FOLLOWER, f"/tasks/{task}")
    follower.get_by_role("button", name="Công nhận hoàn thành").click()
    expect(follower.locator("main")).to_contain_text("Hoàn thành")


def _reopen(stage: Stage, case: int) -> None:
    """The planner asks with grounds and evidence, a leader grants, and the content is free for this case."""
    page = stage.as_(cast.PLANNER, f"/inspections/{case}/review")
    page.get_by_role("link", name="Đề nghị mở lại nội dung đã kết luận").first.click()
    page.locator("[name=items]").first.check()
    page.locator("[name=ground][value=new_information]").check()
    page.locator("[name=reason]").fill("Có phản ánh chưa được xem xét")
    page.locator("[name=evidence]").fill("Đơn số 14/PA ngày 21/9/2026")
    page.locator("[name=responsibility]").fill("Đoàn trước chưa đối chiếu sổ theo dõi")
    page.get_by_role("button", name="Gửi đề nghị mở lại").click()
    expect(page.get_by_text("Chờ quyết định")).to_be_visible()
    leader = stage.as_(cast.LEADER, "/")
    leader.get_by_role("link", name=f"Đề nghị mở lại nội dung đã kết luận tại Thông báo số {OURS}").click()
    leader.locator("[name=decision]").fill("131/QĐ-SNV")
    leader.locator("[name=decided_on]").fill("23/9/2026")
    leader.get_by_role("button", name="Mở lại nội dung").click()
    expect(leader.locator("main")).to_contain_text("Quyết định mở lại")
    page.goto(f"/inspections/{case}/review")
    expect(page.locator(".kl-verdict")).to_contain_text("Toàn bộ nội dung đã chọn được kiểm tra.")
