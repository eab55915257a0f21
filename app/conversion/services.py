"""Keeping an old table, correcting its rows, and taking them in one by one. Nothing here commits.

A row is taken within a savepoint of its own: one that can't be says why and waits, the others go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.conversion import layouts, queries, reading, sheets
from app.conversion.layouts import LABELS, Column
from app.conversion.models import OldRow, OldTable
from app.conversion.reading import Known, Notice, Question
from app.errors import Conflict, DomainError, WrongState, explain_integrity
from app.extensions import db
from app.files import services as files
from app.followup import keeping
from app.jobs import services as jobs
from app.jobs.models import Job
from app.policy import Action, Actor, Role, authorise
from app.register import entered, entry
from app.register import services as register
from app.register.models import Conclusion, Level, MandateKind
from app.remediation import queries as remediation
from app.remediation import services as tasks
from app.units import queries as units
from app.units.models import Unit
from app.vietnamese import format_date, one_line, search_key

KINDS = ("xlsx", "csv")
AT_ONCE = 100
"""Rows that a page takes in by itself; more go to the background."""
TITLE = "Thông báo kết luận kiểm tra (dữ liệu chuyển đổi)"
DATE_KEYS = frozenset(one.value for one in (Column.DATED, Column.DUE, Column.EXTENDED, Column.DONE_ON))
_TAKEN = "Đã được nhập từ một bảng theo dõi cũ trước đây."
_WRITTEN = (
    "table_id", "line", "cells", "fixes", "questions", "blocked", "asks", "left_out", "left_out_reason",
    "fingerprint",
)  # fmt: skip
_COLUMN_OF = {
    "text": Column.TEXT, "due_on": Column.DUE, "done_on": Column.DONE_ON, "number": Column.NUMBER,
    "issued_on": Column.DATED, "units": Column.UNIT, "concluded_unit_id": Column.UNIT,
    "lead_unit_id": Column.LEAD, "reference": Column.RESULT,
}  # fmt: skip
"""Where a refusal of another room shows in the row."""


@dataclass(frozen=True)
class Choice:
    """Which sheet, which line has the headings, what is which column, whose notices, who follows.

    `as_above`: a notice and a unit that are written once hold for the rows below.
    """

    sheet: str
    heading_row: int
    mapping: Mapping[Column, int]
    body_name: str
    level: Level
    follower_id: int
    as_above: bool = True


def bring(name: str, data: bytes, *, actor: Actor) -> OldTable:
    """Keep an uploaded table, with the sheet and the heading row that look most like one."""
    authorise(actor, Action.BRING_OVER_PAST)
    sheets.check_name(name, data)
    stored = files.keep(name, data, actor=actor, kinds=KINDS)
    found = sheets.best(stored.name, data)
    headings = found.headings(found.heading_row)
    office = units.body_of(_unit_of(actor))
    table = OldTable(
        file=stored,
        made_by=actor.person_id,
        sheet=found.tab.name,
        heading_row=found.heading_row,
        columns=list(headings),
        mapping={column.value: place for column, place in layouts.recognise(headings).items()},
        body_name=office.name,
    )
    db.session.add(table)
    db.session.flush()
    audit.record("old_table_brought", table, actor=actor, data={"file": stored.name, "sha256": stored.sha256})
    return table


def _unit_of(actor: Actor) -> Unit:
    return db.session.get_one(Unit, actor.unit_id)


def read_rows(table: OldTable, choice: Choice, *, actor: Actor, version: int | None = None) -> int:
    """Read the rows as chosen, again if nothing was taken yet; returns how many. Raises SheetRefused."""
    authorise(actor, Action.BRING_OVER_PAST)
    check_version(table, version)
    if queries.counts_of(table).taken:
        raise Conflict("Bảng này đã nhập một phần nên không đọc lại từ đầu. Tải tệp lên lần nữa khi cần.")
    for column in (Column.TEXT, Column.UNIT):
        if column not in choice.mapping:
            raise DomainError(f"Chọn cột của “{LABELS[column]}”.", field=column.value)
    if Column.NOTICE not in choice.mapping and Column.NUMBER not in choice.mapping:
        raise DomainError("Chọn cột có số thông báo.", field=Column.NUMBER.value)
    places = list(choice.mapping.values())
    if len(set(places)) < len(places):
        twice = next(column for column in choice.mapping if places.count(choice.mapping[column]) > 1)
        raise DomainError("Một cột của bảng chỉ dùng cho một thông tin.", field=twice.value)
    body = one_line(choice.body_name)
    if len(body) < 2:
        raise DomainError("Nhập tên cơ quan ra thông báo.", field="body_name")
    if choice.follower_id not in {key for key, _, _ in remediation.list_holders(Role.FOLLOWER)}:
        raise DomainError("Chọn người theo dõi của cơ quan.", field="follower_id")
    grid = sheets.grid(table.file.name, files.read(table.file), choice.sheet)
    table.columns = list(grid.headings(choice.heading_row))
    data = grid.data(choice.heading_row)
    if choice.as_above:
        data = layouts.filled_down(data, choice.mapping)
    table.sheet, table.heading_row = grid.tab.name, choice.heading_row
    table.mapping = {column.value: place for column, place in choice.mapping.items()}
    table.body_name, table.level, table.follower_id = body, int(choice.level), choice.follower_id
    table.read_at, table.updated_at = clock.now(), clock.now()
    db.session.execute(sa.delete(OldRow).where(OldRow.table_id == table.id))
    db.session.flush()
    rows = [
        OldRow(table_id=table.id, line=line, cells=list(cells), fixes={}, left_out=False, left_out_reason="")
        for line, cells in data
    ]
    for row in rows:
        if sum(map(bool, row.cells)) == 1:
            row.left_out, row.left_out_reason = True, "Dòng tiêu đề nhóm, chỉ có một ô"
    ask_again(table, rows)
    db.session.execute(sa.insert(OldRow), [{name: getattr(row, name) for name in _WRITTEN} for row in rows])
    audit.record("old_table_read", table, actor=actor, data={"rows": len(rows)})
    return len(rows)


def ask_again(table: OldTable, rows: Sequence[OldRow], known: Known | None = None) -> None:
    """Read these rows as they are now; what came in before is left out, twice in one table is asked."""
    known = known or Known.load()
    found = {id(row): reading.read(table, row, known) for row in rows}
    taken = queries.taken_fingerprints({one.fingerprint for one in found.values() if one.fingerprint})
    first: dict[str, int] = (
        {} if len(rows) > 1 else queries.first_lines(table, found[id(rows[0])].fingerprint, rows[0])
    )
    for row in rows:
        read = found[id(row)]
        questions = list(read.questions)
        row.fingerprint = read.fingerprint
        if read.fingerprint in taken and not row.left_out:
            row.left_out, row.left_out_reason = True, _TAKEN
        elif read.fingerprint and not row.left_out:
            if read.fingerprint in first:
                told = f"Trùng dòng {first[read.fingerprint]}: cùng thông báo, đơn vị, nội dung."
                questions.append(Question(Column.TEXT, told))
            else:
                first[read.fingerprint] = row.line
        _keep(row, questions)


def _keep(row: OldRow, questions: Sequence[Question]) -> None:
    row.questions = [question.as_json() for question in questions]
    row.blocked = any(question.blocking for question in questions)
    row.asks = bool(questions)


def correct(
    row: OldRow, typed: Mapping[Column, str], *, actor: Actor, version: int | None = None, alike: bool = False
) -> int:
    """Put these texts in the place of the cells. `alike`: and in every waiting row whose cell said the same.

    Returns how many rows were read again. Raises Conflict once the row is taken.
    """
    authorise(actor, Action.BRING_OVER_PAST)
    check_version(row, version)
    _ask_waiting(row)
    table = row.table
    before = {column: reading.text_of(table, row, column) for column in Column}
    changed = {column: text for column, text in typed.items() if text != before[column]}
    row.fixes = reading.fixes_of({**{c: before[c] for c in Column}, **typed}, table, row)
    row.updated_at = clock.now()
    touched = [row]
    if alike:
        for other in queries.waiting_rows(table, but=row):
            same = {
                column.value: text or reading.EMPTY
                for column, text in changed.items()
                if before[column] and column in queries.ALIKE
                and search_key(reading.text_of(table, other, column)) == search_key(before[column])
            }  # fmt: skip
            if same:
                other.fixes = {**other.fixes, **same}
                touched.append(other)
    known = Known.load()
    for one in touched:
        ask_again(table, [one], known)
    db.session.flush()
    audit.record("old_row_corrected", table, actor=actor, data={"line": row.line, "rows": len(touched)})
    return len(touched)


def accept_single(table: OldTable, *, actor: Actor) -> int:
    """Take the proposed date wherever there is one only; in how many rows. WrongState when in none."""
    authorise(actor, Action.BRING_OVER_PAST)
    known, found = Known.load(), 0
    for row in queries.waiting_rows(table):
        fixes = {
            str(one["column"]): one["proposals"][0][0]
            for one in row.questions
            if one["column"] in DATE_KEYS and len(one["proposals"]) == 1
        }
        if fixes:
            row.fixes = {**row.fixes, **fixes}
            ask_again(table, [row], known)
            found += 1
    if not found:
        raise WrongState("Không còn dòng nào có một ngày đề xuất để nhận.")
    db.session.flush()
    audit.record("old_row_corrected", table, actor=actor, data={"line": "", "rows": found})
    return found


def leave_out(row: OldRow, *, actor: Actor, version: int | None = None) -> None:
    """Không nhập dòng này. Raises Conflict once it is taken."""
    authorise(actor, Action.BRING_OVER_PAST)
    check_version(row, version)
    _ask_waiting(row)
    row.left_out, row.left_out_reason = True, f"{actor.name} không nhập, ngày {format_date(clock.today())}"
    db.session.flush()
    audit.record("old_row_left_out", row.table, actor=actor, data={"line": row.line})


def restore(row: OldRow, *, actor: Actor, version: int | None = None) -> None:
    """Look at a row again that was left out; one that came in before is left out again at once."""
    authorise(actor, Action.BRING_OVER_PAST)
    check_version(row, version)
    if row.task_id is not None or not row.left_out:
        raise Conflict("Dòng này không thuộc nhóm không nhập. Tải lại trang để xem.")
    row.left_out, row.left_out_reason = False, ""
    ask_again(row.table, [row])
    db.session.flush()
    audit.record("old_row_restored", row.table, actor=actor, data={"line": row.line})


def _waits(row: OldRow) -> bool:
    return row.task_id is None and not row.left_out


def _ask_waiting(row: OldRow) -> None:
    if row.task_id is not None:
        raise Conflict("Dòng này đã được nhập; bổ sung tại trang của nội dung khắc phục.")
    if row.left_out:
        raise Conflict("Dòng này đang ở nhóm không nhập. Xem lại dòng trước khi sửa.")


def take(row: OldRow, known: Known, *, actor: Actor) -> bool:
    """Take one row in, or keep why not; whether it came in. Safe to do twice."""
    register.lock()  # two people, or a page and the background, take no row twice
    db.session.refresh(row, ["task_id", "left_out", "fixes", "version"])
    if not _waits(row):
        return False
    table = row.table
    ask_again(table, [row], known)
    read = reading.read(table, row, known)
    if row.blocked or not _waits(row) or read.values is None:
        db.session.flush()
        return False
    assert read.notice is not None and read.unit is not None
    try:
        with db.session.begin_nested():
            conclusion = _conclusion(table, read.notice, read.unit, actor)
            task = tasks.add_past_task(conclusion, read.values, actor=actor)
            row.task_id, row.updated_at = task.id, clock.now()
            db.session.flush()
    except IntegrityError as error:
        broken = explain_integrity(error)
        if broken is None:
            raise
        _refused(row, read.questions, broken)
    except DomainError as error:
        _refused(row, read.questions, error)
    db.session.flush()
    return row.task_id is not None


def _refused(row: OldRow, questions: Sequence[Question], error: DomainError) -> None:
    db.session.refresh(row)
    column = _COLUMN_OF.get(error.field or "", Column.TEXT)
    _keep(row, [*questions, Question(column, error.message)])


def _conclusion(table: OldTable, notice: Notice, unit: Unit, actor: Actor) -> Conclusion:
    """The past notice, found by body, number and day, or recorded; it names the unit afterwards."""
    found = next(
        (
            one
            for one in entered.list_papers({notice.number}, {notice.concluded_on})
            if search_key(one.body_name) == search_key(table.body_name)
        ),
        None,
    )
    # The table does not say which days a notice looked at: the day of the notice stands for them.
    said = entry.Said(unit, (), notice.concluded_on, notice.concluded_on + timedelta(days=1))
    if found is None:
        made = entry.record(
            entry.Entry(
                kind=MandateKind.HISTORIC, body_name=table.body_name, level=Level(table.level),
                number_and_symbol=notice.number, concluded_on=notice.concluded_on, title=TITLE, lines=[said],
                record_only=True, note=f"Dữ liệu chuyển đổi từ tệp {table.file.name}",
            ),
            actor=actor,
        )  # fmt: skip
        return made.conclusion
    if not remediation.speaks_of(found.id, unit.id):
        register.lock()
        entry.name_unit(found, said, actor=actor)
    return found


def take_ready(table: OldTable, *, actor: Actor, with_gaps: bool = False) -> Job | int:
    """Take in what asks nothing (`with_gaps`: nothing that must be answered): how many, or a job."""
    authorise(actor, Action.BRING_OVER_PAST)
    ready = queries.ready_ids(table, with_gaps=with_gaps)
    if not ready:
        raise WrongState("Không có dòng nào nhập được ngay. Trả lời các câu hỏi trước.")
    if len(ready) > AT_ONCE:
        return jobs.enqueue(
            "bring_over",
            {"table_id": table.id, "person_id": actor.person_id, "with_gaps": with_gaps},
            actor=actor,
            unique_key=f"bring_over:{table.id}",
        )
    taken = take_some(ready, Known.load(), actor=actor)
    keeping.fold()  # each row left some changes of the kept counts, which the next page would add up
    return taken


def take_some(row_ids: Sequence[int], known: Known, *, actor: Actor) -> int:
    """Take these rows in, in the order of their lines; how many came in."""
    return sum(take(row, known, actor=actor) for row in queries.rows_by_ids(row_ids))
