"""Papers out of the follow-up: a check of remediation, the end of a notice, the buttons that begin them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.documents.content import OfficialDocument, Table
from app.documents.kinds import DocumentKind
from app.documents.models import Document
from app.documents.word import read_docx
from app.errors import Conflict, Forbidden, WrongState
from app.followup import checks, services
from app.inspections.models import InspectionState
from app.notices.models import Notice
from app.remediation import queries
from app.remediation import services as work
from app.remediation.models import ProgressStatus
from app.remediation.values import SightingValues
from tests import cast
from tests.conftest import Browser
from tests.factories import notices as concluded
from tests.factories import papers_after as papers
from tests.factories import past
from tests.factories import remediation as made
from tests.factories.papers_after import composed, missing


def rows(document: OfficialDocument) -> list[tuple[str, ...]]:
    blocks = [*document.blocks, *(block for annex in document.annexes for block in annex.blocks)]
    [table] = [block for block in blocks if isinstance(block, Table)]
    return [row.cells for row in table.rows]


def test_the_notice_of_a_check_says_of_each_item_whether_it_is_accepted(session: Session) -> None:
    first, second = made.issued(findings=2)
    place = papers.checked(first)
    planner = cast.actor(cast.PLANNER)
    paper = services.begin_check_notice(place.inspection, [], actor=planner)
    assert missing(paper) == ("Còn 01 nội dung Đoàn chưa ghi nhận tại đơn vị.",)
    riding = queries.get_riding(cast.actor(cast.MEMBER), place.id, second.id)
    seen = SightingValues(ProgressStatus.DONE, "Đã niêm yết đủ")
    work.note_seen(riding, seen, actor=cast.actor(cast.MEMBER))
    made.accepted(second)
    assert missing(paper) == ()
    text = composed(paper)
    assert text.kind is DocumentKind.FOLLOWUP_NOTICE and text.symbol == "TB-SNV"
    assert "Đã kiểm tra 02 nội dung; công nhận hoàn thành 01 nội dung; chưa công nhận 01 nội dung" in str(
        text
    )
    assert checks.NO_NEW_ASSESSMENT in str(text)
    assert [row[4:] for row in rows(text)] == [
        ("Chưa khắc phục. Bảng niêm yết còn thiếu 12 thủ tục.", "Chưa công nhận"),
        ("Đã khắc phục xong. Đã niêm yết đủ.", "Công nhận hoàn thành ngày 23/9/2026"),
    ]


def test_a_check_where_all_is_accepted_asks_only_that_it_lasts(session: Session) -> None:
    [task] = made.issued()
    place = papers.checked(task, status=ProgressStatus.DONE)
    made.accepted(task)
    paper = services.begin_check_notice(place.inspection, [place.unit], actor=cast.actor(cast.PLANNER))
    assert "tiếp tục chỉ đạo khắc phục" not in str(composed(paper))
    assert "duy trì kết quả đã khắc phục" in str(composed(paper))


def test_the_minutes_of_a_check_leave_room_for_what_was_not_seen(session: Session) -> None:
    first, second = made.issued(findings=2)
    place = papers.checked(first)
    paper = work.begin(
        DocumentKind.FOLLOWUP_MINUTES, subject="Kiểm tra việc khắc phục", symbol="BB-ĐKT", units=[place.unit],
        inspection=place.inspection, actor=cast.actor(cast.SECRETARY),
    )  # fmt: skip
    text = composed(paper)
    assert missing(paper) == ()
    assert "hồi 08 giờ 05 phút, ngày 23/9/2026, tại trụ sở UBND xã Long Phước" in str(text)
    assert [row[3] for row in rows(text)] == ["Chưa khắc phục. Bảng niêm yết còn thiếu 12 thủ tục.", ""]
    assert [block.posts[-1] for block in text.signature_columns] == ["được kiểm tra", "Thư ký", "Trưởng đoàn"]
    assert second.sightings == []


def test_minutes_are_of_one_unit_that_has_something_to_look_at(session: Session) -> None:
    place = papers.checked()
    inspection = place.inspection
    paper = work.begin(
        DocumentKind.FOLLOWUP_MINUTES, subject="Kiểm tra việc khắc phục", symbol="BB-ĐKT", units=[place.unit],
        inspection=inspection, actor=cast.actor(cast.SECRETARY),
    )  # fmt: skip
    assert missing(paper) == ("Đơn vị không có nội dung khắc phục nào để kiểm tra.",)
    paper.units = [cast.unit(cast.AN_PHUOC)]
    session.flush()
    assert missing(paper) == ("Mỗi biên bản kiểm tra việc khắc phục lập với một đơn vị.",)
    notice = services.begin_check_notice(inspection, [], actor=cast.actor(cast.PLANNER))
    assert missing(notice) == ("Không có nội dung khắc phục nào để thông báo kết quả kiểm tra.",)


def test_only_a_check_of_remediation_has_such_a_notice(session: Session) -> None:
    [task] = made.issued()
    with pytest.raises(WrongState):
        services.begin_check_notice(task.case, [], actor=cast.actor(cast.PLANNER))


def finished() -> Document:
    """A notice issued here, all of whose tasks were accepted."""
    notice = concluded.issued()
    for task in queries.list_for_document(notice.document_id):
        made.accepted(task)
    return notice.document


def test_the_follow_up_ends_when_everything_was_accepted_and_closes_the_case(session: Session) -> None:
    document = finished()
    follower = cast.actor(cast.FOLLOWER)
    paper = services.begin_end(document, actor=follower)
    text = composed(paper)
    assert text.subject == (
        f"Kết thúc theo dõi việc thực hiện Thông báo số {document.number_and_symbol} ngày 23/9/2026 của "
        "Sở Nội vụ"
    )
    assert (
        "01 nội dung khắc phục cho UBND xã Long Phước; đến ngày 23/9/2026 đã công nhận hoàn thành 01"
        in str(text)
    )
    assert missing(paper) == ()
    with pytest.raises(Conflict):
        services.begin_end(document, actor=follower)
    [task] = queries.list_for_document(document.id)
    assert task.case.state is InspectionState.CONCLUDED
    papers.issued(paper)
    assert task.case.state is InspectionState.CLOSED
    services.close_followed(paper, cast.actor(cast.CLERK))
    assert task.case.state is InspectionState.CLOSED


def test_a_follow_up_with_something_open_does_not_end(session: Session) -> None:
    document = concluded.issued().document
    follower = cast.actor(cast.FOLLOWER)
    with pytest.raises(WrongState, match="Còn 01 nội dung chưa công nhận hoàn thành"):
        services.begin_end(document, actor=follower)
    with pytest.raises(Forbidden):
        services.begin_end(document, actor=cast.actor(cast.CLERK))
    [task] = queries.list_for_document(document.id)
    made.accepted(task)
    paper = services.begin_end(document, actor=follower)
    concluded.recalled(session.query(Notice).filter_by(document_id=document.id).one())
    assert missing(paper) == ("Thông báo không còn được áp dụng.",)
    papers.issued(paper)
    assert task.case.state is not InspectionState.CLOSED


def test_ticked_lines_become_a_letter_and_a_refusal_keeps_the_ticks(
    client: Browser, session: Session
) -> None:
    first, second = made.issued(findings=2, due_on=papers.OVERDUE)
    client.sign_in("follower").get("/follow-up")
    client.post("/follow-up/reminder", {}, expect=422)
    assert "Chọn ít nhất 01 nội dung" in client.text
    client.get("/follow-up")
    client.post(
        "/follow-up/reminder", {"pick": [f"{first.id}:{first.version}", f"{second.id}:{second.version}"]}
    )
    client.follow()
    assert "Đã soạn công văn đôn đốc" in client.text
    made.submitted(first)
    client.get("/follow-up")
    client.post("/follow-up/reminder", {"pick": f"{first.id}:{first.version}"}, expect=409)
    assert client.page.select_one(f"input[name=pick][value^='{first.id}:']").has_attr("checked")


def test_the_end_of_a_notice_is_begun_from_the_table(client: Browser, session: Session) -> None:
    document = concluded.issued().document
    client.sign_in("follower").get(f"/follow-up?notice={document.id}")
    assert f"/follow-up/end/{document.id}" in str(client.page)
    client.get(f"/follow-up/end/{document.id}")
    assert "Còn 01 nội dung chưa công nhận hoàn thành" in client.text
    [task] = queries.list_for_document(document.id)
    made.accepted(task)
    client.get(f"/follow-up/end/{document.id}")
    client.submit(f"form[action$='/follow-up/end/{document.id}']")
    client.follow()
    assert "Đã soạn thông báo kết thúc theo dõi" in client.text
    client.get(f"/follow-up/end/{document.id}")
    assert "Đã soạn:" in client.text
    client.sign_in("head").get(f"/follow-up/end/{document.id}", expect=404)


def test_a_check_has_a_page_for_its_papers(client: Browser, session: Session) -> None:
    [task] = made.issued()
    place = papers.checked(task)
    client.sign_in("planner").get(f"/inspections/{place.inspection_id}")
    path = f"/inspections/{place.inspection_id}/follow-up-papers"
    assert path in str(client.page)
    client.get(path)
    assert "01 nội dung, đã xem 01, đã công nhận 00" in client.text
    minutes = f"/inspections/{place.inspection_id}/follow-up-minutes.pdf"
    assert client.get(f"{minutes}?unit={place.unit_id}").data.startswith(b"%PDF")
    client.get(f"{minutes}?unit={cast.unit(cast.AN_PHUOC).id}", expect=404)
    client.get(path)
    client.submit("form[action$='/follow-up-notice']")
    client.follow()
    assert "Đã soạn thông báo kết quả kiểm tra việc khắc phục" in client.text
    client.get(f"/inspections/{task.inspection_id}/follow-up-papers", expect=404)
    client.sign_in("head").get(path, expect=404)


def test_the_unit_draws_its_own_papers_and_nobody_elses(client: Browser, session: Session) -> None:
    [task] = made.issued()
    own, other = cast.unit(cast.LONG_PHUOC).id, cast.unit(cast.AN_PHUOC).id
    client.sign_in("head").get("/remediation")
    for kind in ("plan", "report"):
        assert f"/units/{own}/remediation-{kind}.docx" in str(client.page)
    for kind in ("plan", "report"):
        path = f"/units/{own}/remediation-{kind}.pdf"
        assert client.get(f"{path}?notice={task.document_id}").data.startswith(b"%PDF")
        client.get(f"{path}?notice=999999", expect=404)
        client.get(f"/units/{other}/remediation-{kind}.pdf", expect=404)
        client.get(f"/units/{own}/for-unit/remediation-{kind}.pdf", expect=403)
    client.sign_in("follower").get(f"/units/{own}/for-unit/remediation-report.pdf")
    client.get(f"/units/{own}/for-unit/remediation-plan.pdf")
    for name in ("plan", "report"):
        word = client.get(f"/units/{own}/for-unit/remediation-{name}.docx").data
        assert read_docx(word).texts, "what may be worded otherwise is marked"
    client.get(f"/units/{own}/for-unit/remediation-plan.odt", expect=404)
    client.get(f"/units/{other}/for-unit/remediation-plan.pdf", expect=404)


def test_a_request_for_time_is_answered_from_the_task(client: Browser, session: Session) -> None:
    [task] = made.issued(due_on=papers.OVERDUE)
    path = f"/tasks/{task.id}/extension-answer"
    client.sign_in("follower").get(path)
    asked = {
        "requested_by": str(cast.person(cast.HEAD).id),
        "requested_on": "20/9/2026",
        "reason": "Chờ phần mềm",
    }
    client.submit(f"form[action$='{path}']", {**asked, "outcome": "granted"}, expect=422)
    assert "Nhập thời hạn mới." in client.text
    client.submit(
        f"form[action$='{path}']", {**asked, "outcome": "refused", "granted_due_on": "30/10/2026"}, expect=422
    )
    client.submit(
        f"form[action$='{path}']", {**asked, "outcome": "granted", "granted_due_on": "01/9/2026"}, expect=422
    )
    client.submit(f"form[action$='{path}']", {**asked, "outcome": "granted", "granted_due_on": "30/10/2026"})
    client.follow()
    assert "Đã soạn công văn trả lời" in client.text
    client.sign_in("head").get(path, expect=403)
    past_task = past.task(
        deadline_kind="continuing", due_on=None, review_on=date(2026, 12, 11), no_date_reason="Thường xuyên"
    )
    client.sign_in("follower").get(f"/tasks/{past_task.id}/extension-answer", expect=409)


@pytest.mark.parametrize(
    "kind",
    [
        DocumentKind.REMINDER_LETTER, DocumentKind.EXTENSION_ANSWER, DocumentKind.REMEDIATION_PLAN,
        DocumentKind.REMEDIATION_REPORT, DocumentKind.CORRIGENDUM, DocumentKind.RECALL,
        DocumentKind.FOLLOWUP_MINUTES, DocumentKind.FOLLOWUP_NOTICE, DocumentKind.FOLLOWUP_END,
    ],
)  # fmt: skip
def test_a_paper_begun_about_nothing_says_where_it_is_begun(session: Session, kind: DocumentKind) -> None:
    planner = cast.actor(cast.PLANNER)
    with pytest.raises(WrongState):
        work.begin(kind, subject="Văn bản thử", units=[], actor=planner)


def test_an_issued_letter_is_sent_to_its_units(session: Session) -> None:
    [task] = made.issued(due_on=papers.OVERDUE)
    document = papers.issued(work.begin_reminder([task], actor=cast.actor(cast.FOLLOWER)))
    assert [delivery.unit_id for delivery in document.deliveries] == [task.lead_unit_id]


def test_what_a_letter_will_do_is_said_before_it_is_issued(session: Session) -> None:
    [task] = made.issued(due_on=papers.OVERDUE)
    letter = work.begin_reminder([task], actor=cast.actor(cast.FOLLOWER))
    assert papers.composer_of(letter).effects(letter) == (
        "Ghi một lần đôn đốc cho 01 nội dung khắc phục còn phải thực hiện; gửi công văn đến 01 đơn vị."
    )
