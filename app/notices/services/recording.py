"""Way A: what eOffice issued is recorded. The issued file wins: the record is brought in line first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.audit.freshness import check_version
from app.constraint_messages import MESSAGES
from app.documents import numbering
from app.documents import services as documents
from app.documents.models import IssueWay
from app.documents.states import DOCUMENT
from app.errors import DomainError
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.notices import readback, texts
from app.notices.compose import compose, numbered
from app.notices.effects import effects_of
from app.notices.matching import EXTRA, Difference, match, squeeze
from app.notices.models import Notice
from app.notices.printed import prepared_texts, table_heads
from app.notices.readback import ReadBack
from app.notices.record import Record, gather
from app.notices.services.bringing import ask_record, editable_keys
from app.notices.services.chain import add_step, ask_ready, freeze
from app.notices.services.issuing import lock, take_effect
from app.policy import Actor
from app.vietnamese import format_date, search_key
from app.workflow import advance

MUCH_LONGER = 5
SIGNED_ELSEWHERE = "Văn bản được ký, cấp số trên hệ thống quản lý văn bản"


@dataclass(frozen=True)
class Issued:
    """What stands on the issued paper, as the person who records it confirmed it."""

    number: int
    symbol: str
    issued_on: date
    signer_name: str
    signer_title: str = ""


def read_file(stored: StoredFile) -> ReadBack:
    """Read the issued PDF. Raises DomainError (field `file`) when it cannot be opened."""
    try:
        return readback.read(files.read(stored))
    except readback.UnreadablePdf as error:
        raise DomainError(str(error), field="file") from error


def whole_texts(
    notice: Notice, record: Record, found: Sequence[Difference]
) -> tuple[tuple[Difference, ...], ...]:
    """The differences gathered by text of the record, because `bring_in_line` takes whole texts.

    What no text of the record can take in (a cell, the head, words that were added) stands alone.
    """
    known = editable_keys(notice, record)
    groups: list[list[Difference]] = []
    by_key: dict[str, list[Difference]] = {}
    for difference in found:
        group = by_key.get(difference.key) if difference.key in known else None
        if group is None:
            group = by_key[difference.key] = []
            groups.append(group)
        group.append(difference)
    return tuple(tuple(group) for group in groups)


def issued_words(notice: Notice, record: Record, group: Sequence[Difference]) -> str:
    """The whole text with the issued words in place of those that differ, as far as they could be read."""
    piece = next((p for p in texts.pieces_of(notice, record) if p.key == group[0].key), None)
    if piece is None or piece.item is not None:
        return group[0].found or (piece.text if piece is not None else group[0].prepared)
    other = {squeeze(d.prepared): d.found for d in group if d.found and d.prepared}
    lines: list[str] = []
    for line in piece.lines:
        lines.append(other.get(squeeze(line), line))
        lines += [d.found for d in group if not d.prepared and squeeze(d.after) == squeeze(line)]
    return "\n".join(lines)


def compare(notice: Notice, record: Record, back: ReadBack) -> tuple[Difference, ...]:
    """Where the issued paper differs, both ways: every text and cell, and what was added to them.

    Number and date are those that the paper carries: whoever records it confirms them one by one.
    """
    content = compose(notice, record)
    if back.number is not None and back.symbol and back.issued_on is not None:
        content = numbered(content, back.number, back.symbol, back.issued_on)
    prepared = prepared_texts(content, texts.pieces_of(notice, record), record)
    if len(back.text) > MUCH_LONGER * sum(len(piece.text) for piece in prepared):
        return (Difference(EXTRA, "Toàn văn", content.subject, "Tệp dài hơn nhiều bản đã chuẩn bị"),)
    matched = match(prepared, back.text)
    return (*matched.differences(), *matched.additions(table_heads(content)))


def fact_differences(issued: Issued, back: ReadBack) -> dict[str, str]:
    """What was typed otherwise than it was read from the file: a sentence for each field."""
    found: dict[str, str] = {}
    if back.number is not None and back.number != issued.number:
        found["number"] = f"Trong tệp đọc được số {back.number:02d}."
    if back.symbol and documents.clean_symbol(back.symbol) != documents.clean_symbol(issued.symbol):
        found["symbol"] = f"Trong tệp đọc được ký hiệu {back.symbol}."
    if back.issued_on is not None and back.issued_on != issued.issued_on:
        found["issued_on"] = f"Trong tệp đọc được ngày {format_date(back.issued_on)}."
    if back.signer_name and search_key(back.signer_name) != search_key(issued.signer_name):
        found["signer_name"] = f"Trong tệp đọc được {back.signer_name}."
    return found


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
    if not confirmed:
        if fact_differences(issued, back):
            raise DomainError(
                "Số, ký hiệu, ngày hoặc người ký khác với tệp. Sửa theo tệp, hoặc xác nhận đã xem từng chỗ.",
                field="confirmed",
            )
        if not back.has_text or compare(notice, record, back):
            raise DomainError(
                "Bản đã ban hành còn chỗ khác bản đã chuẩn bị. Cập nhật hồ sơ theo bản đã ban hành, "
                "hoặc xác nhận đã xem từng chỗ.",
                field="confirmed",
            )
    ask_ready(notice, record, on=issued.issued_on, elsewhere=True)
    freeze(notice, record)
    held = numbering.live_number(document)
    if held is not None:
        numbering.void(held, SIGNED_ELSEWHERE, actor=actor)
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
