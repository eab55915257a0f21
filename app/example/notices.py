"""Notices up the chain: signed and issued here, or signed and numbered in the office's eOffice; then sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.documents import chain, delivery, numbering, rendering
from app.documents import queries as documents
from app.documents.content import OfficialDocument
from app.documents.kinds import DocumentKind
from app.documents.models import Document, IssueWay, SendingWay
from app.example.organisation import actor, person, unit
from app.extensions import db
from app.files import services as files
from app.inspections.models import InspectedUnit, Inspection
from app.notices import services
from app.notices.compose import compose
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.texts import pieces_of


@dataclass(frozen=True)
class Paper:
    """How a notice is to go out."""

    way: IssueWay
    symbol: str
    subject: str


def notices() -> list[Notice]:
    """All conclusion notices in the order they were drafted."""
    return list(
        db.session.scalars(
            sa.select(Notice)
            .join(Document, Document.id == Notice.document_id)
            .where(Document.kind == DocumentKind.CONCLUSION_NOTICE)
            .order_by(Notice.id)
        )
    )


def open_book(symbol: str, title: str) -> None:
    """The clerk opens a book of numbers."""
    numbering.open_series(symbol, title, actor=actor("vanthu"))


def draft(inspection: Inspection, units: list[InspectedUnit], paper: Paper) -> Notice:
    """The planner drafts, names who signs and who follows."""
    notice = services.draft(inspection, units, actor=actor("kehoach"))
    put_details(notice, paper)
    return notice


def put_details(notice: Notice, paper: Paper) -> None:
    """Who signs, who follows, how it goes out."""
    services.edit_details(
        notice,
        services.Details(
            subject=paper.subject,
            type_name=notice.type_name,
            symbol=paper.symbol,
            way=paper.way,
            signer_id=person("lanhdao").id,
            signature_prefix="KT. Giám đốc\nPhó Giám đốc",
            follow_unit_id=unit("SNV-CCHC").id,
            follower_id=person("theodoi").id,
        ),
        version=None,
        actor=actor("kehoach"),
    )


def also_to(notice: Notice, *bodies: str) -> None:
    """Bodies outside the catalogue that get the notice as well, above the file copy."""
    text = next(p.text for p in pieces_of(notice, gather(notice)) if p.key == "recipients")
    *lines, last = text.split("\n")
    change = chain.TextChange("recipients", "\n".join([*lines, *bodies, last]))
    services.edit_texts(notice, [change], version=None, actor=actor("kehoach"))


def send(notice: Notice, way: SendingWay, *, to: str = "", note: str = "") -> None:
    """The clerk records the sending: to whom `to` names, else to everybody who waits."""
    waiting = [one for one in documents.list_recipients(notice.document) if one.sent_on is None]
    chosen = [one.id for one in waiting if to in one.name]
    delivery.record_sent(
        notice.document, chosen, sent_on=clock.today(), way=way, note=note, actor=actor("vanthu")
    )


def check_and_approve(notice: Notice) -> None:
    """Up the chain: content, form, the signer's approval."""
    chain.submit(notice.document, opinion="Kính trình Trưởng phòng xem xét", actor=actor("kehoach"))
    chain.check_content(
        notice.document, opinion="Nội dung khớp biên bản, báo cáo của Đoàn", actor=actor("truongphong")
    )
    chain.check_form(notice.document, opinion="Đúng thể thức", actor=actor("vanthu"))
    chain.approve(notice.document, opinion="Đồng ý", actor=actor("lanhdao"))


def sign_here(notice: Notice) -> None:
    """The number is taken at the click that signs; the clerk seals and issues."""
    signing = chain.begin_signing(notice.document, actor=actor("lanhdao"))
    db.session.commit()
    pdf = chain.draw_signed(signing)
    chain.finish_signing(notice.document, signing, pdf, actor=actor("lanhdao"))
    db.session.commit()
    chain.seal(notice.document, actor=actor("vanthu"))
    chain.issue(notice.document, actor=actor("vanthu"))


def record_from_eoffice(notice: Notice, number: int, issued_on: date) -> None:
    """The file that eOffice issued is dropped back; number, date and signer are those on it."""
    who = actor("vanthu")
    issued: OfficialDocument = chain.numbered(
        compose(notice, gather(notice)), number, notice.document.symbol, issued_on
    )
    pdf = rendering.render_pdf(issued, created_at=clock.now()).data
    name = f"TB {number} {notice.document.symbol}.pdf"
    chain.record_issued(
        notice.document,
        files.keep(name, pdf, actor=who, kinds=("pdf",)),
        chain.Issued(
            number=number,
            symbol=notice.document.symbol,
            issued_on=issued_on,
            signer_name=person("lanhdao").name,
            signer_title="Phó Giám đốc",
        ),
        confirmed=True,
        actor=who,
    )
