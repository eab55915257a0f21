"""What relies on an entered conclusion, and who is told when its paper comes.

holds.add(followed_tasks)           # in a feature's setup: why it is not voided, None when it may be
holds.on_paper(deliver_to_units)    # is told of the conclusion and of who joined the paper
"""

from __future__ import annotations

from collections.abc import Callable

from app.holds import Holds
from app.policy import Actor
from app.register.models import Conclusion

_holds = Holds[Conclusion]()
add, ask_free = _holds.add, _holds.ask_free
_told: dict[str, Callable[[Conclusion, Actor], None]] = {}


def on_paper(listener: Callable[[Conclusion, Actor], None]) -> None:
    """Tell `listener` of every paper that is joined to a conclusion later, in the same transaction."""
    _told[f"{listener.__module__}.{listener.__qualname__}"] = listener


def tell_paper(conclusion: Conclusion, actor: Actor) -> None:
    """A paper was joined."""
    for listener in _told.values():
        listener(conclusion, actor)
