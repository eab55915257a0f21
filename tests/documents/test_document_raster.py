"""What the eye sees: pages as pixels by pdfium, beside the same letters as FreeType sets them."""

from __future__ import annotations

import io
import subprocess
from functools import cache
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageStat

from app.documents.content import Paragraph, Run
from app.documents.fonts import vietnamese_letters
from app.documents.kinds import DocumentKind
from app.documents.rendering import list_drawn, load_sample
from tests.documents.paper import WHEN, notice
from tests.documents.spans import read
from tests.drawing import draw_once

pytestmark = pytest.mark.no_cover

HAIRLINES = "–—- \u2003\u00a0"
"""Strokes thinner than the pixels can judge, and spaces."""
ROUGH, FINE = (4, 0.12), (8, 0.06)
"""Pixels a point, and how much of the ink of a letter may differ there: other edges, not another mark."""
FACES = {
    "Liberation-Serif": "Regular",
    "Liberation-Serif-Bold": "Bold",
    "Liberation-Serif-Italic": "Italic",
    "Liberation-Serif-Bold-Italic": "Bold Italic",
}


@cache
def path_of(style: str) -> str:
    """The file of the face on this machine."""
    asked = ["fc-match", "-f", "%{file}", f"Liberation Serif:style={style}"]
    path = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert "LiberationSerif" in path
    return path


@cache
def font(face: str, pixels: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path_of(FACES[face]), pixels, layout_engine=ImageFont.Layout.BASIC)


def set_anew(page: Any, chars: list[dict[str, Any]], scale: int) -> Image.Image:
    """The page's letters at their places, without the product's PDF."""
    size = (round(float(page.width) * scale), round(float(page.height) * scale))
    picture = Image.new("L", size, 255)
    pen = ImageDraw.Draw(picture)
    for char in chars:
        left, base = char["matrix"][4], float(page.height) - char["matrix"][5]
        face = font(char["fontname"].split("+")[-1], round(char["size"], 2) * scale)
        pen.text((left * scale, base * scale), char["text"], font=face, fill=0, anchor="ls")
    return picture


def unlike(pdf: bytes, at: tuple[int, float], swap: dict[str, str] | None = None) -> dict[str, float]:
    """The characters whose picture is not that of their letter, and by how much of the ink."""
    (scale, most), wrong = at, {}
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        drawn = pypdfium2.PdfDocument(pdf)
        for number, page in enumerate(opened.pages):
            chars = [char for char in page.chars if char["text"].strip(HAIRLINES)]
            if swap:
                chars = [{**char, "text": swap.get(char["text"], char["text"])} for char in chars]
            theirs = drawn[number].render(scale=scale).to_pil().convert("L")
            ours = set_anew(page, chars, scale).crop((0, 0, *theirs.size))
            # edges may lie a pixel elsewhere: only ink away from any, and none in the middle of it, counts
            extra = ImageChops.subtract(ours.filter(ImageFilter.MinFilter(3)), theirs)
            lacking = ImageChops.subtract(theirs, ours.filter(ImageFilter.MaxFilter(3)))
            apart = ImageChops.add(extra, lacking)
            for char in chars:
                place = [round(scale * char[side]) for side in ("x0", "top", "x1", "bottom")]
                ink = ImageStat.Stat(ImageChops.invert(ours.crop(place))).sum[0]
                share = ImageStat.Stat(apart.crop(place)).sum[0] / ink if ink else 1.0
                if share > most:
                    wrong[char["text"]] = round(max(share, wrong.get(char["text"], 0)), 2)
        drawn.close()
    return wrong


def alphabet(*, bold: bool, italic: bool) -> bytes:
    block = Paragraph((Run(" ".join(vietnamese_letters()), bold=bold, italic=italic),))
    return draw_once(notice(blocks=(block,), annexes=()), created_at=WHEN).data


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("italic", [False, True])
def test_every_vietnamese_letter_is_on_the_page_as_the_font_draws_it(bold: bool, italic: bool) -> None:
    pdf = alphabet(bold=bold, italic=italic)
    face = list(FACES)[2 * italic + bold]
    found, _ = read(pdf).find(vietnamese_letters())
    assert found.fonts == {face}
    assert unlike(pdf, FINE) == {}


@pytest.mark.parametrize("kind", list_drawn())
def test_every_character_of_every_kind_looks_as_the_font_draws_it(kind: DocumentKind) -> None:
    assert unlike(draw_once(load_sample(kind), created_at=WHEN).data, ROUGH) == {}


def test_another_letter_another_mark_and_no_letter_at_all_are_told() -> None:
    """The comparison can fail."""
    swap = {"ả": "ã", "ề": "ế", "ạ": "a", "ơ": "o", "m": "\u2003", "Đ": "D", "ữ": "ử"}
    assert unlike(alphabet(bold=False, italic=False), FINE, swap).keys() >= set(swap.values())
