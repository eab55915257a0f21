"""Writing documents: drafts of ours, and papers that were issued elsewhere and are only recorded."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app import clock
from app.accounts.models import Person
from app.audit import services as audit
from app.constraint_messages import MESSAGES
from app.documents import books
from app.documents.books import LARGEST_NUMBER
from app.documents.books import clean_symbol as clean_symbol
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, IssueWay, Number, NumberState
from app.errors import Conflict, DomainError
from app.extensions import db
from app.files.models import StoredFile
from app.policy import Actor
from app.units.models import Unit
from app.vietnamese import format_date, search_key

_EARLIEST = date(1945, 9, 2)


def check_number(number: int) -> None:
    """Raises DomainError (field `number`) unless 1 … 999 999."""
    if not 1 <= number <= LARGEST_NUMBER:
        raise DomainError("Số văn bản là số nguyên từ 1 đến 999.999.", field="number")


def check_issue_date(issued_on: date) -> None:
    """Raises DomainError (field `issued_on`) for a day that has not come or lies before 1945."""
    if issued_on > clock.today():
        raise DomainError(
            f"Ngày văn bản {format_date(issued_on)} sau ngày hôm nay. Kiểm tra lại ngày.", field="issued_on"
        )
    if issued_on < _EARLIEST:
        raise DomainError("Ngày văn bản không đúng. Kiểm tra lại năm.", field="issued_on")


def check_number_free(
    *, issuer_name: str, symbol: str, issued_on: date, number: int, except_id: int | None = None
) -> None:
    """One number of a symbol once a year and issuer. Raises Conflict that names the other paper."""
    other = db.session.scalar(
        sa.select(Document).where(
            Document.issuer_name == issuer_name,
            Document.symbol == symbol,
            Document.issue_year == issued_on.year,
            Document.number == number,
            Document.state != DocumentState.VOIDED,
            Document.id != (except_id if except_id is not None else -1),
        )
    )
    if other is not None:
        day = f" ngày {format_date(other.issued_on)}" if other.issued_on else ""
        raise Conflict(
            f"{MESSAGES['uq_document_number']} Số {other.number_and_symbol}{day} là “{other.subject}”.",
            field="number",
        )
    check_not_reserved(
        issuer_name=issuer_name, symbol=symbol, issued_on=issued_on, number=number, except_id=except_id
    )


def check_not_reserved(
    *, issuer_name: str, symbol: str, issued_on: date, number: int, except_id: int | None
) -> None:
    """A number that a paper of ours holds is not recorded for another. Raises Conflict."""
    series = books.find(symbol, issued_on.year)
    if series is None:
        return
    holder = db.session.scalar(
        sa.select(Document)
        .join(Number, Number.document_id == Document.id)
        .where(
            Document.issuer_name == issuer_name,
            Number.series_id == series.id,
            Number.year == issued_on.year,
            Number.n == number,
            Number.state != NumberState.VOID,
            Document.id != (except_id if except_id is not None else -1),
        )
    )
    if holder is not None:
        raise Conflict(
            f"Số {number:02d}/{symbol} đã lấy để ký “{holder.subject}”. Kiểm tra lại số, "
            "hoặc trả lại dự thảo đó để hủy số.",
            field="number",
        )


def search_text(document: Document) -> str:
    """What a search compares: number and symbol, subject, issuer."""
    number = document.number_and_symbol if document.number is not None else document.symbol
    return search_key(f"{number} {document.subject} {document.issuer_name} {document.signer_name}")


def record_elsewhere(
    *,
    kind: DocumentKind,
    number: int,
    symbol: str,
    issued_on: date,
    issuer_name: str,
    signer_name: str = "",
    signer_title: str = "",
    subject: str,
    file: StoredFile | None = None,
    actor: Actor | None,
) -> Document:
    """Record a paper that eOffice or another body issued: its number, symbol, date, signer, maybe its file.

    Raises DomainError with `field` for a number, symbol, date, issuer or subject that cannot be; Conflict
    when the number was recorded before. The document is issued, and so fixed, at once.
    """
    check_number(number)
    symbol = clean_symbol(symbol)
    check_issue_date(issued_on)
    issuer_name, subject = " ".join(issuer_name.split()), " ".join(subject.split())
    if len(issuer_name) < 2:
        raise DomainError("Nhập tên cơ quan ban hành.", field="issuer_name")
    if len(subject) < 3:
        raise DomainError("Nhập trích yếu nội dung văn bản.", field="subject")
    if kind is DocumentKind.CONCLUSION_NOTICE and file is None:
        raise DomainError(MESSAGES["ck_document_issued_notice_has_bytes"], field="file")
    check_number_free(issuer_name=issuer_name, symbol=symbol, issued_on=issued_on, number=number)
    document = Document(
        kind=kind,
        way=IssueWay.RECORDED,
        state=DocumentState.ISSUED,
        subject=subject,
        issuer_name=issuer_name,
        number=number,
        symbol=symbol,
        issued_on=issued_on,
        issue_year=issued_on.year,
        signer_name=" ".join(signer_name.split()),
        signer_title=" ".join(signer_title.split()),
        file=file,
        sha256=file.sha256 if file is not None else None,
    )
    document.search = search_text(document)
    db.session.add(document)
    db.session.flush()
    audit.record(
        "document_recorded", document, actor=actor, data={"kind": kind, "number": document.number_and_symbol}
    )
    return document


def create(
    *,
    kind: DocumentKind,
    way: IssueWay,
    subject: str,
    issuer: Unit,
    symbol: str,
    signer: Person | None = None,
    signer_title: str = "",
    actor: Actor,
) -> Document:
    """Begin a document of ours; `actor` is its drafter. Raises DomainError (subject, symbol, signer)."""
    subject = " ".join(subject.split())
    if len(subject) < 3:
        raise DomainError("Nhập trích yếu nội dung văn bản.", field="subject")
    document = Document(
        kind=kind,
        way=way,
        subject=subject,
        issuer_unit=issuer,
        issuer_name=issuer.name,
        symbol=clean_symbol(symbol),
        drafter_id=actor.person_id,
    )
    if signer is not None:
        name_signer(document, signer, signer_title)
    document.search = search_text(document)
    db.session.add(document)
    db.session.flush()
    audit.record("document_created", document, actor=actor, data={"kind": kind})
    return document


def name_signer(document: Document, signer: Person, title: str = "") -> None:
    """Say who signs. Raises DomainError when the drafter would sign (NĐ 30/2020 Đ12–13; users.md no. 30)."""
    if signer.id == document.drafter_id:
        raise DomainError(MESSAGES["ck_document_drafter_not_signer"], field="signer_id")
    document.signer = signer
    document.signer_id = signer.id
    document.signer_name = signer.name
    document.signer_title = " ".join(title.split()) or signer.post_on(clock.today())


def earlier_than_last(issuer_name: str, symbol: str, issued_on: date, number: int) -> str:
    """A warning, never a refusal, when a lower number of the year carries a later day; else empty.

    Numbers recorded from elsewhere arrive out of order, so only a contradiction is worth a look.
    """
    other = db.session.scalar(
        sa.select(Document)
        .where(
            Document.issuer_name == issuer_name,
            Document.symbol == symbol,
            Document.issue_year == issued_on.year,
            sa.or_(
                sa.and_(Document.number < number, Document.issued_on > issued_on),
                sa.and_(Document.number > number, Document.issued_on < issued_on),
            ),
        )
        .order_by(Document.number)
        .limit(1)
    )
    if other is None or other.issued_on is None:
        return ""
    return (
        f"Số {number:02d} ngày {format_date(issued_on)} không theo thứ tự với số {other.number_and_symbol} "
        f"ngày {format_date(other.issued_on)} đã ghi nhận. Kiểm tra lại số, ngày."
    )
