"""What a unit is to mend, from its receipt on a phone to the end of the follow-up, all over HTTP.

On the way it says what can't be done at once, one product comes back, its leaders ask for time and get it,
and the step to the superior is a letter that a leader signs.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from app.documents.kinds import DocumentKind
from app.documents.models import Delivery, Document, DocumentState, Paper, ReceiptKind
from app.extensions import db
from app.followup import jobs
from app.inspections.models import InspectionState
from app.jobs.models import Job
from app.remediation import services
from app.remediation.models import Product, RequestState, ResultState, Task, TaskState
from app.remediation.values import ProductValues
from tests import cast
from tests.conftest import Browser
from tests.factories import notices
from tests.factories import remediation as made
from tests.journeys import acts
from tests.journeys.walk import Walk, upload

pytestmark = pytest.mark.slow

PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "0200015e5b1e0b0000000049454e44ae426082"
)
DUE, NEW_DUE = date(2026, 10, 21), date(2026, 11, 4)
RECEIVED, ASSIGNED, REPORTED, SENT = (
    date(2026, 9, 24), date(2026, 9, 25), date(2026, 10, 14), date(2026, 10, 15),
)  # fmt: skip
RETURNED, ASKED, GRANTED = date(2026, 10, 16), date(2026, 10, 20), date(2026, 10, 21)
ESCALATED, SIGNED, MENDED, ACCEPTED = (
    date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 23),
)  # fmt: skip
ENDED = date(2026, 11, 24)
CHAIN = (
    (cast.FOLLOWER, "submit"), (cast.CONTENT_CHECKER, "check-content"), (cast.CLERK, "check-form"),
    (cast.LEADER, "approve"), (cast.LEADER, "sign"), (cast.CLERK, "seal"), (cast.CLERK, "issue"),
)  # fmt: skip


def test_a_unit_mends_what_a_notice_asks_from_receipt_to_the_end(walk: Walk) -> None:
    task = _given(walk)
    _received(walk, task)
    _assigned(walk, task)
    _not_at_once(walk, task)
    _reported(walk, task)
    _one_product_comes_back(walk, task)
    _more_time(walk, task)
    _the_superior_is_written_to(walk, task)
    _mended(walk, task)
    _accepted(walk, task)
    _ended(walk, task)
    _told_once_more(walk, task)


def _given(walk: Walk) -> Task:
    """A notice issued here asks two products of the commune."""
    walk.at(date(2026, 9, 23), 8)
    inspection = notices.reported()
    (draft,) = walk.session.scalars(sa.select(Task)).all()
    values = made.values_of(
        draft, due_on=DUE, report_due_on=None,
        products=(ProductValues(Product.NOTICE, "niêm yết"), ProductValues(Product.PHOTO, "bảng niêm yết")),
    )  # fmt: skip
    services.edit_task(draft, values, actor=cast.actor(cast.TEAM_LEADER))
    notices.issued(notices.drafted(inspection))
    walk.session.expire_all()
    assert (draft.state, draft.due_on) == (TaskState.ISSUED, DUE)
    return draft


def _received(walk: Walk, task: Task) -> None:
    """The head reads on the first page, with the hash of what was read; a second click changes nothing."""
    walk.at(RECEIVED)
    delivery = walk.session.scalars(sa.select(Delivery)).one()
    path = f"/deliveries/{delivery.id}/acknowledge"
    walk.refused(cast.OFFICER, "POST", path)
    head = walk.as_(cast.HEAD, "/")
    assert "Thông báo chưa xác nhận" in head.text and "Còn 19 ngày làm việc" in head.text
    form = head.page.select_one(f"form[action='{path}']")
    assert form is not None
    typed = {str(one["name"]): str(one["value"]) for one in form.select("input[name]")}
    head.post(path, {**typed, "document_sha256": "0" * 64}, expect=409)
    head.post(path, typed)
    head.follow()
    walk.session.expire_all()
    assert (delivery.receipt, delivery.document_sha256) == (ReceiptKind.HEAD_HERE, delivery.document.sha256)
    before = walk.seen()
    head.post(path, typed)
    assert walk.seen() == before, "a second click changes nothing"


def _assigned(walk: Walk, task: Task) -> None:
    """Lead, helper without an account, internal date, as on the slip for incoming papers."""
    walk.at(ASSIGNED)
    path = f"/tasks/{task.id}/assign"
    for part in (cast.OFFICER, cast.OTHER_HEAD, cast.FOLLOWER):
        walk.refused(part, "POST", path)
    head = walk.as_(cast.HEAD, path)
    helper = {"coordinating_names": "Tô Thị Không Tài Khoản", "instruction": "Khẩn trương"}
    late = {**helper, "lead": str(cast.person(cast.OFFICER).id), "internal_due_on": "30/10/2026"}
    head.submit(data=late, expect=422)
    assert "Hạn nội bộ không sau thời hạn hoàn thành 21/10/2026" in head.text
    head.submit(data={"internal_due_on": "09/10/2026"})
    walk.as_(cast.OFFICER, "/")
    assert task.text in walk.client.text


def _not_at_once(walk: Walk, task: Task) -> None:
    """The officer who leads it says why and by which steps; the plan prints them."""
    path = f"/tasks/{task.id}/schedule"
    walk.refused(cast.OTHER_HEAD, "POST", path)
    officer = walk.as_(cast.OFFICER, path)
    officer.submit(
        data={
            "reason": "Bảng niêm yết phải đặt in",
            "steps-0-text": "Rà soát thủ tục", "steps-0-product": "Danh mục",
            "steps-0-answerable": "Mai Thị Làm Mẫu", "steps-0-due_on": "05/10/2026",
            "steps-1-text": "In, lắp bảng", "steps-1-product": "Bảng niêm yết",
            "steps-1-answerable": "Tô Thị Không Tài Khoản", "steps-1-due_on": "16/10/2026",
        }
    )  # fmt: skip
    plan = officer.get(f"/units/{task.lead_unit_id}/remediation-plan.docx")
    with zipfile.ZipFile(io.BytesIO(plan.data)) as word:
        assert "In, lắp bảng" in word.read("word/document.xml").decode()
    walk.at(date(2026, 9, 29))
    number = f"/units/{task.lead_unit_id}/plan-number"
    walk.refused(cast.OTHER_HEAD, "POST", number)
    walk.as_(cast.OFFICER, number).submit(data={"reference": "31/KH-UBND", "document_on": "28/9/2026"})
    walk.at(date(2026, 10, 7))
    assert "Bước lộ trình quá ngày" in walk.as_(cast.FOLLOWER, "/").text
    officer = walk.as_(cast.OFFICER, f"/tasks/{task.id}")
    first = officer.page.select_one("form[action$='/finish']")
    assert first is not None
    officer.submit(f"form[action='{first['action']}']", {"done_on": "06/10/2026"})
    assert "Bước lộ trình quá ngày" not in walk.as_(cast.FOLLOWER, "/").text


def _photo(name: str) -> FileStorage:
    """A picture of its own, as a phone names it."""
    return upload(name, PHOTO + name.encode())


def _reported(walk: Walk, task: Task) -> None:
    """Photos from the phone; what no file says is refused; the head submits, and only the head's side may."""
    walk.at(REPORTED)
    path = f"/tasks/{task.id}/progress"
    for part in (cast.OTHER_HEAD, cast.FOLLOWER):
        walk.refused(part, "POST", path)
    officer = walk.as_(cast.OFFICER, path)
    typed = {"status": "done", "text": "Đã gửi 45/45 phiếu xin lỗi, niêm yết đủ 120 thủ tục"}
    sent = [_photo("bang-1.png"), upload("anh.png", b"MZ, no photo")]
    officer.submit(data={**typed, "files": sent}, expect=422)
    assert "“anh.png” không đúng với đuôi" in officer.text and "bang-1.png" in officer.text
    assert "120 thủ tục" in str(officer.page.select("textarea"))
    officer.submit(data={"files": [_photo("bang-2.png")]})
    officer.follow()
    assert "bang-1.png" in officer.text and "bang-2.png" in officer.text
    walk.at(SENT)
    for part in (cast.OFFICER, cast.OTHER_HEAD, cast.FOLLOWER):
        walk.refused(part, "POST", f"/tasks/{task.id}/submit")
    walk.as_(cast.HEAD, f"/tasks/{task.id}").submit("form[action$='/submit']")
    walk.session.expire_all()
    assert (task.state, task.submitted_on) == (TaskState.SUBMITTED, SENT)


def _one_product_comes_back(walk: Walk, task: Task) -> None:
    walk.at(RETURNED)
    first, second = task.results
    follower = walk.as_(cast.FOLLOWER, f"/tasks/{task.id}")
    follower.submit(f"form[action$='/results/{first.id}/accept']", {"comment": "Đủ"})
    follower.get(f"/tasks/{task.id}")
    page = {str(x["name"]): str(x["value"]) for x in follower.page.select("form input[type=hidden]")}
    back = f"/tasks/{task.id}/results/{second.id}/return"
    walk.refused(cast.HEAD, "POST", back)
    follower = walk.as_(cast.FOLLOWER, f"/tasks/{task.id}")
    follower.post(back, {"version": page["version"], "comment": ""}, expect=422)
    follower.post(back, {"version": page["version"], "comment": "Ảnh mờ, chụp lại"})
    path = f"/tasks/{task.id}/send-back"
    walk.as_(cast.FOLLOWER, path).submit(f"form[action$='{path}']", {"due_on": "23/10/2026"})
    walk.session.expire_all()
    assert task.state is TaskState.RETURNED
    assert [row.state for row in task.results] == [ResultState.ACCEPTED, ResultState.RETURNED]
    head = walk.as_(cast.HEAD, "/")
    assert "Ảnh mờ, chụp lại" in head.text and "Bổ sung minh chứng" in head.text


def _more_time(walk: Walk, task: Task) -> None:
    """Asked by the head with evidence, given by the leader's directive, which says it was as asked."""
    walk.at(ASKED)
    path = f"/tasks/{task.id}/extension-request"
    walk.refused(cast.OFFICER, "POST", path)
    head = walk.as_(cast.HEAD, path)
    head.submit(
        data={
            "new_due_on": "04/11/2026", "reason": "Chờ nhà in", "reference": "91/UBND-VP",
            "document_on": "20/10/2026",
        }
    )  # fmt: skip
    assert task.due_on == DUE
    walk.at(GRANTED)
    direct = f"/tasks/{task.id}/direct"
    walk.refused(cast.HEAD, "POST", direct)
    leader = walk.as_(cast.LEADER, f"{direct}?kind=extend")
    leader.submit(
        f"form[action$='{direct}']", {"text": "Đồng ý, không gia hạn thêm", "answer_due_on": "23/10/2026"}
    )
    leader.follow()
    assert "Gia hạn đến ngày 04/11/2026, đúng thời hạn đề nghị." in leader.text
    walk.session.expire_all()
    assert (task.due_on, task.original_due_on) == (NEW_DUE, DUE)
    assert task.extension_requests[0].state is RequestState.GRANTED
    answer = f"/directives/{task.directives[0].id}/answer"
    walk.as_(cast.HEAD, answer).submit(f"form[action$='{answer}']", {"text": "Cam kết đúng hạn mới"})


def _the_superior_is_written_to(walk: Walk, task: Task) -> None:
    """Ten working days overdue a draft waits for a leader; not signing it is seen; signed, it counts once."""
    walk.at(ESCALATED, 8)
    jobs.escalate(Job(kind="escalate", payload={}))
    db.session.commit()
    letter = _paper_of(walk, DocumentKind.REMINDER_LETTER)
    assert letter.document.state is DocumentState.DRAFT and task.urged_count == 0
    assert "công văn đôn đốc" in walk.as_(cast.LEADER, "/").text.lower()
    acts.open_book(walk, "SNV-CCHC")
    _through_the_chain(walk, letter, "SNV-CCHC", SIGNED)
    walk.session.expire_all()
    assert task.urged_count == 1 and letter.document.number_and_symbol in task.last_urged_reference
    text = walk.as_(cast.HEAD, f"/tasks/{task.id}").text
    assert "Quá hạn 15 ngày" in text


def _paper_of(walk: Walk, kind: DocumentKind) -> Paper:
    found = sa.select(Paper).join(Document, Document.id == Paper.document_id).where(Document.kind == kind)
    return walk.session.scalars(found).one()


def _through_the_chain(walk: Walk, paper: Paper, symbol: str, day: date) -> None:
    """Details, then each act by the one whose it is; the drafter never signs."""
    follower = walk.as_(cast.FOLLOWER, f"/papers/{paper.id}/details")
    follower.submit(
        data={
            "way": "here", "symbol": symbol, "signer_id": str(cast.person(cast.LEADER).id),
            "signature_prefix": "KT. Giám đốc\nPhó Giám đốc",
        }
    )  # fmt: skip
    for part, verb in CHAIN:
        walk.at(day)
        if verb == "sign":
            walk.refused(cast.FOLLOWER, "POST", f"/papers/{paper.id}/sign")
        someone = walk.as_(part, f"/papers/{paper.id}/{verb}")
        someone.submit(f"form[action$='/{verb}']")
    walk.session.expire_all()
    assert paper.document.state is DocumentState.ISSUED


def _mended(walk: Walk, task: Task) -> None:
    walk.at(MENDED)
    path = f"/tasks/{task.id}/progress"
    officer = walk.as_(cast.OFFICER, path)
    officer.submit(
        data={"status": "done", "text": "Đã chụp lại bảng niêm yết", "files": [_photo("bang-3.png")]}
    )
    walk.as_(cast.HEAD, f"/tasks/{task.id}").submit("form[action$='/submit']")
    walk.session.expire_all()
    assert (task.state, task.submitted_on) == (TaskState.SUBMITTED, MENDED)


def _accepted(walk: Walk, task: Task) -> None:
    walk.at(ACCEPTED)
    path = f"/tasks/{task.id}/accept"
    walk.refused(cast.HEAD, "POST", path)
    walk.as_(cast.FOLLOWER, f"/tasks/{task.id}").submit(f"form[action$='{path}']")
    walk.session.expire_all()
    assert task.state is TaskState.ACCEPTED
    assert "Hoàn thành quá hạn 16 ngày" in walk.as_(cast.FOLLOWER, f"/tasks/{task.id}").text


def _ended(walk: Walk, task: Task) -> None:
    """Proposal, decision by a signature, and only then the case is closed."""
    walk.at(ENDED)
    path = f"/follow-up/end/{task.document_id}"
    follower = walk.as_(cast.FOLLOWER, path)
    follower.submit(f"form[action$='{path}']")
    assert task.case.state is InspectionState.CONCLUDED
    _through_the_chain(walk, _paper_of(walk, DocumentKind.FOLLOWUP_END), "TB-SNV", ENDED)
    assert task.case.state is InspectionState.CLOSED


def _told_once_more(walk: Walk, task: Task) -> None:
    """The page of the task keeps all of it, and the table counts it once, as late."""
    page = walk.as_(cast.FOLLOWER, f"/tasks/{task.id}")
    for words in (
        "Từ 23/10/2026 đến 04/11/2026", "91/UBND-VP", "Rà soát thủ tục", "Ảnh mờ, chụp lại", "bang-3.png",
        "31/KH-UBND ngày 28/9/2026", "Cam kết đúng hạn mới", "Đôn đốc", "Xong ngày 06/10/2026",
    ):  # fmt: skip
        assert words in page.text, words
    table: Browser = walk.as_(cast.FOLLOWER, "/follow-up?state=done_late")
    assert task.code in table.text
