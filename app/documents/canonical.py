"""Canonical form of a document's content: stable JSON, its hash, and the way back.

The hash is what is checked, approved and signed, so no field is left out as a default.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from app.documents import content
from app.documents.content import OfficialDocument, Run

SCHEMA = 1
BLOCKS: dict[str, type] = {cls.__name__: cls for cls in typing.get_args(content.Block)}


class ContentError(ValueError):
    """Stored or typed content does not have the shape of a document; the text names the place."""


def to_primitive(value: Any) -> Any:
    """Dataclasses as dicts (blocks with their `type`), tuples as lists, dates as ISO text."""
    if is_dataclass(value) and not isinstance(value, type):
        made = {item.name: to_primitive(getattr(value, item.name)) for item in fields(value)}
        return {"type": type(value).__name__, **made} if type(value) in BLOCKS.values() else made
    if isinstance(value, tuple):
        return [to_primitive(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def canonical_json(document: OfficialDocument) -> str:
    """The one JSON text of this content: every field, keys sorted, no spaces, NFC."""
    whole = {"schema": SCHEMA, **to_primitive(document)}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def content_hash(document: OfficialDocument) -> str:
    """SHA-256 of the canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def from_json(text: str) -> OfficialDocument:
    """The document of a canonical JSON text; raises ContentError."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise ContentError(f"not JSON: {error}") from error
    if not isinstance(raw, dict) or raw.pop("schema", None) != SCHEMA:
        raise ContentError(f"not a document of schema {SCHEMA}")
    return from_primitive(raw)


def from_primitive(raw: Any) -> OfficialDocument:
    """The document of nested dicts and lists as in JSON or YAML.

    Fields with a default may be missing and a plain text may stand for runs; an unknown key, a missing field
    or a value of another type raises ContentError with its path.
    """
    made = _decode(raw, OfficialDocument, "document")
    assert isinstance(made, OfficialDocument)
    return made


def _decode(raw: Any, wanted: Any, path: str) -> Any:
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        return _decode_union(raw, arguments, path)
    if origin is tuple:
        return _decode_tuple(raw, arguments[0], path)
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        try:
            return wanted(raw)
        except ValueError as error:
            raise ContentError(f"{path}: {error}") from error
    if is_dataclass(wanted):
        return _decode_object(raw, typing.cast(type, wanted), path)
    if wanted is date:
        return _decode_date(raw, path)
    if wanted is float and type(raw) is int:
        return float(raw)
    if type(raw) is not wanted:
        raise ContentError(f"{path}: {getattr(wanted, '__name__', wanted)} wanted, not {raw!r}")
    return raw


def _decode_union(raw: Any, choices: tuple[Any, ...], path: str) -> Any:
    if types.NoneType in choices:
        rest = next(choice for choice in choices if choice is not types.NoneType)
        return None if raw is None else _decode(raw, rest, path)
    name = raw.get("type") if isinstance(raw, dict) else None
    if name not in BLOCKS:
        raise ContentError(f"{path}: unknown block {name!r}")
    return _decode({key: value for key, value in raw.items() if key != "type"}, BLOCKS[name], path)


def _decode_tuple(raw: Any, part: Any, path: str) -> tuple[Any, ...]:
    if part is Run and isinstance(raw, str):
        return (Run(raw),)
    if not isinstance(raw, list):
        raise ContentError(f"{path}: a list wanted, not {raw!r}")
    return tuple(_decode(value, part, f"{path}[{place}]") for place, value in enumerate(raw))


def _decode_date(raw: Any, path: str) -> date:
    if type(raw) is date:
        return raw
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError) as error:
        raise ContentError(f"{path}: a date wanted, not {raw!r}") from error


def _decode_object(raw: Any, wanted: type, path: str) -> Any:
    if not isinstance(raw, dict):
        raise ContentError(f"{path}: an object wanted, not {raw!r}")
    known = {item.name: item for item in fields(wanted)}
    if unknown := sorted(set(raw) - set(known), key=str):
        raise ContentError(f"{path}: unknown {', '.join(map(str, unknown))}")
    if missing := [name for name, item in known.items() if name not in raw and item.default is MISSING]:
        raise ContentError(f"{path}: {', '.join(missing)} missing")
    hints = _hints(wanted)
    values = {name: _decode(value, hints[name], f"{path}.{name}") for name, value in raw.items()}
    try:
        return wanted(**values)
    except ValueError as error:
        raise ContentError(f"{path}: {error}") from error


@cache
def _hints(wanted: type) -> dict[str, Any]:
    return typing.get_type_hints(wanted)
