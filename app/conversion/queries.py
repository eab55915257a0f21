"""Reading old tables: their list, the rows by what becomes of them, what is still missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.conversion.layouts import Column
from app.conversion.models import OldRow, OldTable
from app.errors import NotFound
from app.extensions import db
from app.jobs.models import Job, JobState
from app.policy import Actor
from app.remediation import queries as remediation
from app.remediation.models import Task
from app.web.paging import Cursor, Page, slice_page

PAGE = 25
ALIKE = (
    Column.UNIT,
    Column.LEAD,
    Column.FOLLOWER,
    Column.PROGRESS,
    Column.NUMBER,
    Column.NOTICE,
    Column.DATED,
)
"""Columns whose cells say the same in many rows, so that one answer may serve them all."""
SHOWN = {
    "asked": "Cần trả lời", "ready": "Nhập được", "taken": "Đã nhập", "lacking": "Còn thiếu",
    "left": "Không nhập",
}  # fmt: skip
_WAITS = sa.and_(OldRow.task_id.is_(None), OldRow.left_out.is_(False))


@dataclass(frozen=True)
class Counts:
    """How many rows of a table stand where. `gaps`: waiting with questions that may stay open."""

    asked: int
    gaps: int
    ready: int
    taken: int
    lacking: int
    left: int

    @property
    def total(self) -> int:
        """All rows."""
        return self.asked + self.ready + self.taken + self.left


@dataclass(frozen=True)
class Line:
    """A table in the list."""

    id: int
    file: str
    sheet: str
    maker: str
    made_at: datetime
    read: bool
    waiting: int
    taken: int
    left: int


def get_table(actor: Actor, old_table_id: int) -> OldTable:
    """An old table, for the office. Raises NotFound."""
    found = db.session.get(OldTable, old_table_id)
    if found is None or not actor.in_office:
        raise NotFound()
    return found


def get_row(actor: Actor, old_table_id: int, old_row_id: int) -> OldRow:
    """A row of an old table, for the office. Raises NotFound."""
    found = db.session.get(OldRow, old_row_id)
    if found is None or found.table_id != old_table_id or not actor.in_office:
        raise NotFound()
    return found


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def counts_of(table: OldTable) -> Counts:
    """All numbers of a table by one read."""
    lacking = sa.and_(Task.id.is_not(None), remediation.lacking(clock.today()))
    row = db.session.execute(
        sa.select(
            _how_many(sa.and_(_WAITS, OldRow.asks)),
            _how_many(sa.and_(_WAITS, OldRow.asks, ~OldRow.blocked)),
            _how_many(sa.and_(_WAITS, ~OldRow.asks)),
            _how_many(OldRow.task_id.is_not(None)),
            _how_many(lacking),
            _how_many(OldRow.left_out.is_(True)),
        )
        .select_from(OldRow)
        .outerjoin(Task, Task.id == OldRow.task_id)
        .where(OldRow.table_id == table.id)
    ).one()
    return Counts(*(int(value) for value in row))


def list_tables(cursor: Cursor | None = None, *, size: int = PAGE) -> Page[Line]:
    """The old tables, newest first, with what became of their rows: one read. Cursor: (id)."""
    query = sa.select(
        OldTable.id,
        sa.select(_how_many(_WAITS)).where(OldRow.table_id == OldTable.id).scalar_subquery(),
        sa.select(_how_many(OldRow.task_id.is_not(None)))
        .where(OldRow.table_id == OldTable.id)
        .scalar_subquery(),
        sa.select(_how_many(OldRow.left_out.is_(True)))
        .where(OldRow.table_id == OldTable.id)
        .scalar_subquery(),
    )
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        key = int(cursor.values[0] or 0)
        query = query.where(OldTable.id > key if backwards else OldTable.id < key)
    rows = db.session.execute(
        query.order_by(OldTable.id if backwards else OldTable.id.desc()).limit(size + 1)
    ).all()
    tables = {
        table.id: table
        for table in db.session.scalars(
            sa.select(OldTable)
            .where(OldTable.id.in_([row[0] for row in rows]))
            .options(joinedload(OldTable.file), joinedload(OldTable.maker))
        )
    }
    lines = [
        Line(
            table.id, table.file.name, table.sheet, table.maker.name, table.created_at,
            table.read_at is not None, int(waiting), int(taken), int(left),
        )
        for table, waiting, taken, left in ((tables[row[0]], *row[1:]) for row in rows)
    ]  # fmt: skip
    return slice_page(lines, size=size, cursor=cursor, key=lambda line: (line.id,))


def list_rows(table: OldTable, show: str, cursor: Cursor | None = None, *, size: int = PAGE) -> Page[OldRow]:
    """Rows of one kind by line, with their tasks. `show`: a key of `SHOWN`. Cursor: (line)."""
    conditions = {
        "asked": sa.and_(_WAITS, OldRow.asks),
        "ready": sa.and_(_WAITS, ~OldRow.asks),
        "taken": OldRow.task_id.is_not(None),
        "lacking": sa.and_(OldRow.task_id.is_not(None), remediation.lacking(clock.today())),
        "left": OldRow.left_out,
    }
    query = (
        sa.select(OldRow)
        .outerjoin(Task, Task.id == OldRow.task_id)
        .where(OldRow.table_id == table.id, conditions[show])
        .options(joinedload(OldRow.task).joinedload(Task.lead_unit))
    )
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        line = int(cursor.values[0] or 0)
        query = query.where(OldRow.line < line if backwards else OldRow.line > line)
    rows = db.session.scalars(
        query.order_by(OldRow.line.desc() if backwards else OldRow.line).limit(size + 1)
    ).all()
    return slice_page(rows, size=size, cursor=cursor, key=lambda row: (row.line,))


def next_asked(table: OldTable, after: OldRow) -> OldRow | None:
    """The next row that asks something; after the last one the first."""
    return db.session.scalars(
        sa.select(OldRow)
        .where(OldRow.table_id == table.id, _WAITS, OldRow.asks, OldRow.id != after.id)
        .order_by(OldRow.line < after.line, OldRow.line)
        .limit(1)
    ).first()


def waiting_rows(table: OldTable, *, but: OldRow | None = None) -> Sequence[OldRow]:
    """Rows of a table that are neither taken nor left out, by line."""
    query = sa.select(OldRow).where(OldRow.table_id == table.id, _WAITS).order_by(OldRow.line)
    return db.session.scalars(query if but is None else query.where(OldRow.id != but.id)).all()


def ready_ids(table: OldTable, *, with_gaps: bool) -> list[int]:
    """Rows that can come in now, by line. `with_gaps`: those too whose questions may stay open."""
    wanted = ~OldRow.blocked if with_gaps else ~OldRow.asks
    return list(
        db.session.scalars(
            sa.select(OldRow.id).where(OldRow.table_id == table.id, _WAITS, wanted).order_by(OldRow.line)
        )
    )


def rows_by_ids(row_ids: Sequence[int]) -> Sequence[OldRow]:
    """These rows by line, with their table."""
    return db.session.scalars(
        sa.select(OldRow)
        .where(OldRow.id.in_(row_ids))
        .options(joinedload(OldRow.table).joinedload(OldTable.file))
        .order_by(OldRow.line)
    ).all()


def taken_fingerprints(fingerprints: Collection[str]) -> frozenset[str]:
    """Those of them that came in already, from whatever table."""
    found: set[str] = set()
    wanted = sorted(fingerprints)
    for begin in range(0, len(wanted), 1000):
        found.update(
            db.session.scalars(
                sa.select(OldRow.fingerprint).where(
                    OldRow.task_id.is_not(None), OldRow.fingerprint.in_(wanted[begin : begin + 1000])
                )
            )
        )
    return frozenset(found)


def first_lines(table: OldTable, fingerprint: str, row: OldRow) -> dict[str, int]:
    """The earlier waiting line of the table that says the same, if any."""
    if not fingerprint:
        return {}
    line = db.session.scalar(
        sa.select(sa.func.min(OldRow.line)).where(
            OldRow.table_id == table.id, _WAITS, OldRow.fingerprint == fingerprint, OldRow.line < row.line
        )
    )
    return {} if line is None else {fingerprint: line}


def job_of(table: OldTable) -> Job | None:
    """The job that takes its rows in now or waits to; None when none does."""
    return db.session.scalars(
        sa.select(Job).where(
            Job.unique_key == f"bring_over:{table.id}", Job.state.in_((JobState.WAITING, JobState.RUNNING))
        )
    ).first()
