"""Phụ lục lộ trình of the unit's own papers: what can't be mended at once, why, by which steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app import clock
from app.documents.content import Align, Annex, Column, Row, Table
from app.remediation.models import ScheduleStep, Task
from app.remediation.queries import answers_now, schedule_of
from app.vietnamese import count, format_date

LABEL = "Phụ lục II"
REFERRED = f"lộ trình tại {LABEL}"
_COLUMNS = (
    Column("STT", 13, Align.CENTER),
    Column("Nội dung cần khắc phục", 58),
    Column("Lý do chưa làm được ngay", 46),
    Column("Bước thực hiện", 58),
    Column("Sản phẩm, kết quả", 34),
    Column("Người chịu trách nhiệm", 34),
    Column("Thời gian hoàn thành", 25, Align.CENTER),
)
_RESULT = Column("Tình hình", 28)


def annex(tasks: Sequence[Task], *, results: bool) -> tuple[Annex, ...]:
    """A row for each step of the tasks that have a schedule; no annex when none has.

    `results`: with a column that says how far each step is.
    """
    rows: list[Row] = []
    today, place = clock.today(), 0
    for task in tasks:
        schedule = schedule_of(task)
        if schedule is None:
            continue
        place += 1
        now = answers_now(task, schedule)
        for number, step in enumerate(schedule.steps):
            first = number == 0
            cells = (
                str(place) if first else "",
                task.text if first else "",
                schedule.reason if first else "",
                step.text, step.product, _answerable(step, now), format_date(step.due_on),
                *((_result(step, today),) if results else ()),
            )  # fmt: skip
            rows.append(Row(cells, ref=f"task:{task.id}"))
    if not rows:
        return ()
    columns = (*_COLUMNS, _RESULT) if results else _COLUMNS
    return (
        Annex(
            "Lộ trình thực hiện nội dung chưa khắc phục được ngay",
            (Table(columns, tuple(rows), font_size=10),),
            label=LABEL,
            landscape=True,
        ),
    )


def _answerable(step: ScheduleStep, now: Sequence[str]) -> str:
    """The name in the step; of a step still to be done also who answers today, where that changed."""
    return step.answerable if step.done_on or not now else f"{step.answerable}; nay: {', '.join(now)}"


def _result(step: ScheduleStep, today: date) -> str:
    late = step.days_late(today)
    if step.done_on is not None:
        return f"Xong ngày {format_date(step.done_on)}" + (f", chậm {count(late)} ngày" if late else "")
    return f"Chưa xong, quá {count(late)} ngày" if late else "Đang thực hiện"
