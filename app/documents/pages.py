"""Pages of stored papers as pictures; a file that cannot be opened (damaged, locked) has none."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from app.documents import rendering
from app.documents.rendering import PageNotFound
from app.vietnamese import nfc


def count_pages(pdf: bytes) -> int:
    """Number of pages; 0 when the file cannot be opened."""
    import pypdfium2

    try:
        return rendering.page_count(pdf)
    except pypdfium2.PdfiumError:
        return 0


def joined(pdfs: Iterable[bytes], *, two_sided: bool) -> bytes:
    """One file of many for the printer, in their order.

    `two_sided`: an empty page follows a paper of an odd number of pages, so that each begins on a new sheet.
    A file that cannot be opened raises ValueError with its place, from 1.
    """
    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    try:
        for place, pdf in enumerate(pdfs, 1):
            try:
                with rendering.opened(pdf) as document:
                    whole.import_pages(document)
                    many, size = len(document), document[len(document) - 1].get_size()
            except pypdfium2.PdfiumError as error:
                raise ValueError(f"file {place}: {error}") from error
            if two_sided and many % 2:
                whole.new_page(*size)
        buffer = io.BytesIO()
        whole.save(buffer)
        return buffer.getvalue()
    finally:
        whole.close()


def picture(pdf: bytes, page: int) -> bytes:
    """PNG of a page (from 1). Raises PageNotFound, also when the file cannot be opened."""
    import pypdfium2

    try:
        return rendering.preview_png(pdf, page)
    except pypdfium2.PdfiumError as error:
        raise PageNotFound(f"page {page}: {error}") from error


def texts(pdf: bytes, *, most: int) -> list[str]:
    """The words of each page with single spaces; of at most `most` pages, none when it can't be opened."""
    import pypdfium2

    try:
        with rendering.opened(pdf) as document:
            return [_words(document[place]) for place in range(min(len(document), most))]
    except pypdfium2.PdfiumError:
        return []


def _words(page: Any) -> str:
    text = page.get_textpage()
    try:
        return nfc(" ".join(str(text.get_text_bounded()).split()))
    finally:
        text.close()


def look_alike(one: bytes, other: bytes, page: int, *, scale: float) -> bool:
    """Whether two files look the same on a page (from 1), at `scale` dots per point.

    A page of another size, or that cannot be drawn, does not.
    """
    import pypdfium2

    try:
        with rendering.opened(one) as first, rendering.opened(other) as second:
            both = [document[page - 1] for document in (first, second)]
            if both[0].get_size() != both[1].get_size():  # a page of a hundred metres would be drawn first
                return False
            drawn = [each.render(scale=scale).to_pil() for each in both]
    except pypdfium2.PdfiumError:
        return False
    return bool(drawn[0].size == drawn[1].size and drawn[0].tobytes() == drawn[1].tobytes())


__all__ = ["PageNotFound", "count_pages", "joined", "look_alike", "picture", "texts"]
