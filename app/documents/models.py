"""Every paper: its subject, canonical content, way of issuing, frozen bytes, number, recipients, receipt."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Edited, Keyed, choice_column
from app.documents.kinds import DocumentKind
from app.documents.numbers import Book as Book
from app.documents.numbers import Number as Number
from app.documents.numbers import NumberState as NumberState
from app.documents.numbers import Series as Series
from app.documents.numbers import SeriesCounter as SeriesCounter
from app.documents.numbers import SeriesKind as SeriesKind
from app.files.models import StoredFile
from app.policy import Actor, Standing
from app.units.models import Unit


class IssueWay(StrEnum):
    """How a document gets its number and signature (users.md H1: eOffice, here, paper)."""

    RECORDED = "recorded"
    HERE = "here"
    PAPER = "paper"


WAY_LABELS: dict[IssueWay, str] = {
    IssueWay.RECORDED: "Qua hệ thống quản lý văn bản (eOffice)",
    IssueWay.HERE: "Trên hệ thống này",
    IssueWay.PAPER: "Bản giấy",
}


class DocumentState(StrEnum):
    DRAFT = "draft"
    CONTENT_CHECK = "content_check"
    FORM_CHECK = "form_check"
    APPROVAL = "approval"
    APPROVED = "approved"
    SIGNED = "signed"
    SEALED = "sealed"
    ISSUED = "issued"
    CORRECTED = "corrected"
    REPLACED = "replaced"
    RECALLED = "recalled"
    ABANDONED = "abandoned"
    VOIDED = "voided"


IN_FORCE = (DocumentState.ISSUED, DocumentState.CORRECTED)
"""Issued, and neither replaced nor recalled since."""


class Document(Keyed, Edited, Base):
    """One paper. Bytes, number and hash never change once it is issued (triggers on both engines)."""

    __tablename__ = "document"
    kind: Mapped[DocumentKind] = mapped_column(choice_column(DocumentKind, "kind_known"), index=True)
    way: Mapped[IssueWay] = mapped_column(choice_column(IssueWay, "way_known"))
    state: Mapped[DocumentState] = mapped_column(
        choice_column(DocumentState, "state_known"), default=DocumentState.DRAFT
    )
    subject: Mapped[str]
    issuer_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    issuer_name: Mapped[str]
    number: Mapped[int | None]
    symbol: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date | None]
    issue_year: Mapped[int | None]
    signer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    signer_name: Mapped[str] = mapped_column(default="")
    signer_title: Mapped[str] = mapped_column(default="")
    content: Mapped[str | None]
    content_hash: Mapped[str | None]
    approved_hash: Mapped[str | None]
    drafter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    content_checked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    form_checked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    signed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    sealed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    signed_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    sha256: Mapped[str | None] = mapped_column(index=True)
    search: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    file: Mapped[StoredFile | None] = relationship()
    issuer_unit: Mapped[Unit | None] = relationship()
    signer: Mapped[Person | None] = relationship(foreign_keys=[signer_id])
    drafter: Mapped[Person | None] = relationship(foreign_keys=[drafter_id])
    deliveries: Mapped[list[Delivery]] = relationship(back_populates="document", order_by="Delivery.id")
    steps: Mapped[list[DocumentStep]] = relationship(back_populates="document", order_by="DocumentStep.id")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint(
            "state NOT IN ('issued','corrected','replaced','recalled') OR (number IS NOT NULL"
            " AND symbol <> '' AND issued_on IS NOT NULL AND issue_year IS NOT NULL)",
            name="issued_has_number",
        ),
        sa.CheckConstraint("number IS NULL OR number >= 1", name="number_positive"),
        sa.CheckConstraint(
            "drafter_id IS NULL OR signed_by IS NULL OR drafter_id <> signed_by", name="drafter_not_signer"
        ),
        sa.CheckConstraint(
            "sealed_by IS NULL OR signed_by IS NULL OR sealed_by <> signed_by", name="signer_not_sealer"
        ),
        sa.CheckConstraint(
            "kind <> 'conclusion_notice' OR state NOT IN ('issued','corrected','replaced','recalled')"
            " OR (file_id IS NOT NULL AND sha256 IS NOT NULL)",
            name="issued_notice_has_bytes",
        ),
        sa.Index("ix_document_book", "symbol", "issue_year", "number"),
        sa.Index(
            "uq_document_number",
            "issuer_name",
            "symbol",
            "issue_year",
            "number",
            unique=True,
            sqlite_where=sa.text("number IS NOT NULL AND state <> 'voided'"),
            postgresql_where=sa.text("number IS NOT NULL AND state <> 'voided'"),
        ),
    )

    @property
    def number_and_symbol(self) -> str:
        """“45/TB-SNV”; below ten with a leading zero; “…/TB-SNV” while it has no number."""
        shown = f"{self.number:02d}" if self.number is not None else "…"
        return f"{shown}/{self.symbol}"

    @property
    def is_issued(self) -> bool:
        return self.state in (
            DocumentState.ISSUED,
            DocumentState.CORRECTED,
            DocumentState.REPLACED,
            DocumentState.RECALLED,
        )

    @property
    def is_over(self) -> bool:
        """Issued once, and replaced or recalled since."""
        return self.state in (DocumentState.REPLACED, DocumentState.RECALLED)

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        found: set[Standing] = set()
        if actor.person_id == self.drafter_id:
            found.add(Standing.DRAFTER)
        if actor.person_id in (self.signer_id, self.signed_by):
            found.add(Standing.SIGNER)
        for delivery in self.deliveries:
            if delivery.unit_id in actor.headed_unit_ids:
                found.add(Standing.UNIT_HEAD)
            if delivery.unit_id in actor.unit_ids:
                found.add(Standing.UNIT_OFFICER)
        return frozenset(found)


class DocumentStep(Keyed, Base):
    """One act of the chain (phiếu trình): who, when, what, with which opinion, on which content hash."""

    __tablename__ = "document_step"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"), index=True)
    verb: Mapped[str]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    opinion: Mapped[str] = mapped_column(default="")
    content_hash: Mapped[str | None]
    document: Mapped[Document] = relationship(back_populates="steps")
    person: Mapped[Person] = relationship()


class DocumentVersion(Keyed, Base):
    """The words of a paper as they were when somebody sent them up, approved or returned them: each once."""

    __tablename__ = "document_version"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("document_step.id"), unique=True)
    content_hash: Mapped[str]
    content: Mapped[str]
    step: Mapped[DocumentStep] = relationship()
    __table_args__ = (sa.UniqueConstraint("document_id", "content_hash"),)


class SigningDelegation(Keyed, Base):
    """Ủy quyền ký: in writing, for a time, for some kinds of papers, never handed on (NĐ 30/2020 Đ13.4).

    `kinds`: values of `DocumentKind`.
    """

    __tablename__ = "signing_delegation"
    giver_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    taker_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    basis: Mapped[str]
    basis_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kinds: Mapped[list[str]] = mapped_column(sa.JSON)
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    giver: Mapped[Person] = relationship(foreign_keys=[giver_id])
    taker: Mapped[Person] = relationship(foreign_keys=[taker_id])
    __table_args__ = (
        sa.CheckConstraint("giver_id <> taker_id", name="giver_not_taker"),
        sa.CheckConstraint("basis <> ''", name="basis_is_written"),
        sa.CheckConstraint("basis_on <= starts_on AND starts_on <= ends_on", name="time_in_order"),
    )


class Paper(Keyed, Edited, Base):
    """What a composed paper of ours is about, and the words its drafter put in place of the record's.

    `texts`: by the `ref` of what was reworded (content.py), lines joined by `\\n`. The conclusion notice
    keeps its own in `notices`. Upper features link more (tasks …) by tables of theirs.
    """

    __tablename__ = "paper"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"), unique=True)
    inspection_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inspection.id"), index=True)
    about_document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"), index=True)
    """The paper that this one corrects, recalls or answers."""
    type_name: Mapped[str] = mapped_column(default="")
    signature_prefix: Mapped[str] = mapped_column(default="")
    texts: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    document: Mapped[Document] = relationship(foreign_keys=[document_id], lazy="joined")
    about: Mapped[Document | None] = relationship(foreign_keys=[about_document_id])
    units: Mapped[list[Unit]] = relationship(secondary="paper_unit", order_by="Unit.id")
    __mapper_args__ = {"version_id_col": version}

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.document.standing_of(actor)


paper_unit = sa.Table(
    "paper_unit",
    Base.metadata,
    sa.Column("paper_id", sa.ForeignKey("paper.id"), primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), primary_key=True, index=True),
)
"""The units that a paper is about or goes to; none: what it belongs to says it."""


class DocumentCode(Base):
    """The code by which anybody asks after a paper; drawn at random, once, before it is signed."""

    __tablename__ = "document_code"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]


class ReceiptKind(StrEnum):
    """Four ways a unit's receipt becomes known, each shown as what it is (users.md H3)."""

    HEAD_HERE = "head_here"
    AUTHORISED_HERE = "authorised_here"
    EOFFICE = "eoffice"
    REPLY = "reply"


RECEIPT_LABELS: dict[ReceiptKind, str] = {
    ReceiptKind.HEAD_HERE: "Thủ trưởng xác nhận trên hệ thống",
    ReceiptKind.AUTHORISED_HERE: "Người được ủy quyền xác nhận",
    ReceiptKind.EOFFICE: "Hệ thống quản lý văn bản báo đã tiếp nhận",
    ReceiptKind.REPLY: "Văn bản phúc đáp",
}


class Delivery(Keyed, Base):
    """An issued document to one recipient unit, and how its receipt became known."""

    __tablename__ = "delivery"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    sent_on: Mapped[date]
    acknowledge_by: Mapped[date | None]
    receipt: Mapped[ReceiptKind | None] = mapped_column(choice_column(ReceiptKind, "receipt_known"))
    received_on: Mapped[date | None]
    reference: Mapped[str | None]
    statement: Mapped[str | None]
    document_sha256: Mapped[str | None]
    acknowledged_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    on_behalf: Mapped[bool] = mapped_column(default=False)
    annex: Mapped[str | None]
    """Which annexes of a general notice concern the unit: “Phụ lục II”."""
    handed_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delivery.id"))
    """The delivery to the successor that receives in the place of a unit which is no more."""
    document: Mapped[Document] = relationship(back_populates="deliveries")
    unit: Mapped[Unit] = relationship()
    handed_to: Mapped[Delivery | None] = relationship(remote_side="Delivery.id")
    removal: Mapped[DeliveryRemoval | None] = relationship(lazy="joined")
    __table_args__ = (
        sa.UniqueConstraint("document_id", "unit_id"),
        sa.CheckConstraint("(receipt IS NULL) = (received_on IS NULL)", name="receipt_has_date"),
        sa.CheckConstraint(
            "receipt IS NULL OR receipt NOT IN ('head_here','authorised_here')"
            " OR (acknowledged_by IS NOT NULL AND document_sha256 IS NOT NULL AND statement IS NOT NULL)",
            name="acknowledgement_is_bound",
        ),
        sa.CheckConstraint(
            "receipt IS NULL OR receipt NOT IN ('eoffice','reply') OR recorded_by IS NOT NULL",
            name="recorded_receipt_names_recorder",
        ),
        sa.CheckConstraint(
            "handed_to_id IS NULL OR (receipt IS NULL AND handed_to_id <> id)",
            name="handed_on_or_received",
        ),
    )

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        found: set[Standing] = set()
        if self.unit_id in actor.headed_unit_ids:
            found.add(Standing.UNIT_HEAD)
        if self.unit_id in actor.unit_ids:
            found.add(Standing.UNIT_OFFICER)
        return frozenset(found)


class SendingWay(StrEnum):
    """How a paper went to somebody who stands under Nơi nhận."""

    EOFFICE = "eoffice"
    POST = "post"
    BY_HAND = "by_hand"
    MAIL = "mail"


SENDING_LABELS: dict[SendingWay, str] = {
    SendingWay.EOFFICE: "Hệ thống quản lý văn bản (eOffice)",
    SendingWay.POST: "Bưu điện",
    SendingWay.BY_HAND: "Giao trực tiếp",
    SendingWay.MAIL: "Thư điện tử",
}


class Recipient(Keyed, Base):
    """A line of Nơi nhận of an issued paper, unit of the catalogue or not, and when and how it was sent."""

    __tablename__ = "recipient"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    ordinal: Mapped[int]
    name: Mapped[str]
    sent_on: Mapped[date | None]
    way: Mapped[SendingWay | None] = mapped_column(choice_column(SendingWay, "way_known"))
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    recorded_at: Mapped[datetime | None]
    document: Mapped[Document] = relationship()
    recorder: Mapped[Person | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("document_id", "ordinal"),
        sa.CheckConstraint("name <> ''", name="has_name"),
        sa.CheckConstraint(
            "(sent_on IS NULL AND way IS NULL AND recorded_by IS NULL AND recorded_at IS NULL AND note = '')"
            " OR (sent_on IS NOT NULL AND way IS NOT NULL AND recorded_by IS NOT NULL"
            " AND recorded_at IS NOT NULL)",
            name="sending_is_whole",
        ),
        sa.Index(
            "ix_recipient_waiting", "document_id",
            sqlite_where=sa.text("sent_on IS NULL"), postgresql_where=sa.text("sent_on IS NULL"),
        ),
    )  # fmt: skip

    @property
    def recorded_mark(self) -> str:
        """Which entry stands here: a page that was opened before another one was made carries another."""
        return self.recorded_at.isoformat() if self.recorded_at is not None else ""


class DeliveryRemoval(Base):
    """A recipient confirms that a recalled paper was deleted or sent back: here, or as the office knows."""

    __tablename__ = "delivery_removal"
    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("delivery.id"), primary_key=True)
    removed_on: Mapped[date]
    confirmed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reference: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        sa.CheckConstraint("(confirmed_by IS NULL) <> (recorded_by IS NULL)", name="one_tells"),
    )
