"""The chain of a paper that is no notice: the decision of a case, from the record to its number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.documents import chain, numbering, papers
from app.documents.canonical import from_json
from app.documents.chain import TextChange
from app.documents.kinds import DocumentKind
from app.documents.models import DocumentState, IssueWay, NumberState, Paper
from app.documents.papers import PaperCourse
from app.errors import Conflict, DomainError, Forbidden, NotFound, Stale, WrongState
from app.inspections import services as inspections
from app.inspections.models import Inspection, InspectionState
from tests import cast
from tests.factories import documents
from tests.factories import inspections as cases
from tests.factories import papers as made

PLANNER, LEADER, CLERK, CHECKER = cast.PLANNER, cast.LEADER, cast.CLERK, cast.CONTENT_CHECKER
WORDS = "Đoàn kiểm tra làm việc theo kế hoạch tiến hành đã được phê duyệt."


def case_of(session: Session, paper: Paper) -> Inspection:
    assert paper.inspection_id is not None
    return session.get_one(Inspection, paper.inspection_id)


def begin(inspection: Inspection, part: str = PLANNER, kind: DocumentKind = DocumentKind.DECISION) -> Paper:
    return papers.begin_paper(
        kind, issuer=inspection.office_unit, inspection_id=inspection.id, actor=cast.actor(part)
    )


def test_a_paper_begins_from_the_record_with_the_symbol_and_signer_of_the_office(session: Session) -> None:
    inspection = cases.draft()
    paper = begin(inspection)
    document = paper.document
    assert document.symbol == "QĐ-SNV" and document.way is IssueWay.RECORDED
    assert document.subject.startswith("Về việc") and document.issuer_name == inspection.office_unit.name
    assert document.signer_id == cast.person(LEADER).id
    content = PaperCourse(paper).compose()
    assert content.signature is not None and content.signature.name == document.signer_name


def test_only_who_decides_cases_begins_a_decision_and_only_one_at_a_time(session: Session) -> None:
    inspection = cases.draft()
    with pytest.raises(Forbidden):
        begin(inspection, CLERK)
    with pytest.raises(NotFound):
        begin(inspection, kind=DocumentKind.UNIT_REPORT)
    begin(inspection)
    with pytest.raises(Conflict, match="Đã có dự thảo"):
        begin(inspection)


def test_every_act_is_a_step_with_the_hash_of_its_words(session: Session) -> None:
    document = made.issued().document
    assert [(step.verb, step.person_id) for step in document.steps] == [
        (verb, cast.person(part).id)
        for verb, part in (
            ("submit", PLANNER),
            ("check_content", CHECKER),
            ("check_form", CLERK),
            ("approve", LEADER),
            ("sign", LEADER),
            ("seal", CLERK),
            ("issue", CLERK),
        )
    ]
    assert {step.content_hash for step in document.steps} == {document.content_hash}
    assert document.state is DocumentState.ISSUED and document.number == 1 and document.sha256
    number = numbering.live_number(document)
    assert number is not None and number.state is NumberState.USED


RIGHTS = (
    ("submit", made.drafted, (CLERK, LEADER, cast.TEAM_LEADER)),
    ("check_content", made.submitted, (PLANNER, LEADER, CLERK)),
    ("approve", made.checked, (PLANNER, CLERK, CHECKER)),
    ("seal", made.signed, (PLANNER, LEADER)),
    ("issue", made.sealed, (PLANNER, LEADER)),
)


@pytest.mark.parametrize(("verb", "reached", "parts"), RIGHTS, ids=[row[0] for row in RIGHTS])
def test_each_duty_belongs_to_its_own_person(session, verb, reached, parts) -> None:
    paper = reached()
    for part in parts:
        with pytest.raises(Forbidden):
            getattr(chain, verb)(paper.document, actor=cast.actor(part))


def test_the_drafter_never_signs_and_the_signer_never_seals(session: Session) -> None:
    paper = made.drafted()
    own = replace(made.details_of(paper), signer_id=cast.person(PLANNER).id)
    with pytest.raises(DomainError, match="danh sách"):
        papers.edit_details(paper, own, version=None, actor=cast.actor(PLANNER))
    signed = made.signed(paper)
    with pytest.raises(Forbidden, match="không đóng dấu"):
        chain.seal(signed.document, actor=replace(cast.actor(LEADER), roles=cast.actor(CLERK).roles))


def test_a_step_is_never_skipped(session: Session) -> None:
    document = made.submitted().document
    for verb, part in (("check_form", CLERK), ("approve", LEADER), ("seal", CLERK), ("issue", CLERK)):
        with pytest.raises(WrongState):
            getattr(chain, verb)(document, actor=cast.actor(part))
    with pytest.raises(WrongState, match="Bản thảo đã trình"):
        papers.reword(
            papers.get_of_document(document.id), [TextChange("duties", WORDS)], version=None,
            actor=cast.actor(PLANNER),
        )  # fmt: skip


def test_an_older_page_agrees_to_nothing(session: Session) -> None:
    paper = made.drafted()
    with pytest.raises(Stale):
        chain.submit(paper.document, version=paper.version - 1, actor=cast.actor(PLANNER))
    with pytest.raises(Stale):
        papers.reword(
            paper, [TextChange("duties", WORDS)], version=paper.version - 1, actor=cast.actor(PLANNER)
        )


def test_what_the_case_lacks_stops_the_paper(session: Session) -> None:
    paper = made.drafted(cases.draft(team=False))
    with pytest.raises(Conflict, match="Chọn Trưởng đoàn"):
        chain.submit(paper.document, actor=cast.actor(PLANNER))
    assert paper.document.content is None


def test_a_record_that_changed_after_submitting_is_not_agreed_to(session: Session) -> None:
    paper = made.submitted()
    case_of(session, paper).term_days += 5
    session.commit()
    with pytest.raises(Conflict, match="Nội dung hồ sơ đã thay đổi sau khi trình"):
        chain.check_content(paper.document, actor=cast.actor(CHECKER))


def test_words_of_the_drafter_stand_in_the_paper_and_survive_a_return(session: Session) -> None:
    paper = made.drafted()
    planner = cast.actor(PLANNER)
    for typed, changed in ((f"  {WORDS} ", 1), (WORDS, 0)):
        kept = papers.reword(paper, [TextChange("duties", typed)], version=paper.version, actor=planner)
        assert kept == changed
    for wrong, told in (("", "chưa nhập"), ("x" * 9000, "tối đa")):
        with pytest.raises(DomainError, match=told):
            papers.reword(paper, [TextChange("duties", wrong)], version=None, actor=planner)
    with pytest.raises(DomainError, match="không còn"):
        papers.reword(paper, [TextChange("gone", "chữ")], version=None, actor=planner)
    made.submitted(paper)
    assert WORDS in (paper.document.content or "")
    chain.return_back(paper.document, "Bổ sung căn cứ", actor=cast.actor(CHECKER))
    assert paper.texts == {"duties": WORDS}
    papers.recompose(paper, "duties", version=paper.version, actor=planner)
    assert paper.texts == {}
    with pytest.raises(NotFound):
        papers.recompose(paper, "gone", version=None, actor=planner)


def test_a_return_voids_the_number_that_was_kept_for_signing(session: Session) -> None:
    paper = made.approved()
    chain.begin_signing(paper.document, actor=cast.actor(LEADER))
    session.commit()
    chain.return_back(paper.document, "Sửa trích yếu", actor=cast.actor(LEADER))
    series = numbering.find_series("QĐ-SNV")
    assert series is not None and numbering.live_number(paper.document) is None
    (number,) = numbering.list_numbers(series, 2026)
    assert number.state is NumberState.VOID and "Sửa trích yếu" in (number.reason or "")


def test_the_signer_changes_words_and_approves_in_one_act(session: Session) -> None:
    paper = made.checked()
    changed = chain.approve_with_changes(
        paper.document, [TextChange("duties", WORDS)], version=paper.version, actor=cast.actor(LEADER)
    )
    assert changed == 1 and paper.document.state is DocumentState.APPROVED
    assert "Điều 3" in paper.document.steps[-1].opinion and paper.document.approved_hash
    first, second = papers.list_versions(paper.document)
    assert WORDS not in first.content and WORDS in second.content
    assert from_json(second.content) == PaperCourse(paper).compose()


def test_a_signed_paper_is_taken_back_with_its_number(session: Session) -> None:
    paper = made.signed()
    chain.take_back_signed(
        paper.document, "Sai tên Trưởng đoàn", version=paper.version, actor=cast.actor(LEADER)
    )
    assert paper.document.state is DocumentState.DRAFT and paper.document.number is None


def test_a_draft_is_given_up_or_given_to_somebody_else(session: Session) -> None:
    paper = made.drafted()
    other = next(person for person in PaperCourse(paper).drafters())
    chain.reassign(paper.document, other.id, "Nghỉ phép", version=paper.version, actor=cast.actor(LEADER))
    assert paper.document.drafter_id == other.id
    chain.abandon(paper.document, "Không kiểm tra nữa", version=paper.version, actor=cast.actor(LEADER))
    assert paper.document.state is DocumentState.ABANDONED
    assert begin(case_of(session, paper)).id != paper.id


def test_what_eoffice_issued_is_recorded_and_the_file_wins(session: Session) -> None:
    paper = made.approved(made.drafted(way=IssueWay.RECORDED))
    content = chain.numbered(
        papers.reworded(PaperCourse(paper).compose(), {"duties": WORDS}), 131, "QĐ-SNV", date(2026, 9, 22)
    )
    stored = documents.stored(documents.pdf(content))
    clerk = cast.actor(CLERK)
    with pytest.raises(DomainError, match="còn chỗ khác bản đã chuẩn bị"):
        chain.record_issued(paper.document, stored, made.ISSUED, actor=clerk)
    back = chain.read_file(stored)
    (difference,) = PaperCourse(paper).differences(back)
    assert (difference.key, difference.where) == ("duties", "Điều 3")
    papers.bring_in_line(paper, [TextChange("duties", difference.found)], version=paper.version, actor=clerk)
    chain.record_issued(paper.document, stored, made.ISSUED, version=paper.version, actor=clerk)
    assert paper.document.state is DocumentState.ISSUED and paper.document.number == 131
    assert paper.document.way is IssueWay.RECORDED


def test_a_paper_that_left_on_paper_is_recorded_by_hand_with_its_scan(session: Session) -> None:
    paper = made.approved(made.drafted(way=IssueWay.PAPER))
    scan, clerk = documents.stored(documents.blank_pdf()), cast.actor(CLERK)
    with pytest.raises(WrongState, match="ký ngoài hệ thống"):
        chain.begin_signing(paper.document, actor=cast.actor(LEADER))
    with pytest.raises(WrongState, match="bản giấy"):
        chain.issue(paper.document, actor=clerk)
    with pytest.raises(DomainError, match="xác nhận"):
        chain.record_issued(paper.document, scan, made.ISSUED, actor=clerk)
    chain.record_issued(paper.document, scan, made.ISSUED, confirmed=True, actor=clerk)
    assert paper.document.way is IssueWay.PAPER and paper.document.state is DocumentState.ISSUED


def test_the_issued_decision_is_the_one_that_takes_the_claims(session: Session) -> None:
    paper = made.recorded()
    inspection = case_of(session, paper)
    assert inspection.state is InspectionState.DRAFT, "issuing the paper takes no claim by itself"
    wrong = cases.decision_data(77)
    with pytest.raises(DomainError, match="Quyết định số 131/QĐ-SNV"):
        inspections.decide(inspection, wrong, version=None, actor=cast.actor(PLANNER))
    session.rollback()
    right = replace(wrong, number=131, symbol="QĐ-SNV", issued_on=made.ISSUED.issued_on)
    inspections.decide(inspection, right, version=None, actor=cast.actor(PLANNER))
    assert inspection.decision_id == paper.document_id
    assert inspection.state is InspectionState.DECIDED
