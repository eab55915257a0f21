"""Annexes in files of their own: once a paper is signed, the office signs each file that goes with it."""

from __future__ import annotations

from datetime import datetime

from app.audit import services as audit
from app.documents.models import Document
from app.documents.signatures import acts, annexes, checking
from app.documents.signatures.acts import Plan, SignaturesRefused
from app.documents.signatures.checking import Expected
from app.documents.signatures.places import OFFICE
from app.errors import Conflict, DomainError, WrongState
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action, Actor, authorise

NOT_A_PDF = "Không đọc được tệp PDF của phụ lục. Lưu lại thành PDF rồi thực hiện lại."


def ask_annex(document: Document) -> Plan:
    """What the signature needs. Raises WrongState (no number yet, no key), Conflict (no certificate)."""
    if document.number is None or document.signed_by is None:
        raise WrongState("Phụ lục ở tệp riêng được ký sau khi văn bản đã ký, đã có số.")
    plan = acts.plan(document)
    if plan is None:
        raise WrongState("Cơ quan không dùng chữ ký số.")
    acts.ask_key(plan.office)
    if not plan.office.fingerprints:
        raise Conflict(acts.NO_CERTIFICATE.format(name=plan.office.name))
    return plan


def draw_annex(pdf: bytes, number_and_symbol: str, plan: Plan, *, at: datetime) -> bytes:
    """The file with the office's signature, checked; no database. Raises DomainError (field `file`)."""
    try:
        signed = annexes.sign_annex(
            pdf, number_and_symbol, plan.office, at=at, timestamper=plan.ask_time(), sources=plan.sources
        )
    except DomainError:
        raise
    except Exception as error:  # whatever a file that is no good PDF makes the libraries say
        raise DomainError(NOT_A_PDF, field="file") from error
    report = checking.check(signed, [Expected(OFFICE, plan.office.fingerprints)], plan.trust, at=at)
    if not report.is_sound:
        raise SignaturesRefused(report)
    return signed


def keep_annex(document: Document, name: str, signed: bytes, *, actor: Actor) -> StoredFile:
    """Keep what was signed; the caller commits. Raises Forbidden, UploadRefused."""
    authorise(actor, Action.SEAL_PAPER, document)
    stored = files.keep(
        name if name.lower().endswith(".pdf") else "phu-luc.pdf", signed, actor=actor, kinds=("pdf",)
    )
    audit.record("annex_signed", document, actor=actor, data={"sha256": stored.sha256, "name": stored.name})
    return stored
