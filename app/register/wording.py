"""The register's answers in words (users.md §4 no. 23–28)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from app.form_library.models import ProcedureField
from app.register.boxes import Box
from app.register.replaced import Version
from app.register.review import Counts, Ground, Refusal
from app.vietnamese import count, format_date, format_period

NO_REASSESSMENT = "Nội dung đã có thông báo kết luận thì không đánh giá lại."
NOTHING_LEFT = "Không còn phần nào được kiểm tra trong thời kỳ đã chọn."
ALL_CONCLUDED = "Toàn bộ thời kỳ đã chọn đã có thông báo kết luận."
ASK_THE_TEAM = "Đề nghị trao đổi với Đoàn hoặc chọn nội dung, thời kỳ khác."
ASK_THE_PLANNER = "Đề nghị trao đổi với người lập kế hoạch hoặc chọn nội dung, thời kỳ khác."
MOST_FIELDS_NAMED = 3
_KINDS = {"KL": "Kết luận", "BC": "Báo cáo", "QĐ": "Quyết định", "BB": "Biên bản", "CV": "Công văn"}


def period_of(box: Box) -> str:
    """“01/01/2026–30/6/2026”, both days included."""
    return format_period(box.starts_on, box.last_day)


def left_over(free: Sequence[Box]) -> str:
    """“Còn được kiểm tra: từ 01/7/2026 đến 30/9/2026.” or that nothing is left."""
    return left_spans((box.starts_on, box.last_day, "") for box in free)


def left_spans(spans: Iterable[tuple[date, date, str]], *, concluded_only: bool = False) -> str:
    """What is left as (first day, last day, remark): the same days with the same remark are told once.

    `concluded_only`: who does not know of other teams is told what is not concluded, never that it is free.
    """
    told = [
        f"từ {format_date(first)} đến {format_date(last)}" + (f" ({remark})" if remark else "")
        for first, last, remark in sorted(set(spans))
    ]
    if concluded_only:
        return f"Chưa có thông báo kết luận: {'; '.join(told)}." if told else ALL_CONCLUDED
    return f"Còn được kiểm tra: {'; '.join(told)}." if told else NOTHING_LEFT


def dated(citation: str, day: date | None) -> str:
    """“45/TB-SNV ngày 12/8/2026”."""
    return f"{citation} ngày {format_date(day)}" if day else citation


def notice(citation: str, day: date | None) -> str:
    """“Thông báo số 45/TB-SNV ngày 12/8/2026”; other kinds of paper by symbol (“Kết luận số …/KL-TTr”)."""
    symbol = citation.partition("/")[2]
    kind = _KINDS.get(symbol.partition("-")[0].upper(), "Thông báo")
    return f"{kind} số {dated(citation, day)}"


def source(refusal: Refusal) -> str:
    """What stands there: a notice, the decision of the team that is inspecting, or a draft's reservation."""
    if refusal.ground is Ground.CONCLUDED:
        return notice(refusal.citation, refusal.dated_on)
    if refusal.ground is Ground.RESERVED:
        named = (
            f"cuộc kiểm tra dự kiến “{refusal.planned}”" if refusal.planned else "một cuộc kiểm tra dự kiến"
        )
        return f"{named} của {refusal.body_name}"
    if refusal.citation:
        return f"Đoàn kiểm tra theo Quyết định số {dated(refusal.citation, refusal.dated_on)}"
    return f"Đoàn kiểm tra của {refusal.body_name}"


def reserved(refusal: Refusal) -> str:
    """“đang được giữ chỗ đến hết ngày 07/10/2026 cho cuộc kiểm tra dự kiến … (người giữ chỗ: …)”."""
    until = f" đến hết ngày {format_date(refusal.until_on)}" if refusal.until_on else ""
    by = f" (người giữ chỗ: {refusal.leader})" if refusal.leader else ""
    return f"đang được giữ chỗ{until} cho {source(refusal)}{by}"


def under(version: Version | None) -> str:
    """“theo tiêu chí MC-05 của phiếu phiên bản 01”; empty without one."""
    return f"theo tiêu chí {version.key} của phiếu phiên bản {count(version.number)}" if version else ""


def parts_label(names: Sequence[str]) -> str:
    """“phần thuộc tiêu chí MC-30, MC-31”; “một phần” when no form has a name for it."""
    return f"phần thuộc tiêu chí {', '.join(names)}" if names else "một phần"


def rest_of_merged(
    key: str, alone: Version, first: date, last: date, unit_name: str, fields: str, *, concluded_only: bool
) -> str:
    """A merged criterion is refused, but one of those it took over is not: by which it may be asked."""
    of_unit = f" của {unit_name}" if unit_name else ""
    days = f"từ {format_date(first)} đến {format_date(last)}"
    told = (
        f"Tiêu chí {key} đã có kết luận hoặc đang được kiểm tra một phần; phần thuộc tiêu chí {alone.key} – "
        f"{alone.title}{f' ({fields})' if fields else ''}{of_unit} {days}"
    )
    if concluded_only:
        return f"{told} chưa có thông báo kết luận."
    return f"{told} còn được kiểm tra, chọn tiêu chí {alone.key} của phiếu phiên bản {count(alone.number)}."


def fact(refusal: Refusal, *, unit_name: str, content: str, under: str = "") -> str:
    """What stands there and the rule that follows, without what is left (no. 23 and 24).

    `under`: the criterion of another form version that it was decided by, in words.
    """
    about = f"Nội dung {content} của {unit_name}, thời kỳ {period_of(refusal.box)}"
    if refusal.ground is Ground.CONCLUDED:
        by = f" {under}" if under else ""
        return f"{about}, đã có kết luận{by} tại {source(refusal)} của {refusal.body_name}. {NO_REASSESSMENT}"
    if refusal.ground is Ground.RESERVED:
        return f"{about}, {reserved(refusal)}. {ASK_THE_PLANNER}"
    leader = f" (Trưởng đoàn: {refusal.leader})" if refusal.leader else ""
    if refusal.suspended_on:
        stopped = f"đang tạm dừng từ ngày {format_date(refusal.suspended_on)} nhưng vẫn giữ nội dung này"
        return f"{about}, thuộc {source(refusal)}{leader}, {stopped}. {ASK_THE_TEAM}"
    until = f" thực hiện đến hết ngày {format_date(refusal.until_on)}" if refusal.until_on else " thực hiện"
    return f"{about}, đang do {source(refusal)}{leader}{until}. {ASK_THE_TEAM}"


def brief(refusal: Refusal) -> str:
    """The same in a line of a table: the paper, whose it is, and the days."""
    period = f"thời kỳ {period_of(refusal.box)}"
    if refusal.ground is Ground.CONCLUDED:
        return f"{source(refusal)} của {refusal.body_name}, {period}"
    if refusal.ground is Ground.RESERVED:
        return f"{reserved(refusal)}, {period}"
    if refusal.suspended_on:
        return f"{source(refusal)}, đang tạm dừng từ ngày {format_date(refusal.suspended_on)}, {period}"
    until = f", thực hiện đến hết ngày {format_date(refusal.until_on)}" if refusal.until_on else ""
    return f"{source(refusal)}{until}, {period}"


def refused(
    refusal: Refusal, *, unit_name: str, content: str, free: Sequence[Box] = (), under: str = ""
) -> str:
    """One refusal as users read it: fact, source, what is left (no. 23 and 24)."""
    return f"{fact(refusal, unit_name=unit_name, content=content, under=under)} {left_over(free)}"


def lower_concluded(refusal: Refusal) -> str:
    """A higher body looks at what a lower one concluded or is inspecting (no. 27)."""
    if refusal.ground is Ground.CONCLUDED:
        said = (
            f"Cấp dưới đã có kết luận về nội dung này ({source(refusal)} của {refusal.body_name}). "
            "Đề nghị sử dụng kết quả đã có"
        )
    elif refusal.ground is Ground.RESERVED:
        said = f"Nội dung này {reserved(refusal)}. Đề nghị trao đổi với người lập kế hoạch"
    else:
        said = (
            f"Cấp dưới đang kiểm tra nội dung này ({source(refusal)} của {refusal.body_name}). "
            "Đề nghị trao đổi với Đoàn"
        )
    return f"{said}; trường hợp vẫn cần kiểm tra, ghi rõ lý do."


def overrun(cases: Sequence[str]) -> str:
    """What was just recorded meets what teams hold: which cases, and the way out; empty without any."""
    if not cases:
        return ""
    return (
        f"Trùng với nội dung đang kiểm tra theo {'; '.join(cases)}. "
        "Nội dung trùng không kết luận lại; đình chỉ một phần tại hồ sơ cuộc kiểm tra."
    )


def near(refusal: Refusal, *, unit_name: str, asked_name: str) -> str:
    """Something stands on the body of which the asked unit is a part, or on one of its parts."""
    if refusal.ground is Ground.CONCLUDED:
        said = f"đã có kết luận tại {source(refusal)} của {refusal.body_name}"
    elif refusal.ground is Ground.RESERVED:
        said = reserved(refusal)
    else:
        said = f"đang do {source(refusal)} thực hiện"
    return (
        f"Nội dung này của {unit_name}, thời kỳ {period_of(refusal.box)}, {said}. "
        f"{unit_name} và {asked_name} thuộc cùng một cơ quan nên không kiểm tra lại; "
        "trường hợp vẫn cần kiểm tra, ghi rõ lý do."
    )


def formed(unit_name: str, formed_on: date, former_names: Sequence[str] = ()) -> str:
    """When the unit was formed and whom the days before are counted for (first half of no. 28)."""
    before = f" (trước là {', '.join(former_names)})" if former_names else ""
    return (
        f"{unit_name}{before} hình thành ngày {format_date(formed_on)}. "
        "Thời kỳ trước ngày này được tính theo đơn vị cũ"
    )


def inherited(
    unit_name: str, formed_on: date, predecessor: str, refusal: Refusal, former_names: Sequence[str] = (),
    under: str = "",
) -> str:  # fmt: skip
    """The days before the unit was formed count for its predecessors (no. 28)."""
    by = f" {under}" if under else ""
    return (
        f"{formed(unit_name, formed_on, former_names)}; phần của {predecessor} đã có kết luận{by} tại "
        f"{source(refusal)} (kế thừa)."
    )


def fields_label(
    ranges: Sequence[tuple[int, int]], span: tuple[int, int], fields: Sequence[ProcedureField]
) -> str:
    """The fields of procedure that half-open part ranges cover, in words; empty for the whole span."""
    inside = [
        field.name
        for field in fields
        if any(first <= field.part[0] and field.part[1] <= last for first, last in ranges)
    ]
    asked = [field.name for field in fields if span[0] <= field.part[0] and field.part[1] <= span[1]]
    if len(inside) == len(asked):
        return ""
    if not inside:
        return "phần khác"
    if len(inside) <= MOST_FIELDS_NAMED:
        return f"lĩnh vực {', '.join(inside)}"
    return f"trừ lĩnh vực {', '.join(name for name in asked if name not in inside)}"


def summary(counts: Counts) -> str:
    """“Trong 96 nội dung đã chọn: 71 được kiểm tra, 19 đã có kết luận …” (no. 25 and 26)."""
    if counts.total and not counts.free:
        reserved_too = ", đang được giữ chỗ" if counts.reserved else ""
        return f"Toàn bộ nội dung đã chọn đều đã có kết luận{reserved_too} hoặc đang được kiểm tra."
    return f"Trong {count(counts.total)} nội dung đã chọn: {shares(counts)}."


def shares(counts: Counts) -> str:
    """“71 được kiểm tra, 19 đã có kết luận, 06 đoàn khác đang thực hiện”, and what is reserved, if any."""
    told = (
        f"{count(counts.free)} được kiểm tra, {count(counts.concluded)} đã có kết luận, "
        f"{count(counts.held)} đoàn khác đang thực hiện"
    )
    return f"{told}, {count(counts.reserved)} đang được giữ chỗ" if counts.reserved else told
