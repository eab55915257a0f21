"""`flask --app wsgi register explain --inspection KT2026-003`: what a case would be refused, what is left."""

from __future__ import annotations

import sys

import click

from app.inspections import queries
from app.inspections.planning import last_day
from app.inspections.queries import ReviewedItem, ScopeReview
from app.register.cli import BAD_INPUT, BLOCKED, FREE, group, json_text, primitive

__all__ = ["group"]


@group.command("explain")
@click.option("--inspection", "code", default="", help="Mã cuộc kiểm tra, ví dụ KT2026-003.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
def explain(code: str, as_json: bool) -> None:
    """Giải thích phạm vi của một cuộc kiểm tra: đã có kết luận, đoàn khác, còn được kiểm tra.

    Mã thoát 0: được kiểm tra toàn bộ; 3: có nội dung không được kiểm tra; 2: sai dữ liệu.
    """
    inspection = queries.find_by_code(code)
    if inspection is None:
        message = f"Không có cuộc kiểm tra mã {code}." if code.strip() else "Nhập mã cuộc kiểm tra."
        click.echo(message, err=True)
        sys.exit(BAD_INPUT)
    review = queries.review_scope(inspection)
    click.echo(json_text(as_primitive(inspection.code, review)) if as_json else as_text(review))
    sys.exit(FREE if review.is_free else BLOCKED)


def as_text(review: ScopeReview) -> str:
    """The summary, then by unit every refusal in full, then what is left out of included parts."""
    lines = [review.summary]
    if not review.claiming:
        lines.append("Loại kiểm tra này không đánh giá mới nên không vướng nội dung đã kết luận.")
    unit = ""
    for item in review.items:
        if item.refusals and item.unit_name != unit:
            unit = item.unit_name
            lines += ["", unit]
        lines += [f"- {item.sentence(refusal)}" for refusal in item.refusals]
    needed = [item.reason_needed for item in review.without_reason]
    if needed:
        lines += ["", "Cần ghi lý do:", *(f"- {told}" for told in needed)]
    told = [item.left_out_sentence(refusal) for item, refusal in review.left_out]
    if told:
        lines += ["", "Không thuộc phạm vi:", *(f"- {sentence}" for sentence in told)]
    return "\n".join(lines)


def as_primitive(code: str, review: ScopeReview) -> dict[str, object]:
    """The review as JSON shows it: days are ISO and inclusive."""
    counts = review.counts
    return {
        "inspection": code,
        "claims": review.claiming,
        "total": counts.total,
        "free": counts.free,
        "concluded": counts.concluded,
        "held": counts.held,
        "reserved": counts.reserved,
        "partly": review.partly,
        "items": [_item(item) for item in review.items if item.refusals or item.reason_needed],
    }


def _item(item: ReviewedItem) -> dict[str, object]:
    return {
        "unit": item.unit_name,
        "inherited": item.inherited,
        "criterion": item.criterion_key,
        "field": item.field_label,
        "from": item.piece.starts_on.isoformat(),
        "to": last_day(item.piece.ends_on).isoformat(),
        "blocking": [primitive(refusal) for refusal in item.refusals],
        "reason_needed": item.reason_needed,
        "left": [
            {"from": piece.starts_on.isoformat(), "to": last_day(piece.ends_on).isoformat()}
            for piece in item.left
        ],
    }
