"""Writing findings, opinions, and the team's decisions about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import DomainError, WrongState
from app.extensions import db
from app.files import services as files
from app.findings.causes import OBJECTIVE, SUBJECTIVE
from app.findings.models import (
    Classification,
    Dissent,
    Finding,
    FindingState,
    OpinionWay,
)
from app.findings.states import FINDING
from app.form_library.schema import Level as Severity
from app.inspections.models import InspectedUnit, InspectedUnitState, ScopeItem
from app.policy import Actor
from app.vietnamese import search_key
from app.workflow import advance

PHOTO_AND_PAPER = ("jpg", "jpeg", "png", "webp", "pdf", "docx", "xlsx")
OPEN = (FindingState.DRAFT, FindingState.OPINION_TAKEN)


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


def _apply(finding: Finding, values: FindingValues) -> None:
    for name, value in asdict(values).items():
        setattr(finding, name, list(value) if isinstance(value, tuple) else value)
    if not values.fixed_on_spot:
        finding.fixed_note = ""
    finding.search = search_key(f"{values.description} {values.basis}")


def check_writable(unit: InspectedUnit) -> None:
    """Raise WrongState unless the unit is being inspected."""
    if unit.state is not InspectedUnitState.FIELDWORK:
        raise WrongState(
            "Tồn tại, hạn chế chỉ được ghi khi đang kiểm tra tại đơn vị. Mở buổi làm việc trước khi ghi."
        )


def _decidable(finding: Finding) -> None:
    if finding.inspected_unit.state in (InspectedUnitState.CONCLUDED, InspectedUnitState.TERMINATED):
        raise WrongState("Đơn vị đã có thông báo kết luận hoặc đã dừng kiểm tra nên không xem xét lại.")


def add(scope_item: ScopeItem, values: FindingValues, *, actor: Actor) -> Finding:
    """Record a shortcoming of `scope_item`. Raises DomainError at a field, WrongState outside fieldwork."""
    check(values)
    check_writable(scope_item.inspected_unit)
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
    audit.record("finding_added", finding, scope_item.inspected_unit, actor=actor)
    return finding


def edit(finding: Finding, values: FindingValues, *, actor: Actor, version: int | None) -> Finding:
    """Change a finding that stands neither in signed minutes nor beyond the unit's opinion.

    Raises Stale, WrongState, DomainError at a field.
    """
    check_version(finding, version)
    check(values)
    if finding.in_minutes or finding.state is not FindingState.DRAFT:
        raise WrongState(
            "Tồn tại, hạn chế đã nêu trong biên bản hoặc đã lấy ý kiến đơn vị nên không sửa tại phiếu."
        )
    check_writable(finding.inspected_unit)
    before = finding.description
    _apply(finding, values)
    if not db.session.is_modified(finding):
        return finding
    finding.recorded_by = actor.person_id
    db.session.flush()
    data = {"before": before} if before != finding.description else {}
    audit.record("finding_edited", finding, finding.inspected_unit, actor=actor, data=data)
    return finding


def reword(finding: Finding, description: str, *, actor: Actor) -> None:
    """Change the words of a draft finding while the minutes are being written."""
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


def remove(finding: Finding, *, actor: Actor) -> None:
    """Take a draft away that stands in no minutes; its text stays in the event."""
    if finding.state is not FindingState.DRAFT or finding.in_minutes:
        raise WrongState(
            "Chỉ bỏ được tồn tại, hạn chế dự kiến chưa nêu trong biên bản. "
            "Trường hợp khác, Trưởng đoàn chọn Không đưa vào kết luận."
        )
    check_writable(finding.inspected_unit)
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


def put_in_minutes(findings: Sequence[Finding], opinion: str, on: date, *, actor: Actor) -> None:
    """The signed minutes name these findings and what the unit said of them."""
    for finding in findings:
        if finding.state is FindingState.DRAFT:
            advance(finding, "take_opinion", FINDING, actor=actor, about=(finding.inspected_unit,))
        finding.in_minutes = True
        finding.opinion_way = OpinionWay.IN_MINUTES
        finding.opinion = opinion
        finding.opinion_on = on
    db.session.flush()


def take_opinion(
    finding: Finding,
    *,
    way: OpinionWay,
    opinion: str = "",
    on: date,
    reference: str = "",
    actor: Actor,
) -> None:
    """Record the unit's opinion of a finding that the signed minutes do not name (or a later document).

    By document: its number and date. None by the date: `on` is the day by which an answer was asked for
    and must have passed. Raises DomainError at a field.
    """
    if way is OpinionWay.IN_MINUTES:
        raise DomainError("Ý kiến tại biên bản được ghi khi ký biên bản.", field="way")
    if way is OpinionWay.BY_DOCUMENT and not reference:
        raise DomainError("Ghi số, ký hiệu văn bản của đơn vị.", field="reference")
    if way is OpinionWay.BY_DOCUMENT and not opinion:
        raise DomainError("Ghi nội dung ý kiến của đơn vị.", field="opinion")
    if way is OpinionWay.BY_DOCUMENT and on > clock.today():
        raise DomainError("Ngày của văn bản không sau hôm nay.", field="on")
    if way is OpinionWay.NONE_BY_DATE and on >= clock.today():
        raise DomainError("Thời hạn lấy ý kiến chưa hết. Ghi nhận sau ngày này.", field="on")
    advance(
        finding, "take_opinion", FINDING, actor=actor, about=(finding.inspected_unit,), data={"way": str(way)}
    )
    finding.opinion_way = way
    finding.opinion = opinion
    finding.opinion_on = on
    finding.opinion_reference = reference
    db.session.flush()


def agree(finding: Finding, *, actor: Actor) -> None:
    """The team's leader agrees: the finding goes into the conclusion. Raises WrongState, Forbidden."""
    _decidable(finding)
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
    _decidable(finding)
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
    _decidable(finding)
    if len(reason.strip()) < 3:
        raise DomainError("Ghi lý do không đưa vào kết luận.", field="reason")
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
    _decidable(finding)
    if len(to.strip()) < 3:
        raise DomainError("Ghi tên cơ quan có thẩm quyền tiếp nhận.", field="to")
    finding.passed_to = to.strip()
    advance(
        finding, "pass_on", FINDING, actor=actor, about=(finding.inspected_unit,), data={"to": to.strip()}
    )
    db.session.flush()


def reconsider(finding: Finding, *, actor: Actor) -> None:
    """Take the leader's decision back, to decide anew."""
    _decidable(finding)
    advance(finding, "reconsider", FINDING, actor=actor, about=(finding.inspected_unit,))
    finding.left_out_reason = ""
    finding.passed_to = ""
    finding.merged_into = None
    db.session.flush()


def dissent(finding: Finding, text: str, *, actor: Actor) -> Dissent:
    """A member's differing view, kept beside the decision; writing again replaces one's own."""
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
