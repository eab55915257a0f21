"""Filters of the follow-up table that a person keeps under a name of their own; opening one is its address.

They are a person's own bookmarks and change nothing of any case, so the event chain holds nothing of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from app.errors import Conflict, DomainError, NotFound
from app.extensions import db
from app.followup.filters import NAMES
from app.followup.models import SavedFilter
from app.policy import Actor
from app.vietnamese import count, one_line, sort_key

MOST = 30
LONGEST = 1000
"""Characters of an address, in which a letter with its marks takes nine."""


def address_of(args: Mapping[str, str]) -> str:
    """The filters and columns among the words of an address, in one order; "" when nothing is narrowed."""
    return urlencode([(name, args[name][:200]) for name in (*NAMES, "columns") if args.get(name)])


def arguments_of(address: str) -> dict[str, Any]:
    """The same, as the table takes them."""
    return dict(parse_qsl(address))


def list_saved(actor: Actor) -> Sequence[SavedFilter]:
    """The actor's own, in Vietnamese order of names."""
    rows = db.session.scalars(sa.select(SavedFilter).where(SavedFilter.person_id == actor.person_id))
    return sorted(rows, key=lambda row: sort_key(row.name))


def get_saved(actor: Actor, saved_filter_id: int) -> SavedFilter:
    """One of the actor's own. Raises NotFound."""
    found = db.session.get(SavedFilter, saved_filter_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFound()
    return found


def save(name: str, args: Mapping[str, str], *, opens: bool, actor: Actor) -> SavedFilter:
    """Keep the filters of an address. Raises DomainError (no filter), Conflict (name taken, too many)."""
    address = address_of(args)
    if not address:
        raise DomainError("Chọn điều kiện lọc trước khi lưu bộ lọc.")
    if len(address) > LONGEST:
        raise DomainError("Chữ cần tìm quá dài để lưu thành bộ lọc. Rút ngắn rồi lưu lại.")
    if len(list_saved(actor)) >= MOST:
        raise Conflict(f"Mỗi người lưu tối đa {count(MOST)} bộ lọc. Xóa bộ lọc không dùng.")
    made = SavedFilter(person_id=actor.person_id, name="", address=address)
    _set(made, name, opens=opens, actor=actor)
    return made


def change(saved: SavedFilter, name: str, *, opens: bool, actor: Actor) -> None:
    """Another name, or whether the table opens with it. Raises Conflict (name taken)."""
    _set(saved, name, opens=opens, actor=actor)


def _set(saved: SavedFilter, name: str, *, opens: bool, actor: Actor) -> None:
    name = one_line(name)
    others = [row for row in list_saved(actor) if row is not saved]
    if any(row.name == name for row in others):
        raise Conflict("Đã có bộ lọc mang tên này. Đặt tên khác.", field="name")
    if opens:
        for row in others:
            row.opens = False
        db.session.flush()  # the one before gives way first
    saved.name, saved.opens = name, opens
    db.session.add(saved)
    db.session.flush()


def remove(saved: SavedFilter) -> None:
    """It is gone; the table and its lines stay as they are."""
    db.session.delete(saved)
    db.session.flush()
