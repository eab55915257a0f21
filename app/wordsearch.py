"""Search without marks: every word typed begins a word of the row, as officials type “long thanh”.

Short lists are read through (`words_in`). Tables that grow keep an index of words, which the database itself
holds true: on SQLite an FTS5 table beside the table, kept by triggers; on PostgreSQL a GIN index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.vietnamese import search_key

TYPED = 200
"""Letters of what is typed that count."""
INDEXED = ("task", "finding")
"""Tables with an index of the words in their column `search`."""
Held = Callable[[Any], sa.ColumnElement[bool]]
Beside = Callable[[Held], sa.ColumnElement[bool]]
_TOKEN = re.compile(r"[^\W_]+")


def vector(table: str) -> str:
    """What PostgreSQL indexes: letters and digits alone make words, as on SQLite; endless texts are cut."""
    cut = f'"left"({table}search, 200000)'
    return f"to_tsvector('simple'::regconfig, regexp_replace({cut}, '[^[:alnum:]]+', ' ', 'g'))"


def index_of_words(table: str) -> sa.Index:
    """The index of a table of `INDEXED` on PostgreSQL; on SQLite migration 0056 makes a table of words."""
    options: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": "off"}}
    return sa.Index(f"ix_{table}_words", sa.text(vector("")), **options).ddl_if(dialect="postgresql")


def is_model_table(_item: object, name: str | None, kind: str, *_compared: object) -> bool:
    """For alembic: the tables of words on SQLite belong to no model."""
    return kind != "table" or name is None or not re.match(rf"({'|'.join(INDEXED)})_words(_|$)", name)


def words_in(column: Any, text: str) -> list[sa.ColumnElement[bool]]:
    """Every word of `text`, typed with or without marks, begins a word of the search column: reads it all."""
    spaced = sa.literal(" ") + column
    return [spaced.contains(f" {word}", autoescape=True) for word in _words(text)]


def found(kind: Any, text: str, beside: Beside | None = None) -> sa.ColumnElement[bool]:
    """Rows of an indexed model of which every word of `text` begins a word; every row when nothing is typed.

    `beside(held)` is another place for a word, which an index finds: rows of which `held(column)` is so of a
    column elsewhere, as the name of who heads the unit. Some words may stand in the row and some there.
    """
    words = _words(text)
    if not words:
        return sa.true()
    within = _indexed(kind, words)
    if beside is None:
        return within

    def one_of(asked: Sequence[str]) -> sa.ColumnElement[bool]:
        return beside(lambda column: sa.or_(*(sa.and_(*words_in(column, word)) for word in asked)))

    each = (sa.or_(one_of([word]), *words_in(kind.search, word)) for word in words)
    here, there = (
        sa.select(kind.id).where(*which).correlate(None) for which in ([within], [one_of(words), *each])
    )
    return sa.type_coerce(kind.id, sa.BigInteger).in_(sa.union(here, there))


def _words(text: str) -> list[str]:
    return search_key(text[:TYPED]).split()


def _indexed(kind: Any, words: list[str]) -> sa.ColumnElement[bool]:
    table = kind.__tablename__
    assert table in INDEXED, table
    asked = [tokens for word in words if (tokens := _TOKEN.findall(word))]
    if not asked:  # signs alone are in no index
        return sa.false()
    if db.session.get_bind().dialect.name == "postgresql":
        query = " & ".join(f"({' <-> '.join(tokens)}:*)" for tokens in asked)
        words_of_row: sa.ColumnElement[Any] = sa.literal_column(vector(f"{table}."))
        return words_of_row.bool_op("@@")(sa.func.to_tsquery(sa.literal_column("'simple'::regconfig"), query))
    query = " ".join(f'"{" ".join(tokens)}" *' for tokens in asked)
    name = f"{table}_words"
    matches = sa.text(f"{name} MATCH :asked").bindparams(sa.bindparam("asked", query, unique=True))
    rows = sa.select(sa.literal_column("rowid", sa.Integer)).select_from(sa.text(name)).where(matches)
    return sa.type_coerce(kind.id, sa.Integer).in_(rows)
