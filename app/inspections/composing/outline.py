"""Đề cương báo cáo of the units, the figures they fill in, the papers they get ready: from the scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.deadlines import queries as deadlines
from app.deadlines.settings import (
    OUTLINE_SECTIONS,
    OUTLINE_TABLE_TITLE,
    OUTLINE_TEAM_METHODS,
    OUTLINE_TITLE,
    OUTLINE_TYPE_NAME,
    names_of,
)
from app.documents.content import (
    Align,
    Annex,
    Block,
    Bulleted,
    Column,
    Item,
    OfficialDocument,
    Row,
    Table,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.errors import WrongState
from app.form_library import queries as forms
from app.form_library.models import Criterion
from app.form_library.schema import CriterionDefinition, FieldDefinition, FieldKind
from app.inspections import queries
from app.inspections.composing.frame import (
    case_of,
    clause,
    dashes,
    office_paper,
    period_words,
    section,
    titled,
    units_of,
)
from app.inspections.models import InspectedUnit, Inspection, InspectionKind
from app.inspections.queries import GroupHead
from app.inspections.queries.told import without_number
from app.vietnamese import roman

_FIGURES = (FieldKind.RATIO, FieldKind.NUMBER, FieldKind.PERCENTAGE)
_CROSSED = "x"
"""Stands in a cell that is not to be filled."""
NO_OUTLINE = "Kiểm tra đột xuất không báo trước cho đơn vị nên không gửi đề cương báo cáo."

Asked = tuple[GroupHead, list[tuple[Criterion, CriterionDefinition]]]


def compose_outline(paper: Paper) -> OfficialDocument:
    """The outline with the table of figures. Raises WrongState for a surprise inspection, which has none."""
    inspection = case_of(paper)
    if inspection.kind is InspectionKind.SURPRISE:
        raise WrongState(NO_OUTLINE)
    units = units_of(paper, inspection)
    return office_paper(
        DocumentKind.REPORT_OUTLINE,
        paper,
        inspection,
        type_name=deadlines.setting(OUTLINE_TYPE_NAME),
        subject=titled(deadlines.setting(OUTLINE_TITLE), inspection),
        blocks=_blocks(inspection, units),
        recipients=("Các đơn vị được kiểm tra", "Thành viên Đoàn kiểm tra"),
        annexes=numbered((figures_annex(inspection, units),)),
    )


def missing_for_outline(paper: Paper) -> tuple[str, ...]:
    """What the record lacks for the outline."""
    inspection = case_of(paper)
    if inspection.kind is InspectionKind.SURPRISE:
        return (NO_OUTLINE,)
    asked = any(True for _ in _asked(inspection, units_of(paper, inspection)))
    return () if asked else ("Chưa chọn nội dung kiểm tra.",)


def text_annex(inspection: Inspection, units: Sequence[InspectedUnit]) -> Annex | None:
    """The outline attached to the letter."""
    title = f"{deadlines.setting(OUTLINE_TYPE_NAME)} {deadlines.setting(OUTLINE_TITLE).lower()} kiểm tra"
    return Annex(title, tuple(_blocks(inspection, units)))


def numbered(annexes: Iterable[Annex | None]) -> tuple[Annex, ...]:
    """Those that there are, with a Roman number each when there are several."""
    kept = [annex for annex in annexes if annex is not None]
    if len(kept) < 2:
        return tuple(kept)
    return tuple(replace(annex, label=f"Phụ lục {roman(place)}") for place, annex in enumerate(kept, 1))


def _asked(inspection: Inspection, units: Sequence[InspectedUnit]) -> Iterator[Asked]:
    """Groups and criteria that are asked of any of the units, in the order of the form."""
    here = {iu.id for iu in units}
    wanted = {
        row.piece.criterion_id
        for row in queries.scope_rows(inspection)
        if row.piece.inspected_unit_id in here
    }
    criteria = [c for c in forms.list_criteria(inspection.form_version_id) if c.id in wanted]
    definition = forms.definition_of(inspection.form_version)
    for head in queries.list_group_heads(inspection.form_version_id):
        own = [(c, definition.criterion(c.key)) for c in criteria if c.group_id == head.id]
        if own:
            yield head, own


def _blocks(inspection: Inspection, units: Sequence[InspectedUnit]) -> Iterator[Block]:
    names = names_of(deadlines.setting(OUTLINE_SECTIONS))
    yield section(1, names[0])
    yield dashes(
        "outline:general",
        (
            "Tổ chức bộ máy, biên chế, phân công lãnh đạo và công chức phụ trách các nội dung được kiểm tra.",
            f"Thuận lợi, khó khăn trong thời kỳ báo cáo ({period_words(inspection)}).",
        ),
    )
    yield section(2, names[1])
    for place, (head, criteria) in enumerate(_asked(inspection, units), 1):
        yield clause(place, _title(head))
        yield Bulleted(tuple(Item(plain(f"{_one(criterion.text)}.")) for criterion, _ in criteria))
    for place, (ref, lines) in enumerate(_GENERAL, 3):
        yield section(place, names[place - 1])
        yield dashes(ref, lines)


def _one(text: str) -> str:
    return " ".join(text.split()).rstrip(".;")


_GENERAL: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "outline:shortcomings",
        (
            "Tồn tại, hạn chế của từng nội dung, nêu rõ số liệu.",
            "Nguyên nhân chủ quan, khách quan; trách nhiệm của tập thể, người đứng đầu.",
            "Biện pháp đã và sẽ thực hiện, thời hạn hoàn thành.",
        ),
    ),
    (
        "outline:former",
        (
            "Các thông báo kết luận kiểm tra, thanh tra đối với đơn vị (số, ngày, cơ quan ban hành).",
            "Kết quả khắc phục từng nội dung; nội dung chưa khắc phục xong, nguyên nhân, thời hạn.",
        ),
    ),
    (
        "outline:proposals",
        (
            "Khó khăn, vướng mắc trong thực hiện nhiệm vụ.",
            "Kiến nghị, đề xuất; cơ quan có thẩm quyền giải quyết.",
        ),
    ),
)


def figures_annex(inspection: Inspection, units: Sequence[InspectedUnit]) -> Annex | None:
    """The table of figures to be filled in, by group and criterion; None when nothing in scope is counted."""
    rows: list[Row] = []
    place = 0
    for head, criteria in _asked(inspection, units):
        made: list[Row] = []
        for criterion, definition in criteria:
            figures = [f for f in definition.fields if f.kind in _FIGURES]
            if not figures:
                continue
            place += 1
            for line, field in enumerate(figures):
                own = (str(place), criterion.key) if line == 0 else ("", "")
                made.append(Row((*own, _label(criterion, field, line), *_blanks(field), "")))
        rows += [Row((_title(head),), group=True), *made] if made else []
    if not rows:
        return None
    columns = (
        Column("STT", 12, Align.CENTER),
        Column("Mã", 20, Align.CENTER),
        Column("Chỉ tiêu", 86),
        Column("Đơn vị tính", 34, Align.CENTER),
        Column("Tổng số (số liệu)", 26, Align.CENTER),
        Column("Số chưa đạt, quá hạn", 26, Align.CENTER),
        Column("Tỷ lệ (%)", 20, Align.CENTER),
        Column("Ghi chú", 28),
    )
    return Annex(
        deadlines.setting(OUTLINE_TABLE_TITLE),
        (Table(columns, tuple(rows), font_size=12),),
        landscape=True,
    )


def _label(criterion: Criterion, field: FieldDefinition, line: int) -> str:
    if field.kind is FieldKind.RATIO:
        return criterion.title
    return field.label if line else f"{criterion.title}: {field.label}"


def _blanks(field: FieldDefinition) -> tuple[str, str, str, str]:
    """Unit of measure; then total, failing and share: empty where the unit fills in."""
    if field.kind is FieldKind.PERCENTAGE:
        return "%", _CROSSED, _CROSSED, ""
    return (field.unit, "", "", "") if field.kind is FieldKind.RATIO else (field.unit, "", _CROSSED, _CROSSED)


def papers_annex(inspection: Inspection, units: Sequence[InspectedUnit]) -> Annex | None:
    """What each content is looked at by: the papers that the unit gets ready."""
    rows: list[Row] = []
    place = 0
    for head, criteria in _asked(inspection, units):
        rows.append(Row((_title(head),), group=True))
        for criterion, definition in criteria:
            place += 1
            rows.append(Row((str(place), criterion.title, _to_prepare(definition.evidence))))
    if not rows:
        return None
    columns = (Column("STT", 12, Align.CENTER), Column("Nội dung", 63), Column("Hồ sơ, tài liệu", 90))
    return Annex("Hồ sơ, tài liệu chuẩn bị", (Table(columns, tuple(rows), font_size=12),))


def _to_prepare(evidence: Sequence[str]) -> str:
    """The papers among what a content is looked at by: what the team does itself is not prepared."""
    said = deadlines.setting(OUTLINE_TEAM_METHODS).casefold().split(";")
    own = tuple(word.strip() for word in said if word.strip())
    papers = [_one(text) for text in evidence if not text.casefold().startswith(own)]
    return "; ".join(papers) or "Hồ sơ, tài liệu của nội dung này"


def _title(head: GroupHead) -> str:
    title = without_number(head.title)
    return title[:1].upper() + title[1:]
