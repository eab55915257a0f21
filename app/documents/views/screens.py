"""The one set of screens by which a paper goes through the chain, put at the addresses of a desk."""

from __future__ import annotations

from app.documents.views.acting import add_acts
from app.documents.views.desk import C, Desk
from app.documents.views.recording import add_recording
from app.documents.views.returning import add_word
from app.documents.views.showing import add_previews


def furnish(desk: Desk[C]) -> None:
    """Preview, slip, Word, every act, the recording of what was issued elsewhere."""
    add_previews(desk)
    add_word(desk)
    add_acts(desk)
    add_recording(desk)
