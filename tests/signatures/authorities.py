"""An authority with everything a real one has: answers (OCSP), lists of withdrawn ones (CRL) and timestamps,
served on loopback. What is withdrawn, what is silent and what was asked can be set and read by a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from app.documents.signatures import demo
from app.documents.signatures.keys import CertificateFile
from tests.signatures import papers
from tests.signatures.papers import AT, Certificate

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DER = serialization.Encoding.DER


@dataclass
class Authority:
    """One root; `withdrawn`: serial → since when; `silent`: paths that answer nothing of use; `moment`: what
    the time-stamping service says that it is; `said_at`: of when answers and lists are."""

    port: int = 0
    withdrawn: dict[int, datetime] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    moment: datetime = AT
    said_at: datetime = AT - HOUR
    known: dict[int, x509.Certificate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._name = _name("Gốc thử")
        self.root = (
            self._begun(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_usage(True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self._stamp_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def pem(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.PEM)

    def _begun(self, name: x509.Name, public: Any) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(AT - 365 * DAY)
            .not_valid_after(AT + 365 * DAY)
        )

    def _pointed(self, made: x509.CertificateBuilder) -> x509.CertificateBuilder:
        """With the addresses of the services in it."""
        answers = x509.UniformResourceIdentifier(f"http://{self.host}/ocsp")
        lists = x509.UniformResourceIdentifier(f"http://{self.host}/crl")
        return made.add_extension(
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, answers)]
            ),
            critical=False,
        ).add_extension(
            x509.CRLDistributionPoints([x509.DistributionPoint([lists], None, None, None)]), critical=False
        )

    def issue(self, name: str) -> tuple[Certificate, int]:
        """A key for this name; with the serial of its certificate."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        made = self._pointed(self._begun(_name(name), key.public_key()))
        certificate = (
            made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(False), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.known[certificate.serial_number] = certificate
        path: Path = papers.folder() / f"{certificate.serial_number:x}.p12"
        secret = serialization.BestAvailableEncryption(demo.PASSPHRASE.encode())
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, [self.root], secret)
        )
        kept = CertificateFile(path, demo.PASSPHRASE)
        return Certificate(kept, certificate.fingerprint(hashes.SHA256()).hex()), certificate.serial_number

    def listed(self) -> bytes:
        """The list of withdrawn certificates, as of `said_at`."""
        made = x509.CertificateRevocationListBuilder().issuer_name(self._name)
        made = made.last_update(self.said_at).next_update(self.said_at + 7 * DAY)
        for serial, since in self.withdrawn.items():
            one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
            made = made.add_revoked_certificate(one.build())
        return made.sign(self._key, hashes.SHA256()).public_bytes(DER)

    def answer(self, asked: bytes) -> bytes:
        """Whether the certificate that is asked for stands, as of `said_at`."""
        serial = ocsp.load_der_ocsp_request(asked).serial_number
        since = self.withdrawn.get(serial)
        made = ocsp.OCSPResponseBuilder().add_response(
            cert=self.known[serial],
            issuer=self.root,
            algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if since else ocsp.OCSPCertStatus.GOOD,
            this_update=self.said_at,
            next_update=self.said_at + 7 * DAY,
            revocation_time=since,
            revocation_reason=x509.ReasonFlags.key_compromise if since else None,
        )
        made = made.responder_id(ocsp.OCSPResponderEncoding.HASH, self.root)
        return made.sign(self._key, hashes.SHA256()).public_bytes(DER)

    def stamp(self, asked: bytes) -> bytes:
        """A timestamp of `moment` by a certificate of this root."""
        from asn1crypto import keys as asn1_keys
        from asn1crypto import tsp
        from asn1crypto import x509 as asn1_x509
        from pyhanko.sign.timestamps import DummyTimeStamper
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        if not hasattr(self, "_stamper"):
            made = self._pointed(self._begun(_name("Dấu thời gian thử"), self._stamp_key.public_key()))
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            self._stamper = made.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())
            self.known[self._stamper.serial_number] = self._stamper
        private = self._stamp_key.private_bytes(
            DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        service = DummyTimeStamper(
            asn1_x509.Certificate.load(self._stamper.public_bytes(DER)),
            asn1_keys.PrivateKeyInfo.load(private),
            certs_to_embed=SimpleCertificateStore(),
            fixed_dt=self.moment,
        )
        return bytes(service.request_tsa_response(tsp.TimeStampReq.load(asked)).dump())


@contextmanager
def served() -> Iterator[Authority]:
    """An authority on a port of its own, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(made.stamp(body) if self.path == "/tsa" else self._spoken(made.answer, body))

        def do_GET(self) -> None:
            self._send(self._spoken(made.listed))

        def _spoken(self, said: Any, *given: bytes) -> bytes:
            made.asked.append(self.path)
            return b"" if self.path in made.silent else said(*given)

        def _send(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Authority(port=server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=not issues,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )
