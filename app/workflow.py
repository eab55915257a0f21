"""Transitions: one function moves an object from state to state, and nothing else does.

A feature's `states.py` lists `Transition`s; `advance` finds the one that fits, asks the policy and the
conditions, sets the state and records the event. Anything else is refused with what to do instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import attributes, object_session

from app.audit import services as audit
from app.db import Base
from app.errors import WrongState
from app.policy import Action, Actor, Standing, authorise


class Stateful(Protocol):
    """A model with a state and an answer to what somebody is to it."""

    state: Any

    def standing_of(self, actor: Actor) -> frozenset[Standing]: ...


Condition = Callable[[Any], str | None]


def hold(obj: Stateful) -> None:
    """Take the row of `obj` until the transaction ends, and read its state as it stands now.

    Who came second meets the state that the first one left. A row not written yet has nobody else. What it
    `hangs_from` is taken first, so that two people never wait for each other.
    """
    above: Stateful | None = getattr(obj, "hangs_from", None)
    if above is not None:
        hold(above)
    known = sa.inspect(obj, raiseerr=False)
    if known is None or not known.persistent:
        return
    session = object_session(obj)
    assert session is not None
    kind: Any = type(obj)
    state = session.scalar(sa.select(kind.state).where(kind.id == known.identity[0]).with_for_update())
    attributes.set_committed_value(obj, "state", state)


@dataclass(frozen=True)
class Transition:
    """From any of `sources` by `verb` to `target`.

    `action` = the right needed (None: called only by a service above that has asked already).
    `conditions` return None or the Vietnamese sentence that says what is missing.
    """

    verb: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    event: str
    action: Action | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Table:
    """All transitions of one aggregate, and the Vietnamese names of its states."""

    name: str
    transitions: tuple[Transition, ...]
    labels: Mapping[StrEnum, str]

    def find(self, verb: str) -> Sequence[Transition]:
        return [transition for transition in self.transitions if transition.verb == verb]

    def possible(self, state: StrEnum) -> tuple[Transition, ...]:
        """Transitions that leave `state`."""
        return tuple(t for t in self.transitions if state in t.sources)


def advance(
    obj: Stateful,
    verb: str,
    table: Table,
    *,
    actor: Actor | None,
    about: tuple[Base, ...] = (),
    data: Mapping[str, object] | None = None,
    on_behalf_of: str | None = None,
) -> Transition:
    """Move `obj` by `verb`: check the state, the right and the conditions; set; record the event.

    `actor` None = the product itself (set-up, worker): rights are not asked, conditions are.
    Raises WrongState, Forbidden. The event is about `obj` and is seen on the timelines of `about`.
    """
    candidates = table.find(verb)
    if not candidates:
        raise KeyError(f"{table.name} has no transition {verb!r}")
    hold(obj)
    chosen = next((t for t in candidates if obj.state in t.sources), None)
    if chosen is None:
        raise WrongState(_wrong_state(obj.state, candidates, table))
    if chosen.action is not None:
        authorise(actor, chosen.action, obj)
    for condition in chosen.conditions:
        missing = condition(obj)
        if missing is not None:
            raise WrongState(missing)
    before = obj.state
    obj.state = chosen.target
    assert isinstance(obj, Base)
    audit.record(
        chosen.event,
        obj,
        *about,
        actor=actor,
        data={"from": str(before), "to": str(chosen.target), **(data or {})},
        on_behalf_of=on_behalf_of,
    )
    return chosen


def _wrong_state(state: StrEnum, candidates: Sequence[Transition], table: Table) -> str:
    needed = ", ".join(dict.fromkeys(f"“{table.labels[source]}”" for t in candidates for source in t.sources))
    return (
        f"Việc này chỉ thực hiện được ở trạng thái {needed}; hiện ở trạng thái “{table.labels[state]}”. "
        "Mở lại trang để xem trạng thái mới nhất."
    )
