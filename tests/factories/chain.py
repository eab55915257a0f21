"""One step of the chain for any paper, by the part of the cast whose step it is; each committed.

The factories of papers and of notices make their rungs of these (and let them be replayed).
"""

from __future__ import annotations

from app.documents import chain
from app.documents.chain import Issued
from app.documents.content import OfficialDocument
from app.documents.models import Document
from app.extensions import db
from tests import cast
from tests.factories.documents import pdf, stored


def submit(document: Document) -> None:
    chain.submit(document, actor=cast.actor(cast.PLANNER))
    db.session.commit()


def check(document: Document) -> None:
    """Content, then form: it waits for the signer's approval."""
    opinion = "Nội dung đầy đủ. Đồng ý trình."
    chain.check_content(document, opinion=opinion, actor=cast.actor(cast.CONTENT_CHECKER))
    chain.check_form(document, actor=cast.actor(cast.CLERK))
    db.session.commit()


def approve(document: Document) -> None:
    chain.approve(document, actor=cast.actor(cast.LEADER))
    db.session.commit()


def sign(document: Document, *, part: str = cast.LEADER) -> None:
    """Numbered and signed here, with its real PDF."""
    signing = chain.begin_signing(document, actor=cast.actor(part))
    db.session.commit()
    chain.finish_signing(document, signing, chain.draw_signed(signing), actor=cast.actor(part))
    db.session.commit()


def seal(document: Document) -> None:
    chain.seal(document, actor=cast.actor(cast.CLERK))
    db.session.commit()


def issue(document: Document) -> None:
    chain.issue(document, actor=cast.actor(cast.CLERK))
    db.session.commit()


def printed(content: OfficialDocument, issued: Issued) -> bytes:
    """The prepared words as eOffice would have issued them."""
    return pdf(chain.numbered(content, issued.number, issued.symbol, issued.issued_on))


def record(document: Document, data: bytes, issued: Issued) -> None:
    """Its issue in eOffice."""
    chain.record_issued(document, stored(data), issued, actor=cast.actor(cast.CLERK))
    db.session.commit()
