"""How a bench of the application runs: one engine a process, the collector as in the server, pages whole."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("KL_TEST_ENGINE", sys.argv[1] if len(sys.argv) > 1 else "sqlite")

from flask import Flask, g

from app import clock, create_app
from app.extensions import db
from tests.bench.measure import Measured, beside, write
from tests.cluster import Cluster
from tests.conftest import ENGINE, NOON, Browser, fill_template, settings_for


@contextmanager
def application(url: str, folder: Path) -> Iterator[Flask]:
    """The application at noon, on a filled database."""
    app = create_app(settings_for(url, folder))
    with app.app_context(), clock.frozen(NOON):
        yield app
        db.session.remove()
        db.engine.dispose()


def page(browser: Browser, path: str) -> Callable[[], None]:
    """Ask for a page as the first one of a request, and get it."""

    def ask() -> None:
        vars(g._get_current_object()).clear()
        db.session.remove()
        answer = browser.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    return ask


def each(size: int, acts: dict[str, Callable[[], object]], bare: Callable[[], object]) -> list[Measured]:
    """Every act beside the bare thing."""
    return [beside(ENGINE, size, name, act, bare, rounds=3) for name, act in acts.items()]


def main(name: str, sizes: Sequence[int], run: Callable[[str, Path, int], list[Measured]]) -> int:
    """Run each size on a filled database of its own; results/<name>.json holds what came out."""
    cluster = Cluster.start() if ENGINE == "postgresql" else None
    found: list[Measured] = []
    try:
        for size in sizes:
            with tempfile.TemporaryDirectory(prefix="kl-bench-") as temporary:
                folder = Path(temporary)
                url = (
                    cluster.create_database(f"bench_{size}")
                    if cluster
                    else f"sqlite:///{folder / 'bench.db'}"
                )
                fill_template(url, folder)
                found += run(url, folder, size)
    finally:
        if cluster:
            cluster.stop()
    write(name, found)
    return 0
