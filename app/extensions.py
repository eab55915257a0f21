"""Flask extensions, made here and bound in `create_app`; and how each engine is spoken to."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from app import plans
from app.db import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate(directory=str(Path(__file__).resolve().parent.parent / "migrations"))
csrf = CSRFProtect()
babel = Babel()
bootstrap = Bootstrap5()
security = Security()
limiter = Limiter(get_remote_address, storage_uri="memory://")


def prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    """Pragmas of every SQLite connection. `recursive_triggers` makes the guards see INSERT OR REPLACE."""
    if not isinstance(dbapi_connection, sqlite3.Connection):
        return
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "busy_timeout=10000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_sqlite(connection: sa.Connection) -> None:
    """Writers take the lock at BEGIN, so that read-modify-write is never lost; readers say so."""
    if connection.dialect.name == "sqlite":
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def watch_engine(engine: sa.Engine) -> None:
    """Attach the rules of its kind to an engine."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", prepare_sqlite)
        sa.event.listen(engine, "begin", begin_sqlite)
    else:
        sa.event.listen(engine, "do_connect", plans.connect)
