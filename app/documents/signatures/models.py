"""Who signs by what, papers given out to be signed, what was found in what came back, tickets for a tool."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Edited, Keyed, choice_column
from app.documents.models import Document
from app.files.models import StoredFile


class Signer(Keyed, Edited, Base):
    """By which key on the server somebody signs, how the signature looks, and by which certificates they are
    known. One row is the office's own, for its seal. The key itself and its PIN are never here."""

    __tablename__ = "signer"
    is_office: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), unique=True)
    key_name: Mapped[str] = mapped_column(default="")
    picture_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    picture_mm: Mapped[int | None]
    """Real width of the seal in millimetres."""
    version: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person | None] = relationship()
    picture: Mapped[StoredFile | None] = relationship()
    certificates: Mapped[list[SignerCertificate]] = relationship(
        back_populates="signer", order_by="SignerCertificate.id"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint("is_office = (person_id IS NULL)", name="office_or_person"),
        sa.CheckConstraint("picture_mm IS NULL OR (picture_mm >= 10 AND picture_mm <= 60)", name="real_size"),
        sa.Index(
            "uq_signer_office",
            "is_office",
            unique=True,
            sqlite_where=sa.text("is_office"),
            postgresql_where=sa.text("is_office"),
        ),
    )

    @property
    def live_certificates(self) -> list[SignerCertificate]:
        """Those that still may sign."""
        return [one for one in self.certificates if one.withdrawn_at is None]


class SignerCertificate(Keyed, Base):
    """A certificate by which a signer is known (never a key). `fingerprint`: SHA-256, hex."""

    __tablename__ = "signer_certificate"
    signer_id: Mapped[int] = mapped_column(sa.ForeignKey("signer.id"))
    fingerprint: Mapped[str]
    name: Mapped[str]
    issuer: Mapped[str]
    serial: Mapped[str]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    signer: Mapped[Signer] = relationship(back_populates="certificates")
    __table_args__ = (
        sa.UniqueConstraint("signer_id", "fingerprint"),
        sa.CheckConstraint("length(fingerprint) = 64", name="fingerprint_length"),
    )


class PreparedPaper(Keyed, Base):
    """The bytes that are signed: a paper with its number, date and empty places. Never changed."""

    __tablename__ = "prepared_paper"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    number: Mapped[int]
    dated_on: Mapped[date]
    approved_hash: Mapped[str]
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    boxes: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    """Place of each field: page, left, bottom, right, top."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    file: Mapped[StoredFile] = relationship()
    document: Mapped[Document] = relationship()
    __table_args__ = (sa.UniqueConstraint("document_id", "number", "dated_on", "approved_hash"),)


class CheckSource(StrEnum):
    """Where the signatures of a checked file were made."""

    KEY = "key"
    OUTSIDE = "outside"
    RECORDED = "recorded"


class SignatureCheck(Keyed, Base):
    """What was found in the bytes of a paper when they were taken in. Never changed."""

    __tablename__ = "signature_check"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"), index=True)
    sha256: Mapped[str]
    source: Mapped[CheckSource] = mapped_column(choice_column(CheckSource, "source_known"))
    sound: Mapped[bool]
    found: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    checked_at: Mapped[datetime] = mapped_column(default=clock.now)


class SigningAct(StrEnum):
    """What a file handed in with a ticket does."""

    SIGN = "sign"
    SEAL = "seal"


class SigningTicket(Keyed, Base):
    """Lets a signing tool hand in one file, once, for one paper and person. The token itself is not kept."""

    __tablename__ = "signing_ticket"
    token_sha256: Mapped[str] = mapped_column(unique=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    act: Mapped[SigningAct] = mapped_column(choice_column(SigningAct, "act_known"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (sa.CheckConstraint("length(token_sha256) = 64", name="token_length"),)
