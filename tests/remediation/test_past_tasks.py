"""What a past notice of the office still asks for is entered once and followed like any other task."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.deadlines.badge import DeadlineKind
from app.documents.models import Delivery
from app.errors import Conflict, DomainError, Forbidden, NotFound, Stale, WrongState
from app.followup import figures
from app.followup import queries as followup
from app.followup.filters import Filters
from app.home.queries import search
from app.home.work.following import of_follower
from app.home.work.together import Together
from app.register import entry
from app.register.models import Conclusion, MandateKind
from app.register.panels import Concluded, remediation_states
from app.remediation import queries, services
from app.remediation.models import ProgressStatus, Task, TaskState
from app.remediation.values import AssignValues, Officer
from tests import cast
from tests.factories import handover, past
from tests.factories import register as factory
from tests.factories import remediation as made
from tests.queries import count_queries

TODAY = date(2026, 9, 23)


def test_it_begins_as_given_with_the_dates_of_the_notice_and_a_code_of_its_own(session: Session) -> None:
    ours = made.issued()[0]
    task = past.task()
    assert (task.state, task.issued_on) == (TaskState.ISSUED, past.DATED)
    assert (task.due_on, task.original_due_on, task.term) == (date(2026, 1, 31),) * 3
    assert task.code != ours.code and task.code.startswith("KP-2026-")
    assert task.source is not None and task.source.citation == "Thông báo số 18/TB-SNV ngày 14/11/2025"
    assert task.source.body_name == "Sở Nội vụ" and task.entered_by == cast.person(cast.PLANNER).id
    names = session.scalars(sa.select(Event.name).order_by(Event.seq.desc()).limit(1)).all()
    assert names == ["past_task_entered"]


def test_what_was_done_until_now_is_told_and_it_is_under_way(session: Session) -> None:
    task = past.task(so_far="Đã niêm yết 80/92 thủ tục")
    assert task.state is TaskState.IN_PROGRESS
    (report,) = task.progress
    assert (report.status, report.on_behalf, report.text) == (
        ProgressStatus.DOING, True, "Đã niêm yết 80/92 thủ tục",
    )  # fmt: skip


def test_without_a_date_it_says_why_and_when_it_is_looked_at(session: Session) -> None:
    task = past.task(
        deadline_kind=DeadlineKind.CONDITIONAL, due_on=date(2026, 1, 1), no_date_reason="Chờ cấp máy chủ",
        review_on=date(2026, 10, 15),
    )  # fmt: skip
    assert (task.due_on, task.review_on, task.no_date_reason) == (None, date(2026, 10, 15), "Chờ cấp máy chủ")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " x "}, "text"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2025, 11, 13)}, "due_on"),
        ({"deadline_kind": DeadlineKind.CONDITIONAL, "review_on": date(2026, 10, 1)}, "no_date_reason"),
        ({"deadline_kind": DeadlineKind.CONDITIONAL, "no_date_reason": "Chờ vốn"}, "review_on"),
        (
            {"deadline_kind": DeadlineKind.CONTINUING, "no_date_reason": "Làm thường xuyên",
             "review_on": date(2026, 9, 22)},
            "review_on",
        ),
        ({"lead_unit_id": 999_999}, "lead_unit_id"),
        ({"concluded_unit_id": 999_999}, "concluded_unit_id"),
        ({"follower_id": 999_999}, "follower_id"),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_its_field(session: Session, changes: dict, field: str) -> None:
    with pytest.raises(DomainError) as error:
        past.task(**changes)
    assert error.value.field == field


def test_a_unit_that_the_notice_does_not_name_and_a_head_who_would_follow_are_refused(
    session: Session,
) -> None:
    notice = past.notice()
    with pytest.raises(DomainError) as error:
        past.task(notice, concluded_unit_id=cast.unit(cast.AN_PHUOC).id)
    assert error.value.field == "concluded_unit_id"
    with pytest.raises(DomainError) as error:
        past.task(notice, follower_id=cast.person(cast.HEAD).id)
    assert error.value.field == "follower_id"


def test_the_same_twice_is_told_with_the_code(session: Session) -> None:
    notice = past.notice()
    task = past.task(notice)
    with pytest.raises(Conflict, match=task.code):
        past.task(notice)
    services.withdraw_past_task(task, "Nhập nhầm thông báo", actor=cast.actor(cast.CLERK))
    assert past.task(notice).code != task.code


def test_another_bodys_conclusion_and_a_voided_one_take_none(session: Session) -> None:
    with pytest.raises(WrongState, match="thông báo cũ của chính cơ quan"):
        past.task(past.notice(number="05/KL-TTr", kind=MandateKind.OTHER_BODY))
    notice = past.notice()
    entry.void(notice, "Ghi nhầm năm", actor=cast.actor(cast.CLERK))
    with pytest.raises(WrongState, match="đã hủy ghi nhận"):
        past.task(notice)


def test_only_who_records_conclusions_enters_them(session: Session) -> None:
    notice = past.notice()
    for part in (cast.HEAD, cast.FOLLOWER, cast.TEAM_LEADER):
        with pytest.raises(Forbidden):
            past.task(notice, by=part)
    for part in (cast.HEAD, cast.OBSERVER):
        with pytest.raises(NotFound):
            queries.get_past_notice(cast.actor(part), notice.id)


def test_its_own_unit_and_the_office_see_it_another_unit_and_teams_do_not(session: Session) -> None:
    task = past.task()
    for part in (cast.HEAD, cast.OFFICER, cast.FOLLOWER, cast.PLANNER, cast.OBSERVER):
        assert queries.get_visible(cast.actor(part), task.id) is task
    for part in (cast.OTHER_HEAD, cast.MEMBER):
        with pytest.raises(NotFound):
            queries.get_visible(cast.actor(part), task.id)


def test_the_unit_receives_the_notice_when_its_paper_is_there_or_joined_later(session: Session) -> None:
    with_paper = past.task(past.notice(number="19/TB-SNV", paper=True))
    assert made.delivery_of(with_paper).receipt is None
    task = past.task()
    assert task.document is None
    assert task.conclusion is not None
    entry.attach(task.conclusion, entry.Upload("cu.pdf", past.PDF), actor=cast.actor(cast.CLERK))
    assert task.document is task.conclusion.document
    head = cast.actor(cast.HEAD)
    waiting = [row.document_id for row in queries.list_received(head) if row.receipt is None]
    assert sorted(waiting) == sorted([with_paper.document_id, task.document_id])
    assert task.source is not None and task.source.number_and_symbol == "18/TB-SNV"


def test_it_is_worked_on_reported_and_accepted_like_any_other(session: Session) -> None:
    task = past.task()
    services.assign(task, AssignValues(lead=Officer(name="Lý Thị Thí Dụ")), actor=cast.actor(cast.HEAD))
    made.accepted(made.progressed(task))
    assert task.state is TaskState.ACCEPTED


def test_the_table_the_filters_and_the_figures_have_both_kinds(session: Session) -> None:
    ours = made.issued()[0]
    task = past.task(past.notice(paper=True))
    without = past.task(past.notice(number="18a/TB-SNV"))
    follower = cast.actor(cast.FOLLOWER)
    lines = {line.id: line for line in followup.table(follower, Filters())}
    assert lines.keys() == {ours.id, task.id, without.id}
    assert lines[task.id].notice == "18/TB-SNV, 14/11/2025"
    assert lines[task.id].inspected_unit == lines[task.id].lead == "UBND xã Long Phước"
    assert figures.figures(follower, Filters()).notices == 3
    offered = dict(figures.choices(follower).notices)
    assert offered[f"c{task.conclusion_id}"] == "18/TB-SNV, 14/11/2025"
    assert offered[f"c{without.conclusion_id}"] == "18a/TB-SNV, 14/11/2025"
    narrowed = Filters(conclusion_id=task.conclusion_id or 0)
    assert narrowed.notice == f"c{task.conclusion_id}"
    assert [line.id for line in followup.table(follower, narrowed)] == [task.id]
    whole = followup.whole_table(follower, Filters())
    assert [line.id for line in whole.lines] == [line.id for line in followup.table(follower, Filters())]
    assert {line.id for line in whole.lines} == {task.id, without.id, ours.id} and whole.left_out == 0


def test_the_followers_work_and_the_search_have_it(session: Session) -> None:
    task = past.task()
    follower = cast.actor(cast.FOLLOWER)
    [(item,)] = Together.of([of_follower(follower, TODAY, one_step=True)]).read()
    assert (item.verb, item.meta) == (
        "Đôn đốc", "UBND xã Long Phước · Thông báo số 18/TB-SNV ngày 14/11/2025",
    )  # fmt: skip
    assert [hit.id for hit in search(follower, "18/TB-SNV").tasks] == [task.id]


def test_the_register_tells_beside_what_the_notice_covers_how_it_stands(session: Session) -> None:
    notice = past.notice(criteria=("MC-05", "MC-06"))
    unit = cast.unit(cast.LONG_PHUOC).id
    asked = [Concluded(unit, key, notice.id) for key in ("MC-05", "MC-06")]
    other = Concluded(cast.unit(cast.AN_PHUOC).id, "MC-05", notice.id)
    assert remediation_states([*asked, other]) == {}
    past.task(notice)
    assert remediation_states([*asked, other]) == dict.fromkeys(asked, "Đang thực hiện quá hạn")
    with count_queries(session) as sent:
        remediation_states(asked)
    assert len(sent) == 2


def test_what_a_unit_of_the_past_owed_is_led_by_who_is_there_today(session: Session) -> None:
    gone = factory.unit("CU", "UBND xã Cũ", valid_to=date(2025, 7, 1))
    factory.succeeds(cast.unit(cast.AN_PHUOC), gone, on=date(2025, 7, 1))
    notice = factory.conclusion(
        "18/TB-PNV", on=date(2025, 4, 14), record_only=True,
        under=factory.mandate("", kind=MandateKind.HISTORIC),
    )  # fmt: skip
    entry.keep_lines(notice, [entry.Said(gone, [], date(2024, 1, 1), date(2025, 1, 1))])
    an_phuoc = cast.unit(cast.AN_PHUOC)
    with pytest.raises(DomainError) as error:
        past.task(notice, concluded_unit_id=gone.id, lead_unit_id=gone.id)
    assert error.value.field == "lead_unit_id"
    task = past.task(notice, concluded_unit_id=gone.id, lead_unit_id=an_phuoc.id)
    (line,) = followup.table(cast.actor(cast.FOLLOWER), Filters())
    assert (line.inspected_unit, line.lead) == ("UBND xã Cũ", "UBND xã An Phước")
    assert "xa cu" in task.search and task.concerned is gone


def test_when_the_unit_ends_it_is_handed_over_with_the_others(session: Session) -> None:
    task = past.task(past.notice(paper=True))
    unit = handover.dissolve(cast.AN_PHUOC)
    (left,), more = queries.list_left()
    assert list(left.tasks) == [task] and more == 0
    handover.give(task, unit)
    assert task.lead_unit.code == cast.AN_PHUOC and task.concerned is unit
    sent = session.scalars(sa.select(Delivery.unit_id).where(Delivery.document_id == task.document_id)).all()
    assert set(sent) == {unit.id, task.lead_unit_id}


def test_who_entered_it_takes_it_back_while_nothing_was_done(session: Session) -> None:
    notice = past.notice(paper=True)
    task = past.task(notice, so_far="Đã niêm yết một phần")
    with pytest.raises(Forbidden, match="Chỉ người đã nhập"):
        services.undo_past_task(task, actor=cast.actor(cast.CLERK))
    with pytest.raises(Stale):
        services.undo_past_task(task, actor=cast.actor(cast.PLANNER), version=task.version - 1)
    services.undo_past_task(task, actor=cast.actor(cast.PLANNER), version=task.version)
    assert session.scalar(sa.select(sa.func.count()).select_from(Task)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 0


def test_once_something_was_done_it_is_withdrawn_with_the_reason(session: Session) -> None:
    notice = past.notice(paper=True)
    task, planner = past.task(notice), cast.actor(cast.PLANNER)
    made.progressed(task)
    with pytest.raises(Conflict, match="Rút nội dung và nêu lý do"):
        services.undo_past_task(task, actor=planner)
    with pytest.raises(DomainError):
        services.withdraw_past_task(task, " ", actor=planner)
    services.withdraw_past_task(task, "Đã thực hiện theo thông báo khác", actor=planner)
    assert task.state is TaskState.WITHDRAWN
    assert list(followup.table(cast.actor(cast.FOLLOWER), Filters())) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 0
    with pytest.raises(WrongState):
        services.withdraw_past_task(task, "Rút lần nữa", actor=planner)


def test_a_received_notice_stays_with_the_unit_when_its_task_is_withdrawn(session: Session) -> None:
    from app.documents import delivery
    from app.documents.models import ReceiptKind

    task = past.task(past.notice(paper=True))
    delivery.record_receipt(
        made.delivery_of(task), kind=ReceiptKind.EOFFICE, received_on=TODAY, reference="Công văn đến số 5",
        actor=cast.actor(cast.CLERK),
    )  # fmt: skip
    with pytest.raises(Conflict):
        services.undo_past_task(task, actor=cast.actor(cast.PLANNER))
    services.withdraw_past_task(task, "Đã thực hiện xong từ trước", actor=cast.actor(cast.PLANNER))
    assert session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 1


def test_a_notice_whose_tasks_are_followed_is_not_voided_until_they_are_withdrawn(session: Session) -> None:
    task = past.task()
    notice: Conclusion = task.conclusion  # type: ignore[assignment]
    clerk = cast.actor(cast.CLERK)
    with pytest.raises(Conflict, match=f"01 nội dung khắc phục đang theo dõi \\({task.code}\\)"):
        entry.void(notice, "Ghi nhầm cơ quan", actor=clerk)
    services.withdraw_past_task(task, "Thông báo ghi nhầm", actor=clerk)
    entry.void(notice, "Ghi nhầm cơ quan", actor=clerk)
    assert notice.state == "voided"


def test_the_page_of_a_task_reads_the_same_number_of_times_for_both_kinds(session: Session) -> None:
    ours, task = made.issued()[0], past.task()
    follower = cast.actor(cast.FOLLOWER)
    counts = []
    for one in (ours.id, task.id):
        session.expire_all()
        with count_queries(session) as sent:
            found = queries.get_visible(follower, one)
            assert found.source is not None and found.concerned.id
        counts.append(len(sent))
    assert counts[1] <= counts[0]
