"""How a signature looks on the page (NĐ 30/2020 Phụ lục I mục II.7d, II.8).

The leader's is the picture of the handwritten signature, blue, between post and name; the office's is its
seal at real size, red, over about a third of that picture. A separate annex carries text instead. Each is
drawn as a page of its own by the same engine as the paper, so that its letters are embedded and the paper
stays PDF/A.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from app.clock import VIETNAM
from app.documents.rendering import SignatureBox, draw_piece

SEAL_SHARE = 1 / 3
"""How much of the leader's picture the seal covers, from the left."""
SEAL_MM = 36.0
"""The round seal of an office: 36 mm across for a commune or a department."""
POINTS_PER_MM = 72 / 25.4
ON_TRIAL = "KÝ THỬ – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Look:
    """What is drawn: a PNG with a transparent ground, or lines of text; `trial` is written across."""

    picture: bytes | None = None
    lines: tuple[str, ...] = ()
    trial: bool = False
    color: str = "#000"

    def __post_init__(self) -> None:
        if self.picture is not None and not self.picture.startswith(_PNG):
            raise ValueError("the picture of a signature is a PNG with a transparent ground")


def picture_box(room: SignatureBox, picture: bytes | None) -> SignatureBox:
    """The leader's picture in the middle of the room between post and name, as wide as its height allows.

    Without a picture the whole room, for text.
    """
    if picture is None:
        return room
    wide, high = struct.unpack(">II", picture[16:24])
    width, height = room.right - room.left, room.top - room.bottom
    scale = min(width / wide, height / high)
    across, up = wide * scale / 2, high * scale / 2
    x, y = (room.left + room.right) / 2, (room.bottom + room.top) / 2
    return SignatureBox(room.page, x - across, y - up, x + across, y + up)


def seal_box(picture: SignatureBox, *, millimetres: float = SEAL_MM) -> SignatureBox:
    """Where the seal goes: at real size, over a third of the leader's picture, to its left, at its height."""
    side = millimetres * POINTS_PER_MM
    right = picture.left + (picture.right - picture.left) * SEAL_SHARE
    middle = (picture.bottom + picture.top) / 2
    return SignatureBox(picture.page, right - side, middle - side / 2, right, middle + side / 2)


def time_line(moment: datetime) -> str:
    """“2026-11-21T09:30:15+07:00”: the time zone of Việt Nam, ISO 8601, whole seconds."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")


def draw(look: Look, box: SignatureBox) -> bytes:
    """A page of the size of `box` that holds only the look."""
    width, height = round(box.right) - round(box.left), round(box.top) - round(box.bottom)
    style = (
        f"@page{{size:{width}pt {height}pt;margin:0}}"
        f"html{{font:10pt/1.15 'Times New Roman','Liberation Serif';color:{look.color}}}"
        f"body{{margin:0;position:relative;height:{height}pt}}"
        f"div{{position:absolute;left:0;top:0;width:{width}pt;height:{height}pt;text-align:center}}"
        "p{margin:0}"
        f".trial{{left:{width * 0.22}pt;width:{width * 0.56}pt;top:auto;bottom:{height * 0.22}pt;height:auto;"
        f"font:{_trial_size(width)}pt/1 'Times New Roman','Liberation Serif';color:#b00000}}"
        # PDF/A forbids that a reader makes up dots between those of a picture (ISO 19005-3, 6.2.8)
        f"img{{width:{width}pt;height:{height}pt;object-fit:contain;image-rendering:pixelated}}"
    )
    parts = [f"<div>{_lines(look.lines)}</div>"] if look.lines else []
    if look.picture is not None:
        data = base64.b64encode(look.picture).decode()
        parts.insert(0, f'<div><img alt="" src="data:image/png;base64,{data}"></div>')
    if look.trial:
        parts.append(f'<div class="trial">{_lines([ON_TRIAL])}</div>')
    html = f'<!doctype html><html lang="vi"><title>Chữ ký</title><body>{"".join(parts)}</body></html>'
    return draw_piece(html, [style])


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _trial_size(width: float) -> float:
    """So that the warning fits in three lines, inside a seal too."""
    return max(4.5, min(8.0, width / 20))
