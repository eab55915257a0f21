"""Where a signing key lives: a certificate file on the server, or a token behind a PKCS#11 library."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import DomainError


@dataclass(frozen=True)
class CertificateFile:
    """A PKCS#12 file (.p12, .pfx) with key and certificate; the passphrase is not kept."""

    path: Path
    passphrase: str = field(repr=False)


@dataclass(frozen=True)
class Token:
    """A key that never leaves its device: library of the maker, label of the token, PIN, label of the key."""

    library: Path
    label: str
    pin: str = field(repr=False)
    certificate: str


Key = CertificateFile | Token


@contextmanager
def opened(key: Key) -> Iterator[Any]:
    """A signer that lasts as long as the block. Raises DomainError (field `key`) in words of the office."""
    if isinstance(key, Token):
        with _token(key) as signer:
            yield signer
        return
    from pyhanko.sign.signers import SimpleSigner

    if not key.path.is_file():
        raise DomainError("Không tìm thấy tệp chứng thư số. Đề nghị quản trị kiểm tra cấu hình.", field="key")
    try:
        signer = SimpleSigner.load_pkcs12(str(key.path), passphrase=key.passphrase.encode())
    except ValueError:
        signer = None
    if signer is None:
        raise DomainError("Không mở được tệp chứng thư số: sai mật khẩu hoặc tệp hỏng.", field="key")
    yield signer


def certificate_of(key: Key) -> bytes:
    """The certificate of a key (DER). Raises DomainError (field `key`)."""
    with opened(key) as signer:
        return bytes(signer.signing_cert.dump())


def fingerprint_of(certificate: bytes) -> str:
    """SHA-256 of a certificate (DER), hex."""
    return hashlib.sha256(certificate).hexdigest()


@contextmanager
def _token(key: Token) -> Iterator[Any]:
    import pkcs11
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    try:
        session = open_pkcs11_session(
            str(key.library), token_criteria=TokenCriteria(label=key.label), user_pin=key.pin
        )
    except (pkcs11.PKCS11Error, RuntimeError, LookupError) as error:
        raise DomainError(
            "Không mở được thiết bị ký: chưa cắm thiết bị, sai tên thiết bị hoặc sai mã PIN.", field="key"
        ) from error
    with session:
        try:
            certificate = PKCS11Signer(session, cert_label=key.certificate).signing_cert
        except pkcs11.PKCS11Error as error:
            told = f"Thiết bị ký không có chứng thư số “{key.certificate}”."
            raise DomainError(told, field="key") from error
        # some tokens sign a digest of an elliptic key and do not make one themselves
        raw = certificate.public_key.algorithm == "ec"
        try:
            yield PKCS11Signer(session, cert_label=key.certificate, use_raw_mechanism=raw)
        except pkcs11.PKCS11Error as error:
            raise DomainError(
                "Thiết bị ký báo lỗi khi ký. Rút, cắm lại thiết bị rồi ký lại.", field="key"
            ) from error
