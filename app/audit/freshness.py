"""Nobody overwrites what somebody else saved meanwhile: every form says which version it was filled from."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.audit import queries
from app.db import Base
from app.errors import Stale
from app.vietnamese import format_time


class Dated(Protocol):
    """A row that knows when it was last saved."""

    updated_at: datetime


class Versioned(Protocol):
    """A row that counts its edits (`version_id_col`)."""

    version: int
    updated_at: datetime


def check_version(obj: Versioned, version: int | None) -> None:
    """Raise Stale, naming who was first, when the form was filled from another version of `obj`.

    `version` None = nothing was typed over it (made by the product, or new).
    """
    if version is None or version == obj.version:
        return
    assert isinstance(obj, Base)
    last = next(iter(queries.list_events(obj, limit=1)), None)
    name = last.actor_name if last is not None and last.actor_id is not None else None
    raise stale(name, last.at if last is not None else obj.updated_at, obj.version)


def stale(name: str | None, at: datetime, version: int | None = None) -> Stale:
    """The refusal of an edit that came second; `name` None = the first one's name is not known."""
    who = f"đồng chí {name}" if name else "cán bộ khác"
    return Stale(
        f"Nội dung này vừa được {who} cập nhật lúc {format_time(at)}. "
        "Phần vừa nhập vẫn được giữ; so sánh hai bản và chọn bản sử dụng.",
        version=version,
    )


def seen_of(row: Dated | None) -> str:
    """What a form was filled from where rows count no versions: when the row was last saved."""
    return row.updated_at.isoformat() if row is not None else ""


def read_seen(text: str | None) -> datetime | None:
    """The instant of a posted `seen`; what cannot be read is None."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
