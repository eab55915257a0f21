"""The deadline badge and "Tiến độ"."""

from __future__ import annotations

from datetime import date

import pytest

from app.deadlines.badge import (
    AGEING_LABELS,
    DEADLINE_KIND_LABELS,
    PROGRESS_LABELS,
    Ageing,
    DeadlineKind,
    DueBadge,
    DueKind,
    Position,
    Progress,
    Stage,
    ageing,
    days_overdue,
    due_badge,
    is_overdue,
    progress,
)
from app.deadlines.working_days import Calendar

CALENDAR = Calendar(1, off=frozenset({date(2026, 9, 1), date(2026, 9, 2)}), worked=frozenset())
TODAY = date(2026, 9, 23)
DUE = date(2026, 9, 11)
FIXED = DeadlineKind.FIXED


def fixed(due: date | None, stage: Stage = Stage.IN_PROGRESS, submitted: date | None = None) -> Position:
    return Position(FIXED, due, stage, submitted)


@pytest.mark.parametrize(
    ("position", "badge"),
    [
        (fixed(date(2026, 10, 9)), DueBadge(DueKind.PLAIN, "Còn 12 ngày làm việc")),
        (fixed(date(2026, 10, 1)), DueBadge(DueKind.PLAIN, "Còn 06 ngày làm việc")),
        (fixed(date(2026, 9, 30)), DueBadge(DueKind.SOON, "Còn 05 ngày làm việc")),
        (fixed(date(2026, 9, 24)), DueBadge(DueKind.SOON, "Còn 01 ngày làm việc")),
        (fixed(TODAY), DueBadge(DueKind.TODAY, "Đến hạn hôm nay")),
        (fixed(date(2026, 9, 22)), DueBadge(DueKind.OVER, "Quá hạn 01 ngày")),
        (fixed(DUE), DueBadge(DueKind.OVER, "Quá hạn 12 ngày")),
        (fixed(DUE, Stage.ISSUED), DueBadge(DueKind.OVER, "Quá hạn 12 ngày")),
        (fixed(DUE, Stage.RETURNED, DUE), DueBadge(DueKind.OVER, "Quá hạn 12 ngày")),
        (fixed(DUE, Stage.SUBMITTED, DUE), DueBadge(DueKind.ONTIME, "Gửi đúng hạn")),
        (fixed(DUE, Stage.SUBMITTED, date(2026, 9, 16)), DueBadge(DueKind.LATE, "Gửi quá hạn 05 ngày")),
        (fixed(DUE, Stage.ACCEPTED, DUE), DueBadge(DueKind.ONTIME, "Hoàn thành đúng hạn")),
        (
            fixed(DUE, Stage.ACCEPTED, date(2026, 9, 16)),
            DueBadge(DueKind.LATE, "Hoàn thành quá hạn 05 ngày"),
        ),
        (fixed(DUE, Stage.ACCEPTED), DueBadge(DueKind.OPEN, "Đã hoàn thành")),
        (fixed(DUE, Stage.SUBMITTED), DueBadge(DueKind.OPEN, "Chờ thẩm tra")),
        (fixed(DUE, Stage.WITHDRAWN), DueBadge(DueKind.OPEN, "Đã thu hồi")),
        (fixed(None), DueBadge(DueKind.OPEN, "Chưa có thời hạn")),
        (
            Position(DeadlineKind.CONTINUING, None, Stage.WATCHING),
            DueBadge(DueKind.OPEN, "Thường xuyên"),
        ),
        (
            Position(DeadlineKind.CONDITIONAL, date(2026, 10, 1), Stage.WATCHING),
            DueBadge(DueKind.OPEN, "Chờ điều kiện"),
        ),
        (
            Position(DeadlineKind.CONDITIONAL, TODAY, Stage.WATCHING),
            DueBadge(DueKind.OPEN, "Chờ điều kiện, đến ngày rà soát"),
        ),
        (Position(DeadlineKind.AT_ONCE, DUE), DueBadge(DueKind.OVER, "Quá hạn 12 ngày")),
        (
            Position(DeadlineKind.CONTINUING, None, Stage.ACCEPTED, TODAY),
            DueBadge(DueKind.OPEN, "Đã hoàn thành"),
        ),
    ],
)
def test_the_badge_says_where_the_work_stands(position: Position, badge: DueBadge) -> None:
    assert due_badge(position, TODAY, CALENDAR) == badge


def test_how_soon_is_soon_is_a_setting() -> None:
    position = fixed(date(2026, 9, 30))
    assert due_badge(position, TODAY, CALENDAR, soon_days=6).kind is DueKind.PLAIN


def test_days_left_skip_holidays() -> None:
    assert due_badge(fixed(date(2026, 9, 3)), date(2026, 8, 31), CALENDAR).text == "Còn 01 ngày làm việc"


def test_a_deadline_on_a_day_off_with_no_working_day_left_counts_plain_days() -> None:
    assert due_badge(fixed(date(2026, 9, 27)), date(2026, 9, 25), CALENDAR).text == "Còn 02 ngày"


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (fixed(DUE, Stage.DRAFT), Progress.PLANNED),
        (fixed(date(2026, 9, 30), Stage.ISSUED), Progress.NOT_STARTED),
        (fixed(DUE, Stage.ISSUED), Progress.OVERDUE),
        (fixed(TODAY), Progress.IN_TIME),
        (fixed(DUE), Progress.OVERDUE),
        (fixed(DUE, Stage.SUBMITTED, TODAY), Progress.WAITING),
        (fixed(date(2026, 9, 30), Stage.RETURNED, TODAY), Progress.REDO),
        (fixed(DUE, Stage.RETURNED, DUE), Progress.OVERDUE),
        (fixed(DUE, Stage.ACCEPTED, DUE), Progress.DONE_ON_TIME),
        (fixed(DUE, Stage.ACCEPTED, date(2026, 9, 12)), Progress.DONE_LATE),
        (fixed(None, Stage.ACCEPTED, TODAY), Progress.DONE),
        (fixed(DUE, Stage.ACCEPTED), Progress.DONE),
        (fixed(None), Progress.UNDATED),
        (Position(DeadlineKind.CONTINUING, None, Stage.WATCHING), Progress.CONTINUING),
        (Position(DeadlineKind.CONDITIONAL, DUE, Stage.WATCHING), Progress.CONDITIONAL),
        (fixed(DUE, Stage.WITHDRAWN), Progress.WITHDRAWN),
    ],
)
def test_progress_is_the_pair_of_state_and_deadline(position: Position, expected: Progress) -> None:
    assert progress(position, TODAY) is expected


def test_a_late_acceptance_does_not_make_a_submission_late() -> None:
    position = fixed(DUE, Stage.ACCEPTED, DUE)
    assert days_overdue(position, date(2027, 1, 1)) == 0


def test_the_completion_date_judges_only_where_no_submission_is_known() -> None:
    brought_over = Position(FIXED, DUE, Stage.ACCEPTED, None, date(2026, 9, 20))
    assert days_overdue(brought_over, TODAY) == 9
    both = Position(FIXED, DUE, Stage.ACCEPTED, DUE, date(2026, 9, 20))
    assert days_overdue(both, TODAY) == 0


def test_a_draft_a_withdrawn_and_a_continuing_task_are_never_overdue() -> None:
    assert days_overdue(fixed(DUE, Stage.DRAFT), TODAY) == 0
    assert days_overdue(fixed(DUE, Stage.WITHDRAWN), TODAY) == 0
    assert days_overdue(Position(DeadlineKind.CONTINUING, DUE, Stage.WATCHING), TODAY) == 0


def test_what_waits_for_the_office_is_not_counted_as_overdue() -> None:
    assert is_overdue(fixed(DUE), TODAY)
    late = fixed(DUE, Stage.SUBMITTED, date(2026, 9, 16))
    assert not is_overdue(late, TODAY)
    assert days_overdue(late, TODAY) == 5


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, None),
        (1, Ageing.WEEK),
        (7, Ageing.WEEK),
        (8, Ageing.MONTH),
        (30, Ageing.MONTH),
        (31, Ageing.LONGER),
    ],
)
def test_overdue_days_fall_into_three_buckets(days: int, bucket: Ageing | None) -> None:
    assert ageing(days) is bucket


def test_every_value_has_a_vietnamese_name() -> None:
    assert set(PROGRESS_LABELS) == set(Progress)
    assert set(AGEING_LABELS) == set(Ageing)
    assert set(DEADLINE_KIND_LABELS) == set(DeadlineKind)
    assert Ageing.LONGER.label == "Quá hạn trên 30 ngày"
    assert Progress.IN_TIME.label == "Đang thực hiện trong hạn"
