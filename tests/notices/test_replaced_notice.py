"""Replacing an issued notice by another: nothing changes until its issue, then everything moves over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.settings import WAY_OF_ISSUING
from app.documents import chain, verification
from app.documents import queries as documents
from app.documents.chain import TextChange
from app.documents.models import Document, DocumentState, IssueWay
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.extensions import db
from app.findings import queries as findings
from app.findings.models import FindingState
from app.inspections.models import InspectedUnitState, InspectionState
from app.notices import checks, replaced, services
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.services import Fate, TaskFate, replacing
from app.register.models import Claim, Conclusion, ConclusionState, Coverage
from app.remediation import queries as remediation
from app.remediation import services as following
from app.remediation.models import Task, TaskState
from tests import cast
from tests.factories import notices as made
from tests.factories import remediation as work
from tests.factories.documents import stored

WHY = "Số hồ sơ quá hạn ghi sai"


def live(session: Session) -> list[tuple[int, int | None]]:
    return sorted(
        tuple(row) for row in session.execute(
            sa.select(Claim.id, Claim.conclusion_id).where(Claim.ended_at.is_(None))
        )
    )  # type: ignore[misc]  # fmt: skip


def reword(notice: Notice, before: str, after: str) -> None:
    item = notice.items[0]
    change = TextChange(f"item-{item.id}", item.text.replace(before, after))
    assert change.text != item.text
    services.edit_texts(notice, [change], version=None, actor=cast.actor(cast.PLANNER))


# --- drafting


def test_a_draft_begins_with_what_was_concluded_and_changes_nothing(session: Session) -> None:
    old = made.issued()
    before = live(session)
    new = made.replacement(old)
    assert new.replaces is old and replaced.find_replacing(old) is new
    assert [unit.id for unit in new.units] == [unit.id for unit in old.units]
    assert "45/3.468 hồ sơ" in new.items[0].text and "quá hạn" in new.items[0].text
    record = gather(new)
    assert [task.document_id for task in record.tasks] == [old.document_id]
    assert [item.criterion_key for item in record.not_examined] == ["CĐ-01"]
    assert old.document.state is DocumentState.ISSUED and live(session) == before
    words = [check.text for check in checks.run(new, record) if not check.ok and check.hard]
    assert words == []


def test_a_draft_goes_the_way_of_the_old_one(session: Session) -> None:
    """Its symbol is of that book: by the office's usual way it would name one that is not asked."""
    old = made.issued()
    assert deadlines.setting(WAY_OF_ISSUING["notice"]) == IssueWay.RECORDED
    assert made.replacement(old).document.way is old.document.way is IssueWay.HERE


def test_only_a_notice_in_force_is_replaced_by_one_draft_at_a_time(session: Session) -> None:
    draft = made.drafted()
    with pytest.raises(WrongState, match="Đang soạn"):
        services.draft_replacement(draft, WHY, actor=cast.actor(cast.PLANNER))
    old = made.issued(draft)
    with pytest.raises(DomainError) as refused:
        services.draft_replacement(old, " ", actor=cast.actor(cast.PLANNER))
    assert refused.value.field == "reason"
    with pytest.raises(Forbidden):
        services.draft_replacement(old, WHY, actor=cast.actor(cast.CLERK))
    new = made.replacement(old)
    with pytest.raises(Conflict, match="dự thảo thay thế"):
        services.draft_replacement(old, WHY, actor=cast.actor(cast.PLANNER))
    chain.abandon(new.document, "Không cần thay thế", version=None, actor=cast.actor(cast.PLANNER))
    assert made.replacement(old).replaces is old


def test_a_notice_that_is_asked_to_be_recalled_waits_for_the_answer(session: Session) -> None:
    old = made.issued()
    made.recall_asked(old)
    with pytest.raises(WrongState, match="đề nghị thu hồi"):
        services.draft_replacement(old, WHY, actor=cast.actor(cast.PLANNER))


def test_the_replaced_notice_is_named_and_still_in_force(session: Session) -> None:
    old = made.issued()
    new = made.replacement(old)
    services.edit_texts(
        new, [TextChange("closing", "Trên đây là Thông báo.")], version=None, actor=cast.actor(cast.PLANNER)
    )
    with pytest.raises(Conflict, match="Chưa ghi thông báo được thay thế"):
        chain.submit(new.document, actor=cast.actor(cast.PLANNER))
    services.recompose(new, "closing", version=None, actor=cast.actor(cast.PLANNER))
    made.recalled(old)
    with pytest.raises(Conflict, match="đã thu hồi nên không thay thế được nữa"):
        chain.submit(new.document, actor=cast.actor(cast.PLANNER))


# --- what its issue does


@pytest.mark.parametrize("way", [IssueWay.HERE, IssueWay.RECORDED])
def test_its_issue_moves_everything_over(session: Session, way: IssueWay) -> None:
    old = made.issued()
    bytes_before, held = old.document.sha256, [claim for claim, _ in live(session)]
    task = session.scalars(sa.select(Task)).one()
    due = task.due_on
    new = made.replacement(old)
    if way is IssueWay.HERE:
        made.issued(new)
    else:
        pdf = stored(made.issued_pdf(new))
        chain.record_issued(new.document, pdf, made.ISSUED, actor=cast.actor(cast.CLERK))
        db.session.commit()
    assert old.document.state is DocumentState.REPLACED and old.document.sha256 == bytes_before
    assert new.document.state is DocumentState.ISSUED
    assert documents.ended_by(old.document) is new.document
    states = {c.id: c.state for c in session.scalars(sa.select(Conclusion))}
    assert old.conclusion_id is not None and new.conclusion_id is not None
    assert states[old.conclusion_id] is ConclusionState.REPLACED
    assert states[new.conclusion_id] is ConclusionState.IN_FORCE
    assert live(session) == [(claim, new.conclusion_id) for claim in held]
    covered = sa.select(sa.func.count()).select_from(Coverage)
    assert session.scalar(covered.where(Coverage.conclusion_id == new.conclusion_id)) == len(held)
    assert (task.document_id, task.due_on, task.state) == (new.document_id, due, TaskState.ISSUED)
    assert new.items[0].finding.state is FindingState.CONCLUDED
    assert [d.unit_id for d in new.document.deliveries] == [d.unit_id for d in old.document.deliveries]
    assert {unit.state for unit in new.units} == {InspectedUnitState.CONCLUDED}
    assert new.inspection.state is InspectionState.CONCLUDED
    assert [step.verb for step in old.document.steps][-1] == "replace"


def test_verify_says_by_what_it_was_replaced(session: Session) -> None:
    old = made.issued()
    new = made.issued(made.replacement(old))
    found = verification.find_issued(verification.printed_code(old.document) or "")
    assert found is old.document and documents.ended_by(found) is new.document


def test_a_finding_whose_words_changed_keeps_what_was_said_before(session: Session) -> None:
    old = made.issued()
    new = made.replacement(old)
    finding = old.items[0].finding
    reword(new, "45/3.468", "44/3.468")
    made.issued(new)
    assert finding.state is FindingState.CONCLUDED
    assert "44/3.468" in finding.description and finding.failing is None
    kept = findings.list_revisions(finding)
    assert [(row.document_id, row.content["failing"]) for row in kept] == [(old.document_id, 45)]
    assert "45/3.468" not in finding.description


def test_a_finding_whose_figures_stay_keeps_them(session: Session) -> None:
    old = made.issued()
    new = made.replacement(old)
    finding = old.items[0].finding
    reword(new, "còn quá hạn", "có hồ sơ quá hạn")
    made.issued(new)
    assert (finding.total, finding.failing) == (3468, 45)
    assert finding.description == "Việc giải quyết hồ sơ có hồ sơ quá hạn, chưa có phiếu xin lỗi và hẹn lại"
    assert "45/3.468" in new.items[0].text


def test_what_is_not_told_any_more_is_let_go_with_its_task(session: Session) -> None:
    case = made.reported()
    second = made.finding(case.units[0], "Chưa niêm yết mức phí tại bộ phận một cửa")
    db.session.commit()
    made.propose(case)
    db.session.commit()
    old = made.issued(made.drafted(case))
    new = made.replacement(old)
    item = next(item for item in new.items if item.finding_id == second.id)
    services.leave_out_finding(new, item.id, actor=cast.actor(cast.PLANNER))
    assert gather(new).dropped == (second,)
    services.add_finding(new, second, actor=cast.actor(cast.PLANNER))
    item = next(item for item in new.items if item.finding_id == second.id)
    services.leave_out_finding(new, item.id, actor=cast.actor(cast.PLANNER))
    made.issued(new)
    assert second.state is FindingState.LEFT_OUT and WHY in second.left_out_reason
    gone = [task for task in session.scalars(sa.select(Task)) if second in task.findings]
    assert [task.state for task in gone] == [TaskState.WITHDRAWN]
    assert [task.document_id for task in gone] == [old.document_id]


def test_a_task_is_withdrawn_or_asked_in_other_words(session: Session) -> None:
    case = made.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    old = made.issued(made.drafted(case))
    new = made.replacement(old)
    planner = cast.actor(cast.PLANNER)
    one, other = services.list_open_tasks(new)
    with pytest.raises(DomainError) as refused:
        services.choose_tasks(new, [TaskFate(one.id, Fate.DROP)], version=None, actor=planner)
    assert refused.value.field == f"reason-{one.id}"
    why = "Không thuộc trách nhiệm của đơn vị"
    fates = [TaskFate(one.id, Fate.DROP, why), TaskFate(other.id, Fate.REWORD, "Ghi sai thời hạn")]
    assert services.choose_tasks(new, fates, version=None, actor=planner) == 2
    assert services.choose_tasks(new, fates, version=None, actor=planner) == 0
    (instead,) = [row.instead for row in new.replacement.dropped if row.instead] if new.replacement else []
    assert instead is not None and instead.state is TaskState.DRAFT and instead.text == other.text
    assert [task.id for task in gather(new).tasks] == [instead.id]
    finding_without = new.items[0].finding
    finding_without_reason = [c.text for c in checks.run(new, gather(new)) if c.hard and not c.ok]
    assert finding_without_reason == ["Có 01 tồn tại, hạn chế chưa có nội dung khắc phục."]
    assert finding_without.state is FindingState.CONCLUDED
    back = [TaskFate(one.id, Fate.KEEP), fates[1]]
    assert services.choose_tasks(new, back, version=None, actor=planner) == 1
    made.issued(new)
    assert (one.state, one.document_id) == (TaskState.ISSUED, new.document_id)
    assert (other.state, other.document_id) == (TaskState.WITHDRAWN, old.document_id)
    assert (instead.state, instead.document_id) == (TaskState.ISSUED, new.document_id)


def test_an_abandoned_draft_leaves_no_draft_of_a_task(session: Session) -> None:
    new = made.replacement()
    planner = cast.actor(cast.PLANNER)
    (task,) = services.list_open_tasks(new)
    services.choose_tasks(
        new, [TaskFate(task.id, Fate.REWORD, "Ghi sai thời hạn")], version=None, actor=planner
    )
    db.session.commit()
    chain.abandon(new.document, "Không cần thay thế", version=None, actor=planner)
    db.session.commit()
    assert [t.state for t in session.scalars(sa.select(Task))] == [TaskState.ISSUED]


def test_what_was_accepted_stays_with_the_replaced_notice(session: Session) -> None:
    old = made.issued()
    (task,) = remediation.list_for_document(old.document_id)
    work.accepted(task)
    new = made.issued(made.replacement(old))
    assert (task.state, task.document_id) == (TaskState.ACCEPTED, old.document_id)
    assert [shown.id for shown in gather(new).tasks] == [task.id]


def test_a_date_in_the_past_of_a_task_that_goes_on_stops_nothing(session: Session) -> None:
    old = made.issued()
    (task,) = remediation.list_for_document(old.document_id)
    assert task.due_on is not None
    with clock.frozen(clock.at(task.due_on + timedelta(days=20))):
        made.issued(made.replacement(old))
    assert task.state is TaskState.ISSUED and task.document is not None
    assert task.document.state is DocumentState.ISSUED


def test_a_replacing_notice_is_recalled_like_any_other(session: Session) -> None:
    old = made.issued()
    new = made.issued(made.replacement(old))
    made.recalled(new)
    assert {state for _, state in live(session)} == {None}
    case = new.inspection
    following.propose(case, case.units, start_on=made.NOTICE_DAY, actor=cast.actor(cast.TEAM_LEADER))
    db.session.commit()
    again = made.issued(made.drafted(case))
    assert again.document.state is DocumentState.ISSUED


def test_a_replacing_notice_is_replaced_in_its_turn(session: Session) -> None:
    first = made.issued()
    second = made.issued(made.replacement(first))
    third = made.issued(made.replacement(second))
    states = [n.document.state for n in (first, second, third)]
    assert states == [DocumentState.REPLACED, DocumentState.REPLACED, DocumentState.ISSUED]
    assert {conclusion for _, conclusion in live(session)} == {third.conclusion_id}
    assert documents.ended_by(first.document) is second.document


def test_all_or_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    old = made.issued()
    before = live(session)
    new = made.sealed(made.replacement(old))

    def fails(*_: object, **__: object) -> None:
        raise Conflict("gửi không được")

    monkeypatch.setattr(replacing, "_deliver", fails)
    with pytest.raises(Conflict, match="gửi không được"):
        chain.issue(new.document, actor=cast.actor(cast.CLERK))
    session.rollback()
    assert old.document.state is DocumentState.ISSUED and new.document.state is DocumentState.SEALED
    assert live(session) == before


# --- what the database keeps


def test_the_database_replaces_no_notice_without_another(session: Session) -> None:
    old = made.issued()
    with pytest.raises(IntegrityError, match="document_replaced_by_notice"):
        session.execute(
            sa.update(Document).where(Document.id == old.document_id).values(state=DocumentState.REPLACED)
        )
    session.rollback()
    made.replacement(old)  # a draft is none
    with pytest.raises(IntegrityError, match="document_replaced_by_notice"):
        session.execute(
            sa.update(Document).where(Document.id == old.document_id).values(state=DocumentState.REPLACED)
        )


def test_a_finding_of_the_notice_in_force_stays_concluded(session: Session) -> None:
    new = made.replacement()
    reword(new, "45/3.468", "44/3.468")
    made.issued(new)
    with pytest.raises(IntegrityError, match="finding_frozen"):
        session.execute(
            sa.update(type(new.items[0].finding))
            .where(sa.column("id") == new.items[0].finding_id)
            .values(state=FindingState.AGREED)
        )
