"""The file of what the office's own past notices still ask for: a line for each task, after the notices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.deadlines.badge import DeadlineKind
from app.errors import DomainError
from app.exchange.plan import DryRun, Line, Outcome, Plan, Written
from app.exchange.tables import Problem, Row
from app.extensions import db
from app.policy import Actor, Role
from app.register import entered, entry
from app.register.models import Conclusion, MandateKind
from app.remediation import queries as remediation
from app.remediation import services
from app.remediation.models import PRODUCT_LABELS, Task, TaskState
from app.remediation.services.past import OTHERS
from app.remediation.values import PastTaskValues, ProductValues
from app.units import queries as units
from app.units.models import Unit
from app.vietnamese import format_date, search_key

BODY, NUMBER, DATED, UNIT = "Cơ quan kết luận", "Số và ký hiệu", "Ngày văn bản", "Mã đơn vị"
TEXT, PRODUCTS, LEAD = "Nội dung cần khắc phục", "Sản phẩm", "Mã đơn vị chủ trì hiện nay"
FOLLOWER, DUE, REASON = "Người theo dõi", "Thời hạn", "Lý do chưa có thời hạn"
REVIEW, SO_FAR = "Ngày rà soát", "Kết quả đến nay"
COLUMNS = (BODY, NUMBER, DATED, UNIT, TEXT, PRODUCTS, LEAD, FOLLOWER, DUE, REASON, REVIEW, SO_FAR)
EXAMPLE = (
    ("Sở Nội vụ tỉnh Mẫu", "18/TB-SNV", "15/11/2024", "MAU-XA1", "Niêm yết đầy đủ thủ tục hành chính",
     "Thông báo: niêm yết; Ảnh chụp hiện trạng", "", "Trần Thị Thí Dụ", "31/3/2025", "", "",
     "Đã niêm yết 80/92 thủ tục"),
    ("Sở Nội vụ tỉnh Mẫu", "18/TB-SNV", "15/11/2024", "MAU-XA1", "Bố trí bàn viết và ghế ngồi cho công dân",
     "", "", "Trần Thị Thí Dụ", "", "Chờ bố trí kinh phí", "31/12/2026", ""),
)  # fmt: skip
_PRODUCTS = {search_key(label): product for product, label in PRODUCT_LABELS.items()}
_COLUMN_OF = {
    "text": TEXT, "concluded_unit_id": UNIT, "lead_unit_id": LEAD, "follower_id": FOLLOWER, "due_on": DUE,
    "review_on": REVIEW, "no_date_reason": REASON,
}  # fmt: skip
"""Where a refusal of the service shows in the file."""
Paper = tuple[str, str, date]


@dataclass(frozen=True)
class PastTaskRow:
    """A line that could be read."""

    line: int
    conclusion: Conclusion
    lead: Unit
    values: PastTaskValues

    @property
    def key(self) -> tuple[int, int, str]:
        """What stands once: notice, lead unit, words."""
        return self.conclusion.id, self.lead.id, self.values.text


@dataclass(frozen=True)
class _Known:
    """What codes, names and numbers mean, read once for the whole file."""

    papers: dict[Paper, Conclusion]
    named: dict[int, frozenset[int]]
    units: dict[str, Unit]
    leads: dict[int, Unit | None]
    followers: Sequence[tuple[int, str, str]]


def plan(rows: list[Row]) -> Plan[PastTaskRow]:
    """What these rows would add, compared with what is followed now."""
    problems: dict[int, list[Problem]] = {row.line: row.problems() for row in rows}
    known = _known(rows)
    read: dict[int, PastTaskRow] = {}
    first: dict[tuple[int, int, str], int] = {}
    for row in rows:
        item = None if problems[row.line] else _read(row, known, problems[row.line])
        if item is None:
            continue
        if item.key in first:
            told = f"Nội dung này của đơn vị đã có ở dòng {first[item.key]}."
            problems[row.line].append(Problem(TEXT, told))
            continue
        first[item.key] = row.line
        read[row.line] = item
    stored = _stored({item.conclusion.id for item in read.values()})
    lines = []
    for row in rows:
        found, kept = problems[row.line], read.get(row.line)
        outcome, detail = Outcome.ERROR, ""
        if kept is not None and not found:
            outcome = Outcome.SAME if kept.key in stored else Outcome.NEW
            detail = "" if outcome is Outcome.SAME else _told(kept)
        title = ", ".join(filter(None, (row[NUMBER], row[UNIT], row[TEXT][:80]))) or "(dòng trống)"
        lines.append(Line(row.line, title, outcome, detail, tuple(found)))
    return Plan(DryRun(tuple(lines)), read)


def _known(rows: Sequence[Row]) -> _Known:
    days = {day for row in rows if (day := row.day(DATED, [])) is not None}
    papers = entered.list_papers({_number(row[NUMBER]) for row in rows}, days)
    by_code = {unit.code: unit for unit in units.list_all()}
    named = remediation.units_by_notice([paper.id for paper in papers])
    return _Known(
        {
            (search_key(one.body_name), one.number_and_symbol.casefold(), one.concluded_on): one
            for one in papers
        },
        {key: frozenset(unit.id for unit in found) for key, found in named.items()},
        by_code,
        {unit.id: remediation.lead_today(unit) for found in named.values() for unit in found},
        remediation.list_holders(Role.FOLLOWER),
    )


def _number(text: str) -> str:
    try:
        return entry.clean_number(text).group(0)
    except DomainError:
        return text


def _read(row: Row, known: _Known, problems: list[Problem]) -> PastTaskRow | None:
    dated, due, review = (row.day(column, problems) for column in (DATED, DUE, REVIEW))
    if not row[DATED]:
        problems.append(Problem(DATED, "Nhập ngày văn bản."))
    if problems or dated is None:
        return None
    conclusion = known.papers.get((search_key(row[BODY]), _number(row[NUMBER]).casefold(), dated))
    if conclusion is None:
        told = (
            f"Chưa ghi nhận thông báo số {row[NUMBER]} ngày {format_date(dated)} của {row[BODY]}. "
            "Nhập thông báo trước, rồi nhập nội dung khắc phục."
        )
        problems.append(Problem(NUMBER, told))
        return None
    if conclusion.mandate.kind is not MandateKind.HISTORIC:
        problems.append(Problem(NUMBER, OTHERS))
    if len(row[TEXT]) < 3:
        problems.append(Problem(TEXT, "Nhập nội dung cần khắc phục, ít nhất 03 ký tự."))
    unit = known.units.get(row[UNIT].upper())
    if unit is None:
        told = f"Không có đơn vị mã {row[UNIT]} trong hệ thống." if row[UNIT] else "Nhập mã đơn vị."
        problems.append(Problem(UNIT, told))
    elif unit.id not in known.named[conclusion.id]:
        problems.append(Problem(UNIT, f"Thông báo này không nêu {unit.name}. Kiểm tra lại mã đơn vị."))
    lead = _lead(row, unit, known, problems)
    follower = _follower(row[FOLLOWER], known.followers, problems)
    products = _products(row[PRODUCTS], problems)
    if problems or unit is None or lead is None or follower is None:
        return None
    values = PastTaskValues(
        text=row[TEXT],
        concluded_unit_id=unit.id,
        lead_unit_id=lead.id,
        follower_id=follower,
        deadline_kind=DeadlineKind.CONDITIONAL if due is None and row[REASON] else DeadlineKind.FIXED,
        due_on=due,
        review_on=review,
        no_date_reason=row[REASON],
        products=products,
        so_far=row[SO_FAR],
    )
    return PastTaskRow(row.line, conclusion, lead, values)


def _lead(row: Row, unit: Unit | None, known: _Known, problems: list[Problem]) -> Unit | None:
    if row[LEAD]:
        found = known.units.get(row[LEAD].upper())
        if found is None:
            problems.append(Problem(LEAD, f"Không có đơn vị mã {row[LEAD]} trong hệ thống."))
        return found
    lead = known.leads.get(unit.id) if unit is not None else None
    if unit is not None and lead is None and unit.id in known.leads:
        told = f"{unit.name} đã chấm dứt hoạt động. Nhập mã đơn vị chủ trì hiện nay."
        problems.append(Problem(LEAD, told))
    return lead


def _follower(text: str, followers: Sequence[tuple[int, str, str]], problems: list[Problem]) -> int | None:
    fits = [key for key, name, _post in followers if search_key(name) == search_key(text)]
    if not text and len(followers) == 1:
        return followers[0][0]
    if len(fits) == 1:
        return fits[0]
    offered = "; ".join(name for _key, name, _post in followers[:6]) or "chưa có ai"
    if not text:
        told = f"Nhập họ tên người theo dõi: {offered}."
    elif fits:
        told = f"Có {len(fits)} người theo dõi cùng tên {text}. Nhập trên trang của thông báo để chọn."
    else:
        told = f"{text} không phải người theo dõi của cơ quan. Người theo dõi: {offered}."
    problems.append(Problem(FOLLOWER, told))
    return None


def _products(text: str, problems: list[Problem]) -> tuple[ProductValues, ...]:
    found = []
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        kind, _, words = piece.partition(":")
        product = _PRODUCTS.get(search_key(kind))
        if product is None:
            offered = "; ".join(PRODUCT_LABELS.values())
            told = f"Không có loại sản phẩm “{kind.strip()[:40]}”. Các loại: {offered}."
            problems.append(Problem(PRODUCTS, told))
        else:
            found.append(ProductValues(product, words.strip()))
    return tuple(found)


def _stored(conclusion_ids: Collection[int]) -> set[tuple[int, int, str]]:
    rows = db.session.execute(
        sa.select(Task.conclusion_id, Task.lead_unit_id, Task.text).where(
            Task.conclusion_id.in_(conclusion_ids), Task.state != TaskState.WITHDRAWN
        )
    )
    return {(row[0] or 0, row[1], row[2]) for row in rows}


def _told(item: PastTaskRow) -> str:
    due = item.values.due_on
    return f"{item.lead.name}, {f'thời hạn {format_date(due)}' if due else 'chưa có thời hạn'}"


def write(planned: Plan[PastTaskRow], *, actor: Actor) -> Written:
    """Enter the new tasks in their order; returns lines that could not be (then nothing may stay)."""
    wrong: list[tuple[int, Problem]] = []
    for line in planned.dry_run.lines:
        if line.outcome is not Outcome.NEW:
            continue
        item = planned.rows[line.number]
        try:
            services.add_past_task(item.conclusion, item.values, actor=actor)
        except DomainError as error:
            wrong.append((line.number, Problem(_COLUMN_OF.get(error.field or "", NUMBER), error.message)))
    return Written(tuple(wrong))
