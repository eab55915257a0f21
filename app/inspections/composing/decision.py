"""The decision as a draft paper: composed from the case, printed by `documents.rendering`."""

from __future__ import annotations

import re

from app.deadlines import queries as deadlines
from app.deadlines.settings import DRAFTING_UNIT_SYMBOL, PLACE_NAME
from app.documents.content import (
    Align,
    Annex,
    Article,
    Block,
    Column,
    Item,
    Numbered,
    OfficialDocument,
    Row,
    SignatureBlock,
    Table,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.papers import symbol_of
from app.inspections import queries
from app.inspections.composing.frame import post_of
from app.inspections.models import Inspection
from app.inspections.planning import last_day
from app.inspections.queries import HALF_DAYS
from app.inspections.queries.told import CaseScope, ScopeLine, scope_told, without_number
from app.vietnamese import count, format_date, format_date_long

BY_SCHEDULE = "Theo lịch của Đoàn kiểm tra"
"""The decision may be issued before the team has laid out its days; no cell of its annex is empty then."""
_NUMBER_AND_DATE = re.compile(
    r"(,? số)? \d+/\d{4}/QH\d+( (được Quốc hội thông qua )?ngày \d{1,2}( tháng \d{1,2} năm |/\d{1,2}/)\d{4})?"
)


def compose_decision(inspection: Inspection) -> OfficialDocument:
    """The decision to inspect, without number: team, units, contents, period, term, annex with the schedule.

    What was taken of the plan may differ from unit to unit; then the annex says it for each.

    Sections as they are customary for a decision that founds a team; the team dissolves itself when done.
    """
    scope = scope_told(inspection)
    office = inspection.office_unit
    head = office.current.parent
    authority = inspection.authority or f"Thủ trưởng {office.name}"
    return OfficialDocument(
        kind=DocumentKind.DECISION,
        type_name="Quyết định",
        subject=f"Về việc {inspection.title[:1].lower()}{inspection.title[1:]}",
        governing_body=head.name if head is not None else None,
        issuing_body=office.name,
        symbol=symbol_of(DocumentKind.DECISION),
        place=deadlines.setting(PLACE_NAME),
        authority_line=authority,
        legal_bases=_bases(inspection),
        blocks=_articles(inspection, scope),
        signature=SignatureBlock(posts=(post_of(authority, office.name),)),
        recipients=(
            "Như Điều 4",
            *((f"{head.name} (để báo cáo)",) if head is not None else ()),
            f"Lưu: VT, {deadlines.setting(DRAFTING_UNIT_SYMBOL)}",
        ),
        annexes=(
            Annex(
                "Danh sách đơn vị được kiểm tra",
                (_schedule(inspection, scope),),
                landscape=scope.differs,
            ),
        ),
    )


def _bases(inspection: Inspection) -> tuple[str, ...]:
    given = [*inspection.legal_bases, *([inspection.plan_citation] if inspection.plan_citation else [])]
    lines = (_as_cited(line) for line in given)
    return tuple(line if line.startswith(("Căn cứ", "Theo")) else f"Căn cứ {line}" for line in lines)


def _as_cited(line: str) -> str:
    """A law and a code are cited by their name, without number, date and issuer (rules.md 1.2)."""
    if not re.match(r"(Căn cứ )?(Bộ luật|Luật) ", line):
        return line
    return _NUMBER_AND_DATE.sub("", line)


def _articles(inspection: Inspection, scope: CaseScope) -> tuple[Block, ...]:
    last_member = inspection.members[-1] if inspection.members else None
    team = tuple(
        Item(plain(queries.full_name(member) + ("." if member is last_member else ";")))
        for member in inspection.members
    )
    contents = "; ".join(without_number(group.title) for group in scope.groups)
    last = (
        "đến thời điểm kiểm tra"
        if inspection.review_to_provisional
        else f"đến hết {format_date_long(last_day(inspection.review_to))}"
    )
    period = f"từ {format_date_long(inspection.review_from)} {last}"
    each = "; đối với từng đơn vị theo Phụ lục kèm theo Quyết định này" if scope.differs else ""
    people: tuple[Block, ...] = (Numbered(team),) if team else ()
    about = (
        "Đối tượng kiểm tra: các đơn vị có tên tại Phụ lục kèm theo Quyết định này.",
        f"Nội dung kiểm tra: {contents}{each}." if contents else "Nội dung kiểm tra: chưa chọn.",
        f"Thời kỳ kiểm tra: {period}{each}.",
        f"Thời hạn kiểm tra: {count(inspection.term_days)} ngày làm việc, kể từ ngày công bố Quyết định.",
    )
    return (
        Article(1, plain("Thành lập Đoàn kiểm tra gồm các ông, bà có tên sau:")),
        *people,
        Article(2, title="Đối tượng, nội dung, thời kỳ và thời hạn kiểm tra"),
        Numbered(tuple(Item(plain(text)) for text in about)),
        Article(
            3,
            ref="duties",
            runs=plain(
                "Đoàn kiểm tra có nhiệm vụ kiểm tra, lập biên bản, báo cáo kết quả kiểm tra theo quy định và "
                "tự giải thể sau khi hoàn thành nhiệm vụ."
            ),
        ),
        Article(
            4,
            ref="effect",
            runs=plain(
                "Quyết định này có hiệu lực thi hành kể từ ngày ký. Thủ trưởng các đơn vị có tên tại Phụ lục "
                "và các ông, bà có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này."
            ),
        ),
    )


def _schedule(inspection: Inspection, scope: CaseScope) -> Table:
    """Units with their days; what is asked of each, when that is not the same of all."""
    columns = (
        Column("STT", 12, Align.CENTER),
        Column("Đơn vị được kiểm tra", 60 if not scope.differs else 45),
        *((Column("Nội dung kiểm tra", 75), Column("Thời kỳ kiểm tra", 50)) if scope.differs else ()),
        Column("Ngày, buổi", 45, Align.CENTER),
        Column("Địa điểm", 48),
    )
    rows: list[Row] = []
    for position, iu in enumerate(inspection.units, start=1):
        planned = [v for v in iu.visits if v.on_date and not v.not_held_reason]
        days = "; ".join(
            f"{HALF_DAYS[v.half_day]} {format_date(v.on_date)}" for v in planned if v.on_date is not None
        )
        places = "; ".join(dict.fromkeys(v.place for v in planned if v.place))
        days, places = days or BY_SCHEDULE, places or BY_SCHEDULE
        if not scope.differs:
            rows.append(Row((str(position), iu.unit.name, days, places)))
            continue
        asked = scope.lines[iu.id] or [ScopeLine("Không có nội dung còn được kiểm tra", "")]
        rows.append(Row((str(position), iu.unit.name, asked[0].contents, asked[0].period, days, places)))
        rows += [Row(("", iu.unit.name, line.contents, line.period, "", "")) for line in asked[1:]]
    return Table(columns, tuple(rows), font_size=12)
