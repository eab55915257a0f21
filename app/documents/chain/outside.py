"""Signing with a tool of one's own: the prepared file goes out, what comes back is checked and taken in."""

from __future__ import annotations

from app import clock
from app.audit import services as audit
from app.documents import numbering
from app.documents.canonical import from_json
from app.documents.chain import issuing, signing
from app.documents.chain.course import of
from app.documents.chain.issuing import Sealed
from app.documents.chain.signing import Drawn, Signing, numbered
from app.documents.chain.steps import ask_unchanged
from app.documents.models import Document, DocumentState
from app.documents.signatures import acts, records
from app.documents.signatures.acts import Prepared
from app.documents.signatures.checking import Report
from app.documents.signatures.models import CheckSource, SigningAct
from app.documents.states import content_is_as_approved
from app.errors import Conflict, WrongState
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action, Actor, authorise

NOT_DUE = "Văn bản không ở bước ký hoặc đóng dấu. Mở lại trang của văn bản."
_DUE = {DocumentState.APPROVED: SigningAct.SIGN, DocumentState.SIGNED: SigningAct.SEAL}
_RIGHTS = {SigningAct.SIGN: Action.SIGN_PAPER, SigningAct.SEAL: Action.SEAL_PAPER}


def act_due(document: Document, *, actor: Actor) -> SigningAct:
    """Which signature is due now, if it is for `actor` to give. Raises WrongState, Forbidden."""
    act = _DUE.get(document.state)
    if act is None:
        raise WrongState(NOT_DUE)
    authorise(actor, _RIGHTS[act], document)
    return act


def give_out(document: Document, begun: Signing, prepared: Prepared, *, actor: Actor) -> None:
    """Keep what goes out to be signed; the caller commits. Raises Conflict when something moved."""
    number = numbering.live_number(document)
    if number is None or number.n != begun.number or document.approved_hash != begun.approved_hash:
        raise Conflict("Bản thảo hoặc số văn bản đã thay đổi. Mở lại trang rồi tải tệp để ký.")
    if acts.find_prepared(document) is None:
        acts.keep_prepared(document, prepared, number=begun.number, dated_on=begun.on, actor=actor)


def file_to_sign(document: Document, *, actor: Actor) -> StoredFile | None:
    """What is signed next: the prepared paper, for the seal the one that the leader signed; None before."""
    if act_due(document, actor=actor) is SigningAct.SEAL:
        return document.file
    kept = acts.find_prepared(document)
    return kept.file if kept is not None else None


def keep_refused(document: Document, name: str, data: bytes, report: Report, *, actor: Actor) -> None:
    """Keep a refused file with what was found in it, as far as it is a PDF at all; the caller commits."""
    if not data.startswith(b"%PDF-"):
        return
    shown = name if name.lower().endswith(".pdf") else "tep-bi-tu-choi.pdf"
    stored = files.keep(shown, data, actor=actor, kinds=("pdf",))
    records.keep(document, stored.sha256, report, CheckSource.OUTSIDE)
    audit.record("signed_file_refused", document, actor=actor, data={"sha256": stored.sha256})


def take_in(document: Document, data: bytes, *, actor: Actor) -> SigningAct:
    """A file that came back: the signature or the seal that was due. The caller commits.

    Raises Forbidden, WrongState, Conflict, SignaturesRefused with every reason.
    """
    act = act_due(document, actor=actor)
    if act is SigningAct.SEAL:
        issuing.begin_sealing(document, outside=True, actor=actor)
        signed, sealing = acts.take_back(document, data)
        assert sealing is not None
        issuing.seal(document, sealed=Sealed(sealing, signed), actor=actor)
        return act
    ask_unchanged(of(document))
    changed = content_is_as_approved(document)
    if changed is not None:
        raise WrongState(changed)
    signed, _ = acts.take_back(document, data)
    number = numbering.live_number(document)
    assert number is not None and document.content is not None and document.approved_hash is not None
    begun = Signing(
        document_id=document.id,
        number=number.n,
        symbol=document.symbol,
        on=number.dated_on,
        approved_hash=document.approved_hash,
        content=numbered(from_json(document.content), number.n, document.symbol, number.dated_on),
        at=clock.now(),
        mark=None,
    )
    signing.finish_signing(document, begun, Drawn(signed.data, signed), actor=actor)
    return act
