"""Certificates on trial for the example and the tests: an authority of our own, worth nothing in law.

Every name says “KÝ THỬ”, so that whoever looks at the file in any reader sees it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.documents.signatures.appearance import ON_TRIAL
from app.documents.signatures.keys import CertificateFile

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

YEARS = 10
PASSPHRASE = "ky-thu"
"""Known to everybody, as what it opens is worth nothing."""
FOLDER, ROOT, LIST = "ky-thu", "goc.pem", "khoa.json"


def make_keys(folder: Path, people: Mapping[str, tuple[str, str]], since: dt.datetime) -> None:
    """Write a root on trial and a key by name for each of `people` (name and organisation) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = found_authority(since)
    made = {
        key: authority.issue(folder / f"{key}.p12", name, organisation, since=since)[1]
        for key, (name, organisation) in people.items()
    }
    (folder / ROOT).write_bytes(authority.certificate)
    (folder / LIST).write_text(json.dumps(made, ensure_ascii=False), "utf-8")


@dataclass(frozen=True)
class Authority:
    """A root on trial: its certificate (PEM) and its key, held in memory only while it issues."""

    certificate: bytes
    _key: ec.EllipticCurvePrivateKey
    _name: x509.Name

    def issue(
        self,
        path: Path,
        common_name: str,
        organisation: str,
        *,
        since: dt.datetime,
        until: dt.datetime | None = None,
    ) -> tuple[CertificateFile, str]:
        """Write a PKCS#12 file; which file, and the SHA-256 fingerprint of the certificate (hex)."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import pkcs12

        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(common_name, organisation))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until or since.replace(year=since.year + YEARS))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signing=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(
                common_name.encode(),
                key,
                certificate,
                [x509.load_pem_x509_certificate(self.certificate)],
                serialization.BestAvailableEncryption(PASSPHRASE.encode()),
            )
        )
        path.chmod(0o600)
        return CertificateFile(path, PASSPHRASE), certificate.fingerprint(hashes.SHA256()).hex()


def found_authority(since: dt.datetime) -> Authority:
    """A new root on trial, valid from `since` (aware)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    called = _name("Chứng thực ký thử", "Kết Luận")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since.replace(year=since.year + 2 * YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signing=False), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate.public_bytes(serialization.Encoding.PEM), key, called)


def _name(common_name: str, organisation: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, ON_TRIAL),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, signing: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=signing,
        content_commitment=signing,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signing,
        crl_sign=not signing,
        encipher_only=False,
        decipher_only=False,
    )
