"""What keeps the record of a unit as it is: asked by features that edit it, answered by those above them.

holds.add(kept_by_a_notice)                    # in a feature's setup
holds.ask_free(finding.inspected_unit_id)      # before an edit; raises Conflict with the reason
"""

from __future__ import annotations

from collections.abc import Callable

from app.errors import Conflict

Hold = Callable[[int], str | None]
"""Why the record of this inspected unit may not change now; None when it may."""
_holds: dict[str, Hold] = {}


def add(hold: Hold) -> None:
    """Ask `hold` before every edit."""
    _holds[f"{hold.__module__}.{hold.__qualname__}"] = hold


def ask_free(inspected_unit_id: int) -> None:
    """Raise Conflict with the first reason why the record of this unit stands."""
    for hold in _holds.values():
        reason = hold(inspected_unit_id)
        if reason is not None:
            raise Conflict(reason)
