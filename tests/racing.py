"""Several people at one moment, each in a thread and a transaction of their own, and the database commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from flask import Flask

from app import clock
from app.errors import DomainError
from app.extensions import db
from tests.conftest import ENGINE, NOON

T = TypeVar("T")


def together(app: Flask, deeds: Sequence[Callable[[], None]], *, seconds: float = 60) -> None:
    """Run every deed in a thread of its own and wait for all; the connections are closed after."""
    threads = [threading.Thread(target=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def race(app: Flask, load: Callable[[], T], deeds: Sequence[Callable[[T], object]]) -> list[str]:
    """Do all `deeds` at once to what `load` gives; "done" or "refused" for each, sorted.

    Everybody has loaded before anybody acts, except on SQLite, which has one writer from the first read on.
    Whatever is no refusal is raised here.
    """
    gate, told, wrong = threading.Barrier(len(deeds)), list[str](), list[BaseException]()

    def act(deed: Callable[[T], object]) -> None:
        with app.app_context(), clock.frozen(NOON):
            try:
                loaded = load()
                if ENGINE == "postgresql":
                    gate.wait(30)
                deed(loaded)
                db.session.commit()
                told.append("done")
            except DomainError:
                told.append("refused")
            except BaseException as error:
                wrong.append(error)
            finally:
                db.session.remove()

    together(app, [partial(act, deed) for deed in deeds])
    if wrong:
        raise wrong[0]
    return sorted(told)
