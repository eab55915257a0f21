"""A separate annex carries number and time at the top right; a time-stamping service is asked and checked."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pypdf import PdfReader

from app.documents.signatures import annexes, checking, places, signing, timestamping
from app.documents.signatures.appearance import Look
from app.documents.signatures.checking import Expected, Problem, Trust
from app.documents.signatures.signers import Identity
from app.errors import Conflict, WrongState
from tests.signatures import papers


def test_a_separate_annex_says_number_and_time_at_the_top_right() -> None:
    certificate = papers.certificate(papers.OFFICE)
    office = Identity(papers.OFFICE, key=certificate.key)
    signed = annexes.sign_annex(papers.drawn().data, "45/TB-SNV", office, at=papers.AT)
    assert signed.startswith(papers.drawn().data)
    page = PdfReader(io.BytesIO(signed)).pages[0]
    field = next(
        note.get_object() for note in page["/Annots"] if note.get_object().get("/T") == places.OFFICE
    )
    left, bottom, right, top = (float(edge) for edge in field["/Rect"])
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    assert left > width / 2 and height - top == pytest.approx(6 / 25.4 * 72, abs=1)
    assert width - right == pytest.approx(15 / 25.4 * 72, abs=1) and bottom > height - 20 / 25.4 * 72
    found = checking.check(
        signed, [Expected(places.OFFICE, frozenset({certificate.fingerprint}))],
        Trust((papers.authority().certificate,)), at=papers.AT,
    )  # fmt: skip
    assert found.told == ()
    with pytest.raises(WrongState, match="không có khóa ký"):
        annexes.sign_annex(papers.drawn().data, "45/TB-SNV", Identity("Sở Nội vụ"), at=papers.AT)


def test_the_words_on_an_annex_are_those_of_the_decree() -> None:
    import pypdfium2

    from app.documents.rendering import SignatureBox
    from app.documents.signatures import appearance

    box = SignatureBox(1, 0, 0, annexes.WIDE, annexes.HIGH)
    drawn = appearance.draw(Look(lines=("45/TB-SNV", appearance.time_line(papers.AT))), box)
    document = pypdfium2.PdfDocument(drawn)
    text = document[0].get_textpage()
    assert text.get_text_bounded().split() == ["45/TB-SNV", "2026-09-04T09:30:00+07:00"]
    text.close()
    document.close()


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[str, bytes]]:
    """A time-stamping service that speaks RFC 3161, and its certificate."""
    from asn1crypto import keys as asn1_keys
    from asn1crypto import tsp
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.timestamps import DummyTimeStamper
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dấu thời gian thử")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    ).public_bytes(serialization.Encoding.DER)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate),
        asn1_keys.PrivateKeyInfo.load(private),
        certs_to_embed=SimpleCertificateStore(),
        fixed_dt=papers.AT,
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", certificate
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_signature_with_the_word_of_a_time_stamping_service(service: tuple[str, bytes]) -> None:
    address, root = service
    paper, certificate = papers.paper(), papers.certificate(papers.LEADER)
    wanted = signing.Wanted(places.LEADER, paper.leader_box, Look(papers.picture()), "Ký", first=True)
    client = timestamping.client(address)
    signed = signing.sign(paper.prepared, wanted, certificate.key, at=papers.AT, timestamper=client)
    expected = [Expected(places.LEADER, frozenset({certificate.fingerprint}))]
    ours = papers.authority().certificate
    trust = Trust((ours,), time_roots=(root,), needs_timestamp=True)
    found = checking.check(signed, expected, trust, at=papers.AT, prepared=paper.prepared)
    assert found.told == ()
    assert found.signatures[0].has_timestamp and found.signatures[0].at == papers.AT
    stranger = checking.check(signed, expected, Trust((ours,), needs_timestamp=True), at=papers.AT)
    assert Problem.TIMESTAMP in stranger.signatures[0].problems


def test_a_service_that_is_silent_stops_the_signature() -> None:
    paper, certificate = papers.paper(), papers.certificate(papers.LEADER)
    wanted = signing.Wanted(places.LEADER, paper.leader_box, Look(papers.picture()), "Ký", first=True)
    client = timestamping.client("http://127.0.0.1:9/")
    with pytest.raises(Conflict, match="không trả lời"):
        signing.sign(paper.prepared, wanted, certificate.key, at=papers.AT, timestamper=client)
