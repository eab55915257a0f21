"""A continuing task: first proof, a watch with its periods, and what comes back is mended again by a day."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.deadlines.badge import DeadlineKind, Progress
from app.deadlines.queries import current_calendar
from app.deadlines.working_days import add_months
from app.errors import DomainError
from app.followup import feed, figures, queries, reminding
from app.followup.filters import Filters
from app.followup.models import Reminder
from app.followup.queries import Line
from app.remediation import lateness, services
from app.remediation.models import ProgressStatus, ProofKind, Task, TaskState
from app.remediation.values import ProgressValues, ReportValues, ReviewValues
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

FOLLOWER, HEAD = cast.FOLLOWER, cast.HEAD
STARTED = date(2026, 9, 23)


def proved(on: date = STARTED) -> Task:
    """The first proof is in."""
    return made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0], on=on)


def watched(*, until: date = date(2027, 9, 30), every: int | None = None) -> Task:
    task = proved()
    services.watch(task, until=until, every=every, actor=cast.actor(FOLLOWER))
    return task


def line_of(task: Task) -> Line:
    return next(line for line in queries.table(cast.actor(FOLLOWER), Filters()) if line.id == task.id)


def proof(task: Task, *, on: date | None = None, status: ProgressStatus = ProgressStatus.DONE) -> None:
    values = ProgressValues(
        status, "Đã công khai tháng này", "Thiếu người", "40/BC-UBND", on or clock.today()
    )
    services.report_progress(task, values, actor=cast.actor(HEAD))


def counted_late() -> bool:
    return figures.figures(cast.actor(FOLLOWER), Filters()).owed_late == 1


def test_what_came_back_and_is_not_mended_by_its_day_is_overdue(session: Session) -> None:
    task = watched()
    assert line_of(task).progress is Progress.CONTINUING
    services.recur(task, actor=cast.actor(FOLLOWER), comment="Lại thiếu niêm yết", due_on=date(2026, 9, 28))
    assert (task.state, task.term, task.proofs[0].kind) == (
        TaskState.RETURNED, date(2026, 9, 28), ProofKind.RECURRENCE,
    )  # fmt: skip
    assert line_of(task).progress is Progress.REDO and not counted_late()
    with clock.frozen(clock.at(date(2026, 10, 1), 9)):
        found = line_of(task)
        assert (found.progress, found.overdue_days) == (Progress.OVERDUE, 3)
        assert found.badge.label == "Quá hạn 03 ngày"
        assert counted_late()


def test_lateness_of_a_recurrence_stays_counted_after_it_was_mended(session: Session) -> None:
    task = watched()
    services.recur(task, actor=cast.actor(FOLLOWER), comment="Lại thiếu", due_on=date(2026, 9, 28))
    with clock.frozen(clock.at(date(2026, 10, 2), 9)):
        values = ReportValues("88/BC-UBND", date(2026, 10, 2), "Đã niêm yết lại")
        services.submit_report([task], values, actor=cast.actor(HEAD))
        assert lateness.badge(task, clock.today(), current_calendar()).label == "Gửi quá hạn 04 ngày"
    with clock.frozen(clock.at(date(2026, 10, 9), 9)):
        services.watch(task, until=date(2026, 12, 31), actor=cast.actor(FOLLOWER))
        assert (task.proof_due_on, task.term) == (None, None)
        assert [(row.settled_on, row.late_days) for row in task.proofs] == [(date(2026, 10, 2), 4)]
        found = line_of(task)
        assert (found.progress, found.overdue_days) == (Progress.CONTINUING, 4)


def test_a_proof_is_owed_every_period_and_each_one_keeps_its_day(session: Session) -> None:
    task = watched(every=1)
    assert task.proof_due_on == date(2026, 10, 23)
    with clock.frozen(clock.at(date(2026, 10, 21), 9)):
        proof(task, status=ProgressStatus.DOING)
        assert task.proof_due_on == date(2026, 10, 23), "work that goes on proves nothing"
        proof(task, on=date(2026, 9, 1))
        assert task.proof_due_on == date(2026, 10, 23), "a paper from before the period neither"
        proof(task)
        assert task.proof_due_on == date(2026, 11, 23)
    with clock.frozen(clock.at(date(2026, 11, 26), 9)):
        found = line_of(task)
        assert (found.progress, found.overdue_days) == (Progress.OVERDUE, 3)
        proof(task)
        assert task.proof_due_on == date(2026, 12, 23)
        assert line_of(task).overdue_days == 3
        services.finish_watch(task, actor=cast.actor(FOLLOWER))
        assert line_of(task).progress is Progress.DONE
    assert [row.late_days for row in task.proofs] == [0, 3, 0]


def test_a_signed_report_proves_a_period_as_a_click_does(session: Session) -> None:
    task = watched(every=1)
    with clock.frozen(clock.at(date(2026, 10, 27), 9)):
        early = ReportValues("88/BC-UBND", date(2026, 9, 22), "Báo cáo trước kỳ này")
        services.submit_report([task], early, actor=cast.actor(HEAD))
        assert task.proof_due_on == date(2026, 10, 23), "a paper from before the period proves nothing"
        values = ReportValues("91/BC-UBND", date(2026, 10, 22), "Đã công khai tháng này")
        services.submit_report([task], values, actor=cast.actor(HEAD))
        assert task.proofs[0].settled_on == date(2026, 10, 22), "the day of the paper counts"
        assert task.proof_due_on == date(2026, 11, 23)
        assert (line_of(task).progress, line_of(task).overdue_days) == (Progress.CONTINUING, 0)


def test_a_proof_that_is_due_has_its_button_and_stands_first(session: Session, client: Browser) -> None:
    task, far = watched(every=1), made.issued(due_on=date(2026, 12, 1))[0]
    session.commit()
    sends, mends = f"/tasks/{task.id}/progress", f"/tasks/{far.id}/progress"
    client.sign_in(HEAD)
    assert sends in client.get(f"/tasks/{task.id}").text
    assert client.page.find(string="Gửi minh chứng định kỳ"), "what is waited for, by the unit"
    for address in ("/remediation", "/"):
        page = client.get(address).text
        assert 0 < page.index(sends) < page.index(mends), address
    assert "23/10/2026" in page, "the nearest date on the unit's page"
    order = [line.id for line in queries.table(cast.actor(FOLLOWER), Filters())]
    assert order.index(task.id) < order.index(far.id)
    assert f"/tasks/{task.id}/for-unit/progress" in client.sign_in(FOLLOWER).get(f"/tasks/{task.id}").text


def test_a_period_that_ends_on_a_day_off_ends_on_the_next_working_day(session: Session) -> None:
    with clock.frozen(clock.at(date(2026, 10, 24), 9)):
        task = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0], on=clock.today())
        services.watch(task, until=date(2027, 3, 1), every=1, actor=cast.actor(FOLLOWER))
        assert task.proof_due_on == date(2026, 11, 25), "24/11 is a day off"
        proof(task)
        assert task.proof_due_on == date(2026, 12, 24), "periods run from the day of the watch"


def test_a_watch_shorter_than_its_period_is_refused_and_a_longer_one_owes_the_next(session: Session) -> None:
    task = proved()
    with pytest.raises(DomainError, match="ngắn hơn một kỳ") as refused, session.begin_nested():
        services.watch(task, until=date(2026, 10, 1), every=3, actor=cast.actor(FOLLOWER))
    assert refused.value.field == "every"
    with pytest.raises(DomainError, match="Chọn kỳ"), session.begin_nested():
        services.watch(task, until=date(2027, 10, 1), every=5, actor=cast.actor(FOLLOWER))
    session.refresh(task)
    services.watch(task, until=date(2026, 10, 30), every=1, actor=cast.actor(FOLLOWER))
    proof(task)
    assert task.proof_due_on is None, "the next period ends after the watch"
    services.review(task, ReviewValues("Theo dõi thêm", date(2027, 1, 15)), actor=cast.actor(FOLLOWER))
    assert task.proof_due_on == date(2026, 10, 23)


def test_the_unit_is_reminded_of_the_proof_and_finds_it_in_its_calendar(session: Session) -> None:
    task = watched(every=1)
    with clock.frozen(clock.at(date(2026, 10, 23), 7)):
        assert reminding.remind(clock.today()) > 0
        [(rung, due_on)] = {
            (row.rung, row.due_on)
            for row in session.query(Reminder).filter_by(task_id=task.id, person_id=cast.person(HEAD).id)
        }
    assert (rung, due_on) == ("due", date(2026, 10, 23))
    assert date(2026, 10, 23) in [one.on for one in feed.list_dates(cast.actor(HEAD))]


def test_a_recurrence_is_supplemented_without_being_late_and_a_second_one_starts_afresh(
    session: Session,
) -> None:
    task = watched()
    services.recur(task, actor=cast.actor(FOLLOWER), comment="Lại thiếu", due_on=date(2026, 9, 28))
    with clock.frozen(clock.at(date(2026, 9, 28), 9)):
        services.submit_report([task], ReportValues("88/BC-UBND", date(2026, 9, 28)), actor=cast.actor(HEAD))
        services.send_back(task, actor=cast.actor(FOLLOWER), comment="Thiếu ảnh", due_on=date(2026, 10, 5))
        assert task.term == date(2026, 10, 5)
        services.submit_report([task], ReportValues("89/BC-UBND", date(2026, 9, 28)), actor=cast.actor(HEAD))
        services.watch(task, until=date(2026, 12, 31), actor=cast.actor(FOLLOWER))
        services.recur(task, actor=cast.actor(FOLLOWER), comment="Lần hai", due_on=date(2026, 9, 30))
    assert task.term == date(2026, 9, 30)
    assert [(row.counted_to_on, row.late_days) for row in task.proofs] == [(date(2026, 10, 5), 0), (None, 0)]


def test_the_page_of_the_task_asks_for_the_period_and_shows_every_day(
    client: Browser, session: Session
) -> None:
    task = proved()
    session.commit()
    client.sign_in(FOLLOWER)
    page = client.get(f"/tasks/{task.id}").text
    assert "Minh chứng định kỳ" in page
    client.post(
        f"/tasks/{task.id}/watch", data={"until": "30/09/2027", "every": "3", "version": task.version}
    )
    assert (task.state, task.proof_due_on) == (TaskState.WATCHING, date(2026, 12, 23))
    assert "Gửi minh chứng định kỳ chậm nhất hết ngày 23/12/2026" in client.get(f"/tasks/{task.id}").text


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


@pytest.mark.parametrize("on, late", [(date(2026, 10, 5), 0), (date(2026, 10, 9), 2)])
def test_what_came_back_and_was_mended_again_may_be_accepted_for_good(
    session: Session, on: date, late: int
) -> None:
    task = watched()
    services.recur(task, comment="Lại thiếu", due_on=date(2026, 10, 7), actor=cast.actor(FOLLOWER))
    with clock.frozen(clock.at(on)):
        made.submitted(task, on=on)
        services.accept_whole(task, actor=cast.actor(FOLLOWER))
        session.commit()
    assert (task.state, task.proof_due_on) == (TaskState.ACCEPTED, None)
    assert (task.proofs[0].settled_on, task.proofs[0].late_days) == (on, late)
