"""Every rule of the migrated database, as text: CHECK, EXCLUDE, UNIQUE, foreign key, trigger, and what of
indexes alembic does not compare: conditions and expressions.

Alembic's drift check sees none of the CHECKs and triggers, so they stand written down beside this file.
After a migration that changes them on purpose::

    python -m tests.migrations.schema --write
"""

from __future__ import annotations

import difflib
import re
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa

FOLDER = Path(__file__).resolve().parent
CHECK = re.compile(r"CONSTRAINT \"?(\w+)\"? CHECK (\(.*\))", re.DOTALL)


def words(text: str) -> str:
    return " ".join(text.split())


def written(engine: str) -> Path:
    """Where the rules of `engine` ("sqlite", "postgresql") are written down."""
    return FOLDER / f"schema.{engine}.txt"


def describe(connection: sa.Connection) -> str:
    """The rules of the database, a line each, in order."""
    lines = sqlite_rules(connection) if connection.dialect.name == "sqlite" else postgresql_rules(connection)
    return "\n".join(sorted(lines)) + "\n"


def _parts(sql: str) -> list[str]:
    """What stands between the outer commas of CREATE TABLE (…)."""
    body, depth, quoted, parts, current = sql[sql.index("(") + 1 : sql.rindex(")")], 0, False, [], ""
    for letter in body:
        quoted ^= letter == "'"
        depth += (not quoted) * ((letter == "(") - (letter == ")"))
        if letter == "," and not depth and not quoted:
            parts.append(current)
            current = ""
        else:
            current += letter
    return [words(part) for part in [*parts, current]]


def sqlite_rules(connection: sa.Connection) -> list[str]:
    lines = []
    objects = connection.exec_driver_sql(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
    )
    for kind, name, table, sql in objects.all():
        if kind == "table":
            lines += [f"{name}: {part}" for part in _parts(sql) if part.startswith("CONSTRAINT ")]
            lines += [
                f"{name}: column {part}"
                for part in _parts(sql)
                if not part.startswith(("CONSTRAINT ", "PRIMARY KEY"))
            ]
        elif kind == "trigger" or " WHERE " in sql or "UNIQUE" in sql or sql.count("(") > 1:
            lines.append(f"{table}: {words(sql)}")
    return lines


def postgresql_rules(connection: sa.Connection) -> list[str]:
    def ask(query: str) -> list[str]:
        return [words(line) for line in connection.scalars(sa.text(query)).all()]

    return [
        *ask(
            "SELECT c.relname || ': CONSTRAINT ' || k.conname || ' ' || pg_get_constraintdef(k.oid)"
            " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
            " WHERE k.connamespace = 'public'::regnamespace AND k.contype <> 'n'"
            " AND c.relname <> 'alembic_version'"
        ),
        *ask(
            "SELECT tablename || ': ' || indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND (indexdef LIKE '% WHERE %' OR indexdef LIKE 'CREATE UNIQUE INDEX uq%'"
            "  OR indexdef LIKE '%(%(%')"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ),
        *ask(
            "SELECT c.relname || ': ' || pg_get_triggerdef(t.oid) FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
        ),
        *ask(
            "SELECT 'function ' || p.proname || ': ' || pg_get_functiondef(p.oid) FROM pg_proc p"
            " WHERE p.pronamespace = 'public'::regnamespace"
        ),
        *ask(
            "SELECT table_name || ': column ' || column_name || ' ' || data_type"
            " || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END"
            " || coalesce(' GENERATED ALWAYS AS ' || generation_expression, '')"
            " FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
        ),
    ]


def difference(engine: str, now: str) -> str:
    """What changed against the file, as a diff; empty when nothing did."""
    path = written(engine)
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return "\n".join(difflib.unified_diff(before, now.splitlines(), path.name, "database", lineterm="", n=0))


def describe_migrated(url: str) -> str:
    """Migrate the empty database at `url` and describe it."""
    from app.extensions import db
    from tests.migrations.database import application, up

    with tempfile.TemporaryDirectory() as folder, application(url, Path(folder)):
        up()
        with db.engine.connect() as connection:
            return describe(connection)


def main(arguments: list[str]) -> int:
    """Show what differs on both engines; with --write, write the files anew."""
    from tests.cluster import Cluster

    differs = False
    with tempfile.TemporaryDirectory() as folder:
        now = {"sqlite": describe_migrated(f"sqlite:///{folder}/empty.db")}
    cluster = Cluster.start()
    try:
        now["postgresql"] = describe_migrated(cluster.create_database("empty"))
    finally:
        cluster.stop()
    for engine, text in now.items():
        shown = difference(engine, text)
        differs = differs or bool(shown)
        print(shown or f"{written(engine).name}: nothing changed")
        if "--write" in arguments:
            written(engine).write_text(text, encoding="utf-8")
    return int(differs and "--write" not in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
