"""What keeps the record of a unit (by the key of its inspected unit) as it is.

holds.add(kept_by_a_notice)                    # in a feature's setup
holds.ask_free(finding.inspected_unit_id)      # before an edit; raises Conflict with the reason
"""

from __future__ import annotations

from app.holds import Holds

_holds = Holds[int]()
add, ask_free = _holds.add, _holds.ask_free
