"""How tests address the page of a group and post one of its rows."""

from __future__ import annotations

from typing import Any

from app.inspections.models import InspectedUnit, ScopeItem
from tests.conftest import Browser
from tests.factories import fieldwork


def address(unit: InspectedUnit, key: str = "MC-07", **query: object) -> str:
    """The page of the group to which a criterion belongs."""
    group_id = fieldwork.item(unit, key).criterion.group_id
    tail = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/inspected-units/{unit.id}/groups/{group_id}" + (f"?{tail}" if tail else "")


def form_of(item: ScopeItem) -> str:
    """Selector of the row's form."""
    return f"#nd-{item.id} form[data-row]"


def record(
    client: Browser, unit: InspectedUnit, key: str, data: dict[str, Any], *, expect: int = 303
) -> ScopeItem:
    """Open the page and send the row of `key`: names without their prefix, `new-…` for a new finding."""
    item = fieldwork.item(unit, key)
    client.get(address(unit, key, view="all"))
    named = {
        f"n{item.id}-{name[4:]}" if name.startswith("new-") else f"a{item.id}-{name}": value
        for name, value in data.items()
    }
    client.submit(form_of(item), named, expect=expect)
    return item
