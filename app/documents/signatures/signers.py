"""Who signs: by which key, with which picture, known by which certificates. The administrator keeps the list.

Keys and PINs are never here: a signer only names a key of the installation.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import check_version
from app.documents.signatures import appearance, keyring, keys
from app.documents.signatures.keys import Key
from app.documents.signatures.models import Signer, SignerCertificate
from app.errors import Conflict, DomainError, NotFound
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action, Actor, authorise

MOST_DOTS, FEWEST_DOTS = 3000, 120
DOTS_PER_INCH = 200
"""NĐ 30/2020 asks for no less of what is scanned."""
MOST_CERTIFICATE = 64 * 1024


@dataclass(frozen=True)
class Identity:
    """A signer as the acts need them, without the database. `key` is None for who signs elsewhere."""

    name: str
    key: Key | None = None
    picture: bytes | None = None
    picture_mm: int | None = None
    fingerprints: frozenset[str] = frozenset()
    on_trial: bool = False


@dataclass(frozen=True)
class Upload:
    """A file as it was handed in."""

    name: str
    data: bytes


def office() -> Signer | None:
    """The office itself."""
    return db.session.scalar(sa.select(Signer).where(Signer.is_office))


def of_person(person_id: int) -> Signer | None:
    """What is kept of this person's signature."""
    return db.session.scalar(sa.select(Signer).where(Signer.person_id == person_id))


def list_signers() -> Sequence[Signer]:
    """The office first, then people by name."""
    return db.session.scalars(
        sa.select(Signer)
        .outerjoin(Person, Person.id == Signer.person_id)
        .options(selectinload(Signer.person), selectinload(Signer.certificates))
        .order_by(Signer.is_office.desc(), Person.name, Signer.id)
    ).all()


def get(actor: Actor, signer_id: int) -> Signer:
    """One of the list, for the administrator. Raises NotFound."""
    found = db.session.get(Signer, signer_id)
    if found is None:
        raise NotFound
    authorise(actor, Action.MANAGE_SETTINGS)
    return found


def get_picture(actor: Actor, signer_id: int) -> StoredFile:
    """The picture of a signer. Raises NotFound."""
    found = get(actor, signer_id).picture
    if found is None:
        raise NotFound
    return found


def get_certificate(actor: Actor, signer_certificate_id: int) -> SignerCertificate:
    """One certificate of the list. Raises NotFound."""
    found = db.session.get(SignerCertificate, signer_certificate_id)
    if found is None:
        raise NotFound
    authorise(actor, Action.MANAGE_SETTINGS)
    return found


def identity_of(signer: Signer | None, name: str) -> Identity:
    """The signer with key and picture, read now so that signing needs no database."""
    if signer is None:
        return Identity(name)
    return Identity(
        name=name,
        key=keyring.find(signer.key_name) if signer.key_name else None,
        picture=files.read(signer.picture) if signer.picture is not None else None,
        picture_mm=signer.picture_mm,
        fingerprints=frozenset(one.fingerprint for one in signer.live_certificates),
        on_trial=signer.key_name in keyring.trial_names(),
    )


def register(person: Person | None, *, actor: Actor | None) -> Signer:
    """Put a person, or the office (None), on the list. Raises Forbidden, Conflict when they stand on it."""
    if actor is not None:
        authorise(actor, Action.MANAGE_SETTINGS)
    found = office() if person is None else of_person(person.id)
    if found is not None:
        raise Conflict("Đã có trong danh sách ký số.", field="person")
    made = Signer(is_office=person is None, person=person)
    db.session.add(made)
    db.session.flush()
    audit.record("signer_registered", made, *([person] if person else []), actor=actor)
    return made


def change(
    signer: Signer,
    *,
    key_name: str,
    picture: Upload | None = None,
    picture_mm: int | None = None,
    version: int | None = None,
    actor: Actor | None,
) -> None:
    """Which key and picture from now on; the certificate of the key is registered with it.

    Raises Forbidden, Stale, DomainError at `key_name`, `picture`, `picture_mm`.
    """
    if actor is not None:
        authorise(actor, Action.MANAGE_SETTINGS)
    check_version(signer, version)
    if key_name and key_name not in keyring.names():
        raise DomainError("Máy chủ không có khóa ký này. Chọn lại.", field="key_name")
    if signer.is_office:
        signer.picture_mm = picture_mm or round(appearance.SEAL_MM)
        if not 10 <= signer.picture_mm <= 60:
            raise DomainError("Kích thước thật của con dấu từ 10 đến 60 mm.", field="picture_mm")
    if picture is not None:
        check_picture(picture.data, millimetres=signer.picture_mm if signer.is_office else None)
        signer.picture = files.keep(picture.name, picture.data, actor=actor, kinds=("png",))
    signer.key_name = key_name
    db.session.flush()
    audit.record("signer_changed", signer, actor=actor, data={"key": key_name})
    key = keyring.find(key_name) if key_name else None
    if key is not None:
        certificate = keys.certificate_of(key)
        if keys.fingerprint_of(certificate) not in {one.fingerprint for one in signer.certificates}:
            add_certificate(signer, certificate, actor=actor)


def check_picture(data: bytes, *, millimetres: int | None = None) -> None:
    """A PNG with a transparent ground, sharp enough; `millimetres`: the width at which a seal is set.

    Raises DomainError (field `picture`).
    """
    from PIL import Image, UnidentifiedImageError

    def refuse(text: str) -> DomainError:
        return DomainError(text, field="picture")

    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise refuse("Hình chữ ký, con dấu là tệp PNG nền trong suốt.")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as opened:
            wide, high = opened.size
            if max(wide, high) > MOST_DOTS:
                raise refuse(f"Hình lớn hơn {MOST_DOTS} điểm ảnh mỗi chiều. Thu nhỏ rồi tải lên.")
            if wide < FEWEST_DOTS or high < FEWEST_DOTS // 3:
                raise refuse("Hình quá nhỏ nên khi in bị mờ. Quét lại ở độ phân giải cao hơn.")
            clear = opened.convert("RGBA").getchannel("A").getextrema()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise refuse("Không đọc được hình. Lưu lại dạng PNG rồi tải lên.") from error
    if clear[0] == 255:
        raise refuse("Hình không có nền trong suốt nên sẽ che chữ trên văn bản. Xóa nền rồi tải lên.")
    if clear[1] == 0:
        raise refuse("Hình trong suốt hoàn toàn, không có nét nào.")
    if millimetres is None:
        return
    if not 0.9 <= wide / high <= 1.1:
        raise refuse("Hình con dấu tròn phải rộng bằng cao, cắt sát mép con dấu.")
    if wide / (millimetres / 25.4) < DOTS_PER_INCH:
        raise refuse(f"Hình con dấu chưa đủ {DOTS_PER_INCH} dpi ở kích thước thật {millimetres} mm.")


def add_certificate(signer: Signer, data: bytes, *, actor: Actor | None) -> SignerCertificate:
    """Register a certificate (DER or PEM). Raises Forbidden, DomainError (`certificate`), Conflict."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    if actor is not None:
        authorise(actor, Action.MANAGE_SETTINGS)
    if len(data) > MOST_CERTIFICATE:
        raise DomainError("Tệp quá lớn, không phải chứng thư số.", field="certificate")
    try:
        pem = data.lstrip().startswith(b"-----BEGIN CERTIFICATE")
        read = x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise DomainError(
            "Không đọc được chứng thư số. Chọn tệp .cer, .crt hoặc .pem của người ký.", field="certificate"
        ) from error
    fingerprint = read.fingerprint(hashes.SHA256()).hex()
    if any(one.fingerprint == fingerprint for one in signer.certificates):
        raise Conflict("Chứng thư số này đã được đăng ký.", field="certificate")
    made = SignerCertificate(
        signer=signer,
        fingerprint=fingerprint,
        name=_common_name(read.subject),
        issuer=_common_name(read.issuer),
        serial=f"{read.serial_number:x}",
        begins_at=_instant(read.not_valid_before_utc),
        ends_at=_instant(read.not_valid_after_utc),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        "certificate_registered", signer, actor=actor, data={"name": made.name, "serial": made.serial}
    )
    return made


def withdraw_certificate(certificate: SignerCertificate, *, actor: Actor) -> None:
    """It signs no more from now on; papers signed before stand. Raises Forbidden, Conflict."""
    authorise(actor, Action.MANAGE_SETTINGS)
    if certificate.withdrawn_at is not None:
        raise Conflict("Chứng thư số này đã ngừng dùng.")
    certificate.withdrawn_at = clock.now()
    db.session.flush()
    audit.record(
        "certificate_withdrawn", certificate.signer, actor=actor,
        data={"name": certificate.name, "serial": certificate.serial},
    )  # fmt: skip


def _common_name(name: object) -> str:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    assert isinstance(name, x509.Name)
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
