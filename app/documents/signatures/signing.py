"""Sign a prepared paper by incremental update (PAdES): what was there stays, byte for byte."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.documents.rendering import SignatureBox
from app.documents.signatures import appearance, keys, levels, revocation, store
from app.documents.signatures.appearance import Look
from app.documents.signatures.revocation import Chain, Sources

RESERVED = 32_768
"""Bytes kept for one signature with its chain and timestamp."""


@dataclass(frozen=True)
class Wanted:
    """One signature: in which field, how it looks there, why and where (both are shown by readers).

    `first` says that nothing but further signatures may be added afterwards (DocMDP, form filling).
    """

    field: str
    box: SignatureBox
    look: Look
    reason: str
    place: str = ""
    first: bool = False


def sign(
    pdf: bytes,
    wanted: Wanted,
    key: keys.Key,
    *,
    at: datetime,
    timestamper: Any | None = None,
    sources: Sources | None = None,
) -> bytes:
    """The PDF with one more signature. `at`: aware; `timestamper`: of pyHanko, for level B-T; with it and
    `sources` what proves that the certificates stand goes into the same update (B-LT), when it can be had.

    Raises DomainError (field `key`) when the key can't be used, Conflict when its certificate is withdrawn or
    the time-stamping service is silent, ValueError for a naive moment.
    """
    from pyhanko import stamp
    from pyhanko.pdf_utils.content import ImportedPdfPage
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata

    if at.tzinfo is None:
        raise ValueError("at must be aware")
    with keys.opened(key) as signer, tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "look.pdf"
        drawn.write_bytes(appearance.draw(wanted.look, wanted.box))
        style = stamp.StaticStampStyle(
            background=ImportedPdfPage(str(drawn)), background_opacity=1.0, border_width=0
        )
        asked = PdfSignatureMetadata(
            field_name=wanted.field,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=wanted.reason,
            location=wanted.place or None,
            certify=wanted.first,
            docmdp_permissions=MDPPerm.FILL_FORMS,
        )
        signed, writer = io.BytesIO(), IncrementalPdfFileWriter(io.BytesIO(pdf))
        if timestamper is not None and sources is not None and sources.any:
            _prove(writer, signer, timestamper, sources, at)
        _signer_at(at)(asked, signer=signer, timestamper=timestamper, stamp_style=style).sign_pdf(
            writer,
            existing_fields_only=True,
            bytes_reserved=RESERVED,
            output=signed,
        )
    return signed.getvalue()


def _prove(writer: Any, signer: Any, timestamper: Any, sources: Sources, at: datetime) -> None:
    """Put what is known of the certificates into the update that will be signed: nothing follows it then.

    Also of those who signed before with a timestamp, by a tool that put nothing.
    """
    own = Chain(signer.signing_cert, tuple(signer.cert_registry))
    stamp = asyncio.run(timestamper.async_dummy_response("sha256"))["content"]
    others = [_chain(*levels.stamp_certificates(stamp))]
    for one in writer.prev.embedded_regular_signatures:
        stamps = levels.stamps_of(one)
        others += [_chain(one.signer_cert, one.other_embedded_certs)] if stamps else []
        others += [_chain(*levels.stamp_certificates(found)) for found in stamps]
    evidence = revocation.gather(own, others, sources, at=at)
    if evidence is not None:
        store.add(writer, evidence)


def _chain(certificate: Any, others: Sequence[Any]) -> Chain:
    return Chain(certificate, tuple(others))


def _signer_at(at: datetime) -> Any:
    """pyHanko's signer, which takes the machine's clock, at the product's moment."""
    from pyhanko.sign.signers import PdfSigner

    class SignerAt(PdfSigner):
        def init_signing_session(self, *given: Any, **named: Any) -> Any:
            session = super().init_signing_session(*given, **named)
            session.system_time = at
            return session

    return SignerAt
