"""Who signs by what: the list of the administrator, the pictures and certificates it takes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from app.documents.signatures import keyring, keys, signers, specimens
from app.documents.signatures.keys import CertificateFile, Token
from app.errors import Conflict, DomainError, Forbidden
from config import KeySettings, SigningSettings
from tests import cast
from tests.conftest import Browser
from tests.factories import signatures
from tests.signatures import papers


def png(width: int, height: int, *, ground: int = 0, ink: int = 255, mode: str = "RGBA") -> bytes:
    drawn = Image.new("RGBA", (width, height), (200, 0, 0, ground))
    drawn.paste((200, 0, 0, ink), (0, 0, width // 2, height // 2))
    out = io.BytesIO()
    drawn.convert(mode).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "millimetres", "told"),
    [
        (b"GIF89a", None, "PNG nền trong suốt"),
        (b"\x89PNG\r\n\x1a\n rong", None, "Không đọc được hình"),
        (png(4000, 300), None, "lớn hơn 3000"),
        (png(60, 60), None, "quá nhỏ"),
        (png(300, 200, mode="RGB"), None, "không có nền trong suốt"),
        (png(300, 200, ink=0), None, "trong suốt hoàn toàn"),
        (png(400, 300), 36, "rộng bằng cao"),
        (png(200, 200), 36, "chưa đủ 200 dpi"),
    ],
)
def test_a_picture_that_will_not_do_is_refused(data: bytes, millimetres: int | None, told: str) -> None:
    with pytest.raises(DomainError, match=told) as refused:
        signers.check_picture(data, millimetres=millimetres)
    assert refused.value.field == "picture"


def test_the_specimens_will_do() -> None:
    signers.check_picture(specimens.signature_picture())
    signers.check_picture(specimens.seal_picture("Sở Nội vụ"), millimetres=36)


def test_only_the_administrator_keeps_the_list(session: Session) -> None:
    with pytest.raises(Forbidden):
        signers.register(None, actor=cast.actor(cast.LEADER))
    office = signers.register(None, actor=cast.actor(cast.ADMINISTRATOR))
    with pytest.raises(Conflict):
        signers.register(None, actor=cast.actor(cast.ADMINISTRATOR))
    with pytest.raises(DomainError, match="không có khóa ký này"):
        signers.change(office, key_name="khong-co", actor=cast.actor(cast.ADMINISTRATOR))
    with pytest.raises(DomainError, match="từ 10 đến 60"):
        signers.change(office, key_name="", picture_mm=61, actor=cast.actor(cast.ADMINISTRATOR))


def test_a_certificate_is_taken_in_both_spellings_once(session: Session) -> None:
    office = signers.register(None, actor=None)
    data = keys.certificate_of(papers.certificate(papers.OFFICE).key)
    made = signers.add_certificate(office, data, actor=None)
    assert (made.name, made.issuer) == (papers.OFFICE, "Chứng thực ký thử")
    assert made.fingerprint == papers.certificate(papers.OFFICE).fingerprint
    with pytest.raises(Conflict, match="đã được đăng ký"):
        signers.add_certificate(office, data, actor=None)
    root = signers.add_certificate(office, papers.authority().certificate, actor=None)
    assert root.name == "Chứng thực ký thử"
    with pytest.raises(DomainError, match="Không đọc được chứng thư số"):
        signers.add_certificate(office, b"-----BEGIN CERTIFICATE-----\nrong", actor=None)
    with pytest.raises(DomainError, match="quá lớn"):
        signers.add_certificate(office, b"x" * 70_000, actor=None)


def test_keys_come_from_the_environment_and_those_on_trial_never_in_production(
    session: Session, app: Flask, tmp_path: Path
) -> None:
    signatures.make_keys()
    file = papers.certificate(papers.LEADER).key
    kept = app.config["SIGNING"], app.config["TRIAL_KEYS"]
    app.config["SIGNING"] = SigningSettings(
        keys=(
            KeySettings("lanhdao", file.passphrase, file=file.path),
            KeySettings("coquan", "1234", library=tmp_path / "x.so", token="so", certificate="dau"),
        ),
        roots=(papers.authority().certificate,),
    )
    try:
        assert keyring.names() == ["lanhdao", "coquan", "thu-co-quan", "thu-lanh-dao"]
        assert keyring.find("lanhdao") == CertificateFile(file.path, file.passphrase)
        assert keyring.find("coquan") == Token(tmp_path / "x.so", "so", "1234", "dau")
        assert "1234" not in repr(keyring.find("coquan"))
        assert len(keyring.trust().roots) == 2
        app.config["TRIAL_KEYS"] = None
        assert keyring.names() == ["lanhdao", "coquan"] and keyring.find("thu-co-quan") is None
        assert len(keyring.trust().roots) == 1
    finally:
        app.config["SIGNING"], app.config["TRIAL_KEYS"] = kept


def test_each_of_the_list_has_a_page(client: Browser, session: Session) -> None:
    leader, office = signatures.office_signs()
    session.commit()
    client.sign_in(cast.ADMINISTRATOR)
    for signer, measured in ((leader, False), (office, True)):
        client.get(f"/signers/{signer.id}")
        assert ("36" in [str(one.get("value")) for one in client.page.select("main input")]) is measured


def test_the_administrator_registers_signers_on_the_page(client: Browser, session: Session) -> None:
    signatures.make_keys()
    client.sign_in(cast.LEADER).get("/signers", expect=403)
    client.sign_in(cast.ADMINISTRATOR).get("/signers")
    client.submit(data={"who": "office"})
    client.follow()
    page = client.path
    form = f'main form[action="{page}"]'
    client.submit(form, {"picture": (io.BytesIO(b"GIF"), "dau.png")}, expect=422)
    assert "không đúng với đuôi" in client.text or "PNG nền trong suốt" in client.text
    seal = specimens.seal_picture("Sở Nội vụ")
    client.submit(
        form,
        {"key_name": signatures.OFFICE_KEY, "picture": (io.BytesIO(seal), "dau.png"), "picture_mm": "36"},
    )
    client.follow()
    assert "KÝ THỬ – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in client.text and "Chứng thực ký thử" in client.text
    assert client.get(f"{page}/picture").data == seal
    client.get(page)
    read = pkcs12.load_pkcs12(papers.certificate(papers.OFFICE).key.path.read_bytes(), b"ky-thu")
    assert read.cert is not None
    pem = read.cert.certificate.public_bytes(serialization.Encoding.PEM)
    adding = f'main form[action="{page}/certificates"]'
    client.submit(adding, {"certificate": (io.BytesIO(b"rong"), "a.cer")}, expect=422)
    assert "Không đọc được chứng thư số" in client.text
    client.submit(adding, {"certificate": (io.BytesIO(pem), "a.pem")})
    client.follow()
    withdrawing = client.page.select('main form[action$="/withdraw"]')
    assert len(withdrawing) == 2
    client.post(str(withdrawing[0]["action"]))
    client.follow()
    assert "ngừng dùng lúc" in client.text
    assert len(client.page.select('main form[action$="/withdraw"]')) == 1
    client.get("/signers")
    assert "Trần Văn Thử" in client.text and signatures.OFFICE_KEY in client.text
