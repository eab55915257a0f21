"""What happens around every request, whatever the feature."""

from __future__ import annotations

from flask import Flask, request

from app.extensions import db


def _read_only_transaction() -> None:
    """A GET asks SQLite for a reader's transaction, so that reading never waits for a writer."""
    if request.method not in ("GET", "HEAD") or request.endpoint in (None, "static"):
        return
    if not db.session().in_transaction():  # a test may have begun one
        connection = db.session.connection(execution_options={"reading": True})
        assert connection is not None


def register(app: Flask) -> None:
    """Attach to `app`."""
    app.before_request(_read_only_transaction)
