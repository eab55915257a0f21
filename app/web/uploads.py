"""Files chosen in a form that came back with a mistake: held for a while, so that nobody chooses them twice.

No browser sends a file a second time by itself. What was refused is held on a shelf (app/files/held.py) and
the form names it beside its field, ticked; the next sending takes it from there as if it had been chosen
again. What is held belongs to no record, and only the person who sent it can take it.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

from flask import current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from wtforms import FileField, Form, MultipleFileField

from app.errors import DomainError

AGAIN = "Chọn lại tệp: biểu mẫu chưa được ghi nên tệp đã chọn không được giữ."
SUFFIX = "-held"
KEPT_SECONDS = 24 * 3600


class Shelf(Protocol):
    """Where bytes wait."""

    def put(self, name: str, data: bytes) -> str:
        """The key under which `data` waits. Raises DomainError for a file that is never taken in."""

    def take(self, key: str) -> bytes | None:
        """What waits under `key`; None when it is gone."""


@dataclass(frozen=True)
class Held:
    """A file that waits: what the form sends back for it, its name, its size in bytes."""

    ticket: str
    name: str
    size: int


_shelves: list[Shelf] = []


def hold_on(shelf: Shelf) -> None:
    """Say where files wait (once, by app/files)."""
    _shelves[:] = [shelf]


def hold(form: Form, refused: str | None = None) -> None:
    """Hold what was chosen in a form that comes back; `refused`: the name of a file that is the mistake.

    What could not be held is asked for again at its field, with the reason where the file is at fault.
    """
    for field in _file_fields(form):
        chosen = [one for one in _as_list(field.data) if getattr(one, "filename", "")]
        field.held = []
        if field.errors and not isinstance(field, MultipleFileField):
            continue  # the one file is itself what was refused
        told = list(field.errors)
        for one in chosen:
            if one.filename == refused:
                continue
            try:
                field.held.append(_put(one))
            except DomainError as error:
                told.append(error.message)
        field.errors = list(dict.fromkeys(told))


def give_back(form: Form) -> None:
    """Let the fields of a form that was sent hold what waits for them beside what was chosen now."""
    for field in _file_fields(form):
        tickets = request.form.getlist(field.name + SUFFIX)
        waiting = [one for ticket in tickets if (one := _take(ticket)) is not None]
        field.lost = len(waiting) < len(tickets)
        if not waiting:
            continue
        chosen = [one for one in _as_list(field.data) if getattr(one, "filename", "")]
        if isinstance(field, MultipleFileField):
            field.data = field.raw_data = [*waiting, *chosen]
        elif not chosen:
            field.data, field.raw_data = waiting[-1], waiting[-1:]


def ask_for_lost(form: Form) -> bool:
    """Say so where a file should have waited and does not; True if one of them is lost."""
    lost = [field for field in _file_fields(form) if getattr(field, "lost", False)]
    for field in lost:
        field.errors = [*field.errors, AGAIN]
    return bool(lost)


def _file_fields(form: Form) -> list[Any]:
    # Any: `held` and `lost` are marks of ours on the library's fields
    return [field for field in form if isinstance(field, FileField)]


def _as_list(data: Any) -> list[Any]:
    return list(data) if isinstance(data, list | tuple) else [data]


def _put(chosen: FileStorage) -> Held:
    if not _shelves or g.get("actor") is None or chosen.stream.closed:
        raise DomainError(AGAIN)
    chosen.stream.seek(0)
    data, name = chosen.stream.read(), str(chosen.filename)
    key = _shelves[0].put(name, data)
    return Held(_tickets().dumps([key, name, g.actor.person_id]), name, len(data))


def _take(ticket: str) -> FileStorage | None:
    try:
        key, name, person_id = _tickets().loads(ticket, max_age=KEPT_SECONDS)
    except BadData:
        return None
    if g.get("actor") is None or person_id != g.actor.person_id:
        return None
    data = _shelves[0].take(key)
    return FileStorage(BytesIO(data), name) if data is not None else None


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="held upload")
