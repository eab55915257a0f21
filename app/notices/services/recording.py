"""Way A: what eOffice issued is recorded. The issued file wins: the record is brought in line first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.audit import services as audit
from app.audit.freshness import check_version
from app.constraint_messages import MESSAGES
from app.documents import services as documents
from app.documents.models import IssueWay
from app.documents.states import DOCUMENT
from app.errors import DomainError
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.notices import readback, texts
from app.notices.compose import asked_of, figure_text
from app.notices.effects import effects_of
from app.notices.models import Notice
from app.notices.readback import Difference, Prepared, ReadBack
from app.notices.record import Record, gather
from app.notices.services.chain import add_step, ask_ready, freeze
from app.notices.services.drafting import apply_texts, touch
from app.notices.services.issuing import lock, take_effect
from app.notices.texts import Part, TextChange
from app.policy import Action, Actor, authorise
from app.remediation.models import Task
from app.remediation.services.guards import about, index_task
from app.remediation.services.guards import touch as touch_task
from app.vietnamese import format_date, search_key
from app.workflow import advance


@dataclass(frozen=True)
class Issued:
    """What stands on the issued paper, as the person who records it confirmed it."""

    number: int
    symbol: str
    issued_on: date
    signer_name: str
    signer_title: str = ""


def ask_record(notice: Notice, actor: Actor) -> None:
    """Raises Forbidden, WrongState unless `actor` may record the issue of this notice now."""
    authorise(actor, Action.RECORD_ISSUED, notice)
    if not any(notice.document.state in t.sources for t in DOCUMENT.find("record_issued")):
        advance(notice.document, "record_issued", DOCUMENT, actor=actor)


def read_file(stored: StoredFile) -> ReadBack:
    """Read the issued PDF. Raises DomainError (field `file`) when it cannot be opened."""
    try:
        return readback.read(files.read(stored))
    except readback.UnreadablePdf as error:
        raise DomainError(str(error), field="file") from error


def prepared_texts(notice: Notice, record: Record) -> tuple[Prepared, ...]:
    """Every text as it would be printed, paragraph by paragraph, in the order of the document."""
    made: list[Prepared] = []
    late: list[Prepared] = []
    pieces = texts.pieces_of(notice, record)
    praised = [piece for piece in pieces if piece.part is Part.STRENGTHS and piece.lines]
    unit_id = 0
    for piece in pieces:
        if piece.item is not None:
            if len(record.units) > 1 and piece.item.finding.inspected_unit_id != unit_id:
                unit_id = piece.item.finding.inspected_unit_id
                heading = f"Đối với {piece.item.finding.inspected_unit.unit.name}"
                made.append(Prepared(readback.FIXED, "", heading))
            made.append(Prepared(piece.key, piece.where, figure_text(piece)))
        elif piece.key == "recipients":
            continue
        else:
            if piece.key == "requests":
                made.append(Prepared(readback.FIXED, "", asked_of(notice)))
            elif piece in praised and len(praised) > 1:
                made.append(Prepared(readback.FIXED, "", piece.label))
            made += [Prepared(piece.key, piece.where, line) for line in piece.lines]
    for row, task in enumerate(record.tasks, 1):
        late.append(Prepared(f"task-{task.id}", f"Phụ lục, dòng {row}", task.text))
    return (*made, *late)


def whole_texts(
    notice: Notice, record: Record, found: Sequence[Difference]
) -> tuple[tuple[Difference, ...], ...]:
    """The differences gathered by text of the record: what `bring_in_line` takes is whole texts."""
    by_key: dict[str, list[Difference]] = {}
    for difference in found:
        by_key.setdefault(difference.key, []).append(difference)
    return tuple(tuple(group) for group in by_key.values())


def issued_words(notice: Notice, record: Record, group: Sequence[Difference]) -> str:
    """The whole text with the issued words in place of those that differ, as far as they could be read."""
    piece = next((p for p in texts.pieces_of(notice, record) if p.key == group[0].key), None)
    if piece is None or piece.item is not None:
        return group[0].found or (piece.text if piece is not None else group[0].prepared)
    other = {difference.prepared: difference.found for difference in group if difference.found}
    return "\n".join(other.get(line, line) for line in piece.lines)


def compare(notice: Notice, record: Record, text: str) -> tuple[Difference, ...]:
    """Where the issued text differs, one entry for each text of the record."""
    prepared = prepared_texts(notice, record)
    body = [piece for piece in prepared if not piece.key.startswith("task-")]
    rows = [piece for piece in prepared if piece.key.startswith("task-")]
    found = list(readback.differences(body, readback.body_of(text)))
    squeezed = readback.squeeze(text)
    found += [
        Difference(piece.key, piece.where, piece.text, "")
        for piece in rows
        if readback.squeeze(piece.text) not in squeezed
    ]
    return tuple(found)


def bring_in_line(notice: Notice, changes: Sequence[TextChange], *, version: int | None, actor: Actor) -> int:
    """Cập nhật hồ sơ theo bản đã ban hành: the words that were issued become those of the record.

    Each change is a whole text. Figures that stand in the issued words are not set behind them a second time.
    Returns how many texts changed. Raises Forbidden, WrongState, Stale, DomainError at a text.
    """
    ask_record(notice, actor)
    check_version(notice, version)
    record = gather(notice)
    tokens = {piece.key: piece for piece in texts.pieces_of(notice, record)}
    plain = dict(notice.sections)
    adjusted = []
    for change in changes:
        piece = tokens.get(change.key)
        text = change.text
        if piece is not None and piece.item is not None and piece.token:
            shown = f"({piece.token})"
            if shown in text:
                text = " ".join(text.replace(shown, "").replace(" .", ".").split())
            else:
                plain[f"plain-{piece.item.finding_id}"] = "1"
        adjusted.append(TextChange(change.key, text))
    notice.sections = plain
    rows = {f"task-{task.id}": (row, task) for row, task in enumerate(record.tasks, 1)}
    changed = apply_texts(notice, [change for change in adjusted if change.key not in rows])
    places = [piece.where for piece, _ in changed]
    for change in adjusted:
        if change.key in rows:
            row, task = rows[change.key]
            if _reword(task, change.text, actor):
                places.append(f"Phụ lục, dòng {row}")
    if places:
        touch(notice)
        where = ", ".join(places)
        audit.record("notice_brought_in_line", notice, notice.document, actor=actor, data={"where": where})
    return len(places)


def _reword(task: Task, text: str, actor: Actor) -> bool:
    """The words of a draft task as they were issued. Raises DomainError when they are too short."""
    text = texts.clean(text).replace("\n", " ")
    if text == task.text:
        return False
    if len(text) < 3:
        raise DomainError(MESSAGES["ck_task_has_text"], field=f"task-{task.id}")
    task.text = text
    touch_task(task)
    db.session.flush()
    index_task(task)
    audit.record("task_edited", task, task.inspection, actor=actor, data=about(task))
    return True


def record_issued(
    notice: Notice,
    stored: StoredFile,
    issued: Issued,
    *,
    confirmed: bool = False,
    version: int | None = None,
    actor: Actor,
) -> None:
    """Record that eOffice issued this notice, with all its effects in this transaction.

    `confirmed`: somebody looked at every difference that is left (or, for a scan, states that text and draft
    agree). Raises Forbidden, WrongState, Stale, DomainError at a field, Conflict.
    """
    lock(notice)
    ask_record(notice, actor)
    check_version(notice, version)
    document = notice.document
    if stored.media_type != "application/pdf":
        raise DomainError("Văn bản đã ban hành là tệp PDF.", field="file")
    documents.check_number(issued.number)
    symbol = documents.clean_symbol(issued.symbol)
    documents.check_issue_date(issued.issued_on)
    decision = notice.inspection.decision
    if decision is not None and decision.issued_on is not None and issued.issued_on < decision.issued_on:
        raise DomainError(
            f"Ngày văn bản trước ngày quyết định kiểm tra ({format_date(decision.issued_on)}). "
            "Kiểm tra lại ngày.",
            field="issued_on",
        )
    signer_name = " ".join(issued.signer_name.split())
    if len(signer_name) < 2:
        raise DomainError("Nhập họ và tên người ký.", field="signer_name")
    if document.drafter is not None and search_key(signer_name) == search_key(document.drafter.name):
        raise DomainError(MESSAGES["ck_document_drafter_not_signer"], field="signer_name")
    documents.check_number_free(
        issuer_name=document.issuer_name, symbol=symbol, issued_on=issued.issued_on, number=issued.number,
        except_id=document.id,
    )  # fmt: skip
    record = gather(notice)
    back = read_file(stored)
    if not confirmed and (not back.has_text or compare(notice, record, back.text)):
        raise DomainError(
            "Bản đã ban hành còn chỗ khác bản đã chuẩn bị. Cập nhật hồ sơ theo bản đã ban hành, "
            "hoặc xác nhận đã xem từng chỗ.",
            field="confirmed",
        )
    ask_ready(notice, record)
    freeze(notice, record)
    document.way = IssueWay.RECORDED
    document.number, document.symbol = issued.number, symbol
    document.issued_on, document.issue_year = issued.issued_on, issued.issued_on.year
    same_signer = document.signer is not None and search_key(document.signer.name) == search_key(signer_name)
    document.signer_name = signer_name
    document.signer_title = " ".join(issued.signer_title.split()) or (
        document.signer_title if same_signer else ""
    )
    if same_signer:
        document.signed_by = document.signer_id
    document.file, document.file_id, document.sha256 = stored, stored.id, stored.sha256
    document.search = documents.search_text(document)
    told = effects_of(notice, record).sentence
    db.session.flush()
    advance(
        document, "record_issued", DOCUMENT, actor=actor, about=(notice, notice.inspection),
        data={"number": document.number_and_symbol, "sha256": stored.sha256},
    )  # fmt: skip
    add_step(notice, "record_issued", actor, told)
    take_effect(notice, record, actor=actor)
