"""Conclusions that were typed in or imported: finding them, and what of them is still open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.register import wording
from app.register.listing import result_label
from app.register.models import Conclusion, ConclusionLine, ConclusionState, Mandate, MandateKind
from app.units.models import Unit
from app.vietnamese import search_key
from app.web.paging import Cursor, Page, slice_page

PAGE = 50


class Lacks(StrEnum):
    """What somebody still has to do about a conclusion."""

    MAPPING = "mapping"
    PAPER = "paper"


@dataclass(frozen=True)
class Row:
    """One entered conclusion as the list shows it."""

    conclusion_id: int
    number: str
    concluded_on: date
    body_name: str
    title: str
    historic: bool
    state: ConclusionState
    record_only: bool
    has_paper: bool

    @property
    def notice(self) -> str:
        return wording.notice(self.number, self.concluded_on)


@dataclass(frozen=True)
class OpenLine:
    """A line that nobody has mapped to criteria; `ends_on` is half-open."""

    line_id: int
    unit_id: int
    unit_name: str
    starts_on: date
    ends_on: date
    result: str
    text: str

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(days=1)

    @property
    def result_label(self) -> str:
        return result_label(self.result)


def list_papers(numbers: Collection[str], days: Collection[date]) -> Sequence[Conclusion]:
    """Conclusions of any of these numbers and days, voided ones left out, with lines and coverage."""
    return db.session.scalars(
        sa.select(Conclusion)
        .where(
            Conclusion.state != ConclusionState.VOIDED,
            Conclusion.number_and_symbol.in_(numbers),
            Conclusion.concluded_on.in_(days),
        )
        .options(selectinload(Conclusion.lines), selectinload(Conclusion.coverage))
    ).all()


def list_entered(
    *, text: str = "", lacks: str = "", cursor: Cursor | None = None, size: int = PAGE
) -> Page[Row]:
    """A page of entered conclusions, newest paper first; for the office. Cursor: (day, id)."""
    query = (
        sa.select(
            Conclusion.id, Conclusion.number_and_symbol, Conclusion.concluded_on, Conclusion.body_name,
            Conclusion.title, Conclusion.state, Conclusion.record_only, Conclusion.document_id, Mandate.kind,
        )
        .join(Mandate, Mandate.id == Conclusion.mandate_id)
        .where(Mandate.kind != MandateKind.OWN)
    )  # fmt: skip
    for word in search_key(text).split():
        query = query.where(Conclusion.search.contains(word, autoescape=True))
    in_force = Conclusion.state == ConclusionState.IN_FORCE
    if lacks == Lacks.MAPPING:
        query = query.where(in_force, Conclusion.record_only.is_(True))
    elif lacks == Lacks.PAPER:
        query = query.where(in_force, Conclusion.document_id.is_(None))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        day, key = date.fromisoformat(str(cursor.values[0])), int(cursor.values[1] or 0)
        here = sa.tuple_(Conclusion.concluded_on, Conclusion.id)
        there = sa.tuple_(sa.literal(day, sa.Date()), sa.literal(key))
        query = query.where(here > there if backwards else here < there)
    order = (Conclusion.concluded_on, Conclusion.id)
    query = query.order_by(*(order if backwards else [column.desc() for column in order])).limit(size + 1)
    rows = [
        Row(
            conclusion_id=row.id,
            number=row.number_and_symbol,
            concluded_on=row.concluded_on,
            body_name=row.body_name,
            title=row.title,
            historic=row.kind is MandateKind.HISTORIC,
            state=row.state,
            record_only=row.record_only,
            has_paper=row.document_id is not None,
        )
        for row in db.session.execute(query)
    ]
    return slice_page(
        rows, size=size, cursor=cursor, key=lambda row: (row.concluded_on.isoformat(), row.conclusion_id)
    )


def open_lines(conclusion: Conclusion) -> list[OpenLine]:
    """Lines without criteria for which no line with criteria says the same of the same unit on any of their
    days: two reads."""
    lines = db.session.scalars(
        sa.select(ConclusionLine)
        .where(ConclusionLine.conclusion_id == conclusion.id)
        .order_by(ConclusionLine.id)
        .options(selectinload(ConclusionLine.unit).selectinload(Unit.versions))
    ).all()
    mapped = [line for line in lines if line.criteria]
    return [
        OpenLine(
            line_id=line.id,
            unit_id=line.unit_id,
            unit_name=line.unit.version_on(line.ends_on - timedelta(days=1)).name,
            starts_on=line.starts_on,
            ends_on=line.ends_on,
            result=line.result,
            text=line.text,
        )
        for line in lines
        if not line.criteria and not any(_says_of(there, line) for there in mapped)
    ]


def _says_of(mapped: ConclusionLine, line: ConclusionLine) -> bool:
    """Whether `mapped` is what somebody made of `line`; a paper may say one thing of several years."""
    return (
        (mapped.unit_id, mapped.text) == (line.unit_id, line.text)
        and mapped.starts_on < line.ends_on
        and line.starts_on < mapped.ends_on
    )
