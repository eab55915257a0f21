"""Way A: where the notice that eOffice issued has other words than the one that was prepared."""

from __future__ import annotations

from collections.abc import Sequence

from app.documents.chain import numbered
from app.documents.matching import EXTRA, Difference, match, squeeze
from app.documents.printed import table_heads
from app.documents.readback import ReadBack
from app.notices import texts
from app.notices.compose import compose
from app.notices.models import Notice
from app.notices.printed import prepared_texts
from app.notices.record import Record
from app.notices.services.bringing import editable_keys

MUCH_LONGER = 5


def whole_texts(
    notice: Notice, record: Record, found: Sequence[Difference]
) -> tuple[tuple[Difference, ...], ...]:
    """The differences gathered by text of the record, because `bring_in_line` takes whole texts.

    What no text of the record can take in (a cell, the head, words that were added) stands alone.
    """
    known = editable_keys(notice, record)
    groups: list[list[Difference]] = []
    by_key: dict[str, list[Difference]] = {}
    for difference in found:
        group = by_key.get(difference.key) if difference.key in known else None
        if group is None:
            group = by_key[difference.key] = []
            groups.append(group)
        group.append(difference)
    return tuple(tuple(group) for group in groups)


def issued_words(notice: Notice, record: Record, group: Sequence[Difference]) -> str:
    """The whole text with the issued words in place of those that differ, as far as they could be read."""
    piece = next((p for p in texts.pieces_of(notice, record) if p.key == group[0].key), None)
    if piece is None or piece.item is not None:
        return group[0].found or (piece.text if piece is not None else group[0].prepared)
    other = {squeeze(d.prepared): d.found for d in group if d.found and d.prepared}
    lines: list[str] = []
    for line in piece.lines:
        lines.append(other.get(squeeze(line), line))
        lines += [d.found for d in group if not d.prepared and squeeze(d.after) == squeeze(line)]
    return "\n".join(lines)


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
