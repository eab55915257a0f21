"""Answers with their findings, group notes, sampled applications, and the close of a member's part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from app import clock
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import stale
from app.errors import DomainError, Forbidden, Stale, WrongState
from app.extensions import db
from app.fieldwork.models import Answer, GroupNote, SampledApplication
from app.files import services as files
from app.findings import services as findings
from app.findings.models import Finding
from app.findings.services import PHOTO_AND_PAPER, FindingValues, Upload
from app.form_library.builder import AnswerValues, figures_to_stored
from app.form_library.models import CriterionGroup
from app.form_library.values import Result
from app.inspections.models import Assignment, InspectedUnit, InspectedUnitState, ScopeItem, TeamMember
from app.policy import Actor
from app.vietnamese import format_time

SHORTCOMING_RESULTS = (Result.PARTLY, Result.NOT_MET)
MANY_RESULTS = (Result.MET, Result.NOT_APPLICABLE, Result.NOT_EXAMINED)
MAX_APPLICATIONS = 300


@dataclass(frozen=True)
class FindingEntry:
    """A finding block as it was posted: `finding_id` None = new; `version` it was filled from."""

    values: FindingValues
    finding_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class RowEntry:
    """Everything posted about one scope item: the answer (version it was filled from) and its findings."""

    answer: AnswerValues
    version: int | None
    findings: tuple[FindingEntry, ...] = ()


@dataclass(frozen=True)
class ApplicationRow:
    """A row of “Bảng kê hồ sơ TTHC đã kiểm tra”; days late are counted from the dates when left out."""

    code: str
    procedure: str = ""
    field: str = ""
    received_on: date | None = None
    promised_on: date | None = None
    result_signed_on: date | None = None
    returned_on: date | None = None
    days_late: int | None = None
    supplements: int | None = None
    apology: bool | None = None
    fault: str = ""
    position: str = ""
    note: str = ""


@dataclass
class RowSaved:
    """What stands after saving: the answer, the findings written, and those of them that are new."""

    answer: Answer
    findings: list[Finding] = field(default_factory=list)
    added: list[Finding] = field(default_factory=list)


def writable(unit: InspectedUnit) -> None:
    """Raise WrongState unless the team is at work at this unit."""
    if unit.state is InspectedUnitState.PENDING:
        raise WrongState("Chưa mở buổi làm việc. Công bố quyết định kiểm tra trước khi ghi kết quả.")
    if unit.state is not InspectedUnitState.FIELDWORK:
        raise WrongState("Đã kết thúc kiểm tra tại đơn vị nên phiếu kiểm tra không sửa được nữa.")


def find_answer(scope_item: ScopeItem) -> Answer | None:
    """The answer of a scope item, if there is one."""
    return db.session.scalars(sa.select(Answer).where(Answer.scope_item_id == scope_item.id)).one_or_none()


def _name(person_id: int) -> str:
    who = db.session.get(Person, person_id)
    return who.name if who else ""


def save_answer(scope_item: ScopeItem, values: AnswerValues, *, actor: Actor, version: int | None) -> Answer:
    """Write the answer of one scope item; `version` None = the form saw none.

    Raises Stale when somebody saved meanwhile, WrongState outside fieldwork, DomainError at a field.
    """
    writable(scope_item.inspected_unit)
    if values.result is Result.MET and not (values.looked_at or values.looked_at_other):
        raise DomainError("Chọn ít nhất một hồ sơ, tài liệu đã xem.", field="looked_at")
    if values.result is Result.NOT_APPLICABLE and not values.na_reason:
        raise DomainError("Nêu lý do không áp dụng.", field="na_reason")
    answer = find_answer(scope_item)
    if answer is not None and answer.version != version:
        raise stale(_name(answer.recorded_by), answer.updated_at)
    if answer is None:
        if version:
            raise Stale("Kết quả này vừa được bỏ. Mở lại trang rồi ghi lại.")
        answer = Answer(scope_item=scope_item, recorded_by=actor.person_id)
        db.session.add(answer)
    before = answer.result
    with db.session.no_autoflush:
        _fill(answer, values)
        if not db.session.is_modified(answer) and answer.id is not None:
            return answer
    answer.recorded_by = actor.person_id
    db.session.flush()
    audit.record(
        "answer_recorded",
        answer,
        scope_item,
        actor=actor,
        data={"from": str(before) if before else "", "to": str(values.result)},
    )
    return answer


def _fill(answer: Answer, values: AnswerValues) -> None:
    assessed = values.result.is_assessed
    other = (values.looked_at_other,) if values.looked_at_other else ()
    answer.result = values.result
    answer.looked_at = [*values.looked_at, *other] if assessed else []
    ratio = values.ratio if assessed else None
    answer.total = ratio.total if ratio else None
    answer.sample = ratio.sample if ratio else None
    answer.failing = ratio.failing if ratio else None
    answer.sample_method = str(values.sample_method or "")
    answer.note = values.note
    answer.reason = values.na_reason
    stored = dict(figures_to_stored(values.figures))
    if stored != answer.values:
        answer.values = stored


def save_row(scope_item: ScopeItem, entry: RowEntry, *, actor: Actor) -> RowSaved:
    """Write an answer and its findings together: all or nothing.

    Raises Stale, WrongState, DomainError; a content with findings can't be “Đạt” before they are taken away.
    """
    known = {
        found.id: found
        for found in db.session.scalars(sa.select(Finding).where(Finding.scope_item_id == scope_item.id))
    }
    short = entry.answer.result in SHORTCOMING_RESULTS
    if known and not short:
        raise DomainError(
            "Nội dung này đang có tồn tại, hạn chế. Bỏ tồn tại, hạn chế trước, "
            "hoặc chọn Đạt một phần, Chưa đạt.",
            field="result",
        )
    answer = save_answer(scope_item, entry.answer, actor=actor, version=entry.version)
    saved = RowSaved(answer)
    if not short:
        return saved
    for block in entry.findings:
        if block.finding_id is None:
            if any(found.description == block.values.description for found in known.values()):
                continue  # the same form sent twice
            made = findings.add(scope_item, block.values, actor=actor)
            saved.findings.append(made)
            saved.added.append(made)
            continue
        found = known.get(block.finding_id)
        if found is None:
            raise Stale(
                "Tồn tại, hạn chế này vừa được cán bộ khác bỏ. Chép lại phần vừa nhập rồi mở lại trang."
            )
        saved.findings.append(findings.edit(found, block.values, actor=actor, version=block.version))
    return saved


def record_for_many(scope_items: Sequence[ScopeItem], values: AnswerValues, *, actor: Actor) -> int:
    """“Ghi chung”: one answer for several contents that have none yet. Returns how many.

    Raises DomainError when the result needs a finding of its own, Conflict when one was answered meanwhile.
    """
    if not scope_items:
        raise DomainError("Chọn ít nhất một nội dung.", field="pick")
    if values.result not in MANY_RESULTS:
        raise DomainError(
            "Đạt một phần, Chưa đạt ghi tại từng nội dung, kèm tồn tại, hạn chế.", field="result"
        )
    for item in scope_items:
        save_answer(item, values, actor=actor, version=None)
    return len(scope_items)


def attach(scope_item: ScopeItem, uploads: Sequence[Upload], *, actor: Actor) -> None:
    """Add photos or papers to an answer. Raises UploadRefused (422, 413): then nothing is added."""
    writable(scope_item.inspected_unit)
    answer = find_answer(scope_item)
    if answer is None:
        raise WrongState("Ghi kết quả của nội dung trước khi thêm ảnh, tệp.")
    if not uploads:
        raise DomainError("Chọn ảnh hoặc tệp để tải lên.", field="files")
    for upload in uploads:
        answer.files.append(files.keep(upload.name, upload.data, actor=actor, kinds=PHOTO_AND_PAPER))
    db.session.flush()
    audit.record(
        "answer_evidence_added",
        answer,
        scope_item,
        actor=actor,
        data={"files": [upload.name for upload in uploads]},
    )


def _note(unit: InspectedUnit, group: CriterionGroup, seen: datetime | None) -> GroupNote:
    note = db.session.scalars(
        sa.select(GroupNote).where(GroupNote.inspected_unit_id == unit.id, GroupNote.group_id == group.id)
    ).one_or_none()
    if note is not None and note.updated_at != seen:
        raise stale(None, note.updated_at)
    if note is None:
        note = GroupNote(inspected_unit=unit, group=group)
        db.session.add(note)
    return note


def set_group_note(
    unit: InspectedUnit, group: CriterionGroup, strengths: str, *, seen: datetime | None, actor: Actor
) -> GroupNote:
    """Write “Kết quả đạt được”; `seen` = when the note shown was last saved (None: there was none)."""
    writable(unit)
    note = _note(unit, group, seen)
    note.strengths = strengths
    db.session.flush()
    audit.record("strengths_recorded", note, unit, actor=actor)
    return note


def set_clean(
    unit: InspectedUnit,
    group: CriterionGroup,
    *,
    reason: str,
    sample: str,
    seen: datetime | None,
    actor: Actor,
) -> GroupNote:
    """Say why a whole group comes out without shortcoming, and on what sample."""
    if unit.state in (InspectedUnitState.CONCLUDED, InspectedUnitState.TERMINATED):
        raise WrongState("Đơn vị đã có thông báo kết luận nên không sửa được nữa.")
    if not reason:
        raise DomainError("Nêu lý do không có tồn tại, hạn chế.", field="reason")
    if not sample:
        raise DomainError("Ghi mẫu đã xem.", field="sample")
    note = _note(unit, group, seen)
    note.clean_reason, note.clean_sample = reason, sample
    db.session.flush()
    audit.record("clean_group_explained", note, unit, actor=actor)
    return note


def save_sampled_applications(
    unit: InspectedUnit, group: CriterionGroup, rows: Sequence[ApplicationRow], *, actor: Actor
) -> int:
    """Make the table of sampled applications hold exactly `rows` (by code). Returns how many.

    Raises DomainError naming the line of a code that comes twice, or when there are more than 300.
    """
    writable(unit)
    if len(rows) > MAX_APPLICATIONS:
        raise DomainError(f"Bảng kê không quá {MAX_APPLICATIONS} hồ sơ mỗi nhóm.", field="paste")
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, start=1):
        if (first := seen.setdefault(row.code, line)) != line:
            raise DomainError(f"Mã hồ sơ “{row.code}” ở dòng {line} đã có ở dòng {first}.", field="paste")
    kept = {
        found.code: found
        for found in db.session.scalars(
            sa.select(SampledApplication).where(
                SampledApplication.inspected_unit_id == unit.id, SampledApplication.group_id == group.id
            )
        )
    }
    for code in kept.keys() - seen.keys():
        db.session.delete(kept[code])
    db.session.flush()
    for row in rows:
        found = kept.get(row.code)
        if found is None:
            found = SampledApplication(inspected_unit_id=unit.id, group_id=group.id, code=row.code)
            db.session.add(found)
        for name, value in asdict(row).items():
            setattr(found, name, value)
        if found.days_late is None:
            found.days_late = _late(row)
    db.session.flush()
    audit.record(
        "sampled_applications_saved", unit, actor=actor, data={"group": group.code, "rows": len(rows)}
    )
    return len(rows)


def _late(row: ApplicationRow) -> int | None:
    """Calendar days from the promised day to the return; None while either is unknown."""
    if row.promised_on is None or row.returned_on is None:
        return None
    return max((row.returned_on - row.promised_on).days, 0)


def report_part(unit: InspectedUnit, group: CriterionGroup, *, actor: Actor) -> Assignment:
    """“Báo cáo phần việc được phân công”: a member closes the group assigned to him or her at this unit."""
    writable(unit)
    found = db.session.scalars(
        sa.select(Assignment)
        .join(TeamMember, TeamMember.id == Assignment.member_id)
        .where(
            TeamMember.person_id == actor.person_id,
            Assignment.inspected_unit_id == unit.id,
            Assignment.group_id == group.id,
        )
    ).one_or_none()
    if found is None:
        raise Forbidden("Nhóm nội dung này chưa được phân công cho tài khoản đang dùng.")
    if found.reported_at is not None:
        raise WrongState(f"Đã báo cáo phần việc này lúc {format_time(found.reported_at)}.")
    found.reported_at = clock.now()
    db.session.flush()
    audit.record("part_reported", found, unit, actor=actor, data={"group": group.code})
    return found
