"""The unit's work: assign, report, submit; by its people, or by the office in their place."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.audit import queries as audit
from app.deadlines.badge import DeadlineKind
from app.errors import Conflict, DomainError, Forbidden, Stale, WrongState
from app.files.gate import UploadRefused
from app.remediation import queries, services
from app.remediation.models import ProgressStatus, TaskState
from app.remediation.values import AssignValues, Officer, ProgressValues, ReportValues, Upload
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

DONE = ProgressValues(
    ProgressStatus.DONE, "Đã niêm yết đủ", reference="31/TB-UBND", document_on=date(2026, 9, 10)
)


def test_the_head_gives_a_task_to_somebody_with_an_account_and_to_one_without(session: Session) -> None:
    task = made.issued()[0]
    officer = cast.person(cast.OFFICER)
    values = AssignValues(
        Officer(person_id=officer.id), (Officer("Hồ Văn Thí Nghiệm"),), date(2026, 9, 25), "Khẩn trương"
    )
    services.assign(task, values, actor=cast.actor(cast.HEAD))
    assert [(row.officer_name, row.leads, row.on_behalf) for row in task.assignments] == [
        (officer.name, True, False),
        ("Hồ Văn Thí Nghiệm", False, False),
    ]


def test_assigning_again_ends_the_first_assignment_and_keeps_it(session: Session) -> None:
    task = made.issued()[0]
    for name in ("Vũ Thị Giả Sử", "Hồ Văn Thí Nghiệm"):
        services.assign(task, AssignValues(Officer(name)), actor=cast.actor(cast.HEAD))
    assert [row.ended_at is None for row in task.assignments] == [False, True]


def test_an_internal_date_after_the_deadline_is_refused(session: Session) -> None:
    task = made.issued()[0]
    with pytest.raises(DomainError) as refused:
        services.assign(
            task,
            AssignValues(Officer("Vũ Thị Giả Sử"), internal_due_on=date(2026, 10, 1)),
            actor=cast.actor(cast.HEAD),
        )
    assert refused.value.field == "internal_due_on"


@pytest.mark.parametrize("part", [cast.OFFICER, cast.OTHER_HEAD, cast.OBSERVER, cast.PLANNER, cast.OUTSIDER])
def test_nobody_else_assigns(session: Session, part: str) -> None:
    task = made.issued()[0]
    with pytest.raises(Forbidden):
        services.assign(task, AssignValues(Officer("Vũ Thị Giả Sử")), actor=cast.actor(part))


def test_the_office_enters_the_units_work_and_it_is_marked_so(session: Session) -> None:
    task = made.issued()[0]
    services.assign(task, AssignValues(Officer("Vũ Thị Giả Sử")), actor=cast.actor(cast.CLERK))
    report = services.report_progress(task, DONE, actor=cast.actor(cast.FOLLOWER))
    session.commit()
    assert task.assignments[0].on_behalf and report.on_behalf
    newest = audit.list_events(task, limit=2)
    assert {event.on_behalf_of for event in newest} == {"UBND xã Long Phước"}


def test_progress_starts_the_task_and_evidence_may_be_a_number_alone(session: Session) -> None:
    task = made.progressed(made.issued()[0])
    assert task.state is TaskState.IN_PROGRESS
    assert (task.progress[0].document_reference, task.progress[0].files) == ("31/TB-UBND", [])


def test_evidence_may_be_a_file(session: Session) -> None:
    task = made.issued()[0]
    values = ProgressValues(ProgressStatus.DONE, "Đã niêm yết", files=(Upload("anh.pdf", made.PDF),))
    report = services.report_progress(task, values, actor=cast.actor(cast.OFFICER))
    assert [stored.name for stored in report.files] == ["anh.pdf"]


def test_a_disguised_file_is_refused_and_nothing_changes(session: Session) -> None:
    task = made.issued()[0]
    values = ProgressValues(
        ProgressStatus.DONE, "Đã niêm yết", files=(Upload("anh.png", b"MZ chuong trinh"),)
    )
    with pytest.raises(UploadRefused):
        services.report_progress(task, values, actor=cast.actor(cast.OFFICER))
    assert (task.state, task.progress) == (TaskState.ISSUED, [])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (ProgressValues(ProgressStatus.DOING, "Đang làm"), "cause"),
        (ProgressValues(ProgressStatus.DONE, " "), "text"),
        (ProgressValues(ProgressStatus.DONE, "Xong rồi", reference="31/TB"), "document_on"),
        (ProgressValues(ProgressStatus.DONE, "Xong rồi", document_on=date(2026, 9, 1)), "reference"),
        (
            ProgressValues(ProgressStatus.DONE, "Xong rồi", reference="1", document_on=date(2026, 9, 24)),
            "document_on",
        ),
        (ProgressValues(ProgressStatus.DONE, "Xong rồi", result_id=999_999), "result_id"),
    ],
)
def test_wrong_progress_is_refused_at_its_field(session: Session, values: ProgressValues, field: str) -> None:
    task = made.issued()[0]
    with pytest.raises(DomainError) as refused:
        services.report_progress(task, values, actor=cast.actor(cast.OFFICER))
    assert refused.value.field == field


def test_the_head_submits_what_was_reported_as_done_with_evidence(session: Session) -> None:
    task = made.progressed(made.issued()[0])
    services.submit(task, actor=cast.actor(cast.HEAD))
    assert (task.state, task.submitted_on, task.completed_on) == (
        TaskState.SUBMITTED,
        date(2026, 9, 23),
        date(2026, 9, 10),
    )
    assert task.reported_by == cast.person(cast.HEAD).id


def test_an_officer_does_not_submit_on_the_system(session: Session) -> None:
    task = made.progressed(made.issued()[0])
    with pytest.raises(Forbidden):
        services.submit(task, actor=cast.actor(cast.OFFICER))


def test_nothing_done_is_not_submitted(session: Session) -> None:
    task = made.progressed(made.issued()[0], status=ProgressStatus.DOING)
    with pytest.raises(Conflict, match="Chưa có kết quả"):
        services.submit(task, actor=cast.actor(cast.HEAD))


def test_done_without_evidence_is_not_submitted(session: Session) -> None:
    task = made.issued()[0]
    services.report_progress(
        task, ProgressValues(ProgressStatus.DONE, "Đã làm xong"), actor=cast.actor(cast.OFFICER)
    )
    with pytest.raises(Conflict, match="Chưa có minh chứng"):
        services.submit(task, actor=cast.actor(cast.HEAD))


def test_one_signed_report_answers_several_tasks_and_its_date_counts(session: Session) -> None:
    tasks = made.issued(findings=2)
    services.submit_report(
        tasks, ReportValues("87/BC-UBND", date(2026, 9, 18)), actor=cast.actor(cast.OFFICER)
    )
    assert {(task.state, task.submitted_on) for task in tasks} == {(TaskState.SUBMITTED, date(2026, 9, 18))}
    assert {task.progress[0].document_reference for task in tasks} == {"87/BC-UBND"}


def test_one_report_ticks_what_is_owed_and_what_is_watched_and_brings_its_files_once(
    session: Session,
) -> None:
    watched = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0])
    services.watch(watched, until=date(2026, 12, 31), actor=cast.actor(cast.FOLLOWER))
    owed, other = made.issued(findings=2)
    values = ReportValues("87/BC-UBND", date(2026, 9, 23), files=(Upload("bao-cao.pdf", made.PDF),))
    services.submit_report([watched, owed], values, actor=cast.actor(cast.HEAD))
    assert (watched.state, owed.state) == (TaskState.WATCHING, TaskState.SUBMITTED)
    assert watched.progress[-1].document_reference == "87/BC-UBND"
    assert [r.document_reference for r in queries.list_reports(owed.lead_unit_id)].count("87/BC-UBND") == 1
    again = ReportValues("87/BC-UBND", date(2026, 9, 23))
    services.submit_report([other], again, actor=cast.actor(cast.OFFICER))
    assert other.progress[0].files == owed.progress[0].files != []


def test_who_keyed_a_proof_of_the_watch_in_does_not_end_it(session: Session) -> None:
    task = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0])
    follower = cast.actor(cast.FOLLOWER)
    services.watch(task, until=date(2026, 12, 31), actor=follower)
    services.submit_report([task], ReportValues("87/BC-UBND", date(2026, 9, 23)), actor=follower)
    with pytest.raises(Forbidden):
        services.finish_watch(task, actor=follower)
    services.finish_watch(task, actor=cast.actor(cast.CONTENT_CHECKER))
    assert task.state is TaskState.ACCEPTED


def test_a_report_entered_before_is_chosen_again_on_the_page(session: Session, client: Browser) -> None:
    first, other = made.issued(findings=2)
    services.submit_report(
        [first], ReportValues("87/BC-UBND", date(2026, 9, 18)), actor=cast.actor(cast.HEAD)
    )
    session.commit()
    client.sign_in(cast.HEAD).get(f"/units/{first.lead_unit_id}/remediation-report?on=sai")
    client.get(client.page.select_one("a[href*='reference=']")["href"])
    client.submit(data={"task_ids": [str(other.id)]})
    session.expire_all()
    assert (other.state, other.submitted_on) == (TaskState.SUBMITTED, date(2026, 9, 18))


def test_a_unit_without_any_account_is_served_by_the_office_alone(session: Session) -> None:
    task = made.issued()[0]
    services.submit_report(
        [task], ReportValues("87/BC-UBND", date(2026, 9, 18)), actor=cast.actor(cast.CLERK)
    )
    services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))
    assert task.state is TaskState.ACCEPTED
    assert task.progress[0].on_behalf


@pytest.mark.parametrize("day", [date(2026, 9, 24), date(2026, 8, 11)])
def test_a_report_of_tomorrow_or_from_before_the_notice_is_refused(session: Session, day: date) -> None:
    task = made.issued()[0]
    with pytest.raises(DomainError) as refused:
        services.submit_report([task], ReportValues("87/BC-UBND", day), actor=cast.actor(cast.OFFICER))
    assert refused.value.field == "document_on"


def test_submitting_twice_is_refused(session: Session) -> None:
    task = made.submitted(made.issued()[0])
    with pytest.raises(WrongState):
        services.submit_report(
            [task], ReportValues("88/BC-UBND", date(2026, 9, 23)), actor=cast.actor(cast.OFFICER)
        )


def test_another_units_head_reports_nothing_here(session: Session) -> None:
    task = made.issued()[0]
    with pytest.raises(Forbidden):
        services.report_progress(task, DONE, actor=cast.actor(cast.OTHER_HEAD))


def test_a_form_filled_from_an_older_version_is_refused_with_who_was_faster(session: Session) -> None:
    task = made.issued()[0]
    seen = task.version
    made.progressed(task)
    with pytest.raises(Stale, match="vừa được đồng chí Mai Thị Làm Mẫu cập nhật lúc 10:00"):
        services.report_progress(task, DONE, actor=cast.actor(cast.HEAD), version=seen)
