"""Keys and roots that this installation has: those of the environment, and those on trial of the example.

Keys on trial stand in the instance folder, made when the example is set up; production does not look at them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from flask import current_app

from app.documents.signatures import demo
from app.documents.signatures.checking import Trust
from app.documents.signatures.keys import CertificateFile, Key, Token
from app.documents.signatures.revocation import Sources
from config import KeySettings, SigningSettings


def settings() -> SigningSettings:
    """What the environment says."""
    found: SigningSettings = current_app.config["SIGNING"]
    return found


def trial_folder() -> Path | None:
    """Where keys on trial are; None where none may be (production)."""
    found: Path | None = current_app.config["TRIAL_KEYS"]
    return found


def find(name: str) -> Key | None:
    """The key of this name; None when this installation has none."""
    for one in settings().keys:
        if one.name == name:
            return _key(one)
    folder = trial_folder()
    if folder is not None and name in _on_trial():
        return CertificateFile(folder / f"{name}.p12", demo.PASSPHRASE)
    return None


def names() -> list[str]:
    """Every key there is, by name."""
    return [*(one.name for one in settings().keys), *sorted(_on_trial())]


def trial_names() -> frozenset[str]:
    """The keys that are worth nothing in law."""
    return frozenset(_on_trial())


def trust() -> Trust:
    """Whom a signature must lead to."""
    given = settings()
    folder = trial_folder()
    roots = given.roots
    if folder is not None and (folder / demo.ROOT).is_file():
        roots = (*roots, (folder / demo.ROOT).read_bytes())
    return Trust(roots, given.time_roots, _crls(given.crls), needs_timestamp=bool(given.timestamper))


def _crls(kept: Sequence[Path]) -> tuple[bytes, ...]:
    """As they are now: the operator replaces them by newer ones. One that is gone counts as none."""
    return tuple(path.read_bytes() for path in kept if path.is_file())


def sources(trust: Trust) -> Sources:
    """Where it is known whether certificates of these roots are withdrawn."""
    return Sources((*trust.roots, *trust.time_roots), trust.crls, settings().hosts)


def _key(given: KeySettings) -> Key:
    if given.file is not None:
        return CertificateFile(given.file, given.pin)
    assert given.library is not None
    return Token(given.library, given.token, given.pin, given.certificate)


def _on_trial() -> dict[str, str]:
    """name → fingerprint of each key on trial."""
    folder = trial_folder()
    if folder is None or not (folder / demo.LIST).is_file():
        return {}
    read: dict[str, str] = json.loads((folder / demo.LIST).read_text("utf-8"))
    return read
