"""The file of units: columns, how a line is read, what it would change, and writing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.errors import DomainError
from app.exchange.plan import DryRun, Line, Outcome, Plan, Written, noted
from app.exchange.tables import Problem, Row
from app.policy import Actor
from app.units import queries, services
from app.units.models import BEGINNING, RELATION_LABELS, UNIT_TYPE_LABELS, Relation, Unit, UnitType
from app.vietnamese import format_date, search_key

CODE, NAME, TYPE, PARENT = "Mã", "Tên", "Loại", "Mã cấp trên"
RELATION, FROM, TO, BASIS = "Quan hệ", "Từ ngày", "Đến ngày", "Căn cứ"
COLUMNS = (CODE, NAME, TYPE, PARENT, RELATION, FROM, TO, BASIS)
EXAMPLE = (
    ("MAU", "UBND tỉnh Mẫu", "UBND tỉnh, thành phố", "", "Trực thuộc", "", "", ""),
    ("MAU-SNV", "Sở Nội vụ tỉnh Mẫu", "Sở, ban, ngành", "MAU", "Trực thuộc", "", "", ""),
    ("MAU-XA1", "UBND xã Thí Dụ", "UBND xã", "MAU", "Trực thuộc", "01/7/2025", "", "Nghị quyết số …"),
)
_TYPES = {search_key(label): kind for kind, label in UNIT_TYPE_LABELS.items()} | {
    k.value: k for k in UnitType
}
_RELATIONS = {
    **{search_key(label): kind for kind, label in RELATION_LABELS.items()},
    **{kind.value: kind for kind in Relation},
    "bo phan": Relation.PART_OF,
    "": Relation.UNDER,
}


_Content = tuple[str, UnitType, str, Relation]
"""Name, type, code of the unit above, relation to it."""


@dataclass(frozen=True)
class UnitRow:
    """A line that could be read; `from_on` None = since ever, or “as it is now”."""

    line: int
    code: str
    name: str
    type: UnitType
    parent: str
    relation: Relation
    from_on: date | None
    valid_to: date | None
    basis: str

    @property
    def first_day(self) -> date:
        return self.from_on or BEGINNING


def plan(rows: list[Row]) -> Plan[UnitRow]:
    """What these rows would change, compared with the database now."""
    known = {unit.code: unit for unit in queries.list_all()}
    read: dict[int, UnitRow] = {}
    problems: dict[int, list[Problem]] = {}
    for row in rows:
        problems[row.line] = row.problems()
        if not problems[row.line] and (made := _read(row, problems[row.line])) is not None:
            read[row.line] = made
    in_file: dict[str, UnitRow] = {}
    for line, seen in read.items():
        first = in_file.setdefault(seen.code, seen)
        if first is not seen:
            told = f"Mã {seen.code} đã có ở dòng {first.line}. Mỗi đơn vị một dòng."
            problems[line].append(Problem(CODE, told))
    lines = []
    for row in rows:
        found = problems[row.line]
        item = read.get(row.line)
        outcome, detail = Outcome.ERROR, ""
        if item is not None and not found:
            _check_parent(item, in_file, known, found)
            outcome, detail = _compare(item, known.get(item.code), known, found)
        title = " – ".join(filter(None, (row[CODE], row[NAME]))) or "(dòng không có mã)"
        lines.append(Line(row.line, title, Outcome.ERROR if found else outcome, detail, tuple(found)))
    return Plan(DryRun(tuple(lines)), read)


def _read(row: Row, problems: list[Problem]) -> UnitRow | None:
    code = row[CODE].upper()
    if not 2 <= len(code) <= 40 or not all(char.isalnum() or char in "-._" for char in code):
        problems.append(Problem(CODE, "Mã gồm 02 đến 40 chữ, số, dấu gạch ngang, dấu chấm."))
    if not 2 <= len(row[NAME]) <= 200:
        problems.append(Problem(NAME, "Tên đơn vị có từ 02 đến 200 ký tự."))
    kind = _TYPES.get(search_key(row[TYPE])) or _TYPES.get(row[TYPE].lower())
    if kind is None:
        problems.append(Problem(TYPE, f"Chọn một trong các loại: {', '.join(UNIT_TYPE_LABELS.values())}."))
    relation = _RELATIONS.get(search_key(row[RELATION])) or _RELATIONS.get(row[RELATION].lower())
    if relation is None:
        problems.append(Problem(RELATION, f"Nhập “{RELATION_LABELS[Relation.UNDER]}” hoặc “Là bộ phận của”."))
    from_on, to_on = row.day(FROM, problems), row.day(TO, problems)
    if to_on is not None and to_on < (from_on or BEGINNING):
        problems.append(Problem(TO, "Đến ngày không được trước Từ ngày."))
    if problems or kind is None or relation is None:
        return None
    return UnitRow(
        line=row.line, code=code, name=row[NAME], type=kind, parent=row[PARENT].upper(), relation=relation,
        from_on=from_on, valid_to=to_on + timedelta(days=1) if to_on else None, basis=row[BASIS],
    )  # fmt: skip


def _check_parent(
    item: UnitRow, in_file: dict[str, UnitRow], known: dict[str, Unit], problems: list[Problem]
) -> None:
    if not item.parent:
        return
    if item.parent not in in_file and item.parent not in known:
        problems.append(Problem(PARENT, f"Không có đơn vị mã {item.parent} trong hệ thống hoặc trong tệp."))
        return
    seen, step = {item.code}, item.parent
    while step:
        if step in seen:
            problems.append(
                Problem(PARENT, f"Đơn vị cấp trên {item.parent} lại trực thuộc chính đơn vị này.")
            )
            return
        seen.add(step)
        if step in in_file:
            step = in_file[step].parent
        else:
            above = known[step].current.parent
            step = above.code if above else ""
    day = item.first_day
    above_row = in_file.get(item.parent)
    if item.parent in known:
        alive = known[item.parent].exists_on(day)
    else:
        assert above_row is not None
        alive = above_row.first_day <= day and (above_row.valid_to is None or day < above_row.valid_to)
    if not alive:
        told = f"Đơn vị {item.parent} không hoạt động vào ngày {format_date(day)}."
        problems.append(Problem(PARENT, told))


def _compare(
    item: UnitRow, unit: Unit | None, known: dict[str, Unit], problems: list[Problem]
) -> tuple[Outcome, str]:
    if problems:
        return Outcome.ERROR, ""
    if unit is None:
        return Outcome.NEW, f"từ ngày {format_date(item.from_on)}" if item.from_on else ""
    version = unit.version_on(item.from_on) if item.from_on else unit.current
    codes = {other.id: other.code for other in known.values()}
    before = (version.name, version.type, codes.get(version.parent_id or 0, ""), version.relation)
    changes = []
    if before != (item.name, item.type, item.parent, item.relation):
        if item.from_on is None:
            problems.append(
                Problem(FROM, f"Đơn vị đã có, nội dung khác ({version.name}). Nhập ngày thay đổi.")
            )
        elif item.from_on <= unit.valid_from or any(v.from_on == item.from_on for v in unit.versions):
            problems.append(
                Problem(FROM, f"Đã ghi nội dung khác từ ngày này ({version.name}). Chọn ngày khác.")
            )
        elif not unit.exists_on(item.from_on):
            problems.append(Problem(FROM, "Đơn vị đã chấm dứt hoạt động trước ngày này."))
        else:
            told = _told(before, (item.name, item.type, item.parent, item.relation))
            changes.append(f"từ ngày {format_date(item.from_on)}: {told}")
    if item.valid_to is not None and item.valid_to != unit.valid_to:
        if unit.valid_to is None:
            changes.append(f"chấm dứt hoạt động từ ngày {format_date(item.valid_to)}")
        else:
            problems.append(Problem(TO, f"Đã ghi chấm dứt hoạt động từ ngày {format_date(unit.valid_to)}."))
    return (Outcome.CHANGED, "; ".join(changes)) if changes else (Outcome.SAME, "")


def _told(before: _Content, after: _Content) -> str:
    """Each field that changes, old → new."""
    words = [
        (NAME, before[0], after[0]),
        (TYPE, UNIT_TYPE_LABELS[before[1]], UNIT_TYPE_LABELS[after[1]]),
        (PARENT, before[2] or "không có", after[2] or "không có"),
        (RELATION, RELATION_LABELS[before[3]], RELATION_LABELS[after[3]]),
    ]
    return ", ".join(f"{label.lower()} {old} → {new}" for label, old, new in words if old != new)


def write(planned: Plan[UnitRow], *, actor: Actor) -> Written:
    """Write the new and changed lines; returns those that could not be (then nothing may stay)."""
    known = {unit.code: unit for unit in queries.list_all()}
    wrong: list[tuple[int, Problem]] = []
    todo = [line.number for line in planned.dry_run.lines if line.outcome is Outcome.NEW]
    waiting = [planned.rows[number] for number in todo]
    while waiting:
        ready = [item for item in waiting if not item.parent or item.parent in known]
        try:
            made = services.create_units(
                [services.NewUnit(item.code, _data(item, known), item.valid_to) for item in ready],
                actor=actor,
            )
        except DomainError as error:
            return Written(((ready[0].line, Problem(CODE, error.message)),))
        known |= {unit.code: unit for unit in made}
        done = {item.code for item in ready}
        waiting = [item for item in waiting if item.code not in done]
    changed = [planned.rows[line.number] for line in planned.dry_run.lines if line.outcome is Outcome.CHANGED]
    for item in changed:
        unit = known[item.code]
        version = unit.version_on(item.first_day) if item.from_on else unit.current
        if (version.name, version.type, version.relation) == (item.name, item.type, item.relation) and (
            version.parent_id == (known[item.parent].id if item.parent else None)
        ):
            continue
        try:
            services.add_version(unit, _data(item, known), actor=actor)
        except DomainError as error:
            wrong.append((item.line, Problem(FROM, error.message)))
    ends = [item for item in changed if item.valid_to is not None and known[item.code].valid_to is None]
    notes: list[tuple[int, str]] = []
    # those at the bottom first, so that a district may end together with its communes
    for item in sorted(ends, key=lambda row: -_depth(known[row.code])):
        assert item.valid_to is not None
        try:
            recuts = services.end_unit(known[item.code], item.valid_to, legal_basis=item.basis, actor=actor)
            notes += noted(item.line, recuts)
        except DomainError as error:
            wrong.append((item.line, Problem(TO, error.message)))
    return Written(tuple(wrong), tuple(notes))


def _data(item: UnitRow, known: dict[str, Unit]) -> services.VersionData:
    return services.VersionData(
        name=item.name,
        type=item.type,
        from_on=item.first_day,
        parent=known[item.parent] if item.parent else None,
        relation=item.relation,
        legal_basis=item.basis,
    )


def _depth(unit: Unit) -> int:
    return len(queries.ids_above(unit, unit.current.from_on))
