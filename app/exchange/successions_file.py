"""The file of successions: who takes over from whom, on which day, by which paper; reading and writing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.errors import DomainError
from app.exchange.plan import DryRun, Line, Outcome, Plan, Written, noted
from app.exchange.tables import Problem, Row
from app.policy import Actor
from app.units import queries, services
from app.units.models import SUCCESSION_LABELS, Succession, SuccessionKind
from app.vietnamese import format_date, search_key

BEFORE, AFTER, ON, KIND = "Mã đơn vị cũ", "Mã đơn vị kế thừa", "Từ ngày", "Hình thức"
BASIS, VERIFIED = "Căn cứ", "Đã xác minh"
COLUMNS = (BEFORE, AFTER, ON, KIND, BASIS, VERIFIED)
EXAMPLE = (
    ("MAU-XA1", "MAU-XA3", "01/7/2025", "Nhập, hợp nhất", "Nghị quyết số …", "Có"),
    ("MAU-XA2", "MAU-XA3", "01/7/2025", "Nhập, hợp nhất", "Nghị quyết số …", "Chưa"),
)
_KINDS = {search_key(label): kind for kind, label in SUCCESSION_LABELS.items()} | {
    kind.value: kind for kind in SuccessionKind
}
_ANSWERS = {"co": True, "": True, "chua": False}


@dataclass(frozen=True)
class SuccessionRow:
    """A line that could be read; units by their codes."""

    line: int
    before: str
    after: str
    on_date: date
    kind: SuccessionKind
    basis: str
    verified: bool

    @property
    def key(self) -> tuple[str, str, date]:
        return self.before, self.after, self.on_date


def plan(rows: list[Row]) -> Plan[SuccessionRow]:
    """What these rows would add, compared with the database now."""
    units = {unit.code: unit for unit in queries.list_all()}
    codes = {unit.id: unit.code for unit in units.values()}
    stored = {
        (codes[row.predecessor_id], codes[row.successor_id], row.on_date): row
        for row in queries.list_all_successions()
    }
    read: dict[int, SuccessionRow] = {}
    seen: dict[tuple[str, str, date], int] = {}
    lines = []
    for row in rows:
        problems = row.problems()
        item = _read(row, problems) if not problems else None
        outcome, detail = Outcome.ERROR, ""
        if item is not None:
            for column, code in ((BEFORE, item.before), (AFTER, item.after)):
                if code not in units:
                    problems.append(Problem(column, f"Không có đơn vị mã {code} trong hệ thống."))
            first = seen.setdefault(item.key, row.line)
            if first != row.line:
                problems.append(Problem(BEFORE, f"Việc kế thừa này đã có ở dòng {first}."))
            outcome, detail = _compare(item, stored.get(item.key), problems)
            read[row.line] = item
        title = " → ".join(filter(None, (row[BEFORE], row[AFTER]))) or "(dòng không có mã)"
        lines.append(Line(row.line, title, Outcome.ERROR if problems else outcome, detail, tuple(problems)))
    return Plan(DryRun(tuple(lines)), read)


def _read(row: Row, problems: list[Problem]) -> SuccessionRow | None:
    for column in (BEFORE, AFTER):
        if not row[column]:
            problems.append(Problem(column, "Nhập mã đơn vị."))
    kind = _KINDS.get(search_key(row[KIND])) or _KINDS.get(row[KIND].lower())
    if kind is None:
        problems.append(Problem(KIND, f"Chọn một trong: {'; '.join(SUCCESSION_LABELS.values())}."))
    verified = _ANSWERS.get(search_key(row[VERIFIED]))
    if verified is None:
        problems.append(Problem(VERIFIED, "Nhập “Có” hoặc “Chưa”."))
    on_date = row.day(ON, problems)
    if not row[ON]:
        problems.append(Problem(ON, "Nhập ngày kế thừa."))
    if problems or kind is None or verified is None or on_date is None:
        return None
    return SuccessionRow(
        row.line, row[BEFORE].upper(), row[AFTER].upper(), on_date, kind, row[BASIS], verified
    )


def _compare(item: SuccessionRow, stored: Succession | None, problems: list[Problem]) -> tuple[Outcome, str]:
    if problems:
        return Outcome.ERROR, ""
    if stored is None:
        return Outcome.NEW, f"từ ngày {format_date(item.on_date)}, {SUCCESSION_LABELS[item.kind].lower()}"
    if (stored.kind, stored.legal_basis, stored.verified) != (item.kind, item.basis, item.verified):
        problems.append(
            Problem(KIND, "Việc kế thừa này đã ghi với nội dung khác. Bỏ ghi tại trang đơn vị rồi nhập lại.")
        )
        return Outcome.ERROR, ""
    return Outcome.SAME, ""


def write(planned: Plan[SuccessionRow], *, actor: Actor) -> Written:
    """Write the new lines, earlier days first; returns those that could not be (then nothing may stay)."""
    units = {unit.code: unit for unit in queries.list_all()}
    new = [planned.rows[line.number] for line in planned.dry_run.lines if line.outcome is Outcome.NEW]
    wrong: list[tuple[int, Problem]] = []
    notes: list[tuple[int, str]] = []
    for item in sorted(new, key=lambda row: (row.on_date, row.line)):
        try:
            recorded = services.record_succession(
                units[item.before], units[item.after], item.on_date, item.kind,
                legal_basis=item.basis, verified=item.verified, actor=actor,
            )  # fmt: skip
            notes += noted(item.line, recorded.recuts)
        except DomainError as error:
            wrong.append((item.line, Problem(ON if error.field == "on_date" else AFTER, error.message)))
    return Written(tuple(wrong), tuple(notes))
