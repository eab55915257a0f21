"""Beginning a notice and editing its words around the tokens of the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines import queries as deadlines
from app.deadlines.settings import NOTICE_TYPE_NAME
from app.documents import numbering
from app.documents import services as documents
from app.documents.authority import authority_of
from app.documents.chain import TextChange, ask_edit
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, IssueWay
from app.documents.papers import clean_authority, symbol_of, way_of
from app.errors import Conflict, DomainError, NotFound, WrongState
from app.extensions import db
from app.findings.models import Finding, FindingState
from app.inspections.models import InspectedUnit, InspectedUnitState, Inspection
from app.notices import texts
from app.notices.models import Notice, NoticeFinding, notice_unit
from app.notices.record import gather
from app.policy import Action, Actor, Role, authorise
from app.remediation.models import Task, TaskState
from app.remediation.services import recount
from app.units.models import Unit
from app.workflow import hold

PROPOSED = "proposed"
"""Key of the list of texts that were frozen as the record proposed them, and that nobody edited."""
READY = (InspectedUnitState.ENDED, InspectedUnitState.REPORTED)


@dataclass(frozen=True)
class Details:
    """What stands around the text: title, way, who signs under which authority, who follows."""

    subject: str
    type_name: str
    symbol: str
    way: IssueWay
    signer_id: int | None
    signature_prefix: str
    follow_unit_id: int | None
    follower_id: int | None


def draft(inspection: Inspection, units: Sequence[InspectedUnit], *, actor: Actor) -> Notice:
    """Begin the notice of ended or reported units; `actor` is its drafter. Every agreed finding is in it.

    Raises Forbidden, DomainError (no unit), WrongState (a unit still in fieldwork), Conflict (a unit that
    is in another notice).
    """
    authorise(actor, Action.DRAFT_NOTICE, inspection)
    ask_units(inspection, units)
    ordered = sorted(units, key=lambda unit: (unit.ordinal, unit.id))
    way = way_of(DocumentKind.CONCLUSION_NOTICE)
    signer = propose_signer(inspection.office_unit, actor)
    document = documents.create(
        kind=DocumentKind.CONCLUSION_NOTICE, way=way, subject=texts.subject(inspection, ordered),
        issuer=inspection.office_unit, symbol=symbol_of(DocumentKind.CONCLUSION_NOTICE), signer=signer,
        actor=actor,
    )  # fmt: skip
    notice = Notice(
        document=document, inspection=inspection, type_name=deadlines.setting(NOTICE_TYPE_NAME), sections={},
        signature_prefix=authority_of(signer, inspection.office_unit) if signer else "",
        follow_unit_id=inspection.follow_unit_id, follower_id=inspection.follower_id, units=list(ordered),
    )  # fmt: skip
    db.session.add(notice)
    db.session.flush()
    add_agreed(notice, [unit.id for unit in ordered])
    audit.record("notice_drafted", notice, document, inspection, actor=actor, data={"units": len(ordered)})
    return notice


def ask_units(inspection: Inspection, units: Sequence[InspectedUnit], *, own: Notice | None = None) -> None:
    """Raises unless these units of the case may stand in one notice; the case is locked from here on.

    DomainError (no unit), NotFound, WrongState (a unit still in fieldwork), Conflict (in another notice).
    """
    if not units:
        raise DomainError("Chọn ít nhất một đơn vị.", field="units")
    hold(inspection)
    for unit in units:
        if unit.inspection_id != inspection.id:
            raise NotFound
        db.session.refresh(unit, ["state"])
        if unit.state not in READY:
            raise WrongState(
                f"{unit.unit.name} chưa kết thúc kiểm tra hoặc đã có thông báo kết luận nên không soạn được."
            )
        other = _notice_of(unit, own)
        if other is not None:
            raise Conflict(
                f"{unit.unit.name} đã có trong thông báo “{other.document.subject}”.", field="units"
            )


def _notice_of(unit: InspectedUnit, own: Notice | None) -> Notice | None:
    return db.session.scalar(
        sa.select(Notice)
        .join(notice_unit, notice_unit.c.notice_id == Notice.id)
        .join(Document, Document.id == Notice.document_id)
        .where(
            notice_unit.c.inspected_unit_id == unit.id,
            Document.state.not_in((DocumentState.REPLACED, DocumentState.RECALLED, DocumentState.ABANDONED)),
            Notice.id != (own.id if own is not None else -1),
        )
        .limit(1)
    )


def propose_signer(office: Unit, drafter: Actor) -> Person | None:
    """A leader of the office who did not draft: deputies first, as practice has it."""
    leaders = [
        person for person in accounts.list_holders(Role.LEADER)
        if person.id != drafter.person_id and any(a.unit_id == office.id for a in person.appointments)
    ]  # fmt: skip
    return leaders[0] if leaders else None


def _agreed(unit_ids: Sequence[int]) -> Sequence[Finding]:
    return db.session.scalars(
        sa.select(Finding)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .where(Finding.inspected_unit_id.in_(unit_ids), Finding.state == FindingState.AGREED)
        .order_by(InspectedUnit.ordinal, InspectedUnit.id, Finding.ordinal)
    ).all()


def _append(notice: Notice, finding: Finding) -> NoticeFinding:
    last = max((item.ordinal for item in notice.items), default=0)
    item = NoticeFinding(
        finding_id=finding.id, finding=finding, ordinal=last + 1, text=texts.item_text(finding)
    )
    notice.items.append(item)
    return item


def add_agreed(notice: Notice, unit_ids: Sequence[int]) -> None:
    """Put every agreed finding of these units in."""
    for finding in _agreed(unit_ids):
        _append(notice, finding)
    db.session.flush()


def touch(notice: Notice) -> None:
    """Move the version on, also when only rows below it changed."""
    flag_modified(notice, "sections")
    notice.updated_at = clock.now()
    db.session.flush()


def edit_texts(notice: Notice, changes: Sequence[TextChange], *, version: int | None, actor: Actor) -> int:
    """Keep the typed words; returns how many changed. Raises Stale, Forbidden, WrongState, DomainError."""
    ask_edit(notice, actor)
    check_version(notice, version)
    changed = apply_texts(notice, changes)
    if changed:
        touch(notice)
        where = ", ".join(piece.where for piece, _ in changed)
        audit.record("notice_edited", notice, notice.document, actor=actor, data={"where": where})
    return len(changed)


def apply_texts(notice: Notice, changes: Sequence[TextChange]) -> list[tuple[texts.Piece, str]]:
    """Write the words that differ; gives (piece as it was, new words). Raises DomainError at the key."""
    pieces = {piece.key: piece for piece in texts.pieces_of(notice, gather(notice))}
    items = {f"item-{item.id}": item for item in notice.items}
    changed, sections = [], dict(notice.sections)
    for change in changes:
        piece = pieces.get(change.key)
        if piece is None:
            raise DomainError("Phần này không còn trong thông báo. Mở lại trang.", field=change.key)
        text = texts.clean(change.text)
        if len(text) > texts.MAX_LENGTH:
            raise DomainError(f"{piece.where}: nhập tối đa {texts.MAX_LENGTH} ký tự.", field=change.key)
        if text == piece.text:
            continue
        may_be_empty = piece.key.startswith("strengths")
        if not text and not may_be_empty:
            raise DomainError(f"{piece.where}: chưa nhập nội dung.", field=change.key)
        if piece.key in items:
            items[piece.key].text = " ".join(text.split("\n"))
        else:
            sections[piece.key] = text
            sections[PROPOSED] = [key for key in sections.get(PROPOSED, []) if key != piece.key]
        changed.append((piece, text))
    notice.sections = {key: kept for key, kept in sections.items() if key != PROPOSED or kept}
    return changed


def recompose(notice: Notice, key: str, *, version: int | None, actor: Actor) -> None:
    """Take the words of one text from the record again. Raises as `edit_texts`."""
    ask_edit(notice, actor)
    check_version(notice, version)
    piece = next((p for p in texts.pieces_of(notice, gather(notice)) if p.key == key), None)
    if piece is None:
        raise NotFound
    if piece.item is not None:
        piece.item.text = texts.item_text(piece.item.finding)
        notice.sections = {k: v for k, v in notice.sections.items() if k != f"plain-{piece.item.finding_id}"}
    else:
        notice.sections = {k: v for k, v in notice.sections.items() if k != key}
    touch(notice)
    audit.record("notice_recomposed", notice, notice.document, actor=actor, data={"where": piece.where})


def add_finding(
    notice: Notice, finding: Finding, *, version: int | None = None, actor: Actor
) -> NoticeFinding:
    """Put an agreed finding of these units in. Raises NotFound, WrongState, Conflict, Forbidden, Stale."""
    ask_edit(notice, actor)
    check_version(notice, version)
    if finding.inspected_unit_id not in {unit.id for unit in notice.units}:
        raise NotFound
    if finding.state is not FindingState.AGREED and finding not in gather(notice).dropped:
        raise WrongState("Chỉ đưa vào thông báo tồn tại, hạn chế đã được Trưởng đoàn thống nhất.")
    if any(item.finding_id == finding.id for item in notice.items):
        raise Conflict("Tồn tại, hạn chế này đã có trong thông báo.")
    item = _append(notice, finding)
    touch(notice)
    audit.record("notice_finding_added", notice, notice.document, actor=actor, data={"finding": finding.id})
    return item


def leave_out_finding(notice: Notice, item_id: int, *, version: int | None = None, actor: Actor) -> None:
    """Take a finding out of the text; it stays agreed until the team's leader decides. Raises as above."""
    ask_edit(notice, actor)
    check_version(notice, version)
    item = next((item for item in notice.items if item.id == item_id), None)
    if item is None:
        raise NotFound
    notice.items.remove(item)
    touch(notice)
    audit.record(
        "notice_finding_left_out", notice, notice.document, actor=actor, data={"finding": item.finding_id}
    )


def edit_details(notice: Notice, details: Details, *, version: int | None, actor: Actor) -> None:
    """Title, way, signer with authority, follower. Raises DomainError at a field; the drafter never signs."""
    ask_edit(notice, actor)
    check_version(notice, version)
    subject = " ".join(details.subject.split())
    if len(subject) < 10:
        raise DomainError("Nhập trích yếu có ít nhất 10 ký tự.", field="subject")
    type_name = " ".join(details.type_name.split())
    if len(type_name) < 3:
        raise DomainError("Nhập tên loại văn bản.", field="type_name")
    document = notice.document
    symbol = documents.clean_symbol(details.symbol)
    if details.way is IssueWay.HERE and symbol not in numbering.list_books(document.kind):
        raise DomainError(
            f"Sổ văn bản {symbol} chưa được mở. Chọn {', '.join(numbering.list_books(document.kind))}, "
            "hoặc đề nghị văn thư mở sổ.",
            field="symbol",
        )
    before, prefix = document.signer_id, details.signature_prefix
    document.subject, document.way, document.symbol = subject, details.way, symbol
    if details.signer_id is None:
        document.signer, document.signer_id = None, None
        document.signer_name = document.signer_title = ""
    else:
        signer = db.session.get(Person, details.signer_id)
        if signer is None or signer.id not in {p.id for p in accounts.list_holders(Role.LEADER)}:
            raise DomainError("Chọn người ký trong danh sách lãnh đạo được ký văn bản.", field="signer_id")
        documents.name_signer(document, signer)
        untouched = texts.clean(prefix) == texts.clean(notice.signature_prefix)
        if signer.id != before and (untouched or not prefix.strip()):
            prefix = authority_of(signer, notice.inspection.office_unit)
    notice.type_name = type_name
    notice.signature_prefix = clean_authority(prefix, has_signer=details.signer_id is not None)
    notice.follow_unit_id, notice.follower_id = details.follow_unit_id, details.follower_id
    document.search = documents.search_text(document)
    db.session.flush()
    db.session.refresh(notice, ["follow_unit", "follower"])
    touch(notice)
    audit.record("notice_settings_changed", notice, document, actor=actor)


def refresh_dates(notice: Notice, *, actor: Actor) -> int:
    """Count the proposed dates of the tasks anew from today; returns how many moved."""
    ask_edit(notice, actor)
    tasks = db.session.scalars(
        sa.select(Task).where(
            Task.inspected_unit_id.in_([unit.id for unit in notice.units]), Task.state == TaskState.DRAFT
        )
    ).all()
    moved = recount(tasks, start_on=clock.today(), actor=None)
    if moved:
        touch(notice)
    return moved
