"""Biên bản rà soát chồng chéo: what a plan may inspect, what is concluded, where other teams are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from app.deadlines import queries as deadlines
from app.deadlines.settings import DRAFTING_UNIT_SYMBOL, PLACE_NAME
from app.documents.content import (
    Align,
    Block,
    Column,
    Heading,
    HeadingLevel,
    OfficialDocument,
    Row,
    SignatureBlock,
    Table,
    paragraph,
)
from app.documents.kinds import DocumentKind
from app.inspections.models import Inspection, OverlapReferral
from app.inspections.planning import last_day
from app.inspections.queries import ReviewedItem, ScopeReview
from app.register import wording
from app.register.review import Ground, Refusal
from app.vietnamese import count, format_date, format_period

Span = tuple[str, date, date]
"""Unit as it was called, first and last day."""


def compose(
    inspection: Inspection,
    review: ScopeReview,
    referrals: Sequence[OverlapReferral],
    *,
    on: date,
    maker: str,
) -> OfficialDocument:
    """The review as it stands on the day `on`: contents by their keys, a line per unit, days and source."""
    office = inspection.office_unit
    head = office.current.parent
    return OfficialDocument(
        kind=DocumentKind.OVERLAP_MINUTES,
        type_name="Biên bản",
        subject=f"Rà soát chồng chéo, trùng lặp: {inspection.title}",
        governing_body=head.name if head is not None else None,
        issuing_body=office.name,
        place=deadlines.setting(PLACE_NAME),
        issued_on=on,
        landscape=True,
        blocks=tuple(_blocks(inspection, review, referrals, on)),
        signature=SignatureBlock(posts=("Người rà soát",), name=maker),
        recipients=(
            *dict.fromkeys(one.recipient for one in referrals),
            f"Lưu: VT, {deadlines.setting(DRAFTING_UNIT_SYMBOL)}",
        ),
    )


def _blocks(
    inspection: Inspection, review: ScopeReview, referrals: Sequence[OverlapReferral], on: date
) -> Iterable[Block]:
    period = format_period(inspection.review_from, last_day(inspection.review_to))
    yield paragraph(
        f"Cuộc kiểm tra {inspection.code}, thời kỳ kiểm tra {period}, {count(len(inspection.units))} đơn vị. "
        f"Kết quả rà soát đến ngày {format_date(on)}:"
    )
    yield paragraph(review.summary)
    yield Heading(HeadingLevel.SECTION, "I", "Nội dung được kiểm tra")
    yield _table(_free(review))
    yield Heading(HeadingLevel.SECTION, "II", "Nội dung đã có kết luận, không đánh giá lại")
    yield _table(_refused(review, Ground.CONCLUDED), "Thông báo kết luận; cơ quan ban hành")
    yield Heading(HeadingLevel.SECTION, "III", "Nội dung đoàn khác đang thực hiện")
    yield _table(_refused(review, Ground.HELD), "Quyết định kiểm tra; Trưởng đoàn")
    if review.counts.reserved:
        yield paragraph("Nội dung đang được giữ chỗ cho cuộc kiểm tra dự kiến:")
        yield _table(_refused(review, Ground.RESERVED), "Cuộc kiểm tra dự kiến; thời hạn giữ chỗ")
    yield Heading(HeadingLevel.SECTION, "IV", "Ý kiến của cơ quan thanh tra")
    for one in referrals:
        yield paragraph(told(one))
    if not referrals:
        yield paragraph("Chưa gửi kế hoạch để xử lý chồng chéo.")


def told(one: OverlapReferral) -> str:
    """A referral with its answer, as a sentence."""
    sent = f"Gửi {one.recipient} theo văn bản số {one.reference} ngày {format_date(one.sent_on)}"
    if one.answered_on is None:
        return f"{sent}; chưa có trả lời."
    by = f" tại văn bản số {one.answer_reference}" if one.answer_reference else ""
    return f"{sent}; trả lời{by} ngày {format_date(one.answered_on)}: {one.answer}"


def _key(item: ReviewedItem) -> str:
    return f"{item.criterion_key} ({item.field_label})" if item.field_label else item.criterion_key


def _free(review: ScopeReview) -> dict[tuple[Span, str], list[str]]:
    found: dict[tuple[Span, str], list[str]] = defaultdict(list)
    for item in review.items:
        for piece in item.left if item.refusals else (item.piece,):
            last = last_day(piece.ends_on)
            unit = item.names.get(piece.unit_id)
            name = unit.version_on(last).name if unit is not None else item.unit_name
            found[((name, piece.starts_on, last), "")].append(_key(item))
    return found


def _refused(review: ScopeReview, ground: Ground) -> dict[tuple[Span, str], list[str]]:
    found: dict[tuple[Span, str], list[str]] = defaultdict(list)
    for item in review.items:
        for refusal in item.refusals:
            if refusal.ground is ground:
                span = (item.name_on(refusal), refusal.box.starts_on, refusal.box.last_day)
                found[(span, _source(refusal))].append(_key(item))
    return found


def _source(refusal: Refusal) -> str:
    if refusal.ground is Ground.RESERVED:
        until = f"; giữ chỗ đến hết ngày {format_date(refusal.until_on)}" if refusal.until_on else ""
        return f"{wording.source(refusal)}{until}"
    said = f"{wording.source(refusal)} của {refusal.body_name}"
    return f"{said}; Trưởng đoàn: {refusal.leader}" if refusal.leader else said


def _table(lines: dict[tuple[Span, str], list[str]], source: str = "") -> Table:
    columns = [
        Column("STT", 11, Align.CENTER), Column("Đơn vị", 60), Column("Mã nội dung", 90),
        Column("Thời kỳ", 40, Align.CENTER), *([Column(source, 70)] if source else []),
    ]  # fmt: skip
    rows = []
    for place, ((span, cited), keys) in enumerate(lines.items(), 1):
        unit, first, last = span
        days = f"{format_date(first)}–\n{format_date(last)}"
        cells = [str(place), unit, ", ".join(dict.fromkeys(keys)), days, *([cited] if source else [])]
        rows.append(Row(tuple(cells)))
    return Table(tuple(columns), tuple(rows))
