"""Issue: everything follows at once, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.documents import chain
from app.documents.models import Delivery, DocumentState, Number, NumberState
from app.errors import Conflict, DomainError, Forbidden, WrongState, constraint_of
from app.findings.models import FindingState
from app.form_library.values import Result
from app.inspections.models import InspectedUnitState, InspectionKind, InspectionState
from app.notices import services
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.services import issuing
from app.register.models import Claim, Conclusion, Coverage
from app.remediation.models import Task, TaskState
from tests import cast
from tests.conftest import Browser
from tests.factories import notices


def test_issuing_concludes_gives_back_freezes_gives_out_and_hands_over(session: Session) -> None:
    notice = notices.issued()
    document, inspection = notice.document, notice.inspection
    assert document.state is DocumentState.ISSUED
    conclusion = session.scalars(sa.select(Conclusion)).one()
    assert conclusion.document_id == document.id and conclusion.number_and_symbol == "01/TB-SNV"
    assert notice.conclusion_id == conclusion.id
    covered = session.scalars(sa.select(Coverage).order_by(Coverage.criterion_key)).all()
    assert [(c.criterion_key, c.result) for c in covered] == [("MC-05", "not_met"), ("MC-11", "met")]
    claims = session.scalars(sa.select(Claim)).all()
    assert {c.conclusion_id for c in claims if c.ended_at is None} == {conclusion.id}
    released = [c for c in claims if c.ended_at is not None]
    assert [c.ended_reason for c in released] == ["Chưa kiểm tra; trả lại theo Thông báo số 01/TB-SNV"]
    assert notice.items[0].finding.state is FindingState.CONCLUDED
    task = session.scalars(sa.select(Task)).one()
    assert task.state is TaskState.ISSUED and task.document_id == document.id
    assert task.follower_id == cast.person(cast.FOLLOWER).id and task.issued_on == document.issued_on
    delivery = session.scalars(sa.select(Delivery)).one()
    assert delivery.unit_id == cast.unit(cast.LONG_PHUOC).id and delivery.acknowledge_by == date(2026, 9, 28)
    assert inspection.units[0].state is InspectedUnitState.CONCLUDED
    assert inspection.state is InspectionState.CONCLUDED
    assert inspection.follow_unit_id == cast.unit(cast.REFORM).id


def test_not_applicable_concludes_too(session: Session) -> None:
    results = {"MC-05": Result.NOT_MET, "MC-11": Result.NOT_APPLICABLE, "CĐ-01": Result.PARTLY}
    inspection = notices.reported(results=results)
    notices.explain_clean(inspection.units[0], "CĐ-01")
    notices.issued(notices.drafted(inspection))
    found = dict(session.execute(sa.select(Coverage.criterion_key, Coverage.result)).all())
    assert found == {"MC-05": "not_met", "MC-11": "not_applicable", "CĐ-01": "partly"}


def test_the_case_is_concluded_when_its_last_unit_is(session: Session) -> None:
    inspection = notices.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first = services.draft(inspection, inspection.units[:1], actor=cast.actor(cast.PLANNER))
    second = services.draft(inspection, inspection.units[1:], actor=cast.actor(cast.PLANNER))
    for notice in (first, second):
        services.edit_details(
            notice, notices.details_of(notice), version=None, actor=cast.actor(cast.PLANNER)
        )
    notices.issued(first)
    assert inspection.state is InspectionState.REPORTED
    assert inspection.units[1].state is InspectedUnitState.REPORTED
    notices.issued(second)
    assert inspection.state is InspectionState.CONCLUDED and second.document.number == 2


def test_a_lead_unit_that_was_not_inspected_receives_the_notice(session: Session) -> None:
    inspection = notices.reported()
    task = session.scalars(sa.select(Task)).one()
    task.lead_unit_id = cast.unit(cast.LONG_THANH).id
    session.commit()
    notice = notices.issued(notices.drafted(inspection))
    assert {d.unit.name for d in notice.document.deliveries} == {
        "UBND xã Long Phước",
        "UBND phường Long Thành",
    }
    assert "UBND phường Long Thành chủ trì thực hiện" in str(notice.document.content)


def test_an_inspection_without_claims_concludes_nothing_in_the_register(session: Session) -> None:
    inspection = notices.reported()
    inspection.kind = InspectionKind.FOLLOW_UP
    session.commit()
    notice = notices.issued(notices.drafted(inspection))
    assert notice.conclusion_id is None and session.scalars(sa.select(Conclusion)).all() == []
    assert notice.inspection.units[0].state is InspectedUnitState.CONCLUDED


def test_the_clerk_alone_issues_and_only_what_is_sealed(session: Session) -> None:
    notice = notices.signed()
    with pytest.raises(WrongState, match="Đã đóng dấu, chờ ban hành"):
        chain.issue(notice.document, actor=cast.actor(cast.CLERK))
    chain.seal(notice.document, actor=cast.actor(cast.CLERK))
    for part in (cast.PLANNER, cast.LEADER, cast.FOLLOWER):
        with pytest.raises(Forbidden):
            chain.issue(notice.document, actor=cast.actor(part))


def state_of_everything(session: Session) -> list[object]:
    session.expire_all()
    tables = ("document", "finding", "task", "claim", "delivery", "conclusion", "coverage", "inspected_unit")
    return [session.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).all() for table in tables]


def _no_follower(notice: Notice) -> None:
    notice.follower_id = None


def _ended_lead(notice: Notice) -> None:
    gather(notice).tasks[0].lead_unit.valid_to = date(2026, 9, 20)


@pytest.mark.parametrize("spoil", [_no_follower, _ended_lead])
def test_a_task_that_cannot_be_given_rolls_everything_back_and_loses_no_number(
    client: Browser, session: Session, spoil: Callable[[Notice], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = notices.sealed()
    # what the checks would have caught earlier
    monkeypatch.setattr(chain.issuing, "ask_ready", lambda *_: None)
    monkeypatch.setattr(chain.issuing, "ask_unchanged", lambda *_: None)
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}/issue")
    spoil(notice)
    session.commit()
    before = state_of_everything(session)
    client.submit(expect=422)
    assert state_of_everything(session) == before
    assert [n.state for n in session.scalars(sa.select(Number))] == [NumberState.USED]


def test_a_failure_in_the_very_last_act_rolls_everything_back(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = notices.sealed()
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}/issue")
    before = state_of_everything(session)

    def fail(*_: object, **__: object) -> None:
        raise DomainError("Không gửi được văn bản")

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "deliver", fail)
        client.submit(expect=422)
    assert "Không gửi được văn bản" in client.text
    assert state_of_everything(session) == before
    client.submit()
    session.expire_all()
    assert session.get_one(Notice, notice.id).document.state is DocumentState.ISSUED


def test_a_covered_item_without_answer_refuses_the_issue(session: Session) -> None:
    notice = notices.sealed()
    session.execute(sa.text("DELETE FROM answer WHERE result = 'met'"))
    session.commit()
    with pytest.raises(Conflict, match="Có 01 nội dung trong phạm vi chưa có kết quả"):
        chain.issue(notice.document, actor=cast.actor(cast.CLERK))


def test_a_claim_that_is_gone_takes_its_item_out_of_the_notice(session: Session) -> None:
    notice = notices.sealed()
    session.execute(sa.text("UPDATE claim SET ended_at = CURRENT_TIMESTAMP, ended_reason = 'Trả lại'"))
    session.commit()
    session.expire_all()
    with pytest.raises(Conflict, match="đã thay đổi sau khi trình"):
        chain.issue(notice.document, actor=cast.actor(cast.CLERK))


def test_what_the_record_says_now_is_what_was_signed(session: Session) -> None:
    notice = notices.sealed()
    gather(notice).tasks[0].text = "Nội dung khác"
    session.commit()
    with pytest.raises(Conflict, match="đã thay đổi sau khi trình"):
        chain.issue(notice.document, actor=cast.actor(cast.CLERK))


def test_a_double_click_issues_once(client: Browser, session: Session) -> None:
    notice = notices.sealed()
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}/issue")
    token = client.page.select_one("main input[name=csrf_token]")["value"]
    client.submit()
    client.post(f"/notices/{notice.id}/issue", {"csrf_token": token}, expect=409)
    session.expire_all()
    assert len(session.scalars(sa.select(Conclusion)).all()) == 1
    client.get(f"/notices/{notice.id}")
    assert "Khi ban hành đã" in client.text and "Ghi nhận 02 nội dung đã kết luận" in client.text


ISSUED = "WHERE state = 'issued' AND kind = 'conclusion_notice'"
FROZEN = (
    (f"UPDATE document SET sha256 = 'x' {ISSUED}", "document_frozen"),
    (f"UPDATE document SET content = 'x' {ISSUED}", "document_frozen"),
    (f"UPDATE document SET number = 9 {ISSUED}", "document_frozen"),
    (f"UPDATE document SET state = 'draft' {ISSUED}", "document_frozen"),
    (f"DELETE FROM document {ISSUED}", "document_frozen"),
    ("UPDATE stored_file SET sha256 = 'x'", "stored_file_fixed"),
    ("UPDATE finding SET description = 'khác'", "finding_frozen"),
    ("UPDATE answer SET result = 'met' WHERE result = 'not_met'", "answer_concluded_fixed"),
    ("DELETE FROM coverage", "coverage_fixed"),
    ("UPDATE conclusion SET number_and_symbol = 'x'", "conclusion_fixed"),
)


def test_what_was_issued_is_frozen_in_the_database(session: Session) -> None:
    notices.issued()
    refused = []
    for statement, _ in FROZEN:
        with pytest.raises(IntegrityError) as error, session.begin_nested():
            session.execute(sa.text(statement))
        refused.append((statement, constraint_of(error.value)))
    assert refused == list(FROZEN)


def test_the_bytes_kept_are_those_of_the_hash(session: Session) -> None:
    import hashlib

    from app.files import services as files

    document = notices.issued().document
    assert document.file is not None
    assert hashlib.sha256(files.read(document.file)).hexdigest() == document.sha256


def test_after_the_issue_the_units_people_read_the_paper_and_never_the_draft(
    client: Browser, session: Session
) -> None:
    notice = notices.sealed()
    client.sign_in(cast.HEAD).get(f"/documents/{notice.document_id}", expect=404)
    chain.issue(notice.document, actor=cast.actor(cast.CLERK))
    session.commit()
    for part in (cast.HEAD, cast.OFFICER):
        client.sign_in(part).get(f"/documents/{notice.document_id}")
        client.get(f"/notices/{notice.id}", expect=404)
        client.get(f"/notices/{notice.id}/preview.pdf", expect=404)
    client.sign_in(cast.OTHER_HEAD).get(f"/documents/{notice.document_id}", expect=404)
