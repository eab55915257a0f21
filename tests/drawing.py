"""The very same paper is drawn once in a `make test`, else once in a process: drawing takes a while."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path
from typing import Any

from app.documents.content import OfficialDocument
from app.documents.rendering import RenderedPdf, render_pdf

_drawn: dict[str, RenderedPdf] = {}
_shelf = os.environ.get("KL_TEST_DRAWN")
"""A folder for what is drawn, emptied before each `make test`."""


def draw_once(document: OfficialDocument, **given: Any) -> RenderedPdf:
    """What `rendering.render_pdf` draws of this content, given the same."""
    content = hashlib.sha256(repr((document, sorted(given.items()))).encode()).hexdigest()
    if content not in _drawn:
        kept = Path(_shelf, content) if _shelf else None
        if kept is not None and kept.exists():
            _drawn[content] = pickle.loads(kept.read_bytes())
        else:
            _drawn[content] = render_pdf(document, **given)
            if kept is not None:
                half = kept.with_suffix(f".{os.getpid()}")
                half.write_bytes(pickle.dumps(_drawn[content]))
                half.rename(kept)
    return _drawn[content]
