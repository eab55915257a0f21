"""Công văn đính chính: which places of an issued paper were printed wrong, and how they should read.

Only form, technique and procedure are put right so; wrong content asks for a paper of equal form that changes
or replaces it (NĐ 30/2020 Đ18.3).
"""

from __future__ import annotations

from collections.abc import Sequence

from app.documents.content import Align, Column, OfficialDocument, Row, Table, paragraph
from app.documents.delivery import short_citation
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Document, Paper
from app.errors import WrongState
from app.notices import about as about_papers
from app.notices.models import CorrectionLine
from app.remediation.heads import Head, head_of
from app.vietnamese import format_date

COLUMNS = (
    Column("STT", 12, Align.CENTER),
    Column("Vị trí (trang, mục)", 36),
    Column("Đã in", 62),
    Column("Sửa lại là", 62),
)
SUBJECT = "Đính chính {paper}"


def subject_of(document: Document) -> str:
    """“Đính chính Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ”."""
    return SUBJECT.format(paper=short_citation(document))


def compose(paper: Paper) -> OfficialDocument:
    """The letter of a drafted corrigendum."""
    if paper.about is None:
        raise WrongState("Soạn công văn đính chính từ trang của văn bản cần đính chính.")
    names = tuple(unit.name for unit in paper.units)
    return letter(head_of(paper), paper.about, about_papers.list_corrections(paper), names)


def misses(paper: Paper) -> tuple[str, ...]:
    """What stops it: no line, or a paper that is not in force any more."""
    told = []
    if not about_papers.list_corrections(paper):
        told.append("Chưa có dòng đính chính nào.")
    if paper.about is None or paper.about.state not in IN_FORCE:
        told.append("Văn bản cần đính chính không còn được áp dụng.")
    return tuple(told)


def letter(
    head: Head, about: Document, lines: Sequence[CorrectionLine], addressees: tuple[str, ...]
) -> OfficialDocument:
    """The paper, its small table, and that all else stands."""
    named = short_citation(about).removesuffix(f" của {about.issuer_name}")
    day = f"Ngày {format_date(about.issued_on)}, " if about.issued_on else ""
    bare = named.partition(" ngày ")[0]
    rows = tuple(
        Row(
            (str(place), line.place, line.printed or "(để trống)", line.corrected or "(bỏ)"),
            ref=f"line:{line.id}",
        )
        for place, line in enumerate(lines, start=1)
    )
    return OfficialDocument(
        kind=DocumentKind.CORRIGENDUM,
        type_name="Công văn",
        subject=subject_of(about),
        governing_body=head.parent,
        issuing_body=head.printed,
        symbol=head.symbol,
        place=head.place,
        addressees=addressees or ("Các cơ quan, đơn vị nhận văn bản",),
        blocks=(
            paragraph(
                f"{day}{head.body} ban hành {bare} về “{about.subject.rstrip('.')}”. Do sơ suất trong khâu "
                f"trình bày văn bản, {head.body} đính chính như sau:",
                ref="opening",
            ),
            Table(COLUMNS, rows, number_row=False, font_size=12),
            paragraph(
                f"Các nội dung khác của {bare} không thay đổi. Công văn này được lưu kèm văn bản được đính "
                "chính.",
                ref="rest",
            ),
            paragraph(f"{head.body} thông báo để các cơ quan, đơn vị biết, thực hiện.", ref="closing"),
        ),
        signature=head.signature,
        recipients=head.recipients,
    )


def effects(paper: Paper) -> str:
    """What issuing the letter does to the paper that it corrects."""
    assert paper.about is not None, "a corrigendum is begun about a paper"
    told = short_citation(paper.about)
    return f"{told} ghi “Đã đính chính” và dẫn tới công văn này; tệp đã ban hành giữ nguyên."
