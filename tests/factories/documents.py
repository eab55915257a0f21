"""Documents for tests of every room."""

from __future__ import annotations

import io
from datetime import date

from app.clock import now
from app.documents import delivery as deliveries
from app.documents import rendering, services
from app.documents.content import OfficialDocument
from app.documents.kinds import DocumentKind
from app.documents.models import Delivery, Document, IssueWay
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from tests import cast


def draft(
    subject: str = "Kết luận kiểm tra thử nghiệm", *, by: str = cast.PLANNER, symbol: str = "TB-SNV"
) -> Document:
    """A draft of the office, issued here, signed by the cast's leader some day."""
    return services.create(
        kind=DocumentKind.CONCLUSION_NOTICE,
        way=IssueWay.HERE,
        subject=subject,
        issuer=cast.unit(cast.OFFICE),
        symbol=symbol,
        signer=cast.person(cast.LEADER),
        actor=cast.actor(by),
    )


def pdf(content: OfficialDocument) -> bytes:
    """A real PDF of a content."""
    return rendering.render_pdf(content, created_at=now()).data


def stored(data: bytes = b"%PDF-1.7\n% ban thu nghiem\n%%EOF\n", name: str = "van-ban.pdf") -> StoredFile:
    """A kept file of the clerk's."""
    return files.keep(name, data, actor=cast.actor(cast.CLERK))


def recorded(
    number: int = 45,
    *,
    symbol: str = "TB-SNV",
    issued_on: date = date(2026, 8, 12),
    file: StoredFile | None = None,
) -> Document:
    """A notice that eOffice issued."""
    return services.record_elsewhere(
        kind=DocumentKind.CONCLUSION_NOTICE,
        number=number,
        symbol=symbol,
        issued_on=issued_on,
        issuer_name="Sở Nội vụ",
        signer_name="Trần Văn Thử",
        signer_title="Phó Giám đốc",
        subject="Kết luận kiểm tra công tác cải cách hành chính, công vụ",
        file=file or stored(),
        actor=cast.actor(cast.CLERK),
    )


def delivered(document: Document | None = None, unit: str = cast.LONG_PHUOC) -> Delivery:
    """An issued notice with bytes, sent to a unit and committed."""
    document = document or recorded(file=stored())
    delivery = deliveries.deliver(
        document, cast.unit(unit), sent_on=date(2026, 8, 12), acknowledge_by=date(2026, 8, 17), actor=None
    )
    db.session.commit()
    return delivery


def blank_pdf() -> bytes:
    """A page without a text layer, as a scanner makes it."""
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()
