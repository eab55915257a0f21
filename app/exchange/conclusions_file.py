"""The file of conclusions of other bodies and of the office's own past notices: a line for each unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import DomainError
from app.exchange.plan import DryRun, Line, Outcome, Plan, Written
from app.exchange.tables import Problem, Row
from app.form_library import queries as forms
from app.form_library.models import Criterion
from app.form_library.values import Result
from app.policy import Actor
from app.register import entered, entry, typed
from app.register.listing import KNOWN_RESULTS, result_label
from app.register.models import LEVEL_LABELS, Conclusion, Level, MandateKind
from app.units import queries as units
from app.units.models import Unit
from app.vietnamese import count, format_date, search_key

SOURCE, BODY, LEVEL, NUMBER = "Nguồn", "Cơ quan kết luận", "Cấp", "Số và ký hiệu"
DATED, TITLE, UNIT, CONTENT = "Ngày văn bản", "Trích yếu", "Mã đơn vị", "Nội dung (mã tiêu chí)"
FROM, TO, RESULT, EFFECT, NOTE = "Từ ngày", "Đến ngày", "Kết quả", "Hiệu lực", "Ghi chú"
COLUMNS = (SOURCE, BODY, LEVEL, NUMBER, DATED, TITLE, UNIT, CONTENT, FROM, TO, RESULT, EFFECT, NOTE)
SOURCES = {MandateKind.OTHER_BODY: "Cơ quan khác", MandateKind.HISTORIC: "Thông báo cũ của cơ quan"}
APPLIED, RECORDED = "Áp dụng", "Chỉ ghi nhận"
EXAMPLE = (
    (SOURCES[MandateKind.OTHER_BODY], "Thanh tra tỉnh Mẫu", "Cấp tỉnh", "05/KL-TTr", "20/12/2025",
     "Kết luận thanh tra công vụ", "MAU-XA1", "MC-05; MC-06", "01/01/2025", "30/6/2025", "Chưa đạt", "", ""),
    (SOURCES[MandateKind.HISTORIC], "Sở Nội vụ tỉnh Mẫu", "Sở, ngành", "18/TB-SNV", "15/11/2024",
     "Thông báo kết luận kiểm tra cải cách hành chính", "MAU-XA1", "", "01/01/2024", "30/9/2024", "", "",
     "Chưa niêm yết đủ thủ tục hành chính"),
)  # fmt: skip
_KINDS = {search_key(label): kind for kind, label in SOURCES.items()}
_LEVELS = {search_key(label): level for level, label in LEVEL_LABELS.items()}
_RESULTS = {search_key(result_label(item.value)): item.value for item in KNOWN_RESULTS} | {
    "khong dat": Result.NOT_MET.value,
    "": "",
}
_EFFECTS = {search_key(APPLIED): False, search_key(RECORDED): True, "": None}
_COLUMN_OF = {
    "issuer_name": BODY, "number": NUMBER, "issued_on": DATED, "subject": TITLE, "units": UNIT,
    "criteria": CONTENT, "criterion": CONTENT, "starts_on": FROM, "ends_on": TO,
}  # fmt: skip
"""Where a refusal of the register shows in the file."""
Paper = tuple[str, str, date]
Fact = tuple[int, str, date, date, str, str]
"""Unit, criterion key ("" = none), half-open days, result, and for what is not mapped its text."""


@dataclass(frozen=True)
class ConclusionRow:
    """A line that could be read; days are half-open. `record_only` None = as the source has it."""

    line: int
    kind: MandateKind
    body: str
    level: Level
    number: str
    dated: date
    title: str
    said: entry.Said
    record_only: bool | None

    @property
    def paper(self) -> Paper:
        return search_key(self.body), self.number.casefold(), self.dated

    @property
    def facts(self) -> list[Fact]:
        said = self.said
        days = (said.starts_on, said.ends_on, said.result)
        mapped: list[Fact] = [(said.unit.id, criterion.key, *days, "") for criterion in said.criteria]
        return mapped or [(said.unit.id, "", *days, said.text)]


@dataclass(frozen=True)
class _Catalogue:
    """What codes and keys mean."""

    units: dict[str, Unit]
    names: typed.ContentNames

    def contents(self, text: str, problems: list[Problem]) -> tuple[Criterion, ...]:
        found: dict[str, Criterion] = {}
        for key in typed.split_keys(text):
            try:
                found |= {criterion.key: criterion for criterion in self.names.find(key)}
            except DomainError as error:
                problems.append(Problem(CONTENT, error.message))
        return tuple(found.values())


def plan(rows: list[Row]) -> Plan[ConclusionRow]:
    """What these rows would add, compared with the register now. Lines of one paper are one conclusion."""
    catalogue = _Catalogue(
        {unit.code: unit for unit in units.list_all()}, typed.ContentNames(forms.whole_latest_version())
    )
    read: dict[int, ConclusionRow] = {}
    problems: dict[int, list[Problem]] = {row.line: row.problems() for row in rows}
    for row in rows:
        item = None if problems[row.line] else _read(row, catalogue, problems[row.line])
        if item is not None:
            read[row.line] = item
    papers: dict[Paper, list[ConclusionRow]] = defaultdict(list)
    for item in read.values():
        papers[item.paper].append(item)
    stored = _stored(papers)
    known = {}
    for paper, items in papers.items():
        _check_alike(items, problems)
        _check_once(items, problems)
        if (there := stored.get(paper)) is not None:
            known[paper] = there
            _check_stored(items, there, problems)
        elif _records_only(items) is False and not any(item.said.criteria for item in items):
            told = f"Chưa có nội dung nào để áp dụng. Nhập mã tiêu chí, hoặc chọn “{RECORDED}”."
            problems[items[0].line].append(Problem(CONTENT, told))
    lines = []
    for row in rows:
        found, kept = problems[row.line], read.get(row.line)
        outcome, detail = Outcome.ERROR, ""
        if kept is not None and not found:
            outcome = Outcome.SAME if kept.paper in known else Outcome.NEW
            detail = "" if outcome is Outcome.SAME else _told(kept, papers[kept.paper])
        title = ", ".join(filter(None, (row[NUMBER], row[BODY], row[UNIT]))) or "(dòng không có số văn bản)"
        lines.append(Line(row.line, title, outcome, detail, tuple(found)))
    return Plan(DryRun(tuple(lines)), read)


def _read(row: Row, catalogue: _Catalogue, problems: list[Problem]) -> ConclusionRow | None:
    kind, level = _KINDS.get(search_key(row[SOURCE])), _LEVELS.get(search_key(row[LEVEL]))
    if kind is None:
        problems.append(Problem(SOURCE, f"Chọn một trong: {'; '.join(SOURCES.values())}."))
    if level is None:
        problems.append(Problem(LEVEL, f"Chọn một trong: {'; '.join(LEVEL_LABELS.values())}."))
    if len(row[BODY]) < 2:
        problems.append(Problem(BODY, "Nhập tên cơ quan kết luận."))
    if len(row[TITLE]) < 3:
        problems.append(Problem(TITLE, "Nhập trích yếu nội dung."))
    number = ""
    try:
        number = entry.clean_number(row[NUMBER]).group(0)
    except DomainError as error:
        problems.append(Problem(NUMBER, error.message))
    result, record_only = _RESULTS.get(search_key(row[RESULT])), _EFFECTS.get(search_key(row[EFFECT]), "?")
    if result is None:
        named = "; ".join(result_label(item.value) for item in KNOWN_RESULTS)
        problems.append(Problem(RESULT, f"Để trống hoặc chọn một trong: {named}."))
    if record_only == "?":
        problems.append(Problem(EFFECT, f"Để trống hoặc chọn “{APPLIED}”, “{RECORDED}”."))
    unit = catalogue.units.get(row[UNIT].upper())
    if unit is None:
        told = f"Không có đơn vị mã {row[UNIT]} trong hệ thống." if row[UNIT] else "Nhập mã đơn vị."
        problems.append(Problem(UNIT, told))
    criteria = catalogue.contents(row[CONTENT], problems)
    days = _days(row, problems)
    if problems or kind is None or level is None or unit is None or result is None or days is None:
        return None
    dated, *period = days
    said = entry.Said(unit, criteria, period[0], period[1], result, row[NOTE])
    return ConclusionRow(
        row.line, kind, row[BODY], level, number, dated, row[TITLE], said,
        record_only if isinstance(record_only, bool) else None,
    )  # fmt: skip


def _days(row: Row, problems: list[Problem]) -> tuple[date, date, date] | None:
    """Day of the paper, half-open period."""
    before = len(problems)
    dated, first, last = (row.day(column, problems) for column in (DATED, FROM, TO))
    if not row[DATED]:
        problems.append(Problem(DATED, "Nhập ngày văn bản."))
    if len(problems) > before or dated is None:
        return None
    try:
        period = typed.period(first, last)
        entry.check_days(*period, dated)
    except DomainError as error:
        problems.append(Problem(_COLUMN_OF.get(error.field or "", FROM), error.message))
        return None
    return dated, *period


def _check_alike(items: Sequence[ConclusionRow], problems: dict[int, list[Problem]]) -> None:
    """Lines of one paper say the same of the paper itself."""
    first = items[0]
    for item in items[1:]:
        for column, here, there in (
            (SOURCE, SOURCES[item.kind], SOURCES[first.kind]),
            (BODY, item.body, first.body),
            (LEVEL, LEVEL_LABELS[item.level], LEVEL_LABELS[first.level]),
            (TITLE, item.title, first.title),
            (EFFECT, _effect(item.record_only), _effect(first.record_only)),
        ):
            if here != there:
                told = f"Cùng một văn bản nhưng khác dòng {first.line}: {there}. Sửa cho thống nhất."
                problems[item.line].append(Problem(column, told))


def _effect(record_only: bool | None) -> str:
    return "(để trống)" if record_only is None else RECORDED if record_only else APPLIED


def _check_once(items: Sequence[ConclusionRow], problems: dict[int, list[Problem]]) -> None:
    """A unit and a content stand once on a day."""
    seen: dict[tuple[int, str, str], list[ConclusionRow]] = defaultdict(list)
    for item in items:
        for unit_id, key, starts_on, ends_on, result, text in item.facts:
            earlier = seen[(unit_id, key, text)]
            meets = next(
                (row for row in earlier if row.said.starts_on < ends_on and starts_on < row.said.ends_on),
                None,
            )
            earlier.append(item)
            if meets is None or meets is item:
                continue
            what = f"Nội dung {key} của đơn vị này" if key else "Đơn vị này"
            if meets.said.result == result:
                problems[item.line].append(Problem(CONTENT, f"{what} đã có ở dòng {meets.line}."))
            else:
                told = f"{what} có kết quả khác ở dòng {meets.line}: {result_label(meets.said.result)}."
                problems[item.line].append(Problem(RESULT, told))
            break


def _stored(papers: dict[Paper, list[ConclusionRow]]) -> dict[Paper, Conclusion]:
    """The conclusions that stand under these numbers and days already."""
    numbers = {item.number for items in papers.values() for item in items}
    found = entered.list_papers(numbers, {dated for _, _, dated in papers})
    return {(search_key(c.body_name), c.number_and_symbol.casefold(), c.concluded_on): c for c in found}


def _check_stored(
    items: Sequence[ConclusionRow], stored: Conclusion, problems: dict[int, list[Problem]]
) -> None:
    facts = _facts_of(stored)
    named = f"số {stored.number_and_symbol} ngày {format_date(stored.concluded_on)}"
    for item in items:
        for column, here, there in (
            (SOURCE, item.kind, stored.mandate.kind),
            (LEVEL, item.level, stored.level),
            (BODY, item.body, stored.body_name),
            (TITLE, item.title, stored.title),
        ):
            if here != there:
                told = f"Văn bản {named} đã có trong danh mục với nội dung khác ở cột này."
                problems[item.line].append(Problem(column, told))
        if item.record_only is False and stored.record_only:
            told = f"Văn bản {named} đang chỉ ghi nhận. Gắn với nội dung của phiếu tại trang kết luận đó."
            problems[item.line].append(Problem(EFFECT, told))
        if not facts.issuperset(item.facts):
            told = (
                f"Văn bản {named} đã có trong danh mục nhưng không có dòng này. Nếu trước đây ghi nhầm, "
                "hủy ghi nhận rồi nhập lại cả văn bản."
            )
            problems[item.line].append(Problem(CONTENT, told))


def _facts_of(stored: Conclusion) -> set[Fact]:
    """What was typed of it; for one older than its lines, what it covers."""
    lines: set[Fact] = set()
    for line in stored.lines:
        for key in line.criteria.split("; "):
            text = "" if key else line.text
            lines.add((line.unit_id, key, line.starts_on, line.ends_on, line.result, text))
    return lines or {
        (box.unit_id, box.criterion_key, box.starts_on, box.ends_on, box.result, "")
        for box in stored.coverage
    }


def _records_only(items: Sequence[ConclusionRow]) -> bool:
    """What the file says; else past notices, and what nobody has mapped to the form, are only recorded."""
    first = items[0]
    if first.record_only is not None:
        return first.record_only
    return first.kind is MandateKind.HISTORIC or not any(item.said.criteria for item in items)


def _told(item: ConclusionRow, paper: Sequence[ConclusionRow]) -> str:
    what = f"{count(len(item.said.criteria))} nội dung" if item.said.criteria else "chưa gắn nội dung"
    return f"{what}, {(RECORDED if _records_only(paper) else APPLIED).lower()}"


def write(planned: Plan[ConclusionRow], *, actor: Actor) -> Written:
    """Record the new papers in their order; returns lines that could not be (then nothing may stay)."""
    papers: dict[Paper, list[ConclusionRow]] = defaultdict(list)
    for line in planned.dry_run.lines:
        if line.outcome is Outcome.NEW:
            item = planned.rows[line.number]
            papers[item.paper].append(item)
    wrong: list[tuple[int, Problem]] = []
    for items in papers.values():
        first = items[0]
        try:
            written = entry.record(
                entry.Entry(
                    kind=first.kind, body_name=first.body, level=first.level, number_and_symbol=first.number,
                    concluded_on=first.dated, title=first.title, lines=[item.said for item in items],
                    record_only=_records_only(items),
                ),
                actor=actor,
            )  # fmt: skip
            planned.remarks.extend(written.overrun)
        except DomainError as error:
            place = error.line if isinstance(error, entry.LineRefused) else 0
            wrong.append(
                (items[place].line, Problem(_COLUMN_OF.get(error.field or "", NUMBER), error.message))
            )
    return Written(tuple(wrong))
