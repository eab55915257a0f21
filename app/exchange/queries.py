"""Reading uploads."""

from __future__ import annotations

from app.errors import NotFound
from app.extensions import db
from app.files.models import StoredFile
from app.policy import Actor


def get_own_upload(actor: Actor, file_id: int) -> StoredFile:
    """A file this person uploaded. Raises NotFound for anybody else's."""
    found = db.session.get(StoredFile, file_id)
    if found is None or found.uploaded_by != actor.person_id:
        raise NotFound()
    return found
