"""Phiếu trích kết quả đã kết luận: what stands concluded about one unit in one year, to be used as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.deadlines import queries as deadlines
from app.deadlines.settings import DRAFTING_UNIT_SYMBOL, PLACE_NAME
from app.documents.content import Align, Column, OfficialDocument, Row, SignatureBlock, Table, paragraph
from app.documents.kinds import DocumentKind
from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Content
from app.form_library.values import Result
from app.policy import Actor
from app.register import listing
from app.register.boxes import Box, subtract
from app.register.models import (
    Claim,
    Conclusion,
    ConclusionState,
    Coverage,
    Mandate,
    MandateKind,
    Reopening,
)
from app.units import lineage
from app.units import queries as units
from app.units.models import Unit
from app.vietnamese import format_date, format_period

USE = (
    "Nội dung đã có thông báo kết luận thì được sử dụng để đánh giá công vụ, Chỉ số cải cách hành chính và "
    "mức độ hoàn thành nhiệm vụ của người đứng đầu, không đánh giá lại."
)
USE_SHORT = "Đánh giá công vụ; Chỉ số CCHC; đánh giá người đứng đầu"
NOTHING_TO_MEND = "Không phải khắc phục"
NOT_KNOWN = "Chưa có thông tin"
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True)
class Line:
    """One row of the slip; `inherited_from` names the predecessor it was decided about."""

    row: listing.Row
    inherited_from: str

    @property
    def content(self) -> str:
        return self.row.content

    @property
    def period(self) -> str:
        return format_period(self.row.starts_on, self.row.last_day)

    @property
    def source(self) -> str:
        told = f"{self.row.notice} của {self.row.body_name}"
        return f"{told} (kế thừa từ {self.inherited_from})" if self.inherited_from else told

    @property
    def remediation(self) -> str:
        """What the follow-up says; a content that was met has nothing to mend."""
        if self.row.remediation:
            return self.row.remediation
        nothing = self.row.result in (Result.MET.value, Result.NOT_APPLICABLE.value)
        return NOTHING_TO_MEND if nothing else NOT_KNOWN


@dataclass(frozen=True)
class Slip:
    """The whole slip of a unit and a year, as of a day."""

    unit: Unit
    year: int
    as_of: date
    lines: Sequence[Line]


def slip(unit: Unit, year: int, *, as_of: date) -> Slip:
    """Everything in force that was decided about days of `year`, own and inherited; a few reads.

    Conclusions that are only recorded are left out: they are not used in place of an assessment.
    """
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    pieces = lineage.expand(unit, first, last)
    asked = [Box(piece.unit_id, 0, piece.starts_on, piece.ends_on) for piece in pieces]
    ids = {box.unit_id for box in asked}
    found = db.session.execute(
        listing.columns()
        .select_from(Coverage)
        .join(Conclusion, Conclusion.id == Coverage.conclusion_id)
        .join(Content, Content.id == Coverage.content_id)
        .where(
            Coverage.unit_id.in_(ids),
            Coverage.starts_on < last,
            Coverage.ends_on > first,
            Conclusion.state == ConclusionState.IN_FORCE,
            Conclusion.record_only.is_(False),
        )
        .order_by(Coverage.starts_on, Coverage.id)
    ).all()
    reopened = lifted(ids)
    kept = [
        row
        for row in found
        if any(Box(row.unit_id, 0, row.starts_on, row.ends_on).meets(box) for box in asked)
        and _still_stands(row.conclusion_id, listing.box_of(row), reopened)
    ]
    order = _criterion_order()
    rows = sorted(
        listing.rows_of(kept),
        key=lambda row: (order.get(row.criterion_key, len(order)), row.criterion_key, row.starts_on),
    )
    return Slip(
        unit,
        year,
        as_of,
        [Line(row, row.unit_name if row.unit_id != unit.id else "") for row in rows],
    )


def lifted(unit_ids: set[int]) -> dict[int, list[Box]]:
    """By conclusion: boxes of these units that a reopening took out of it and did not give back.

    One for a surprise inspection that nobody was told of yet is not told here either.
    """
    claims = sa.select(Claim.conclusion_id, *listing.box_columns(Claim)).where(Claim.unit_id.in_(unit_ids))
    found: dict[int, list[Box]] = {}
    for row in db.session.execute(
        claims.join(Reopening, Reopening.id == Claim.reopening_id)
        .join(Mandate, Mandate.id == Reopening.mandate_id)
        .where(Claim.conclusion_id.is_not(None), Mandate.hidden.is_(False))
    ):
        found.setdefault(row.conclusion_id, []).append(listing.box_of(row))
    if not found:
        return found
    standing: dict[int, list[Box]] = {}
    for row in db.session.execute(claims.where(Claim.conclusion_id.in_(found), Claim.ended_at.is_(None))):
        standing.setdefault(row.conclusion_id, []).append(listing.box_of(row))
    return {
        key: [piece for box in boxes for piece in subtract(box, standing.get(key, ()))]
        for key, boxes in found.items()
    }


def _still_stands(conclusion_id: int, box: Box, reopened: dict[int, list[Box]]) -> bool:
    return bool(subtract(box, reopened.get(conclusion_id, ())))


def _criterion_order() -> dict[str, int]:
    """Keys in the order of the newest form."""
    criteria = forms.list_criteria(forms.latest_version().id)
    return {criterion.key: place for place, criterion in enumerate(criteria)}


def clean_year(text: str, default: int) -> int:
    """The year of an address; the default for anything that is none."""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else default
    return year if FIRST_YEAR <= year < LAST_YEAR else default


@dataclass(frozen=True)
class Issuer:
    """Who prints the slip, as its head says it."""

    governing: str | None
    body: str
    place: str
    archive: str


def issuer_for(actor: Actor) -> Issuer:
    """The actor's office; for somebody outside it, the office whose inspections stand in the register."""
    place, archive = deadlines.setting(PLACE_NAME), f"Lưu: VT, {deadlines.setting(DRAFTING_UNIT_SYMBOL)}"
    own = db.session.get(Unit, actor.unit_id) if actor.in_office and actor.unit_id is not None else None
    if own is not None:
        body = units.body_of(own)
        parent = body.current.parent
        return Issuer(parent.name if parent else None, body.name, place, archive)
    named = db.session.scalar(
        sa.select(Mandate.body_name)
        .where(Mandate.kind == MandateKind.OWN)
        .order_by(Mandate.id.desc())
        .limit(1)
    )
    return Issuer(None, named or actor.unit_name, place, archive)


def compose(made: Slip, issuer: Issuer, *, maker: str) -> OfficialDocument:
    """The slip as a document: the columns of users.md §2.12 and the feet of a table that is signed."""
    as_of = format_date(made.as_of)
    columns = (
        Column("STT", 11, Align.CENTER),
        Column("Nội dung, tiêu chí", 60),
        Column("Thời kỳ", 32, Align.CENTER),
        Column("Kết quả đã kết luận", 34),
        Column("Số, ngày thông báo; cơ quan ban hành", 42),
        Column(f"Tình trạng khắc phục đến ngày {as_of}", 38),
        Column("Đề nghị sử dụng kết quả", 35),
    )
    rows = tuple(
        Row(
            (
                str(place), line.content, line.period, line.row.result_label, line.source, line.remediation,
                USE_SHORT,
            ),
            ref=f"coverage:{line.row.coverage_id}",
        )
        for place, line in enumerate(made.lines, 1)
    )  # fmt: skip
    return OfficialDocument(
        kind=DocumentKind.CONCLUDED_EXTRACT,
        type_name="Phiếu trích",
        subject=f"Kết quả đã kết luận đối với {made.unit.name} năm {made.year}",
        governing_body=issuer.governing,
        issuing_body=issuer.body,
        place=issuer.place,
        issued_on=made.as_of,
        landscape=True,
        blocks=(
            paragraph(USE),
            Table(columns, rows, empty_text="Chưa có nội dung đã kết luận trong năm"),
            paragraph(f"Người lập phiếu: {maker}."),
        ),
        signature=SignatureBlock(posts=("Thủ trưởng cơ quan",), note="(Ký, ghi rõ họ tên)"),
        recipients=(made.unit.name, issuer.archive),
    )
