"""The list of concluded content: one row for every box that a conclusion in force decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import WHOLE, Content, Criterion, CriterionPart, ProcedureField
from app.form_library.values import RESULT_LABELS, Result
from app.policy import Actor
from app.register import queries, wording
from app.register.boxes import Box
from app.register.models import Claim, Conclusion, ConclusionState, Coverage
from app.register.panels import Concluded, remediation_states
from app.register.replaced import Called, called
from app.units.models import Unit
from app.vietnamese import search_key
from app.web.paging import Cursor, Page, slice_page

PAGE = 50
MOST_WORDS = 6
NOT_STATED = "Không nêu kết quả"
_COLUMNS: tuple[Any, ...] = (
    Coverage.id,
    Coverage.unit_id,
    Coverage.content_id,
    Coverage.part_from,
    Coverage.part_to,
    Coverage.starts_on,
    Coverage.ends_on,
    Coverage.result,
    Coverage.criterion_key,
    Coverage.conclusion_id,
    Conclusion.number_and_symbol,
    Conclusion.concluded_on,
    Conclusion.body_name,
    Conclusion.record_only,
    Content.key,
    Content.title,
    Content.by_field,
)


@dataclass(frozen=True)
class Filters:
    """What of the list is wanted; days are half-open. `effect`: "", "applied" or "recorded"."""

    text: str = ""
    unit_ids: frozenset[int] | None = None
    group_id: int | None = None
    result: str = ""
    effect: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    conclusion_id: int | None = None


@dataclass(frozen=True)
class Row:
    """One decided box as people read it; `ends_on` is half-open."""

    coverage_id: int
    unit_id: int
    unit_name: str
    criterion_key: str
    title: str
    fields: str
    starts_on: date
    ends_on: date
    result: str
    conclusion_id: int
    citation: str
    concluded_on: date
    body_name: str
    record_only: bool
    remediation: str

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(days=1)

    @property
    def result_label(self) -> str:
        return result_label(self.result)

    @property
    def notice(self) -> str:
        """“Thông báo số 45/TB-SNV ngày 12/8/2026”."""
        return wording.notice(self.citation, self.concluded_on)

    @property
    def content(self) -> str:
        """“MC-05 – Phiếu xin lỗi và hẹn lại”, with the fields it was decided for."""
        named = f"{self.criterion_key} – {self.title}" if self.criterion_key else self.title
        return f"{named} ({self.fields})" if self.fields else named


def result_label(result: str) -> str:
    """The Vietnamese word of a stored result; what the other body wrote when it is none of ours."""
    known = {item.value: label for item, label in RESULT_LABELS.items()}
    return known.get(result, result) or NOT_STATED


KNOWN_RESULTS = tuple(item for item in Result if item is not Result.NOT_EXAMINED)


def list_contents(actor: Actor, filters: Filters, cursor: Cursor | None, *, size: int = PAGE) -> Page[Row]:
    """A page of the list, newest conclusion first. Raises ValueError for a cursor of another list."""
    query = _filtered(columns(), actor, filters)
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        query = query.where(_beyond(cursor))
    order = (Conclusion.concluded_on.desc(), Conclusion.id.desc(), Coverage.id.asc())
    if backwards:
        order = (Conclusion.concluded_on.asc(), Conclusion.id.asc(), Coverage.id.desc())
    found = db.session.execute(query.order_by(*order).limit(size + 1)).all()
    return slice_page(
        rows_of(found),
        size=size,
        key=lambda row: (row.concluded_on.isoformat(), row.conclusion_id, row.coverage_id),
        cursor=cursor,
    )


def count_contents(actor: Actor, filters: Filters) -> int:
    """How many rows the list has."""
    return int(db.session.scalar(_filtered(sa.select(sa.func.count(Coverage.id)), actor, filters)) or 0)


def columns() -> sa.Select[Any]:
    """What `rows_of` reads of coverage, its conclusion and its content."""
    return sa.select(*_COLUMNS)


def _filtered(query: sa.Select[Any], actor: Actor, filters: Filters) -> sa.Select[Any]:
    query = (
        query.select_from(Coverage)
        .join(Conclusion, Conclusion.id == Coverage.conclusion_id)
        .join(Content, Content.id == Coverage.content_id)
    )
    if filters.conclusion_id is None:
        query = query.where(Conclusion.state == ConclusionState.IN_FORCE)
    visible = queries.visible_units(actor)
    if visible is not None:
        query = query.where(Coverage.unit_id.in_(visible))
    if filters.unit_ids is not None:
        query = query.where(Coverage.unit_id.in_(filters.unit_ids))
    if filters.group_id is not None:
        query = query.where(Coverage.content_id.in_(contents_of(filters.group_id)))
    if filters.result:
        query = query.where(Coverage.result == filters.result)
    if filters.effect:
        query = query.where(Conclusion.record_only.is_(filters.effect == "recorded"))
    if filters.starts_on is not None:
        query = query.where(Coverage.ends_on > filters.starts_on)
    if filters.ends_on is not None:
        query = query.where(Coverage.starts_on < filters.ends_on)
    if filters.conclusion_id is not None:
        query = query.where(Coverage.conclusion_id == filters.conclusion_id)
    for said in _said(filters.text):
        query = query.where(said)
    return query


def _said(text: str) -> Iterable[sa.ColumnElement[bool]]:
    """Every word stands in the number, the body, the unit's names or the content; typed without marks."""
    words = search_key(text).split()[:MOST_WORDS]
    if not words:
        return
    named = [
        (row.id, search_key(f"{row.key} {row.title}"))
        for row in db.session.execute(sa.select(Content.id, Content.key, Content.title))
    ]
    for word in words:
        yield sa.or_(
            Conclusion.search.contains(word, autoescape=True),
            Coverage.unit_id.in_(sa.select(Unit.id).where(Unit.search.contains(word, autoescape=True))),
            Coverage.content_id.in_([content_id for content_id, name in named if word in name]),
        )


def contents_of(group_id: int) -> sa.Select[Any]:
    """The contents that the criteria of a group cover."""
    return (
        sa.select(CriterionPart.content_id)
        .join(Criterion, Criterion.id == CriterionPart.criterion_id)
        .where(Criterion.group_id == group_id)
    )


def _beyond(cursor: Cursor) -> sa.ColumnElement[bool]:
    """Rows after the cursor in the order of the list, or before it when it goes backwards."""
    day_text, conclusion_id, coverage_id = cursor.values
    day = date.fromisoformat(str(day_text))
    later, other, further = (
        Conclusion.concluded_on < day,
        Conclusion.id < conclusion_id,
        Coverage.id > coverage_id,
    )
    if cursor.backwards:
        later, other, further = (
            Conclusion.concluded_on > day,
            Conclusion.id > conclusion_id,
            Coverage.id < coverage_id,
        )
    same_day = Conclusion.concluded_on == day
    same = sa.and_(same_day, Conclusion.id == conclusion_id)
    return sa.or_(later, sa.and_(same_day, other), sa.and_(same, further))


def rows_of(found: Sequence[Any]) -> list[Row]:
    """Rows out of `columns`, with names of that time and how remediation stands: a few reads for all."""
    units = units_by_id({row.unit_id for row in found})
    fields = forms.list_fields() if any(row.by_field for row in found) else ()
    keys = {Concluded(row.unit_id, row.criterion_key, row.conclusion_id) for row in found}
    states = remediation_states(keys)
    names = called((row.criterion_key, row.content_id) for row in found if row.criterion_key != row.key)
    return [
        Row(
            coverage_id=row.id,
            unit_id=row.unit_id,
            unit_name=units[row.unit_id].version_on(row.ends_on - timedelta(days=1)).name,
            criterion_key=row.criterion_key,
            title=_called(row, names).title,
            fields=_fields(row, fields, _called(row, names)),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            result=row.result,
            conclusion_id=row.conclusion_id,
            citation=row.number_and_symbol,
            concluded_on=row.concluded_on,
            body_name=row.body_name,
            record_only=row.record_only,
            remediation=states.get(Concluded(row.unit_id, row.criterion_key, row.conclusion_id), ""),
        )
        for row in found
    ]


def units_by_id(ids: Iterable[int]) -> dict[int, Unit]:
    """Units with their names."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {unit.id: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.id.in_(wanted)))}


def _called(row: Any, names: Mapping[tuple[str, int], Called]) -> Called:
    """The criterion it was decided by; the content's own title where no form knows it."""
    return names.get((row.criterion_key, row.content_id), Called(row.title, joint=False))


def _fields(row: Any, fields: Sequence[ProcedureField], named: Called) -> str:
    told = [f"phần {row.key}" if named.joint else ""]
    if row.by_field:
        told.append(wording.fields_label([(row.part_from, row.part_to)], (0, WHOLE), fields))
    return "; ".join(filter(None, told))


def box_columns(model: type[Claim] | type[Coverage]) -> tuple[Any, ...]:
    """The columns `box_of` reads."""
    return (model.unit_id, model.content_id, model.part_from, model.part_to, model.starts_on, model.ends_on)


def box_of(row: Any) -> Box:
    """The box of a row of coverage or claims."""
    return Box(row.unit_id, row.content_id, row.starts_on, row.ends_on, row.part_from, row.part_to)
