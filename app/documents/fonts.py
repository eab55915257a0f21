"""Check at start that documents come out in a Times face with every Vietnamese letter.

A missing face is silent otherwise: the text engine takes another font, line ends move and the paper is no
longer what NĐ 30/2020 asks for. (Debian's old `fonts-liberation` 1.x lacks 92 of the Vietnamese letters.)
"""

from __future__ import annotations

import itertools
import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.documents.layout import FACES
from app.documents.rendering import lay_out_html

WEIGHTS = ("normal", "bold")
STYLES = ("normal", "italic")
_BASES = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VOWELS = "aăâeêioôơuưy"


class FontError(RuntimeError):
    """The fonts of this machine cannot set a Vietnamese official document."""


def vietnamese_letters() -> str:
    """Every letter of Vietnamese, small and capital, in NFC: vowels in six tones, đ, the consonants."""
    toned = (unicodedata.normalize("NFC", vowel + tone) for vowel, tone in itertools.product(_VOWELS, _TONES))
    small = sorted({*_BASES, *toned})
    return "".join(small) + "".join(letter.upper() for letter in small)


def check_fonts(family: str = '"Times New Roman", "Liberation Serif"') -> None:
    """Set all letters in four styles and look at the fonts used; raises FontError naming what is missing."""
    letters = vietnamese_letters()
    wanted = letters + "0123456789.,;:/()-–%"
    styles = [f"font-weight:{weight};font-style:{style}" for weight in WEIGHTS for style in STYLES]
    for style in styles:
        html = f'<html lang="vi"><title>Font</title><p style="{style}">{" ".join(wanted)}</p></html>'
        used = _used_fonts(html, f"html{{font-family:{family}}}")
        foreign = sorted(name for name in used if not name.startswith(FACES))
        if foreign or not used:
            raise FontError(
                "Thiếu phông chữ cho văn bản: không đủ chữ tiếng Việt của Times New Roman hoặc "
                f"Liberation Serif 2 ({style}; đang dùng: {', '.join(foreign) or 'không có'}). "
                "Cài gói fonts-liberation2 (Debian 12) hoặc fonts-liberation 2.x. / "
                "The installed Times face lacks Vietnamese glyphs; install fonts-liberation2."
            )


def _used_fonts(html: str, style: str) -> set[str]:
    """Family names of the fonts that a PDF of this page embeds, and what none of them can draw."""
    found: set[str] = set()

    def look(_document: object, pdf: Any) -> None:
        found.update(_base_fonts(pdf))

    with _missing_glyphs() as missing:
        lay_out_html(html, [style]).write_pdf(finisher=look)
    return found | missing


@contextmanager
def _missing_glyphs() -> Iterator[set[str]]:
    """Collect what no font at all can draw; WeasyPrint only logs it."""
    missing: set[str] = set()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if ".notdef" in record.getMessage():
                missing.add(f"không có chữ {record.getMessage().rsplit('(', 1)[-1].rstrip(')')}")

    logger, collector = logging.getLogger("weasyprint"), Collector()
    logger.addHandler(collector)
    try:
        yield missing
    finally:
        logger.removeHandler(collector)


def _base_fonts(pdf: Any) -> Iterator[str]:
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Type") == "/Font" and "BaseFont" in item:
            raw = item["BaseFont"]
            name = (raw.decode() if isinstance(raw, bytes) else str(raw)).lstrip("/")
            yield re.sub(r"^[A-Z]{6}\+", "", name).replace("-", " ").replace("#20", " ")
