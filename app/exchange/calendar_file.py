"""The file of an official announcement of days off: a line for each day off or day worked in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app import clock
from app.deadlines import moved, queries, services
from app.deadlines.models import DAY_KIND_LABELS, CalendarDay, DayKind
from app.deadlines.seeds import DayEntry
from app.errors import DomainError
from app.exchange.plan import DryRun, Line, Outcome, Plan, Written
from app.exchange.tables import Problem, Row
from app.policy import Actor
from app.vietnamese import count, format_date, search_key, weekday

DAY, KIND, BASIS = "Ngày", "Loại", "Căn cứ"
COLUMNS = (DAY, KIND, BASIS)
EXAMPLE = (
    ("30/4/2027", "Nghỉ", "Thông báo số 00/TB-BNV ngày 15/10/2026"),
    ("08/5/2027", "Làm bù", "Thông báo số 00/TB-BNV ngày 15/10/2026"),
)
_KINDS = {
    "nghi": DayKind.OFF, "nghi le": DayKind.OFF, "nghi bu": DayKind.OFF, "nghi hoan doi": DayKind.OFF,
    "lam bu": DayKind.WORKED, "lam viec": DayKind.WORKED,
}  # fmt: skip
_NAMES = {DayKind.OFF: "Nghỉ theo thông báo", DayKind.WORKED: "Làm bù theo thông báo"}
_REST = 5
"""The first day of the weekly rest, counted from Monday as 0."""


@dataclass(frozen=True)
class DayRow:
    """A line that could be read."""

    line: int
    day: date
    kind: DayKind
    basis: str


def plan(rows: list[Row]) -> Plan[DayRow]:
    """What these rows would change, compared with the newest published calendar."""
    known = _known()
    read: dict[int, DayRow] = {}
    seen: dict[date, int] = {}
    lines = []
    for row in rows:
        problems = row.problems()
        item = _read(row, problems)
        if item is not None:
            first = seen.setdefault(item.day, item.line)
            if first != item.line:
                problems.append(Problem(DAY, f"Ngày này đã có ở dòng {first}. Mỗi ngày một dòng."))
        if item is None or problems:
            lines.append(
                Line(row.line, row[DAY] or "(dòng không có ngày)", Outcome.ERROR, "", tuple(problems))
            )
            continue
        read[row.line] = item
        outcome, detail = _compare(item, known.get(item.day))
        lines.append(Line(row.line, f"{format_date(item.day)} ({weekday(item.day)})", outcome, detail))
    return Plan(DryRun(tuple(lines)), read)


def _known() -> dict[date, CalendarDay]:
    newest = queries.list_calendar_versions()[0]
    return {entry.day: entry for entry in queries.get_calendar_version(newest.number).days}


def _read(row: Row, problems: list[Problem]) -> DayRow | None:
    day = row.day(DAY, problems)
    if not row[DAY]:
        problems.append(Problem(DAY, "Nhập ngày."))
    kind = _KINDS.get(search_key(row[KIND]))
    if kind is None:
        problems.append(Problem(KIND, "Nhập “Nghỉ” hoặc “Làm bù”."))
    if not row[BASIS]:
        problems.append(Problem(BASIS, "Nhập số, ngày của văn bản thông báo."))
    if day is not None and kind is DayKind.WORKED and day.weekday() < _REST:
        problems.append(
            Problem(KIND, "Ngày này vốn là ngày làm việc; ngày làm bù phải là thứ Bảy hoặc Chủ nhật.")
        )
    if problems or day is None or kind is None:
        return None
    return DayRow(row.line, day, kind, row[BASIS])


def _compare(item: DayRow, now: CalendarDay | None) -> tuple[Outcome, str]:
    sure = services.is_confirmed_by(item.basis)
    weak = "" if sure else "; ghi là dự kiến vì căn cứ chưa nêu số, ngày văn bản"
    label = DAY_KIND_LABELS[item.kind].lower()
    if now is None:
        if item.kind is DayKind.OFF and item.day.weekday() >= _REST:
            return Outcome.SAME, "đã là ngày nghỉ hằng tuần"
        return Outcome.NEW, f"{label}{weak}"
    if now.kind is not item.kind:
        return Outcome.CHANGED, f"{DAY_KIND_LABELS[now.kind].lower()} → {label}{weak}"
    if now.verified and not sure:
        return Outcome.SAME, "đã được xác nhận; căn cứ trong tệp chưa nêu số, ngày văn bản"
    if now.source == item.basis:
        return Outcome.SAME, label
    return (
        Outcome.CHANGED,
        f"{label}, dự kiến → đã xác nhận" if sure and not now.verified else f"{label}{weak}",
    )


def write(planned: Plan[DayRow], *, actor: Actor) -> Written:
    """Publish the next version with the new and changed days; no date that was given moves."""
    changed = [
        planned.rows[line.number]
        for line in planned.dry_run.lines
        if line.outcome in (Outcome.NEW, Outcome.CHANGED)
    ]
    days = {day: _entry(entry) for day, entry in _known().items()}
    for item in changed:
        held = days.get(item.day)
        name = held.name if held is not None and held.kind is item.kind else _NAMES[item.kind]
        days[item.day] = DayEntry(item.day, item.kind, name, item.basis, services.is_confirmed_by(item.basis))
    starts = max(clock.today(), queries.list_calendar_versions()[0].effective_from)
    bases = "; ".join(dict.fromkeys(item.basis for item in changed))
    try:
        made = services.publish_calendar(
            list(days.values()), actor, effective_from=starts, note=f"Nhập từ tệp: {bases}"[:300]
        )
    except DomainError as error:
        return Written(((changed[0].line, Problem(DAY, error.message)),))
    number = moved.list_moved(made.calendar, actor).total
    told = f"lịch mới tính khác {count(number)} thời hạn đang theo dõi, không thời hạn nào bị đổi"
    return Written(notes=((changed[0].line, told),) if number else ())


def _entry(day: CalendarDay) -> DayEntry:
    return DayEntry(day.day, day.kind, day.name, day.source, day.verified)
