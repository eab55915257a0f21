"""Whether every row still has its bytes."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.extensions import db
from app.files.models import StoredFile
from app.files.store import store


@dataclass(frozen=True)
class Lost:
    """A row whose bytes are gone or are others now."""

    file_id: int
    name: str
    sha256: str
    there: bool

    @property
    def told(self) -> str:
        fault = "đã bị sửa" if self.there else "không còn"
        return f"Tệp #{self.file_id} “{self.name}” {fault} ({self.sha256})"


def count_files() -> int:
    """How many rows there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) or 0


def list_lost() -> list[Lost]:
    """Every row whose bytes are missing or no longer have its SHA-256 and size; reads every file once."""
    found: list[Lost] = []
    columns = sa.select(StoredFile.id, StoredFile.name, StoredFile.sha256, StoredFile.size)
    known: dict[str, int | None] = {}
    for file_id, name, sha256, size in db.session.execute(
        columns.order_by(StoredFile.sha256, StoredFile.id).execution_options(yield_per=500)
    ):
        if sha256 not in known:
            data = store.read(sha256)
            known = {sha256: None if data is None else len(data)}
        if known[sha256] != size:
            found.append(Lost(file_id, name, sha256, store.path(sha256).exists()))
    return found
