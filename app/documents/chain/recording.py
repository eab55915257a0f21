"""Way A: what eOffice issued is recorded. The issued file wins: the record is brought in line first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import clock
from app.audit.freshness import check_version
from app.constraint_messages import MESSAGES
from app.documents import numbering, readback
from app.documents import services as documents
from app.documents.bounded import TooMuch, within_limits
from app.documents.chain.course import Course, Words, of
from app.documents.chain.steps import add_step, ask_ready, freeze, keep_version, lock
from app.documents.delivery import list_up
from app.documents.matching import Difference, squeeze
from app.documents.models import Document, IssueWay
from app.documents.readback import ReadBack
from app.documents.signatures import records
from app.documents.signatures.models import CheckSource
from app.documents.states import DOCUMENT
from app.errors import DomainError
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action, Actor, authorise
from app.vietnamese import format_date, search_key
from app.workflow import advance

SIGNED_ELSEWHERE = "Văn bản được ký, cấp số trên hệ thống quản lý văn bản"
TOO_MUCH = (
    "Tệp PDF quá phức tạp nên không đọc hết được. "
    "Tải lại tệp từ hệ thống quản lý văn bản, hoặc in ra và quét lại."
)


@dataclass(frozen=True)
class Issued:
    """What stands on the issued paper, as the person who records it confirmed it."""

    number: int
    symbol: str
    issued_on: date
    signer_name: str
    signer_title: str = ""


def ask_record(document: Document, actor: Actor) -> None:
    """Raises Forbidden, WrongState unless `actor` may record the issue of this paper now."""
    authorise(actor, Action.RECORD_ISSUED, document)
    if not any(document.state in t.sources for t in DOCUMENT.find("record_issued")):
        advance(document, "record_issued", DOCUMENT, actor=actor)


def read_file(stored: StoredFile) -> ReadBack:
    """Read the issued PDF. Raises DomainError (field `file`) when it cannot be read, or not within limits."""
    data = files.read(stored)
    try:
        return within_limits(lambda: readback.read(data))
    except readback.UnreadablePdf as error:
        raise DomainError(str(error), field="file") from error
    except TooMuch as error:
        raise DomainError(TOO_MUCH, field="file") from error


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


@dataclass(frozen=True)
class Place:
    """A text that the issued paper has otherwise; `ref` empty: only to be seen. `issued`: its whole words."""

    ref: str
    where: str
    issued: str
    differences: tuple[Difference, ...]


def places_of(course: Course, back: ReadBack) -> tuple[Place, ...]:
    """The differences gathered by text, because a text is brought in line as a whole.

    What no text can take in (a cell of the record, the head, words that were added) stands alone.
    """
    if not back.has_text:
        return ()
    known = {words.ref: words for words in course.issued_texts()}
    groups: dict[str, list[Difference]] = {}
    for number, difference in enumerate(course.differences(back)):
        groups.setdefault(difference.key if difference.key in known else f" {number}", []).append(difference)
    return tuple(
        Place(
            key if key in known else "",
            group[0].where,
            _issued_words(known[key], group) if key in known else group[0].found,
            tuple(group),
        )
        for key, group in groups.items()
    )


def _issued_words(words: Words, group: Sequence[Difference]) -> str:
    """The whole text with the issued words in place of those that differ, as far as they could be read."""
    if words.single:
        return group[0].found or words.text or group[0].prepared
    other = {squeeze(d.prepared): d.found for d in group if d.found and d.prepared}
    lines: list[str] = []
    for line in words.lines:
        lines.append(other.get(squeeze(line), line))
        lines += [d.found for d in group if not d.prepared and squeeze(d.after) == squeeze(line)]
    return "\n".join(lines)


def record_issued(
    document: Document,
    stored: StoredFile,
    issued: Issued,
    *,
    confirmed: bool = False,
    version: int | None = None,
    actor: Actor,
) -> None:
    """Record that eOffice issued this paper, with all its effects in this transaction.

    `confirmed`: somebody looked at every difference that is left (or, for a scan, states that text and draft
    agree). Raises Forbidden, WrongState, Stale, DomainError at a field, Conflict.
    """
    course = of(document)
    lock(course)
    ask_record(document, actor)
    check_version(course.carrier, version)
    if stored.media_type != "application/pdf":
        raise DomainError("Văn bản đã ban hành là tệp PDF.", field="file")
    symbol, signer_name = _ask_facts(course, issued)
    if not confirmed:
        _ask_confirmed(course, issued, read_file(stored))
    ask_ready(course, on=issued.issued_on, elsewhere=True)
    freeze(course)
    held = numbering.live_number(document)
    if held is not None:
        numbering.void(held, SIGNED_ELSEWHERE, actor=actor)
    if document.way is IssueWay.HERE:
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
    found = records.look(files.read(stored), at=clock.now())
    records.keep(document, stored.sha256, found, CheckSource.RECORDED)
    told = course.effects()
    db.session.flush()
    advance(
        document, "record_issued", DOCUMENT, actor=actor, about=(*course.about, *course.case),
        data={"number": document.number_and_symbol, "sha256": stored.sha256},
    )  # fmt: skip
    keep_version(add_step(document, "record_issued", actor, told))
    course.take_effect(actor)
    list_up(document)


def _ask_facts(course: Course, issued: Issued) -> tuple[str, str]:
    """The symbol and the signer's name as they are kept. Raises DomainError at a field, Conflict."""
    document, earliest = course.document, course.earliest()
    documents.check_number(issued.number)
    symbol = documents.clean_symbol(issued.symbol)
    documents.check_issue_date(issued.issued_on)
    if earliest is not None and issued.issued_on < earliest.day:
        raise DomainError(earliest.refusal, field="issued_on")
    signer_name = " ".join(issued.signer_name.split())
    if len(signer_name) < 2:
        raise DomainError("Nhập họ và tên người ký.", field="signer_name")
    if document.drafter is not None and search_key(signer_name) == search_key(document.drafter.name):
        raise DomainError(MESSAGES["ck_document_drafter_not_signer"], field="signer_name")
    documents.check_number_free(
        issuer_name=document.issuer_name, symbol=symbol, issued_on=issued.issued_on, number=issued.number,
        except_id=document.id,
    )  # fmt: skip
    return symbol, signer_name


def _ask_confirmed(course: Course, issued: Issued, back: ReadBack) -> None:
    """Raises DomainError (field `confirmed`) while there is something to look at."""
    if fact_differences(issued, back):
        raise DomainError(
            "Số, ký hiệu, ngày hoặc người ký khác với tệp. Sửa theo tệp, hoặc xác nhận đã xem từng chỗ.",
            field="confirmed",
        )
    if not back.has_text or course.differences(back):
        raise DomainError(
            "Bản đã ban hành còn chỗ khác bản đã chuẩn bị. Cập nhật hồ sơ theo bản đã ban hành, "
            "hoặc xác nhận đã xem từng chỗ.",
            field="confirmed",
        )
