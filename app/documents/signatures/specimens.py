"""Pictures for the example and the tests: a drawn flourish and a round seal that says what it is."""

from __future__ import annotations

import io
from html import escape

from app.documents.rendering import draw_piece

SCALE = 4
"""Dots per point: about 290 dots per inch."""


def signature_picture() -> bytes:
    """A blue flourish on a transparent ground, nobody's: PNG."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60" viewBox="0 0 120 60" fill="none" '
        'stroke="#1a3fa0" stroke-width="1.6" stroke-linecap="round">'
        '<path d="M8 42 C20 8 30 6 28 24 C26 44 18 50 22 34 C28 14 44 18 42 32 C40 44 34 44 40 34 '
        'C48 22 54 24 54 34 C54 44 62 40 66 30 C72 16 78 14 76 28 C74 44 84 40 90 28 C96 18 104 22 112 12"/>'
        '<path d="M14 52 C44 46 78 48 108 44"/></svg>'
    )
    return _png(svg, 120, 60)


def seal_picture(office: str) -> bytes:
    """A red round seal, 36 mm across, with the word MẪU in its middle, on a transparent ground: PNG."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="102" height="102" viewBox="0 0 102 102" '
        'fill="none" stroke="#c00010">'
        '<circle cx="51" cy="51" r="49" stroke-width="2.2"/><circle cx="51" cy="51" r="34" stroke-width="1"/>'
        '<g fill="#c00010" stroke="none" font-family="Liberation Serif" text-anchor="middle">'
        f'<text x="51" y="50" font-size="13" font-weight="bold">MẪU</text>'
        f'<text x="51" y="62" font-size="7">{escape(office)}</text></g></svg>'
    )
    return _png(svg, 102, 102)


def _png(svg: str, width: int, height: int) -> bytes:
    import pypdfium2

    html = f'<html lang="vi"><title>Mẫu</title><body>{svg}</body></html>'
    style = (
        f"@page{{size:{width}pt {height}pt;margin:0}}body{{margin:0}}"
        f"svg{{width:{width}pt;height:{height}pt;display:block}}"
    )
    opened = pypdfium2.PdfDocument(draw_piece(html, [style]))
    try:
        drawn = opened[0].render(scale=SCALE, fill_color=(0, 0, 0, 0), maybe_alpha=True).to_pil()
        buffer = io.BytesIO()
        drawn.convert("RGBA").save(buffer, "PNG")
        return buffer.getvalue()
    finally:
        opened.close()
