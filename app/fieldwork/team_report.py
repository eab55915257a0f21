"""Báo cáo kết quả kiểm tra of the team, about the whole case or some of its units, from the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.deadlines import queries as deadlines
from app.deadlines.settings import TEAM_REPORT_SECTIONS, TEAM_REPORT_TITLE, names_of
from app.documents.content import (
    Align,
    Annex,
    Block,
    Bulleted,
    Column,
    Item,
    Numbered,
    Numbering,
    OfficialDocument,
    Row,
    Table,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.fieldwork import panels
from app.fieldwork.models import Minutes, MinutesState
from app.fieldwork.panels import Asked
from app.fieldwork.queries.minutes import point_of
from app.fieldwork.queries.reporting import UnitReport, read_units
from app.findings import causes
from app.findings.models import Classification, Finding, OpinionWay
from app.form_library.values import RESULT_LABELS, Result, not_examined
from app.inspections.composing.frame import (
    authority_of,
    carrying_out,
    case_of,
    clause,
    lowered,
    period_words,
    points,
    section,
    team_paper,
    titled,
    units_of,
    words,
)
from app.inspections.models import InspectedUnit, Inspection, VisitState
from app.inspections.planning import last_day
from app.inspections.queries import ROLE_NAMES
from app.vietnamese import count, format_date, format_period

HELD = (VisitState.UNDER_WAY, VisitState.SIGNED)


def compose_team_report(paper: Paper) -> OfficialDocument:
    """The report as the record stands; `Paper.units` narrows it to some units and names no other."""
    inspection = case_of(paper)
    units = units_of(paper, inspection)
    told = read_units(inspection, units)
    subject = titled(deadlines.setting(TEAM_REPORT_TITLE), inspection)
    if len(units) == 1 and len(inspection.units) > 1:
        subject += f" tại {units[0].unit.name}"
    return team_paper(
        DocumentKind.TEAM_REPORT,
        paper,
        inspection,
        type_name="Báo cáo",
        subject=subject,
        addressees=(authority_of(inspection),),
        blocks=_blocks(inspection, told),
        recipients=("Như trên", "Thành viên Đoàn kiểm tra"),
        annexes=_annexes(told),
    )


def _who(told: Sequence[UnitReport]) -> str:
    return told[0].unit.unit.name if len(told) == 1 else f"{count(len(told))} đơn vị"


def _blocks(inspection: Inspection, told: Sequence[UnitReport]) -> Iterable[Block]:
    names = names_of(deadlines.setting(TEAM_REPORT_SECTIONS))
    yield from words("opening", _opening(inspection, told))
    parts: list[tuple[str, list[Block]]] = [
        (names[0], list(_results(told))),
        (names[1], list(_shortcomings(told))),
        (names[2], _difficulties(told)),
        (names[3], list(_recommendations(inspection, told))),
        (names[4], _dissents(inspection, told)),
    ]
    for place, (name, blocks) in enumerate(((n, b) for n, b in parts if b), 1):
        yield section(place, name)
        yield from blocks
    yield from words(
        "closing",
        f"Trên đây là báo cáo kết quả kiểm tra, Đoàn kiểm tra kính trình {authority_of(inspection)} xem xét, "
        "chỉ đạo.",
    )


def _opening(inspection: Inspection, told: Sequence[UnitReport]) -> str:
    seen = [one for one in told if one.examined]
    days = sorted(
        visit.on_date
        for one in told
        for visit in one.unit.visits
        if visit.on_date is not None and visit.state in HELD
    )
    when = ""
    if days:
        first, last = format_date(days[0]), format_date(days[-1])
        when = f", ngày {first}" if first == last else f", từ ngày {first} đến ngày {last}"
    return (
        f"{carrying_out(inspection)}{when}, Đoàn kiểm tra đã kiểm tra tại {_who(seen or told)} "
        f"(thời kỳ kiểm tra {period_words(inspection)}). Đoàn kiểm tra báo cáo kết quả như sau:"
    )


def _results(told: Sequence[UnitReport]) -> Iterable[Block]:
    if not told:
        yield paragraph("Chưa có đơn vị được kiểm tra.")
    if len(told) > 1:
        yield _overview(told)
    for place, one in enumerate(told, 1):
        if len(told) > 1:
            yield clause(place, one.unit.unit.name)
        yield paragraph(_facts(one))
        for note in one.strengths:
            ref = f"strengths:{one.unit.id}:{note.group_id}"
            yield from words(ref, f"{note.group.short_title}: {_one(note.strengths)}.")


def _one(text: str) -> str:
    return " ".join(text.split()).rstrip(".;")


def _counts(one: UnitReport) -> str:
    shares = [
        f"{RESULT_LABELS[result].lower()} {count(one.results[result])}"
        for result in Result
        if result is not Result.NOT_EXAMINED and one.results.get(result)
    ]
    text = f"đã kiểm tra {count(one.examined)}/{count(one.asked)} nội dung"
    return text + (f": {', '.join(shares)}" if shares else "")


def _facts(one: UnitReport) -> str:
    days = [
        format_date(visit.on_date)
        for visit in one.unit.visits
        if visit.on_date is not None and visit.state in HELD
    ]
    report = one.unit.report_citation.strip()
    sentences = [
        f"Làm việc ngày {', '.join(days)}" if days else "",
        _counts(one),
        f"chưa kiểm tra {count(len(one.not_examined))} nội dung" if one.not_examined else "",
        "; ".join(_signed(minutes) for minutes in one.minutes),
        f"báo cáo của đơn vị: {report}" if report else "",
        "đơn vị chưa gửi báo cáo" if one.unit.report_due_on is not None and not report else "",
    ]
    text = "; ".join(sentence for sentence in sentences if sentence)
    return f"{text[:1].upper()}{text[1:]}."


def _signed(minutes: Minutes) -> str:
    if minutes.state is MinutesState.REFUSED:
        return f"đơn vị không ký biên bản ({_one(minutes.refusal_reason) or 'không nêu lý do'})"
    day = f" ngày {format_date(minutes.signed_on)}" if minutes.signed_on else ""
    return f"biên bản làm việc ký{day}, {_heard(minutes)}"


def _heard(minutes: Minutes) -> str:
    if minutes.unit_agrees:
        return "đơn vị thống nhất"
    opinion = _one(minutes.unit_opinion)
    return f"ý kiến của đơn vị: {opinion}" if opinion else "đơn vị không có ý kiến"


def _overview(told: Sequence[UnitReport]) -> Table:
    columns = (
        Column("STT", 11, Align.CENTER), Column("Đơn vị", 48), Column("Đã kiểm tra", 22, Align.CENTER),
        Column("Đạt", 16, Align.CENTER), Column("Đạt một phần", 18, Align.CENTER),
        Column("Chưa đạt", 18, Align.CENTER), Column("Tồn tại, hạn chế", 20, Align.CENTER),
    )  # fmt: skip
    shown = (Result.MET, Result.PARTLY, Result.NOT_MET)
    rows = [
        Row(
            (
                str(place), one.unit.unit.name, f"{count(one.examined)}/{count(one.asked)}",
                *(count(one.results.get(result, 0)) for result in shown), count(len(one.findings)),
            )
        )
        for place, one in enumerate(told, 1)
    ]  # fmt: skip
    return Table(columns, tuple(rows), font_size=12)


def _shortcomings(told: Sequence[UnitReport]) -> Iterable[Block]:
    for place, one in enumerate(told, 1):
        if len(told) > 1:
            yield clause(place, one.unit.unit.name)
        if one.findings:
            items = (Item(plain(_finding(f, one)), ref=f"finding:{f.id}") for f in one.findings)
            yield Numbered(tuple(items), Numbering.CLAUSE if len(told) == 1 else Numbering.POINT)
        elif one.examined:
            yield paragraph("Chưa phát hiện tồn tại, hạn chế đối với các nội dung đã kiểm tra.")
        else:
            yield paragraph("Đoàn chưa kiểm tra nội dung nào tại đơn vị.")
        for clean in one.clean:
            if clean.note is not None and clean.note.clean_reason.strip():
                sample = _one(clean.note.clean_sample)
                seen = f" (mẫu đã xem: {sample})" if sample else ""
                ref = f"clean:{one.unit.id}:{clean.group.id}"
                said = f"{clean.group.short_title}, không có tồn tại, hạn chế"
                yield from words(ref, f"{said}: {_one(clean.note.clean_reason)}{seen}.")
        if one.passed_on:
            yield paragraph("Nội dung kiến nghị chuyển cơ quan có thẩm quyền:")
            items = (
                Item(plain(f"{point_of(f).sentence} Chuyển: {_one(f.passed_to)}."), ref=f"finding:{f.id}")
                for f in one.passed_on
            )
            yield Bulleted(tuple(items))


def _finding(finding: Finding, one: UnitReport) -> str:
    """Fact and figures, cause, who answers for it, and whether the unit was heard."""
    point = point_of(finding)
    mended = point.fixed and bool(finding.fixed_note.strip())  # told below, in words
    sentence = replace(point, fixed=False).sentence if mended else point.sentence
    parts = [f"{finding.scope_item.criterion.title}: {lowered(sentence)}"]
    if finding.earlier_notice.strip():
        earlier = _one(finding.earlier_notice)
        if finding.classification is Classification.RECURRENCE:
            parts.append(f"Tái diễn, đã nêu tại {earlier}.")
        elif finding.classification is Classification.UNREMEDIED:
            parts.append(f"Chưa khắc phục theo {earlier}.")
    if mended:
        parts.append(f"Đã khắc phục ngay trong thời gian kiểm tra: {lowered(_one(finding.fixed_note))}.")
    if cause := causes.sentence(finding.subjective_causes, finding.objective_causes):
        parts.append(f"Nguyên nhân {lowered(cause)}")
    if answers := causes.responsible(finding):
        parts.append(f"Trách nhiệm: {answers}.")
    parts.append(_opinion(finding, one))
    return " ".join(parts)


def _opinion(finding: Finding, one: UnitReport) -> str:
    minutes = one.minutes_of(finding)
    if finding.in_minutes:
        day = f" ngày {format_date(minutes.signed_on)}" if minutes is not None and minutes.signed_on else ""
        return f"Đã nêu tại biên bản làm việc{day}{_answered(finding, minutes)}."
    said = _one(finding.opinion)
    if finding.opinion_way is OpinionWay.NONE_BY_DATE:
        return "Chưa nêu trong biên bản; hết thời hạn lấy ý kiến, đơn vị không có ý kiến."
    if finding.opinion_way is not None:
        where = f" tại {_one(finding.opinion_reference)}" if finding.opinion_reference.strip() else ""
        return f"Chưa nêu trong biên bản; ý kiến của đơn vị{where}: {said or 'thống nhất'}."
    return "Chưa nêu trong biên bản, chưa lấy ý kiến của đơn vị."


def _answered(finding: Finding, minutes: Minutes | None) -> str:
    """What the unit said of the finding; what it said of the whole stands in the first section."""
    if finding.opinion.strip():
        return f"; ý kiến của đơn vị: {_one(finding.opinion)}"
    if minutes is None:
        return ""
    if minutes.state is MinutesState.REFUSED:
        return "; đơn vị không ký biên bản"
    if minutes.unit_agrees:
        return "; đơn vị thống nhất"
    return "; ý kiến của đơn vị nêu tại mục I" if minutes.unit_opinion.strip() else ""


def _difficulties(told: Sequence[UnitReport]) -> list[Block]:
    items = [
        Item(plain(_proposal(one, text.text, text.answering_body)), ref=f"proposal:{text.id}")
        for one in told
        for text in one.proposals
    ]
    return [Bulleted(tuple(items))] if items else []


def _proposal(one: UnitReport, text: str, body: str) -> str:
    answering = f" (cơ quan trả lời: {_one(body)})" if body.strip() else ""
    return f"{one.unit.unit.name}: {_one(text)}{answering}."


def _recommendations(inspection: Inspection, told: Sequence[UnitReport]) -> Iterable[Block]:
    asked = panels.asked_of([one.unit for one in told])
    office = inspection.office_unit.name
    lines = [f"{authority_of(inspection)} ban hành thông báo kết luận kiểm tra đối với {_who(told)}."]
    if any(one.proposals for one in told):
        lines.append(
            f"{office} xem xét, trả lời hoặc chuyển cơ quan có thẩm quyền trả lời kiến nghị của đơn vị."
        )
    if asked:
        lines.append(
            f"Đơn vị được kiểm tra khắc phục tồn tại, hạn chế và báo cáo kết quả về {office} theo thời hạn "
            "tại bảng sau."
        )
    yield points("recommendations", lines)
    if asked:
        yield _asked_table(asked, [one.unit for one in told])


def _asked_table(asked: Sequence[Asked], units: Sequence[InspectedUnit]) -> Table:
    columns = (
        Column("STT", 11, Align.CENTER), Column("Nội dung khắc phục", 54), Column("Sản phẩm, kết quả", 30),
        Column("Chủ trì", 30), Column("Thời hạn hoàn thành", 22, Align.CENTER),
        Column("Thời hạn báo cáo", 22, Align.CENTER),
    )  # fmt: skip
    rows: list[Row] = []
    place = 0
    for unit in units:
        own = [one for one in asked if one.inspected_unit_id == unit.id]
        if own and len(units) > 1:
            rows.append(Row((unit.unit.name,), group=True))
        for one in own:
            place += 1
            cells = (str(place), one.text, one.products, one.lead, one.due, one.report_due)
            rows.append(Row(cells, ref=one.ref))
    return Table(columns, tuple(rows), font_size=11)


def _dissents(inspection: Inspection, told: Sequence[UnitReport]) -> list[Block]:
    roles = {member.person_id: ROLE_NAMES[member.role] for member in inspection.members}
    items = [
        Item(
            plain(
                f"{dissent.person.name}, {roles.get(dissent.person_id, 'nguyên thành viên')}, về nội dung "
                f"“{_one(finding.description)}” ({one.unit.unit.name}): {_one(dissent.text)}."
            ),
            ref=f"dissent:{dissent.id}",
        )
        for one in told
        for finding in (*one.findings, *one.passed_on)
        for dissent in finding.dissents
    ]
    return [Bulleted(tuple(items))] if items else []


def _annexes(told: Sequence[UnitReport]) -> tuple[Annex, ...]:
    """What was not examined, and what another conclusion has decided already."""
    columns = (
        Column("STT", 11, Align.CENTER), Column("Mã", 21, Align.CENTER), Column("Nội dung", 56),
        Column("Thời kỳ", 34, Align.CENTER), Column("Ghi chú", 51),
    )  # fmt: skip
    rows: list[Row] = []
    place = 0
    for one in told:
        if len(told) > 1 and (one.not_examined or one.concluded):
            rows.append(Row((one.unit.unit.name,), group=True))
        if one.not_examined and not one.examined:
            place += 1
            every = f"Toàn bộ {count(one.asked)} nội dung trong phạm vi"
            items = [left.item for left in one.not_examined]
            period = format_period(
                min(item.starts_on for item in items), last_day(max(item.ends_on for item in items))
            )
            rows.append(Row((str(place), "–", every, period, "Chưa kiểm tra")))
        for left in one.not_examined if one.examined else ():
            place += 1
            item = left.item
            field = f" ({item.field_label})" if item.field_label else ""
            period = format_period(item.starts_on, last_day(item.ends_on))
            note = not_examined(left.reason)
            name = f"{item.criterion.title}{field}"
            rows.append(Row((str(place), item.criterion.key, name, period, note), ref=f"scope:{item.id}"))
        for done in one.concluded:
            place += 1
            rows.append(Row((str(place), done.key, done.title, done.period, f"Đã kết luận: {done.citation}")))
    if not rows:
        return ()
    return (
        Annex(
            "Nội dung chưa kiểm tra, nội dung đã có kết luận, không đánh giá lại",
            (Table(columns, tuple(rows), font_size=11),),
        ),
    )
