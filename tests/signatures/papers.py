"""A notice signed by a leader and sealed by the office with certificates on trial; drawn and signed once."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from flask import Flask

from app.documents import rendering
from app.documents.kinds import DocumentKind
from app.documents.rendering import SignatureBox
from app.documents.signatures import appearance, checking, demo, places, signers, signing, specimens
from app.documents.signatures.appearance import Look
from app.documents.signatures.checking import Expected, Report, Trust
from app.documents.signatures.demo import Authority
from app.documents.signatures.keys import CertificateFile
from tests.drawing import draw_once
from tests.factories import signatures as factory

AT = datetime(2026, 9, 4, 2, 30, tzinfo=UTC)
SEALED_AT = AT + timedelta(minutes=5)
LEADER, OFFICE = "Trần Văn Thử", "Sở Nội vụ"


@dataclass(frozen=True)
class Certificate:
    """A key on trial and who it is."""

    key: CertificateFile
    fingerprint: str


@dataclass(frozen=True)
class Paper:
    """What was drawn, prepared and signed; where."""

    drawn: bytes
    prepared: bytes
    signed: bytes
    sealed: bytes
    leader_box: SignatureBox
    seal_box: SignatureBox


@cache
def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="keys-"))


@cache
def authority() -> Authority:
    return demo.found_authority(AT - timedelta(days=400))


@cache
def certificate(
    name: str, *, of: str = "ours", since: int = -365, until: int | None = None, organisation: str = OFFICE
) -> Certificate:
    """`since`, `until`: days from the moment of signing; `of`: "ours", or an authority nobody trusts."""
    issuer = authority() if of == "ours" else demo.found_authority(AT - timedelta(days=400))
    path = folder() / f"{len(list(folder().iterdir()))}.p12"
    ends = None if until is None else AT + timedelta(days=until)
    key, fingerprint = issuer.issue(path, name, organisation, since=AT + timedelta(days=since), until=ends)
    return Certificate(key, fingerprint)


@cache
def drawn(subject: str = "") -> rendering.RenderedPdf:
    sample = rendering.load_sample(DocumentKind.CONCLUSION_NOTICE)
    if subject:
        sample = dataclasses.replace(sample, subject=subject)
    return draw_once(sample, created_at=AT, attachment_json='{"so": 5}')


def prepare(pdf: rendering.RenderedPdf) -> tuple[bytes, SignatureBox, SignatureBox]:
    assert pdf.signature_box is not None
    leader = appearance.picture_box(pdf.signature_box, picture())
    seal = appearance.seal_box(leader)
    asked = [
        places.Place(places.LEADER, "Chữ ký số của Phó Giám đốc Sở Nội vụ", leader),
        places.Place(places.OFFICE, "Con dấu số của Sở Nội vụ", seal),
    ]
    return places.prepare(pdf.data, asked), leader, seal


@cache
def picture() -> bytes:
    return specimens.signature_picture()


def by_leader(data: bytes, box: SignatureBox, who: Certificate, *, at: datetime = AT) -> bytes:
    wanted = signing.Wanted(places.LEADER, box, Look(picture()), "Ký ban hành", "Đồng Nai", first=True)
    return signing.sign(data, wanted, who.key, at=at)


def by_office(data: bytes, box: SignatureBox, who: Certificate, *, at: datetime = SEALED_AT) -> bytes:
    look = Look(specimens.seal_picture(OFFICE), trial=True)
    return signing.sign(data, signing.Wanted(places.OFFICE, box, look, "Đóng dấu cơ quan"), who.key, at=at)


@cache
def paper(subject: str = "") -> Paper:
    pdf = drawn(subject)
    prepared, leader, seal = prepare(pdf)
    signed = by_leader(prepared, leader, certificate(LEADER))
    sealed = by_office(signed, seal, certificate(OFFICE))
    return Paper(pdf.data, prepared, signed, sealed, leader, seal)


@contextmanager
def own_tools(app: Flask) -> Iterator[None]:
    """Meanwhile the office trusts `authority`, and its leader and itself sign with tools of their own."""
    kept = app.config["SIGNING"]
    factory.switch_on()
    app.config["SIGNING"] = dataclasses.replace(kept, roots=(authority().certificate,))
    for person, name in ((factory.leader(), LEADER), (None, OFFICE)):
        own = signers.keys.certificate_of(certificate(name).key)
        signers.add_certificate(signers.register(person, actor=None), own, actor=None)
    try:
        yield
    finally:
        app.config["SIGNING"] = kept


def expected() -> list[Expected]:
    return [
        Expected(places.LEADER, frozenset({certificate(LEADER).fingerprint})),
        Expected(places.OFFICE, frozenset({certificate(OFFICE).fingerprint})),
    ]


def look_roots() -> list[object]:
    """Our authority as pyHanko reads it."""
    from asn1crypto import pem, x509

    return [x509.Certificate.load(pem.unarmor(authority().certificate)[2])]


@cache
def look(data: bytes, *, at: datetime = SEALED_AT, prepared: bytes | None = None) -> Report:
    """Checked as the product checks what comes back."""
    return checking.check(
        data, expected(), Trust((authority().certificate,)), at=at, prepared=prepared or paper().prepared
    )
