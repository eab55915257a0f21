"""Several lists by one read: each is a few lines, and asking for it alone costs more than finding it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from app.db import UtcInstant
from app.extensions import db

Rows = Sequence[Any]
"""Lines of one list, with their columns by name."""


@dataclass(frozen=True)
class Part:
    """One list: its bounded SELECT of texts, numbers, days and choices; and what its lines are told as."""

    query: sa.Select[*tuple[Any, ...]]
    told: Callable[[Rows], list[Any]]


@dataclass(frozen=True)
class Together:
    """Lists read by one statement, which may be kept: it holds no data."""

    parts: tuple[Part, ...]
    statement: sa.CompoundSelect[int, str] | None

    @classmethod
    def of(cls, parts: Sequence[Part]) -> Together:
        """Put the lists together."""
        array = sa.func.json_build_array if db.engine.dialect.name == "postgresql" else sa.func.json_array
        asked: list[sa.Select[int, str]] = []
        for number, part in enumerate(parts):
            lines = part.query.subquery()
            asked.append(sa.select(sa.literal(number), sa.cast(array(*lines.c), sa.Text)))
        return cls(tuple(parts), sa.union_all(*asked) if asked else None)

    def read(self) -> list[list[Any]]:
        """What each of them tells."""
        if self.statement is None:
            return []
        lines: list[list[Any]] = [[] for _ in self.parts]
        for number, line in db.session.execute(self.statement):
            lines[number].append(json.loads(line))
        return [
            part.told(list(_typed(part.query, found))) for part, found in zip(self.parts, lines, strict=True)
        ]


def _typed(query: sa.Select[*tuple[Any, ...]], lines: list[list[Any]]) -> Iterator[Any]:
    """The lines with values of the types of their columns."""
    if not lines:
        return
    readers = [(column.key, _reader(column.type)) for column in query.subquery().c]
    for line in lines:
        told = zip(readers, line, strict=True)
        yield SimpleNamespace(
            **{name: None if value is None else read(value) for (name, read), value in told}
        )


def _reader(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any]:
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class
    if isinstance(kind, sa.Date):
        return date.fromisoformat
    if isinstance(kind, UtcInstant):
        return _instant
    if isinstance(kind, sa.Boolean):
        return bool
    return lambda value: value


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
