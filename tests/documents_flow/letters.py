"""A plain letter of the office on its way through the chain: no case, no record, nothing follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.models import Person
from app.db import Base
from app.documents import chain
from app.documents import services as documents
from app.documents.chain import Earliest, Reworded, TextChange
from app.documents.content import OfficialDocument, SignatureBlock, paragraph
from app.documents.kinds import DocumentKind
from app.documents.matching import Difference
from app.documents.models import Document, IssueWay
from app.documents.readback import ReadBack
from app.policy import Actor
from tests import cast


@dataclass
class Letter:
    """Its course."""

    document: Document
    about: tuple[Base, ...] = ()
    case: tuple[Base, ...] = ()
    named: str = "Công văn"

    @property
    def carrier(self) -> Document:
        return self.document

    def hold(self) -> None: ...

    def compose(self) -> OfficialDocument:
        return OfficialDocument(
            kind=DocumentKind.OTHER,
            type_name="Công văn",
            subject=self.document.subject,
            issuing_body="Sở Nội vụ",
            symbol=self.document.symbol,
            place="Đồng Nai",
            blocks=(paragraph("Sở Nội vụ đề nghị các đơn vị thực hiện theo đúng thời hạn."),),
            signature=SignatureBlock(name="Trần Văn Thử", posts=("Phó Giám đốc",)),
            recipients=("UBND xã Long Phước", "Lưu: VT, CCHC"),
        )

    def comparable(self, content: OfficialDocument) -> OfficialDocument:
        return content

    def stopping(self, *, on: date | None = None, elsewhere: bool = False) -> Sequence[str]:
        return ()

    def reword(self, changes: Sequence[TextChange]) -> Sequence[Reworded]:
        return ()

    def redate(self) -> Sequence[Reworded]:
        return ()

    def freeze(self) -> None: ...

    def thaw(self) -> None: ...

    def touch(self) -> None: ...

    def earliest(self) -> Earliest | None:
        return None

    def differences(self, back: ReadBack) -> Sequence[Difference]:
        return ()

    def drafters(self) -> Sequence[Person]:
        return ()

    def effects(self) -> str:
        return ""

    def take_effect(self, actor: Actor) -> None: ...


def approved(
    subject: str = "Thực hiện chế độ báo cáo",
    *,
    symbol: str = "TB-SNV",
    kind: DocumentKind = DocumentKind.OTHER,
) -> Document:
    """A letter that waits for its signer; the caller commits."""
    chain.add(kind, Letter)
    document = documents.create(
        kind=kind,
        way=IssueWay.HERE,
        subject=subject,
        issuer=cast.unit(cast.OFFICE),
        symbol=symbol,
        signer=cast.person(cast.LEADER),
        actor=cast.actor(cast.PLANNER),
    )
    chain.submit(document, version=document.version, actor=cast.actor(cast.PLANNER))
    chain.check_content(document, version=document.version, actor=cast.actor(cast.CONTENT_CHECKER))
    chain.check_form(document, version=document.version, actor=cast.actor(cast.CLERK))
    chain.approve(document, version=document.version, actor=cast.actor(cast.LEADER))
    return document


def issued(
    subject: str = "Thực hiện chế độ báo cáo", *, pdf: bytes = b"", symbol: str = "TB-SNV"
) -> Document:
    """A letter that was signed, sealed and issued here today; the caller commits."""
    document = approved(subject, symbol=symbol)
    signing = chain.begin_signing(document, actor=cast.actor(cast.LEADER))
    drawn = chain.Drawn(pdf or stand_in(subject))
    chain.finish_signing(document, signing, drawn, actor=cast.actor(cast.LEADER))
    chain.seal(document, actor=cast.actor(cast.CLERK))
    chain.issue(document, actor=cast.actor(cast.CLERK))
    return document


def stand_in(subject: str) -> bytes:
    """Bytes in the place of a drawn paper, others for each subject."""
    return f"%PDF-1.7\n% {subject}\n%%EOF\n".encode()
