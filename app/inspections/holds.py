"""What keeps the record of a unit (by the key of its inspected unit), or a scope item, as it is.

holds.add(kept_by_a_notice)                    # in a feature's setup
holds.ask_free(finding.inspected_unit_id)      # before an edit; raises Conflict with the reason
holds.add_item(kept_by_an_answer)              # the same for what is to be asked of another unit
holds.ask_item_free(scope_item_id)

And what is asked, or must follow, when contents are taken out of a decided case:

holds.add_to_scope(kept_by_findings)           # before: scope items that leave the case whole
holds.follow_split(copy_answers)               # after: a scope item goes on as several
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from app.holds import Holds

_holds = Holds[int]()
add, ask_free = _holds.add, _holds.ask_free

_scope = Holds[Collection[int]]()
add_to_scope, ask_scope_free = _scope.add, _scope.ask_free
_items = Holds[int]()
add_item, ask_item_free = _items.add, _items.ask_free

Split = Callable[[Mapping[int, int]], None]
"""New scope item → the one that it was cut out of."""

_splits: dict[str, Split] = {}


def follow_split(follow: Split) -> None:
    """Let `follow` carry over what it keeps about a scope item to the pieces that it goes on as."""
    _splits[f"{follow.__module__}.{follow.__qualname__}"] = follow


def split(origins: Mapping[int, int]) -> None:
    """Scope items were cut out of others."""
    for follow in _splits.values():
        if origins:
            follow(origins)
