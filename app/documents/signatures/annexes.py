"""An annex in a file of its own: the office signs each (NĐ 30/2020 Phụ lục I mục II.8).

No picture: at the top right of the first page stand number and symbol of the paper and the time of signing,
Times New Roman 10, upright, black.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.documents import rendering
from app.documents.rendering import SignatureBox
from app.documents.signatures import appearance, places, signing
from app.documents.signatures.appearance import Look
from app.documents.signatures.revocation import Sources
from app.documents.signatures.signers import Identity
from app.errors import WrongState

WIDE, HIGH = 190.0, 26.0
"""Points: two lines of 10 pt."""
RIGHT, TOP = 15 / 25.4 * 72, 6 / 25.4 * 72
"""From the edges of the page: the right margin of the text, and above its top margin."""


def sign_annex(
    pdf: bytes,
    number_and_symbol: str,
    office: Identity,
    *,
    at: datetime,
    timestamper: Any | None = None,
    sources: Sources | None = None,
) -> bytes:
    """The annex of paper “45/TB-SNV” with the office's signature. Raises WrongState without a key of it."""
    if office.key is None:
        raise WrongState(f"Máy chủ không có khóa ký của {office.name}.")
    with rendering.opened(pdf) as document:
        width, height = document[0].get_size()
    box = SignatureBox(1, width - RIGHT - WIDE, height - TOP - HIGH, width - RIGHT, height - TOP)
    prepared = places.prepare(
        pdf, [places.Place(places.OFFICE, f"Chữ ký số của {office.name} trên phụ lục", box)]
    )
    look = Look(lines=(number_and_symbol, appearance.time_line(at)), trial=office.on_trial)
    wanted = signing.Wanted(places.OFFICE, box, look, "Phụ lục kèm theo văn bản", first=True)
    return signing.sign(prepared, wanted, office.key, at=at, timestamper=timestamper, sources=sources)
