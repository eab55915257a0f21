"""What every walk beside an oracle does: acts that both allow or both refuse; nothing is left afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import DomainError, constraint_of
from app.extensions import db


def agree(
    expected: bool,
    write: Callable[[], object],
    *refusals: type[DomainError],
    database: bool = False,
) -> bool:
    """The product refuses what the oracle refuses, always in words. Returns whether it was done.

    By one of `refusals`, or, where writes go around the service (`database`), by a named rule of it.
    """
    try:
        with db.session.begin_nested():
            write()
        done = True
    except refusals as error:
        assert error.message
        done = False
    except IntegrityError as error:
        assert database and constraint_of(error) is not None, error
        done = False
    assert done is expected
    return done


@contextmanager
def forgotten(session: Session) -> Iterator[None]:
    """Whatever a walk does inside has not happened afterwards."""
    outer = session.begin_nested()
    try:
        yield
    finally:
        outer.rollback()
        session.expire_all()
