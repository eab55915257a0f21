"""Reading an issued PDF back: number, symbol, date, signer, and its text beside what was prepared. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.vietnamese import nfc

_NUMBER = re.compile(r"Số\s*:?\s*(\d{1,6})\s*/\s*([^\W\d_][\w]*(?:[-–][\w&]+)*)")
_DATE = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.I)
_MARK = re.compile(r"^(?:[IVX]+\.|\d{1,3}\.|[a-zđ]\))\s+")
_BARE_MARK = re.compile(r"(?:[IVX]+\.|\d{1,3}\.|[a-zđ]\))")
_END = re.compile(r"Nơi nhận|(?:TM|KT|TL|TUQ|Q)\. ?[A-ZĐÀ-Ỹ]{2}")
_POST = re.compile(
    r"\b(?:PHÓ )?(?:GIÁM ĐỐC|CHỦ TỊCH|CHÁNH VĂN PHÒNG|TRƯỞNG PHÒNG|CHÁNH THANH TRA|TRƯỞNG ĐOÀN)\b"
)
_NAME = re.compile(r"[A-ZĐÀ-ỸĂÂÊÔƠƯ][a-zà-ỹđăâêôơư]+(?: [A-ZĐÀ-ỸĂÂÊÔƠƯ][a-zà-ỹđăâêôơư]+){1,5}")
TOO_SHORT = 200
FIXED = "fixed"
"""Key of a text that is not edited: it only tells its neighbours apart."""


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


@dataclass(frozen=True)
class Prepared:
    """One text as it was prepared: `key` of the record, where it stands, its words as printed."""

    key: str
    where: str
    text: str


@dataclass(frozen=True)
class Difference:
    """A text that the issued paper has otherwise; `found` = its words there, as far as they can be told."""

    key: str
    where: str
    prepared: str
    found: str


class UnreadablePdf(ValueError):
    """The bytes are no PDF that can be opened (damaged, or locked by a password)."""


def read(pdf: bytes) -> ReadBack:
    """Read a PDF. Raises UnreadablePdf."""
    import pypdfium2  # type: ignore[import-untyped]  # ships no types

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdf("Tệp PDF không mở được hoặc có mật khẩu. Kiểm tra lại tệp.") from error
    try:
        pages = [_page_text(document, index) for index in range(len(document))]
    finally:
        document.close()
    return read_text("\n".join(pages), len(pages))


def _page_text(document: object, index: int) -> str:
    page = document[index]  # type: ignore[index]
    text_page = page.get_textpage()
    try:
        text = nfc(text_page.get_text_bounded()).replace("\r\n", "\n").replace("\r", "\n")
    finally:
        text_page.close()
        page.close()
    lines = [line.strip() for line in text.replace("\ufffe", "-").replace("\u00ad", "").split("\n")]
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


def body_of(text: str) -> str:
    """The text before the recipients: annexes repeat what the body says."""
    end = re.search(r"^\W*Nơi nhận", text, re.M)
    return text[: end.start()] if end is not None else text


def squeeze(text: str) -> str:
    """Letters and digits only, small: what remains the same whatever breaks the lines."""
    return "".join(char for char in nfc(text).casefold() if char.isalnum())


def differences(prepared: Sequence[Prepared], text: str) -> tuple[Difference, ...]:
    """Every prepared text that the issued one does not hold word for word, with what stands in its place.

    Texts that agree are anchors: what stands between two of them is what became of those between. A text
    with the key FIXED is only an anchor.
    """
    squeezed, places = _squeezed_places(text)
    pieces: list[Prepared] = []
    spans: list[tuple[int, int] | None] = []
    position = 0
    for piece in prepared:
        wanted = squeeze(piece.text)
        start = squeezed.find(wanted, position)
        if start < 0:
            start = _free_place(squeezed, wanted, [span for span in spans if span is not None])
        if start < 0 and piece.key != FIXED:
            pieces.append(piece)
            spans.append(None)
        elif start >= 0 and wanted:
            pieces.append(piece)
            spans.append((start, start + len(wanted)))
            position = max(position, start + len(wanted))
    return tuple(
        Difference(piece.key, piece.where, piece.text, _between(index, spans, pieces, text, places))
        for index, piece in enumerate(pieces)
        if spans[index] is None
    )


def _free_place(squeezed: str, wanted: str, taken: Sequence[tuple[int, int]]) -> int:
    """Where `wanted` stands outside what another text has been found in; -1 when nowhere."""
    start = squeezed.find(wanted)
    while start >= 0:
        clash = next((end for begin, end in taken if begin < start + len(wanted) and start < end), None)
        if clash is None:
            return start
        start = squeezed.find(wanted, clash)
    return -1


def _squeezed_places(text: str) -> tuple[str, list[int]]:
    """The squeezed text and, for each of its characters, where it stands in `text`."""
    made: list[str] = []
    places: list[int] = []
    for index, char in enumerate(text):
        for small in char.casefold():
            if small.isalnum():
                made.append(small)
                places.append(index)
    return "".join(made), places


def _between(
    index: int,
    spans: Sequence[tuple[int, int] | None],
    prepared: Sequence[Prepared],
    text: str,
    places: Sequence[int],
) -> str:
    """The words between the neighbours that agree, cut at the marks of a list when several differ."""
    first = index
    while first > 0 and spans[first - 1] is None:
        first -= 1
    last = index
    while last + 1 < len(spans) and spans[last + 1] is None:
        last += 1
    left, right = spans[first - 1] if first else None, spans[last + 1] if last + 1 < len(spans) else None
    begin = places[left[1] - 1] + 1 if left else 0
    end = places[right[0]] if right and right[0] < len(places) else (begin if right else len(text))
    gap = text[begin:end] if begin < end else ""
    chunks = _chunks(gap)
    if len(chunks) == last - first + 1:
        return chunks[index - first]
    if first == last:
        return " ".join(chunks)
    return _closest(prepared[index].text, chunks)


def _chunks(gap: str) -> list[str]:
    """Paragraphs of a gap: a mark (1. a)) at a line's start opens a new one; headings are left out.

    Punctuation of the text before is cut away, and all from the recipients or the signature on.
    """
    made: list[str] = []
    for raw in gap.lstrip(" \t\n).,;:/").split("\n"):
        line = raw.strip()
        if _END.match(line):
            break
        if not line or _BARE_MARK.fullmatch(line) or (line.isupper() and len(line) > 3):
            continue
        marked = _MARK.match(line)
        body = _MARK.sub("", line).strip()
        if marked and body.rstrip(" .;").isupper():
            continue
        if marked or not made:
            made.append(body)
        else:
            made[-1] = f"{made[-1]} {line}"
    return [chunk.removesuffix("./.").strip() for chunk in made if squeeze(chunk)]


def _closest(wanted: str, chunks: Sequence[str]) -> str:
    """The chunk that shares most words with `wanted`; none when they share hardly any."""
    words = set(nfc(wanted).casefold().split())
    best, most = "", 0.3
    for chunk in chunks:
        other = set(nfc(chunk).casefold().split())
        share = len(words & other) / max(len(words | other), 1)
        if share > most:
            best, most = chunk, share
    return best
