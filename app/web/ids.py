"""Keys and years that come from addresses and forms, where anything may stand."""

from __future__ import annotations

from collections.abc import Iterable

# A key is a 64-bit number: 18 digits always fit, and no key of a real database is longer.
_LONGEST = 18


def read_id(text: str | None) -> int | None:
    """The key that is written in `text`; None when none is."""
    if text and text.isascii() and text.isdecimal() and len(text) <= _LONGEST:
        return int(text)
    return None


def read_year(text: str | None) -> int | None:
    """The year that is written in `text` with four digits; None when none is."""
    return read_id(text) if text and len(text) == 4 else None


def read_ids(texts: Iterable[str], *, most: int = 500) -> list[int]:
    """The keys written in `texts`, each once, in their order, at most `most`; what is no key is left out."""
    found = (read_id(text) for text in texts)
    return list(dict.fromkeys(value for value in found if value is not None))[:most]
