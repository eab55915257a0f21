"""Taking in and reading files."""

from __future__ import annotations

from app.errors import NotFound
from app.extensions import db
from app.files import gate
from app.files.models import StoredFile
from app.files.store import store
from app.policy import Actor


def keep(
    name: str,
    data: bytes,
    *,
    actor: Actor | None,
    kinds: tuple[str, ...] | None = None,
    most: int | None = None,
) -> StoredFile:
    """Pass `data` through the gate, keep it, add its row. `kinds` = extensions. Raises UploadRefused.

    `most`: bytes allowed for what the product made itself; of an upload the setting counts.
    """
    accepted = gate.inspect(name, data, max_bytes=most or store.max_bytes, kinds=kinds)
    stored = StoredFile(
        sha256=store.keep(data),
        name=accepted.name,
        media_type=accepted.media_type,
        size=len(data),
        uploaded_by=actor.person_id if actor else None,
    )
    db.session.add(stored)
    db.session.flush()
    return stored


def get_own(actor: Actor, file_id: int, kind: str) -> StoredFile:
    """A file of this kind that this person handed in. Raises NotFound."""
    stored = db.session.get(StoredFile, file_id)
    if stored is None or stored.uploaded_by != actor.person_id or stored.media_type != gate.MEDIA_TYPES[kind]:
        raise NotFound
    return stored


def read(stored: StoredFile) -> bytes:
    """The bytes of `stored`. Raises NotFound when they are missing or altered."""
    data = store.read(stored.sha256)
    if data is None:
        raise NotFound()
    return data
