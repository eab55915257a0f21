"""A corrigendum puts words of an issued paper right without touching its bytes; a recall by our own paper."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.timeline import timeline
from app.documents import queries as documents
from app.documents.content import Table
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, Paper
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.files import services as files
from app.inspections.models import InspectedUnitState
from app.notices import services
from app.notices.models import CorrectionLine, RecallState
from app.notices.services import Correction
from app.remediation.models import Task, TaskState
from tests import cast
from tests.conftest import Browser
from tests.factories import notices as made
from tests.factories import papers_after as papers
from tests.factories.documents import recorded
from tests.factories.papers_after import composed, missing

DATE = Correction("Trang 02, mục II", "ngày 12/8/2025", "ngày 12/8/2026")
MISSING = Correction("Nơi nhận", "", "Thanh tra thành phố")


def begun(document: Document, *lines: Correction, by: str = cast.CLERK) -> Paper:
    paper = services.begin_corrigendum(document, lines or (DATE,), actor=cast.actor(by))
    return paper


def test_the_letter_sets_what_was_printed_beside_what_is_right(session: Session) -> None:
    document = made.issued().document
    letter = composed(begun(document, DATE, MISSING))
    named = f"Thông báo số {document.number_and_symbol}"
    assert letter.subject == f"Đính chính {named} ngày 23/9/2026 của Sở Nội vụ"
    assert letter.is_letter and letter.addressees == ("UBND xã Long Phước",)
    [table] = [block for block in letter.blocks if isinstance(block, Table)]
    assert [row.cells for row in table.rows] == [
        ("1", "Trang 02, mục II", "ngày 12/8/2025", "ngày 12/8/2026"),
        ("2", "Nơi nhận", "(để trống)", "Thanh tra thành phố"),
    ]
    assert f"Các nội dung khác của {named} không thay đổi" in str(letter)


def test_the_paper_is_marked_once_the_letter_is_issued_and_its_bytes_stay(session: Session) -> None:
    notice = made.issued()
    document = notice.document
    assert document.file is not None
    before, hashed, content = files.read(document.file), document.sha256, document.content
    paper = begun(document)
    assert document.state is DocumentState.ISSUED and documents.list_corrigenda(document.id) == []
    letter = papers.issued(paper)
    session.expire_all()
    assert document.state is DocumentState.CORRECTED
    assert (files.read(document.file), document.sha256, document.content) == (before, hashed, content)
    assert documents.list_corrigenda(document.id) == [letter]
    told = "Đính chính văn bản: Công văn số 512/SNV-CCHC ngày 23/9/2026 của Sở Nội vụ"
    assert [entry.text for entry in timeline(document, names=True)].count(told) == 1
    assert told in [entry.text for entry in timeline(notice, names=True)]


def test_a_second_corrigendum_is_told_too_and_a_recalled_notice_keeps_its_state(session: Session) -> None:
    notice = made.issued()
    first = papers.issued(begun(notice.document), 512)
    second = papers.issued(begun(notice.document, MISSING), 513)
    assert documents.list_corrigenda(notice.document.id) == [first, second]
    assert notice.document.state is DocumentState.CORRECTED
    third = begun(notice.document)
    made.recalled(notice)
    assert missing(third) == ("Văn bản cần đính chính không còn được áp dụng.",)
    papers.issued(third, 514)
    assert notice.document.state is DocumentState.RECALLED


def test_one_is_drafted_at_a_time_and_only_for_a_paper_of_ours_in_force(session: Session) -> None:
    document = made.issued().document
    paper = begun(document)
    with pytest.raises(Conflict, match="đang có công văn đính chính"):
        begun(document)
    session.execute(sa.delete(CorrectionLine))
    assert missing(paper) == ("Chưa có dòng đính chính nào.",)
    with pytest.raises(WrongState, match="Chỉ đính chính"):
        begun(recorded(77))
    with pytest.raises(Forbidden):
        begun(document, by=cast.HEAD)


@pytest.mark.parametrize(
    "line", [Correction("", "a", "b"), Correction("Trang 01", "a", "a"), Correction("Trang 01", " ", "")]
)
def test_a_line_that_corrects_nothing_is_refused(session: Session, line: Correction) -> None:
    document = made.issued().document
    with pytest.raises(DomainError):
        begun(document, line)
    with pytest.raises(DomainError):
        services.begin_corrigendum(document, (), actor=cast.actor(cast.CLERK))


def test_the_form_keeps_what_was_typed_and_begins_the_letter(client: Browser, session: Session) -> None:
    document = made.issued().document
    client.sign_in("clerk").get(f"/documents/{document.id}")
    assert f"/documents/{document.id}/corrigendum" in str(client.page)
    client.get(f"/documents/{document.id}/corrigendum")
    assert "Chỉ đính chính sai sót về thể thức" in client.text
    client.submit("form[action$='/corrigendum']", {"lines-0-printed": "12/8/2025"}, expect=422)
    assert "Ghi vị trí" in client.text and client.page.select_one("#lines-0-printed")["value"] == "12/8/2025"
    client.submit(
        "form[action$='/corrigendum']",
        {"lines-0-place": "Trang 01", "lines-0-printed": "a", "lines-0-corrected": "a"},
        expect=422,
    )
    client.submit(
        "form[action$='/corrigendum']",
        {"lines-0-place": "", "lines-0-printed": "", "lines-0-corrected": ""},
        expect=422,
    )
    assert "Nhập ít nhất 01 chỗ" in client.text
    client.submit(
        "form[action$='/corrigendum']",
        {"lines-2-place": "Trang 01", "lines-2-printed": "2025", "lines-2-corrected": "2026"},
    )
    client.follow()
    assert "Đã soạn công văn đính chính" in client.text
    [line] = session.scalars(sa.select(CorrectionLine)).all()
    assert (line.place, line.printed, line.corrected) == ("Trang 01", "2025", "2026")
    assert client.get(f"/papers/{line.paper_id}/preview.pdf").data.startswith(b"%PDF")
    client.get(f"/documents/{document.id}/corrigendum")
    client.submit(
        "form[action$='/corrigendum']", {"lines-0-place": "Trang 02", "lines-0-printed": "x"}, expect=409
    )


def test_a_corrected_paper_says_so_to_its_readers(client: Browser, session: Session) -> None:
    notice = made.issued()
    papers.issued(begun(notice.document))
    client.sign_in("head").get(f"/documents/{notice.document.id}")
    assert "Công văn số 512/SNV-CCHC ngày 23/9/2026" in client.text
    assert "Soạn công văn đính chính" not in client.text
    client.get(f"/documents/{notice.document.id}/corrigendum", expect=404)
    client.sign_in("leader").get(f"/documents/{notice.document.id}/corrigendum", expect=403)
    client.sign_in("clerk").get(f"/documents/{recorded(78).id}/corrigendum", expect=409)


def test_a_recalling_paper_of_ours_grants_the_request_by_who_signed_it(session: Session) -> None:
    notice = made.issued()
    recall = made.recall_asked(notice)
    paper = services.begin_recall(recall, actor=cast.actor(cast.CLERK))
    text = composed(paper)
    assert text.kind is DocumentKind.RECALL and text.type_name == "Thông báo" and text.symbol == "TB-SNV"
    assert "Lý do: số liệu hồ sơ quá hạn không đúng." in str(text)
    assert text.recipients[0] == "UBND xã Long Phước"
    assert missing(paper) == ()
    with pytest.raises(Conflict, match="đang có văn bản thu hồi"):
        services.begin_recall(recall, actor=cast.actor(cast.PLANNER))
    written = papers.issued(paper, 152)
    assert notice.document.state is DocumentState.RECALLED and recall.state is RecallState.GRANTED
    assert (recall.decided_by, recall.document_id) == (cast.person(cast.LEADER).id, written.id)
    assert [delivery.unit.code for delivery in written.deliveries] == [cast.LONG_PHUOC]
    assert {task.state for task in session.scalars(sa.select(Task))} == {TaskState.WITHDRAWN}
    assert notice.units[0].state is not InspectedUnitState.CONCLUDED
    assert missing(paper) == (
        "Không có đề nghị thu hồi nào chờ quyết định.",
        "Thông báo không còn được áp dụng nên không thu hồi được.",
    )
    with pytest.raises(WrongState, match="đã có quyết định"):
        services.begin_recall(recall, actor=cast.actor(cast.CLERK))


def test_who_asked_for_a_recall_does_not_grant_it_by_signing(session: Session) -> None:
    notice = made.issued()
    recall = made.recall_asked(notice, by=cast.LEADER)
    paper = services.begin_recall(recall, actor=cast.actor(cast.CLERK))
    paper.document.signer_id = cast.person(cast.LEADER).id
    assert missing(paper) == ("Người quyết định không phải là người đề nghị.",)
    with pytest.raises(Conflict):
        papers.issued(paper, 152)


def test_a_paper_without_an_open_request_recalls_nothing(session: Session) -> None:
    notice = made.issued()
    recall = made.recall_asked(notice)
    paper = services.begin_recall(recall, actor=cast.actor(cast.CLERK))
    services.refuse_recall(recall, "Số liệu đã đúng", actor=cast.actor(cast.LEADER))
    with pytest.raises(Conflict, match="Không có đề nghị"):
        services.recall_notice_by_paper(paper, cast.actor(cast.CLERK))


def test_the_page_of_a_request_offers_the_paper(client: Browser, session: Session) -> None:
    recall = made.recall_asked(made.issued())
    client.sign_in("clerk").get(f"/notices/recalls/{recall.id}")
    client.submit("form[action$='/paper']")
    client.follow()
    assert "Đã soạn văn bản thu hồi" in client.text
    client.get(f"/notices/recalls/{recall.id}")
    client.submit("form[action$='/paper']")
    client.follow()
    assert "đang có văn bản thu hồi chưa ban hành" in client.text
