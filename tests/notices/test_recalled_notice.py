"""Recalling an issued notice: who asks, who decides, and that everything its issue did is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.documents import delivery as deliveries
from app.documents import queries as documents
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, IssueWay, ReceiptKind
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.extensions import db
from app.findings import queries as findings
from app.findings import services as team
from app.findings.models import Finding, FindingState
from app.findings.recurrence import earlier_of
from app.followup.figures import figures
from app.followup.filters import Filters
from app.followup.queries import table
from app.inspections.models import InspectedUnitState, Inspection, InspectionKind, InspectionState
from app.inspections.states import INSPECTION
from app.notices import queries, services
from app.notices.models import Notice, NoticeRecall, RecallState
from app.notices.record import gather
from app.notices.services import RecallPaper, recalling
from app.register.models import Claim, Conclusion, ConclusionState
from app.remediation import services as remediation
from app.remediation.models import Task, TaskState
from app.workflow import advance
from tests import cast
from tests.factories import notices as made

WHY = "Số liệu hồ sơ quá hạn không đúng"


def paper(**changes: Any) -> RecallPaper:
    return replace(made.recall_paper(), **changes)


def asked(notice: Notice) -> NoticeRecall:
    return made.recall_asked(notice)


def recalled(notice: Notice) -> services.Recalled:
    return services.recall_notice(asked(notice), paper(), actor=cast.actor(cast.LEADER))


def worked_again(notice: Notice) -> Inspection:
    """The case after a recall, with its tasks proposed anew."""
    case = notice.inspection
    leader = cast.actor(cast.TEAM_LEADER)
    remediation.propose(case, case.units, start_on=made.NOTICE_DAY, actor=leader)
    db.session.commit()
    return case


def claims(session: Session) -> set[int | None]:
    return set(session.scalars(sa.select(Claim.conclusion_id).where(Claim.ended_at.is_(None))))


def finding_of(notice: Notice) -> Finding:
    return notice.items[0].finding


# --- asking and deciding


def test_a_request_changes_nothing_of_the_notice(session: Session) -> None:
    notice = made.issued()
    request = asked(notice)
    assert request.state is RecallState.REQUESTED
    assert notice.document.state is DocumentState.ISSUED
    assert queries.find_open_recall(notice) is request and list(queries.list_recalls(notice)) == [request]
    with pytest.raises(Conflict, match="đang có đề nghị"):
        asked(notice)


def test_a_reason_is_needed_and_an_issued_notice(session: Session) -> None:
    draft = made.drafted()
    with pytest.raises(WrongState, match="Đang soạn"):
        asked(draft)
    notice = made.issued(draft)
    with pytest.raises(DomainError) as refused:
        services.request_recall(notice, " ", actor=cast.actor(cast.CLERK))
    assert refused.value.field == "reason"
    for nobody in (cast.MEMBER, cast.HEAD):
        with pytest.raises(Forbidden):
            services.request_recall(notice, WHY, actor=cast.actor(nobody))


def test_who_asks_does_not_decide(session: Session) -> None:
    notice = made.issued()
    leader = cast.actor(cast.LEADER)
    request = services.request_recall(notice, WHY, actor=leader)
    with pytest.raises(Forbidden, match="không phải là người đề nghị"):
        services.recall_notice(request, paper(), actor=leader)
    with pytest.raises(Forbidden, match="không phải là người đề nghị"):
        services.refuse_recall(request, "Không đủ căn cứ", actor=leader)
    with pytest.raises(Forbidden):
        services.recall_notice(request, paper(), actor=cast.actor(cast.PLANNER))


def test_a_refusal_says_why_and_another_request_may_follow(session: Session) -> None:
    notice = made.issued()
    request = asked(notice)
    with pytest.raises(DomainError):
        services.refuse_recall(request, "", actor=cast.actor(cast.LEADER))
    services.refuse_recall(request, "Sai sót nhỏ, đính chính", actor=cast.actor(cast.LEADER))
    assert (request.state, request.refusal) == (RecallState.REFUSED, "Sai sót nhỏ, đính chính")
    with pytest.raises(WrongState):
        services.recall_notice(request, paper(), actor=cast.actor(cast.LEADER))
    assert asked(notice).state is RecallState.REQUESTED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"issued_on": date(2026, 9, 1)}, "issued_on"),
        ({"issued_on": date(2026, 12, 1)}, "issued_on"),
        ({"signer_name": " "}, "signer_name"),
        ({"number": 0}, "number"),
        ({"symbol": "!"}, "symbol"),
    ],
)
def test_the_paper_is_checked_at_its_field(session: Session, change: dict[str, object], field: str) -> None:
    request = asked(made.issued())
    with pytest.raises(DomainError) as refused:
        services.recall_notice(request, paper(**change), actor=cast.actor(cast.LEADER))
    assert refused.value.field == field


# --- what it does


def test_everything_that_the_issue_did_is_taken_back_in_one_act(session: Session) -> None:
    notice = made.issued()
    document, conclusion = notice.document, notice.conclusion
    bytes_before, number = document.sha256, document.number_and_symbol
    done = recalled(notice)
    session.commit()
    assert (done.tasks, done.findings, done.claims.held) == (1, 1, 2)
    assert done.sentence == (
        "Trả 02 phần nội dung về Đoàn; rút 01 nội dung khắc phục; xem xét lại 01 tồn tại, hạn chế."
    )
    assert document.state is DocumentState.RECALLED
    assert (document.sha256, document.number_and_symbol) == (bytes_before, number), "old bytes stay"
    assert conclusion is not None and conclusion.state is ConclusionState.RECALLED
    assert claims(session) == {None}
    assert [unit.state for unit in notice.units] == [InspectedUnitState.REPORTED]
    assert notice.inspection.state is InspectionState.REPORTED
    assert [task.state for task in gather(notice).tasks] == [TaskState.WITHDRAWN]
    assert finding_of(notice).state is FindingState.AGREED
    assert notice.document.steps[-1].verb == "recall" and notice.document.steps[-1].opinion == done.sentence


def test_when_its_last_step_fails_nothing_was_recalled(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = made.issued()
    request = asked(notice)
    conclusion = notice.conclusion
    assert conclusion is not None

    def refuse(*_: object, **__: object) -> None:
        raise WrongState("Không gửi được.")

    monkeypatch.setattr(recalling, "deliver", refuse)
    with pytest.raises(WrongState, match="Không gửi được"), session.begin_nested():
        services.recall_notice(request, paper(), actor=cast.actor(cast.LEADER))
    session.expire_all()
    assert (request.state, notice.document.state) == (RecallState.REQUESTED, DocumentState.ISSUED)
    assert conclusion.state is ConclusionState.IN_FORCE and claims(session) == {conclusion.id}
    assert [task.state for task in gather(notice).tasks] == [TaskState.ISSUED]
    assert finding_of(notice).state is FindingState.CONCLUDED
    assert notice.inspection.state is InspectionState.CONCLUDED


def test_a_number_that_another_paper_has_recalls_nothing(session: Session) -> None:
    fresh = made.issued(made.drafted(worked_again(made.recalled())))
    with pytest.raises(Conflict, match="152/QĐ-SNV"):
        services.recall_notice(asked(fresh), paper(), actor=cast.actor(cast.LEADER))


def test_the_units_are_sent_the_paper_and_need_not_confirm_the_notice(session: Session) -> None:
    notice = made.issued()
    recalled(notice)
    session.commit()
    head = cast.actor(cast.HEAD)
    (delivery,) = notice.document.deliveries
    sent = session.scalars(sa.select(Document).where(Document.kind == DocumentKind.OTHER)).one()
    assert documents.get_visible(head, sent.id) is sent
    assert sent.subject.startswith("Thu hồi Thông báo số 01/TB-SNV ngày")
    with pytest.raises(WrongState, match="đã thu hồi"):
        deliveries.record_receipt(
            delivery, kind=ReceiptKind.EOFFICE, received_on=clock.today(), reference="",
            actor=cast.actor(cast.CLERK),
        )  # fmt: skip


def test_accepted_tasks_stay_as_history(session: Session) -> None:
    notice = made.issued()
    (task,) = gather(notice).tasks
    task.state, task.accepted_on, task.accepted_by = (
        TaskState.ACCEPTED, clock.today(), cast.person(cast.FOLLOWER).id,
    )  # fmt: skip
    session.commit()
    assert recalled(notice).tasks == 0
    assert task.state is TaskState.ACCEPTED
    case = notice.inspection
    leader = cast.actor(cast.TEAM_LEADER)
    proposed = remediation.propose(case, case.units, start_on=made.NOTICE_DAY, actor=leader)
    assert proposed == [], "what was done is not asked again"
    remediation.excuse_finding(finding_of(notice), "Đã khắc phục theo thông báo cũ", actor=leader)
    assert finding_of(notice).no_task_reason


def test_follow_up_counts_withdrawn_tasks_nowhere(session: Session) -> None:
    notice = made.issued()
    follower = cast.actor(cast.FOLLOWER)
    assert figures(follower, Filters()).total == 1
    recalled(notice)
    session.commit()
    assert figures(follower, Filters()).total == 0


def test_a_line_of_follow_up_that_was_done_says_that_its_notice_was_recalled(session: Session) -> None:
    notice = made.issued()
    (task,) = gather(notice).tasks
    task.state, task.accepted_on, task.accepted_by = (
        TaskState.ACCEPTED, clock.today(), cast.person(cast.FOLLOWER).id,
    )  # fmt: skip
    made.recalled(notice)
    (line,) = table(cast.actor(cast.FOLLOWER), Filters()).items
    assert line.notice == "01/TB-SNV, 23/9/2026 (đã thu hồi)"


def test_a_notice_recorded_from_eoffice_is_recalled_alike(session: Session) -> None:
    notice = made.recorded(made.drafted(way=IssueWay.RECORDED))
    assert recalled(notice).claims.held == 2
    assert notice.document.state is DocumentState.RECALLED


def test_a_case_that_was_closed_is_open_again(session: Session) -> None:
    notice = made.issued()
    advance(notice.inspection, "close", INSPECTION, actor=None)
    recalled(notice)
    assert notice.inspection.state is InspectionState.REPORTED


def test_a_unit_without_a_report_goes_back_to_where_its_fieldwork_ended(session: Session) -> None:
    notice = made.issued(made.drafted(made.reported(report=False)))
    recalled(notice)
    assert [unit.state for unit in notice.units] == [InspectedUnitState.ENDED]
    assert notice.inspection.state is InspectionState.FIELDWORK_ENDED


def test_another_notice_of_the_case_stays_as_it_is(session: Session) -> None:
    case = made.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first, second = case.units
    planner = cast.actor(cast.PLANNER)
    drafts = [services.draft(case, [unit], actor=planner) for unit in (first, second)]
    for draft in drafts:
        services.edit_details(draft, made.details_of(draft), version=None, actor=planner)
    session.commit()
    one, other = (made.issued(draft) for draft in drafts)
    recalled(one)
    session.commit()
    assert (first.state, second.state) == (InspectedUnitState.REPORTED, InspectedUnitState.CONCLUDED)
    assert other.document.state is DocumentState.ISSUED and other.conclusion is not None
    assert claims(session) == {None, other.conclusion.id}
    assert [unit.id for unit in queries.list_open_units(case)] == [first.id]


def test_in_a_case_that_was_stopped_for_good_nothing_is_kept(session: Session) -> None:
    notice = made.issued()
    notice.inspection.state = InspectionState.TERMINATED
    session.commit()
    recalled(notice)
    assert [unit.state for unit in notice.units] == [InspectedUnitState.TERMINATED]
    assert claims(session) == set()
    assert notice.inspection.state is InspectionState.TERMINATED


def test_a_notice_without_claims_is_recalled_too(session: Session) -> None:
    case = made.reported()
    case.kind = InspectionKind.SELF
    notice = made.issued(made.drafted(case))
    assert notice.conclusion is None
    assert recalled(notice).claims.held == 0


# --- the findings


def test_the_old_words_are_kept_and_the_finding_is_one(session: Session) -> None:
    notice = made.issued()
    finding = finding_of(notice)
    recalled(notice)
    session.commit()
    (kept,) = findings.list_revisions(finding)
    assert (kept.number, kept.document_id) == (1, notice.document_id)
    assert (kept.content["state"], kept.content["failing"]) == ("concluded", 45)
    assert session.scalar(sa.select(sa.func.count()).select_from(Finding)) == 1


def test_a_recalled_finding_is_no_recurrence(session: Session) -> None:
    notice = made.issued()
    item = finding_of(notice).scope_item
    later = type(item)(
        inspected_unit_id=item.inspected_unit_id, unit_id=item.unit_id, criterion_id=item.criterion_id,
        starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31),
    )  # fmt: skip
    session.add(later)
    session.flush()
    assert len(earlier_of([later])[later.id]) == 1
    recalled(notice)
    assert earlier_of([later]) == {}


def test_the_teams_leader_takes_a_reopened_finding_up_again(session: Session) -> None:
    notice = made.issued()
    recalled(notice)
    leader = cast.actor(cast.TEAM_LEADER)
    team.reconsider(finding_of(notice), actor=leader)
    team.leave_out(finding_of(notice), "Không đủ căn cứ", actor=leader)
    assert finding_of(notice).state is FindingState.LEFT_OUT


@pytest.mark.parametrize("values", [{"state": "agreed"}, {"state": "agreed", "failing": 3}])
def test_a_concluded_finding_is_not_freed_around_the_recall(
    session: Session, values: dict[str, object]
) -> None:
    finding = finding_of(made.issued())
    with pytest.raises(IntegrityError, match="finding_frozen"), session.begin_nested():
        session.execute(sa.update(Finding).where(Finding.id == finding.id).values(**values))


def test_no_document_is_recalled_around_the_decision(session: Session) -> None:
    document = made.issued().document
    with pytest.raises(IntegrityError, match="document_recall_decided"), session.begin_nested():
        session.execute(sa.update(Document).where(Document.id == document.id).values(state="recalled"))


# --- the fresh notice


def test_a_fresh_notice_concludes_the_same_claims(session: Session) -> None:
    old = made.issued()
    recalled(old)
    session.commit()
    case = old.inspection
    leader = cast.actor(cast.TEAM_LEADER)
    (again,) = remediation.propose(case, case.units, start_on=made.NOTICE_DAY, actor=leader)
    (before,) = gather(old).tasks
    assert (again.text, again.lead_unit_id) == (before.text, before.lead_unit_id), "nothing is typed twice"
    assert [(r.product, r.text) for r in again.results] == [(r.product, r.text) for r in before.results]
    assert again.code != before.code
    session.commit()
    fresh = made.issued(made.drafted(case))
    assert fresh.conclusion is not None and fresh.conclusion.state is ConclusionState.IN_FORCE
    assert claims(session) == {fresh.conclusion.id}
    assert {row.content_id for row in fresh.conclusion.coverage} == {
        row.content_id for row in old.conclusion.coverage
    }  # type: ignore[union-attr]
    assert case.state is InspectionState.CONCLUDED
    assert finding_of(fresh) is finding_of(old) and finding_of(fresh).state is FindingState.CONCLUDED
    states = session.scalars(sa.select(Task.state).order_by(Task.id)).all()
    assert states == [TaskState.WITHDRAWN, TaskState.ISSUED]
    assert [task.id for task in gather(old).tasks] != [task.id for task in gather(fresh).tasks]
    with pytest.raises(IntegrityError, match="finding_frozen"), session.begin_nested():
        session.execute(sa.update(Finding).values(state="agreed"))
    recalled_twice = services.request_recall(fresh, WHY, actor=cast.actor(cast.CLERK))
    services.recall_notice(recalled_twice, paper(number=153), actor=cast.actor(cast.LEADER))
    assert [row.number for row in findings.list_revisions(finding_of(fresh))] == [1, 2]
    assert session.scalar(sa.select(sa.func.count()).select_from(Conclusion)) == 2
