"""What pdfsig is believed to say, on a paper signed here and now by a certificate of nobody."""

from __future__ import annotations

import io
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from app.documents.rendering import list_drawn, load_sample
from tests.documents.paper import WHEN
from tests.documents.pdfsig import read_signatures
from tests.drawing import draw_once

pytestmark = pytest.mark.no_cover

NAME = "Nguyễn Văn Mẫu (KÝ THỬ)"
PAPER = load_sample(list_drawn()[0])


@cache
def signer() -> signers.SimpleSigner:
    """A certificate that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    kept = pkcs12.serialize_key_and_certificates(b"x", key, made, None, BestAvailableEncryption(b"x"))
    return signers.SimpleSigner.load_pkcs12_data(kept, [], passphrase=b"x")


def signed(pdf: bytes, field: str) -> bytes:
    """The file with one more signature, by incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    subfilter = fields.SigSeedSubFilter.PADES
    asked = signers.PdfSignatureMetadata(field_name=field, subfilter=subfilter, md_algorithm="sha256")
    return signers.sign_pdf(writer, asked, signer=signer()).getvalue()


def test_pdfsig_tells_who_signed_what_and_whether_all_of_it() -> None:
    bare = draw_once(PAPER, created_at=WHEN).data
    assert read_signatures(bare) == ()
    once = signed(bare, "LanhDao")
    both = signed(once, "CoQuan")
    (only,) = read_signatures(once)
    assert (only.field, only.signer, only.kind) == ("LanhDao", NAME, "ETSI.CAdES.detached")
    assert only.valid and only.whole and not only.trusted
    assert only.ranges[0][0] == 0 and only.ranges[-1][1] == len(once)
    leader, office = read_signatures(both)
    assert (leader.valid, leader.whole) == (True, False) and (office.valid, office.whole) == (True, True)
    assert (leader.field, office.field) == ("LanhDao", "CoQuan")


def test_pdfsig_tells_bytes_that_changed_and_bytes_that_came_after() -> None:
    whole = signed(draw_once(PAPER, created_at=WHEN).data, "LanhDao")
    place = whole.index(b"stream") + 40
    flipped = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
    assert [told.valid for told in read_signatures(flipped)] == [False]
    assert [told.whole for told in read_signatures(whole + b"\n% more\n")] == [False]
    with pytest.raises(subprocess.CalledProcessError):
        read_signatures(b"no pdf")
