"""Keys on trial for the example: the leader who signs, and the office's seal. Worth nothing, and say so."""

from __future__ import annotations

from flask import current_app

from app import clock
from app.documents.signatures import appearance, demo, keyring, signers, specimens
from app.documents.signatures.signers import Upload
from app.example.organisation import person

LEADER_KEY, OFFICE_KEY = "thu-lanh-dao", "thu-co-quan"
OFFICE = "Sở Nội vụ"


def register() -> None:
    """Make the keys, and register who signs by them."""
    folder = keyring.trial_folder()
    assert folder is not None, current_app.config["ENVIRONMENT"]
    leader = person("lanhdao")
    demo.make_keys(
        folder, {LEADER_KEY: (leader.name, OFFICE), OFFICE_KEY: (OFFICE, OFFICE)}, since=clock.now()
    )
    signers.change(
        signers.register(leader, actor=None),
        key_name=LEADER_KEY,
        picture=Upload("chu-ky-mau.png", specimens.signature_picture()),
        actor=None,
    )
    signers.change(
        signers.register(None, actor=None),
        key_name=OFFICE_KEY,
        picture=Upload("con-dau-mau.png", specimens.seal_picture(OFFICE)),
        picture_mm=round(appearance.SEAL_MM),
        actor=None,
    )
