"""How links are made and checked: pure functions over primitives."""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class Link:
    """What a hash covers: sequence, UTC instant (ISO), name, actor, subjects (kind, id), data."""

    seq: int
    at: str
    name: str
    actor_id: int | None
    actor_name: str
    on_behalf_of: str | None
    subjects: tuple[tuple[str, int], ...]
    data: Mapping[str, Any]


def primitive(value: object) -> Any:
    """JSON-able copy of `value`: dates and instants as ISO text, text in NFC, enums of text by value.

    Raises TypeError for anything else (bytes, objects, infinities): an event holds what JSON can hold.
    """
    if isinstance(value, str):
        return unicodedata.normalize("NFC", str(value))
    if isinstance(value, float) and not math.isfinite(value):
        raise TypeError("not a primitive: a number that is not finite")
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): primitive(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray):
        return [primitive(item) for item in value]
    raise TypeError(f"not a primitive: {type(value).__name__}")


def digest(link: Link, prev_hash: str) -> str:
    """Hex SHA-256 over the previous hash and the link's canonical JSON (text in NFC, as it is stored)."""
    body = [
        prev_hash,
        link.seq,
        link.at,
        primitive(link.name),
        link.actor_id,
        primitive(link.actor_name),
        primitive(link.on_behalf_of),
        [list(subject) for subject in link.subjects],
        primitive(link.data),
    ]
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Fault:
    """The first link that does not hold."""

    seq: int
    reason: str


def verify(links: Iterable[tuple[Link, str, str]], head: tuple[int, str]) -> Fault | None:
    """Walk `(link, prev_hash, hash)` in order of seq; None when the chain holds up to `head`."""
    expected_seq, last = 1, GENESIS
    for link, prev_hash, stored in links:
        if link.seq != expected_seq:
            return Fault(expected_seq, "thiếu bản ghi hoặc sai thứ tự")
        if prev_hash != last:
            return Fault(link.seq, "không nối với bản ghi trước")
        if digest(link, prev_hash) != stored:
            return Fault(link.seq, "nội dung không khớp mã băm")
        expected_seq, last = expected_seq + 1, stored
    if (expected_seq - 1, last) != head:
        return Fault(expected_seq - 1, "không khớp bản ghi cuối của chuỗi")
    return None
