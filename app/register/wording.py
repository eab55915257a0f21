"""The register's answers in words (users.md §4 no. 23–28)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.register.boxes import Box
from app.register.review import Counts, Ground, Refusal
from app.vietnamese import count, format_date, format_period

NO_REASSESSMENT = "Nội dung đã có thông báo kết luận thì không đánh giá lại."


def period_of(box: Box) -> str:
    """“01/01/2026–30/6/2026”, both days included."""
    return format_period(box.starts_on, box.last_day)


def left_over(free: Sequence[Box]) -> str:
    """“Còn được kiểm tra: từ 01/7/2026 đến 30/9/2026.” or that nothing is left."""
    spans = sorted({(box.starts_on, box.last_day) for box in free})
    if not spans:
        return "Không còn phần nào được kiểm tra trong thời kỳ đã chọn."
    told = "; ".join(f"từ {format_date(first)} đến {format_date(last)}" for first, last in spans)
    return f"Còn được kiểm tra: {told}."


def _dated(citation: str, day: date | None) -> str:
    return f"{citation} ngày {format_date(day)}" if day else citation


def refused(refusal: Refusal, *, unit_name: str, content: str, free: Sequence[Box] = ()) -> str:
    """One refusal as users read it: fact, source, what is left (no. 23 and 24)."""
    if refusal.ground is Ground.CONCLUDED:
        return (
            f"Nội dung {content} của {unit_name}, thời kỳ {period_of(refusal.box)}, đã có kết luận tại "
            f"Thông báo số {_dated(refusal.citation, refusal.dated_on)} của {refusal.body_name}. "
            f"{NO_REASSESSMENT} {left_over(free)}"
        )
    leader = f" (Trưởng đoàn: {refusal.leader})" if refusal.leader else ""
    until = f" thực hiện đến hết ngày {format_date(refusal.until_on)}" if refusal.until_on else " thực hiện"
    decision = (
        _dated(f"Đoàn kiểm tra theo Quyết định số {refusal.citation}", refusal.dated_on)
        if refusal.citation
        else (f"một kế hoạch đã giữ chỗ của {refusal.body_name}")
    )
    return (
        f"Nội dung {content} của {unit_name}, thời kỳ {period_of(refusal.box)}, "
        f"đang do {decision}{leader}{until}. Đề nghị trao đổi với Đoàn hoặc chọn nội dung, thời kỳ khác. {left_over(free)}"
    )


def lower_concluded(refusal: Refusal) -> str:
    """A higher body looks at what a lower one concluded (no. 27)."""
    return (
        "Cấp dưới đã có kết luận về nội dung này (Thông báo số "
        f"{_dated(refusal.citation, refusal.dated_on)} của {refusal.body_name}). Đề nghị sử dụng kết quả đã có; trường hợp vẫn cần kiểm tra, ghi rõ lý do."
    )


def inherited(unit_name: str, formed_on: date, predecessor: str, refusal: Refusal) -> str:
    """The days before the unit was formed count for its predecessors (no. 28)."""
    return (
        f"{unit_name} hình thành ngày {format_date(formed_on)}. Thời kỳ trước ngày này được tính theo "
        f"đơn vị cũ; phần của {predecessor} đã có kết luận tại Thông báo số "
        f"{_dated(refusal.citation, refusal.dated_on)} (kế thừa)."
    )


def summary(counts: Counts) -> str:
    """“Trong 96 nội dung đã chọn: 71 được kiểm tra, 19 đã có kết luận …” (no. 25 and 26)."""
    if counts.total and not counts.free and counts.concluded + counts.held == counts.total:
        return "Toàn bộ nội dung đã chọn đều đã có kết luận hoặc đang được kiểm tra."
    return (
        f"Trong {count(counts.total)} nội dung đã chọn: {count(counts.free)} được kiểm tra, "
        f"{count(counts.concluded)} đã có kết luận, {count(counts.held)} đoàn khác đang thực hiện."
    )
