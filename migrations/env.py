"""How migrations run on either engine.

SQLite: foreign keys are off before BEGIN; every trigger is remembered and dropped, because a batch rebuild
drops a table's own triggers without a word and fails on others that read it; after the migration those it
did not replace come back; then `foreign_key_check`; then COMMIT. PostgreSQL: one transaction with a lock
timeout and an advisory lock, so that two deploys do not migrate at once.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text
from sqlalchemy.engine import Engine

from app.db import Base
from app.wordsearch import is_model_table

ADVISORY_LOCK = 7_230_451
DROPPED = "dropped_triggers"
"""Key in `connection.info`: names of triggers that a migration removed for good."""
SAVED = "saved_triggers"
"""Key in `connection.info`: name → statement of those that come back; going down, a migration puts the
earlier wording here, so that steps below it can still rebuild tables."""


def _engine() -> Engine:
    return current_app.extensions["migrate"].db.engine


def _triggers(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    )
    return {row[0]: row[1] for row in rows}


def _next_number(_context: object, _revision: object, directives: list[Any]) -> None:
    """New revisions get the next four-digit number."""
    script = context.script
    numbers = [int(revision.revision) for revision in script.walk_revisions()]
    for directive in directives:
        directive.rev_id = f"{max(numbers, default=0) + 1:04d}"


def _configure(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        process_revision_directives=_next_number,
        include_object=is_model_table,
    )


def _migrate_sqlite(connection: Connection) -> None:
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            saved = _triggers(connection)
            for name in saved:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            connection.info[DROPPED] = set()
            connection.info[SAVED] = saved
            _configure(connection)
            context.run_migrations()
            tables = {
                row[0]
                for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            present = _triggers(connection)
            for name, sql in saved.items():
                table = sql.split(" ON ", 1)[1].split()[0].strip('"')
                if name not in present and table in tables and name not in connection.info[DROPPED]:
                    connection.exec_driver_sql(sql)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"foreign keys broken by the migration: {broken[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _migrate_postgresql(connection: Connection) -> None:
    with connection.begin():
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        _configure(connection)
        context.run_migrations()


def run() -> None:
    """Migrate the configured database."""
    with _engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            _migrate_sqlite(connection)
        else:
            _migrate_postgresql(connection)


run()
