"""Pages of stored papers as pictures; a file that cannot be opened (damaged, locked) has none."""

from __future__ import annotations

from app.documents import rendering
from app.documents.rendering import PageNotFound


def count_pages(pdf: bytes) -> int:
    """Number of pages; 0 when the file cannot be opened."""
    import pypdfium2

    try:
        return rendering.page_count(pdf)
    except pypdfium2.PdfiumError:
        return 0


def picture(pdf: bytes, page: int) -> bytes:
    """PNG of a page (from 1). Raises PageNotFound, also when the file cannot be opened."""
    import pypdfium2

    try:
        return rendering.preview_png(pdf, page)
    except pypdfium2.PdfiumError as error:
        raise PageNotFound(f"page {page}: {error}") from error


__all__ = ["PageNotFound", "count_pages", "picture"]
