"""The steps of signing and sealing: what is read before, what is made without a database, what is kept.

A paper is drawn, given its empty places and kept as prepared; the leader's signature certifies it, the
office's seal is the second update. A key on the server does both here; otherwise the prepared file goes out,
and what comes back is taken in only when it is those bytes and the expected signatures, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines.settings import SIGN_DIGITALLY
from app.documents import numbering
from app.documents.models import Document, DocumentState
from app.documents.rendering import RenderedPdf, SignatureBox
from app.documents.signatures import (
    appearance,
    checking,
    keyring,
    places,
    records,
    signers,
    signing,
    timestamping,
)
from app.documents.signatures.appearance import Look
from app.documents.signatures.checking import Expected, Report, Trust
from app.documents.signatures.models import CheckSource, PreparedPaper
from app.documents.signatures.revocation import Sources
from app.documents.signatures.signers import Identity
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.files import services as files
from app.policy import Actor

NO_KEY = (
    "Máy chủ chưa có khóa ký của {name}. Chọn Tải tệp để ký, ký bằng công cụ ký số rồi chọn Nhận tệp đã ký."
)
NO_CERTIFICATE = (
    "Chưa đăng ký chứng thư số của {name} nên không kiểm tra được chữ ký. Đề nghị quản trị đăng ký tại "
    "Chữ ký số của cơ quan."
)
NO_ROOTS = (
    "Chưa khai báo chứng thư số gốc (KL_SIGN_ROOTS) nên không kiểm tra được chữ ký. "
    "Đề nghị người vận hành khai báo."
)
NO_PLACE = "Văn bản này không có chỗ ký nên không ký số được."
NOT_PREPARED = "Chưa có tệp để ký của bản đã duyệt. Chọn Tải tệp để ký."
NO_SIGNATURE_YET = "Văn bản chưa có chữ ký số của người ký. Lấy lại văn bản đã ký rồi ký lại."


class SignaturesRefused(DomainError):
    """What came back is not the prepared paper with the expected signatures; every reason is told."""

    def __init__(self, report: Report) -> None:
        super().__init__("Tệp không được tiếp nhận.", field="file")
        self.report = report

    @property
    def reasons(self) -> tuple[str, ...]:
        return ("Tệp không được tiếp nhận; bản để ký và số văn bản vẫn được giữ.", *self.report.told)


@dataclass(frozen=True)
class Plan:
    """Everything that signing one paper needs, read beforehand."""

    leader: Identity
    office: Identity
    leader_label: str
    office_label: str
    place: str
    trust: Trust
    timestamper: str = ""
    sources: Sources | None = None

    def ask_time(self) -> Any | None:
        """pyHanko's client of the time-stamping service, made where the signature is: a plan travels."""
        return timestamping.client(self.timestamper) if self.timestamper else None


@dataclass(frozen=True)
class Prepared:
    """The bytes with their empty places, and where these are."""

    data: bytes
    leader: SignatureBox
    office: SignatureBox


@dataclass(frozen=True)
class Signed:
    """A paper after a signature, with what was found when its bytes were checked."""

    data: bytes
    prepared: Prepared
    report: Report
    source: CheckSource


@dataclass(frozen=True)
class Sealing:
    """A signed paper that waits for the seal of the office."""

    document_id: int
    sha256: str
    signed: bytes
    prepared: Prepared
    plan: Plan


def plan(document: Document, *, place: str = "") -> Plan | None:
    """How this paper is signed; None in an office that signs without digital signatures.

    Raises Conflict when certificates or roots that the check needs are not registered.
    """
    if not deadlines.setting(SIGN_DIGITALLY):
        return None
    trust = keyring.trust()
    if not trust.roots:
        raise Conflict(NO_ROOTS)
    leader = signers.of_person(document.signer_id) if document.signer_id is not None else None
    found = Plan(
        leader=signers.identity_of(leader, document.signer_name),
        office=signers.identity_of(signers.office(), document.issuer_name),
        leader_label=f"Chữ ký số của {document.signer_title or 'người ký'} {document.signer_name}".strip(),
        office_label=f"Con dấu số của {document.issuer_name}",
        place=place,
        trust=trust,
        timestamper=keyring.settings().timestamper,
        sources=keyring.sources(trust),
    )
    if not found.leader.fingerprints:
        raise Conflict(NO_CERTIFICATE.format(name=found.leader.name))
    return found


def ask_key(identity: Identity) -> None:
    """Raises WrongState when this installation has no key of the signer."""
    if identity.key is None:
        raise WrongState(NO_KEY.format(name=identity.name))


def prepare(drawn: RenderedPdf, plan: Plan) -> Prepared:
    """Empty places in the drawn paper; no database. Raises Conflict for a paper without room to sign."""
    room = drawn.signature_box
    if room is None:
        raise Conflict(NO_PLACE)
    leader = appearance.picture_box(room, plan.leader.picture)
    office = appearance.seal_box(leader, millimetres=plan.office.picture_mm or appearance.SEAL_MM)
    asked = [
        places.Place(places.LEADER, plan.leader_label, leader),
        places.Place(places.OFFICE, plan.office_label, office),
    ]
    return Prepared(places.prepare(drawn.data, asked), leader, office)


def sign_by_key(prepared: Prepared, plan: Plan, *, at: datetime) -> Signed:
    """The leader's signature, which lets nothing follow but signatures; checked like any other.

    No database. Raises WrongState (no key), DomainError (the key cannot be used), SignaturesRefused.
    """
    ask_key(plan.leader)
    assert plan.leader.key is not None
    wanted = signing.Wanted(
        places.LEADER,
        prepared.leader,
        _look(plan.leader, at, blue=True),
        "Ký ban hành",
        plan.place,
        first=True,
    )
    data = signing.sign(
        prepared.data, wanted, plan.leader.key, at=at, timestamper=plan.ask_time(), sources=plan.sources
    )
    return taken(data, prepared, plan, sealed=False, source=CheckSource.KEY, at=at)


def seal_by_key(sealing: Sealing, *, at: datetime) -> Signed:
    """The office's seal over the signed paper; as `sign_by_key`."""
    plan, prepared = sealing.plan, sealing.prepared
    ask_key(plan.office)
    assert plan.office.key is not None
    wanted = signing.Wanted(
        places.OFFICE, prepared.office, _look(plan.office, at), "Đóng dấu cơ quan", plan.place
    )
    data = signing.sign(
        sealing.signed, wanted, plan.office.key, at=at, timestamper=plan.ask_time(), sources=plan.sources
    )
    return taken(data, prepared, plan, sealed=True, source=CheckSource.KEY, at=at, before=sealing.signed)


def taken(
    data: bytes,
    prepared: Prepared,
    plan: Plan,
    *,
    sealed: bool,
    source: CheckSource,
    at: datetime,
    before: bytes | None = None,
) -> Signed:
    """What came back, from a key or from outside, if it is nothing but what was prepared and signed.

    `sealed`: the office's signature must be there too, over the very bytes `before` that the leader signed.
    Raises SignaturesRefused.
    """
    expected = [Expected(places.LEADER, plan.leader.fingerprints)]
    if sealed:
        expected.append(Expected(places.OFFICE, plan.office.fingerprints))
    report = checking.check(data, expected, plan.trust, at=at, prepared=prepared.data)
    if before is not None and not data.startswith(before):
        report = replace(report, problems=(*report.problems, checking.Problem.NOT_PREPARED))
    if not report.is_sound:
        raise SignaturesRefused(report)
    return Signed(data, prepared, report, source)


def _look(identity: Identity, at: datetime, *, blue: bool = False) -> Look:
    """The picture, or without one who signed and when; on trial it says so across."""
    if identity.picture is not None:
        return Look(identity.picture, trial=identity.on_trial)
    lines = (f"Ký bởi: {identity.name}", appearance.time_line(at))
    return Look(lines=lines, trial=identity.on_trial, color="#1a3fa0" if blue else "#c00010")


def keep_prepared(
    document: Document, prepared: Prepared, *, number: int, dated_on: date, actor: Actor
) -> PreparedPaper:
    """Keep the bytes that are signed, for the check of whatever comes back."""
    assert document.approved_hash is not None
    name = f"De ky {number:02d}-{document.symbol.replace('/', '-')}.pdf"
    stored = files.keep(name, prepared.data, actor=actor, kinds=("pdf",))
    made = PreparedPaper(
        document=document,
        number=number,
        dated_on=dated_on,
        approved_hash=document.approved_hash,
        file=stored,
        boxes={places.LEADER: _corners(prepared.leader), places.OFFICE: _corners(prepared.office)},
    )
    db.session.add(made)
    db.session.flush()
    audit.record("paper_prepared", document, actor=actor, data={"sha256": stored.sha256, "n": number})
    return made


def find_prepared(document: Document) -> PreparedPaper | None:
    """What was prepared of the paper as it is approved now, with the number that it holds."""
    number = numbering.live_number(document)
    if number is None or document.approved_hash is None:
        return None
    return db.session.scalar(
        sa.select(PreparedPaper)
        .where(
            PreparedPaper.document_id == document.id,
            PreparedPaper.number == number.n,
            PreparedPaper.dated_on == number.dated_on,
            PreparedPaper.approved_hash == document.approved_hash,
        )
        .order_by(PreparedPaper.id.desc())
        .limit(1)
    )


def read_prepared(kept: PreparedPaper) -> Prepared:
    """The kept bytes and places. Raises NotFound when the file is gone."""
    return Prepared(
        files.read(kept.file),
        SignatureBox(**kept.boxes[places.LEADER]),
        SignatureBox(**kept.boxes[places.OFFICE]),
    )


def begin_sealing(document: Document) -> Sealing | None:
    """What the seal needs; None in an office without digital signatures. Raises Conflict, WrongState."""
    made = plan(document)
    if made is None:
        return None
    kept = find_prepared(document)
    if kept is None or document.file is None or document.sha256 is None:
        raise WrongState(NO_SIGNATURE_YET)
    if not made.office.fingerprints:
        raise Conflict(NO_CERTIFICATE.format(name=made.office.name))
    found = records.of_file(document, document.sha256)
    if found is not None:  # a certificate may be withdrawn between signature and seal
        by = frozenset(str(one["fingerprint"]) for one in found.found["signatures"])
        made = replace(made, leader=replace(made.leader, fingerprints=by))
    return Sealing(document.id, document.sha256, files.read(document.file), read_prepared(kept), made)


def keep_sealed(document: Document, sealing: Sealing, sealed: Signed, *, actor: Actor) -> None:
    """The sealed bytes take the place of the signed ones. Raises Conflict when the paper moved meanwhile."""
    if document.id != sealing.document_id or document.sha256 != sealing.sha256 or document.file is None:
        raise Conflict("Văn bản đã thay đổi trong khi đóng dấu. Mở lại trang rồi thực hiện lại.")
    stored = files.keep(document.file.name, sealed.data, actor=actor, kinds=("pdf",))
    document.file, document.file_id, document.sha256 = stored, stored.id, stored.sha256
    records.keep(document, stored.sha256, sealed.report, sealed.source)
    db.session.flush()


def take_back(
    document: Document, data: bytes, *, at: datetime | None = None
) -> tuple[Signed, Sealing | None]:
    """A file signed elsewhere, for the act that is due: the leader's signature, or the seal over it.

    The state says which: without a signed file the leader's. Raises WrongState, Conflict, SignaturesRefused.
    """
    at = at or clock.now()
    if document.state is DocumentState.SIGNED:
        sealing = begin_sealing(document)
        if sealing is None:
            raise WrongState(NO_SIGNATURE_YET)
        signed = taken(
            data, sealing.prepared, sealing.plan,
            sealed=True, source=CheckSource.OUTSIDE, at=at, before=sealing.signed,
        )  # fmt: skip
        return signed, sealing
    made, kept = plan(document), find_prepared(document)
    if made is None or kept is None:
        raise WrongState(NOT_PREPARED)
    prepared = read_prepared(kept)
    return taken(data, prepared, made, sealed=False, source=CheckSource.OUTSIDE, at=at), None


def _corners(box: SignatureBox) -> dict[str, float]:
    return {"page": box.page, "left": box.left, "bottom": box.bottom, "right": box.right, "top": box.top}
