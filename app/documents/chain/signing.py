"""Signing here (way B): number, paper, signature – in two transactions with the drawing between them.

By a key on the server the paper is drawn and signed in one go; otherwise it is given out with empty places,
and `outside` takes in what comes back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.settings import VERIFY_MARK
from app.documents import numbering, rendering, verification
from app.documents import services as documents
from app.documents.authority import ask_entitled
from app.documents.canonical import canonical_json, from_json
from app.documents.chain.course import of
from app.documents.chain.steps import add_step, ask_ready, ask_unchanged
from app.documents.content import OfficialDocument
from app.documents.limits import check_length
from app.documents.models import Document, IssueWay, NumberState
from app.documents.rendering import Mark
from app.documents.signatures import acts, records
from app.documents.signatures.acts import Plan, Prepared, Signed
from app.documents.states import DOCUMENT, content_is_as_approved
from app.errors import Conflict, WrongState
from app.extensions import db
from app.files import services as files
from app.policy import Action, Actor, authorise
from app.workflow import advance


def numbered(content: OfficialDocument, number: int, symbol: str, on: date) -> OfficialDocument:
    """The same text with the number, symbol and date with which it is signed."""
    return replace(content, number=number, symbol=symbol, issued_on=on)


@dataclass(frozen=True)
class Signing:
    """What was reserved for a signature: everything that drawing the paper needs, without the database."""

    document_id: int
    number: int
    symbol: str
    on: date
    approved_hash: str
    content: OfficialDocument
    at: datetime
    mark: Mark | None
    plan: Plan | None = None
    """How it is signed; None in an office without digital signatures."""
    prepared: Prepared | None = None
    """What was prepared before with this very number, day and text."""


@dataclass(frozen=True)
class Drawn:
    """The paper as it is kept: with the leader's signature, unless the office signs without any."""

    data: bytes
    signed: Signed | None = None


def begin_signing(document: Document, *, outside: bool = False, actor: Actor) -> Signing:
    """Check that this may be signed now and reserve its number; the caller commits.

    `outside`: with a tool of the signer's own. Raises WrongState (also: no key on the server), Forbidden,
    Conflict (changed since the approval, a hard check, a day before the last, certificates not registered).
    """
    course = of(document)
    if document.way is not IssueWay.HERE:
        raise WrongState("Văn bản này được ký ngoài hệ thống. Chọn Ghi nhận văn bản đã ban hành.")
    if not any(document.state in t.sources for t in DOCUMENT.find("sign")):
        advance(document, "sign", DOCUMENT, actor=actor)
    authorise(actor, Action.SIGN_PAPER, document)
    ask_unchanged(course)
    changed = content_is_as_approved(document)
    if changed is not None:
        raise WrongState(changed)
    ask_ready(course)
    assert document.content is not None and document.approved_hash is not None
    content = from_json(document.content)
    check_length(content)
    ask_entitled(document, content, clock.today())
    if document.symbol not in numbering.list_books():
        raise Conflict(f"Sổ văn bản {document.symbol} chưa được mở. Đề nghị văn thư mở sổ trước khi ký.")
    plan = acts.plan(document, place=content.place)
    if plan is not None and not outside:
        acts.ask_key(plan.leader)
    today = clock.today()
    number = numbering.reserve(numbering.series_of(document.symbol), today, document, actor=actor)
    kept = acts.find_prepared(document) if plan is not None else None
    mark = None
    if deadlines.setting(VERIFY_MARK):
        mark = Mark(verification.code_of(document), verification.page())
    return Signing(
        document_id=document.id,
        number=number.n,
        symbol=document.symbol,
        on=number.dated_on,
        approved_hash=document.approved_hash,
        content=numbered(content, number.n, document.symbol, number.dated_on),
        at=clock.now(),
        mark=mark,
        plan=plan,
        prepared=acts.read_prepared(kept) if kept is not None else None,
    )


def draw(signing: Signing) -> rendering.RenderedPdf:
    """The PDF with its number and date; touches no database."""
    return rendering.render_pdf(
        signing.content,
        created_at=signing.at,
        attachment_json=canonical_json(signing.content),
        mark=signing.mark,
    )


def prepare(signing: Signing) -> Prepared:
    """The PDF with empty places for both signatures; touches no database. Raises Conflict, WrongState."""
    if signing.plan is None:
        raise WrongState("Cơ quan không dùng chữ ký số. Chọn Ký văn bản.")
    return signing.prepared or acts.prepare(draw(signing), signing.plan)


def draw_signed(signing: Signing) -> Drawn:
    """The PDF with its number, date and the leader's signature; touches no database.

    Raises DomainError when the key cannot be used or what it made does not stand the check.
    """
    if signing.plan is None:
        return Drawn(draw(signing).data)
    signed = acts.sign_by_key(prepare(signing), signing.plan, at=clock.now())
    return Drawn(signed.data, signed)


def draw_ahead(signing: Signing) -> Signing | Drawn:
    """What takes long, for a process that holds no keys: the paper as it is kept, or ready to be signed."""
    if signing.plan is None:
        return draw_signed(signing)
    return replace(signing, prepared=prepare(signing))


def finish_signing(document: Document, signing: Signing, drawn: Drawn, *, actor: Actor) -> None:
    """Keep the bytes, use the number, sign; the caller commits. Raises Conflict when something moved."""
    course = of(document)
    number = numbering.live_number(document)
    if (
        document.id != signing.document_id
        or number is None
        or number.state is not NumberState.RESERVED
        or (number.n, number.dated_on) != (signing.number, signing.on)
        or document.approved_hash != signing.approved_hash
    ):
        raise Conflict("Bản thảo hoặc số văn bản đã thay đổi trong khi ký. Mở lại trang rồi ký lại.")
    if drawn.signed is not None and acts.find_prepared(document) is None:
        acts.keep_prepared(
            document, drawn.signed.prepared, number=signing.number, dated_on=signing.on, actor=actor
        )
    shown = f"{signing.number:02d}-{signing.symbol.replace('/', '-')}"
    stored = files.keep(f"{course.named} {shown}.pdf", drawn.data, actor=actor, kinds=("pdf",))
    document.file, document.file_id, document.sha256 = stored, stored.id, stored.sha256
    document.number, document.issued_on, document.issue_year = signing.number, signing.on, signing.on.year
    if drawn.signed is not None:
        records.keep(document, stored.sha256, drawn.signed.report, drawn.signed.source)
    document.signed_by, document.signed_at = actor.person_id, clock.now()
    numbering.use(number)
    document.search = documents.search_text(document)
    db.session.flush()
    advance(
        document, "sign", DOCUMENT, actor=actor, about=(*course.about, *course.case),
        data={"number": document.number_and_symbol, "sha256": stored.sha256},
    )  # fmt: skip
    add_step(document, "sign", actor, f"Số {document.number_and_symbol}")
