"""A block copied from Excel becomes edits of lines: read, tried line by line, written line by line.

Every line goes the way of the quick edit: the same services, rights, rules and versions. A line that is
refused stays as it was and keeps what was typed; the others are written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.errors import DomainError
from app.extensions import db
from app.followup.columns import COLUMNS, shown
from app.followup.queries import Line
from app.policy import Actor
from app.remediation import queries as remediation
from app.remediation import services
from app.remediation.services.following import MAY_FOLLOW
from app.remediation.services.guards import reread
from app.remediation.values import LINE_STEP_LABELS, LineValues
from app.vietnamese import count, format_date, parse_date, search_key

MOST = 200
CELLS: dict[str, str] = {
    "code": "Mã",
    "step": "Tiến độ",
    "progress_text": "Kết quả thực hiện",
    "document_reference": "Số, ký hiệu văn bản",
    "document_on": "Ngày văn bản",
    "note": "Ghi chú",
    "urged_reference": "Văn bản đôn đốc",
    "urged_on": "Ngày đôn đốc",
    "follower_id": "Người theo dõi",
    "review_on": "Ngày rà soát tiếp",
    "reason": "Lý do",
}
"""Cells that may be pasted, in the order in which a block without headings is read."""
_SHEET_RESULT = next(column for column in COLUMNS if column.label.startswith("Kết quả thực hiện"))
_LONGEST = {"progress_text": 2000, "note": 1000, "reason": 500}
_HEADS = {search_key(label): cell for cell, label in CELLS.items()} | {
    search_key(_SHEET_RESULT.label): "sheet_result"  # of our own xlsx: number and day stand in the same cell
}
_STEPS = {search_key(label): step for step, label in LINE_STEP_LABELS.items()}
_OF_SERVICE = {
    "text": "progress_text", "cause": "progress_text", "reference": "document_reference"
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of the block: its place, the code it speaks of, cells as typed by name, and all as it was."""

    number: int
    code: str
    cells: Mapping[str, str]
    typed: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """What was pasted. `heads`: of its columns, the code among them; `unread`: those that are no cell."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    unread: tuple[str, ...] = ()

    def text(self, numbers: frozenset[int] | None = None) -> str:
        """The block again, each line with its code, whole or the named lines alone."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(self.heads)
        writer.writerows(row.typed for row in self.rows if numbers is None or row.number in numbers)
        return out.getvalue()


@dataclass(frozen=True)
class Told:
    """What becomes of one line: changes in words, or (heading, reason) of what is wrong."""

    number: int
    code: str
    unit: str = ""
    text: str = ""
    tick: str = ""
    changes: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def outcome(self) -> str:
        """“error”, “changed” or “same”."""
        return "error" if self.problems else "changed" if self.changes else "same"


@dataclass
class _Reading:
    """One row being read against its line."""

    line: Line
    followers: Mapping[str, Sequence[tuple[int, str]]]
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def read(text: str, codes: Sequence[str] | None = None) -> Block:
    """The block of a text with tabs. `codes`: of the lines it was pasted beside, where it names none itself.

    Raises DomainError (nothing in it, too many lines, a line beyond the end of the table).
    """
    quote = None if text.count('"') % 2 else '"'  # a lone mark is an inch, no quotation
    try:
        lines = list(
            csv.reader(
                io.StringIO(text, newline=""), delimiter="\t", quotechar=quote,
                quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            )
        )  # fmt: skip
    except csv.Error:
        raise DomainError("Không đọc được nội dung dán. Sao chép lại từ Excel.", field="text") from None
    lines = [[cell.strip() for cell in line] for line in lines]
    while lines and not any(lines[-1]):
        lines.pop()
    heads = lines.pop(0) if lines and _is_heading(lines[0]) else None
    if not any(any(line) for line in lines):
        raise DomainError("Chưa có dòng nào để ghi.", field="text")
    if len(lines) > MOST:
        raise DomainError(
            f"Mỗi lần dán tối đa {count(MOST)} dòng; đang có {count(len(lines))} dòng.", field="text"
        )
    if heads is None:
        heads = list(CELLS.values())[0 if codes is None else 1 :]
    cells = [_HEADS.get(search_key(head), "") for head in heads]
    if "code" not in cells:
        heads, cells = [CELLS["code"], *heads], ["code", *cells]
        lines = [[code, *line] for code, line in zip(_beside(lines, codes), lines, strict=True)]
    rows = []
    for number, line in enumerate(lines, start=1):
        named = {cell: value for cell, value in zip(cells, line, strict=False) if cell and value}
        if any(value for cell, value in named.items() if cell != "code"):
            rows.append(Row(number, named.pop("code", ""), named, tuple(line)))
    if not rows:
        raise DomainError("Chưa có ô nào để ghi.", field="text")
    unread = [head for head, cell in zip(heads, cells, strict=True) if head and not cell]
    return Block(tuple(heads), tuple(rows), tuple(unread))


def _is_heading(line: Sequence[str]) -> bool:
    """At least two known headings, or the one that names the code."""
    known = [_HEADS[key] for cell in line if (key := search_key(cell)) in _HEADS]
    return len(known) > 1 or "code" in known


def _beside(lines: Sequence[Sequence[str]], codes: Sequence[str] | None) -> Sequence[str]:
    if codes is None:
        raise DomainError("Không có cột Mã. Thêm cột Mã, hoặc dán từ một dòng của bảng.", field="text")
    if len(lines) > len(codes):
        raise DomainError(
            f"Từ dòng đã chọn đến hết bảng có {count(len(codes))} dòng; nội dung dán có "
            f"{count(len(lines))} dòng.",
            field="text",
        )
    return codes[: len(lines)]


def preview(block: Block, lines: Mapping[str, Line], *, actor: Actor) -> list[Told]:
    """What each line would change. Every line is tried and taken back."""
    trial = db.session.begin_nested()
    try:
        return [told for told, _done in _each(block, lines, None, actor)]
    finally:
        trial.rollback()


def apply(
    block: Block, lines: Mapping[str, Line], versions: Mapping[int, int | None], *, actor: Actor
) -> tuple[list[str], list[Told]]:
    """Write line by line: codes of those that were written, and what is left of the others.

    `versions`: by task, as they stood in the preview; a line that moved since is refused.
    """
    outcome = list(_each(block, lines, versions, actor))
    return [told.code for told, done in outcome if done], [told for told, _done in outcome if told.problems]


def _each(
    block: Block, lines: Mapping[str, Line], versions: Mapping[int, int | None] | None, actor: Actor
) -> list[tuple[Told, bool]]:
    followers: dict[str, list[tuple[int, str]]] = {}
    for key, name, _post in remediation.list_holders(*MAY_FOLLOW):
        followers.setdefault(search_key(name), []).append((key, name))
    known = [lines[row.code].id for row in block.rows if row.code in lines]
    tasks = {task.id: task for task in remediation.list_by_ids(actor, list(dict.fromkeys(known)))}
    reread(list(tasks.values()))
    first: dict[str, int] = {}
    outcome = []
    for row in block.rows:
        line = lines.get(row.code)
        if line is None:
            reason = f"Không có nội dung mã {row.code} trong bảng." if row.code else "Chưa ghi mã."
            outcome.append((Told(row.number, row.code, problems=((CELLS["code"], reason),)), False))
            continue
        found = _Reading(line, followers)
        if row.code in first:
            found.problems.append((CELLS["code"], f"Mã này đã có ở dòng {count(first[row.code])}."))
        first.setdefault(row.code, row.number)
        for cell, typed in row.cells.items():
            _take(found, cell, typed)
        done = False
        if found.changes and not found.problems:
            task = tasks[line.id]
            if versions is not None and line.id not in versions:
                found.problems.append((CELLS["code"], "Dòng này chưa được xem trước. Xem trước lại."))
            else:
                version = line.version if versions is None else versions[line.id]
                try:
                    with db.session.begin_nested():
                        services.edit_line(
                            task, LineValues(**found.values), actor=actor, version=version or -1
                        )
                    done = True
                except DomainError as error:
                    found.problems.append((_heading(error.field), error.message))
        told = Told(
            row.number, row.code, line.lead, line.text, f"{line.id}:{line.version}",
            tuple(found.changes), tuple(found.problems),
        )  # fmt: skip
        outcome.append((told, done))
    return outcome


def _heading(name: str | None) -> str:
    """The heading of what a service refused; of the whole line its code."""
    return CELLS.get(_OF_SERVICE.get(name or "", name or ""), CELLS["code"])


def _take(found: _Reading, cell: str, typed: str) -> None:
    line, label = found.line, CELLS.get(cell, _SHEET_RESULT.label)
    if len(typed) > _LONGEST.get(cell, 2000 if cell == "sheet_result" else 200):
        found.problems.append((label, "Nội dung quá dài."))
    elif cell.endswith("_on"):
        _take_day(found, cell, typed)
    elif cell == "step":
        _take_step(found, typed)
    elif cell == "follower_id":
        _take_follower(found, typed)
    elif cell == "sheet_result":
        if typed != shown(_SHEET_RESULT, line, 0):
            _change(found, "progress_text", typed, typed)
    elif cell != "note" or typed != line.note:
        before = line.note if cell == "note" else ""
        _change(found, cell, typed, f"{before} → {typed}" if before else typed)


def _change(found: _Reading, cell: str, value: object, told: str) -> None:
    found.values[cell] = value
    found.changes.append(f"{CELLS[cell]}: {told}")


def _take_day(found: _Reading, cell: str, typed: str) -> None:
    try:
        day: date = parse_date(typed)
    except ValueError as error:
        found.problems.append((CELLS[cell], str(error)))
        return
    before = found.line.review_on if cell == "review_on" else None
    if day != before:
        told = format_date(day)
        _change(found, cell, day, f"{format_date(before)} → {told}" if before else told)


def _take_step(found: _Reading, typed: str) -> None:
    step = _STEPS.get(search_key(typed))
    if step is not None:
        _change(found, "step", step, LINE_STEP_LABELS[step])
    elif search_key(typed) != search_key(found.line.progress.label):  # of our own sheet, left as it was
        asked = ", ".join(f"“{label}”" for label in LINE_STEP_LABELS.values())
        found.problems.append((CELLS["step"], f"Chỉ ghi {asked}; tiến độ khác do hệ thống tính."))


def _take_follower(found: _Reading, typed: str) -> None:
    if search_key(typed) == search_key(found.line.follower):
        return
    people = found.followers.get(search_key(typed), [])
    if len(people) == 1:
        [(key, name)] = people
        _change(found, "follower_id", key, f"{found.line.follower} → {name}")
    else:
        several = "Có nhiều đồng chí cùng tên; giao lại ở trang của nội dung."
        reason = several if people else f"Không có đồng chí {typed} trong danh sách người theo dõi."
        found.problems.append((CELLS["follower_id"], reason))
