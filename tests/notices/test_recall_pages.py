"""Recalling by the pages: the request, the decision with its paper, and who is told what."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState
from app.extensions import db
from app.notices import services
from app.notices.models import Notice, NoticeRecall
from app.remediation.models import Task
from app.vietnamese import format_date
from tests import cast
from tests.conftest import Browser
from tests.factories import notices
from tests.register.reading import rows

WHY = "Số liệu hồ sơ quá hạn không đúng"
PDF = b"%PDF-1.7 quyet dinh thu hoi"


@pytest.fixture
def notice(session: Session) -> Notice:
    return notices.issued()


def asked(notice: Notice) -> NoticeRecall:
    return notices.recall_asked(notice)


def recalled(notice: Notice) -> Document:
    notices.recalled(notice)
    return db.session.scalars(sa.select(Document).where(Document.kind == DocumentKind.OTHER)).one()


def typed(**changes: object) -> dict[str, object]:
    return {
        "number": "152", "symbol": "QĐ-SNV", "issued_on": format_date(clock.today()),
        "signer_name": "Trần Văn Thử", "signer_title": "Giám đốc", "scan": (io.BytesIO(PDF), "qd-152.pdf"),
        **changes,
    }  # fmt: skip


def test_the_clerk_asks_the_leader_decides_and_the_unit_is_told(
    client: Browser, session: Session, notice: Notice
) -> None:
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}")
    assert client.page.select(f"a[href='/notices/{notice.id}/recalls/new']")
    client.get(f"/notices/{notice.id}/recalls/new")
    client.submit("main form[method=post]", {"reason": ""}, expect=422)
    assert "Ghi lý do đề nghị thu hồi." in client.text
    client.submit("main form[method=post]", {"reason": WHY})
    client.follow()
    assert "Chờ quyết định" in client.text and WHY in client.text
    client.get(f"/notices/{notice.id}")
    assert "Đang có đề nghị thu hồi." in client.text
    assert not client.page.select(f"a[href='/notices/{notice.id}/recalls/new']")
    request = session.scalars(sa.select(NoticeRecall)).one()

    client.sign_in(cast.LEADER).get("/")
    assert f"Đề nghị thu hồi Thông báo số {notice.document.number_and_symbol}" in client.text
    client.get(f"/notices/recalls/{request.id}")
    client.submit(f"form[action='/notices/recalls/{request.id}/grant']", typed())
    client.follow()
    assert "Đã thu hồi thông báo số 01/TB-SNV. Trả 02 phần nội dung về Đoàn" in client.text
    assert "Số 152/QĐ-SNV" in client.text
    client.get(f"/notices/{notice.id}")
    assert "Đã thu hồi theo văn bản số 152/QĐ-SNV" in client.text

    client.sign_in(cast.HEAD).get(f"/documents/{notice.document_id}")
    assert "Đã thu hồi theo Văn bản số 152/QĐ-SNV" in client.text
    assert "không còn phải thực hiện theo văn bản này" in client.text
    assert "Xác nhận đã nhận thông báo" not in client.text
    paper = client.page.select_one(".kl-note a")
    assert paper is not None
    client.get(str(paper["href"]))
    assert "Thu hồi Thông báo số 01/TB-SNV" in client.text


def test_the_decision_keeps_what_was_typed_when_it_is_refused(
    client: Browser, session: Session, notice: Notice
) -> None:
    request = asked(notice)
    client.sign_in(cast.LEADER).get(f"/notices/recalls/{request.id}")
    form = f"form[action='/notices/recalls/{request.id}/grant']"
    client.submit(form, typed(issued_on="01/9/2026"), expect=422)
    assert "Ngày văn bản thu hồi trước ngày thông báo." in client.text
    assert client.page.select_one("input[name=number]")["value"] == "152"
    assert client.page.select("input[name=scan-held][checked]")
    client.submit(form, typed(scan=(io.BytesIO(b""), ""), **{"scan-held": []}), expect=422)
    assert "Chọn tệp văn bản thu hồi." in client.text
    client.submit(form, typed(scan=(io.BytesIO(b"MZ"), "a.exe")), expect=422)
    client.submit(form, typed(scan=(io.BytesIO(b"khong phai"), "a.pdf")), expect=422)
    assert "không đúng với đuôi .pdf" in client.page.select_one("#scan-error, [id^='scan']").parent.get_text()
    session.expire_all()
    assert notice.document.state is DocumentState.ISSUED


def test_the_leader_says_no(client: Browser, session: Session, notice: Notice) -> None:
    request = asked(notice)
    client.sign_in(cast.LEADER).get(f"/notices/recalls/{request.id}")
    form = f"form[action='/notices/recalls/{request.id}/refuse']"
    client.submit(form, {"refusal": ""}, expect=422)
    client.submit(form, {"refusal": "Đính chính là đủ"})
    client.follow()
    assert "Không đồng ý thu hồi" in client.text and "Đính chính là đủ" in client.text
    client.get(f"/notices/{notice.id}")
    assert "không được đồng ý" in client.text


def test_who_asked_is_told_that_somebody_else_decides(client: Browser, session: Session) -> None:
    notice = notices.issued()
    made = services.request_recall(notice, WHY, actor=cast.actor(cast.LEADER))
    session.commit()
    client.sign_in(cast.LEADER).get(f"/notices/recalls/{made.id}")
    assert "Người quyết định không phải là người đề nghị." in client.text
    assert client.page.select("form[action$='/grant'], form[action$='/refuse']") == []
    client.post(f"/notices/recalls/{made.id}/grant", {}, expect=403)
    client.get("/")
    assert "Xem, quyết định" not in client.text


def test_a_draft_is_not_recalled_and_a_second_request_waits(client: Browser, session: Session) -> None:
    draft = notices.drafted()
    client.sign_in(cast.CLERK).get(f"/notices/{draft.id}/recalls/new", expect=409)
    client.post(f"/notices/{draft.id}/recalls/new", {}, expect=409)
    notice = notices.issued(draft)
    client.get(f"/notices/{notice.id}/recalls/new")
    asked(notice)
    client.submit("main form[method=post]", {"reason": WHY}, expect=409)
    assert "đang có đề nghị thu hồi" in client.text


def test_units_and_observers_learn_nothing_of_a_request(
    client: Browser, session: Session, notice: Notice
) -> None:
    request = asked(notice)
    for part in (cast.HEAD, cast.OFFICER, cast.OTHER_HEAD, cast.OBSERVER, cast.OUTSIDER):
        client.sign_in(part).get(f"/notices/recalls/{request.id}", expect=404)
    client.sign_in(cast.HEAD).get(f"/documents/{notice.document_id}")
    assert "hu hồi" not in client.text


def test_every_page_that_shows_the_notice_says_that_it_was_recalled(
    client: Browser, session: Session, notice: Notice
) -> None:
    assert notice.conclusion is not None
    task = session.scalars(sa.select(Task)).one()
    paper = recalled(notice)
    unit = cast.unit(cast.LONG_PHUOC)
    client.sign_in(cast.PLANNER).get(f"/register/conclusions/{notice.conclusion.id}")
    assert "Đã thu hồi theo Văn bản số 152/QĐ-SNV" in client.text
    assert "Đã thu hồi, không áp dụng" in client.text
    client.get(f"/register/units/{unit.id}")
    assert "đã thu hồi" in client.text
    client.get("/register/contents")
    assert rows(client) == []
    client.get(f"/register/units/{unit.id}/extract?year=2026")
    assert "01/TB-SNV" not in client.text
    client.get("/notices")
    assert "Đã thu hồi" in client.text
    client.get(f"/inspections/{notice.inspection_id}")
    assert "Văn bản thu hồi thông báo" in client.text
    assert "01/TB-SNV (đã thu hồi)" in client.text and "Soạn thông báo kết luận" in client.text
    client.get("/documents")
    assert "; đã thu hồi" in client.text
    client.get(f"/tasks/{task.id}")
    assert "Thông báo số 01/TB-SNV đã thu hồi." in client.text
    assert "Nội dung này không còn phải thực hiện." in client.text
    client.get("/follow-up")
    assert task.code not in client.text
    client.get(f"/findings/{notice.items[0].finding_id}")
    assert "Lần 01: Thông báo số 01/TB-SNV" in client.text and "45/3.468" in client.text
    client.get(f"/inspections/{notice.inspection_id}/remediation")

    client.sign_in(cast.HEAD).get("/")
    assert "Thông báo chưa xác nhận" not in client.text
    assert "Không còn nội dung nào sắp đến hạn." in client.text
    client.get("/remediation/received")
    assert "Đã thu hồi" in client.text and "Xác nhận đã nhận thông báo" not in client.text
    client.get(f"/documents/{paper.id}")
    client.sign_in(cast.CLERK).get("/")
    assert "việc tiếp nhận thông báo của 01 đơn vị" not in client.text
    client.sign_in(cast.OBSERVER).get(f"/documents/{notice.document_id}")
    assert "Đã thu hồi theo Văn bản số 152/QĐ-SNV" in client.text
    assert client.page.select(".kl-note a") == [], "the paper itself is not theirs to read"


def test_the_quick_question_names_the_recalled_notice(
    client: Browser, session: Session, notice: Notice
) -> None:
    recalled(notice)
    item = notice.items[0].finding.scope_item
    last = item.ends_on - timedelta(days=1)
    client.sign_in(cast.PLANNER).get(
        f"/register?unit=LP&criterion=MC-05&starts_on={format_date(item.starts_on)}&ends_on={format_date(last)}&field="
    )
    assert "Đoàn khác đang kiểm tra" in client.text or "Đã kết luận một phần" in client.text
    assert "đã thu hồi, không còn được áp dụng." in client.text
