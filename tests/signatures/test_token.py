"""A key that never leaves its token signs through PKCS#11; the token here is made of software."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from app.documents.signatures import keys, places, signing
from app.documents.signatures.appearance import Look
from app.documents.signatures.checking import Expected, Trust, check
from app.errors import DomainError
from tests.signatures import papers

PIN, LABEL, NAME = "567890", "so-noi-vu", "lanh-dao"


def library() -> Path:
    found = [
        path
        for folder in (
            "/usr/lib/softhsm",
            "/usr/lib/x86_64-linux-gnu/softhsm",
            "/usr/lib/aarch64-linux-gnu/softhsm",
        )
        if (path := Path(folder) / "libsofthsm2.so").is_file()
    ]
    assert found, "softhsm2 is part of the test set-up"
    return found[0]


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[keys.Token]:
    """A fresh token with the leader's key and certificate."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    try:
        _fill(folder)
        yield keys.Token(library(), LABEL, PIN, NAME)
    finally:
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before


def _fill(folder: Path) -> None:
    import pkcs11
    from pkcs11.util.x509 import decode_x509_certificate

    certificate = papers.certificate(papers.LEADER).key
    key, found, _ = pkcs12.load_key_and_certificates(
        certificate.path.read_bytes(), certificate.passphrase.encode()
    )
    assert key is not None and found is not None
    pem = folder / "key.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    _tool("--init-token", "--free", "--label", LABEL, "--so-pin", PIN, "--pin", PIN)
    _tool("--import", str(pem), "--token", LABEL, "--label", NAME, "--id", "01", "--pin", PIN)
    der = found.public_bytes(serialization.Encoding.DER)
    with pkcs11.lib(str(library())).get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as session:
        session.create_object(
            {
                **decode_x509_certificate(der),
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.LABEL: NAME,
                pkcs11.Attribute.ID: b"\x01",
            }
        )


def _tool(*given: str) -> None:
    subprocess.run(["softhsm2-util", *given], check=True, capture_output=True)


def wanted() -> signing.Wanted:
    look = Look(papers.picture())
    return signing.Wanted(places.LEADER, papers.paper().leader_box, look, "Ký ban hành", first=True)


def test_a_token_signs_what_a_file_would(token: keys.Token) -> None:
    signed = signing.sign(papers.paper().prepared, wanted(), token, at=papers.AT)
    leader = Expected(places.LEADER, frozenset({papers.certificate(papers.LEADER).fingerprint}))
    found = check(
        signed, [leader], Trust((papers.authority().certificate,)),
        at=papers.AT, prepared=papers.paper().prepared,
    )  # fmt: skip
    assert found.told == ()
    assert found.is_sound


@pytest.mark.parametrize(
    "wrong", [{"pin": "000000"}, {"label": "khong-co"}, {"library": Path("/khong/co.so")}], ids=str
)
def test_a_token_that_cannot_be_opened_is_told_in_words(token: keys.Token, wrong: dict[str, object]) -> None:
    import dataclasses

    with pytest.raises(DomainError, match="Không mở được thiết bị ký"):
        signing.sign(papers.paper().prepared, wanted(), dataclasses.replace(token, **wrong), at=papers.AT)


def test_a_token_without_that_certificate_is_told_in_words(token: keys.Token) -> None:
    import dataclasses

    other = dataclasses.replace(token, certificate="van-thu")
    with pytest.raises(DomainError, match="không có chứng thư số"):
        signing.sign(papers.paper().prepared, wanted(), other, at=papers.AT)
