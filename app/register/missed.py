"""Missed findings: what a team of ours found to be met, and a body that came later or stands above did not.

Only conclusions in force count. Somebody else's conclusion counts, and one of ours for which a content was
opened again. Both cover the same unit, part of a content and days; what they share is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Content, ProcedureField
from app.form_library.values import Result
from app.register import wording
from app.register.listing import contents_of, result_label, units_by_id
from app.register.models import Conclusion, ConclusionState, Coverage, Mandate, MandateKind, Reopening
from app.units.models import Unit
from app.vietnamese import format_period
from app.web import sheets
from app.web.paging import Cursor, Page, slice_page

PAGE = 50
MOST_EXPORTED = 5000
MOST_TEAMS = 50
NO_LEADER = "Chưa ghi Trưởng đoàn"
SHEET_TITLE = "NỘI DUNG ĐOÀN TRƯỚC CHƯA PHÁT HIỆN"
_OURS, _THEIRS = aliased(Coverage, name="ours"), aliased(Coverage, name="theirs")
_BEFORE, _AFTER = aliased(Conclusion, name="before"), aliased(Conclusion, name="after")
_TEAM = aliased(Mandate, name="team")
_KEY = (_TEAM.id, -_OURS.content_id, -_OURS.id, -_THEIRS.id)
"""By team, newest first, then by content."""
_COLUMNS: tuple[Any, ...] = (
    *(part.label(f"key_{place}") for place, part in enumerate(_KEY)),
    _TEAM.leader_name,
    _TEAM.leader_title,
    _OURS.unit_id,
    _OURS.criterion_key,
    _OURS.part_from,
    _OURS.part_to,
    _OURS.starts_on,
    _OURS.ends_on,
    _THEIRS.part_from.label("their_part_from"),
    _THEIRS.part_to.label("their_part_to"),
    _THEIRS.starts_on.label("their_starts_on"),
    _THEIRS.ends_on.label("their_ends_on"),
    _THEIRS.result,
    _BEFORE.id.label("before_id"),
    _BEFORE.number_and_symbol.label("before_number"),
    _BEFORE.concluded_on.label("before_on"),
    _BEFORE.body_name.label("before_body"),
    _AFTER.id.label("after_id"),
    _AFTER.number_and_symbol.label("after_number"),
    _AFTER.concluded_on.label("after_on"),
    _AFTER.body_name.label("after_body"),
    Content.title,
    Content.by_field,
)


@dataclass(frozen=True)
class Filters:
    """What of the report is wanted."""

    unit_ids: frozenset[int] | None = None
    group_id: int | None = None


@dataclass(frozen=True)
class Side:
    """One of the two conclusions."""

    conclusion_id: int
    notice: str
    body_name: str


@dataclass(frozen=True)
class Missed:
    """One content that both concluded; `ends_on` is half-open and of what they share."""

    key: tuple[int, int, int, int]
    leader: str
    unit_id: int
    unit_name: str
    content: str
    starts_on: date
    ends_on: date
    ours: Side
    theirs: Side
    result: str

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(days=1)

    @property
    def result_label(self) -> str:
        return result_label(self.result)


@dataclass(frozen=True)
class Team:
    """How many contents the teams of one leader are told of."""

    leader: str
    missed: int


def list_missed(filters: Filters, cursor: Cursor | None = None, *, size: int = PAGE) -> Page[Missed]:
    """A page of the report. Cursor: four whole numbers, `Missed.key`."""
    backwards = cursor is not None and cursor.backwards
    query = _pairs(sa.select(*_COLUMNS), filters)
    here = sa.tuple_(*_KEY)
    if cursor is not None:
        there = sa.tuple_(*(sa.literal(value, sa.BigInteger()) for value in cursor.values))
        query = query.where(here > there if backwards else here < there)
    order = [part if backwards else part.desc() for part in _KEY]
    found = _rows(db.session.execute(query.order_by(*order).limit(size + 1)).all())
    return slice_page(found, size=size, cursor=cursor, key=lambda row: row.key)


def count_missed(filters: Filters) -> int:
    """How many rows the report has."""
    return int(db.session.scalar(_pairs(sa.select(sa.func.count()), filters)) or 0)


def list_teams(filters: Filters) -> list[Team]:
    """Leaders by how many contents their teams missed, the most first; each content of a unit once."""
    missed = sa.func.count(sa.distinct(_OURS.id)).label("missed")
    columns: tuple[Any, ...] = (_TEAM.leader_name, _TEAM.leader_title, missed)
    query = (
        _pairs(sa.select(*columns), filters)
        .group_by(_TEAM.leader_name, _TEAM.leader_title)
        .order_by(missed.desc(), _TEAM.leader_name, _TEAM.leader_title)
    )
    return [
        Team(_leader(row.leader_name, row.leader_title), row.missed)
        for row in db.session.execute(query.limit(MOST_TEAMS))
    ]


def _pairs(query: sa.Select[Any], filters: Filters) -> sa.Select[Any]:
    """Both sides: from the few conclusions of others by their coverage to ours on the same spot."""
    reopened = sa.select(Reopening.mandate_id).where(Reopening.mandate_id.is_not(None))
    others = (
        sa.select(Conclusion.id)
        .join(Mandate, Mandate.id == Conclusion.mandate_id)
        .where(
            sa.or_(Mandate.kind == MandateKind.OTHER_BODY, Mandate.id.in_(reopened)),
            Conclusion.state == ConclusionState.IN_FORCE,
        )
    )
    query = (
        query.select_from(_THEIRS)
        .join(_AFTER, _AFTER.id == _THEIRS.conclusion_id)
        .join(
            _OURS,
            sa.and_(
                # as sums, so that SQLite asks the index for ours and not, ours being many, for theirs
                _OURS.unit_id == _THEIRS.unit_id + 0,
                _OURS.content_id == _THEIRS.content_id + 0,
                _OURS.starts_on < _THEIRS.ends_on,
                _OURS.ends_on > _THEIRS.starts_on,
                _OURS.part_from < _THEIRS.part_to,
                _OURS.part_to > _THEIRS.part_from,
            ),
        )
        .join(_BEFORE, _BEFORE.id == _OURS.conclusion_id)
        .join(_TEAM, _TEAM.id == _BEFORE.mandate_id)
        .join(Content, Content.id == _OURS.content_id)
        .where(
            _THEIRS.conclusion_id.in_(others),
            _TEAM.kind.in_((MandateKind.OWN, MandateKind.HISTORIC)),
            _BEFORE.state == ConclusionState.IN_FORCE,
            _THEIRS.result.in_((Result.NOT_MET.value, Result.PARTLY.value)),
            _OURS.result == Result.MET.value,
            sa.or_(
                _AFTER.concluded_on > _BEFORE.concluded_on,
                sa.and_(_AFTER.concluded_on == _BEFORE.concluded_on, _AFTER.level > _BEFORE.level),
            ),
        )
    )
    if filters.unit_ids is not None:
        query = query.where(_OURS.unit_id.in_(filters.unit_ids))
    if filters.group_id is not None:
        query = query.where(_OURS.content_id.in_(contents_of(filters.group_id)))
    return query


def _rows(found: Sequence[Any]) -> list[Missed]:
    units = units_by_id({row.unit_id for row in found})
    fields = forms.list_fields() if any(row.by_field for row in found) else ()
    return [_row(row, units, fields) for row in found]


def _row(row: Any, units: dict[int, Unit], fields: Sequence[ProcedureField]) -> Missed:
    starts_on, ends_on = max(row.starts_on, row.their_starts_on), min(row.ends_on, row.their_ends_on)
    content = f"{row.criterion_key} – {row.title}" if row.criterion_key else row.title
    named = ""
    if row.by_field:
        both = (max(row.part_from, row.their_part_from), min(row.part_to, row.their_part_to))
        named = wording.fields_label([both], (row.part_from, row.part_to), fields)
    return Missed(
        key=(row.key_0, row.key_1, row.key_2, row.key_3),
        leader=_leader(row.leader_name, row.leader_title),
        unit_id=row.unit_id,
        unit_name=units[row.unit_id].version_on(ends_on - timedelta(days=1)).name,
        content=f"{content} ({named})" if named else content,
        starts_on=starts_on,
        ends_on=ends_on,
        ours=Side(row.before_id, wording.notice(row.before_number, row.before_on), row.before_body),
        theirs=Side(row.after_id, wording.notice(row.after_number, row.after_on), row.after_body),
        result=row.result,
    )


def _leader(name: str, title: str) -> str:
    return ", ".join(part for part in (name, title) if part) or NO_LEADER


def workbook(rows: Sequence[Missed], *, office: str, parent: str, at: datetime, left_out: int = 0) -> bytes:
    """The report as a sheet that prints; `at`: aware moment of the data, `left_out` as for every sheet."""
    return sheets.workbook(
        "Chưa phát hiện",
        SHEET_TITLE,
        (
            ("STT", 5), ("Trưởng đoàn", 18), ("Đơn vị", 20), ("Nội dung, tiêu chí", 34),
            ("Thời kỳ trùng", 16), ("Thông báo của cơ quan (kết luận đạt)", 26), ("Kết luận sau", 28),
            ("Kết quả của kết luận sau", 14),
        ),
        (
            [
                ordinal, row.leader, row.unit_name, row.content, format_period(row.starts_on, row.last_day),
                row.ours.notice, f"{row.theirs.notice} của {row.theirs.body_name}", row.result_label,
            ]
            for ordinal, row in enumerate(rows, start=1)
        ),
        office=office,
        parent=parent,
        at=at,
        left_out=left_out,
    )  # fmt: skip
