"""Writing findings, and the team's decisions about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa

from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import DomainError, WrongState
from app.extensions import db
from app.files import services as files
from app.findings import holds, recurrence
from app.findings.causes import OBJECTIVE, SUBJECTIVE
from app.findings.models import OPEN, Classification, Dissent, Finding, FindingState
from app.findings.services.at_work import check_decidable, check_in_scope, check_writable, hold_unit
from app.findings.states import FINDING, unit_was_asked
from app.form_library.schema import Level as Severity
from app.inspections.models import ScopeItem
from app.policy import Actor
from app.vietnamese import count, search_key
from app.workflow import advance

PHOTO_AND_PAPER = ("jpg", "jpeg", "png", "webp", "pdf", "docx", "xlsx")


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class FindingValues:
    """What a member writes about one shortcoming. Figures are counts; causes are keys of `causes`."""

    description: str
    severity: Severity
    classification: Classification = Classification.SHORTCOMING
    total: int | None = None
    sample: int | None = None
    failing: int | None = None
    sample_method: str = ""
    basis: str = ""
    subjective_causes: tuple[str, ...] = ()
    objective_causes: tuple[str, ...] = ()
    responsible_collective: str = ""
    responsible_post: str = ""
    head_responsible: bool = False
    other_body: str = ""
    application_codes: tuple[str, ...] = ()
    earlier_notice: str = ""
    fixed_on_spot: bool = False
    fixed_note: str = ""


def check(values: FindingValues) -> None:
    """Raise DomainError, at the field to mend, for what cannot be recorded."""
    if len(values.description.strip()) < 3:
        raise DomainError("Mô tả tồn tại, hạn chế có ít nhất 03 ký tự.", field="description")
    if values.fixed_on_spot and not values.fixed_note:
        raise DomainError("Ghi việc đã khắc phục ngay.", field="fixed_note")
    if values.classification is Classification.RECURRENCE and not values.earlier_notice:
        raise DomainError("Ghi số, ngày thông báo đã nêu nội dung tái diễn.", field="earlier_notice")
    if set(values.subjective_causes) - SUBJECTIVE.keys() or set(values.objective_causes) - OBJECTIVE.keys():
        raise DomainError("Chọn nguyên nhân trong danh sách.", field="subjective_causes")
    figures = (values.total, values.sample, values.failing)
    total, sample, failing = figures
    if any(number is not None and number < 0 for number in figures):
        raise DomainError("Số liệu là số nguyên từ 0.", field="total")
    if (total is not None and sample is not None and sample > total) or (
        sample is not None and failing is not None and failing > sample
    ):
        raise DomainError(
            "Số liệu không khớp: số sai sót không lớn hơn số đã kiểm tra, "
            "số đã kiểm tra không lớn hơn tổng số.",
            field="failing",
        )


def _citing(values: FindingValues, scope_item: ScopeItem) -> FindingValues:
    """A recurrence whose notice nobody typed cites the newest one that found the same content wanting."""
    if values.classification is not Classification.RECURRENCE or values.earlier_notice:
        return values
    earlier = recurrence.earlier_of([scope_item]).get(scope_item.id)
    return replace(values, earlier_notice=earlier[0].source) if earlier else values


def _apply(finding: Finding, values: FindingValues) -> None:
    for name, value in asdict(values).items():
        setattr(finding, name, list(value) if isinstance(value, tuple) else value)
    if not values.fixed_on_spot:
        finding.fixed_note = ""
    finding.search = search_key(f"{values.description} {values.basis}")


def add(scope_item: ScopeItem, values: FindingValues, *, actor: Actor, page: str = "") -> Finding:
    """Record a shortcoming of `scope_item`; `page` = the opened page it was written on, kept in the event.

    Raises DomainError at a field, WrongState outside fieldwork.
    """
    values = _citing(values, scope_item)
    check(values)
    check_writable(scope_item.inspected_unit)
    check_in_scope(scope_item)
    last = db.session.scalar(
        sa.select(sa.func.max(Finding.ordinal)).where(
            Finding.inspected_unit_id == scope_item.inspected_unit_id
        )
    )
    finding = Finding(
        scope_item=scope_item,
        inspected_unit=scope_item.inspected_unit,
        ordinal=(last or 0) + 1,
        recorded_by=actor.person_id,
    )
    _apply(finding, values)
    db.session.add(finding)
    db.session.flush()
    data = {"page": page} if page else {}
    audit.record("finding_added", finding, scope_item.inspected_unit, actor=actor, data=data)
    return finding


def edit(
    finding: Finding, values: FindingValues, *, actor: Actor, version: int | None, page: str = ""
) -> Finding:
    """Change a finding that stands neither in signed minutes nor beyond the unit's opinion.

    `page` = the opened page it was written on, kept in the event. Raises Stale, WrongState, DomainError
    at a field.
    """
    check_writable(finding.inspected_unit)
    values = _citing(values, finding.scope_item)
    check(values)
    before = finding.description
    with db.session.no_autoflush:
        _apply(finding, values)
        if not db.session.is_modified(finding):
            return finding
        try:
            check_version(finding, version)
            _check_draft(finding)
        except DomainError:
            db.session.refresh(finding)
            raise
    finding.recorded_by = actor.person_id
    db.session.flush()
    data = {"before": before} if before != finding.description else {}
    if page:
        data["page"] = page
    audit.record("finding_edited", finding, finding.inspected_unit, actor=actor, data=data)
    return finding


def _check_draft(finding: Finding) -> None:
    if finding.in_minutes or finding.state is not FindingState.DRAFT:
        raise WrongState(
            "Tồn tại, hạn chế đã nêu trong biên bản hoặc đã lấy ý kiến đơn vị nên không sửa tại phiếu."
        )


def reword(finding: Finding, description: str, *, actor: Actor) -> None:
    """Change the words of a draft finding while the minutes are being written."""
    hold_unit(finding.inspected_unit)
    text = description.strip()
    if text == finding.description:
        return
    if len(text) < 3:
        raise DomainError("Mô tả tồn tại, hạn chế có ít nhất 03 ký tự.", field="description")
    if finding.in_minutes or finding.state is not FindingState.DRAFT:
        raise WrongState("Tồn tại, hạn chế đã nêu trong biên bản đã ký nên không sửa.")
    before, finding.description = finding.description, text
    finding.search = search_key(f"{text} {finding.basis}")
    db.session.flush()
    audit.record("finding_edited", finding, finding.inspected_unit, actor=actor, data={"before": before})


def _carries_no_other(finding: Finding) -> None:
    merged = db.session.scalar(
        sa.select(sa.func.count()).select_from(Finding).where(Finding.merged_into_id == finding.id)
    )
    if merged:
        raise WrongState(
            f"Đang có {count(merged)} tồn tại, hạn chế gộp vào tồn tại, hạn chế này. "
            "Chọn Xem xét lại ở các tồn tại, hạn chế đó trước."
        )


def remove(finding: Finding, *, actor: Actor) -> None:
    """Take a draft away that stands in no minutes; its text stays in the event."""
    check_writable(finding.inspected_unit)
    if finding.state is not FindingState.DRAFT or finding.in_minutes:
        raise WrongState(
            "Chỉ bỏ được tồn tại, hạn chế dự kiến chưa nêu trong biên bản. "
            "Trường hợp khác, Trưởng đoàn chọn Không đưa vào kết luận."
        )
    if finding.dissents:
        raise WrongState("Tồn tại, hạn chế đang có ý kiến bảo lưu nên không bỏ được.")
    _carries_no_other(finding)
    audit.record(
        "finding_removed",
        finding,
        finding.inspected_unit,
        actor=actor,
        data={"description": finding.description},
    )
    finding.files.clear()
    db.session.flush()
    db.session.delete(finding)
    db.session.flush()


def attach(finding: Finding, uploads: Sequence[Upload], *, actor: Actor) -> None:
    """Add photos or papers to a finding. Raises UploadRefused (422, 413): then nothing is added."""
    hold_unit(finding.inspected_unit)
    if finding.state is FindingState.CONCLUDED:
        raise WrongState("Tồn tại, hạn chế đã kết luận không được sửa hoặc xóa.")
    for upload in uploads:
        finding.files.append(files.keep(upload.name, upload.data, actor=actor, kinds=PHOTO_AND_PAPER))
    db.session.flush()
    audit.record(
        "finding_evidence_added",
        finding,
        finding.inspected_unit,
        actor=actor,
        data={"files": [upload.name for upload in uploads]},
    )


def agree(finding: Finding, *, actor: Actor) -> None:
    """The team's leader agrees: the finding goes into the conclusion. Raises WrongState, Forbidden."""
    check_decidable(finding.inspected_unit)
    advance(finding, "agree", FINDING, actor=actor, about=(finding.inspected_unit,))
    finding.left_out_reason = ""
    finding.merged_into = None
    db.session.flush()


def agree_all(findings: Sequence[Finding], *, actor: Actor) -> int:
    """Agree to every open one of `findings`, or to none. Returns how many. Raises WrongState naming one."""
    chosen = [finding for finding in findings if finding.state in OPEN]
    for finding in chosen:
        try:
            agree(finding, actor=actor)
        except WrongState as error:
            raise WrongState(f"“{finding.description[:80]}”: {error.message}") from error
    return len(chosen)


def merge(finding: Finding, into: Finding, *, actor: Actor) -> None:
    """Fold `finding` into another of the same inspected unit, which carries on for both."""
    check_decidable(finding.inspected_unit)
    _carries_no_other(finding)
    if into.id == finding.id or into.inspected_unit_id != finding.inspected_unit_id:
        raise DomainError("Chọn tồn tại, hạn chế khác của cùng đơn vị để gộp.", field="into")
    if into.merged_into_id is not None or into.state in (FindingState.LEFT_OUT, FindingState.PASSED_ON):
        raise DomainError(
            "Tồn tại, hạn chế được chọn không đưa vào kết luận nên không gộp vào.", field="into"
        )
    finding.merged_into = into
    advance(
        finding,
        "leave_out",
        FINDING,
        actor=actor,
        about=(finding.inspected_unit, into),
        data={"merged_into": into.id},
    )
    db.session.flush()


def leave_out(finding: Finding, reason: str, *, actor: Actor) -> None:
    """Keep a finding out of the conclusion, with the reason."""
    check_decidable(finding.inspected_unit)
    if len(reason.strip()) < 3:
        raise DomainError("Ghi lý do không đưa vào kết luận.", field="reason")
    _carries_no_other(finding)
    finding.left_out_reason = reason.strip()
    advance(
        finding,
        "leave_out",
        FINDING,
        actor=actor,
        about=(finding.inspected_unit,),
        data={"reason": reason.strip()},
    )
    db.session.flush()


def pass_on(finding: Finding, to: str, *, actor: Actor) -> None:
    """Hand a finding to the competent body (NĐ 217/2025 Đ15): it leaves the ordinary notice."""
    check_decidable(finding.inspected_unit)
    if len(to.strip()) < 3:
        raise DomainError("Ghi tên cơ quan có thẩm quyền tiếp nhận.", field="to")
    _carries_no_other(finding)
    finding.passed_to = to.strip()
    advance(
        finding, "pass_on", FINDING, actor=actor, about=(finding.inspected_unit,), data={"to": to.strip()}
    )
    db.session.flush()


def reconsider(finding: Finding, *, actor: Actor) -> None:
    """Take the leader's decision back, to decide anew; a finding the unit never heard of is a draft again."""
    check_decidable(finding.inspected_unit)
    holds.ask_free(finding)
    verb = "reconsider" if unit_was_asked(finding) is None else "redraft"
    advance(finding, verb, FINDING, actor=actor, about=(finding.inspected_unit,))
    finding.left_out_reason = ""
    finding.passed_to = ""
    finding.merged_into = None
    db.session.flush()


def dissent(finding: Finding, text: str, *, actor: Actor) -> Dissent:
    """A member's differing view, kept beside the decision; writing again replaces one's own."""
    hold_unit(finding.inspected_unit)
    if len(text.strip()) < 3:
        raise DomainError("Ghi nội dung ý kiến bảo lưu.", field="text")
    if finding.state is FindingState.CONCLUDED:
        raise WrongState("Tồn tại, hạn chế đã kết luận nên không ghi thêm ý kiến bảo lưu.")
    found = next((d for d in finding.dissents if d.person_id == actor.person_id), None)
    if found is None:
        found = Dissent(finding=finding, person_id=actor.person_id)
        db.session.add(found)
    found.text = text.strip()
    db.session.flush()
    audit.record("finding_dissented", finding, finding.inspected_unit, actor=actor)
    return found
