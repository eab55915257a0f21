"""Pages by key: a cursor names the last row seen, so that rows added or gone meanwhile shift nothing.

A query asks for ``size + 1`` rows after the cursor (before it, in reversed order, when ``backwards``) and
gives them to ``slice_page``.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from flask import request, url_for

T = TypeVar("T")

KeyValue = str | int | None
UNREADABLE = "Địa chỉ của trang danh sách không đọc được. Mở lại danh sách từ đầu."
_LONGEST = 1000
_BEYOND = 2**63


class BadCursor(ValueError):
    """The cursor in the address was not made by this application: a 400 wherever nobody says so before."""


@dataclass(frozen=True)
class Cursor:
    """Sort values of the row next to which the page begins; ``backwards`` asks for the rows before it."""

    values: tuple[KeyValue, ...]
    backwards: bool = False

    def encode(self) -> str:
        """Return the cursor as it stands in an address."""
        text = json.dumps([int(self.backwards), *self.values], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page and the cursors of its neighbours; ``total`` only when it was counted."""

    items: Sequence[T]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    total: int | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def cursor_of_address(*kinds: type) -> Cursor | None:
    """The page the reader asked for; ``kinds`` as for ``parse_cursor``. Raises BadCursor, a 400."""
    return parse_cursor(request.args.get("cursor"), *kinds)


def parse_cursor(text: str | None, *kinds: type) -> Cursor | None:
    """Return the cursor of an address, None for the first page.

    ``kinds``: what each sort value is, ``str``, ``int`` or ``date`` (its ISO text). Raises BadCursor when it
    was cut, changed or made for another list.
    """
    if not text:
        return None
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        padded = text + "=" * (-len(text) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursor(UNREADABLE) from None
    if (
        not isinstance(parts, list)
        or len(parts) != len(kinds) + 1
        or parts[0] not in (0, 1)
        or not all(_is(value, kind) for value, kind in zip(parts[1:], kinds, strict=True))
    ):
        raise BadCursor(UNREADABLE)
    return Cursor(tuple(parts[1:]), backwards=bool(parts[0]))


def _is(value: object, kind: type) -> bool:
    if kind is not date:
        return type(value) is kind and not (isinstance(value, int) and abs(value) >= _BEYOND)
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def slice_page(
    rows: Sequence[T],
    *,
    size: int,
    key: Callable[[T], tuple[KeyValue, ...]],
    cursor: Cursor | None,
    total: int | None = None,
) -> Page[T]:
    """Make a page of up to ``size`` items out of the ``size + 1`` rows a query fetched.

    Rows come in the order of the list, or reversed when ``cursor.backwards``. ``key`` gives the sort values.
    """
    backwards = cursor is not None and cursor.backwards
    more = len(rows) > size
    items = list(rows[:size])
    if backwards:
        items.reverse()
    has_previous = more if backwards else cursor is not None
    has_next = True if backwards else more
    if not items:
        return Page(items, total=total)
    return Page(
        items,
        next_cursor=Cursor(key(items[-1])).encode() if has_next else None,
        previous_cursor=Cursor(key(items[0]), backwards=True).encode() if has_previous else None,
        total=total,
    )


def url_with(**changes: str | int | None) -> str:
    """Return the address of the current page with some query values changed; None takes one away.

    Any change but of ``cursor`` itself starts again at the first page.
    """
    values: dict[str, list[str]] = {name: request.args.getlist(name) for name in request.args}
    values.pop("cursor", None)
    for name, value in changes.items():
        values.pop(name, None)
        if value is not None:
            values[name] = [str(value)]
    path = dict(request.view_args or {})
    return url_for(str(request.endpoint), _external=False, **{**values, **path})
