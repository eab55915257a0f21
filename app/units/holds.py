"""What relies on a recorded succession: holds.add(used_by_a_scope) in a setup, holds.ask_free(succession)."""

from __future__ import annotations

from app.holds import Holds
from app.units.models import Succession

_holds = Holds[Succession]()
add, ask_free = _holds.add, _holds.ask_free
