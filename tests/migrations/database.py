"""Empty and filled databases for the tests of migrations, on the engine of this run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from app import create_app
from app.extensions import db
from tests.conftest import ROOT, settings_for

MIGRATIONS = ROOT / "migrations"


@contextmanager
def application(url: str, folder: Path) -> Iterator[Flask]:
    """An application on the database `url` in its context; connections are closed afterwards."""
    app = create_app(settings_for(url, folder))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def go(direction: Callable[..., None], revision: str, folder: Path = MIGRATIONS) -> None:
    """Migrate the application's database up or down to `revision` (quietly: a failure raises SystemExit)."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    direction(directory=str(folder), revision=revision)


def up(revision: str = "head", folder: Path = MIGRATIONS) -> None:
    go(upgrade, revision, folder)


def down(revision: str = "base", folder: Path = MIGRATIONS) -> None:
    go(downgrade, revision, folder)


def rows(tables: list[sa.Table]) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the tables hold, in the order of their keys."""
    return {
        table.name: [tuple(row) for row in db.session.execute(sa.select(table).order_by(*table.primary_key))]
        for table in tables
    }
