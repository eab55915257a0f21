"""What is looked at before a notice goes up: the list of screen 7, and what makes issuing impossible.

`hard` checks refuse submission, signing and issue; the others are for a reader's eye and never stop anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from app import clock
from app.documents.authority import authority_of
from app.documents.states import OVER
from app.findings.models import Finding, FindingState
from app.form_library import queries as forms
from app.form_library.schema import LegalBasisDefinition
from app.form_library.schema import Level as Severity
from app.form_library.values import Result
from app.notices import annex_checks, naming, texts
from app.notices.checked import Check, Page
from app.notices.models import Notice
from app.notices.record import Record
from app.notices.texts import Part, Piece
from app.register import conflicts
from app.vietnamese import count

REPORT = "báo cáo của Đoàn"


def run(
    notice: Notice, record: Record, *, on: date | None = None, elsewhere: bool = False
) -> tuple[Check, ...]:
    """All checks, what is to be looked at first (the hard ones before the others).

    `on` = the day of the paper, from which its dates are judged (today while it has none). `elsewhere`: the
    words were issued in eOffice already, and stand as they are.
    """
    on = on or notice.document.issued_on or clock.today()
    pieces = texts.pieces_of(notice, record)
    found = [
        *_overrun(record),
        *_answers(record),
        *_agreed(record),
        *_minutes(record, pieces),
        *annex_checks.tasks(notice, record, on),
        *annex_checks.without_task(record),
        *annex_checks.explained(record),
        *annex_checks.dates(record, on),
        *annex_checks.waiting(notice, record, on),
        *(() if elsewhere else annex_checks.figures(record, pieces)),
        *_praise(record, pieces),
        *_citations(record, pieces),
        *_old_notices(record, pieces),
        *_replaced(record, pieces),
        *naming.names(notice, record, pieces, elsewhere=elsewhere),
        *_chain(notice, record),
        *_signer(notice),
        *_clean(record),
    ]
    return tuple(sorted(found, key=lambda check: (check.ok, not check.hard)))


def refusing(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Those that stop the notice."""
    return tuple(check for check in checks if check.hard and not check.ok)


def _named(keys: Iterable[str], most: int = 6) -> str:
    found = list(dict.fromkeys(keys))
    return ", ".join(found[:most]) + (
        f" và {count(len(found) - most)} nội dung khác" if len(found) > most else ""
    )


def _overrun(record: Record) -> Iterable[Check]:
    if record.overrun:
        keys = {item.scope_item_id: item.criterion_key for item in record.covered}
        met = dict.fromkeys(one.scope_item_id for one in record.overrun)
        yield Check(
            False,
            conflicts.refused(record.overrun),
            _named(keys[item_id] for item_id in met if item_id in keys),
            hard=True,
        )


def _answers(record: Record) -> Iterable[Check]:
    missing = record.unanswered
    if missing:
        yield Check(
            False,
            f"Có {count(len(missing))} nội dung trong phạm vi chưa có kết quả.",
            f"Ghi kết quả hoặc chọn Chưa kiểm tra: {_named(item.criterion_key for item in missing)}.",
            hard=True,
        )
    bare = [
        item.criterion_key for item in record.covered
        if item.result is Result.NOT_APPLICABLE and not item.reason.strip()
    ]  # fmt: skip
    if bare:
        yield Check(
            False, f"Có {count(len(bare))} nội dung không áp dụng chưa ghi lý do.", _named(bare), hard=True
        )
    if not missing and not bare:
        yield Check(True, f"{count(len(record.covered))} nội dung trong phạm vi đều đã có kết quả")


def _agreed(record: Record) -> Iterable[Check]:
    if record.undecided:
        yield Check(
            False,
            f"Có {count(len(record.undecided))} tồn tại, hạn chế chưa được thống nhất trong Đoàn.",
            "Trưởng đoàn thống nhất, gộp hoặc không đưa vào kết luận trước khi trình.",
            Part.SHORTCOMINGS, "Mục II", hard=True,
        )  # fmt: skip
    if record.left:
        yield Check(
            False,
            f"Có {count(len(record.left))} tồn tại, hạn chế đã thống nhất nhưng chưa có trong thông báo.",
            "Đưa vào thông báo, hoặc đề nghị Trưởng đoàn không đưa vào kết luận và ghi lý do.",
            Part.SHORTCOMINGS, "Mục II", hard=True,
        )  # fmt: skip


def _minutes(record: Record, pieces: tuple[Piece, ...]) -> Iterable[Check]:
    unasked = [
        piece for piece in pieces
        if piece.item and not piece.item.finding.in_minutes and piece.item.finding.opinion_way is None
    ]  # fmt: skip
    if unasked:
        yield Check(
            False,
            f"Có {count(len(unasked))} tồn tại, hạn chế chưa nêu trong biên bản đã ký.",
            "Cần lấy ý kiến đơn vị trước khi đưa vào thông báo.",
            Part.SHORTCOMINGS, unasked[0].where, hard=True,
        )  # fmt: skip
    elif record.items:
        yield Check(True, "Tồn tại, hạn chế đều có trong biên bản đã ký hoặc đã lấy ý kiến đơn vị")


def _praise(record: Record, pieces: tuple[Piece, ...]) -> Iterable[Check]:
    praised = {
        piece.key.removeprefix("strengths-"): piece
        for piece in pieces
        if piece.part is Part.STRENGTHS and piece.lines
    }
    against: dict[str, list[Finding]] = {}
    for item in record.items:
        group = str(item.finding.scope_item.criterion.group_id)
        if item.finding.severity is Severity.SERIOUS and group in praised:
            against.setdefault(group, []).append(item.finding)
    for group, findings in against.items():
        yield Check(
            False,
            f"Ưu điểm về “{praised[group].label}” có thể mâu thuẫn với {count(len(findings))} tồn tại "
            "phải xem xét trách nhiệm cùng nhóm nội dung.",
            "Xem lại câu chữ ở hai mục.",
            Part.STRENGTHS, praised[group].where,
        )  # fmt: skip
    if not against:
        yield Check(True, "Không có lời khen mâu thuẫn với tồn tại")


def _citations(record: Record, pieces: tuple[Piece, ...]) -> Iterable[Check]:
    catalogue = forms.definition_of(record.inspection.form_version).legal_bases
    stale: dict[str, str] = {}
    for item in record.items:
        scope = item.finding.scope_item
        for basis in _cited(f"{item.finding.basis} {item.text}", catalogue):
            if not (basis.starts_on < scope.ends_on and scope.starts_on < basis.ends_on):
                where = next((p.where for p in pieces if p.item is item), "Mục II")
                stale.setdefault(basis.citation, where)
    for citation, where in stale.items():
        yield Check(
            False, f"{citation} không có hiệu lực trong thời kỳ kiểm tra.",
            "Thay bằng văn bản có hiệu lực trong thời kỳ đó.", Part.SHORTCOMINGS, where,
        )  # fmt: skip
    if not stale:
        yield Check(True, "Viện dẫn còn hiệu lực trong thời kỳ kiểm tra")


def _cited(text: str, catalogue: Iterable[LegalBasisDefinition]) -> Iterable[LegalBasisDefinition]:
    """Instruments whose number (“63/2010/NĐ-CP”) stands in the text."""
    for basis in catalogue:
        number = next((word.strip(",.;") for word in basis.citation.split() if "/" in word), "")
        if number and re.search(rf"(?<!\d){re.escape(number)}(?![\w-])", text):
            yield basis


def _old_notices(record: Record, pieces: tuple[Piece, ...]) -> Iterable[Check]:
    """A content that was reopened is decided again only where the old notice is cited."""
    said = "\n".join(piece.text for piece in pieces)
    missing = [
        again for again in record.reopened
        if not re.search(rf"(?<!\d){re.escape(again.number_and_symbol)}(?![\w-])", said)
    ]  # fmt: skip
    if missing:
        yield Check(
            False, f"Chưa viện dẫn thông báo cũ đã được mở lại: {_named(a.notice for a in missing)}.",
            "Thông báo cũ vẫn giữ nguyên và phải được viện dẫn: ghi số, ngày thông báo, quyết định mở lại.",
            Part.OPENING, "Mở đầu", hard=True,
        )  # fmt: skip
    elif record.reopened:
        yield Check(True, "Đã viện dẫn thông báo cũ của nội dung được mở lại")


def _replaced(record: Record, pieces: tuple[Piece, ...]) -> Iterable[Check]:
    """A replacing notice says which one it replaces, and there is one in force to replace."""
    if record.replaces is None:
        return
    old = record.replaces.document
    if old.is_over:
        yield Check(
            False, f"Thông báo số {old.number_and_symbol} {OVER[old.state]} nên không thay thế được nữa.",
            "Bỏ dự thảo này.", hard=True,
        )  # fmt: skip
    said = "\n".join(piece.text for piece in pieces)
    if not re.search(rf"(?<!\d){re.escape(old.number_and_symbol)}(?![\w-])", said):
        yield Check(
            False, f"Chưa ghi thông báo được thay thế: số {old.number_and_symbol}.",
            texts.replacing(record.replaces), Part.ORGANISATION, "Lời kết", hard=True,
        )  # fmt: skip
    elif not old.is_over:
        yield Check(True, "Đã ghi số, ngày của thông báo được thay thế")


def _chain(notice: Notice, record: Record) -> Iterable[Check]:
    missing = []
    if not record.inspection.plan_citation.strip():
        missing.append("kế hoạch")
    if record.inspection.decision is None:
        missing.append("quyết định")
    if texts.visit_days(notice) is None:
        missing.append("ngày làm việc tại đơn vị")
    if record.team_report is None:
        missing.append(REPORT)
    if missing:
        only_report = missing == [REPORT]
        yield Check(
            False, f"Chuỗi văn bản còn thiếu: {', '.join(missing)}.",
            "Ghi nhận báo cáo của Đoàn." if only_report else "Bổ sung số, ngày ở hồ sơ cuộc kiểm tra.",
            page=Page.TEAM_REPORT if only_report else Page.CASE,
        )  # fmt: skip
    else:
        yield Check(True, "Chuỗi văn bản đủ số, ngày: kế hoạch, quyết định, báo cáo")


def _signer(notice: Notice) -> Iterable[Check]:
    """The lines above the name against the post that the signer holds."""
    signer = notice.document.signer
    if signer is None:
        return
    own = authority_of(signer, notice.inspection.office_unit)
    if own.casefold().split("\n")[-1] != notice.signature_prefix.strip().casefold().split("\n")[-1]:
        yield Check(
            False, "Chức vụ ghi trên chỗ ký khác chức vụ của người ký.",
            f"{signer.name}: {own.replace(chr(10), ' / ')}.", page=Page.DETAILS,
        )  # fmt: skip


def _clean(record: Record) -> Iterable[Check]:
    """A group or unit that comes out without shortcoming needs a reason and a sample (Chỉ thị 03/CT-UBND)."""
    faulty = {
        (f.inspected_unit_id, f.scope_item.criterion.group_id)
        for f in record.findings
        if f.state is not FindingState.LEFT_OUT or f.merged_into_id is not None
    }
    explained = {
        (note.inspected_unit_id, note.group_id)
        for note in record.notes
        if note.clean_reason.strip() and note.clean_sample.strip()
    }
    assessed = {
        (item.inspected_unit_id, item.group_id): item
        for item in record.covered
        if item.result is not None and item.result.is_assessed
    }
    names = {group.id: group.short_title for group in record.groups}
    bare = [
        f"{item.unit_name}: {names[group]}" if len(record.units) > 1 else names[group]
        for (unit, group), item in assessed.items()
        if (unit, group) not in faulty and (unit, group) not in explained
    ]
    if bare:
        yield Check(
            False, f"Có {count(len(bare))} nhóm không có tồn tại nhưng chưa ghi lý do và mẫu đã xem.",
            f"Ghi tại trang Tổng hợp, thống nhất trong Đoàn: {_named(bare, 4)}.",
            Part.SHORTCOMINGS, "Mục II", hard=True,
        )  # fmt: skip
    elif assessed:
        yield Check(True, "Nhóm không có tồn tại đều có lý do và mẫu đã xem")
