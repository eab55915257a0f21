"""What is looked at in the annex of tasks: who, by when, why, and that the requests say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.working_days import next_working_day, previous_working_day, working_days_between
from app.documents.models import DocumentState
from app.findings import causes
from app.findings.causes import responsible
from app.notices import annexes
from app.notices.checked import Check, Page
from app.notices.models import Notice
from app.notices.record import Record
from app.notices.texts import Part, Piece
from app.notices.waited import short_dates
from app.remediation.models import TaskState
from app.vietnamese import count, format_date, weekday

NEAR_WORKING_DAYS = 5


def tasks(notice: Notice, record: Record, on: date) -> Iterable[Check]:
    bad = []
    places = annexes.places(record)
    alone = [task for task in record.tasks if task.follower_id is None]
    if alone and notice.follower_id is None:
        bad.append(
            Check(
                False, f"Nội dung khắc phục ở {annexes.lines_of(record, alone)} chưa có người theo dõi.",
                "Chọn người theo dõi.", hard=True, page=Page.DETAILS,
            )
        )  # fmt: skip
    for task in record.tasks:
        if task.state is not TaskState.DRAFT:  # asked by the replaced notice already
            continue
        lacks = []
        if not task.lead_unit.exists_on(on):
            lacks.append("đơn vị chủ trì đang hoạt động")
        if not task.results:
            lacks.append("sản phẩm, kết quả")
        if lacks:
            bad.append(
                Check(
                    False,
                    f"Nội dung khắc phục ở {annexes.lines_of(record, [task])} chưa có {', '.join(lacks)}.",
                    "",
                    Part.REQUESTS, places[task.id], hard=True,
                )
            )  # fmt: skip
    yield from bad
    if record.tasks and not bad:
        yield Check(
            True, f"{count(len(record.tasks))} nội dung khắc phục có đủ chủ trì, người theo dõi, sản phẩm"
        )


def explained(record: Record) -> Iterable[Check]:
    """Cause and responsibility, which the annex has a column for."""
    findings = list({f.id: f for task in record.tasks for f in task.findings}.values())
    lacks = [
        f"{count(len(bare))} tồn tại, hạn chế chưa ghi {what}"
        for what, bare in (
            (
                "nguyên nhân",
                [f for f in findings if not causes.sentence(f.subjective_causes, f.objective_causes)],
            ),
            ("trách nhiệm", [f for f in findings if not responsible(f)]),
        )
        if bare
    ]
    if lacks:
        yield Check(
            False, f"{annexes.task_annex(record)}: {', '.join(lacks)}.", "Cột tương ứng để trống.",
            page=Page.AGREEMENT,
        )  # fmt: skip
    elif findings:
        yield Check(True, "Tồn tại, hạn chế trong phụ lục đều có nguyên nhân, trách nhiệm")


def without_task(record: Record) -> Iterable[Check]:
    bare = [
        item for item in record.items
        if not item.finding.fixed_on_spot and not item.finding.no_task_reason.strip()
        and not record.tasks_of(item.finding)
    ]  # fmt: skip
    if bare:
        yield Check(
            False,
            f"Có {count(len(bare))} tồn tại, hạn chế chưa có nội dung khắc phục.",
            "Thêm nội dung khắc phục, hoặc ghi lý do không giao.",
            Part.REQUESTS, "Phụ lục", hard=True,
        )  # fmt: skip
    elif record.items:
        yield Check(True, "Tồn tại, hạn chế đều có nội dung khắc phục hoặc có lý do không giao")


def dates(record: Record, on: date) -> Iterable[Check]:
    calendar, fine = deadlines.current_calendar(), True
    since = "ngày hôm nay" if on == clock.today() else f"ngày văn bản {format_date(on)}"
    places = annexes.places(record)
    for task in record.tasks:
        if task.state is not TaskState.DRAFT:
            continue
        for name, day in (("Thời hạn", task.due_on), ("Thời hạn báo cáo", task.report_due_on)):
            if day is None:
                continue
            where = places[task.id]
            if not calendar.is_working(day):
                fine = False
                proposed = max(previous_working_day(day, calendar), next_working_day(on, calendar))
                yield Check(
                    False,
                    f"{name} {format_date(day)} rơi vào {_day_name(day)}.",
                    f"Đề xuất {format_date(proposed)}.",
                    Part.REQUESTS,
                    where,
                )
            elif name == "Thời hạn" and day <= on:
                fine = False
                yield Check(
                    False, f"{name} {format_date(day)} không sau {since}.",
                    "Tính lại thời hạn theo ngày dự kiến ban hành.", Part.REQUESTS, where, hard=True,
                )  # fmt: skip
            elif name == "Thời hạn" and working_days_between(on, day, calendar) < NEAR_WORKING_DAYS:
                fine = False
                left = working_days_between(on, day, calendar)
                yield Check(
                    False, f"{name} {format_date(day)} quá gần: còn {count(left)} ngày làm việc.",
                    "Xem lại, hoặc tính lại theo ngày dự kiến ban hành.", Part.REQUESTS, where,
                )  # fmt: skip
    if record.tasks and fine:
        yield Check(True, "Thời hạn không rơi vào ngày nghỉ, không quá gần")


_SHIFT = {
    DocumentState.DRAFT: "Tính lại thời hạn từ hôm nay.",
    DocumentState.APPROVAL: "Dời cả các thời hạn này khi Sửa và duyệt, hoặc trả lại để tính lại.",
}
_KEPT = "Muốn dời thì trả lại để tính lại; văn bản đã trình, đã duyệt không tự thay đổi."


def waiting(notice: Notice, record: Record, on: date) -> Iterable[Check]:
    """Dates that are shorter than the profile gives because the text waited."""
    short = short_dates(record, on)
    if short:
        lines, most = annexes.lines_of(record, [one.task for one in short]), max(one.missing for one in short)
        yield Check(
            False,
            f"Có {count(len(short))} thời hạn ngắn hơn bộ thời hạn do chờ ký, thiếu nhiều nhất {count(most)} "
            f"ngày làm việc ({lines}).",
            _SHIFT.get(notice.document.state, _KEPT), Part.REQUESTS, "Phụ lục",
        )  # fmt: skip


_COUNTED = re.compile(r"(?<![\d/.,])(\d{1,3}) nội dung")
_UNTIL = re.compile(r"(?:chậm nhất|trước|đến hết)(?: là)? ngày (\d{1,2})/(\d{1,2})/(\d{4})")


def figures(record: Record, pieces: tuple[Piece, ...]) -> Iterable[Check]:
    """Figures that somebody typed into the requests against the annex that goes with them."""
    lines = next((piece.lines for piece in pieces if piece.key == "requests"), ())
    wrong = []
    for line in lines:
        due = [task.report_due_on if "Báo cáo" in line else task.due_on for task in record.tasks]
        last = max((day for day in due if day is not None), default=None)
        for day, month, year in _UNTIL.findall(line):
            if last is None or (int(day), int(month), int(year)) != (last.day, last.month, last.year):
                wrong.append(
                    f"ngày {day}/{month}/{year}, Phụ lục: {format_date(last) if last else 'không có'}"
                )
        for typed in _COUNTED.findall(line):
            if int(typed) != len(record.tasks):
                wrong.append(f"{typed} nội dung, Phụ lục: {count(len(record.tasks))}")
    if wrong:
        yield Check(
            False, "Số liệu ở mục đề nghị không khớp Phụ lục.",
            f"Sửa câu chữ, hoặc lấy lại từ hồ sơ: {'; '.join(wrong)}.", Part.REQUESTS, "Mục III", hard=True,
        )  # fmt: skip


def _day_name(day: date) -> str:
    return weekday(day) if day.weekday() >= 5 else "ngày nghỉ lễ"
