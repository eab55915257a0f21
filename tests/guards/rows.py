"""A lawful row of any table with as little said as possible: parents, dates and texts are filled in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from app.db import Base, UtcInstant
from app.extensions import db

_numbers: Iterator[int] = count(10_000)
DAY = date(2025, 1, 1)
INSTANT = datetime(2025, 1, 1, 3, 0, tzinfo=UTC)
LATER = {"ends_on", "review_to", "new_due_on", "part_to"}
WHOLE = {
    "level": 20,
    "days": 5,
    "term_days": 30,
    "year": 2026,
    "part_from": 0,
    "part_to": 10,
    "copies": 2,
    "size": 10,
}
BY_TABLE: dict[str, dict[str, Any]] = {
    "chain_head": {"id": 1, "seq": 1},
    "message_cursor": {"id": 1, "seq": 1},
    "correction_line": {"corrected": "2026"},
    "number": {"year": DAY.year},
    "notice_publication": {"published_on": DAY, "place": "Cổng thông tin điện tử"},
    "step_date": {"event_on": DAY, "due_on": date(2025, 1, 15)},
    "task": {"due_on": DAY},
    "task_proof": {"told": "x"},
    "team_member": {"role": "member"},
    "unit": {"valid_from": date(1990, 1, 1)},
}
"""What a lawful row of a table needs beyond its types."""
PARENTS: dict[tuple[str, str], dict[str, Any]] = {
    ("answerable", "finding_id"): {"state": "concluded", "in_minutes": True},
    ("referral", "finding_id"): {"state": "passed_on", "passed_to": "Thanh tra tỉnh"},
}
"""What a lawful row asks of the row it points to."""
OF_A_CASE = {
    "task": ("inspection_id", "inspected_unit_id"),
    "delivery_removal": ("recorded_by",),
    "message": ("task_id",),
    "signer": ("person_id",),
    "handing_sheet": ("to_unit_id",),
    "step_date": ("document_id",),
    "unit_proposal": ("inspected_unit_id",),
}
"""Columns that may be empty and are not in the row as it is mostly."""
FULL = {"chain_head": ("chain_head",)}
"""Tables whose every possible row is there already, with what is emptied before one is made."""
KEPT = ("rule_profile",)
"""Tables whose every possible row is there and stays, because what never changes rests on it: one of them."""


def row(table_name: str, **said: Any) -> dict[str, Any]:
    """Insert a row with these values and everything else it needs; the row as the database has it."""
    table = Base.metadata.tables[table_name]
    if not said:
        if table_name in KEPT:
            return dict(db.session.execute(sa.select(table).limit(1)).mappings().one())
        for full in FULL.get(table_name, ()):
            db.session.execute(sa.delete(Base.metadata.tables[full]))
    values = {**BY_TABLE.get(table_name, {}), **said}
    for name in OF_A_CASE.get(table_name, ()):
        if name not in values:
            values[name] = value_for(table.columns[name])
    for column in table.columns:
        if column.name not in values and needs_value(column):
            values[column.name] = value_for(column)
    made = db.session.execute(sa.insert(table).values(values)).inserted_primary_key
    assert made is not None
    same = [column == value for column, value in zip(table.primary_key, made, strict=True)]
    return dict(db.session.execute(sa.select(table).where(*same)).mappings().one())


def needs_value(column: sa.Column[Any]) -> bool:
    alone = len(column.table.primary_key) == 1
    own_key = column.primary_key and alone and not column.foreign_keys and column.autoincrement is not False
    return not (column.nullable or column.default is not None or own_key)


def value_for(column: sa.Column[Any]) -> Any:
    """A lawful value of the column's type; a fresh parent for a foreign key; texts differ from row to row."""
    for key in column.foreign_keys:
        wanted = PARENTS.get((column.table.name, column.name), {})
        return row(key.column.table.name, **wanted)[key.column.name]
    number, kind, name = next(_numbers), column.type, column.name
    if isinstance(kind, sa.Enum):
        return kind.enums[0]
    if isinstance(kind, sa.Date):
        return date(2025, 6, 30) if name in LATER else DAY
    if isinstance(kind, UtcInstant):
        return INSTANT
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.JSON):
        return []
    if isinstance(kind, sa.Numeric | sa.Integer | sa.BigInteger):
        return WHOLE.get(name, 100 + number % 900 if name == "ordinal" else number)
    if "sha256" in name or "hash" in name or name == "fingerprint":
        return hashlib.sha256(str(number).encode()).hexdigest()
    return f"{name} {number}"
