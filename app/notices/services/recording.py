"""Way A: where the notice that eOffice issued has other words than the one that was prepared."""

from __future__ import annotations

from app.documents.chain import numbered
from app.documents.matching import EXTRA, Difference, match
from app.documents.printed import table_heads
from app.documents.readback import ReadBack
from app.notices import texts
from app.notices.compose import compose
from app.notices.models import Notice
from app.notices.printed import prepared_texts
from app.notices.record import Record

MUCH_LONGER = 5


def compare(notice: Notice, record: Record, back: ReadBack) -> tuple[Difference, ...]:
    """Where the issued paper differs, both ways: every text and cell, and what was added to them.

    Number and date are those that the paper carries: whoever records it confirms them one by one.
    """
    content = compose(notice, record)
    if back.number is not None and back.symbol and back.issued_on is not None:
        content = numbered(content, back.number, back.symbol, back.issued_on)
    prepared = prepared_texts(content, texts.pieces_of(notice, record), record)
    if len(back.text) > MUCH_LONGER * sum(len(piece.text) for piece in prepared):
        return (Difference(EXTRA, "Toàn văn", content.subject, "Tệp dài hơn nhiều bản đã chuẩn bị"),)
    matched = match(prepared, back.text)
    return (*matched.differences(), *matched.additions(table_heads(content)))
