"""What was brought over is followed everywhere and judged nowhere: every reader of lateness in turn."""

from __future__ import annotations

import io
from datetime import date
from itertools import product

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.badge import CONVERTED, DeadlineKind, Progress, days_late, days_overdue, is_overdue
from app.extensions import db
from app.followup import conditions, figures, mailing, queries, reminding
from app.followup.filters import STATES, Filters
from app.remediation import lateness, letters
from app.remediation.models import Extension, Task, TaskState
from tests import cast
from tests.conftest import Browser
from tests.factories import old_tables
from tests.factories.old_tables import line

TODAY = date(2026, 9, 23)
DAYS = (None, date(2026, 9, 1), TODAY, date(2026, 10, 1))
JUDGES = ("done_on_time", "done_late", "open_in_time", "open_late", "owed_late", "late_1_7", "late_8_30",
          "late_over_30")  # fmt: skip
JUDGED_LOOKS = ("kl-due--over", "kl-due--late", "kl-due--ontime", "kl-due--today")


def brought(**changes: object) -> Task:
    old_tables.taken(old_tables.table(line(**changes)))
    return db.session.scalars(sa.select(Task).order_by(Task.id.desc())).first()


def test_in_no_state_with_no_date_is_it_judged_by_the_function_or_its_twins_in_sql(session: Session) -> None:
    task = brought()
    calendar = deadlines.current_calendar()
    states = [state for state in TaskState if state not in (TaskState.DRAFT, TaskState.WITHDRAWN)]
    judging = [conditions.of_state(key, TODAY) for key in JUDGES]
    for state, kind, due, submitted in product(states, DeadlineKind, DAYS, DAYS):
        session.execute(
            sa.update(Task)
            .where(Task.id == task.id)
            .values(
                state=state, deadline_kind=kind, due_on=due, submitted_on=submitted, completed_on=submitted,
                review_on=TODAY, no_date_reason="Chờ", accepted_on=TODAY, accepted_by=task.follower_id,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        session.refresh(task)
        where = lateness.position(task)
        assert days_overdue(where, TODAY) == days_late(where, TODAY) == 0 and not is_overdue(where, TODAY)
        assert lateness.badge(task, TODAY, calendar).label == CONVERTED
        line_of = queries.find_line(cast.actor(cast.FOLLOWER), task.id)
        assert line_of is not None and line_of.overdue_days == 0 and line_of.badge.label == CONVERTED
        assert line_of.progress in (Progress.CONVERTED, Progress.CONVERTED_DONE, Progress.WAITING)
        found = session.execute(sa.select(*(sa.func.coalesce(one, sa.false()) for one in judging))).first()
        assert found is None or not any(found), (state, kind, due, submitted)


def test_an_extension_asked_for_late_leaves_no_days_behind(session: Session) -> None:
    task = brought(due="31/12/2025")
    who, other = cast.person(cast.FOLLOWER).id, cast.person(cast.CONTENT_CHECKER).id
    session.add(
        Extension(
            task=task, old_due_on=date(2025, 12, 31), new_due_on=date(2026, 10, 30), reason="Chờ kinh phí",
            requested_by=who, requested_on=date(2026, 9, 1), decided_by=other, decided_on=date(2026, 9, 2),
        )
    )  # fmt: skip
    task.due_on = date(2026, 10, 30)
    session.commit()
    found = queries.find_line(cast.actor(cast.FOLLOWER), task.id)
    assert found is not None and found.overdue_days == 0
    assert letters._late_by(task, date(2026, 12, 1)) == 0


def test_the_figures_count_it_as_followed_and_nowhere_else(session: Session) -> None:
    brought(due="31/12/2025")
    brought(text="Việc đã xong", progress="Đã hoàn thành quá hạn", done_on="20/2/2026")
    found = figures.figures(cast.actor(cast.FOLLOWER), Filters())
    assert (found.total, found.converted, found.converted_lacking) == (2, 2, 1)
    assert not (found.done_on_time or found.done_late or found.open_in_time or found.open_late)
    assert not (found.owed_late or found.late_over_30)
    assert queries.table(cast.actor(cast.FOLLOWER), Filters(state="converted")).items
    assert [
        one.text for one in queries.table(cast.actor(cast.FOLLOWER), Filters(state="converted_lacking"))
    ] == ["Việc đã xong"]
    assert set(JUDGES) < set(STATES)


@pytest.mark.parametrize(
    ("part", "address"),
    [
        (cast.FOLLOWER, "/"), (cast.LEADER, "/"), (cast.HEAD, "/"), (cast.HEAD, "/remediation"),
        (cast.HEAD, "/tasks/{id}"), (cast.FOLLOWER, "/tasks/{id}"), (cast.FOLLOWER, "/follow-up?columns=all"),
        (cast.FOLLOWER, "/follow-up/print"), (cast.FOLLOWER, "/follow-up?state=converted"),
        (cast.PLANNER, "/register/conclusions/{conclusion}"),
    ],
)  # fmt: skip
def test_no_page_judges_it_and_those_that_name_it_show_the_mark(
    client: Browser, session: Session, part: str, address: str
) -> None:
    task = brought(due="31/12/2025")
    place = address.format(id=task.id, conclusion=task.conclusion_id)
    client.sign_in(part).get(place)
    assert not [look for look in JUDGED_LOOKS if look in str(client.page)]
    if task.code in client.text:
        assert "dữ liệu chuyển đổi" in client.text.casefold()


def test_the_sheet_says_the_mark_and_computes_nothing(client: Browser, session: Session) -> None:
    made = old_tables.table(line(text="=cmd|'/C calc'!A0 việc phải làm"))
    session.commit()
    assert old_tables.rows_of(made)[0].blocked, "a formula is asked about, never taken as words"
    task = brought(text="Việc thường", note="=1+1")
    task.text = "=cmd|'/C calc'!A0"
    session.commit()
    client.sign_in(cast.FOLLOWER)
    answer = client.client.get("/follow-up/export.xlsx?names=1")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "Đang theo dõi (dữ liệu chuyển đổi)" for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_it_is_reminded_of_before_a_sure_date_and_never_told_late(session: Session) -> None:
    task = brought(due="30/9/2026")
    undated = brought(due="sớm", text="Việc không rõ hạn")
    told = {rung: [] for rung in ("before", "due", "over")}
    for day in range(23, 31):
        with clock.frozen(clock.at(date(2026, 9, day), 8)):
            for due in reminding.list_due(date(2026, 9, day)):
                told["before" if due.rung.startswith("before") else "due"].append(due.task_id)
            reminding.remind(date(2026, 9, day))
    for day in (date(2026, 10, 1), date(2026, 10, 7), date(2026, 11, 4)):
        told["over"] += [due.task_id for due in reminding.list_due(day)]
    assert task.id in told["before"] and task.id in told["due"] and not told["over"]
    assert undated.id not in told["before"] + told["due"]
    late = date(2026, 10, 20)
    assert "quá hạn" not in mailing.subject_of([task], late)
    body = mailing.body_of(cast.person(cast.HEAD), [task], late, deadlines.current_calendar(), "x")
    assert CONVERTED in body and "Quá hạn" not in body
