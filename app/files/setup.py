"""What files give to the pages: a shelf for uploads of forms that come back."""

from __future__ import annotations

from flask import Flask

from app.files.held import held
from app.files.store import store
from app.web import uploads


def register(_app: Flask) -> None:
    """Open the shelf beside the store."""
    held.open(store.folder.parent / "held", store.max_bytes)
    uploads.hold_on(held)
