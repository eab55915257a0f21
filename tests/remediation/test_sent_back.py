"""After a return: what was asked stays in sight, the unit answers with something new, lateness stays fair."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import services as settings
from app.deadlines.badge import DeadlineKind, Progress, days_late, progress
from app.deadlines.settings import EXTENSION_DAYS_IN_SUM, EXTENSIONS_MOST
from app.errors import Conflict, DomainError, WrongState
from app.remediation import lateness, queries, services
from app.remediation.models import ProgressStatus, Task, TaskState
from app.remediation.values import ExtensionValues, ReportValues, ReviewValues
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

TODAY = date(2026, 9, 23)


def returned(*, due_on: date, submitted_on: date, by: date = date(2026, 9, 30)) -> Task:
    task = made.submitted(made.issued(due_on=due_on)[0], on=submitted_on)
    services.send_back(task, actor=cast.actor(cast.FOLLOWER), comment="Thiếu ảnh", due_on=by)
    return task


def test_a_returned_task_is_not_handed_in_again_with_nothing_new(session: Session) -> None:
    task = made.progressed(made.issued()[0])
    services.submit(task, actor=cast.actor(cast.HEAD))
    services.send_back(task, actor=cast.actor(cast.FOLLOWER), comment="Thiếu ảnh", due_on=date(2026, 9, 30))
    with pytest.raises(Conflict, match="mới sau lần đề nghị bổ sung"):
        services.submit(task, actor=cast.actor(cast.HEAD))
    made.progressed(task)
    services.submit(task, actor=cast.actor(cast.HEAD))
    assert task.state is TaskState.SUBMITTED


def test_the_newest_word_counts_not_an_older_done(session: Session) -> None:
    task = made.progressed(made.issued()[0])
    made.progressed(task, status=ProgressStatus.NOT_YET)
    with pytest.raises(Conflict, match="Chưa có kết quả"):
        services.submit(task, actor=cast.actor(cast.HEAD))


def test_a_late_task_stays_late_after_a_return(session: Session) -> None:
    task = returned(due_on=date(2026, 9, 10), submitted_on=date(2026, 9, 20))
    with pytest.raises(DomainError, match="trước ngày đề nghị bổ sung 23/9/2026") as refused:
        services.submit_report(
            [task], ReportValues("90/BC-UBND", date(2026, 9, 9)), actor=cast.actor(cast.OFFICER)
        )
    assert refused.value.field == "document_on"
    assert (task.submitted_on, task.supplement_on) == (date(2026, 9, 20), None)


def test_what_was_on_time_is_late_only_after_the_day_to_supplement_it(session: Session) -> None:
    task = returned(due_on=date(2026, 9, 10), submitted_on=date(2026, 9, 9))
    assert progress(lateness.position(task), TODAY) is Progress.REDO
    with clock.frozen(clock.at(date(2026, 9, 25))):
        services.submit_report(
            [task], ReportValues("90/BC-UBND", date(2026, 9, 25)), actor=cast.actor(cast.OFFICER)
        )
        services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))
    assert progress(lateness.position(task), date(2026, 9, 25)) is Progress.DONE_ON_TIME


def test_what_was_asked_stays_in_sight_after_a_line_of_progress(client: Browser, session: Session) -> None:
    task = returned(due_on=date(2026, 9, 30), submitted_on=date(2026, 9, 22), by=date(2026, 10, 8))
    made.progressed(task, status=ProgressStatus.DOING)
    assert task.state is TaskState.IN_PROGRESS
    client.sign_in("head").get(f"/tasks/{task.id}")
    assert "Đề nghị bổ sung. Thiếu ảnh. Chậm nhất hết ngày 08/10/2026." in " ".join(client.text.split())
    assert client.page.select("form[action$='/submit']") == []
    client.get("/remediation")
    assert "Đề nghị bổ sung: Thiếu ảnh" in client.text


def test_the_day_to_supplement_and_the_days_left_beside_it_agree(client: Browser, session: Session) -> None:
    task = returned(due_on=date(2026, 10, 8), submitted_on=date(2026, 9, 22), by=date(2026, 9, 30))
    session.commit()
    for part in ("follower", "head"):
        client.sign_in(part).get(f"/tasks/{task.id}")
        wait = client.page.select_one(".kl-wait")
        assert wait is not None
        told = " ".join(wait.get_text(" ").split())
        assert "30/9/2026" in told
        assert "Còn 05 ngày làm việc" in told


def extension(task: Task, **changes: object) -> ExtensionValues:
    values = {
        "new_due_on": date(2026, 10, 30), "reason": "Chờ phần mềm", "requested_by": cast.person(cast.HEAD).id,
        "requested_on": date(2026, 9, 20), "decided_by": cast.person(cast.CONTENT_CHECKER).id,
    }  # fmt: skip
    return ExtensionValues(**{**values, **changes})


def checker_follows(task: Task) -> None:
    """The one who decides also follows, so that no paper is needed within the limits."""
    task.follower_id = cast.person(cast.CONTENT_CHECKER).id


def test_days_late_before_an_extension_stay_counted(session: Session) -> None:
    from app.followup import queries
    from app.followup.filters import Filters

    task = made.issued(due_on=date(2026, 8, 20))[0]
    values = extension(task, new_due_on=date(2026, 10, 5), reference="12/SNV")
    services.extend(task, values, actor=cast.actor(cast.FOLLOWER))
    made.accepted(task)
    [line] = queries.table(cast.actor(cast.FOLLOWER), Filters())
    assert (line.overdue_days, line.extensions, line.progress) == (31, 1, Progress.DONE_ON_TIME)
    assert days_late(line.position, TODAY) == 31


def test_beyond_the_limits_of_the_profile_only_an_issued_answer_moves_the_date(session: Session) -> None:
    settings.seed_defaults()
    task = made.issued(due_on=date(2026, 9, 30))[0]
    checker_follows(task)
    actor = cast.actor(cast.CONTENT_CHECKER)

    def refused(day: date, **changes: object) -> str:
        with pytest.raises(DomainError) as error:
            services.extend(task, extension(task, new_due_on=day, **changes), actor=actor)
        assert error.value.field == "new_due_on"
        assert "Soạn công văn trả lời đề nghị gia hạn" in error.value.message
        return error.value.message.split(".")[0]

    assert refused(date(2026, 11, 12)) == "Trên hệ thống chỉ gia hạn đến hết ngày 11/11/2026"
    assert refused(date(2026, 11, 12), reference="15/SNV-CCHC").startswith("Trên hệ thống chỉ gia hạn")
    services.extend(task, extension(task, new_due_on=date(2026, 11, 11)), actor=actor)
    assert (task.extensions[0].working_days, task.extensions[0].number) == (30, 1)
    assert refused(date(2026, 12, 4)) == "Trên hệ thống chỉ gia hạn đến hết ngày 03/12/2026", "45 in sum"
    services.extend(task, extension(task, new_due_on=date(2026, 11, 30)), actor=actor)
    assert refused(date(2026, 12, 2)) == "Đã gia hạn 02/02 lần"
    assert queries.extension_room(task).told == (
        "Đã gia hạn 02/02 lần, tổng 42/45 ngày làm việc; gia hạn thêm bằng công văn trả lời được ban hành."
    )
    assert [row.new_due_on for row in task.extensions] == [date(2026, 11, 11), date(2026, 11, 30)]


def test_each_profile_has_its_own_limits_and_a_used_up_sum_says_so(session: Session) -> None:
    settings.seed_defaults()
    task = made.issued(due_on=date(2026, 9, 30))[0]
    checker_follows(task)
    actor = cast.actor(cast.CONTENT_CHECKER)
    for key, value in ((EXTENSIONS_MOST, 5), (EXTENSION_DAYS_IN_SUM, 10)):
        settings.set_setting(key["noi_bo_cchc"].key, value, clock.today(), None)
    services.extend(task, extension(task, new_due_on=date(2026, 10, 14)), actor=actor)
    with pytest.raises(DomainError, match="Đã gia hạn tổng 10/10 ngày làm việc"):
        services.extend(task, extension(task, new_due_on=date(2026, 10, 15)), actor=actor)
    task.profile = "chuyen_nganh_217"
    services.extend(task, extension(task, new_due_on=date(2026, 10, 15)), actor=actor)
    assert queries.profile_of(task) == "chuyen_nganh_217"
    assert [(row.number, row.days_in_sum) for row in task.extensions] == [(1, 10), (2, 11)]


def test_the_new_date_lies_after_the_day_it_was_asked_for(session: Session) -> None:
    task = made.issued(due_on=date(2026, 8, 20))[0]
    with pytest.raises(DomainError) as refused:
        services.extend(task, extension(task, new_due_on=date(2026, 9, 10)), actor=cast.actor(cast.FOLLOWER))
    assert refused.value.field == "new_due_on"


@pytest.mark.parametrize("kind", [DeadlineKind.CONTINUING, DeadlineKind.CONDITIONAL])
def test_a_task_without_a_date_is_reviewed_and_gets_the_next_day(
    session: Session, kind: DeadlineKind
) -> None:
    task = made.issued(kind=kind)[0]
    values = ReviewValues("Chưa có kinh phí", review_on=date(2026, 12, 15))
    services.review(task, values, actor=cast.actor(cast.FOLLOWER))
    assert (task.review_on, task.due_on, task.deadline_kind) == (date(2026, 12, 15), None, kind)


def test_a_review_may_give_a_fixed_date_at_last(session: Session) -> None:
    task = made.issued(kind=DeadlineKind.CONDITIONAL)[0]
    values = ReviewValues("Đã có kinh phí", due_on=date(2026, 11, 30))
    services.review(task, values, actor=cast.actor(cast.FOLLOWER))
    assert (task.deadline_kind, task.due_on, task.original_due_on) == (
        DeadlineKind.FIXED,
        date(2026, 11, 30),
        date(2026, 11, 30),
    )
    assert (task.review_on, task.no_date_reason) == (None, "")
    with pytest.raises(WrongState, match="Chỉ rà soát"):
        services.review(task, values, actor=cast.actor(cast.FOLLOWER))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (ReviewValues(" ", review_on=date(2026, 12, 15)), "reason"),
        (ReviewValues("Đã xem"), "review_on"),
        (ReviewValues("Đã xem", review_on=date(2026, 12, 15), due_on=date(2026, 12, 15)), "review_on"),
        (ReviewValues("Đã xem", review_on=TODAY), "review_on"),
        (ReviewValues("Đã xem", due_on=TODAY), "due_on"),
    ],
)
def test_a_wrong_review_is_refused_at_its_field(session: Session, values: ReviewValues, field: str) -> None:
    task = made.issued(kind=DeadlineKind.CONTINUING)[0]
    with pytest.raises(DomainError) as refused:
        services.review(task, values, actor=cast.actor(cast.FOLLOWER))
    assert refused.value.field == field


def test_what_is_watched_only_gets_another_day_of_review(session: Session) -> None:
    task = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0])
    actor = cast.actor(cast.FOLLOWER)
    services.watch(task, until=date(2026, 12, 31), actor=actor)
    with pytest.raises(WrongState, match="chỉ đặt ngày rà soát"):
        services.review(task, ReviewValues("Đã xem", due_on=date(2026, 12, 15)), actor=actor)
    services.review(task, ReviewValues("Đã xem", review_on=date(2026, 12, 15)), actor=actor)
    assert task.review_on == date(2026, 12, 15)


def test_the_pages_of_review_and_extension(client: Browser, session: Session) -> None:
    task = made.issued(kind=DeadlineKind.CONDITIONAL)[0]
    client.sign_in("follower").get(f"/tasks/{task.id}/extend", expect=409)
    client.get(f"/tasks/{task.id}")
    assert client.page.select_one("a[href$='/review']") is not None
    client.get(f"/tasks/{task.id}/review")
    client.submit("form[action$='/review']", {"reason": "Chưa đủ điều kiện", "review_on": "x"}, expect=422)
    client.submit("form[action$='/review']", {"review_on": "15/12/2026"})
    client.follow()
    assert "Rà soát: rà soát tiếp ngày 15/12/2026" in client.text
    client.sign_in("clerk").get(f"/tasks/{task.id}/review", expect=403)
    dated = made.issued()[0]
    client.sign_in("follower").get(f"/tasks/{dated.id}/review", expect=409)


def test_a_refused_judgement_keeps_the_comment(client: Browser, session: Session) -> None:
    task = made.submitted(made.issued()[0])
    result = task.results[0].id
    client.sign_in("follower").get(f"/tasks/{task.id}")
    client.submit(
        f"form[action$='/results/{result}/accept']",
        {"comment": "Đủ ảnh, đủ số liệu", "version": "1"},
        expect=409,
    )
    assert client.page.select_one(f"#nx-{result}")["value"] == "Đủ ảnh, đủ số liệu"
    client.submit(f"form[action$='/results/{result}/accept']")


def test_a_guest_of_a_team_sees_the_tasks_of_their_own_cases_only(client: Browser, session: Session) -> None:
    own = made.issued()[0]
    other = made.issued(units=(cast.AN_PHUOC,))[0]
    other.inspection.members = [
        m for m in other.inspection.members if m.person_id != cast.person(cast.MEMBER).id
    ]
    session.commit()
    client.sign_in("member").get("/follow-up?columns=all")
    assert own.code in client.text and other.code not in client.text
    heads = [th.get_text(strip=True) for th in client.page.select("thead th")]
    assert "Người theo dõi" not in heads
    client.get(f"/tasks/{other.id}", expect=404)
    client.get("/follow-up/print?names=1")
    assert len(client.page.select("thead tr:first-child th")) == 20
