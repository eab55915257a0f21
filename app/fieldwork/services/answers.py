"""Answers with their findings, group notes, sampled applications, and the close of a member's part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app import clock
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import stale
from app.audit.queries import list_events
from app.constraint_messages import MESSAGES
from app.errors import DomainError, Forbidden, Stale, WrongState, constraint_of
from app.extensions import db
from app.fieldwork.models import Answer, GroupNote
from app.files import services as files
from app.files.gate import UploadRefused
from app.findings import services as findings
from app.findings.models import Finding
from app.findings.services import PHOTO_AND_PAPER, FindingValues, Upload
from app.form_library.builder import AnswerValues, figures_to_stored
from app.form_library.models import CriterionGroup
from app.form_library.values import Result
from app.inspections.models import (
    Assignment,
    InspectedUnit,
    InspectedUnitState,
    InspectionKind,
    ScopeItem,
    TeamMember,
)
from app.policy import Actor
from app.vietnamese import format_time

COPIED = (
    "result", "looked_at", "total", "sample", "failing", "sample_method", "note", "reason", "values",
    "recorded_by",
)  # fmt: skip
SHORTCOMING_RESULTS = (Result.PARTLY, Result.NOT_MET)
MANY_RESULTS = (Result.MET, Result.NOT_APPLICABLE, Result.NOT_EXAMINED)
CROSSED = (
    "Nội dung này vừa được cán bộ khác cập nhật cùng lúc. Phần vừa nhập vẫn được giữ; bấm Lưu tạm lần nữa."
)


@dataclass(frozen=True)
class FindingEntry:
    """A finding block as it was posted: `finding_id` None = new; `version` it was filled from."""

    values: FindingValues
    finding_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class RowEntry:
    """Everything posted about one scope item: the answer (version it was filled from) and its findings.

    `page` = the opened page that was posted; what it saved itself is never news to it.
    """

    answer: AnswerValues
    version: int | None
    findings: tuple[FindingEntry, ...] = ()
    page: str = ""


@dataclass
class RowSaved:
    """What stands after saving: the answer, the findings written, and those of them that are new."""

    answer: Answer
    findings: list[Finding] = field(default_factory=list)
    added: list[Finding] = field(default_factory=list)


def assesses(unit: InspectedUnit) -> bool:
    """Whether contents are judged in this case: a check of remediation only looks at what was concluded."""
    return unit.inspection.kind is not InspectionKind.FOLLOW_UP


def writable(unit: InspectedUnit) -> None:
    """Hold the unit; raise WrongState unless the team is at work there."""
    findings.hold_unit(unit)
    if unit.state is InspectedUnitState.PENDING:
        raise WrongState("Chưa mở buổi làm việc. Công bố quyết định kiểm tra trước khi ghi kết quả.")
    if unit.state is not InspectedUnitState.FIELDWORK:
        raise WrongState("Đã kết thúc kiểm tra tại đơn vị nên phiếu kiểm tra không sửa được nữa.")


def find_answer(scope_item: ScopeItem) -> Answer | None:
    """The answer of a scope item as it stands now, if there is one."""
    return db.session.scalars(
        sa.select(Answer)
        .where(Answer.scope_item_id == scope_item.id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _name(person_id: int) -> str:
    who = db.session.get(Person, person_id)
    return who.name if who else ""


def save_answer(
    scope_item: ScopeItem, values: AnswerValues, *, actor: Actor, version: int | None, page: str = ""
) -> Answer:
    """Write the answer of one scope item; `version` None = the form saw none. The same again writes nothing.

    Raises Stale when somebody saved meanwhile (not when it was the same `page`, whose earlier save may have
    been answered too late), WrongState outside fieldwork and in a check of remediation,
    DomainError at a field.
    """
    writable(scope_item.inspected_unit)
    findings.check_in_scope(scope_item)
    if not assesses(scope_item.inspected_unit):
        raise WrongState(MESSAGES["follow_up_assesses_nothing"])
    if values.result is Result.MET and not (values.looked_at or values.looked_at_other):
        raise DomainError("Chọn ít nhất một hồ sơ, tài liệu đã xem.", field="looked_at")
    if values.result is Result.NOT_APPLICABLE and not values.na_reason:
        raise DomainError("Nêu lý do không áp dụng.", field="na_reason")
    answer = find_answer(scope_item)
    if answer is None:
        if version:
            raise Stale("Kết quả này vừa được bỏ. Mở lại trang rồi ghi lại.")
        answer = Answer(scope_item=scope_item, recorded_by=actor.person_id)
        db.session.add(answer)
    before, known = answer.result, answer.id is not None
    with db.session.no_autoflush:
        _fill(answer, values)
        if known and not db.session.is_modified(answer):
            return answer
        if known and answer.version != version and not saved_from(answer, page, actor):
            db.session.refresh(answer)
            raise stale(_name(answer.recorded_by), answer.updated_at)
    answer.recorded_by = actor.person_id
    db.session.flush()
    data = {"from": str(before) if before else "", "to": str(values.result)}
    if page:
        data["page"] = page
    audit.record("answer_recorded", answer, scope_item, actor=actor, data=data)
    return answer


def saved_from(row: Answer | Finding, page: str, actor: Actor) -> bool:
    """Whether the last one to write `row` was this person on this opened page."""
    last = next(iter(list_events(row, limit=1)), None)
    return (
        bool(page) and last is not None and last.actor_id == actor.person_id and last.data.get("page") == page
    )


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
    try:
        return _write_row(scope_item, entry, actor)
    except StaleDataError as error:
        raise Stale(CROSSED) from error
    except IntegrityError as error:
        if not (constraint_of(error) or "").startswith("uq_"):
            raise
        raise Stale(CROSSED) from error


def _write_row(scope_item: ScopeItem, entry: RowEntry, actor: Actor) -> RowSaved:
    writable(scope_item.inspected_unit)
    known = {
        found.id: found
        for found in db.session.scalars(
            sa.select(Finding)
            .where(Finding.scope_item_id == scope_item.id)
            .execution_options(populate_existing=True)
        )
    }
    short = entry.answer.result in SHORTCOMING_RESULTS
    if known and not short:
        raise DomainError(
            "Nội dung này đang có tồn tại, hạn chế. Bỏ tồn tại, hạn chế trước, "
            "hoặc chọn Đạt một phần, Chưa đạt.",
            field="result",
        )
    answer = save_answer(scope_item, entry.answer, actor=actor, version=entry.version, page=entry.page)
    saved = RowSaved(answer)
    if not short:
        return saved
    for block in entry.findings:
        finding_id, version = block.finding_id, block.version
        if finding_id is None:
            mine = _added_before(entry, known.values(), actor)
            if mine is not None:
                finding_id, version = mine.id, mine.version
                saved.added.append(mine)
            elif any(found.description == block.values.description for found in known.values()):
                continue  # the same form sent twice
            else:
                made = findings.add(scope_item, block.values, actor=actor, page=entry.page)
                saved.findings.append(made)
                saved.added.append(made)
                continue
        found = known.get(finding_id)
        if found is None:
            raise Stale(
                "Tồn tại, hạn chế này vừa được cán bộ khác bỏ. Chép lại phần vừa nhập rồi mở lại trang."
            )
        if found.version != version and saved_from(found, entry.page, actor):
            version = found.version
        saved.findings.append(
            findings.edit(found, block.values, actor=actor, version=version, page=entry.page)
        )
    return saved


def _added_before(entry: RowEntry, known: Iterable[Finding], actor: Actor) -> Finding | None:
    """The finding that this page's new block has made already, when the answer to that save was lost."""
    shown = {block.finding_id for block in entry.findings}
    return next(
        (found for found in known if found.id not in shown and saved_from(found, entry.page, actor)), None
    )


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


def attach(scope_item: ScopeItem, uploads: Sequence[Upload], *, actor: Actor) -> tuple[int, list[str]]:
    """Add photos or papers to an answer: how many are added, and why the others are not.

    A photo taken at the unit is not lost because another beside it is of the wrong kind. Raises
    UploadRefused (422, 413) when nothing could be added.
    """
    writable(scope_item.inspected_unit)
    findings.check_in_scope(scope_item)
    answer = find_answer(scope_item)
    if answer is None:
        raise WrongState("Ghi kết quả của nội dung trước khi thêm ảnh, tệp.")
    if not uploads:
        raise DomainError("Chọn ảnh hoặc tệp để tải lên.", field="files")
    added, refused = [], []
    for upload in uploads:
        try:
            answer.files.append(files.keep(upload.name, upload.data, actor=actor, kinds=PHOTO_AND_PAPER))
            added.append(upload.name)
        except UploadRefused as error:
            refused.append(error)
    if not added:
        raise UploadRefused(" ".join(error.message for error in refused), status=refused[0].status)
    db.session.flush()
    audit.record("answer_evidence_added", answer, scope_item, actor=actor, data={"files": added})
    return len(added), [error.message for error in refused]


def copy_answers(origins: Mapping[int, int]) -> None:
    """A content goes on as several pieces (new scope item → the one it was cut out of): each keeps what was
    answered, with its evidence."""
    rows = {
        answer.scope_item_id: answer
        for answer in db.session.scalars(
            sa.select(Answer).where(Answer.scope_item_id.in_(set(origins.values())))
        )
    }
    for new_id, old_id in origins.items():
        if old_id in rows:
            told = rows[old_id]
            copied = {name: getattr(told, name) for name in COPIED}
            db.session.add(Answer(scope_item_id=new_id, files=list(told.files), **copied))
    db.session.flush()


def _note(unit: InspectedUnit, group: CriterionGroup, seen: datetime | None) -> GroupNote:
    note = db.session.scalars(
        sa.select(GroupNote)
        .where(GroupNote.inspected_unit_id == unit.id, GroupNote.group_id == group.id)
        .execution_options(populate_existing=True)
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
    if seen is not None and note.strengths == strengths:
        return note
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
    findings.hold_unit(unit)
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
