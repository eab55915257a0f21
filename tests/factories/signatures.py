"""An office that signs digitally: keys on trial, and who signs by them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.accounts.models import Person
from app.deadlines import services as deadlines
from app.documents.models import Document
from app.documents.signatures import demo, keyring, signers, specimens
from app.documents.signatures.models import Signer
from app.documents.signatures.signers import Upload
from tests import cast

LEADER_KEY, OFFICE_KEY = "thu-lanh-dao", "thu-co-quan"
SINCE = datetime(2026, 1, 5, tzinfo=UTC)


def switch_on() -> None:
    """Papers signed here must carry signatures from now on."""
    deadlines.set_setting("sign_digitally", True, date(2020, 1, 3), None)


def make_keys() -> None:
    """Keys on trial in the folder of this worker's data; once, as they are not the database's."""
    folder = keyring.trial_folder()
    assert folder is not None
    if not (folder / demo.LIST).exists():
        demo.make_keys(
            folder, {LEADER_KEY: (leader().name, "Sở Nội vụ"), OFFICE_KEY: ("Sở Nội vụ", "Sở Nội vụ")}, SINCE
        )


def leader() -> Person:
    return cast.person(cast.LEADER)


def office_signs(*, keys: bool = True, pictures: bool = True) -> tuple[Signer, Signer]:
    """The leader and the office are registered; without `keys` only their certificates are."""
    switch_on()
    make_keys()
    made = []
    for person, key, drawn in (
        (leader(), LEADER_KEY, specimens.signature_picture if pictures else None),
        (None, OFFICE_KEY, (lambda: specimens.seal_picture("Sở Nội vụ")) if pictures else None),
    ):
        signer = signers.register(person, actor=None)
        picture = Upload("mau.png", drawn()) if drawn is not None else None
        signers.change(signer, key_name=key, picture=picture, actor=None)
        if not keys:
            signer.key_name = ""
        made.append(signer)
    return made[0], made[1]


def bytes_of(document: Document) -> bytes:
    """The file as it is stored."""
    from app.files import services as files

    assert document.file is not None
    return files.read(document.file)
