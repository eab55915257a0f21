"""What happens around every request, whatever the feature."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

from app.extensions import db

LARGEST_KEY = 2**63 - 1


class KeyConverter(IntegerConverter):
    """`<int:…>` of an address: only what a key can be, so that a longer number is 404 and not an overflow."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_KEY, **kwargs})


def _refuse_nul() -> None:
    """No text holds U+0000, which PostgreSQL cannot store."""
    given = [*request.args.items(multi=True), *request.form.items(multi=True)]
    if "\x00" in request.path or any("\x00" in text for pair in given for text in pair):
        abort(400)


def _read_only_transaction() -> None:
    """A GET asks SQLite for a reader's transaction, so that reading never waits for a writer."""
    if request.method not in ("GET", "HEAD") or request.endpoint in (None, "static"):
        return
    if not db.session().in_transaction():  # a test may have begun one
        connection = db.session.connection(execution_options={"reading": True})
        assert connection is not None


def register(app: Flask) -> None:
    """Attach to `app`, before any address is added."""
    app.url_map.converters["int"] = KeyConverter
    app.before_request(_refuse_nul)
    app.before_request(_read_only_transaction)
