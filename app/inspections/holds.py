"""What keeps the record of a unit (by the key of its inspected unit), or a scope item, as it is.

holds.add(kept_by_a_notice)                    # in a feature's setup
holds.ask_free(finding.inspected_unit_id)      # before an edit; raises Conflict with the reason
holds.add_item(kept_by_an_answer)              # the same for what is to be asked of another unit
holds.ask_item_free(scope_item_id)
"""

from __future__ import annotations

from app.holds import Holds

_holds = Holds[int]()
add, ask_free = _holds.add, _holds.ask_free
_items = Holds[int]()
add_item, ask_item_free = _items.add, _items.ask_free
