"""Papers of a check of remediation: its minutes at a unit, and the notice of what was accepted and what not.

Such a check assesses nothing again: it looks at what earlier notices asked, item by item.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.settings import FOLLOW_UP_UNIT, FOLLOWUP_NOTICE_TITLE, NOTICE_VERB
from app.documents.content import (
    Align,
    Annex,
    Block,
    Bulleted,
    Column,
    Heading,
    HeadingLevel,
    Item,
    OfficialDocument,
    Paragraph,
    Row,
    Run,
    RunField,
    SignatureBlock,
    Table,
    WritingSpace,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.errors import WrongState
from app.extensions import db
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, Inspection, InspectionKind, TeamRole, Visit
from app.remediation import queries as remediation
from app.remediation.heads import Head, head_of
from app.remediation.models import PROGRESS_LABELS, TaskState
from app.remediation.queries import OldTask
from app.vietnamese import count, format_date

ACCEPTED = (TaskState.ACCEPTED, TaskState.WATCHING)
NO_NEW_ASSESSMENT = (
    "Việc kiểm tra chỉ xem xét kết quả khắc phục, không đánh giá lại nội dung đã có thông báo kết luận."
)
SEEN_COLUMNS = (
    Column("STT", 11, Align.CENTER),
    Column("Nội dung khắc phục; thông báo", 70),
    Column("Thời hạn", 24, Align.CENTER),
    Column("Kết quả kiểm tra thực tế", 66),
)
RESULT_COLUMNS = (
    Column("STT", 11, Align.CENTER),
    Column("Nội dung khắc phục", 72),
    Column("Số, ngày thông báo", 34, Align.CENTER),
    Column("Thời hạn", 24, Align.CENTER),
    Column("Kết quả kiểm tra thực tế", 64),
    Column("Công nhận", 42),
)


def _case(paper: Paper) -> Inspection:
    found = db.session.get(Inspection, paper.inspection_id) if paper.inspection_id else None
    if found is None or found.kind is not InspectionKind.FOLLOW_UP:
        raise WrongState("Chỉ cuộc kiểm tra việc khắc phục mới có văn bản này.")
    return found


def places_of(paper: Paper) -> list[InspectedUnit]:
    """The units of the case that the paper is about; none named: all."""
    wanted = {unit.id for unit in paper.units}
    places = db.session.scalars(
        sa.select(InspectedUnit)
        .where(InspectedUnit.inspection_id == paper.inspection_id)
        .order_by(InspectedUnit.ordinal)
    )
    return [place for place in places if not wanted or place.unit_id in wanted]


def compose_minutes(paper: Paper) -> OfficialDocument:
    """Biên bản kiểm tra việc khắc phục at the one unit of the paper."""
    inspection = _case(paper)
    place = places_of(paper)[0]
    return minutes(inspection, place, remediation.list_old(place))


def minutes_miss(paper: Paper) -> tuple[str, ...]:
    """What stops the minutes: nothing to look at."""
    places = places_of(paper)
    if len(places) != 1:
        return ("Mỗi biên bản kiểm tra việc khắc phục lập với một đơn vị.",)
    return () if remediation.list_old(places[0]) else ("Đơn vị không có nội dung khắc phục nào để kiểm tra.",)


def minutes(inspection: Inspection, place: InspectedUnit, old: Sequence[OldTask]) -> OfficialDocument:
    """NĐ 30/2020 mẫu 1.9: time, place, people; what was seen of each item; the unit's opinion."""
    unit, visit = place.unit, _visit(place)
    decided = inspection.decision
    basis = f"Căn cứ Quyết định số {decided.number_and_symbol}" if decided is not None else ""
    if decided is not None and decided.issued_on is not None:
        basis += f" ngày {format_date(decided.issued_on)}"
    leader = next((m for m in inspection.members if m.role is TeamRole.LEADER), None)
    secretary = next((m for m in inspection.members if m.role is TeamRole.SECRETARY), None)
    blocks: list[Block] = [
        *([paragraph(f"{basis} về việc kiểm tra việc khắc phục tồn tại, hạn chế.")] if basis else []),
        paragraph(f"{_opening(visit)}, Đoàn kiểm tra làm việc với {unit.name}, nội dung như sau:"),
        _section("I", "Thành phần"),
        _clause("1", "Đoàn kiểm tra"),
        _team(inspection),
        _clause("2", "Đơn vị được kiểm tra"),
        WritingSpace(2),
        _section("II", "Kết quả kiểm tra việc khắc phục"),
        paragraph(NO_NEW_ASSESSMENT, ref="scope"),
        Table(SEEN_COLUMNS, tuple(_seen_row(n, row) for n, row in enumerate(old, 1)), font_size=12),
        _section("III", "Ý kiến của đơn vị được kiểm tra"),
        WritingSpace(4),
        _section("IV", "Yêu cầu của Đoàn kiểm tra"),
        paragraph(_asked(unit.name, old), ref="requests"),
        Paragraph(_ending(visit)),
    ]
    return OfficialDocument(
        kind=DocumentKind.FOLLOWUP_MINUTES,
        type_name="Biên bản",
        subject=f"Kiểm tra việc khắc phục tồn tại, hạn chế tại {unit.name}",
        governing_body=inspection.office_unit.name,
        issuing_body=f"Đoàn kiểm tra theo Quyết định số {decided.number_and_symbol}"
        if decided is not None
        else "Đoàn kiểm tra",
        symbol="BB-ĐKT",
        blocks=tuple(blocks),
        signature_columns=(
            SignatureBlock(posts=("Đại diện đơn vị", "được kiểm tra"), note="(Ký, ghi rõ họ tên, đóng dấu)"),
            SignatureBlock(
                name=secretary.person.name if secretary else "", posts=("Thư ký",), note="(Ký, ghi rõ họ tên)"
            ),
            SignatureBlock(
                name=leader.person.name if leader else "", posts=("Trưởng đoàn",), note="(Ký, ghi rõ họ tên)"
            ),
        ),
    )


def _visit(place: InspectedUnit) -> Visit | None:
    return next((visit for visit in place.visits if not visit.not_held_reason), None)


def _opening(visit: Visit | None) -> str:
    """“Hôm nay, hồi 08 giờ 00 phút, ngày 20/11/2026, tại …”; dots where nothing is known yet."""
    where = visit.place if visit is not None and visit.place else "……………………"
    where = where.replace("Trụ sở", "trụ sở", 1) if where.startswith("Trụ sở") else where
    if visit is not None and visit.opened_at is not None:
        at = clock.local(visit.opened_at)
        return f"Hôm nay, hồi {at:%H} giờ {at:%M} phút, ngày {format_date(at.date())}, tại {where}"
    day = format_date(visit.on_date) if visit is not None and visit.on_date is not None else "……/……/………"
    return f"Hôm nay, hồi …… giờ …… phút, ngày {day}, tại {where}"


def _ending(visit: Visit | None) -> tuple[Run, ...]:
    closed = clock.local(visit.closed_at) if visit is not None and visit.closed_at is not None else None
    hour = f"{closed:%H} giờ {closed:%M} phút" if closed is not None else "…… giờ …… phút"
    return (
        Run(f"Biên bản lập xong hồi {hour} cùng ngày, gồm "),
        Run("", field=RunField.BODY_PAGES),
        Run(
            " trang, lập thành 02 bản có giá trị như nhau, đã đọc lại cho mọi người cùng nghe, công nhận "
            "đúng "
            "và ký tên"
        ),
    )


def _team(inspection: Inspection) -> Block:
    names = [inspections.full_name(member) for member in inspection.members]
    ends = [";"] * (len(names) - 1) + ["."]
    items = tuple(Item(plain(name + end)) for name, end in zip(names, ends, strict=True))
    return Bulleted(items) if items else WritingSpace(2)


def _seen_row(place: int, row: OldTask) -> Row:
    task = row.task
    source = f"\n({task.source.citation})" if task.source is not None else ""
    return Row(
        (str(place), f"{task.text.rstrip('.;')}{source}", _due(row), _seen(row)), ref=f"task:{task.id}"
    )


def _due(row: OldTask) -> str:
    return format_date(row.task.term) if row.task.term is not None else ""


def _seen(row: OldTask) -> str:
    """What the team saw; room to write where it has not looked yet."""
    if row.seen is None:
        return ""
    text = f". {row.seen.text.rstrip('.')}." if row.seen.text else ""
    return f"{PROGRESS_LABELS[row.seen.status]}{text}"


def _asked(unit: str, old: Sequence[OldTask]) -> str:
    left = [row for row in old if row.seen is None or row.seen.status.value != "done"]
    verb = deadlines.setting(NOTICE_VERB).capitalize()
    if not left:
        return f"{verb} {unit} duy trì kết quả đã khắc phục, không để tái diễn."
    return (
        f"{verb} {unit} tiếp tục khắc phục {count(len(left))} nội dung chưa xong, báo cáo kết quả kèm "
        "minh chứng "
        "theo thời hạn."
    )


def compose_notice(paper: Paper) -> OfficialDocument:
    """Thông báo kết quả kiểm tra việc khắc phục, for one unit or several."""
    found = [(place, remediation.list_old(place)) for place in places_of(paper)]
    return notice(head_of(paper), _case(paper), found)


def notice_misses(paper: Paper) -> tuple[str, ...]:
    """What stops the notice: items that nobody has looked at."""
    rows = [row for place in places_of(paper) for row in remediation.list_old(place)]
    if not rows:
        return ("Không có nội dung khắc phục nào để thông báo kết quả kiểm tra.",)
    unseen = sum(row.seen is None for row in rows)
    return (f"Còn {count(unseen)} nội dung Đoàn chưa ghi nhận tại đơn vị.",) if unseen else ()


def notice(
    head: Head, inspection: Inspection, found: Sequence[tuple[InspectedUnit, Sequence[OldTask]]]
) -> OfficialDocument:
    """Per item accepted or not, with the reason; it scores nothing."""
    rows = [row for _, old in found for row in old]
    names = tuple(place.unit.name for place, _ in found)
    good = sum(row.task.state in ACCEPTED for row in rows)
    whom = names[0] if len(names) == 1 else "các đơn vị"
    verb = deadlines.setting(NOTICE_VERB).capitalize()
    decided = inspection.decision
    basis = f"Thực hiện Quyết định số {decided.number_and_symbol}" if decided is not None else ""
    if decided is not None and decided.issued_on is not None:
        basis += f" ngày {format_date(decided.issued_on)}"
    days = sorted(
        {v.on_date for place, _ in found for v in place.visits if v.on_date and not v.not_held_reason}
    )
    when = ""
    if days:
        first, last = format_date(days[0]), format_date(days[-1])
        when = f", ngày {first}" if first == last else f", từ ngày {first} đến ngày {last}"
    since = f"{basis}, " if basis else ""
    opening = f"{since}Đoàn kiểm tra đã kiểm tra việc khắc phục tồn tại, hạn chế tại {whom}{when}."
    following = deadlines.setting(FOLLOW_UP_UNIT)
    requests = [
        f"{verb} Thủ trưởng {whom} tiếp tục chỉ đạo khắc phục các nội dung chưa được công nhận, báo cáo "
        "kết quả "
        f"kèm minh chứng về {head.body} (qua {following}) theo thời hạn tại Phụ lục; duy trì kết quả đã "
        "khắc phục, "
        "không để tái diễn.",
        f"{following} tiếp tục theo dõi, đôn đốc, thẩm tra đến khi hoàn thành.",
    ]
    if good == len(rows):
        requests = [f"{verb} Thủ trưởng {whom} duy trì kết quả đã khắc phục, không để tái diễn."]
    return OfficialDocument(
        kind=DocumentKind.FOLLOWUP_NOTICE,
        type_name="Thông báo",
        subject=deadlines.setting(FOLLOWUP_NOTICE_TITLE),
        governing_body=head.parent,
        issuing_body=head.printed,
        symbol=head.symbol,
        place=head.place,
        blocks=(
            paragraph(
                f"{opening} {head.body} thông báo kết quả như sau:",
                ref="opening",
            ),
            _section("I", "Kết quả kiểm tra"),
            paragraph(
                f"Đã kiểm tra {count(len(rows))} nội dung; công nhận hoàn thành {count(good)} nội dung; "
                "chưa công "
                f"nhận {count(len(rows) - good)} nội dung. Kết quả từng nội dung theo Phụ lục kèm theo."
            ),
            paragraph(NO_NEW_ASSESSMENT, ref="scope"),
            _section("II", verb),
            *(paragraph(text, ref="requests") for text in requests),
            paragraph(
                f"{head.body} thông báo để {'đơn vị' if len(names) == 1 else 'các đơn vị'} biết, thực hiện.",
                ref="closing",
            ),
        ),
        signature=head.signature,
        recipients=(*names, *head.informed, head.kept),
        annexes=(Annex("Kết quả kiểm tra từng nội dung khắc phục", (_result_table(found),), landscape=True),),
    )


def _result_table(found: Sequence[tuple[InspectedUnit, Sequence[OldTask]]]) -> Table:
    rows: list[Row] = []
    place = 0
    for inspected, old in found:
        if len(found) > 1:
            rows.append(Row((inspected.unit.name,), group=True))
        for row in old:
            place += 1
            task, source = row.task, row.task.source
            cited = f"{source.number_and_symbol}\n{format_date(source.issued_on)}" if source else ""
            cells = (str(place), task.text.rstrip(".;"), cited, _due(row), _seen(row), _verdict(row))
            rows.append(Row(cells, ref=f"task:{task.id}"))
    return Table(RESULT_COLUMNS, tuple(rows), font_size=11)


def _verdict(row: OldTask) -> str:
    if row.task.state in ACCEPTED:
        on = f" ngày {format_date(row.task.accepted_on)}" if row.task.accepted_on else ""
        return f"Công nhận hoàn thành{on}"
    return f"Chưa công nhận: {row.task.return_reason}" if row.task.return_reason else "Chưa công nhận"


def _section(number: str, title: str) -> Heading:
    return Heading(HeadingLevel.SECTION, number, title)


def _clause(number: str, title: str) -> Heading:
    return Heading(HeadingLevel.CLAUSE, number, title)
