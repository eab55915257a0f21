"""Screens of papers on their way: begun at the case, worded, sent up, signed, recorded, compared."""

from __future__ import annotations

import io

import pytest
from sqlalchemy.orm import Session

from app.documents.models import DocumentState, IssueWay, Paper
from app.home import work
from tests import cast
from tests.conftest import Browser
from tests.factories import documents
from tests.factories import inspections as cases
from tests.factories import papers as made
from tests.queries import count_queries

WORDS = "Đoàn kiểm tra làm việc theo kế hoạch tiến hành đã được phê duyệt."
DUTIES = f"text_{b'duties'.hex()}"


def only_paper(session: Session) -> Paper:
    session.expire_all()
    return session.query(Paper).one()


def linked(client: Browser) -> str:
    """Every address that the page leads to."""
    return " ".join(link["href"] for link in client.page.select("a[href]"))


def test_a_draft_begins_on_the_page_of_its_case(client: Browser, session: Session) -> None:
    inspection = cases.draft()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{inspection.id}")
    assert "Tạo dự thảo" in client.text
    client.get(f"/inspections/{inspection.id}/papers/new")
    client.submit(data={}, expect=422)
    assert "Chọn loại văn bản." in client.text
    client.submit(data={"kind": "decision"})
    client.follow()
    assert "Đã tạo dự thảo từ hồ sơ." in client.text and "Dự thảo quyết định kiểm tra" in client.text
    paper = only_paper(session)
    client.get(f"/inspections/{inspection.id}")
    assert f"/papers/{paper.id}" in linked(client)
    client.get(f"/inspections/{inspection.id}/papers/new")
    client.submit(data={"kind": "decision"}, expect=409)
    assert "Đã có dự thảo" in client.text


def test_who_may_begin_nothing_is_told_so(client: Browser, session: Session) -> None:
    inspection = cases.draft()
    session.commit()
    client.sign_in(cast.LEADER).get(f"/inspections/{inspection.id}/papers/new")
    assert "Chưa có loại văn bản nào" in client.text
    client.get(f"/inspections/{inspection.id}")
    assert "Tạo dự thảo" not in client.text


def test_words_are_kept_shown_on_the_page_and_taken_from_the_record_again(
    client: Browser, session: Session
) -> None:
    paper = made.drafted()
    client.sign_in(cast.PLANNER).get(f"/papers/{paper.id}")
    client.submit(data={DUTIES: WORDS})
    client.follow()
    assert "Đã lưu, sửa 01 chỗ." in client.text and WORDS in client.text
    client.submit(data={DUTIES: ""}, expect=422)
    assert "chưa nhập nội dung" in client.text
    client.get(f"/papers/{paper.id}")
    client.submit(data={"ref": "duties"})
    client.follow()
    assert "Đã lấy lại câu chữ từ hồ sơ." in client.text and only_paper(session).texts == {}
    client.get(f"/papers/{paper.id}/preview.pdf")
    assert client.response.mimetype == "application/pdf"
    client.get(f"/papers/{paper.id}/preview/1.png")
    client.get(f"/papers/{paper.id}/preview/99.png", expect=404)
    client.get(f"/papers/{paper.id}/slip.pdf")
    assert client.response.mimetype == "application/pdf"


def test_an_edit_that_came_second_is_shown_beside_what_is_there(client: Browser, session: Session) -> None:
    paper = made.drafted()
    client.sign_in(cast.PLANNER).get(f"/papers/{paper.id}")
    old = client.page
    client.submit(data={DUTIES: WORDS})
    version = old.select_one("main input[name=version]")["value"]
    client.get(f"/papers/{paper.id}")
    client.submit(data={DUTIES: "Bản đến sau.", "version": version}, expect=409)
    assert "Bản hiện nay" in client.text and "Bản đến sau." in client.text


def test_details_name_the_signer_the_way_and_an_open_book(client: Browser, session: Session) -> None:
    paper = made.drafted()
    client.sign_in(cast.PLANNER).get(f"/papers/{paper.id}/details")
    client.submit(data={"symbol": "QĐ-LẠ"}, expect=422)
    assert "chưa được mở" in client.text
    client.submit(data={"symbol": "QĐ-SNV", "signature_prefix": "GĐ\nPhó"}, expect=422)
    assert "bắt đầu bằng TM." in client.text
    client.submit(data={"signature_prefix": "KT. Giám đốc\nPhó Giám đốc", "way": "paper", "signer_id": ""})
    paper = only_paper(session)
    assert paper.document.way is IssueWay.PAPER and paper.document.signer_id is None


def test_the_whole_way_here_by_its_pages(client: Browser, session: Session) -> None:
    paper = made.drafted()
    address = f"/papers/{paper.id}"
    for part, act, state in (
        (cast.PLANNER, "submit", DocumentState.CONTENT_CHECK),
        (cast.CONTENT_CHECKER, "check-content", DocumentState.FORM_CHECK),
        (cast.CLERK, "check-form", DocumentState.APPROVAL),
        (cast.LEADER, "approve", DocumentState.APPROVED),
        (cast.LEADER, "sign", DocumentState.SIGNED),
        (cast.CLERK, "seal", DocumentState.SEALED),
        (cast.CLERK, "issue", DocumentState.ISSUED),
    ):
        client.sign_in(part).get("/")
        assert address in linked(client), f"{part} has it among what waits"
        client.get(address)
        assert f"{address}/{act}" in linked(client)
        client.get(f"{address}/{act}")
        client.submit()
        client.follow()
        assert only_paper(session).document.state is state
    client.get(address)
    assert "Khi ban hành đã" in client.text
    client.get(f"{address}/issue", expect=409)
    client.get("/papers?state=issued&q=cai+cach")
    assert address in linked(client)


def test_who_has_it_in_hand_returns_it_and_versions_are_compared(client: Browser, session: Session) -> None:
    paper = made.checked()
    address = f"/papers/{paper.id}"
    versions = f"/documents/{paper.document_id}/versions"
    client.sign_in(cast.LEADER).get(versions)
    assert "Mới có một bản" in client.text
    client.get(f"{address}/return")
    client.submit(data={"opinion": " "}, expect=422)
    client.submit(data={"opinion": "Viết lại Điều 3"})
    client.sign_in(cast.PLANNER).get(address)
    assert "Viết lại Điều 3" in client.text
    client.submit(data={DUTIES: WORDS})
    client.get(f"{address}/submit")
    client.submit()
    client.get(versions)
    assert client.page.select("del") and "Điều 3" in client.text
    assert "kế hoạch tiến hành" in " ".join(found.text for found in client.page.select("ins"))


def test_the_signer_changes_words_on_one_page(client: Browser, session: Session) -> None:
    paper = made.checked()
    client.sign_in(cast.LEADER).get(f"/papers/{paper.id}/approve-with-changes")
    client.submit(expect=422)
    assert "Chưa có chỗ nào được sửa" in client.text
    client.submit(data={DUTIES: WORDS, "opinion": "Gọn lại"})
    client.follow()
    assert "Đã sửa và duyệt." in client.text and "Gọn lại" in client.text


def test_a_draft_changes_hands_is_taken_back_or_given_up(client: Browser, session: Session) -> None:
    paper = made.signed()
    client.sign_in(cast.LEADER).get(f"/papers/{paper.id}/take-back")
    client.submit(data={"opinion": "Sai tên Trưởng đoàn"})
    client.get(f"/papers/{paper.id}/reassign")
    client.submit(data={"drafter_id": "", "opinion": "Nghỉ phép"}, expect=422)
    client.submit(data={"drafter_id": str(cast.person(cast.CONTENT_CHECKER).id), "opinion": "Nghỉ phép"})
    assert only_paper(session).document.drafter_id == cast.person(cast.CONTENT_CHECKER).id
    client.get(f"/papers/{paper.id}/abandon")
    client.submit(data={"opinion": "Không kiểm tra nữa"})
    assert only_paper(session).document.state is DocumentState.ABANDONED


def record(client: Browser, paper: Paper, data: bytes) -> None:
    client.sign_in(cast.CLERK).get(f"/papers/{paper.id}/record")
    client.submit(data={}, expect=422)
    client.submit(data={"file": (io.BytesIO(data), "QD 131.pdf")})
    client.follow()


def test_what_eoffice_issued_is_dropped_compared_brought_in_line_and_recorded(
    client: Browser, session: Session
) -> None:
    from app.documents import chain, papers
    from app.documents.papers import PaperCourse

    paper = made.approved(made.drafted(way=IssueWay.RECORDED))
    facts = made.ISSUED
    content = papers.reworded(PaperCourse(paper).compose(), {"duties": WORDS})
    record(
        client,
        paper,
        documents.pdf(chain.numbered(content, facts.number, facts.symbol, facts.issued_on)),
    )
    assert "01 chỗ" in client.text and "Điều 3" in client.text
    client.submit(expect=422)
    assert "còn chỗ khác" in client.text
    client.submit(data={"update": "1"})
    client.follow()
    assert "Đã cập nhật 01 chỗ" in client.text and "khớp bản đã chuẩn bị" in client.text
    client.submit()
    client.follow()
    assert "Đã ghi nhận văn bản số 131/QĐ-SNV." in client.text


def test_a_scan_is_recorded_when_somebody_states_that_it_agrees(client: Browser, session: Session) -> None:
    paper = made.approved(made.drafted(way=IssueWay.PAPER))
    record(client, paper, documents.blank_pdf())
    assert "không có lớp chữ" in client.text
    facts = {"number": "131", "symbol": "QĐ-SNV", "issued_on": "22/09/2026", "signer_name": "Trần Văn Thử"}
    client.submit(data=facts, expect=422)
    client.submit(data={**facts, "confirmed": "y"})
    assert only_paper(session).document.number_and_symbol == "131/QĐ-SNV"


@pytest.mark.parametrize("part", [cast.HEAD, cast.OFFICER])
def test_a_unit_never_learns_of_a_draft(client: Browser, session: Session, part: str) -> None:
    paper = made.drafted()
    client.sign_in(part)
    for address in (f"/papers/{paper.id}", f"/papers/{paper.id}/preview.pdf", f"/papers/{paper.id}/slip.pdf"):
        client.get(address, expect=404)
    client.get(f"/documents/{paper.document_id}/versions", expect=404)


def test_a_member_sees_the_papers_of_their_case_only(client: Browser, session: Session) -> None:
    own = made.drafted()
    other = made.drafted(cases.draft("Cuộc khác", team=False, units=(cast.AN_PHUOC,)))
    client.sign_in(cast.MEMBER).get(f"/papers/{own.id}")
    client.get(f"/papers/{other.id}", expect=404)
    client.get("/papers")
    assert f"/papers/{own.id}" in linked(client) and f"/papers/{other.id}" not in linked(client)


def test_pages_of_papers_ask_little_however_many_there_are(client: Browser, session: Session) -> None:
    made.drafted()
    for number in range(6):
        made.drafted(cases.draft(f"Cuộc {number}", team=False))
    client.sign_in(cast.CLERK)
    client.get("/papers")
    with count_queries(session) as sent:
        client.get("/papers")
    assert len(sent) <= 12
    with count_queries(session) as sent:
        assert work.of(cast.actor(cast.PLANNER))
    assert len(sent) <= 40
