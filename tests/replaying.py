"""What a factory wrote is written again instead of being worked out again.

Hundreds of tests begin with the same case, made by the real services: two hundred questions and as many
lines of Python each. The first test of a process that calls a factory with the same arguments, in the same
state of the database, at the same moment, lets it work and keeps the INSERTs and UPDATEs; later ones execute
those alone, guards of the database included, and load what the factory gave. `make deep` never replays.

A state is known while nothing was written but by factories: the names of what they did say what it is.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa

from app import clock
from app.db import Base
from app.extensions import db
from tests.processes import DEEP

P = ParamSpec("P")
R = TypeVar("R")
Key = tuple[object, ...]
WRITES = ("INSERT", "UPDATE", "DELETE")


class Unknown(Exception):
    """An argument or a result that cannot be told apart, or found again, by what it says of itself."""


@dataclass
class Tape:
    """The writes of one call, in order; what it gave; where the counters stood after it."""

    writes: list[tuple[str, Any]] = field(default_factory=list)
    result: object = None
    counters: tuple[int, ...] = ()


@dataclass
class Test:
    """The running test: its connection, the calls that made the state (None: something else wrote too), and
    the tapes that are being made, outermost first."""

    connection: sa.Connection
    state: Key | None = ()
    recording: list[Tape] = field(default_factory=list)


COUNTERS: dict[str, itertools.count[int]] = {}
"""Numbers that factories give out; every test begins them anew."""
_first: dict[str, int] = {}
_tapes: dict[Key, Tape] = {}
_tests: list[Test] = []


def counter(name: str, first: int) -> Callable[[], int]:
    """A counter that begins at `first` in every test."""
    _first[name] = first
    COUNTERS[name] = itertools.count(first)
    return lambda: next(COUNTERS[name])


def _counted() -> tuple[int, ...]:
    return tuple(int(repr(COUNTERS[name])[6:-1]) for name in _first)


def _set_counters(values: Sequence[int]) -> None:
    COUNTERS.update({name: itertools.count(value) for name, value in zip(_first, values, strict=True)})


def begin(connection: sa.Connection) -> None:
    """A test begins on `connection`: the database is as every test finds it."""
    _set_counters(list(_first.values()))
    _tests.append(Test(connection))
    sa.event.listen(connection, "after_cursor_execute", _wrote)


def end() -> None:
    _tests.pop()


def _wrote(
    _conn: sa.Connection, _cursor: object, statement: str, parameters: object, _context: object, _many: bool
) -> None:
    if statement.lstrip()[:6].upper() not in WRITES:
        return
    test = _tests[-1]
    test.state = None
    for tape in test.recording:
        tape.writes.append((statement, parameters))


def replayed(factory: Callable[P, R]) -> Callable[P, R]:
    """Let `factory` (rows in, rows out, committed after it) work once for each state it is called in."""

    @functools.wraps(factory)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _tests:
            return factory(*args, **kwargs)
        test = _tests[-1]
        db.session.commit()
        asked = _asked(factory, args, kwargs)
        if DEEP or test.state is None or asked is None:
            result = factory(*args, **kwargs)
            db.session.commit()
            return result
        key = (test.state, asked, clock.now(), _counted())
        tape = _tapes.get(key)
        result = _play(test, tape) if tape else _record(test, key, lambda: factory(*args, **kwargs))
        test.state = (hash(key),)
        return result

    return call


def _asked(factory: Callable[..., object], args: object, kwargs: object) -> Key | None:
    try:
        return factory.__module__, factory.__qualname__, named(args), named(kwargs)
    except Unknown:
        return None


def _record(test: Test, key: Key, work: Callable[[], R]) -> R:
    tape = Tape()
    test.recording.append(tape)
    try:
        result = work()
        db.session.commit()
    finally:
        test.recording.pop()
    try:
        tape.result, tape.counters = named(result), _counted()
        _tapes[key] = tape
    except Unknown:
        pass
    return result


def _play(test: Test, tape: Tape) -> Any:
    for statement, parameters in tape.writes:
        test.connection.exec_driver_sql(statement, parameters).close()
    _set_counters(tape.counters)
    db.session.expire_all()
    return found(tape.result)


@dataclass(frozen=True)
class Row:
    """A row by its kind and key."""

    kind: type[Base]
    identity: object


def named(value: object) -> Any:
    """`value` so that equal things are equal in another test: rows by kind and key. Raises Unknown."""
    if isinstance(value, Base):
        identity = sa.inspect(value, raiseerr=True).identity
        if identity is None:
            raise Unknown
        return Row(type(value), identity)
    if value is None or isinstance(value, str | int | float | bytes | date):
        return value
    if isinstance(value, Mapping):
        return tuple((key, named(item)) for key, item in sorted(value.items()))
    if isinstance(value, list | tuple):
        return (type(value), *(named(item) for item in value))
    raise Unknown


def found(value: Any) -> Any:
    """What `named` spoke of, loaded in this test."""
    if isinstance(value, Row):
        return db.session.get_one(value.kind, value.identity)
    if isinstance(value, tuple) and value and value[0] in (list, tuple):
        return value[0](found(item) for item in value[1:])
    return value
