"""Reading an issued PDF back: number, symbol, date, signer, its text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.documents.matching import squeeze
from app.vietnamese import nfc

_NUMBER = re.compile(r"Số\s*:?\s*(\d{1,6})\s*/\s*([^\W\d_][\w]*(?:[-–][\w&]+)*)")
_DATE = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.I)
_POST = re.compile(
    r"\b(?:PHÓ )?(?:GIÁM ĐỐC|CHỦ TỊCH|CHÁNH VĂN PHÒNG|TRƯỞNG PHÒNG|CHÁNH THANH TRA|TRƯỞNG ĐOÀN)\b"
)
_NAME = re.compile(r"[A-ZĐÀ-ỸĂÂÊÔƠƯ][a-zà-ỹđăâêôơư]+(?: [A-ZĐÀ-ỸĂÂÊÔƠƯ][a-zà-ỹđăâêôơư]+){1,5}")
_HYPHENS = {"\ufffe": "-", "\x02": "-", "\u00ad": ""}
"""What PDFium says of a hyphen at the end of a line, and of one that is not printed."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TOO_SHORT = 200


@dataclass(frozen=True)
class ReadBack:
    """What could be read; None or empty where it could not. `text` is NFC, page numbers taken out."""

    number: int | None
    symbol: str
    issued_on: date | None
    signer_name: str
    text: str
    pages: int

    @property
    def has_text(self) -> bool:
        """A scan has no text layer: nothing can be compared."""
        return len(squeeze(self.text)) >= TOO_SHORT


class UnreadablePdf(ValueError):
    """The bytes are no PDF that can be opened (damaged, or locked by a password)."""


def read(pdf: bytes) -> ReadBack:
    """Read a PDF. Raises UnreadablePdf."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdf("Tệp PDF không mở được hoặc có mật khẩu. Kiểm tra lại tệp.") from error
    try:
        pages = [_page_text(document, index) for index in range(len(document))]
    finally:
        document.close()
    return read_text("\n".join(pages), len(pages))


def _page_text(document: Any, index: int) -> str:
    page = document[index]
    text_page = page.get_textpage()
    try:
        text = nfc(text_page.get_text_bounded()).replace("\r\n", "\n").replace("\r", "\n")
    finally:
        text_page.close()
        page.close()
    for mark, printed in _HYPHENS.items():
        text = text.replace(mark, printed)
    lines = [line.strip() for line in _CONTROLS.sub("", text).split("\n")]
    return "\n".join(line for line in lines if line and line != str(index + 1))


def read_text(text: str, pages: int = 1) -> ReadBack:
    """The same from text that was taken out already."""
    number = _NUMBER.search(text)
    head = text[: number.end() + 400] if number else text[:1500]
    day = _DATE.search(head)
    issued_on = None
    if day is not None:
        try:
            issued_on = date(int(day[3]), int(day[2]), int(day[1]))
        except ValueError:
            issued_on = None
    return ReadBack(
        number=int(number[1]) if number else None,
        symbol=number[2].replace("–", "-") if number else "",
        issued_on=issued_on,
        signer_name=_signer(text),
        text=text,
        pages=pages,
    )


def _signer(text: str) -> str:
    """The name after the last post in capitals that has one before the annexes."""
    for post in reversed(list(_POST.finditer(text))):
        for line in text[post.end() :].split("\n")[:8]:
            name = _NAME.fullmatch(line.strip())
            if name is not None:
                return name[0]
    return ""
